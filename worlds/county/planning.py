"""What an evening will hold: which rooms are on air and when, what is planted in them, what is innocent in them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from random import Random

from worlds.county.crews import TEAMS
from worlds.county.draws import lognormal, pick, shuffled, some, stream, weighted
from worlds.county.ids import Counter
from worlds.county.laws import DAY, HOUR, MINUTE, Laws
from worlds.county.negatives import BIG, NEGATIVES, SMALL
from worlds.county.plants import DISGUISES, PLANTS, Brief
from worlds.county.rooms import Room, a_room
from worlds.county.stage import Stage, a_stage
from worlds.recording import STRENGTHS

SHOW_MEDIAN_MIN = 70.0  # length of a show; guess
SHOW_SIGMA = 0.4  # of its logarithm; guess
SHORTEST_MIN = 20.0
SIZE_SPREAD = 0.2  # of the logarithm of a room's audience, from day to day; guess
SMALL_SHARE = 0.12  # of clean shows that are honest first shows of few people; guess
INNOCENT = ((0, 0.35), (1, 0.35), (2, 0.2), (3, 0.1))  # how many look-alikes a show has; guess
SECOND_SCHEME = 0.1  # of staged shows whose crew also does another scheme; guess
EXTRA_DISGUISE = 0.25  # of plants that wear one more than their strength does; guess
STAFF = ("coordinated_purchases", "paid_praise", "fake_orders")  # schemes that one and the same team can do


@dataclass(slots=True)
class Planned:
    """One show to be made."""

    stage: Stage
    day: int = 0
    negatives: list[str] = field(default_factory=list)
    briefs: list[Brief] = field(default_factory=list)


def planned(
    seed: int,
    shows: int,
    viewers: tuple[int, int],
    begins_at_ms: int,
    hours: float,
    plants: Collection[str] | None,
    strength: str | None,
    negatives: Collection[str] | None,
    share: float,
    tail_hours: float,
    day: int,
    disguises: Collection[str] | None,
    laws: Laws,
) -> list[Planned]:
    """The shows of an evening in the order in which they start."""
    _check("plants", plants, PLANTS)
    _check("negatives", negatives, NEGATIVES)
    _check("disguises", disguises, DISGUISES)
    if strength is not None and strength not in STRENGTHS:
        raise ValueError(f"There is no strength {strength!r}; known are {', '.join(STRENGTHS)}.")
    if not 1 <= viewers[0] <= viewers[1]:
        raise ValueError(f"viewers={viewers} is no range; give the smallest and the largest audience.")
    rooms = [a_room(seed, number, viewers, laws) for number in range(shows)]
    stages = [_stage(seed, room, viewers, begins_at_ms + day * DAY, hours, tail_hours, day) for room in rooms]
    stages.sort(key=lambda stage: (stage.starts_ms, stage.number))
    evening = [Planned(stage, day) for stage in stages]
    rng = stream(seed, day, "plan")
    staged = some(rng, evening, round(share * shows))
    may_be_staged = {
        id(one) for one in staged
    }  # whether or not anything is planted, so that what is honest is the same
    if plants is None or plants:
        _stage_schemes(staged, plants, strength, tail_hours, disguises, laws, seed + day, rng)
    own = stream(seed, day, "innocent")
    for number, one in enumerate(evening):
        one.negatives = _innocent(number, negatives, id(one) not in may_be_staged, own)
    return evening


def _check(what: str, named: Collection[str] | None, known: Collection[str]) -> None:
    for name in named or ():
        if name not in known:
            raise ValueError(f"There is nothing named {name!r} in {what}; known are {', '.join(known)}.")


def _stage(
    seed: int, room: Room, viewers: tuple[int, int], begins_ms: int, hours: float, tail_hours: float, day: int
) -> Stage:
    rng = stream(seed, day, room.number, "stage")
    ids = Counter(seed, day, room.number, "show")
    longest = hours * 60.0
    length = min(longest, max(min(SHORTEST_MIN, longest), lognormal(rng, SHOW_MEDIAN_MIN, SHOW_SIGMA)))
    starts = begins_ms + int((longest - length) * rng.random() * MINUTE)
    ends = starts + int(length * MINUTE)
    size = min(viewers[1], max(viewers[0], round(lognormal(rng, room.viewers, SIZE_SPREAD))))
    return a_stage(
        room, room.number, f"w{ids.next() >> 16:012x}", starts, ends, ends + int(tail_hours * HOUR), size, rng
    )


def _stage_schemes(
    staged: list[Planned],
    plants: Collection[str] | None,
    strength: str | None,
    tail_hours: float,
    disguises: Collection[str] | None,
    laws: Laws,
    evening_no: int,
    rng: Random,
) -> None:
    """Give out schemes and strengths evenly; who needs a large audience chooses first."""
    names = [name for name in PLANTS if plants is None or name in plants]
    pairs = [
        (name, one)
        for name in names
        for one in ([strength] if strength else STRENGTHS)
        if PLANTS[name].needs_hours(one, laws) <= tail_hours
    ]
    if staged and not pairs:
        needs = max(PLANTS[name].needs_hours(strength or "faint", laws) for name in names)
        raise ValueError(f"What is planted happens up to {needs:g} hours after a show; give tail_hours of as many.")
    turns = _in_turn(pairs)
    begin = evening_no * len(staged)  # evenings that follow each other go on where the last one stopped
    deck = [turns[(begin + at) % len(turns)] for at in range(len(staged))] if turns else []
    deck = sorted(shuffled(rng, deck), key=lambda pair: -PLANTS[pair[0]].needs_viewers)
    free = list(staged)
    for name, one in deck:
        fits = [plan for plan in free if plan.stage.viewers >= PLANTS[name].needs_viewers]
        chosen = pick(rng, fits) if fits else max(free, key=lambda plan: plan.stage.viewers)
        free.remove(chosen)
        chosen.briefs.append(brief(name, one, disguises, rng))
        others = [other for other, at in pairs if other in STAFF and other != name and at == one]
        if name in STAFF and others and rng.random() < SECOND_SCHEME:
            chosen.briefs.append(brief(pick(rng, others), one, disguises, rng))
    _send_teams(staged)


def _in_turn(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Schemes in turn, each at another strength than the one before, so that a few shows see many of both."""
    by_scheme: dict[str, list[tuple[str, str]]] = {}
    for pair in pairs:
        by_scheme.setdefault(pair[0], []).append(pair)
    for number, left in enumerate(by_scheme.values()):
        by = number % len(left)
        left[:] = left[by:] + left[:by]
    turns: list[tuple[str, str]] = []
    while any(by_scheme.values()):
        for left in by_scheme.values():
            if left:
                turns.append(left.pop(0))
    return turns


