"""What becomes of an order: paid or not, kept or not, and what is complained about days later."""

from __future__ import annotations

from math import exp, log
from random import Random

from worlds.bazaar import laws
from worlds.bazaar.ids import fresh
from worlds.bazaar.people import Account
from worlds.bazaar.shop import Item
from worlds.bazaar.show import Order, Scribe, Show, Sold
from worlds.bazaar.stage import Stage


def aftermath(show: Show, placed: Order, at: int, scribe: Scribe, random: Random) -> Sold:
    """Let an honest order take its course, by the rates of the room."""
    law, sold = show.stage.room.law, Sold(placed, at)
    draw = random.random()
    if draw < laws.NEVER_PAYS:
        late = random.choice((15, 30, 30)) * laws.MINUTE + random.randint(0, 2_000)
        scribe.step(placed, at + late, "cancelled", cancelled_by="system")
        return sold
    if draw < laws.NEVER_PAYS + laws.PAYS_LATE:
        paid_at = at + int(random.uniform(1, 14) * laws.MINUTE)
    else:
        paid_at = at + 2_500 + int(exp(random.gauss(log(11_000), 0.7)))
    scribe.step(placed, paid_at, "paid")
    draw = random.random()
    several = len(placed.lines) > 1 and random.random() < 0.3
    only = random.randrange(len(placed.lines)) if several else None
    if draw < show.stage.cancels:
        scribe.step(placed, paid_at + cancel_after(show.stage, random), "cancelled", only, cancelled_by="buyer")
        return sold
    draw -= show.stage.cancels
    if draw < laws.SELLER_CANCELS:
        scribe.step(placed, paid_at + _later(random, 3 * laws.HOUR), "cancelled", only, cancelled_by="seller")
        return sold
    draw -= laws.SELLER_CANCELS
    if draw < law.refunds:
        refunded_at = paid_at + refund_after(show.stage, random)
        if only is not None and placed.lines[only].amount_minor > 200 and random.random() < 0.4:
            part = placed.lines[only].amount_minor // 2
            scribe.step(placed, refunded_at, "refunded", only, refund_minor=part)
        else:
            scribe.step(placed, refunded_at, "refunded", only)
        return sold
    sold.paid_at = paid_at
    if random.random() < show.stage.room.complaints:
        complain(show, placed, complains_at(show.stage, paid_at, random), scribe, random)
        sold.complains = True
    return sold


def cancel_after(stage: Stage, random: Random) -> int:
    """How long after paying a buyer cancels: at once, or until the parcel is sent."""
    law, draw = stage.room.law, random.random()
    if draw < law.cancels_at_once:
        return laws.MINUTE + int(-log(1 - draw / law.cancels_at_once) * law.cancels_at_once_ms)
    draw = (draw - law.cancels_at_once) / (1 - law.cancels_at_once)
    return laws.MINUTE + int(-log(1 - draw) * law.cancels_later_ms)


def refund_after(stage: Stage, random: Random) -> int:
    """How long after paying an order is refunded: before the parcel has come, or after."""
    law, draw = stage.room.law, random.random()
    if draw < law.refunds_early:
        return laws.MINUTE + int(-log(1 - draw / law.refunds_early) * law.refunds_early_ms)
    draw = (draw - law.refunds_early) / (1 - law.refunds_early)
    return laws.HOUR + int(-log(1 - draw) * law.refunds_late_ms)


def complains_at(stage: Stage, paid_at: int, random: Random) -> int:
    """When somebody complains who bought at that time: rarely before the parcel has come, mostly some time after."""
    law = stage.room.law
    if random.random() < laws.COMPLAINS_BEFORE:
        return paid_at + _later(random, laws.COMPLAINS_BEFORE_MS)
    there = paid_at + int(exp(random.gauss(log(law.parcel_ms), law.parcel_sigma)))
    if stage.wave is not None:  # all of them open their parcels that evening
        return int(random.uniform(*stage.wave)) + _later(random, min(5 * laws.HOUR, law.complains_after_ms))
    if stage.closed is not None and stage.closed[0] < there < stage.closed[1]:
        there = stage.closed[1] + int(random.random() * 20 * laws.HOUR)
    return there + _later(random, law.complains_after_ms)


def complain(show: Show, placed: Order, at: int, scribe: Scribe, random: Random, reason: str | None = None) -> None:
    """A complaint about an order of tonight."""
    sku = placed.lines[0].item.sku if random.random() < 0.8 else None
    complaint(show, placed.account, at, scribe, random, placed.order_id, sku, reason)


def complaint(
    show: Show,
    account: Account,
    at: int,
    scribe: Scribe,
    random: Random,
    order_id: str | None,
    sku: str | None,
    reason: str | None = None,
) -> None:
    if reason is None:
        reason = random.choices([name for name, _ in laws.REASONS], [weight for _, weight in laws.REASONS])[0]
    fields: dict[str, str] = {"seller_id": show.stage.room.seller_id}
    if order_id is not None:
        fields["order_id"] = order_id
    if sku is not None:
        fields["sku"] = sku
    if random.random() < 0.7:
        fields["text"] = show.stage.room.talk.line("COMPLAIN", account, random)
    scribe.complain(account, at, reason, **fields)


def old_complaints(show: Show, orders: int, scribe: Scribe, random: Random) -> None:
    """Complaints that come in during the show, and shortly after it, about what the room sold on earlier days.

    As many in a day as there are about today; what comes later is filed under the show that it is about.
    """
    stage = show.stage
    until = min(stage.horizon, stage.end + 2 * laws.HOUR)
    expected = orders * stage.room.complaints * (until - stage.start) / laws.DAY
    for _ in range(poisson(expected, random)):
        at = random.randint(stage.start, until)
        account = show.people.account(stage.room.follower(random))
        item: Item = stage.shop.any(random)
        complaint(show, account, at, scribe, random, fresh("order", random), item.sku)


def poisson(mean: float, random: Random) -> int:
    """A Poisson number; means here are small."""
    limit, product, count = exp(-min(mean, 500.0)), random.random(), 0
    while product > limit:
        product *= random.random()
        count += 1
    return count


def _later(random: Random, mean_ms: int) -> int:
    return laws.MINUTE + int(random.expovariate(1 / mean_ms))
