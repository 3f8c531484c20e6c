"""Schemes that are planted, one a file. A plant adds hired visitors and their acts to a show and says what it did.

Strengths are ranges that were agreed before any detector was written; within them everything is drawn anew by show.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from worlds.bazaar.plants.coordinated_purchases import coordinated_purchases
from worlds.bazaar.plants.crew import Planted
from worlds.bazaar.plants.paid_praise import paid_praise
from worlds.bazaar.show import Scribe, Show

PLANTS: dict[str, Callable[[Show, str, Scribe, Random], Planted]] = {
    "coordinated_purchases": coordinated_purchases,
    "paid_praise": paid_praise,
}

__all__ = ["PLANTS", "Planted"]