def brief(scheme: str, strength: str, disguises: Collection[str] | None, rng: Random, crew: int | None = None) -> Brief:
    """A plant with what its strength wears, and what was asked for (or drawn) besides, where it can wear it."""
    plant = PLANTS[scheme]
    worn = set(plant.own[strength])
    extra = [name for name in plant.wears if name not in worn]
    draw = rng.random()
    if disguises is not None:
        worn |= {name for name in disguises if name in plant.wears}
    elif extra and draw < EXTRA_DISGUISE:
        worn.add(extra[int(draw / EXTRA_DISGUISE * len(extra))])
    return Brief(scheme, strength, tuple(name for name in DISGUISES if name in worn), crew=crew)


def _send_teams(staged: list[Planned]) -> None:
    """The first of an agency's staged shows gets its first team, and so on: so teams return on other days."""
    sent: dict[tuple[int, str], int] = {}
    for plan in sorted(staged, key=lambda plan: plan.stage.number):
        if not plan.briefs:
            continue
        key = plan.stage.room.agency, plan.briefs[0].strength
        team = sent.get(key, 0) % TEAMS
        sent[key] = team + 1
        plan.briefs = [Brief(one.scheme, one.strength, one.disguises, team, one.crew) for one in plan.briefs]


def _innocent(number: int, negatives: Collection[str] | None, clean: bool, rng: Random) -> list[str]:
    """Look-alikes of one show. A show of few people is never a staged one."""
    if negatives is None:
        if rng.random() < SMALL_SHARE and clean:
            return [pick(rng, SMALL)]
        return some(rng, BIG, weighted(rng, INNOCENT))
    named = [name for name in NEGATIVES if name in negatives]
    if not clean:
        named = [name for name in named if name not in SMALL]
    if not named:
        return []
    first = named[number % len(named)]
    others = [name for name in named if name != first and name not in SMALL]
    return [first] if first in SMALL or not others or rng.random() < 0.5 else [first, pick(rng, others)]
