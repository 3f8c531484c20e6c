"""Inflated viewers: bought accounts that come, stay and do nothing, and a counter that no joins support."""

from collections.abc import Mapping, Sequence
from math import fsum, log2
from typing import Any, ClassVar, Final

import msgspec

from streams.alerts import MAX_EVIDENCE, Counterfactual, Evidence, Impact, Signal, Suspect, Window, rounded
from streams.events import Comment, Event, Join, Order, Show
from streams.evidence.cohorts import (
    ROOM,
    TRIED_BITS,
    Cohort,
    Seen,
    Usual,
    crowded,
    kind_of,
    set_apart,
    silent_room,
    standing_out,
)
from streams.evidence.counter import Counter
from streams.evidence.mixture import told_apart
from streams.evidence.presence import Viewer
from streams.evidence.saying import against_age
from streams.evidence.stays import EXPLAINED, SOURCES, Stays
from streams.evidence.surprise import score_of
from streams.finding import Finding
from streams.show import ShowState

SUSPECTED: Final = (0.05, 0.4, 0.9)  # first guess that somebody in none, one, more of the cohorts is a bot; guess
USUAL_BOTH: Final = 0.02  # share of honest accounts in two cohorts at once, where a room shows too little of it; guess


class Audience(msgspec.Struct):
    """Who stayed and who acted, and what the counter said."""

    stays: Stays = msgspec.field(default_factory=Stays)
    counter: Counter = msgspec.field(default_factory=Counter)
    next_ms: int = 0  # no time passes before it
    look_ms: int = 0  # no look before it
    looked_at: int = 0  # changes of `stays` up to the last look
    told: bool = False  # a look has found something


class Suspicion(msgspec.Struct, frozen=True):
    """The strongest cohort of each kind, and how silent and how patient those in them are."""

    cohorts: Mapping[str, Cohort]  # by kind, strongest first
    both_bits: float  # those in two cohorts at once stand out among the silent, too
    stay_bits: float  # the silent of the strongest cohort stay longer than other silent ones
    cap_bits: float

    @property
    def bits(self) -> float:
        return fsum(min(self.cap_bits, bits) for bits in (self.stay_bits, *(c.bits for c in self.cohorts.values())))


