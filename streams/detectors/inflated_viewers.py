"""Inflated viewers: bought accounts that come, stay and do nothing, and a counter that no joins support."""

from collections.abc import Sequence
from math import log2
from typing import Any, ClassVar, Final

import msgspec

from streams.alerts import MAX_EVIDENCE, Counterfactual, Evidence, Impact, Signal, Suspect, Window, rounded
from streams.events import Comment, Event, Join, Order, Show
from streams.evidence.cohorts import Alike, Seen, Usual, crowded, silent_room, standing_out
from streams.evidence.counter import Counter
from streams.evidence.mixture import told_apart
from streams.evidence.presence import Viewer
from streams.evidence.saying import against_age
from streams.evidence.stays import EXPLAINED, Stays
from streams.evidence.surprise import score_of
from streams.evidence.weighing import Limits, Suspicion, weigh, worth_a_look
from streams.finding import Finding
from streams.show import ShowState

SUSPECTED: Final = (0.05, 0.4, 0.9)  # first guess that somebody in none, one, more of the cohorts is a bot; guess


class Audience(msgspec.Struct):
    """Who stayed and who acted, and what the counter said."""

    stays: Stays = msgspec.field(default_factory=Stays)
    counter: Counter = msgspec.field(default_factory=Counter)
    next_ms: int = 0  # no time passes before it
    look_ms: int = 0  # no look before it
    looked_at: int = 0  # changes of `stays` up to the last look
    told: bool = False  # a look has found something


