"""How people buy: what is on the table, soon after its link is up, often as several orders over minutes."""

from __future__ import annotations

from random import Random
from typing import Any

from worlds.county.book import Book
from worlds.county.draws import expo, pick, poisson
from worlds.county.goods import Item
from worlds.county.laws import MINUTE, SECOND, Laws
from worlds.county.people import Person
from worlds.county.rooms import Room
from worlds.county.show import BOUNCE, STAY, Order, Show, Visit
from worlds.county.stage import Rush

LINK_S = 40.0  # from an item on the table to its link; guess
RUSH_S = 55.0  # mean time from the link to an order; guess
AT_LINK = 0.6  # of lines ordered soon after the link; guess
FROM_CART = 0.22  # of lines that are not what is on the table; guess
NEAR_MS = 45 * SECOND  # lines nearer than this may be one order
PAYS_S = 20.0  # mean time from order to payment, after 3 s; guess
UNPAID_MIN = 15  # minutes after which the system closes an order that nobody paid
COUPONS = 4  # kinds of coupons that a room gives out
PAY_TYPES = (("wallet", 0.55), ("card", 0.2), ("credit", 0.2), ("on_delivery", 0.05))  # guess


def line_of(
    room: Room,
    item: Item,
    quantity: int,
    amount: int,
    who: Person,
    order_id: str,
    line_no: int,
    pay_type: str,
    **more: Any,
) -> dict[str, Any]:
    """One line of an order, as each of its events carries it. `amount` is for the whole line."""
    fields: dict[str, Any] = {
        "order_id": order_id,
        "account_id": who.account_id,
        "sku": item.sku,
        "quantity": quantity,
        "amount_minor": amount,
        "currency": room.currency,
        "seller_id": room.seller_id,
        "list_price_minor": item.list_minor,
        "category": item.category,
        "pay_type": pay_type,
    }
    if item.tells_cost:
        fields["unit_cost_minor"] = item.cost_minor
    if room.names_lines:
        fields["line_id"] = f"{order_id}-{line_no}"
    if item.bundle_id is not None:
        fields["bundle_id"] = item.bundle_id
    for name, value in more.items():
        if value is not None:
            fields[name] = value
    fields.update(who.on_order)
    return fields


def discounted(amount: int, coupon: int, room: Room) -> tuple[int, dict[str, Any]]:
    """What is left to pay with one of the room's coupons, and the fields that say so."""
    less = amount * (4 + 2 * coupon) // 100
    fields: dict[str, Any] = {"coupon_id": f"c{room.number:04x}{coupon}"}
    if coupon % 2 == 0:  # the platform's: it makes up for it
        fields |= {"subsidy_minor": less, "subsidy_by": "platform"}
    return amount - less, fields


def place(book: Book, order: Order, rng: Random, laws: Laws, pays: float | None = None) -> None:
    """Write down an order and its payment (or that the system closed it)."""
    for fields in order.lines:
        book.order(order.placed_ms, "placed", fields)
    if rng.random() < (1.0 - laws.unpaid_share if pays is None else pays):
        order.paid_ms = order.placed_ms + 3 * SECOND + int(min(expo(rng, PAYS_S * SECOND), 10 * MINUTE))
        for fields in order.lines:
            book.order(order.paid_ms, "paid", fields)
    else:
        closed = order.placed_ms + UNPAID_MIN * MINUTE + int(rng.random() * 20 * SECOND)
        for fields in order.lines:
            book.order(closed, "cancelled", fields, cancelled_by="system")


