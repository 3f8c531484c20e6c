"""Goods sold at a loss to boost sales, undeclared: ordinary viewers are glad to buy them.

blatant: a third of an item's orders at 30 to 60 % of its cost. moderate: a fifth, at its price but with a coupon that
the seller pays, at 60 to 85 % of cost. faint: a tenth, behind gifts, bundles and the seller's own subsidy, some costs
untold. An act is an order at a loss. No account is hired: `accounts` is empty.
"""

from __future__ import annotations

from typing import Any

from worlds.county.buying import line_of, place
from worlds.county.draws import between, pick, shuffled
from worlds.county.goods import Item
from worlds.county.laws import SECOND
from worlds.county.plants.job import Job, Plant, no_tail
from worlds.county.show import BOUNCE, Order, Visit

SHARE = {"blatant": 1 / 3, "moderate": 1 / 5, "faint": 1 / 10}
PAID = {"blatant": (0.3, 0.6), "moderate": (0.6, 0.85), "faint": (0.75, 0.95)}  # of the cost; guess
FEWEST = 3  # orders at a loss
UNTOLD = {"blatant": 0.0, "moderate": 0.0, "faint": 0.4}  # lines that do not tell their cost; guess


def act(job: Job) -> None:
    rng, show, stage = job.rng, job.show, job.show.stage
    counts: dict[str, int] = {}
    for order in show.orders:
        for sku in {fields["sku"]: None for fields in order.lines}:
            counts[sku] = counts.get(sku, 0) + 1
    items = [item for item in stage.room.items if item.tells_cost] or stage.room.items
    item = max(items, key=lambda one: (counts.get(one.sku, 0), one.sku))
    share = SHARE[job.strength]
    count = max(FEWEST, round(counts.get(item.sku, 0) * share / (1.0 - share)))
    crowd = [visit for visit in show.visits if visit.kind != BOUNCE and visit.leave_ms - visit.join_ms > 30 * SECOND]
    if not crowd:
        return
    low, high = _stretch(job)
    there = [visit for visit in crowd if visit.join_ms < high and visit.leave_ms > low + 15 * SECOND] or crowd
    buyers = shuffled(rng, there)
    for number in range(count):
        visit = buyers[number % len(buyers)]
        begins, ends = max(visit.join_ms + 2 * SECOND, low), min(visit.leave_ms - SECOND, high)
        at = begins + int(max(0, ends - begins) * rng.random())
        _sell(job, item, visit, min(at, visit.leave_ms - 500))


def _stretch(job: Job) -> tuple[int, int]:
    """From when to when it is sold below cost: a part of the show, or all of it."""
    stage = job.show.stage
    length = stage.ends_ms - stage.starts_ms
    if job.strength == "faint" or job.wears("slow_drip"):
        return stage.starts_ms, stage.ends_ms
    part = between(job.rng, 0.12, 0.3) if job.strength == "blatant" else between(job.rng, 0.3, 0.7)
    low = stage.starts_ms + int(length * between(job.rng, 0.1, 0.95 - part))
    return low, low + int(length * part)


def _sell(job: Job, item: Item, visit: Visit, at_ms: int) -> None:
    rng, room = job.rng, job.show.stage.room
    order_id = job.book.new_id("o")
    paid = max(1, int(item.cost_minor * between(rng, *PAID[job.strength])))
    more: dict[str, Any] = {}
    others: list[tuple[Item, int]] = []
    bundle_id = None
    if job.strength == "moderate":
        more["coupon_id"] = f"c{room.number:04x}v"
        if rng.random() < 0.5:
            more |= {"subsidy_minor": max(0, item.price_minor - paid), "subsidy_by": "seller"}
    elif job.strength == "faint":
        way = pick(rng, ("gift", "bundle", "subsidy"))
        gift = pick(rng, [one for one in room.items if one is not item])
        if way == "subsidy":
            more |= {"subsidy_minor": max(1, item.price_minor - paid), "subsidy_by": "seller"}
        else:
            total = max(2, int((item.cost_minor + gift.cost_minor) * between(rng, *PAID["faint"])))
            paid, others = (total, [(gift, 0)]) if way == "gift" else (total * 2 // 3, [(gift, total - total * 2 // 3)])
            bundle_id = job.book.new_id("b") if way == "bundle" else None
    lines = [line_of(room, item, 1, paid, visit.who, order_id, 1, "wallet", bundle_id=bundle_id, **more)]
    for number, (other, amount) in enumerate(others, 2):
        lines.append(line_of(room, other, 1, amount, visit.who, order_id, number, "wallet", bundle_id=bundle_id))
    untold = 0.5 if job.wears("partial_costs") else UNTOLD[job.strength]
    for fields in lines:
        if rng.random() < untold:
            fields.pop("unit_cost_minor", None)
    order = Order(order_id, visit.who, at_ms, lines)
    place(job.book, order, rng, job.show.laws, pays=1.0)
    job.acted(at_ms)


PLANT = Plant(
    act=act,
    own={"blatant": (), "moderate": (), "faint": ("partial_costs", "slow_drip")},
    wears=("partial_costs", "slow_drip"),
    needs_hours=no_tail,
    needs_viewers=400,
)
