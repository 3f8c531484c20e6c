"""One evening that several tests look at, and a show to plant into."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from worlds import BEGINS_AT_MS, Evening, evening
from worlds.bazaar.audience import come
from worlds.bazaar.ids import Ids
from worlds.bazaar.laws import HOUR, MINUTE
from worlds.bazaar.people import People
from worlds.bazaar.shop import Shop
from worlds.bazaar.show import Show
from worlds.bazaar.stage import Room, plan


@pytest.fixture(scope="session")
def usual() -> Evening:
    """An evening as it comes: 24 shows, half of them staged."""
    return evening(seed=20)


@pytest.fixture(scope="session")
def staged() -> list[Evening]:
    """Two evenings on which every show is staged."""
    return [evening(seed=seed, shows=20, viewers=(60, 2_000), share=1.0) for seed in (21, 22)]


@pytest.fixture
def make_show() -> Callable[..., Show]:
    def make(seed: int, viewers: int = 400, minutes: int = 60, one_price: bool = False) -> Show:
        """A show with an audience in which nothing has been said or bought yet."""
        ids = Ids(seed)
        room = Room(seed, 0, ids, viewers)
        shop = Shop(ids, 0, room.category, room.currency, Random(seed), one_price)
        end = BEGINS_AT_MS + minutes * MINUTE
        stage = plan(room, shop, ids.of("show", 0), BEGINS_AT_MS, end, end + 4 * HOUR, Random(seed))
        show = Show(stage, People(seed, ids), f"{seed}/0/0", BEGINS_AT_MS)
        come(show, viewers, show.random("audience"))
        return show

    return make
