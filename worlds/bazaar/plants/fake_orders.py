"""Orders that are placed to look busy and taken back once the show is over."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, exp, log
from random import Random

from worlds.bazaar import laws
from worlds.bazaar.afterwards import aftermath
from worlds.bazaar.audience import stay_ms
from worlds.bazaar.buying import draw_up
from worlds.bazaar.people import Account
from worlds.bazaar.plants.crew import Planted, admit, hire, link, within
from worlds.bazaar.shop import Basket, Item
from worlds.bazaar.show import Order, Scribe, Show


@dataclass(slots=True, frozen=True)
class Strength:
    """One row of the agreed ranges."""

    orders: tuple[int, int]
    undone: float
    refunded: float  # of what is undone; the rest is cancelled
    each: tuple[int, int]  # orders of an account
    linked: float
    kinds: tuple[tuple[str, ...], ...]


STRENGTHS = {
    "blatant": Strength((40, 200), 0.9, 0.0, (1, 4), 0.8, (("device_id",), ("address_id",), ("inviter_id",))),
    "moderate": Strength((25, 120), 0.7, 0.3, (1, 3), 0.4, (("inviter_id",), ("ip_prefix",), ("address_id",))),
    "faint": Strength((16, 60), 0.5, 0.35, (1, 2), 0.0, ((),)),
}
DISGUISES = ("jitter", "spread_cancels", "mixed_in")
USUAL = {"blatant": (), "moderate": ("jitter",), "faint": ("jitter", "spread_cancels", "mixed_in")}
CANCELLED_WITHIN_MS = {"blatant": 6 * laws.HOUR, "moderate": 24 * laws.HOUR, "faint": 96 * laws.HOUR}


def fake_orders(show: Show, strength: str, scribe: Scribe, random: Random) -> Planted:
    """Plant a crew that orders and takes most of it back; an act is an order taken back."""
    row, stage = STRENGTHS[strength], show.stage
    worn = show.hiring.worn(USUAL[strength], DISGUISES)
    lowest, highest = row.orders
    most = max(lowest, min(highest, stage.room.audience // 4))
    count = min(most, int(exp(random.uniform(log(lowest), log(most + 1)))))
    sizes = _shared_out(count, row.each, random)
    crew = link(hire(show, len(sizes), "orders", random), row.linked, random.choice(row.kinds), show, random)
    pushed = [stage.shop.any(random) for _ in range(random.randint(1, 3))]
    times = timetable(show, len(crew), worn, random)
    placed: list[tuple[Order, int]] = []
    for account, number, (joined, first) in zip(crew, sizes, times, strict=True):
        placed += orders_of(show, account, number, (joined, first), pushed, "mixed_in" in worn, scribe, random)
    undone = set(random.sample(range(len(placed)), round(len(placed) * row.undone)))
    acts: list[int] = []
    calls = [random.uniform(0.02, 0.4) for _ in range(random.randint(1, 4))]  # when somebody tells them to
    for i, (order, at) in enumerate(placed):
        if i not in undone:
            aftermath(show, order, at, scribe, random)
            continue
        paid_at = at + 2_500 + int(exp(random.gauss(log(11_000), 0.7)))
        scribe.step(order, paid_at, "paid")
        back = taken_back(show, strength, calls, "spread_cancels" in worn, random)
        if random.random() < row.refunded:
            scribe.step(order, back, "refunded")
        else:
            scribe.step(order, back, "cancelled", cancelled_by="buyer")
        acts.append(back)
    return Planted([account.account_id for account in crew], acts, worn)


def timetable(show: Show, count: int, worn: list[str], random: Random) -> list[tuple[int, int]]:
    """For each of the crew when it joins and when it first orders: together, in a part of the show, or all over it."""
    start, length = show.stage.start, show.stage.end - show.stage.start
    if "mixed_in" in worn:
        times = []
        for _ in range(count):
            joined = start + int(random.uniform(0.01, 0.85) * length)
            times.append((joined, joined + int(random.uniform(0.1, 0.9) * min(length * 0.12, 25 * laws.MINUTE))))
        return times
    window = random.uniform(10, 26) if "jitter" in worn else random.uniform(2, 8)
    window_ms = min(int(window * laws.MINUTE), length // 2)
    first = start + int(random.uniform(0.03, 0.45) * length)
    buys = window_ms if "jitter" in worn else 6 * laws.MINUTE
    times = []
    for _ in range(count):
        joined = first + int(random.random() * window_ms)
        times.append((joined, joined + 20 * laws.SECOND + int(random.random() * buys)))
    return times


def orders_of(
    show: Show,
    account: Account,
    number: int,
    times: tuple[int, int],
    pushed: list[Item],
    mixed: bool,
    scribe: Scribe,
    random: Random,
) -> list[tuple[Order, int]]:
    """What one of the crew places; it stays as long as it orders, or as people do."""
    joined, at = times
    latest = show.stage.end - 5 * laws.SECOND
    placed = []
    last = joined
    for _ in range(number):
        last = min(at, latest - random.randint(0, 20_000))
        basket: Basket = show.stage.shop.basket(random)
        if not mixed and random.random() < 0.75:
            basket = [(random.choice(pushed), 1 if random.random() < 0.7 else random.randint(2, 5))]
        order = draw_up(show, account, basket, None, random)
        scribe.step(order, last, "placed")
        placed.append((order, last))
        at += 15 * laws.SECOND + int(random.expovariate(1 / (2 * laws.MINUTE)))
    leaves = last + 15 * laws.SECOND + stay_ms(random, regular=True)
    admit(show, account, joined, leaves, random.random() < (0.5 if mixed else 0.15), False, random)
    return placed


def taken_back(show: Show, strength: str, calls: list[float], spread: bool, random: Random) -> int:
    """When an order is taken back: after a call, in the hours after the show, or over days."""
    most = CANCELLED_WITHIN_MS[strength]
    if spread:
        most = max(most, CANCELLED_WITHIN_MS["faint"])
    elif strength != "faint" and random.random() < (0.6 if strength == "blatant" else 0.35):
        call = random.choice(calls)
        return within(show, lambda: int(call * most + random.random() * 4 * laws.MINUTE), show.stage.end, random)
    mean = most / 3

    def after() -> int:
        lag = int(random.expovariate(1 / mean))
        return laws.MINUTE + (lag if lag < most - laws.MINUTE else int(random.random() * (most - laws.MINUTE)))

    return within(show, after, show.stage.end, random)


def _shared_out(count: int, each: tuple[int, int], random: Random) -> list[int]:
    """Orders by account: every one has at least one, at most a hundred accounts."""
    sizes: list[int] = []
    while sum(sizes) < count:
        sizes.append(min(count - sum(sizes), random.randint(*each)))
    if len(sizes) > 100:
        sizes = [ceil(count / 100)] * (count // ceil(count / 100))
        sizes += [count - sum(sizes)] if sum(sizes) < count else []
    return sizes
