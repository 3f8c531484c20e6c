"""Makes one show of its plan: the honest part first, the plants beside it, the counter last."""

from __future__ import annotations

from operator import itemgetter
from typing import Any

from worlds.county.after import afterwards
from worlds.county.audience import come
from worlds.county.buying import buy
from worlds.county.chat import talk
from worlds.county.draws import stream
from worlds.county.laws import MINUTE, SECOND, Laws
from worlds.county.negatives import NEGATIVES
from worlds.county.people import People
from worlds.county.planning import Planned
from worlds.county.plants import PLANTS, Job, tell_hired
from worlds.county.show import Show
from worlds.recording import Arrival

COUNTER_EVERY_MS = MINUTE
ROUNDED_ABOVE = 1_000  # the counter shows three digits from here on; guess


def make(plan: Planned, seed: int, people: People, laws: Laws) -> tuple[list[Arrival], dict[str, Any]]:
    """The events of one show in order of arrival, and what is planted in it, by scheme."""
    stage = plan.stage
    negatives = [(name, NEGATIVES[name]) for name in plan.negatives]
    for name, negative in negatives:
        own = stream(seed, plan.day, stage.number, "plans", name)
        if negative.small is not None:
            negative.small(stage, own, laws)
        if negative.plans is not None:
            negative.plans(stage, own)
    stage.negatives = list(plan.negatives)
    show = Show(seed, plan.day, stage, people, laws)
    room = stage.room
    show.book.mark(
        stage.starts_ms,
        "started",
        seller_id=room.seller_id,
        host_id=room.host_id,
        category=room.category,
        ends_at_ts=stage.ends_ms - stage.ends_ms % (15 * MINUTE) + 15 * MINUTE,
    )
    come(show)
    for name, negative in negatives:
        if negative.during is not None:
            negative.during(show, show.random(f"negative/{name}"))
    talk(show)
    buy(show)
    for name, negative in negatives:
        if negative.bought is not None:
            negative.bought(show, show.random(f"negative/{name}"))
    afterwards(show)
    show.book.mark(stage.ends_ms, "ended")

    truth: dict[str, Any] = {}
    for brief in plan.briefs:
        job = Job(show, brief)
        PLANTS[brief.scheme].act(job)
        said = job.truth()
        if said is not None:
            truth[brief.scheme] = said
    tell_hired(show)
    _count(show)
    events = [event for book in show.books for event in book.events]
    events.sort(key=itemgetter(0))
    return events, truth


def _count(show: Show) -> None:
    """The counter that the audience sees, each minute: who is there, hired or not, and at times more than that."""
    stage = show.stage
    book = show.new_book("counter")
    show.books.append(book)
    slots = (stage.ends_ms - stage.starts_ms) // COUNTER_EVERY_MS + 2
    change = [0] * (slots + 1)
    for visits in (show.visits, show.hired):
        for visit in visits:
            # there at a tick: came at or before it, leaves after it
            first = -((stage.starts_ms - visit.join_ms) // COUNTER_EVERY_MS)
            last = -((stage.starts_ms - visit.leave_ms) // COUNTER_EVERY_MS)
            change[min(slots, max(0, first))] += 1
            change[min(slots, max(0, last))] -= 1
    there = 0
    for slot in range(slots):
        there += change[slot]
        at = stage.starts_ms + slot * COUNTER_EVERY_MS + SECOND // 2
        if at >= stage.ends_ms:
            break
        shown = float(there)
        for begins, ends, factor in show.phantoms:
            if begins <= at < ends:
                shown *= factor
        count = round(shown)
        if count >= ROUNDED_ABOVE:
            step = 10 ** (len(str(count)) - 3)
            count = count // step * step
        book.mark(at, "status", viewers_shown=count)
