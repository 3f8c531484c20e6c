"""Innocent aftermath: cancels that nobody planned, complaints that come together because parcels do."""

from __future__ import annotations

from random import Random

from worlds.county.after import complain, later
from worlds.county.draws import between, expo, pick, some, whole
from worlds.county.laws import HOUR, MINUTE
from worlds.county.show import Show
from worlds.county.stage import Rush


def stock_out(show: Show, rng: Random) -> None:
    """More was sold than there is: every order of an item from some moment on is cancelled, by the seller."""
    stage = show.stage
    counts: dict[str, int] = {}
    for order in show.orders:
        for fields in order.lines:
            counts[fields["sku"]] = counts.get(fields["sku"], 0) + 1
    if not counts:
        return
    sku = max(sorted(counts), key=lambda one: counts[one])
    hit = [order for order in show.orders if not order.tag and any(line["sku"] == sku for line in order.lines)]
    hit.sort(key=lambda order: order.placed_ms)
    by = "seller" if rng.random() < 0.7 else "system"
    told = stage.ends_ms + int(between(rng, 0.1, 3.0) * HOUR)
    for order in hit[len(hit) // 3 :]:
        if order.paid_ms:
            order.tag = "cancelled"
            later(order, show.book, told + int(rng.random() * 4 * MINUTE), "cancelled", by)


def impulse_buyers(show: Show, rng: Random) -> None:
    """A crowd in a hurry: two to three times as many cancels as usual, by anybody."""
    show.cancel_factor = between(rng, 2.0, 3.0)


def refunds(show: Show, rng: Random) -> None:
    """A price promise: many buyers get a part of each line back, or the whole."""
    show.refund_factor = between(rng, 3.0, 6.0)


def delivery_wave(show: Show, rng: Random) -> None:
    """A big sale whose parcels all arrive on one day: complaints at the usual rate, but together."""
    stage = show.stage
    item = pick(rng, stage.room.items)
    for _ in range(whole(rng, 2, 4)):
        rush = Rush(stage.moment(rng), 4 * MINUTE, item, between(rng, 0.08, 0.2), item.price_minor)
        stage.rushes.append(rush)
        show.book.mark(rush.at_ms, "flash_sale", sku=item.sku, until_ts=rush.at_ms + rush.lasts_ms, text="大促")
    show.delivered_ms = stage.ends_ms + int(show.laws.complaint_delay_h * between(rng, 0.5, 0.9) * HOUR)


def courier_outage(show: Show, rng: Random) -> None:
    """A courier stands still: many complaints of reason `other`, none about the goods. Nobody announces it."""
    stage = show.stage
    begins = stage.ends_ms + int(show.laws.complaint_delay_h * between(rng, 0.3, 0.8) * HOUR)
    paid = [order for order in show.orders if order.paid_ms]
    for order in some(rng, paid, max(6, int(len(paid) * between(rng, 0.05, 0.12)))):
        complain(show, show.book, order, "other", begins + int(expo(rng, 9 * HOUR)), rng)


def holidays(show: Show, rng: Random) -> None:
    """Nobody delivers for some days; what was late comes at once, and with it the complaints, no more than usual."""
    days = between(rng, 0.6, 1.6)
    show.delivered_ms = show.stage.ends_ms + int(show.laws.complaint_delay_h * days * HOUR)
