"""Evenings of one kind: the packed house, honest small shows, and a crew that comes back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import merge
from math import exp, log
from random import Random
from typing import Any

from worlds.bazaar.billing import Billing, check
from worlds.bazaar.evening import BEGINS_AT_MS, Lazily, evening, lazily
from worlds.bazaar.ids import Ids
from worlds.bazaar.laws import HOUR, LAWS, MINUTE
from worlds.bazaar.negatives import NEGATIVES, SMALL
from worlds.bazaar.plants import PLANTS
from worlds.bazaar.plants.coordinated_purchases import STRENGTHS as PURCHASES
from worlds.bazaar.plants.paid_praise import STRENGTHS as PRAISE
from worlds.bazaar.show import Hiring
from worlds.recording import STRENGTHS, Arrival, Evening

CREWS = {
    "coordinated_purchases": {strength: row.crew for strength, row in PURCHASES.items()},
    "paid_praise": {strength: row.crew for strength, row in PRAISE.items()},
}
SMALL_SHOW = (22, 400)
"""Least and largest audience of a small show, the crew among it, as far as the crew's size allows; guess."""


def packed_house(
    seed: int,
    share: float = 0.6,
    scheme: str = "coordinated_purchases",
    strength: str = "moderate",
    begins_at_ms: int = BEGINS_AT_MS,
    tail_hours: float = 4.0,
    disguises: Sequence[str] | None = None,
    negatives: Sequence[str] = (),
    laws: str = "usual",
) -> Evening:
    """One small show of a room without history, of whose audience the crew is this share (0.05 to 0.9)."""
    check("scheme of a packed house", (scheme,), CREWS)
    check("strength", (strength,), STRENGTHS)
    check("negative", negatives, NEGATIVES)
    if not 0 < share < 1:
        raise ValueError(f"The share is {share}; give one between 0 and 1, such as 0.6.")
    random = Random(f"{seed}/packed house/{share}/{scheme}/{strength}")
    lowest, highest = CREWS[scheme][strength]
    smallest, largest = SMALL_SHOW
    least = min(highest, max(lowest, round(smallest * share)))
    most = max(least, min(highest, round(largest * share)))
    crew = min(most, int(exp(random.uniform(log(least), log(most + 1)))))
    honest = max(1, round(crew * (1 - share) / share))
    length = int(random.uniform(25, 80) * MINUTE)
    bill = Billing(
        0,
        Ids(seed).of("show", "packed house"),
        begins_at_ms,
        begins_at_ms + length,
        honest,
        tuple(negatives),
        ((scheme, strength),),
        Hiring(None if disguises is None else tuple(disguises), size=crew),
    )
    made = Lazily(seed, 0, begins_at_ms, bill.end + int(tail_hours * HOUR), [bill], LAWS[laws])
    return Evening(list(made), made.truth)


def small_show(seed: int, kind: str = "village_show", begins_at_ms: int = BEGINS_AT_MS, laws: str = "usual") -> Evening:
    """One honest small show of a room without history: its kind is a name of SMALL; some strangers look in."""
    check("small show", (kind,), SMALL)
    return evening(seed, 1, (5, 40), begins_at_ms, hours=1.2, plants=(), negatives=(kind,), laws=laws)


def returning(
    seed: int,
    scheme: str = "coordinated_purchases",
    strength: str = "moderate",
    days: Sequence[int] = (0, 1, 3),
    shows: int = 4,
    **others: Any,
) -> list[Evening]:
    """An evening for each of these days, on which one crew works in the first room, on the last day in the second too.

    Nobody else is staged. The other arguments are those of `lazily`; a crew is its accounts, a tenth of them changing.
    """
    check("scheme", (scheme,), PLANTS)
    arguments = {"viewers": (100, 800), "crew": "one"} | others
    evenings = []
    for day in days:
        staged = (0, 1) if day == days[-1] and shows > 1 else (0,)
        made = lazily(seed, shows, plants=(scheme,), strength=strength, day=day, staged=staged, **arguments)
        evenings.append(Evening(list(made), made.truth))
    return evenings


def together(evenings: Iterable[Evening]) -> Evening:
    """Several evenings of one world as one, in order of arrival."""
    evenings = list(evenings)
    events = list(merge(*(one.events for one in evenings), key=_by_arrival))
    schemes = {show_id: found for one in evenings for show_id, found in one.truth["schemes"].items()}
    return Evening(events, {"schemes": schemes, "shows": [show for one in evenings for show in one.truth["shows"]]})


def _by_arrival(event: Arrival) -> int:
    return event[0]
