"""Losses that were announced: by a promotion, flash sale, group buy or lottery, within its units, budget and time."""

from collections.abc import Sequence
from typing import Final

import msgspec

from streams.evidence.ledger import Sale
from streams.show import ANNOUNCED_MS, ANSWERED_MS, Marker

ANNOUNCING: Final = ("promotion", "flash_sale", "group_buy", "lottery")
PRIZE_RATIO: Final = 0.2  # of its cost, that a prize may bring in at most (its parcel); guess
OFF_RATIO: Final = 0.3  # of the sum from which on something is taken off or given, that it is worth at most; guess
NO_END: Final = 2**63 - 1
LATE_MS: Final = 15_000  # an order may be so early or late for what was announced; guess


class Bought(msgspec.Struct, frozen=True):
    """An item of an order that lost money: the so many-th order of it. `as_listed`: at a list price that had fallen."""

    at: int
    as_listed: bool = False


class Loss(msgspec.Struct, frozen=True):
    """One order that lost money. `at`: the so many-th order of the show; `items`: what was paid for in it."""

    sale: Sale
    loss_minor: int
    cost_minor: int
    at: int
    items: dict[str, Bought]


class Promise(msgspec.Struct):
    """What is left of one announcement. A lottery's prizes are ordered after it."""

    marker: Marker
    until_ms: int
    units: int
    budget_minor: int

    def covers(self, loss: Loss) -> bool:
        marker, sale = self.marker, loss.sale
        if not marker.ts - LATE_MS <= sale.placed_ms <= self.until_ms or self.units <= 0 or self.budget_minor <= 0:
            return False
        if marker.action == "lottery" and loss.loss_minor < (1 - PRIZE_RATIO) * loss.cost_minor:
            return False  # it is no prize
        if marker.sku is not None and all(line.sku != marker.sku for line in sale.lines):
            return False
        if (threshold_minor := marker.threshold_minor) is None:
            return True
        paid_minor = sum(line.amount_minor for line in sale.lines)
        if marker.units is not None or marker.budget_minor is not None:
            return paid_minor >= threshold_minor
        # "spend so much, get something off" has no limit but this: what is taken off has made the sum smaller, and an
        # order that loses more than that has another reason
        return paid_minor >= (1 - OFF_RATIO) * threshold_minor and loss.loss_minor <= OFF_RATIO * threshold_minor

    def spend(self, loss: Loss) -> None:
        sku = self.marker.sku
        self.units -= 1 if sku is None else sum(line.quantity for line in loss.sale.lines if line.sku == sku)
        self.budget_minor -= loss.loss_minor


def promises_of(markers: Sequence[Marker], unsaid_units: int, slack_ratio: float) -> list[Promise]:
    """The announcements that may cover losses.

    A promotion that does not say until when lasts as long as the show. One of a named item (a clearance, as long as
    there are any), or from a threshold on, that says neither units nor a budget has no limit; any other announcement
    that says neither gets `unsaid_units`.
    """
    promises = []
    for marker in markers:
        if marker.action not in ANNOUNCING:
            continue
        until_ms = marker.until_ms + (ANSWERED_MS if marker.action == "lottery" else LATE_MS)
        is_promotion = marker.action == "promotion"
        if is_promotion and marker.until_ms == marker.ts + ANNOUNCED_MS:
            until_ms = NO_END
        units, budget = marker.units, marker.budget_minor
        is_open = is_promotion and (marker.sku is not None or marker.threshold_minor is not None)
        if units is None:
            units = NO_END if budget is not None or is_open else unsaid_units
        else:
            units = int(units * (1 + slack_ratio))
        budget = NO_END if budget is None else int(budget * (1 + slack_ratio))
        promises.append(Promise(marker, until_ms, units, budget))
    return promises


def not_announced(losses: Sequence[Loss], promises: Sequence[Promise]) -> list[Loss]:
    """What is left of losses, in the order of their orders, when each announcement has covered what it can."""
    left = []
    for loss in losses:
        promise = next((promise for promise in promises if promise.covers(loss)), None)
        if promise is None:
            left.append(loss)
        else:
            promise.spend(loss)
    return left
