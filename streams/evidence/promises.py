"""Losses that were announced: a promotion, a flash sale, a group buy or a lottery, within its units, budget and time."""

from collections.abc import Sequence
from typing import Final

import msgspec

from streams.evidence.ledger import Sale
from streams.show import ANSWERED_MS, Marker

ANNOUNCING: Final = ("promotion", "flash_sale", "group_buy", "lottery")
LATE_MS: Final = 15_000  # an order may be so late for a promotion; guess


class Loss(msgspec.Struct, frozen=True):
    """One order that lost money. `at` and `item_at`: the so many-th order of the show, and of the item to blame."""

    sale: Sale
    sku: str
    loss_minor: int
    cost_minor: int
    at: int
    item_at: int
    as_listed: bool = False  # nothing was taken off a list price that had fallen: everybody could see it


class Promise(msgspec.Struct):
    """What is left of one announcement. A lottery's prizes are ordered after it."""

    marker: Marker
    until_ms: int
    units: float
    budget_minor: float

    def covers(self, loss: Loss) -> bool:
        marker, sale = self.marker, loss.sale
        if not marker.ts <= sale.placed_ms <= self.until_ms or self.units <= 0 or self.budget_minor <= 0:
            return False
        if marker.sku is not None and all(line.sku != marker.sku for line in sale.lines):
            return False
        return marker.threshold_minor is None or marker.threshold_minor <= sum(line.amount_minor for line in sale.lines)

    def spend(self, loss: Loss) -> None:
        sku = self.marker.sku
        self.units -= 1 if sku is None else sum(line.quantity for line in loss.sale.lines if line.sku == sku)
        self.budget_minor -= loss.loss_minor


def promises_of(markers: Sequence[Marker], unsaid_units: int, slack_share: float) -> list[Promise]:
    """The announcements that may cover losses. One that says neither units nor a budget gets `unsaid_units`."""
    promises = []
    for marker in markers:
        if marker.action not in ANNOUNCING:
            continue
        until_ms = marker.until_ms + (ANSWERED_MS if marker.action == "lottery" else LATE_MS)
        units = budget = float("inf")
        if marker.units is not None:
            units = marker.units * (1 + slack_share)
        if marker.budget_minor is not None:
            budget = marker.budget_minor * (1 + slack_share)
        if marker.units is None and marker.budget_minor is None:
            units = unsaid_units
        promises.append(Promise(marker, until_ms, units, budget))
    return promises


def not_announced(losses: Sequence[Loss], promises: Sequence[Promise]) -> list[Loss]:
    """What is left of losses, in the order of their orders, when each announcement has covered what it can."""
    left = []
    for loss in losses:
        promise = next((promise for promise in promises if promise.covers(loss)), None)
        if promise is None:
            left.append(loss)
        elif not (loss.as_listed and promise.marker.action == "promotion"):  # a clearance lasts as long as it was told
            promise.spend(loss)
    return left
