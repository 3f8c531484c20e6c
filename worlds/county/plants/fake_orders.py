"""Orders that are cancelled once the show is over: they were there for the figures.

blatant: 40 to 200 orders, nine in ten cancelled within hours, in batches. moderate: 25 to 120, seven in ten within a
day, refunds among them. faint: 16 to 60, half, over days, each account keeping other orders. An act is a cancel or a
refund.
"""

from __future__ import annotations

from worlds.county.after import awake, later
from worlds.county.buying import a_quantity, make_order, place
from worlds.county.draws import between, expo, lognormal, pick, shuffled, whole
from worlds.county.laws import HOUR, MINUTE, SECOND, Laws
from worlds.county.people import Person
from worlds.county.plants.job import Job, Plant
from worlds.county.show import Order
from worlds.county.talk.speech import line

ORDERS = {"blatant": (40, 200), "moderate": (25, 120), "faint": (16, 60)}
CANCELLED = {"blatant": 0.9, "moderate": 0.7, "faint": 0.5}
REFUNDED = {"blatant": 0.0, "moderate": 0.3, "faint": 0.35}  # of these, given back instead of cancelled
EACH = {"blatant": (1.3, 3.0), "moderate": (1.2, 2.4), "faint": (1.0, 1.7)}  # orders of one account; guess
PEOPLE = {"blatant": (20, 90), "moderate": (12, 60), "faint": (8, 30)}  # in a packed house; guess
LAG_H = {"blatant": 1.0, "moderate": 5.0, "faint": 26.0}  # median after the end; guess
LATEST_H = {"blatant": 3.9, "moderate": 23.5, "faint": 71.0}
CHATS = {"blatant": 0.03, "moderate": 0.2, "faint": 0.35}


def act(job: Job) -> None:
    rng, strength = job.rng, job.strength
    low, high = ORDERS[strength]
    each = between(rng, *EACH[strength])
    if job.brief.crew is None:
        count = job.size(low, high)
    else:
        count = min(high, max(low, round(job.brief.crew * each)))
    gone = round(count * CANCELLED[strength])
    people = min(gone, job.brief.crew or max(3, round(count / each)))
    orders = _order_all(job, job.crew(people), count)
    # one of each account first, so that everybody in the crew takes part
    firsts: dict[str, Order] = {}
    for order in orders:
        firsts.setdefault(order.who.account_id, order)
    first = list(firsts.values())
    chosen = {id(order) for order in first}
    rest = shuffled(rng, [order for order in orders if id(order) not in chosen])
    _undo(job, first + rest[: max(0, gone - len(first))])


def _order_all(job: Job, crew: list[Person], count: int) -> list[Order]:
    """The crew comes in waves (or by and by) and orders what is on the table."""
    rng, stage, show = job.rng, job.show.stage, job.show
    waves = [stage.moment(rng, 0.05, 0.8) for _ in range(whole(rng, 1, 3))]
    orders = []
    for place_no, who in enumerate(crew):
        if job.strength == "faint" or job.wears("slow_drip"):
            joins = stage.moment(rng, 0.01, 0.85)
        else:
            mean = 70 if job.strength == "blatant" else 240
            joins = pick(rng, waves) + int(expo(rng, mean * SECOND))
        own = count // len(crew) + (place_no < count % len(crew))
        stays = int(between(rng, 1.0, 3.5) * MINUTE * (1 + own))
        visit = job.enter(who, joins, joins + stays, job.source())
        span = visit.leave_ms - visit.join_ms - 4 * SECOND
        for _ in range(own):
            at = visit.join_ms + 3 * SECOND + int(span * rng.random())
            item = stage.on_table(at) if rng.random() < 0.8 else pick(rng, stage.room.items)
            order = make_order(show, job.book, who, at, [(item, a_quantity(rng, show.laws))], rng)
            place(job.book, order, rng, show.laws, pays=1.0)
            orders.append(order)
        if job.wears("mixed_in") and rng.random() < 0.7:  # something they want, and keep
            at = visit.join_ms + 3 * SECOND + int(span * rng.random())
            kept = make_order(show, job.book, who, at, [(pick(rng, stage.room.items), 1)], rng)
            place(job.book, kept, rng, show.laws, pays=1.0)
        if rng.random() < CHATS[job.strength]:
            at = visit.join_ms + 2 * SECOND + int(span * rng.random())
            intent = pick(rng, ("question", "bought", "short"))
            job.book.say(at, who, line(rng, intent, who.manner, stage.on_table(at).name), 0)
    return orders


def _undo(job: Job, orders: list[Order]) -> None:
    """Cancel them, or send them back."""
    rng, stage, strength = job.rng, job.show.stage, job.strength
    spread = job.wears("spread_cancels")
    latest = stage.ends_ms + int((LATEST_H["faint"] if spread else LATEST_H[strength]) * HOUR)
    latest = min(latest, stage.until_ms)  # the disguise spreads over what is recorded
    batches = sorted(stage.ends_ms + int(between(rng, 0.1, 2.8) * HOUR) for _ in range(whole(rng, 2, 4)))
    for order in orders:
        if strength == "blatant" and not spread:
            at = pick(rng, batches) + int(expo(rng, 5 * MINUTE))
        else:
            lag = LAG_H["faint" if spread else strength] * HOUR
            at = awake(stage.ends_ms + 2 * MINUTE + int(lognormal(rng, lag, 0.9)), rng)
        if at > latest:
            at = stage.ends_ms + int((latest - stage.ends_ms) * between(rng, 0.2, 1.0))
        at = max(at, order.paid_ms + MINUTE)
        if rng.random() < REFUNDED[strength]:
            later(order, job.book, at, "refunded")
        else:
            later(order, job.book, at, "cancelled", "buyer")
        job.acted(at, order.who)


def needs_hours(strength: str, laws: Laws) -> float:
    return {"blatant": 4.0, "moderate": 24.0, "faint": 72.0}[strength]


PLANT = Plant(
    act=act,
    own={"blatant": (), "moderate": (), "faint": ("mixed_in", "slow_drip", "spread_cancels")},
    wears=("mixed_in", "slow_drip", "spread_cancels"),
    needs_hours=needs_hours,
    needs_viewers=120,
)
