"""The packed house: a first show of few people in which the crew is most of the audience."""

from __future__ import annotations

from collections.abc import Collection

from worlds.county.draws import between, spread, stream
from worlds.county.evening import BEGINS_AT_MS, together
from worlds.county.ids import Counter
from worlds.county.laws import DAY, HOUR, MINUTE, Laws, law
from worlds.county.negatives import BIG
from worlds.county.people import People
from worlds.county.planning import Planned, brief
from worlds.county.plants import PLANTS, coordinated_purchases, fake_orders, inflated_viewers, paid_praise
from worlds.county.rooms import a_room
from worlds.county.stage import a_stage
from worlds.recording import STRENGTHS, Evening

CREWS = {  # hired accounts by strength
    "coordinated_purchases": coordinated_purchases.SIZES,
    "paid_praise": paid_praise.SIZES,
    "fake_orders": fake_orders.PEOPLE,
    "inflated_viewers": inflated_viewers.SIZES,
}
MINUTES = (25.0, 80.0)  # length of such a show; guess
FIRST_ROOM = 1_000  # numbers of these rooms: none of them is one of an evening's


def packed_house(
    seed: int,
    share: float = 0.6,
    scheme: str | Collection[str] = "coordinated_purchases",
    strength: str = "moderate",
    shows: int = 1,
    begins_at_ms: int = BEGINS_AT_MS,
    tail_hours: float = 4.0,
    day: int = 0,
    negatives: Collection[str] = (),
    disguises: Collection[str] | None = None,
    laws: Laws | str | None = None,
) -> Evening:
    """First shows in which a crew is `share` (0.05, 0.3, 0.6, 0.9, ...) of all who come, one room each.

    The size of the crew is the strength's to draw, that of the audience follows. Several schemes: one crew does all.
    """
    schemes = (scheme,) if isinstance(scheme, str) else tuple(scheme)
    for name in schemes:
        if name not in CREWS:
            raise ValueError(f"No crew does {name!r} in a packed house; known are {', '.join(CREWS)}.")
    if not 0.0 < share < 1.0:
        raise ValueError(f"share={share} is no share of an audience; give one between 0 and 1.")
    if strength not in STRENGTHS:
        raise ValueError(f"There is no strength {strength!r}; known are {', '.join(STRENGTHS)}.")
    for name in negatives:
        if name not in BIG:
            raise ValueError(f"{name!r} is not innocent in a packed house; known are {', '.join(BIG)}.")
    ruled = law(laws)
    for name in schemes:
        needs = PLANTS[name].needs_hours(strength, ruled)
        if tail_hours < needs:
            raise ValueError(f"{name} ({strength}) happens up to {needs:g} hours after a show; give such tail_hours.")
    low = max(CREWS[name][strength][0] for name in schemes)
    high = max(low, min(CREWS[name][strength][1] for name in schemes))
    plans = []
    for number in range(FIRST_ROOM, FIRST_ROOM + shows):
        rng = stream(seed, day, number, "packed", share)
        crew = round(spread(rng, low, high))
        others = max(1, round(crew * (1.0 - share) / share))
        room = a_room(seed, number, (others, others), ruled)
        starts = begins_at_ms + day * DAY + int(rng.random() * 30 * MINUTE)
        ends = starts + int(between(rng, *MINUTES) * MINUTE)
        show_id = f"w{Counter(seed, day, number, 'show').next() >> 16:012x}"
        stage = a_stage(room, number, show_id, starts, ends, ends + int(tail_hours * HOUR), others, rng)
        stage.first_show = True
        stage.regulars = 0.1
        briefs = [brief(name, strength, disguises, rng, crew) for name in schemes]
        plans.append(Planned(stage, day, list(negatives), briefs))
    plans.sort(key=lambda plan: plan.stage.starts_ms)
    return together(plans, seed, People(seed, begins_at_ms, ruled), ruled)
