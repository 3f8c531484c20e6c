"""Paid praise: viewers paid to praise the host's looks and character."""

from math import fsum
from typing import Any, ClassVar, Final

import msgspec
import xxhash

from streams.alerts import (
    MAX_EVIDENCE,
    MAX_EXCERPT_CHARS,
    Counterfactual,
    Evidence,
    Impact,
    Signal,
    Suspect,
    Window,
    rounded,
)
from streams.events import FAN_BADGE, Comment, Event
from streams.evidence.bursts import Act, Bursts
from streams.evidence.chorus import Chorus, chorus
from streams.evidence.intent import asks_for_praise, praises_host, read, words_of
from streams.evidence.links import Tie, ties
from streams.evidence.meeting import NO_MEETING, Meeting, meeting
from streams.evidence.presence import Viewer
from streams.evidence.saying import against_age, against_ties, how_they_came, joined_signal, tie_signals
from streams.evidence.surprise import poisson_bits, score_of
from streams.evidence.text import Clusters, grams
from streams.evidence.together import Together, together
from streams.finding import Finding
from streams.show import ShowState

MAX_PRAISES: Final = 16  # of one account, kept with their words
TRIED_BITS: Final = 1.6  # log2 of the numbers of times that are tried
ECHO_MS: Final = 30_000  # what was asked for is still answered so long after


