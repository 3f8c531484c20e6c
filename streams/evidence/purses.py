"""What each account has bought in a show so far: the sum, the lines with their ids, and the basket as one key."""

from collections.abc import Sequence
from sys import intern
from typing import Final

import msgspec

from streams.events import Order

MAX_LINES: Final = 24  # of one account, kept with their ids; the sum counts all


class Line(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One line of an order, as it was placed."""

    ts: int
    event_id: str
    order_id: str
    line: str
    sku: str
    quantity: int
    amount_minor: int


class Purse(msgspec.Struct, array_like=True, gc=False):
    """What one account has bought in the show so far."""

    account_id: str
    currency: str
    sum_minor: int = 0
    coupon: bool = False
    composition: str = ""
    single: bool = True  # one piece of one thing
    lines: list[Line] = []

    def add(self, order: Order) -> bool:
        """Take a line that was placed; False where it adds nothing (told before, a gift, or in another currency)."""
        line = order.line()
        if order.amount_minor <= 0 or order.currency != self.currency:
            return False
        if any(known.line == line and known.order_id == order.order_id for known in self.lines):
            return False
        self.sum_minor += order.amount_minor
        self.coupon = self.coupon or order.coupon_id is not None
        if len(self.lines) < MAX_LINES:
            self.lines.append(
                Line(
                    order.ts,
                    order.event_id,
                    order.order_id,
                    line,
                    intern(order.sku),
                    order.quantity,
                    order.amount_minor,
                )
            )
            self.composition = composition_of(self.lines)
            self.single = len(self.lines) == 1 and order.quantity == 1
        return True


def composition_of(lines: Sequence[Line]) -> str:
    """What was bought, in one order of skus: the quantity of each."""
    quantities: dict[str, int] = {}
    for line in lines:
        quantities[line.sku] = quantities.get(line.sku, 0) + line.quantity
    return "\0".join(f"{sku}\1{quantities[sku]}" for sku in sorted(quantities))
