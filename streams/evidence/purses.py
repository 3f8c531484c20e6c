"""What each account has bought in a show so far: the sum, the lines with their ids, and the basket as one key."""

from collections.abc import Collection, Sequence
from sys import intern
from typing import Final

import msgspec

from streams.alerts import Evidence
from streams.events import Order
from streams.evidence.presence import Viewer
from streams.wording import money

MAX_LINES: Final = 24  # of one account, kept with their ids; the sum counts all
FEW_THINGS: Final = 3
ONE_PIECE: Final = (1,)  # the sizes of most purses, kept once
MAX_THINGS: Final = 8  # whose quantities are compared with those of others


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
    bundle: str = ""  # the last one of the shop's making
    bundled_minor: int = 0  # of the sum, in bundles
    sizes: tuple[int, ...] = ()  # how many of each thing, rising; of the first MAX_THINGS
    lines: list[Line] = []
    coupon_id: str = ""  # the last one used
    coupon_minor: int = 0  # of the sum, in orders with that one

    def add(self, order: Order) -> bool:
        """Take a line that was placed; False where it adds nothing (told before, a gift, or in another currency)."""
        line = order.line()
        if order.amount_minor <= 0 or order.currency != self.currency:
            return False
        if any(known.line == line and known.order_id == order.order_id for known in self.lines):
            return False
        self.sum_minor += order.amount_minor
        if order.coupon_id is not None:
            if order.coupon_id != self.coupon_id:
                self.coupon, self.coupon_id, self.coupon_minor = True, intern(order.coupon_id), 0
            self.coupon_minor += order.amount_minor
        if order.bundle_id is not None:
            self.bundle, self.bundled_minor = intern(order.bundle_id), self.bundled_minor + order.amount_minor
        if len(self.lines) < MAX_LINES:
            self.lines.append(
                Line(
                    order.ts,
                    order.event_id,
                    order.order_id,
                    intern(line),
                    intern(order.sku),
                    order.quantity,
                    order.amount_minor,
                )
            )
            quantities = quantities_of(self.lines)
            self.composition = intern("\0".join(f"{sku}\1{quantities[sku]}" for sku in sorted(quantities)))
            if self.bundle and 2 * self.bundled_minor >= self.sum_minor:
                self.composition = f"bundle {self.bundle}"  # the shop's way to the sum, not the buyer's
            sizes = tuple(sorted(quantities.values())[-MAX_THINGS:])
            self.single = sizes == ONE_PIECE
            self.sizes = ONE_PIECE if self.single else sizes
        return True


def quantities_of(lines: Sequence[Line]) -> dict[str, int]:
    """How many of each thing."""
    quantities: dict[str, int] = {}
    for line in lines:
        quantities[line.sku] = quantities.get(line.sku, 0) + line.quantity
    return quantities


def acts_of(purse: Purse, viewer: Viewer) -> list[Evidence]:
    """The acts of one account that count: its join, then its lines."""
    acts = []
    if viewer.join_event_id:
        source = f" from {viewer.source}" if viewer.source else ""
        acts.append(
            Evidence(viewer.join_event_id, "live.joins", viewer.joined_ms, purse.account_id, f"joined{source}"[:200])
        )
    for line in purse.lines:
        said = f"{line.quantity} x {line.sku[:80]}, {money(line.amount_minor, purse.currency[:40])}"
        acts.append(Evidence(line.event_id, "live.orders", line.ts, purse.account_id, said[:200]))
    return acts


def way_of(purse: Purse, announced: Collection[str]) -> str:
    """By which way an account came to its sum; all for whom it is mostly what was announced, by that."""
    for line in purse.lines:
        if line.sku in announced and 2 * line.amount_minor >= purse.sum_minor:
            return f"announced {line.sku}"
    return purse.composition


def main_thing(purse: Purse) -> str:
    """The thing that is more than half of an account's sum; "" where none is."""
    amounts: dict[str, int] = {}
    for line in purse.lines:
        amounts[line.sku] = amounts.get(line.sku, 0) + line.amount_minor
        if 2 * amounts[line.sku] > purse.sum_minor:
            return line.sku
    return ""


def few_things(inside: Sequence[Purse], purses: Sequence[Purse]) -> bool:
    """Whether some bought the same few things where the room buys many: those are pushed, no sum is filled up."""
    things = {line.sku for purse in inside for line in purse.lines}
    if len(things) > FEW_THINGS:
        return False
    return len({line.sku for purse in purses for line in purse.lines}) > 2 * FEW_THINGS
