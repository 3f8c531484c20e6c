"""What makes honest orders come back, and honest complaints come together."""

from __future__ import annotations

from random import Random

from worlds.bazaar import laws
from worlds.bazaar.afterwards import complain
from worlds.bazaar.buying import draw_up
from worlds.bazaar.negatives.base import Negative, guest
from worlds.bazaar.people import share
from worlds.bazaar.show import Scribe, Show, Sold
from worlds.bazaar.stage import Rush, Stage


class StockOut(Negative):
    """More was sold than there is: the seller, or the system, cancels all late orders of one item within minutes."""

    def acts(self, show: Show, scribe: Scribe, random: Random) -> None:
        found = _of_one_item(show.sold, random)
        kept = found[int(len(found) * random.uniform(0.1, 0.5)) :]
        by = random.choice(("seller", "seller", "system"))
        at = show.stage.end + int(random.uniform(-0.1, 3) * laws.HOUR)
        at = max(at, max((sold.paid_at for sold, _ in kept), default=at) + laws.SECOND)
        for sold, line in kept:
            scribe.step(sold.order, at + random.randint(0, 4 * laws.MINUTE), "cancelled", line, cancelled_by=by)
            sold.paid_at = 0


class ImpulseBuyers(Negative):
    """A late show at which people buy what they regret the next morning: three to six times as many cancel."""

    def plan(self, stage: Stage, random: Random) -> None:
        stage.cancels = min(0.35, max(0.15, stage.cancels * random.uniform(3, 6)))


class BulkBooking(Negative):
    """One buyer books for a school or a club, one order a class, and takes it all back after the show."""

    def people(self, show: Show, random: Random) -> None:
        self._visit = guest(show, show.stage.some_time(random, 8 * laws.MINUTE), "search", random)
        self._visit.until = max(self._visit.until, min(show.stage.end, self._visit.at + 30 * laws.MINUTE))

    def acts(self, show: Show, scribe: Scribe, random: Random) -> None:
        shop, visit = show.stage.shop, self._visit
        items = [shop.any(random) for _ in range(random.randint(1, 3))]
        at, placed = visit.at + 40 * laws.SECOND, []
        for _ in range(random.randint(10, 40)):
            at += random.randint(15, 70) * laws.SECOND
            if at >= min(visit.until, show.stage.end):
                break
            made = draw_up(show, visit.account, [(random.choice(items), random.randint(1, 6))], None, random)
            scribe.step(made, at, "placed")
            scribe.step(made, at + random.randint(4, 30) * laws.SECOND, "paid")
            placed.append(made)
        back = show.stage.end + int(random.uniform(0.2, 20) * laws.HOUR)
        for made in placed:
            back += random.randint(2, 15) * laws.SECOND
            scribe.step(made, back, "cancelled", cancelled_by="buyer")


class RefundOfALine(Negative):
    """One item is faulty: its line is refunded to many, in whole or in part, and the rest of their orders stays."""

    def acts(self, show: Show, scribe: Scribe, random: Random) -> None:
        chance = random.uniform(0.2, 0.5)
        for sold, line in _of_one_item(show.sold, random):
            if random.random() >= chance:
                continue
            at = sold.paid_at + int(random.expovariate(1 / (9 * laws.HOUR))) + 10 * laws.MINUTE
            amount = sold.order.lines[line].amount_minor
            if random.random() < 0.3 and amount > 500:
                scribe.step(sold.order, at, "refunded", line, refund_minor=int(amount * random.uniform(0.2, 0.6)))
            else:
                scribe.step(sold.order, at, "refunded", line)
                sold.paid_at = sold.paid_at if len(sold.order.lines) > 1 else 0


class DeliveryWave(Negative):
    """A big sale, all of it delivered within hours of one day: a day's worth of complaints in a few hours."""

    def plan(self, stage: Stage, random: Random) -> None:
        for _ in range(random.randint(2, 4)):
            at = stage.some_time(random, 4 * laws.MINUTE)
            until = min(stage.end, at + random.randint(2, 6) * laws.MINUTE)
            stage.rushes.append(Rush(at, until, stage.shop.any(random), random.uniform(0.1, 0.3), laws.MINUTE))
        first = stage.end + int(random.uniform(0.4, 1.3) * stage.room.law.parcel_ms)
        stage.wave = (first, first + int(random.uniform(3, 9) * laws.HOUR))


class CourierOutage(Negative):
    """A courier loses its way: parcels are late, and many complain of that, which is nothing that was sold."""

    def acts(self, show: Show, scribe: Scribe, random: Random) -> None:
        law = show.stage.room.law
        begins = show.stage.end + int(random.uniform(0.3, 1.2) * law.parcel_ms)
        lasts = random.uniform(10, 40) * laws.HOUR
        chance = random.uniform(0.06, 0.16)
        for sold in show.sold:
            if sold.paid_at and random.random() < chance:
                reason = "other" if random.random() < 0.94 else "after_sales"
                complain(show, sold.order, begins + int(random.random() * lasts), scribe, random, reason)
                sold.complains = True


class Holidays(Negative):
    """No parcel moves for some days, and then all do: nobody complains, and then everybody who has a reason."""

    def plan(self, stage: Stage, random: Random) -> None:
        begins = stage.end + int(random.uniform(2, 30) * laws.HOUR)
        stage.closed = (begins, begins + int(random.uniform(1.5, 5) * laws.DAY))


class OneNetwork(Negative):
    """A third of the viewers come through one gateway of a carrier, and have nothing else in common."""

    def people(self, show: Show, random: Random) -> None:
        network, chance = show.people.network(random), random.uniform(0.2, 0.45)
        behind: dict[int, bool] = {}
        for visit in show.visits:
            if behind.setdefault(visit.account.number, random.random() < chance):
                visit.account = share(visit.account, ip_prefix=network)


def _of_one_item(sold: list[Sold], random: Random) -> list[tuple[Sold, int]]:
    """Kept orders, without a complaint, of an item that sold well, in order of time, and the line of each."""
    found: dict[str, list[tuple[Sold, int]]] = {}
    for each in sold:
        if each.paid_at and not each.complains:
            for i, line in enumerate(each.order.lines):
                if line.amount_minor and line.item.bundle_id is None:
                    found.setdefault(line.item.sku, []).append((each, i))
    best = sorted(found.values(), key=len, reverse=True)[:3]
    return sorted(random.choice(best), key=lambda pair: pair[0].at) if best else []
