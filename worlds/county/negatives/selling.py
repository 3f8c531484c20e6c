"""Innocent selling that looks like a scheme: everybody buys one thing, reaches one sum, or pays less than it cost."""

from __future__ import annotations

from random import Random

from worlds.county.after import later
from worlds.county.audience import enter
from worlds.county.baskets import basket_for, sums_for
from worlds.county.buying import line_of, make_order, place
from worlds.county.draws import between, expo, pick, some, whole
from worlds.county.goods import Item, priced
from worlds.county.laws import HOUR, MINUTE, SECOND
from worlds.county.show import BOUNCE, Order, Show, Visit
from worlds.county.stage import Rush, Stage


def flash_sale(show: Show, rng: Random) -> None:
    """One item at two thirds of its price for minutes: a tenth to a third of the room buys it, once each."""
    at, lasts = show.stage.moment(rng, 0.2, 0.8), whole(rng, 2, 6) * MINUTE
    item = pick(rng, show.stage.room.items)
    price = max(int(item.cost_minor * 1.02) + 1, int(item.price_minor * between(rng, 0.6, 0.8)))
    show.stage.rushes.append(Rush(at, lasts, item, between(rng, 0.1, 0.33), price))
    show.book.mark(at, "flash_sale", sku=item.sku, until_ts=at + lasts, text="限时秒杀", units=whole(rng, 50, 900))


def one_price(stage: Stage, rng: Random) -> None:
    """Everything costs the same: totals are its multiples."""
    price = priced(pick(rng, (990, 1_490, 1_990, 2_990, 3_900)) * stage.room.worth)
    for item in stage.room.items:
        item.price_minor = price
        item.list_minor = int(price * between(rng, 1.1, 2.0))
        item.cost_minor = int(price * between(rng, 0.45, 0.85))


