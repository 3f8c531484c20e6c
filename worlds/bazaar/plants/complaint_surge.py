"""Goods that are not what was promised: buyers complain, after the show, much more than usual."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from random import Random

from worlds.bazaar import laws
from worlds.bazaar.afterwards import complains_at, complaint
from worlds.bazaar.ids import fresh
from worlds.bazaar.people import Account
from worlds.bazaar.plants.crew import Planted, within
from worlds.bazaar.show import Scribe, Show
from worlds.bazaar.stage import Stage


@dataclass(slots=True, frozen=True)
class Strength:
    """One row of the agreed ranges."""

    times: tuple[float, float]  # how many times the usual rate
    more: tuple[int, int]  # at least so many more than usual
    of_one_item: float


STRENGTHS = {
    "blatant": Strength((5.0, 9.0), (24, 40), 0.8),
    "moderate": Strength((3.0, 3.0), (16, 24), 0.6),
    "faint": Strength((2.0, 2.0), (12, 16), 0.3),
}
"""Where little was sold the least numbers hold, which then are more times the usual rate than agreed."""
REASONS = (("quality", 0.58), ("counterfeit", 0.17), ("after_sales", 0.25))
DISGUISES = ("slow_drip", "mixed_in")
USUAL = {"blatant": (), "moderate": (), "faint": ("mixed_in",)}


def complaint_surge(show: Show, strength: str, scribe: Scribe, random: Random) -> Planted:
    """Plant complaints by honest buyers of tonight; an act is a complaint. The truth names no accounts.

    In a room that sold too little tonight, the others are by people who bought on an earlier day.
    Slow drip: twice as late as usual. Mixed in: about anything that was sold, rather than one item.
    """
    row, stage = STRENGTHS[strength], show.stage
    worn = show.hiring.worn(USUAL[strength], DISGUISES)
    kept = [sold for sold in show.sold if sold.paid_at and not sold.complains]
    usual = len(kept) * stage.room.complaints
    count = max(random.randint(*row.more), round((random.uniform(*row.times) - 1) * usual))
    of_one = 0.0 if "mixed_in" in worn else row.of_one_item
    bad = stage.shop.any(random).sku
    slow = 2 if "slow_drip" in worn else 1
    acts: list[int] = []
    random.shuffle(kept)
    guilty = [sold for sold in kept if any(line.item.sku == bad for line in sold.order.lines)]
    for _ in range(count):
        about_bad = random.random() < of_one
        pool = guilty if about_bad and guilty else kept
        account: Account
        if pool:
            sold = pool.pop()
            if sold.complains:
                sold = next((other for other in reversed(kept) if not other.complains), sold)
            sold.complains = True
            account, order_id = sold.order.account, sold.order.order_id
            sku = bad if pool is guilty else random.choice(sold.order.lines).item.sku
            bought_at = sold.paid_at
        else:
            account = show.people.account(stage.room.follower(random))
            order_id, bought_at = fresh("order", random), stage.end - laws.HOUR
            sku = bad if about_bad else stage.shop.any(random).sku
        after = partial(complains_after, stage, bought_at, slow, random)
        at = within(show, after, max(stage.end, min(bought_at, stage.horizon - laws.MINUTE)), random)
        reason = random.choices([name for name, _ in REASONS], [weight for _, weight in REASONS])[0]
        complaint(show, account, at, scribe, random, order_id, sku, reason)
        acts.append(at)
    return Planted([], acts, worn)


def complains_after(stage: Stage, bought_at: int, slow: int, random: Random) -> int:
    """How long after buying somebody complains, times `slow`."""
    return slow * (complains_at(stage, bought_at, random) - bought_at)
