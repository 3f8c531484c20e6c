"""Schemes that are planted, one a file. A plant adds hired visitors and their acts to a show and says what it did.

Strengths are ranges that were agreed before any detector was written; within them everything is drawn anew by show.
Each is planted once the honest visitors have bought, and leaves what they do as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from worlds.bazaar.plants.complaint_surge import complaint_surge
from worlds.bazaar.plants.coordinated_purchases import coordinated_purchases
from worlds.bazaar.plants.crew import Planted
from worlds.bazaar.plants.fake_orders import fake_orders
from worlds.bazaar.plants.inflated_viewers import inflated_viewers
from worlds.bazaar.plants.loss_selling import loss_selling
from worlds.bazaar.plants.paid_praise import paid_praise
from worlds.bazaar.show import Scribe, Show

PLANTS: dict[str, Callable[[Show, str, Scribe, Random], Planted]] = {
    "coordinated_purchases": coordinated_purchases,
    "paid_praise": paid_praise,
    "fake_orders": fake_orders,
    "loss_selling": loss_selling,
    "inflated_viewers": inflated_viewers,
    "complaint_surge": complaint_surge,
}
NEEDS_SALES = ("complaint_surge", "loss_selling")
"""Schemes about what honest people buy: planted where many look in."""
BY_CREWS = ("coordinated_purchases", "paid_praise", "fake_orders")
"""Schemes that one crew may do two of."""
DISGUISES: dict[str, str] = {
    "jitter": "acts after a cue or a call are spread over minutes; dwell is random",
    "paraphrase": "everybody words what is on the sheet in an own way",
    "taking_turns": "nobody speaks twice before the others have spoken",
    "splitting": "a sum over several orders; a discount over coupons, gifts, sets and the seller's subsidy",
    "slow_drip": "over the whole show rather than at one time; complaints twice as late",
    "mixed_in": "among real buyers: some do as they like, orders as others place them, bots under a raid, any item",
    "spread_cancels": "orders are taken back over days",
    "partial_costs": "what a thing costs is missing from half of the lines",
    "chatty_bots": "a tenth of the bots says something",
}

__all__ = ["BY_CREWS", "DISGUISES", "NEEDS_SALES", "PLANTS", "Planted"]
