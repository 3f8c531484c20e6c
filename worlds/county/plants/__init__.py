"""What is planted: the six schemes, each in a file of its own, at three strengths."""

from __future__ import annotations

from worlds.county.plants import (
    complaint_surge,
    coordinated_purchases,
    fake_orders,
    inflated_viewers,
    loss_selling,
    paid_praise,
)
from worlds.county.plants.job import DISGUISES, Brief, Job, Plant, tell_hired

PLANTS: dict[str, Plant] = {
    "coordinated_purchases": coordinated_purchases.PLANT,
    "paid_praise": paid_praise.PLANT,
    "fake_orders": fake_orders.PLANT,
    "loss_selling": loss_selling.PLANT,
    "inflated_viewers": inflated_viewers.PLANT,
    "complaint_surge": complaint_surge.PLANT,
}

__all__ = ["DISGUISES", "PLANTS", "Brief", "Job", "Plant", "tell_hired"]