class InflatedViewers(msgspec.Struct, frozen=True, kw_only=True):
    """Bought viewers: they come, stay, do nothing, and have something in common that those who act have not.

    Reads joins, comments, orders and the counter; links, sources and ages it reads from the show's presence. State: a
    small number for each account that stayed half a minute, about 40 bytes with its id, and joins by slots of 20 s.
    Looks at most every `look_every_ms`, when a few per cent more have stayed or acted. Blind to fewer bots than
    `min_accounts`, to bots that talk like people, and to bots that have nothing in common and are few beside the others.
    Source: silent cohorts after FLOCK (WWW 2017), measured against the active accounts of the same room, own; who is
    named by a mixture of two laws (Dempster, Laird, Rubin 1977).
    """

    SCHEME: ClassVar[str] = "inflated_viewers"
    READS: ClassVar[tuple[type[Event], ...]] = (Join, Comment, Order, Show)
    State: ClassVar[type] = Audience

    fire_bits: float = 20.0  # evidence of all kinds that fires, of two kinds at least; from the trials
    room_fire_bits: float = 30.0  # the same, where all of it is of the whole room, compared with what is usual elsewhere
    kind_bits: float = 6.0  # what a kind of evidence must be worth to count as one; from the trials
    kind_cap_bits: float = 40.0  # no kind counts for more; guess
    min_accounts: int = 30
    named_share: float = 0.6  # from here on an account is named: how likely it is a bot; guess
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
    room_ratio: float = 1.35  # odds by which an honest room differs from the usual one, at most; guess
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

    def wake_ms(self, state: Audience, now_ms: int) -> int | None:
        if not any(state.stays.here) and not state.counter.changed:
            return None
        return max(state.next_ms, now_ms + 1)

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
        more = state.looked_at // (10 if state.told else 25)
        if stays.changes < state.looked_at + max(5, more) or now_ms < state.look_ms:
            if not (show.is_over and state.told):
                return findings
        state.looked_at = stays.changes
        crowd = crowded(stays)
        usual = self._usual()
        cohorts = standing_out(stays.counts(presence), crowd, usual, self.kind_bits / 2)
        cohorts += silent_room(stays, stays.counts(presence), now_ms, usual, self.kind_bits / 2)
        if not cohorts:
            return findings
        seen = Seen(cohorts, crowd, stays, presence)
        suspicion = self._suspicion(cohorts, seen)
        if suspicion.bits < self.fire_bits / 2:
            return findings
        finding = self._of_accounts(suspicion, seen, show)
        if finding is not None:
            findings.append(finding)
            if finding.fires:
                state.told = True
                state.look_ms = now_ms + max(2 * self.look_every_ms, (now_ms - show.started_ms) // 20)
        return findings

    # -- what is suspected ------------------------------------------------------------------------------------

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
            room_ratio=self.room_ratio,
        )

    def _suspicion(self, cohorts: Sequence[Cohort], seen: Seen) -> Suspicion:
        strongest: dict[str, Cohort] = {}
        for cohort in sorted(cohorts, key=lambda cohort: -round(cohort.bits, 6)):
            strongest.setdefault(kind_of(cohort.name), cohort)
        return Suspicion(
            cohorts=strongest,
            both_bits=self._both_bits(seen),
            stay_bits=self._stay_bits(seen, next(iter(strongest.values())).name),
            cap_bits=self.kind_cap_bits,
        )

    def _both_bits(self, seen: Seen) -> float:
        best = 0.0
        for (silent, acted), (all_silent, all_acted) in zip(seen.both, seen.all, strict=True):
            compared = all_acted + self.prior_accounts
            share = (acted + self.prior_accounts * USUAL_BOTH) / compared
            best = max(best, set_apart(silent, all_silent, share, compared, self.honest_ratio, TRIED_BITS))
        return best

    def _stay_bits(self, seen: Seen, name: str) -> float:
        """Of those who stayed for a while, how many stayed longer: in the cohort, and of the other silent ones."""
        best = 0.0
        if name in ROOM:
            return best  # they were chosen by how long they stay
        inside, prior = seen.silent_in[name], 2 * self.prior_accounts
        for short, long in ((0, 1), (0, 2), (1, 2)):
            compared = seen.all[short][0] - inside[short] + prior
            share = (seen.all[long][0] - inside[long] + prior * self.usual_idle_12min_share) / compared
            best = max(best, set_apart(inside[long], inside[short], share, compared, self.honest_ratio, TRIED_BITS))
        return best

    def _fires(self, s: Suspicion, bits: float) -> bool:
        """Two kinds of evidence of the same silent accounts; or one, and they stay longer than other silent ones."""
        if bits < (self.room_fire_bits if all(kind in ROOM for kind in s.cohorts) else self.fire_bits):
            return False
        kinds = sum(cohort.bits >= self.kind_bits for cohort in s.cohorts.values())
        return (kinds >= 2 and s.both_bits >= self.kind_bits) or (kinds >= 1 and s.stay_bits >= self.kind_bits)

    # -- what is said -----------------------------------------------------------------------------------------

    def _of_accounts(self, s: Suspicion, seen: Seen, show: ShowState) -> Finding | None:
        told = told_apart(
            seen.cells,
            {cell: SUSPECTED[min(2, kinds)] for cell, kinds in seen.kinds_of.items()},
            {1: self.usual_active_left_share, 2: self.usual_active_3min_share, 3: self.usual_active_12min_share},
        )
        bits_of: dict[str, float] = {}
        acted = 0
        for account_id, (did, cell) in seen.cell_of.items():
            share = (told.acted if did else told.silent)[cell]
            if share >= self.named_share:
                bits_of[account_id] = rounded(min(20.0, -log2(max(1e-6, 1.0 - share))))
                acted += did
        named = sorted(bits_of, key=lambda account_id: -bits_of[account_id])
        people = [show.presence.viewers[account_id] for account_id in named]
        if not people:
            return None
        others, others_acted = len(seen.cell_of) - len(named), sum(did for did, _ in seen.cell_of.values()) - acted
        joins = [Evidence(v.join_event_id, "live.joins", v.joined_ms, v.account_id, _joined(v)) for v in people]
        return Finding(
            scheme=self.SCHEME,
            fires=self._fires(s, s.bits) and len(named) >= self.min_accounts,
            score=rounded(score_of(s.bits, self.fire_bits)),
            title=(
                f"{len(named)} silent accounts {_in_common(s.cohorts.values())}; {_percent(acted, len(named))} of them"
                f" said or bought something, of the {others} others who stayed {_percent(others_acted, others)}"
            ),
            window=Window(min(v.joined_ms for v in people), max(v.joined_ms for v in people)),
            signals=_signals(s),
            accounts=[Suspect(account_id, bits_of[account_id], 1) for account_id in named],
            evidence=joins[:MAX_EVIDENCE],
            evidence_total=len(joins),
            counter_evidence=_counter_evidence(people, acted, s, show),
            counterfactual=self._counterfactual(s),
            impact=Impact(viewers=show.presence.here),
        )

    def _counterfactual(self, s: Suspicion) -> Counterfactual:
        """How many fewer silent accounts in the cohorts would have cleared it."""
        numbers = {"bits": rounded(s.bits), "threshold_bits": self.fire_bits}
        numbers |= {f"without_{kind}_bits": rounded(s.bits - min(s.cap_bits, c.bits)) for kind, c in s.cohorts.items()}
        low, high = 0, max(cohort.silent for cohort in s.cohorts.values())
        while low < high:
            fewer = (low + high) // 2
            if self._fires(left := self._without(s, fewer), left.bits):
                low = fewer + 1
            else:
                high = fewer
        numbers["accounts_fewer"] = float(low)
        if low:
            sentence = (
                f"With {low} silent account{'s' * (low > 1)} fewer it would have stayed below {self.fire_bits:g} bits"
            )
            return Counterfactual(f"{sentence}, or without a second kind of evidence.", numbers)
        return Counterfactual(f"It is at {s.bits:.1f} bits; {self.fire_bits:g} of two kinds are needed.", numbers)

    def _without(self, s: Suspicion, fewer: int) -> Suspicion:
        left = {
            kind: msgspec.structs.replace(cohort, bits=cohort.without(fewer, self._usual()))
            for kind, cohort in s.cohorts.items()
        }
        part = max(0.0, 1.0 - fewer / next(iter(s.cohorts.values())).silent)
        return Suspicion(left, s.both_bits * part, s.stay_bits * part, s.cap_bits)

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


