"""Packed houses, and honest small shows beside them: rooms without history, where a crew may be nearly all who come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import ModuleType
from typing import Any, Final

import msgspec

from streams.events import RuleSet
from trials.floors import Check
from trials.intervals import Figure, share
from trials.pairs import Pair
from trials.playing import Plan
from worlds.recording import STRENGTHS

SHARES: Final = (0.05, 0.3, 0.6, 0.9)  # of the audience that the crew is
PACKED: Final = (0.6, 0.9)  # from here on the house is packed, and the floor holds
SCHEMES: Final = ("coordinated_purchases", "paid_praise")
RECALL: Final = 0.95
FALSE: Final = 0.01
HONEST_FOR_EACH: Final = 4  # honest small shows of each kind, for each house of a share, scheme and strength
ALL: Final = "all"  # kinds together
TAIL_HOURS: Final = 4.0


class House(msgspec.Struct, frozen=True):
    """A plan of one small show: staged by `scheme` where `share` is given, honest of this `kind` otherwise."""

    plan: Plan
    scheme: str = ""
    share: float = 0.0
    kind: str = ""


class Packed(msgspec.Struct, frozen=True):
    """What small shows came to."""

    recall: dict[str, dict[str, Figure]]  # by scheme; by share of the audience, as text
    by_strength: dict[str, dict[str, Figure]]  # by scheme; by strength, of those that are packed
    false: dict[str, dict[str, Figure]]  # by scheme; by kind of honest show, and ALL


def houses(
    name: str,
    world: ModuleType,
    seeds: Sequence[int],
    schemes: Iterable[str] = SCHEMES,
    rules: RuleSet | None = None,
    laws: str | None = None,
) -> list[House]:
    """For each seed a house of every share, scheme and strength, and honest small shows of every kind."""
    kinds = [kind for kind in world.NEGATIVES if kind.endswith("_show")]
    wanted = set(schemes)

    def plan(seed: int, make: str, **options: Any) -> Plan:
        options["tail_hours"] = TAIL_HOURS
        if laws is not None:
            options["laws"] = laws
        return Plan(world=name, seed=seed, options=options, make=make, rules=rules, with_rules=False)

    planned = [
        House(plan(seed, "packed_house", share=of, scheme=scheme, strength=strength), scheme=scheme, share=of)
        for seed in seeds
        for scheme in SCHEMES
        if scheme in wanted
        for of in SHARES
        for strength in STRENGTHS
    ]
    small: dict[str, Any] = {"shows": 1, "viewers": (5, 40), "hours": 1.2, "plants": ()}
    planned += [
        House(plan(seed * 100 + number, "lazily", negatives=(kind,), **small), kind=kind)
        for seed in seeds
        for kind in kinds
        for number in range(HONEST_FOR_EACH)
    ]
    return planned


def packed(of: Iterable[tuple[House, Iterable[Pair]]]) -> Packed:
    """The figures. An alert of another scheme than the crew's is no false one here: it may do both."""
    recall: dict[str, dict[str, list[bool]]] = {}
    strengths: dict[str, dict[str, list[bool]]] = {}
    false: dict[str, dict[str, list[bool]]] = {}
    for house, pairs in of:
        for pair in pairs:
            if house.kind:
                false.setdefault(pair.scheme, {}).setdefault(house.kind, []).append(pair.is_found)
            elif pair.scheme == house.scheme and pair.strength is not None:
                recall.setdefault(pair.scheme, {}).setdefault(f"{house.share:.0%}", []).append(pair.is_found)
                if house.share in PACKED:
                    strengths.setdefault(pair.scheme, {}).setdefault(pair.strength, []).append(pair.is_found)
    for kinds in false.values():
        kinds[ALL] = [is_found for found in kinds.values() for is_found in found]
    return Packed(_shares(recall), _shares(strengths), _shares(false))


def checks(found: Packed) -> list[Check]:
    """What packed houses are held to."""
    made = []
    for scheme, by_share in found.recall.items():
        for of in PACKED:
            value = by_share[f"{of:.0%}"].value if f"{of:.0%}" in by_share else None
            name = f"{scheme}: recall where the crew is {of:.0%} of a small show"
            made.append(Check(name, value, RECALL, value is not None and value >= RECALL))
    for scheme in SCHEMES:
        if scheme not in found.recall or scheme not in found.false:
            continue
        value = found.false[scheme][ALL].value
        name = f"{scheme}: honest small shows with an alert"
        made.append(Check(name, value, FALSE, value is not None and value <= FALSE))
    return made


def _shares(of: Mapping[str, Mapping[str, Sequence[bool]]]) -> dict[str, dict[str, Figure]]:
    return {
        scheme: {group: share(sum(found), len(found)) for group, found in groups.items()}
        for scheme, groups in of.items()
    }
