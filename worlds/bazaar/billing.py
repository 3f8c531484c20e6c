"""What is decided of every show of an evening before it is made: how large, how innocent, how staged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from worlds.bazaar.negatives import EXCLUDES, FIRST, NEGATIVES, SECOND, SMALL
from worlds.bazaar.plants import NEEDS_SALES
from worlds.bazaar.show import Hiring
from worlds.recording import STRENGTHS

SMALL_AUDIENCE = 150
"""Audience up to which a show may be a village's first one, and the like; guess."""
SALES_AUDIENCE = {"blatant": 400, "moderate": 800, "faint": 1_500}
"""Audience from which on enough is sold for a scheme about what is sold to be of its strength; guess."""
Plants = tuple[tuple[str, str], ...]  # scheme, strength


@dataclass(slots=True, frozen=True)
class Billing:
    """One show."""

    number: int
    show_id: str
    start: int
    end: int
    audience: int
    negatives: tuple[str, ...]
    plants: Plants
    hiring: Hiring

    @property
    def one_price(self) -> bool:
        return "one_price" in self.negatives


def check(what: str, names: Sequence[str], known: Any) -> None:
    """Raise ValueError, with the known names, where one of these is none of them."""
    for name in names:
        if name not in known:
            raise ValueError(f"There is no {what} {name!r}; there are {', '.join(known)}.")


def sizes_of(seed: int, shows: int, viewers: tuple[float, float]) -> list[float]:
    """Audiences, log-uniform, one from each part of the range so that few shows span it."""
    random = Random(f"{seed}/sizes")
    lowest, highest = viewers
    ranks = list(range(shows))
    random.shuffle(ranks)
    return [lowest * (highest / lowest) ** ((rank + random.random()) / shows) for rank in ranks]


def plantings(
    sizes: Sequence[float],
    schemes: Sequence[str],
    strength: str | None,
    share: float,
    staged: Sequence[int] | None,
    tells_costs: Callable[[int], bool],
    random: Random,
) -> list[Plants]:
    """Which shows are staged: every pair of scheme and strength in turn; every sixth staged show has two schemes.

    What is about sales goes to rooms that sell; a loss, to one that tells its costs, as far as there are any.
    """
    shows = len(sizes)
    order = list(range(shows))
    random.shuffle(order)
    cells = [(scheme, level) for level in ((strength,) if strength else STRENGTHS) for scheme in schemes]
    random.shuffle(cells)
    planted: list[Plants] = [()] * shows
    if not cells:
        return planted
    count = round(shows * share)
    if staged is not None:
        order = [number for number in order if number in staged]
        count = len(order)

    def suits(scheme: str, level: str, number: int) -> bool:
        if scheme not in NEEDS_SALES:
            return True
        return sizes[number] >= SALES_AUDIENCE[level] and (scheme != "loss_selling" or tells_costs(number))

    for turn in range(count):
        scheme, level = cells[turn % len(cells)]
        fits = [number for number in order if suits(scheme, level, number)] or [max(order, key=lambda n: sizes[n])]
        if scheme in NEEDS_SALES and level == "faint":
            fits.sort(key=lambda n: -sizes[n])  # a little more than usual is told from usual only where much is sold
        order.remove(fits[0])
        planted[fits[0]] = ((scheme, level),)
        others = [cell for cell in cells if cell[0] != scheme and suits(*cell, fits[0])]
        if others and turn % 6 == 5:
            planted[fits[0]] += (random.choice(others),)
    return planted


def innocents(
    sizes: Sequence[float], negatives: Sequence[str] | None, random: Random, second: Random
) -> list[tuple[str, ...]]:
    """The look-alikes of each show, in the order of the table; dealt out like cards, so that all of them occur.

    Two decks, one after the other: what is added to the second leaves the hands from the first as they are.
    """
    shows = len(sizes)
    if negatives is not None:
        return [compatible(list(negatives))] * shows
    hands = _dealt(list(FIRST), shows, (0, 1, 1, 2, 2, 2, 3, 3, 4), random)
    more = _dealt(list(SECOND), shows, (0, 0, 1, 1, 1, 2), second)
    hands = [first + other for first, other in zip(hands, more, strict=True)]
    for number, size in enumerate(sizes):
        if size <= SMALL_AUDIENCE and second.random() < 0.4:
            hands[number].append(second.choice(list(SMALL)))
    return [compatible(hand) for hand in hands]


def compatible(names: list[str]) -> tuple[str, ...]:
    """The names in the order of the table, without those that another one excludes."""
    excluded = {other for name in names for other in EXCLUDES.get(name, ())}
    return tuple(name for name in NEGATIVES if name in names and name not in excluded)


def _dealt(cards: list[str], shows: int, sizes: tuple[int, ...], random: Random) -> list[list[str]]:
    deck: list[str] = []
    dealt = []
    for _ in range(shows):
        hand: list[str] = []
        for _ in range(random.choice(sizes)):
            if not deck:
                deck = list(cards)
                random.shuffle(deck)
            hand.append(deck.pop())
        dealt.append(hand)
    return dealt