_IN_COMMON: Final = {
    "device": "share devices",
    "network": "share networks",
    "birthday": "were made on the same days",
    "age": "are young",
    "burst": "joined in crowds",
    "silence": "say less than is usual",
    "idle": "stay more often than is usual",
    "listless": "say no more the longer they stay",
    "stranger": "do not follow the room",
}


def _in_common(cohorts: Any) -> str:
    """What the accounts have in common, strongest first: "share devices, joined in crowds"."""
    said = [_IN_COMMON.get(c.name) or f"came from {SOURCES[c.least] or 'no known source'}" for c in cohorts]
    return f"{', '.join(said[:-1])} and {said[-1]}" if len(said) > 1 else said[0]


def _percent(part: int, of: int) -> str:
    return f"{100 * part / of:.1f} %" if of else "0 %"


def _joined(viewer: Viewer) -> str:
    return f"joined from {viewer.source}"[:200] if viewer.source else "joined"


def _signals(s: Suspicion) -> list[Signal]:
    names = {
        "device": "shared_device",
        "network": "shared_network",
        "birthday": "same_birthday",
        "age": "young_accounts",
    }
    signals = [
        Signal(
            names.get(c.name) or (f"source_{SOURCES[c.least] or 'missing'}" if c.name == "source" else c.name),
            float(c.silent),
            rounded(c.expected),
            "silent accounts",
            bits=rounded(c.bits),
        )
        for c in s.cohorts.values()
    ]
    first = next(iter(s.cohorts.values()))
    return [
        *signals,
        Signal(
            "stays_longer", float(first.silent), rounded(first.expected), "silent accounts", bits=rounded(s.stay_bits)
        ),
    ]


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