def group_buy(show: Show, rng: Random) -> None:
    """An announced group price: people bring two to four friends, who come in and buy the same within minutes."""
    stage, room = show.stage, show.stage.room
    at, lasts = stage.moment(rng, 0.15, 0.7), whole(rng, 6, 15) * MINUTE
    item = pick(rng, room.items)
    price = max(int(item.cost_minor * 1.01) + 1, int(item.price_minor * 0.82))
    show.book.mark(at, "group_buy", sku=item.sku, until_ts=at + lasts, units=3, text="三人团，叫上朋友一起")
    leaders = [visit for visit in show.present(at) if visit.leave_ms > at + 3 * MINUTE]
    for leader in some(rng, leaders, max(3, len(leaders) // 18)):
        begun = at + int(rng.random() * lasts * 0.5)
        group = [(leader.who, min(begun, leader.leave_ms - SECOND))]
        for _ in range(whole(rng, 2, 4)):
            came = begun + 10_000 + int(expo(rng, 70 * SECOND))
            friend = enter(show, rng, came, "share", stay_factor=2.5, inviter=leader.who.account_id)
            if friend is not None:
                group.append((friend.who, friend.join_ms + 5_000 + int(expo(rng, 40 * SECOND))))
        for who, ordered in group:
            order_id = show.book.new_id("o")
            line = line_of(room, item, 1, price, who, order_id, 1, "wallet")
            order = Order(order_id, who, ordered, [line])
            place(show.book, order, rng, show.laws, pays=0.98)
            show.orders.append(order)
    show.visits.sort(key=lambda visit: visit.join_ms)


def tier_promotion(show: Show, rng: Random) -> None:
    """Spend m and save a little: many pad their basket to just above m."""
    stage, room = show.stage, show.stage.room
    m = pick(rng, sums_for(room.items))
    begins, until = stage.moment(rng, 0.05, 0.3), stage.ends_ms
    show.book.mark(begins, "promotion", threshold_minor=m, until_ts=until, text=f"满{m // 100}减{max(2, m // 1000)}")
    saved = max(200, m // 10)
    for visit in show.visits:
        if visit.kind == BOUNCE or visit.leave_ms < begins + MINUTE or rng.random() > 0.07:
            continue
        at = max(begins, visit.join_ms) + 10_000
        at += int((visit.leave_ms - at) * rng.random()) if visit.leave_ms > at else 0
        wanted = basket_for(room.items, m, int(m * between(rng, 1.03, 1.3)), rng)
        order = make_order(show, show.book, visit.who, at, wanted, rng)
        first = max(order.lines, key=lambda line: line["amount_minor"])
        first["coupon_id"] = f"c{room.number:04x}t"
        less = min(saved, first["amount_minor"] // 5)
        first["amount_minor"] -= less
        first["subsidy_minor"], first["subsidy_by"] = less, "platform"
        place(show.book, order, rng, show.laws)
        show.orders.append(order)


def promotion_budget(show: Show, rng: Random) -> None:
    """A declared promotion below cost: its budget and its units are told, and kept to."""
    stage = show.stage
    at, lasts = stage.moment(rng, 0.2, 0.75), whole(rng, 4, 12) * MINUTE
    item = pick(rng, [one for one in stage.room.items if one.tells_cost] or stage.room.items)
    price = max(1, int(item.cost_minor * between(rng, 0.4, 0.8)))
    there = show.present(at)
    units = max(5, int(len(there) * between(rng, 0.06, 0.2)))
    budget = units * (item.cost_minor - price)
    show.book.mark(at, "promotion", sku=item.sku, until_ts=at + lasts, units=units, budget_minor=budget, text="福利价")
    _sell(show, rng, item, some(rng, there, units), at, lasts, price)


def clearance(show: Show, rng: Random) -> None:
    """The rest of a stock is sold below cost until the end, and it is said."""
    stage = show.stage
    item = pick(rng, [one for one in stage.room.items if one.tells_cost] or stage.room.items)
    at = stage.moment(rng, 0.1, 0.4)
    price = max(1, int(item.cost_minor * between(rng, 0.5, 0.9)))
    crowd = [visit for visit in show.visits if visit.kind != BOUNCE and visit.leave_ms > at + MINUTE]
    buyers = some(rng, crowd, max(5, len(crowd) // 14))
    show.book.mark(
        at,
        "promotion",
        sku=item.sku,
        until_ts=stage.ends_ms,
        units=len(buyers) + whole(rng, 0, 20),
        budget_minor=(item.cost_minor - price) * (len(buyers) + 20),
        text="清仓，亏本处理，卖完为止",
    )
    for visit in buyers:
        begins = max(at, visit.join_ms) + 2_000
        _sell(show, rng, item, [visit], begins, max(4_000, visit.leave_ms - begins), price)


def bundles(show: Show, rng: Random) -> None:
    """Two things as one: a line of the bundle is below cost or free, the bundle is not."""
    room, stage = show.stage.room, show.stage
    dear, cheap = sorted(some(rng, room.items, 2), key=lambda item: item.price_minor)[::-1]
    bundle_id = show.book.new_id("b")
    free = rng.random() < 0.5
    price_cheap = 0 if free else cheap.cost_minor // 2
    price_dear = max(dear.price_minor, int((dear.cost_minor + cheap.cost_minor - price_cheap) * 1.08))
    crowd = [visit for visit in show.visits if visit.kind != BOUNCE and visit.leave_ms - visit.join_ms > MINUTE]
    for visit in some(rng, crowd, max(4, len(crowd) // 16)):
        at = visit.join_ms + 20_000 + int((visit.leave_ms - visit.join_ms - 25_000) * rng.random())
        order_id = show.book.new_id("o")
        lines = [
            line_of(room, dear, 1, price_dear, visit.who, order_id, 1, "wallet", bundle_id=bundle_id),
            line_of(room, cheap, 1, price_cheap, visit.who, order_id, 2, "wallet", bundle_id=bundle_id),
        ]
        order = Order(order_id, visit.who, min(at, stage.ends_ms - SECOND), lines)
        place(show.book, order, rng, show.laws)
        show.orders.append(order)


def bulk_booking(show: Show, rng: Random) -> None:
    """A canteen's or a company's buyers book a lot from one office, and call it off together after the show."""
    stage, room = show.stage, show.stage.room
    crowd = [visit for visit in show.visits if visit.leave_ms - visit.join_ms > 5 * MINUTE]
    buyers = some(rng, crowd, whole(rng, 1, 3))
    address = show.book.new_id("a")
    item = pick(rng, room.items)
    off = stage.ends_ms + int(between(rng, 0.3, 3.5) * HOUR)
    for visit in buyers:
        visit.who.on_order = {**visit.who.on_order, "address_id": address}
        for _ in range(whole(rng, 6, 16)):
            at = visit.join_ms + MINUTE + int((visit.leave_ms - visit.join_ms - MINUTE) * rng.random())
            order = make_order(show, show.book, visit.who, at, [(item, whole(rng, 5, 20))], rng)
            order.tag = "cancelled"
            place(show.book, order, rng, show.laws, pays=1.0)
            later(order, show.book, off + int(rng.random() * 6 * MINUTE), "cancelled", "buyer")
            show.orders.append(order)


def _sell(show: Show, rng: Random, item: Item, buyers: list[Visit], at: int, lasts: int, price: int) -> None:
    for visit in buyers:
        order_id = show.book.new_id("o")
        line = line_of(show.stage.room, item, 1, price, visit.who, order_id, 1, "wallet")
        ordered = at + 1_000 + int((lasts - 2_000) * rng.random() ** 2)
        order = Order(order_id, visit.who, ordered, [line])
        place(show.book, order, rng, show.laws)
        show.orders.append(order)