def make_order(
    show: Show, book: Book, who: Person, at_ms: int, wanted: list[tuple[Item, int]], rng: Random, extras: bool = True
) -> Order:
    """An order of these items at the show's prices; with `extras` at times with a coupon, or a gift."""
    room = show.stage.room
    order_id = book.new_id("o")
    draw = rng.random()
    pay_type = "wallet"
    for name, share in PAY_TYPES:
        if draw < share:
            pay_type = name
            break
        draw -= share
    coupon = int(rng.random() * COUPONS) if extras and rng.random() < show.laws.coupon_share else None
    lines = []
    for number, (item, quantity) in enumerate(wanted, 1):
        amount = item.price_minor * quantity
        more: dict[str, Any] = {}
        if coupon is not None:
            amount, more = discounted(amount, coupon, room)
        lines.append(line_of(room, item, quantity, amount, who, order_id, number, pay_type, **more))
    if rng.random() < show.laws.gift_share and extras:
        gift = min(room.items, key=lambda item: (item.cost_minor, item.sku))
        margin = sum(item.price_minor - item.cost_minor for item, _ in wanted) // 2
        if gift.cost_minor < margin and all(item is not gift for item, _ in wanted):
            lines.append(line_of(room, gift, 1, 0, who, order_id, len(lines) + 1, pay_type))
    return Order(order_id, who, at_ms, lines)


def a_quantity(rng: Random, laws: Laws) -> int:
    quantity = 1
    while quantity < 12 and rng.random() < laws.quantity_more:
        quantity += 1
    return quantity


def buy(show: Show) -> None:
    """The honest orders of the show."""
    rng, laws = show.random("buying"), show.laws
    for visit in show.visits:
        if visit.kind == BOUNCE:
            continue
        likely = laws.buyer_share * (2.0 if visit.kind == STAY else 0.55) * (1.5 if visit.badge >= 5 else 1.0)
        if rng.random() >= likely or visit.leave_ms - visit.join_ms < 40 * SECOND:
            continue
        shop(show, visit, rng, 1 + poisson(rng, min(20.0, expo(rng, laws.lines_mean - 1.0))))
    for rush in show.stage.rushes:
        _rush(show, rng, rush)


def shop(show: Show, visit: Visit, rng: Random, lines: int) -> list[Order]:
    """One person's purchases while there."""
    laws, stage = show.laws, show.stage
    wanted: list[tuple[int, Item, int]] = []
    for _ in range(lines):
        at = when(show, visit, rng)
        item = pick(rng, stage.room.items) if rng.random() < FROM_CART else stage.on_table(at)
        wanted.append((at, item, a_quantity(rng, laws)))
    wanted.sort(key=lambda line: line[0])
    splits = rng.random() < laws.split_share
    orders: list[Order] = []
    together: list[tuple[Item, int]] = []
    for at_no, (at, item, quantity) in enumerate(wanted):
        together.append((item, quantity))
        last = at_no == len(wanted) - 1
        if last or (splits and wanted[at_no + 1][0] - at > NEAR_MS):
            order = make_order(show, show.book, visit.who, at, together, rng)
            place(show.book, order, rng, laws)
            show.orders.append(order)
            orders.append(order)
            together = []
    return orders


def when(show: Show, visit: Visit, rng: Random) -> int:
    """A moment at which this visitor orders: soon after a link, or any."""
    low, high = visit.join_ms + 8 * SECOND, visit.leave_ms - SECOND
    at = low + int(rng.random() * (high - low))
    if rng.random() < AT_LINK:
        stage = show.stage
        for begins, _ in stage.rundown:
            linked = begins + int(LINK_S * SECOND)
            if low <= linked < high and linked >= at - 5 * MINUTE:
                return min(high, linked + int(expo(rng, RUSH_S * SECOND)))
    return at


def _rush(show: Show, rng: Random, rush: Rush) -> None:
    room = show.stage.room
    for visit in show.present(rush.at_ms):
        if rng.random() >= rush.share:
            continue
        at = rush.at_ms + 1_500 + int(min(expo(rng, rush.lasts_ms / 5), rush.lasts_ms - 2_000))
        order_id = show.book.new_id("o")
        line = line_of(
            room,
            rush.item,
            rush.quantity,
            rush.price_minor * rush.quantity,
            visit.who,
            order_id,
            1,
            rush.pay_type or "wallet",
            coupon_id=rush.coupon_id,
            subsidy_minor=rush.platform_minor * rush.quantity or None,
            subsidy_by="platform" if rush.platform_minor else None,
        )
        order = Order(order_id, visit.who, at, [line])
        place(show.book, order, rng, show.laws)
        show.orders.append(order)
