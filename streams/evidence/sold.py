"""What a show sold and when, and to whom, as long after it as somebody may complain: counts, and hashes of ids."""

from math import exp, fsum
from typing import Final

import msgspec

from streams.events import Complaint, Order
from streams.evidence.known import hash_of, holds, packed

SLOT_MS: Final = 600_000  # orders placed within it are due together
MAX_SLOTS: Final = 1_000  # a week of selling without a pause


class Sold(msgspec.Struct):
    """Orders by slot of time, those that were cancelled, and who bought. At most so many are known by id."""

    slots: dict[int, int] = {}  # orders by when they were placed, ms
    total: int = 0
    orders: dict[int, bool] = {}  # by hash, while on air; packed after
    buyers: dict[int, bool] = {}  # likewise
    known_orders: bytes = b""
    known_buyers: bytes = b""
    gone: dict[int, bool] = {}  # cancelled orders, by hash

    @property
    def kept(self) -> int:
        return self.total - len(self.gone)

    @property
    def middle_ms(self) -> int:
        """The mean time at which orders were placed."""
        return sum(slot * orders for slot, orders in self.slots.items()) // self.total if self.total else 0

    def place(self, event: Order, max_orders: int) -> None:
        """Count an order, by its first line."""
        order = hash_of(event.order_id)
        if order in self.orders or holds(self.known_orders, event.order_id):
            return
        self.total += 1
        slot = event.ts - event.ts % SLOT_MS
        if slot not in self.slots and len(self.slots) >= MAX_SLOTS:
            slot = max(self.slots)
        self.slots[slot] = self.slots.get(slot, 0) + 1
        if len(self.orders) < max_orders:
            self.orders[order] = True
            self.buyers[hash_of(event.account_id)] = True

    def cancel(self, event: Order) -> bool:
        """Take an order back, once; whether it was one of this show's."""
        order = hash_of(event.order_id)
        if order in self.gone or not self.holds_order(event.order_id):
            return False
        self.gone[order] = True
        return True

    def end(self) -> None:
        """Keep four bytes of each id."""
        self.known_orders, self.known_buyers = packed(self.orders), packed(self.buyers)
        self.orders, self.buyers = {}, {}

    def holds_order(self, order_id: str) -> bool:
        return hash_of(order_id) in self.orders or holds(self.known_orders, order_id)

    def bought(self, account_id: str) -> bool:
        return hash_of(account_id) in self.buyers or holds(self.known_buyers, account_id)

    def is_about_another(self, event: Complaint, max_orders: int) -> bool:
        """Whether a complaint names an order that is not of this show. Beyond the bound that cannot be told."""
        return event.order_id is not None and self.total <= max_orders and not self.holds_order(event.order_id)

    def due(self, now_ms: int, delay_ms: int) -> float:
        """Orders kept, each by the share of what follows it that has come by now, if it comes with this mean delay."""
        if not self.total:
            return 0.0
        came = fsum(orders * come_share(now_ms - slot, delay_ms) for slot, orders in self.slots.items())
        return came * self.kept / self.total


def come_share(after_ms: int, delay_ms: int) -> float:
    """The share that has come so long after, of what comes with an exponential delay of this mean."""
    return 1.0 - exp(-max(0, after_ms) / delay_ms)
