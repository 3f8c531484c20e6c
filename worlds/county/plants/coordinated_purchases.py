"""Staff told to come and spend a sum: an office is sent into the show, a foreman names what is to be spent.

blatant: 12 to 60 accounts, in within 2 minutes, all orders within 3, totals within 5 % above the sum. moderate: 8 to
40 in waves, over 5 to 30 minutes, some chat, a third split their sum, one in ten disobeys, within 12 %. faint: 6 to
20 over the whole show, within a quarter, next to no links. An act is an order.
"""

from __future__ import annotations

from worlds.county.baskets import a_sum, basket_for
from worlds.county.buying import make_order, place
from worlds.county.draws import between, expo, pick, whole
from worlds.county.goods import Item
from worlds.county.laws import MINUTE, SECOND
from worlds.county.people import Person
from worlds.county.plants.job import Job, Plant, no_tail
from worlds.county.talk.speech import line

SIZES = {"blatant": (12, 60), "moderate": (8, 40), "faint": (6, 20)}
TOLERANCE = {"blatant": 0.05, "moderate": 0.12, "faint": 0.25}
SPLITS = {"blatant": 0.0, "moderate": 1 / 3, "faint": 0.4}
DISOBEYS = {"blatant": 0.0, "moderate": 0.1, "faint": 0.0}
CHATS = {"blatant": 0.05, "moderate": 0.35, "faint": 0.4}


def act(job: Job) -> None:
    rng, stage, strength = job.rng, job.show.stage, job.strength
    crew = job.crew(job.size(*SIZES[strength]))
    m = a_sum(stage.room.items, TOLERANCE[strength], rng)
    disobedient = round(len(crew) * DISOBEYS[strength])
    times = _times(job, len(crew))
    for place_no, who in enumerate(crew):
        joins, buys, buys_until = times[place_no]
        leaves = buys_until + int(expo(rng, (4 if strength == "blatant" else 9) * MINUTE)) + 5 * SECOND
        visit = job.enter(who, joins, leaves, job.source())
        joins = visit.join_ms
        buys = max(joins + 6 * SECOND, min(buys, stage.ends_ms - 8 * SECOND))
        if place_no < disobedient:
            _disobey(job, who, buys, m)
        else:
            splits = rng.random() < (0.8 if job.wears("splitting") else SPLITS[strength])
            _spend(job, who, buys, min(buys_until, stage.ends_ms - 4 * SECOND), m, splits)
        if rng.random() < CHATS[strength]:
            _chat(job, who, joins, visit.leave_ms)
        if job.wears("mixed_in") and rng.random() < 0.6:
            at = joins + int((visit.leave_ms - joins) * rng.random())
            _order(job, who, at, [(pick(rng, stage.room.items), 1)])


def _times(job: Job, count: int) -> list[tuple[int, int, int]]:
    """(joins, begins to buy, is done buying) of each."""
    rng, stage = job.rng, job.show.stage
    length = stage.ends_ms - stage.starts_ms
    late = int(expo(rng, 45 * SECOND)) if job.wears("jitter") else 0
    if job.strength == "faint" or job.wears("slow_drip"):
        times = []
        for _ in range(count):
            joins = stage.starts_ms + int(length * between(rng, 0.01, 0.84))
            buys = joins + int(between(rng, 0.5, 9) * MINUTE)
            times.append((joins, buys, buys + int(between(rng, 1, 10) * MINUTE)))
        return times
    if job.strength == "blatant":
        begins = stage.moment(rng, 0.08, 0.75)
        begins = min(begins, stage.ends_ms - 5 * MINUTE)
        table = begins + 75 * SECOND
        times = []
        for _ in range(count):
            jitter = int(expo(rng, 45 * SECOND)) if late else 0
            buys = table + int(between(rng, 0, 176) * SECOND) + jitter
            times.append((begins + int(between(rng, 0, 74 if not late else 118) * SECOND), buys, buys + 2 * MINUTE))
        return times
    window = int(min(between(rng, 6, 28) * MINUTE, length * 0.75))
    begins = stage.starts_ms + int((length - window) * between(rng, 0.05, 0.9))
    waves = [begins + int(window * between(rng, 0.0, 0.6)) for _ in range(whole(rng, 2, 4))]
    times = []
    for _ in range(count):
        joins = min(pick(rng, waves) + int(expo(rng, 50 * SECOND)) + late, begins + int(window * 0.8))
        until = begins + window
        buys = joins + int((until - joins) * between(rng, 0.05, 0.7))
        times.append((joins, buys, until))
    return times


def _spend(job: Job, who: Person, at_ms: int, until_ms: int, m: int, splits: bool) -> None:
    """Reach the sum, in one order or in two to four."""
    rng = job.rng
    high = int(m * (1.0 + TOLERANCE[job.strength]))
    wanted = basket_for(job.show.stage.room.items, m, high, rng)
    pieces = [(item, 1) for item, quantity in wanted for _ in range(quantity)] if splits else []
    if len(pieces) < 2:
        _order(job, who, at_ms, wanted)
        return
    parts = min(len(pieces), whole(rng, 2, 4))
    for part in range(parts):
        share = pieces[part::parts]
        at = at_ms + int((until_ms - at_ms) * (part + rng.random() * 0.7) / parts) if until_ms > at_ms else at_ms
        _order(job, who, at, share)


def _order(job: Job, who: Person, at_ms: int, wanted: list[tuple[Item, int]]) -> None:
    show = job.show
    together: dict[str, tuple[Item, int]] = {}
    for item, quantity in wanted:
        had = together.get(item.sku, (item, 0))[1]
        together[item.sku] = (item, had + quantity)
    order = make_order(show, job.book, who, at_ms, list(together.values()), job.rng, extras=False)
    place(job.book, order, job.rng, show.laws, pays=1.0)
    job.acted(at_ms, who)


def _disobey(job: Job, who: Person, at_ms: int, m: int) -> None:
    """Came, but spends what they like."""
    items = job.show.stage.room.items
    _order(job, who, at_ms, basket_for(items, int(m * between(job.rng, 0.15, 0.8)), int(m * 0.9), job.rng))


def _chat(job: Job, who: Person, from_ms: int, to_ms: int) -> None:
    for _ in range(whole(job.rng, 1, 3)):
        at = from_ms + 4 * SECOND + int((to_ms - from_ms - 5 * SECOND) * job.rng.random())
        intent = pick(job.rng, ("greet", "question", "short", "bought", "banter"))
        if from_ms < at < to_ms:
            job.book.say(at, who, line(job.rng, intent, who.manner, job.show.stage.on_table(at).name), 0)


PLANT = Plant(
    act=act,
    own={"blatant": (), "moderate": (), "faint": ("slow_drip",)},
    wears=("jitter", "splitting", "slow_drip", "mixed_in"),
    needs_hours=no_tail,
    needs_viewers=40,
)
