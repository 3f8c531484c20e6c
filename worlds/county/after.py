"""What becomes of orders: cancelled, given back, complained about; minutes, hours and days later."""

from __future__ import annotations

from random import Random
from typing import Any

from worlds.county.book import Book
from worlds.county.draws import expo, lognormal, weighted
from worlds.county.laws import DAY, HOUR, MINUTE
from worlds.county.show import Order, Show
from worlds.county.talk.speech import complaint_text

REASONS = (("quality", 0.42), ("after_sales", 0.27), ("counterfeit", 0.07), ("other", 0.24))  # guess
NAMES_ORDER = 0.93  # of complaints that name their order; guess
UNPACKED_H = 5.0  # mean time from a delivery that all wait for to a complaint; guess
PARTIAL = 0.25  # of refunds that are for a part of the line; guess
LOCAL_MS = 8 * HOUR  # the platform's people live at UTC+8
WAKES_H, SLEEPS_H = 7, 1  # hours of the day between which few are awake; guess
NIGHT_OWLS = 0.12  # of acts of the night that are not put off to the morning; guess

STEPS = ("order_id", "account_id", "sku", "quantity", "amount_minor", "currency", "seller_id", "line_id", "pay_type",
         "coupon_id", "category")  # what a later step repeats  # fmt: skip


def awake(at_ms: int, rng: Random) -> int:
    """The same moment, or the next morning, where it falls into the night."""
    hour = (at_ms + LOCAL_MS) % DAY / HOUR
    if SLEEPS_H <= hour < WAKES_H and rng.random() >= NIGHT_OWLS:
        return at_ms + int((WAKES_H - hour) * HOUR + expo(rng, 1.5 * HOUR))
    return at_ms


def later(order: Order, book: Book, at_ms: int, status: str, by: str | None = None, part: float = 1.0) -> None:
    """A later step of every line of an order; `part` of each line, for a refund."""
    for fields in order.lines:
        named: dict[str, Any] = {name: fields[name] for name in STEPS if name in fields}
        if by is not None:
            named["cancelled_by"] = by
        if part < 1.0:
            named["refund_minor"] = int(fields["amount_minor"] * part)
        book.order(at_ms, status, named)


def cancel_lag_ms(rng: Random, show: Show) -> int:
    laws = show.laws
    if rng.random() < laws.cancel_quick_share:
        return 20_000 + int(expo(rng, laws.cancel_quick_min * MINUTE))
    return int(lognormal(rng, laws.cancel_lag_h * HOUR, laws.cancel_lag_sigma))


def complaint_ms(rng: Random, show: Show, placed_ms: int) -> int:
    """When somebody who ordered then complains, if at all."""
    laws = show.laws
    if show.delivered_ms:
        return awake(show.delivered_ms + int(expo(rng, UNPACKED_H * HOUR)), rng)
    delay = lognormal(rng, laws.complaint_delay_h * HOUR, laws.complaint_delay_sigma)
    return awake(placed_ms + int(delay), rng)


def complain(show: Show, book: Book, order: Order, reason: str, at_ms: int, rng: Random) -> None:
    fields = order.lines[int(rng.random() * len(order.lines))]
    more: dict[str, Any] = {"seller_id": fields["seller_id"], "sku": fields["sku"]}
    if rng.random() < NAMES_ORDER:
        more["order_id"] = order.order_id
    if rng.random() < 0.6:
        names = {item.sku: item.name for item in show.stage.room.items}
        name = names.get(fields["sku"], ("东西", "thing"))
        more["text"] = complaint_text(rng, reason, order.who.manner, name)
    book.complain(at_ms, order.who, reason, **more)


def afterwards(show: Show) -> None:
    """Honest cancels, refunds and complaints. Orders with a tag were decided by what tagged them."""
    rng, laws = show.random("after"), show.laws
    cancels = laws.cancel_share * lognormal(rng, 1.0, laws.cancel_spread) * show.cancel_factor
    refunds = laws.refund_share * show.refund_factor
    complaints = complaint_rate(show)
    for order in show.orders:
        draw, lag = rng.random(), cancel_lag_ms(rng, show)
        if not order.paid_ms or order.tag:
            continue
        if draw < cancels:
            at = order.paid_ms + lag
            later(order, show.book, awake(at, rng) if lag > HOUR else at, "cancelled", "buyer")
            order.tag = "cancelled"
        elif draw < cancels + refunds:
            at = awake(order.paid_ms + int(lognormal(rng, laws.refund_lag_h * HOUR, laws.refund_lag_sigma)), rng)
            part = 1.0 if rng.random() >= PARTIAL else 0.1 + 0.5 * rng.random()
            later(order, show.book, at, "refunded", part=part)
        if order.tag != "cancelled" and rng.random() < complaints:
            complain(show, show.book, order, weighted(rng, REASONS), complaint_ms(rng, show, order.placed_ms), rng)


def complaint_rate(show: Show) -> float:
    """Complaints per kept order that are usual for this shop."""
    return show.laws.complaint_rate * show.stage.room.complaint_factor * show.complaint_factor


def kept(show: Show) -> list[Order]:
    """Orders that were paid and not cancelled."""
    return [order for order in show.orders if order.paid_ms and order.tag != "cancelled"]
