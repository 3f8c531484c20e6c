"""What is innocent but looks suspicious, each switched on by its name.

A negative may change the plan of a show before anybody comes (`plans`), the room while people are there (`during`:
before the rushes are bought, or `bought`: after), never a plant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from worlds.county.laws import Laws
from worlds.county.negatives import crowds, later, selling, small
from worlds.county.show import Show
from worlds.county.stage import Stage


@dataclass(frozen=True, slots=True)
class Negative:
    """One innocent look-alike; `small` ones are shows of their own kind."""

    plans: Callable[[Stage, Random], None] | None = None
    small: Callable[[Stage, Random, Laws], None] | None = None
    during: Callable[[Show, Random], None] | None = None
    bought: Callable[[Show, Random], None] | None = None


NEGATIVES: dict[str, Negative] = {
    "flash_sale": Negative(during=selling.flash_sale),
    "one_price": Negative(plans=selling.one_price),
    "campus_network": Negative(plans=crowds.campus_network),
    "group_buy": Negative(bought=selling.group_buy),
    "type_1": Negative(plans=crowds.type_1),
    "lottery": Negative(plans=crowds.lottery),
    "praise_prompt": Negative(plans=crowds.praise_prompt),
    "fans": Negative(plans=crowds.fans_come, bought=crowds.fans),
    "goods_praise": Negative(bought=crowds.goods_praise),
    "stock_out": Negative(bought=later.stock_out),
    "impulse_buyers": Negative(during=later.impulse_buyers),
    "bulk_booking": Negative(bought=selling.bulk_booking),
    "promotion_budget": Negative(bought=selling.promotion_budget),
    "clearance": Negative(bought=selling.clearance),
    "bundles": Negative(bought=selling.bundles),
    "refunds": Negative(during=later.refunds),
    "tier_promotion": Negative(bought=selling.tier_promotion),
    "raid": Negative(plans=crowds.raid),
    "front_page": Negative(plans=crowds.front_page),
    "hosted_joins": Negative(plans=crowds.hosted_joins),
    "delivery_wave": Negative(during=later.delivery_wave),
    "courier_outage": Negative(bought=later.courier_outage),
    "holidays": Negative(during=later.holidays),
    "village_first_show": Negative(small=small.village_first_show),
    "family_show": Negative(small=small.family_show),
    "school_show": Negative(small=small.school_show),
}

SMALL = tuple(name for name, negative in NEGATIVES.items() if negative.small is not None)
BIG = tuple(name for name in NEGATIVES if name not in SMALL)
