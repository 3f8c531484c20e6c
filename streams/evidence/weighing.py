"""What speaks against the silent of a room, weighed: the strongest cohort of each kind, and who is in two of them."""

from collections.abc import Mapping, Sequence
from math import fsum
from typing import Final

import msgspec

from streams.alerts import Counterfactual, Signal, rounded
from streams.evidence.cohorts import ROOM, TRIED_BITS, Cohort, Seen, Usual, kind_of, set_apart
from streams.evidence.stays import SOURCES

# with a whole room nobody is left to compare stays with; the people of one network (an office) may watch alike
WITHOUT_STAYS: Final = (*ROOM, "network")
USUAL_LONG: Final = 0.4  # of those who stayed half a minute stay three, of those twelve; guess
USUAL_BOTH: Final = 0.02  # of honest accounts, that are in two cohorts at once; guess
_SIGNALS: Final = {
    "device": "shared_device",
    "network": "shared_network",
    "birthday": "made_same_day",
    "age": "young_accounts",
    "burst": "joined_in_crowd",
    "silence": "silent_room",
    "idle": "idle_room",
    "listless": "listless_room",
    "stranger": "no_followers",
}
_IN_COMMON: Final = {
    "device": "share devices",
    "network": "share networks",
    "birthday": "were made on the same days",
    "age": "are new",
    "burst": "joined in crowds",
    "silence": "say less than is usual",
    "idle": "stay in greater number than is usual",
    "listless": "say no more the longer they stay",
    "stranger": "do not follow the room",
}


class Limits(msgspec.Struct, frozen=True):
    """What a suspicion needs to fire; the detector's settings."""

    fire_bits: float
    room_fire_bits: float
    kind_bits: float
    room_kind_bits: float
    cap_bits: float

    def counts_as_kind(self, cohort: Cohort) -> bool:
        return cohort.bits >= (self.room_kind_bits if cohort.name in ROOM else self.kind_bits)


class Suspicion(msgspec.Struct, frozen=True):
    """The strongest cohort of each kind, and how silent and how patient those in them are."""

    cohorts: Mapping[str, Cohort]  # by kind, strongest first
    both_bits: float  # those in two cohorts at once stand out among the silent, too
    stay_bits: float  # those of the strongest cohort stay longer than the others
    limits: Limits

    @property
    def bits(self) -> float:
        return fsum(self._capped(bits) for bits in (self.stay_bits, *(c.bits for c in self.cohorts.values())))

    @property
    def needed_bits(self) -> float:
        """More where all of it is of the whole room, which is compared with what is usual elsewhere."""
        of_the_room = all(cohort.name in ROOM for cohort in self.cohorts.values())
        return self.limits.room_fire_bits if of_the_room else self.limits.fire_bits

    def fires(self) -> bool:
        """Two kinds of evidence against the same silent accounts; or one, and they stay longer than the others."""
        if self.bits < self.needed_bits:
            return False
        least = self.limits.kind_bits
        kinds = sum(map(self.limits.counts_as_kind, self.cohorts.values()))
        return (kinds >= 2 and self.both_bits >= least) or (kinds >= 1 and self.stay_bits >= least)

    def without(self, fewer: int, usual: Usual) -> "Suspicion":
        """What it would be with so many silent accounts fewer in every cohort."""
        left = {
            kind: msgspec.structs.replace(cohort, bits=cohort.without(fewer, usual))
            for kind, cohort in self.cohorts.items()
        }
        part = max(0.0, 1.0 - fewer / next(iter(self.cohorts.values())).silent)
        return Suspicion(left, self.both_bits * part, self.stay_bits * part, self.limits)

    def counterfactual(self, usual: Usual) -> Counterfactual:
        """How many fewer silent accounts would have cleared it, and what is left without each kind."""
        numbers = {"bits": rounded(self.bits), "threshold_bits": self.needed_bits}
        for kind, cohort in self.cohorts.items():
            numbers[f"without_{kind}_bits"] = rounded(self.bits - self._capped(cohort.bits))
        fewer, most = 0, max(cohort.silent for cohort in self.cohorts.values())
        while fewer < most:
            middle = (fewer + most) // 2
            if self.without(middle, usual).fires():
                fewer = middle + 1
            else:
                most = middle
        numbers["accounts_fewer"] = float(fewer)
        if not fewer:
            needs = f"{self.needed_bits:g} of two kinds are needed"
            return Counterfactual(f"It is at {self.bits:.1f} bits; {needs}.", numbers)
        who = "1 silent account" if fewer == 1 else f"{fewer} silent accounts"
        return Counterfactual(f"With {who} fewer in each of these groups it would not have fired.", numbers)

    def signals(self) -> list[Signal]:
        """One for each kind; `expected` is what the active accounts, or the usual shares, would lead one to expect."""
        said = [
            Signal(
                _SIGNALS.get(cohort.name) or f"source_{SOURCES[cohort.least]}",
                float(cohort.silent),
                rounded(cohort.expected),
                "silent accounts",
                bits=rounded(cohort.bits),
            )
            for cohort in self.cohorts.values()
        ]
        if self.stay_bits:
            first = next(iter(self.cohorts.values()))
            said.append(
                Signal("stays_longer", float(first.silent), 0.0, "silent accounts", bits=rounded(self.stay_bits))
            )
        return said

    def in_common(self) -> str:
        """What the accounts have in common, strongest first: "share devices and joined in crowds"."""
        said = [_IN_COMMON.get(c.name) or f"came from {SOURCES[c.least]}" for c in self.cohorts.values()]
        return f"{', '.join(said[:-1])} and {said[-1]}" if len(said) > 1 else said[0]

    def _capped(self, bits: float) -> float:
        return min(self.limits.cap_bits, bits)


def worth_a_look(cohorts: Sequence[Cohort], limits: Limits) -> bool:
    """Whether it may come to a suspicion, or a near miss, once everybody is looked at."""
    bits = [cohort.bits for cohort in cohorts]
    return max(bits, default=0.0) >= limits.kind_bits or fsum(bits) >= limits.fire_bits / 2


def weigh(cohorts: Sequence[Cohort], seen: Seen, usual: Usual, limits: Limits) -> Suspicion:
    """Cohorts of equal kind count once: the strongest."""
    strongest: dict[str, Cohort] = {}
    for cohort in sorted(cohorts, key=lambda cohort: -round(cohort.bits, 6)):
        strongest.setdefault(kind_of(cohort.name), cohort)
    first = next(iter(strongest.values())).name
    return Suspicion(strongest, _both_bits(seen, usual), _stay_bits(seen, first, usual), limits)


def _both_bits(seen: Seen, usual: Usual) -> float:
    best = 0.0
    for (silent, active), (all_silent, all_active) in zip(seen.both, seen.all, strict=True):
        compared = all_active + usual.prior
        share = (active + usual.prior * USUAL_BOTH) / compared
        best = max(best, set_apart(silent, all_silent, share, compared, usual.ratio, TRIED_BITS))
    return best


def _stay_bits(seen: Seen, name: str, usual: Usual) -> float:
    """Of those who stayed for a while, how many stayed longer: in the cohort, and of the others."""
    best = 0.0
    if name in WITHOUT_STAYS or not seen.tells_leaves:
        return best
    inside, prior = seen.stayed_in[name], 2 * usual.prior
    for short, long in ((0, 1), (0, 2), (1, 2)):
        compared = seen.stayed[short] - inside[short] + prior
        share = (seen.stayed[long] - inside[long] + prior * USUAL_LONG) / compared
        best = max(best, set_apart(inside[long], inside[short], share, compared, usual.ratio, TRIED_BITS))
    return best
