"""What came back of orders: which were undone by their buyers and when, and how many one would expect by now."""

from collections.abc import Sequence
from typing import Final

import msgspec

from streams.events import Order

MAX_ACTS: Final = 8  # of one order, kept with their ids
LEAST_BACK: Final = 0.5  # of its amount, from which on an order counts as undone; guess
LAG_SHAPE: Final = 0.6  # guess


class Act(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A line of an order that its buyer cancelled or had refunded."""

    ts: int
    event_id: str
    refund: bool
    quantity: int
    sku: str
    amount_minor: int
    currency: str


class Returned(msgspec.Struct, array_like=True, gc=False):
    """What came back of one order."""

    cancelled_minor: int = 0
    refunded_minor: int = 0
    undone_ms: int = 0  # when half of its amount was back, by its buyer's will; 0 while it is not
    gone: bool = False  # the seller or the system cancelled it
    acts: list[Act] = []

    def add(self, order: Order, amount_minor: int) -> bool:
        """Take a line that came back of an order of this amount; True where the order is undone by that.

        A line that is cancelled and then refunded came back once. What the seller or the system cancels is not the
        buyer's doing, whatever comes after it.
        """
        if self.undone_ms or self.gone:
            return False
        if order.cancelled_by is not None and order.cancelled_by != "buyer":
            self.gone = True
            return False
        back_minor = order.amount_minor if order.refund_minor is None else order.refund_minor
        if order.status == "refunded":
            self.refunded_minor += back_minor
        else:
            self.cancelled_minor += back_minor
        if len(self.acts) < MAX_ACTS:
            refund = order.status == "refunded"
            self.acts.append(
                Act(order.ts, order.event_id, refund, order.quantity, order.sku, back_minor, order.currency)
            )
        if max(self.cancelled_minor, self.refunded_minor) < LEAST_BACK * amount_minor:
            return False
        self.undone_ms = order.ts
        return True


def undone_by(lag_ms: float, median_ms: float) -> float:
    """Of the orders that will be undone, the share that is so `lag_ms` after they were placed.

    Log-logistic with a shape below 1: half of them by the median, and more both at once and much later than chance by
    the minute would have it, as of cancels within minutes and refunds within days; guess.
    """
    return 1.0 / (1.0 + (median_ms / lag_ms) ** LAG_SHAPE) if lag_ms > 0 else 0.0


class EarlierShow(msgspec.Struct, array_like=True):
    """What came of the orders of one show of the room."""

    show_id: str
    ended_ms: int
    orders: int
    undone: int = 0


class EarlierShows(msgspec.Struct):
    """The room's newest shows, the last one last. Bounded by MAX_SHOWS."""

    shows: list[EarlierShow] = []

    def ended(self, show_id: str, ended_ms: int, orders: int, undone: int, most: int) -> None:
        self.shows = [*self.shows, EarlierShow(show_id, ended_ms, orders, undone)][-most:]

    def undo(self, show_id: str) -> None:
        for show in self.shows:
            if show.show_id == show_id:
                show.undone += 1

    def share(self, usual_share: float, weight_orders: float, now_ms: int, complete_ms: int) -> float:
        """The share of orders that are undone in this room, by its shows that ended long enough ago.

        The third of them with the most is left out: one of them may be what is looked for. `usual_share` counts as
        much as `weight_orders` orders.
        """
        known: Sequence[EarlierShow] = [s for s in self.shows if s.orders and s.ended_ms <= now_ms - complete_ms]
        by_share = sorted(known, key=lambda s: (s.undone / s.orders, s.orders))
        calm = by_share[: len(by_share) - len(by_share) // 3]
        if len(calm) < 2:
            return usual_share
        undone, orders = sum(s.undone for s in calm), sum(s.orders for s in calm)
        return (undone + weight_orders * usual_share) / (orders + weight_orders)