class Praise(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One line that praises the host, unasked."""

    ts: int
    event_id: str
    text: str


class Praiser(msgspec.Struct, array_like=True, gc=False):
    """What one account said in praise. `moments`: when, those close to each other once."""

    account_id: str
    moments: list[int] = []
    praises: list[Praise] = []


class Praises(msgspec.Struct):
    """Who praised the host, in the order of their first praise, and who said the same things together."""

    praisers: dict[str, Praiser] = {}
    clusters: Clusters = msgspec.field(default_factory=Clusters)
    bursts: Bursts = msgspec.field(default_factory=Bursts)
    changed: bool = False
    next_ms: int = 0  # no look before it
    in_unison: bool = False  # three or more said the same since the last look at bursts
    next_unison_ms: int = 0
    asked: int = 0  # praises that were asked for
    unknown: int = 0  # praises of accounts beyond the bound


class Suspicion(msgspec.Struct, frozen=True):
    """Who is suspected, and the evidence by kind."""

    members: tuple[Praiser, ...]
    times: int  # "praised so many times or more" is what tells them
    repeaters: int
    expected: float
    others: int  # accounts that praised and are no fans, repeaters left out
    repeat_bits: float
    met: Meeting
    joined: Together
    ties: tuple[Tie, ...]
    link_bits: float
    chorus_bits: float = 0.0  # for saying the same things together
    chorus_keys: int = 0  # how many things

    @property
    def bits(self) -> float:
        return fsum((self.repeat_bits, self.met.bits, self.joined.bits, self.link_bits, self.chorus_bits))


class PaidPraise(msgspec.Struct, frozen=True, kw_only=True):
    """Viewers paid to praise the host: no fans, yet they praise again and again, most of what they say is praise.

    Reads comments; badges, links and who joined when it reads from the show's presence. State: one row for each account
    that praised, at most `max_praisers`, with up to 16 lines; the bursts of the same words. Looks when somebody praised
    who had praised before, at most every `look_every_ms`, and when three said the same. Blind to those who praise once,
    to those who wear a fan's badge, and to paraphrases whose words the lexicon does not know.
    Source: repeaters against a Poisson mean that leaves them out, own; shared moments against shifted ones, after
    SDSM's idea of keeping each account's own rhythm (Neal, Sci Rep 2021).
    """

    SCHEME: ClassVar[str] = "paid_praise"
    READS: ClassVar[tuple[type[Event], ...]] = (Comment,)
    State: ClassVar[type] = Praises

    fire_bits: float = 10.0  # evidence of all kinds that fires; from the trials
    kind_bits: float = 3.0  # what a kind of evidence must be worth to count as one; guess
    kind_cap_bits: float = 40.0  # no kind counts for more; guess
    judged_bits: float = 4.0  # below it there is no near miss
    look_every_ms: int = 20_000  # of event time
    min_accounts: int = 4
    separate_ms: int = 30_000  # praises closer than this are one
    least_share: float = 0.25  # of an account's lines that are praise; below it it is somebody who talks much
    usual_repeat_share: float = (
        0.12  # of honest praisers, those who praise once more; guess, near what one world showed
    )
    prior_praisers: float = 2.0  # honest ones assumed beside those seen; guess
    max_praisers: int = 5_000
    min_chars: int = 4  # shorter lines are said by everybody
    unison_every_ms: int = 60_000  # of event time, between looks at who says the same together
    least_chorus_share: float = 0.2  # of what a chorus says, that must be praise by its words; guess

    def observe(self, state: Praises, show: ShowState, event: Any) -> None:
        text, account_id = event.text, event.account_id
        if viewer := show.presence.viewers.get(account_id):
            account_id = viewer.account_id  # one string for all that is held of an account
        intent, folded = read(text)
        if intent != "host_praise" and intent != "other":
            state.bursts.active.act(account_id, event.ts)
            return
        asked = bool(show.asking) and self._asked_for(folded, event.ts, show)
        if len(folded) >= self.min_chars and not asked:
            key = str(state.clusters.of(folded))
            burst = state.bursts.act(key, account_id, Act(event.event_id, event.ts, text[:MAX_EXCERPT_CHARS]))
            if len(burst.members) >= 3:
                state.in_unison = True
        else:
            state.bursts.active.act(account_id, event.ts)
        if intent == "host_praise":
            self._praised(state, event, account_id, asked)

    def _praised(self, state: Praises, event: Comment, account_id: str, asked: bool) -> None:
        if asked:
            state.asked += 1
            return
        praiser = state.praisers.get(account_id)
        if praiser is None:
            if len(state.praisers) >= self.max_praisers:
                state.unknown += 1
                return
            praiser = state.praisers[account_id] = Praiser(account_id)
        if any(praise.event_id == event.event_id for praise in praiser.praises):
            return
        if all(abs(event.ts - ts) >= self.separate_ms for ts in praiser.moments) and len(praiser.moments) < 60:
            praiser.moments.append(event.ts)
            praiser.moments.sort()
            state.changed = state.changed or len(praiser.moments) > 1
        if len(praiser.praises) < MAX_PRAISES:
            praiser.praises.append(Praise(event.ts, event.event_id, event.text[:MAX_EXCERPT_CHARS]))

    def _asked_for(self, folded: str, ts: int, show: ShowState) -> bool:
        """Whether the host asked for it: for praise, or for these very words."""
        for marker in show.asking:
            if not marker.ts <= ts < marker.until_ms + ECHO_MS:
                continue
            if marker.action == "prompt" and asks_for_praise(marker.text):
                return True
            said = grams(folded)
            if marker.text and 2 * len(said & words_of(marker.text)) >= len(said):
                return True
        return False

    def wake_ms(self, state: Praises, now_ms: int) -> int | None:
        if not state.changed and not state.in_unison:
            return None
        due = [state.next_ms] if state.changed else []
        if state.in_unison:
            due.append(state.next_unison_ms)
        return max(min(due), now_ms + 1)

    def judge(self, state: Praises, show: ShowState, now_ms: int) -> list[Finding]:
        again = state.changed and now_ms >= state.next_ms
        unison = state.in_unison and now_ms >= state.next_unison_ms
        if not again and not unison:
            return []
        sung = None
        if unison:
            state.in_unison, state.next_unison_ms = False, now_ms + self.unison_every_ms
            state.bursts.close_until(now_ms)
            sung = self._chorus(state, show)
        if not again and sung is None:
            return []
        state.changed, state.next_ms = False, now_ms + self.look_every_ms
        suspicion = self._suspicion(state, show)
        suspicions = [s for s in self._with_chorus(suspicion, sung, state, show) if s.bits >= self.judged_bits]
        return [self._finding(suspicion, show) for suspicion in suspicions]

    # -- what is suspected ------------------------------------------------------------------------------------

    def _suspicion(self, state: Praises, show: ShowState) -> Suspicion | None:
        viewers = show.presence.viewers
        strangers = []
        crowd: list[int] = []  # when the others praised
        for praiser in state.praisers.values():
            viewer = viewers.get(praiser.account_id)
            if viewer is not None and viewer.badge < FAN_BADGE:
                strangers.append(praiser)
            else:
                crowd += praiser.moments
        repeaters = [p for p in strangers if len(p.moments) > 1 and self._mostly_praises(p, viewers[p.account_id])]
        if len(repeaters) < self.min_accounts:
            return None
        others = len(strangers) - len(repeaters)
        best = (0.0, 0, 0, 0.0)
        for times in (2, 3, 4):
            count = sum(1 for praiser in repeaters if len(praiser.moments) >= times)
            expected = (others + self.prior_praisers) * self.usual_repeat_share ** (times - 1)
            bits = poisson_bits(count, expected) - TRIED_BITS
            if count >= self.min_accounts and bits > best[0]:
                best = (bits, times, count, expected)
        repeat_bits, times, count, expected = best
        if not times:
            return None
        suspected = set(map(id, repeaters))
        for praiser in strangers:
            if id(praiser) not in suspected:
                crowd += praiser.moments
        people = [viewers[praiser.account_id] for praiser in repeaters]
        seed = xxhash.xxh3_64_intdigest(f"{show.room_id}\0{show.show_id}".encode())
        met = meeting([p.moments for p in repeaters], sorted(crowd), show.started_ms, show.newest_ms, seed)
        joined = together(sorted(v.seen_ms for v in people), show.presence.came)
        shared = ties(people, show.presence)
        worth = [tie.bits * min(1.0, 2.0 * tie.members / len(people)) for tie in shared]
        cap = self.kind_cap_bits
        members = repeaters
        if joined.bits >= 2 * self.kind_bits:
            # somebody who came with them and says little else belongs to them, also with one line so far
            members = repeaters + [
                p
                for p in strangers
                if id(p) not in suspected
                and joined.start_ms <= viewers[p.account_id].seen_ms <= joined.end_ms
                and 2 * len(p.praises) >= viewers[p.account_id].comments
            ]
        return Suspicion(
            members=tuple(members),
            times=times,
            repeaters=count,
            expected=expected,
            others=others,
            repeat_bits=min(cap, repeat_bits),
            met=msgspec.structs.replace(met, bits=min(cap, met.bits)),
            joined=msgspec.structs.replace(joined, bits=min(cap, joined.bits)),
            ties=tuple(shared),
            link_bits=min(cap, fsum(worth)),
        )

    def _mostly_praises(self, praiser: Praiser, viewer: Viewer) -> bool:
        return len(praiser.moments) >= self.least_share * viewer.comments

    def _chorus(self, state: Praises, show: ShowState) -> Chorus | None:
        """Strangers who say the same together, if what they say is praise at least in part."""
        viewers = show.presence.viewers
        sung = chorus(state.bursts.worth(), show.presence)
        if sung is None:
            return None
        known = [state.clusters.leaders[int(key)] for key in sung.keys if int(key) in state.clusters.leaders]
        praise = sum(1 for text in known if praises_host(text))
        fans = sum(1 for account in sung.accounts if account in viewers and viewers[account].badge >= FAN_BADGE)
        if praise < self.least_chorus_share * len(known) or not praise or 2 * fans > len(sung.accounts):
            return None
        return sung if len(sung.accounts) >= self.min_accounts else None

    def _with_chorus(
        self, suspicion: Suspicion | None, sung: Chorus | None, state: Praises, show: ShowState
    ) -> list[Suspicion]:
        """Repeaters and a chorus that are the same accounts are one suspicion with one kind of evidence more."""
        if sung is None:
            return [suspicion] if suspicion is not None else []
        bits = min(self.kind_cap_bits, sung.pair_bits)
        members = [
            state.praisers.get(account) or Praiser(account, [], [Praise(a.ts, a.event_id, a.excerpt) for a in acts])
            for account, acts in sung.said.items()
        ]
        if suspicion is not None:
            named = {p.account_id for p in suspicion.members}
            if 2 * sum(1 for p in members if p.account_id in named) >= min(len(members), len(named)):
                more = tuple(p for p in members if p.account_id not in named)
                together_with = suspicion.members + more
                return [
                    msgspec.structs.replace(
                        suspicion, members=together_with, chorus_bits=bits, chorus_keys=len(sung.keys)
                    )
                ]
        viewers = show.presence.viewers
        people = [viewers[p.account_id] for p in members if p.account_id in viewers]
        joined = together(sorted(v.seen_ms for v in people), show.presence.came)
        shared = ties(people, show.presence)
        alone = Suspicion(
            members=tuple(members),
            times=0,
            repeaters=0,
            expected=0.0,
            others=0,
            repeat_bits=0.0,
            met=NO_MEETING,
            joined=msgspec.structs.replace(joined, bits=min(self.kind_cap_bits, joined.bits)),
            ties=tuple(shared),
            link_bits=min(self.kind_cap_bits, fsum(tie.bits for tie in shared)),
            chorus_bits=bits,
            chorus_keys=len(sung.keys),
        )
        return [s for s in (suspicion, alone) if s is not None]

    def _fires(self, s: Suspicion) -> bool:
        """Praise again and again and a second kind of evidence; or so many who do that it says it all."""
        if s.bits < self.fire_bits or max(s.repeat_bits, s.chorus_bits) < self.kind_bits:
            return False
        more = max(s.met.bits, s.joined.bits, s.link_bits, min(s.repeat_bits, s.chorus_bits))
        return more >= self.kind_bits or s.repeat_bits >= self.fire_bits

    # -- what is said -----------------------------------------------------------------------------------------

    def _finding(self, s: Suspicion, show: ShowState) -> Finding:
        viewers = show.presence.viewers
        again = max(1, sum(_again(p) for p in s.members))
        bits_of = {p.account_id: self._bits_of(p, s, again, viewers[p.account_id]) for p in s.members}
        members = sorted(s.members, key=lambda p: -bits_of[p.account_id])
        acts = [act for p in members for act in _acts(p)]
        total = sum(len(p.praises) for p in members)
        return Finding(
            scheme=self.SCHEME,
            fires=self._fires(s),
            score=rounded(score_of(s.bits, self.fire_bits)),
            title=_title(s, total),
            window=Window(min(act.ts for act in acts), max(act.ts for act in acts)),
            signals=_signals(s),
            accounts=[Suspect(p.account_id, bits_of[p.account_id], len(p.praises)) for p in members],
            evidence=acts[:MAX_EVIDENCE],
            evidence_total=len(acts),
            counter_evidence=self._counter_evidence(s, show),
            counterfactual=self._counterfactual(s),
            impact=Impact(viewers=show.presence.here),
        )

    def _bits_of(self, praiser: Praiser, s: Suspicion, again: int, viewer: Viewer) -> float:
        """What one account adds: its share of the repeaters' evidence, of the coming together, of the links it has.

        `again`: how often all of them praised again.
        """
        bits = [s.repeat_bits * _again(praiser) / again, s.chorus_bits / len(s.members)]
        if s.joined.members and s.joined.start_ms <= viewer.seen_ms <= s.joined.end_ms:
            bits.append(s.joined.bits / s.joined.members)
        bits += [tie.bits / tie.members for tie in s.ties if getattr(viewer, tie.link) == tie.value]
        return rounded(fsum(bits))

    def _counter_evidence(self, s: Suspicion, show: ShowState) -> list[str]:
        said = []
        people = [show.presence.viewers[p.account_id] for p in s.members]
        start_ms = min(p.praises[0].ts for p in s.members)
        asked = sum(1 for m in show.markers if m.action == "prompt" and m.until_ms > start_ms)
        if asked:
            said.append(
                f"The host asked the room for something {asked} times meanwhile; what was asked for is left out."
            )
        said += against_age(people, show.newest_ms)
        bought = sum(1 for viewer in people if viewer.orders)
        if bought:
            said.append(f"{bought} of {len(people)} also bought something.")
        said += against_ties(s.ties, s.bits - s.link_bits >= self.fire_bits)
        return said

    def _counterfactual(self, s: Suspicion) -> Counterfactual:
        """How many fewer repeaters would have cleared it, and what remains without each kind."""
        fewer, bits = 0, s.bits
        rest_bits = s.bits - s.repeat_bits
        while bits >= self.fire_bits and fewer < s.repeaters - 1:
            fewer += 1
            count = s.repeaters - fewer
            repeat_bits = max(0.0, min(self.kind_cap_bits, poisson_bits(count, s.expected) - TRIED_BITS))
            bits = repeat_bits + rest_bits * count / s.repeaters if repeat_bits >= self.kind_bits else 0.0
        numbers = {
            "bits": rounded(s.bits),
            "threshold_bits": self.fire_bits,
            "without_links_bits": rounded(s.bits - s.link_bits),
            "without_meeting_bits": rounded(s.bits - s.met.bits),
            "without_joining_together_bits": rounded(s.bits - s.joined.bits),
            "without_same_words_bits": rounded(s.bits - s.chorus_bits),
            "accounts_fewer": float(fewer),
        }
        if fewer:
            who = "1 account" if fewer == 1 else f"{fewer} accounts"
            sentence = f"With {who} fewer that praised again it would have stayed below {self.fire_bits:g} bits."
        else:
            sentence = f"It is at {s.bits:.1f} bits; {self.fire_bits:g} and two kinds of evidence are needed."
        return Counterfactual(sentence, numbers)


def _again(praiser: Praiser) -> int:
    """How often an account praised again."""
    return max(0, len(praiser.moments) - 1)


def _acts(praiser: Praiser) -> list[Evidence]:
    return [Evidence(p.event_id, "live.comments", p.ts, praiser.account_id, p.text) for p in praiser.praises]


def _title(s: Suspicion, total: int) -> str:
    """One sentence: how many praised how often, how they met and came, what the others did."""
    usual = max(1, round(s.expected))
    more = how_they_came(s.joined, s.joined.bits, s.ties)
    if not s.times:
        return f"{len(s.members)} accounts that are no fans said the same {s.chorus_keys} things together{more}"
    often = {2: "twice", 3: "three times", 4: "four times"}[s.times]
    return (
        f"{len(s.members)} accounts that are no fans praised the host {total} times unasked{more}; "
        f"{s.repeaters} did {often} or more, about {usual} would be usual"
    )


def _signals(s: Suspicion) -> list[Signal]:
    signals = [
        Signal("praise_again", float(s.repeaters), rounded(s.expected), "accounts", bits=rounded(s.repeat_bits)),
        Signal("praise_together", float(s.met.moments), rounded(s.met.expected), "moments", bits=rounded(s.met.bits)),
        joined_signal(s.joined, s.joined.bits),
        *tie_signals(s.ties),
    ]
    if s.chorus_bits:
        signals.append(Signal("same_words", float(s.chorus_keys), 1.0, "things said", bits=rounded(s.chorus_bits)))
    return signals
