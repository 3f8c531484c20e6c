"""Paid praise: viewers paid to praise the host's looks and character."""

from collections.abc import Collection, Sequence
from typing import Any, ClassVar, Final

import msgspec
import xxhash

from streams.alerts import MAX_EVIDENCE, MAX_EXCERPT_CHARS, Counterfactual, Evidence, Impact, Suspect, Window, rounded
from streams.events import FAN_BADGE, Comment, Event
from streams.evidence.asked import asked_for
from streams.evidence.bursts import Act, Bursts
from streams.evidence.chorus import Chorus, chorus
from streams.evidence.circle import circle_share
from streams.evidence.claque import Claque, again_signals, against, claque_of, odds_of, title
from streams.evidence.intent_model import read
from streams.evidence.meeting import meeting
from streams.evidence.praisers import (
    NEVER,
    SHARES,
    TALKER,
    Again,
    Answers,
    Praise,
    Praiser,
    Usual,
    again,
    friends_among,
    only_talks,
)
from streams.evidence.saying import joined_signal, tie_signals
from streams.evidence.surprise import score_of
from streams.evidence.text import Clusters
from streams.finding import Finding, wakes_at_ms
from streams.show import ShowState

PRAISE: Final = "praise_host"


class Praises(msgspec.Struct):
    """Who praised the host, in the order of their first praise, and who said the same things together."""

    praisers: dict[str, Praiser] = {}
    clusters: Clusters = msgspec.field(default_factory=Clusters)
    bursts: Bursts = msgspec.field(default_factory=Bursts)
    changed: bool = False
    next_ms: int = 0  # no look before it
    in_unison: bool = False  # three or more said the same since the last look at bursts
    next_unison_ms: int = 0
    unknown: int = 0  # praises of accounts beyond the bound
    answers: Answers = msgspec.field(default_factory=Answers)