class InflatedViewers(msgspec.Struct, frozen=True, kw_only=True):
    """Bought viewers: they come, stay, do nothing, and have something in common that those who act have not.

    Reads joins, comments, orders and the counter; links, sources and ages it reads from the show's presence. State: a
    small number for each account that stayed half a minute, about 40 bytes with its id, and joins by slots of 20 s.
    Looks at most every `look_every_ms`, when a few per cent more have stayed or acted. Blind to fewer bots than
    `min_accounts`, to bots that talk like people, and to few bots that have nothing in common.
    Source: silent cohorts after FLOCK (WWW 2017), measured against the active accounts of the same room, own; who is
    named by a mixture of two laws (Dempster, Laird, Rubin 1977).
    """

    SCHEME: ClassVar[str] = "inflated_viewers"
    READS: ClassVar[tuple[type[Event], ...]] = (Join, Comment, Order, Show)
    State: ClassVar[type] = Audience

    fire_bits: float = 16.0  # evidence of all kinds that fires, of two kinds at least; from the trials
    room_fire_bits: float = 50.0  # the same where all of it is of the whole room; from the trials
    kind_bits: float = 5.0  # what a kind of evidence must be worth to count as one; from the trials
    room_kind_bits: float = 8.0  # the same for a kind that is of the whole room; from the trials
    kind_cap_bits: float = 40.0  # no kind counts for more; guess
    min_accounts: int = 30
    named_share: float = 0.7  # from here on an account is named: how likely it is a bot; guess
    honest_ratio: float = 2.5  # odds of having something, of honest silent people against active ones, at most; guess
    look_every_ms: int = 10_000  # of event time
    counter_ratio: float = 1.5  # of the counter to those who are here; leaves that are not heard of make it less; guess
    prior_accounts: float = 10.0  # active ones that the usual shares are worth; guess
    usual_device_share: float = 0.04  # of those who stay: on a device with another; guess
    usual_network_share: float = 0.1  # in a network with seven others; guess
    usual_birthday_share: float = 0.15  # made on the same day as seven others; guess
    usual_source_share: float = 0.2  # of any one source; guess
    usual_burst_share: float = 0.1  # joined in a crowd that nothing explains; guess
    usual_age_ms: int = 365 * 86_400_000  # median; guess
    usual_room_ratio: float = 3.0  # odds by which honest rooms differ from what follows; wide, as that is a guess
    usual_active_left_share: float = 0.15  # of those who stay half a minute, not three: say or buy something; guess
    usual_active_3min_share: float = 0.32  # of those who stay 3 minutes: do so in them; guess
    usual_active_12min_share: float = 0.64
    usual_idle_3min_share: float = 0.31  # of all who come: stay 3 minutes and do nothing in them; guess
    usual_idle_12min_share: float = 0.1
    usual_stranger_share: float = 0.85  # of those who stay and do nothing: did not come by following the room; guess

    def observe(self, state: Audience, show: ShowState, event: Any) -> None:
        kind, stays, presence = type(event), state.stays, show.presence
        if kind is Join:
            if event.action == "leave":
                stays.leave(event.account_id, event.ts, presence)
            else:
                viewer = presence.viewers.get(event.account_id)
                if viewer is not None and viewer.join_event_id == event.event_id:
                    stays.join(viewer, viewer.source in EXPLAINED)
        elif kind is Show:
            state.counter.observe(event, presence, self.counter_ratio, self.min_accounts)
        elif kind is Comment or event.status == "placed":
            stays.act(event.account_id, presence)

    def due_ms(self, state: Audience) -> int | None:
        return state.next_ms

    def wake_ms(self, state: Audience, now_ms: int) -> int | None:
        stays = state.stays
        if not (stays.here[0] or stays.here[1] or stays.here[2] or state.counter.changed):
            return None
        return state.next_ms if state.next_ms > now_ms else now_ms + 1

    def judge(self, state: Audience, show: ShowState, now_ms: int) -> list[Finding]:
        if now_ms < state.next_ms and not show.is_over:
            return []
        state.next_ms = now_ms + self.look_every_ms
        findings = []
        if state.counter.changed:
            state.counter.changed = False
            findings += self._of_the_counter(state.counter, show)
        stays, presence = state.stays, show.presence
        stays.pass_time(now_ms, presence)
        # who has been found is looked for again once there is a tenth more, and at the end
        more = max(5, state.looked_at // (10 if state.told else 20))
        early = now_ms < state.look_ms or stays.changes < state.looked_at + more
        if early and not (show.is_over and state.told):
            return findings
        state.looked_at = stays.changes
        crowd = crowded(stays)
        usual = self._usual()
        cohorts = standing_out(stays.counts(presence), crowd, usual, self.kind_bits / 2)
        cohorts += silent_room(stays, stays.counts(presence), now_ms, usual, self.kind_bits / 2)
        if not worth_a_look(cohorts, self._limits()):
            return findings
        seen = Seen(cohorts, crowd, stays, presence)
        suspicion = weigh(cohorts, seen, usual, self._limits())
        if suspicion.bits < suspicion.needed_bits / 2:
            return findings
        finding = self._of_accounts(suspicion, seen, show)
        if finding is not None:
            findings.append(finding)
            if finding.fires:
                state.told = True
                state.look_ms = now_ms + max(2 * self.look_every_ms, (now_ms - show.started_ms) // 20)
        return findings

    def _usual(self) -> Usual:
        return Usual(
            groups=(self.usual_device_share, self.usual_network_share, self.usual_birthday_share),
            source=self.usual_source_share,
            burst=self.usual_burst_share,
            age_ms=self.usual_age_ms,
            active_left=self.usual_active_left_share,
            active_3min=self.usual_active_3min_share,
            active_12min=self.usual_active_12min_share,
            idle_3min=self.usual_idle_3min_share,
            idle_12min=self.usual_idle_12min_share,
            stranger=self.usual_stranger_share,
            prior=self.prior_accounts,
            least=self.min_accounts // 2,
            ratio=self.honest_ratio,
            room_ratio=self.usual_room_ratio,
        )

    def _limits(self) -> Limits:
        return Limits(self.fire_bits, self.room_fire_bits, self.kind_bits, self.room_kind_bits, self.kind_cap_bits)

    # -- what is said -----------------------------------------------------------------------------------------

    def _of_accounts(self, s: Suspicion, seen: Seen, show: ShowState) -> Finding | None:
        told = told_apart(
            seen.cells,
            {cell: SUSPECTED[min(2, kinds)] for cell, kinds in seen.kinds_of.items()},
            {1: self.usual_active_left_share, 2: self.usual_active_3min_share, 3: self.usual_active_12min_share},
        )
        likely: dict[Alike, float] = {}
        acted = all_acted = 0
        for alike in seen.alike:
            all_acted += alike.did * alike.number
            share = (told.acted if alike.did else told.silent)[alike.cell]
            if share >= self.named_share:
                likely[alike] = rounded(min(20.0, -log2(max(1e-6, 1.0 - share))))
                acted += alike.did * alike.number
        bits_of = {account_id: likely[alike] for account_id, alike in seen.like.items() if alike in likely}
        named = sorted(bits_of, key=lambda account_id: -bits_of[account_id])
        people = [show.presence.viewers[account_id] for account_id in named]
        if not people:
            return None
        others = len(seen.like) - len(named)
        joins = [
            Evidence(v.join_event_id, "live.joins", v.joined_ms, v.account_id, _joined(v))
            for v in people[:MAX_EVIDENCE]
        ]
        return Finding(
            scheme=self.SCHEME,
            fires=s.fires() and len(named) >= self.min_accounts,
            score=rounded(score_of(s.bits, s.needed_bits)),
            title=(
                f"{len(named)} silent accounts {s.in_common()}; {_percent(acted, len(named))} of them said or bought"
                f" something, of the {others} others who stayed {_percent(all_acted - acted, others)}"
            ),
            window=Window(min(v.joined_ms for v in people), max(v.joined_ms for v in people)),
            signals=s.signals(),
            accounts=[Suspect(account_id, bits_of[account_id], 1) for account_id in named],
            evidence=joins,
            evidence_total=len(people),
            counter_evidence=_counter_evidence(people, acted, s, show),
            counterfactual=s.counterfactual(self._usual()),
            impact=Impact(viewers=show.presence.here),
        )

    def _of_the_counter(self, counter: Counter, show: ShowState) -> list[Finding]:
        """The counter shows more than the joins support."""
        bits, unsupported = counter.bits(), counter.unsupported
        if bits < self.fire_bits / 2:
            return []
        last, fewer, left = unsupported[-1], 0, bits
        while left >= self.fire_bits:
            fewer += 1
            left = Counter(statuses=counter.statuses - fewer, unsupported=unsupported[fewer:]).bits()
        sentence = f"With {fewer} such statuses fewer it would have stayed below {self.fire_bits:g} bits."
        return [
            Finding(
                scheme=self.SCHEME,
                fires=bits >= self.fire_bits,
                score=rounded(score_of(bits, self.fire_bits)),
                title=(
                    f"The counter showed {last.shown} viewers where {last.here} had joined and not left;"
                    f" {len(unsupported)} of {counter.statuses} statuses were like that"
                ),
                window=Window(unsupported[0].ts, last.ts),
                signals=[Signal("viewers_shown", float(last.shown), float(last.here), "viewers", bits=rounded(bits))],
                accounts=[],
                evidence=[
                    Evidence(s.event_id, "live.shows", s.ts, "", f"{s.shown} shown, {s.here} here")
                    for s in reversed(unsupported)
                ],
                evidence_total=len(unsupported),
                counter_evidence=["Joins that the platform did not report would look the same."],
                counterfactual=Counterfactual(sentence, {"statuses_fewer": float(fewer), "bits": rounded(bits)}),
                impact=Impact(viewers=last.shown - last.here),
                subject="viewers_shown",
            )
        ]


def _percent(part: int, of: int) -> str:
    return f"{100 * part / of:.1f} %" if of else "0 %"


def _joined(viewer: Viewer) -> str:
    return f"joined from {viewer.source}"[:200] if viewer.source else "joined"


def _counter_evidence(people: Sequence[Viewer], acted: int, s: Suspicion, show: ShowState) -> list[str]:
    said = []
    explained = sum(viewer.source in EXPLAINED for viewer in people)
    if explained:
        said.append(f"{explained} of {len(people)} came by a raid, the front page or an ad.")
    if acted:
        said.append(f"{acted} of {len(people)} said or bought something.")
    if not any(kind in s.cohorts for kind in ("device", "network")):
        said.append("They share no devices or networks to speak of.")
    return said + against_age(people, show.newest_ms)