class PaidPraise(msgspec.Struct, frozen=True, kw_only=True):
    """Viewers paid to praise the host: no fans, yet they praise again and again, most of what they say is praise.

    Reads comments; badges, links and who joined when it reads from the show's presence. State: one row for each account
    that praised, at most `max_praisers`, with up to 12 lines; the bursts of the same words. Looks when somebody praised
    who had praised before, at most every `look_every_ms`, and when three said the same. Lines that answer the host are
    no talk. Blind to those who praise once, to those who wear a fan's badge, and to praise that the intent model does
    not know unless it is said in unison.
    Source: repeaters against a Poisson mean that leaves them out, own; shared moments against shifted ones, after
    SDSM's idea of keeping each account's own rhythm (Neal, Sci Rep 2021).
    """

    SCHEME: ClassVar[str] = "paid_praise"
    READS: ClassVar[tuple[type[Event], ...]] = (Comment,)
    State: ClassVar[type] = Praises

    fire_bits: float = 8.0  # evidence of all kinds that fires; from the trials and real chat
    first_bits: float = 2.0  # of them for praise again, or for the same words together; from the trials
    kind_bits: float = 3.0  # what a kind of evidence must be worth to count as one; guess
    kind_cap_bits: float = 40.0  # no kind counts for more; guess
    judged_bits: float = 3.0  # below it there is no near miss
    meant_bits: float = 1.0  # odds from which on an account is named: two to one; from the trials
    look_every_ms: int = 20_000  # of event time
    min_accounts: int = 4
    separate_ms: int = 30_000  # praises closer than this are one
    usual_again_share: float = 0.1  # of those who praise and are no fans, who do so again; guess, near one world
    usual_small_again_share: float = 0.5  # the same where all are friends or family; guess, near one world
    usual_small_accounts: int = 120  # up to so large an audience; guess
    usual_small_share: float = 0.12  # of such an audience, honest ones who praise again; guess, near one world
    prior_praisers: float = 5.0  # honest ones assumed beside those seen; guess
    max_praisers: int = 5_000
    min_chars: int = 4  # shorter lines are said by everybody
    unison_every_ms: int = 60_000  # of event time, between looks at who says the same together
    least_chorus_share: float = 0.2  # of what a chorus says, that must be praise by its words; guess

    def observe(self, state: Praises, show: ShowState, event: Any) -> None:
        text, account_id, ts = event.text, event.account_id, event.ts
        if viewer := show.presence.viewers.get(account_id):
            account_id = viewer.account_id  # one string for all that is held of an account
            lines = state.answers.talk(viewer)
            if lines > TALKER and only_talks(state.praisers.get(account_id), lines):
                state.bursts.active.act(account_id, ts)  # not read: that is the greater part of the cost
                return
        kind, folded = read(text)
        answers = kind == "echo" or (show.asking and asked_for(folded, ts, show.asking))
        if answers:
            state.answers.add(account_id)
        if answers or kind not in (PRAISE, "other"):
            state.bursts.active.act(account_id, ts)
            return
        if len(folded) < self.min_chars or (event.badge or 0) >= FAN_BADGE:
            state.bursts.active.act(account_id, ts)
        else:
            key = str(state.clusters.of(folded))
            burst = state.bursts.act(key, account_id, Act(event.event_id, ts, text[:MAX_EXCERPT_CHARS]))
            state.in_unison = state.in_unison or len(burst.members) >= 3
        if kind == PRAISE:
            praiser = state.praisers.get(account_id)
            if praiser is None:
                if len(state.praisers) >= self.max_praisers:
                    state.unknown += 1
                    return
                praiser = state.praisers[account_id] = Praiser(account_id)
            if praiser.add(Praise(ts, event.event_id, text[:MAX_EXCERPT_CHARS]), self.separate_ms):
                state.changed = True

    def due_ms(self, state: Praises) -> int | None:
        if not state.in_unison:
            return state.next_ms if state.changed else None
        return min(state.next_ms, state.next_unison_ms) if state.changed else state.next_unison_ms

    def wake_ms(self, state: Praises, now_ms: int) -> int | None:
        return wakes_at_ms(self.due_ms(state), now_ms)

    def judge(self, state: Praises, show: ShowState, now_ms: int) -> list[Finding]:
        repeated = state.changed and now_ms >= state.next_ms
        unison = state.in_unison and now_ms >= state.next_unison_ms
        sung = None
        if unison:
            state.in_unison, state.next_unison_ms = False, now_ms + self.unison_every_ms
            state.bursts.close_until(now_ms)
            sung = self._chorus(state, show)
        if not repeated and sung is None:
            return []
        state.changed, state.next_ms = False, now_ms + self.look_every_ms
        claques = [self._repeaters(state, show)]
        if sung is not None:
            claques = self._with_chorus(claques[0], sung, state, show)
        found = []
        for claque in claques:
            if claque is not None and claque.bits >= self.judged_bits:
                found.append(self._finding(claque, state, show))
        return found

    # -- what is suspected ------------------------------------------------------------------------------------

    def _counted(self, state: Praises, show: ShowState, left_out: Collection[str] = ()) -> tuple[list[Praiser], Again]:
        """Those who praised again and again, and how surprising it is. `left_out`: as if they were not there."""
        viewers = show.presence.viewers
        strangers = [p for p in _strangers(state, show) if p.account_id not in left_out]
        members, rows = [], []
        for praiser in strangers:
            if len(praiser.moments) > 1:
                of_lines = praiser.share(state.answers.talk(viewers[praiser.account_id]))
                if of_lines >= SHARES[0]:
                    members.append(praiser)
                    rows.append((len(praiser.moments), of_lines))
        circle = circle_share([viewers[p.account_id] for p in members], show.presence)
        usual = self._usual(len(viewers) - len(left_out), circle)
        return members, again(rows, len(strangers) - len(rows), usual, self.min_accounts)

    def _repeaters(self, state: Praises, show: ShowState) -> Claque | None:
        members, counted = self._counted(state, show)
        return self._claque(members, counted, state, show) if counted.times else None

    def _usual(self, audience: int, circle: float) -> Usual:
        """`circle`: the share of those suspected that are of one circle of friends."""
        friends = max(circle, friends_among(audience, self.usual_small_accounts))
        return Usual(
            again_share=max(self.usual_again_share, self.usual_small_again_share * friends),
            prior_praisers=self.prior_praisers,
            friends=friends,
            audience=audience,
            audience_share=self.usual_small_share,
        )

    def _claque(
        self, members: Sequence[Praiser], counted: Again, state: Praises, show: ShowState, sung: Chorus | None = None
    ) -> Claque:
        """The evidence of all kinds on these accounts."""
        named = {p.account_id for p in members}
        crowd = sorted([ts for p in state.praisers.values() if p.account_id not in named for ts in p.moments])
        seed = xxhash.xxh3_64_intdigest(f"{show.room_id}\0{show.show_id}".encode())
        met = meeting([p.moments for p in members], crowd, show.started_ms, show.newest_ms, seed)
        others = [show.presence.viewers[p.account_id] for p in _strangers(state, show) if p.account_id not in named]
        return claque_of(members, counted, met, sung, others, show.presence, self.kind_cap_bits)

    def _chorus(self, state: Praises, show: ShowState) -> Chorus | None:
        """Strangers who say the same together, if what they say is praise at least in part."""
        sung = chorus(state.bursts.worth(), show.presence)
        if sung is None or len(sung.accounts) < self.min_accounts:
            return None
        known = [state.clusters.leaders[int(key)] for key in sung.keys if int(key) in state.clusters.leaders]
        praise = sum(1 for text in known if read(text)[0] == PRAISE)
        return sung if praise and praise >= self.least_chorus_share * len(known) else None

    def _with_chorus(self, claque: Claque | None, sung: Chorus, state: Praises, show: ShowState) -> list[Claque | None]:
        """Repeaters and a chorus that are the same accounts are one claque with one kind of evidence more."""
        singers = [
            state.praisers.get(account) or Praiser(account, [], [Praise(a.ts, a.event_id, a.excerpt) for a in acts])
            for account, acts in sung.said.items()
        ]
        if claque is None:
            return [self._claque(singers, NEVER, state, show, sung)]
        named = {p.account_id for p in claque.members}
        more = [p for p in singers if p.account_id not in named]
        if 2 * (len(singers) - len(more)) < min(len(singers), len(named)):
            return [claque, self._claque(singers, NEVER, state, show, sung)]
        return [self._claque([*claque.members, *more], claque.again, state, show, sung)]

    def _fires(self, claque: Claque) -> bool:
        """Praise again and again and a second kind of evidence; or so many who do that it says it all."""
        first = max(claque.again.bits, claque.chorus_bits)
        if claque.bits < self.fire_bits or first < self.first_bits:
            return False
        second = max(claque.second_bits, min(claque.again.bits, claque.chorus_bits))
        return second >= self.kind_bits or claque.again.bits >= self.fire_bits

    # -- who is meant -----------------------------------------------------------------------------------------

    def _meant(self, claque: Claque, state: Praises, show: ShowState) -> dict[str, float]:
        """The accounts that are more likely of the claque than not, with their odds in bits, highest first."""
        viewers = show.presence.viewers
        core = {p.account_id: p for p in claque.members if p.account_id in viewers}
        strangers = {p.account_id: p for p in _strangers(state, show)} | core
        usual = self._usual(len(viewers), claque.circle)
        odds = odds_of(claque, core, strangers, viewers, state.answers, usual, self.kind_bits)
        meant = {account: bits for account, bits in odds.items() if bits >= self.meant_bits}
        if len(meant) < max(self.min_accounts, claque.excess / 2):
            meant = {account: max(0.0, odds[account]) for account in core}
        return dict(sorted(meant.items(), key=lambda item: -item[1]))

    # -- what is said -----------------------------------------------------------------------------------------

    def _finding(self, claque: Claque, state: Praises, show: ShowState) -> Finding:
        meant = self._meant(claque, state, show)
        held = {p.account_id: p for p in claque.members} | state.praisers
        members = [held[account] for account in meant]
        acts = [Evidence(p.event_id, "live.comments", p.ts, m.account_id, p.text) for m in members for p in m.praises]
        fires = self._fires(claque)
        start_ms = min(act.ts for act in acts)
        asked = sum(1 for m in show.markers if m.action in ("prompt", "lottery") and m.until_ms > start_ms)
        return Finding(
            scheme=self.SCHEME,
            fires=fires,
            score=rounded(score_of(claque.bits, self.fire_bits)),
            title=title(claque, len(members), len(acts)),
            window=Window(start_ms, max(act.ts for act in acts)),
            signals=[
                *again_signals(claque),
                joined_signal(claque.joined, claque.joined.bits),
                *tie_signals(claque.ties),
            ],
            accounts=[Suspect(m.account_id, meant[m.account_id], len(m.praises)) for m in members],
            evidence=acts[:MAX_EVIDENCE],
            evidence_total=len(acts),
            counter_evidence=against(claque, members, show.presence, asked, show.newest_ms, self.fire_bits),
            counterfactual=self._counterfactual(claque, list(meant), state, show, fires),
            impact=Impact(viewers=show.presence.here),
        )

    def _counterfactual(
        self, claque: Claque, meant: Sequence[str], state: Praises, show: ShowState, fires: bool
    ) -> Counterfactual:
        """How many fewer accounts would have cleared it, all evidence weighed anew without them; and what remains

        without each kind."""
        numbers = {
            "bits": rounded(claque.bits),
            "threshold_bits": self.fire_bits,
            "without_links_bits": rounded(claque.bits - claque.link_bits),
            "without_meeting_bits": rounded(claque.bits - claque.met.bits),
            "without_joining_together_bits": rounded(claque.bits - claque.joined.bits),
            "without_coming_by_call_bits": rounded(claque.bits - claque.called.bits),
            "without_same_words_bits": rounded(claque.bits - claque.chorus_bits),
        }
        if not fires:
            sentence = f"It is at {claque.bits:.1f} bits; {self.fire_bits:g} and two kinds of evidence are needed."
            return Counterfactual(sentence, numbers | {"accounts_fewer": 0.0})
        low, high = 0, len(meant)  # with `low` fewer it fires, with `high` it does not
        while high - low > 1:
            middle = (low + high) // 2
            members, counted = self._counted(state, show, meant[:middle])
            if counted.bits >= self.fire_bits or (
                counted.bits >= self.first_bits and self._fires(self._claque(members, counted, state, show))
            ):
                low = middle
            else:
                high = middle
        who = "its strongest account" if high == 1 else f"its {high} strongest accounts"
        sentence = f"Without {who} it would have stayed below {self.fire_bits:g} bits or had one kind of evidence only."
        return Counterfactual(sentence, numbers | {"accounts_fewer": float(high)})


def _strangers(state: Praises, show: ShowState) -> list[Praiser]:
    """Those who praised and are no fans."""
    viewers = show.presence.viewers
    known = ((praiser, viewers.get(praiser.account_id)) for praiser in state.praisers.values())
    return [praiser for praiser, viewer in known if viewer is not None and viewer.badge < FAN_BADGE]
