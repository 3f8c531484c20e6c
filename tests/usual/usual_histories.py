"""Histories whose rates are known: counts of shows, and shows as events."""

from collections.abc import Iterable, Sequence
from math import exp, log
from random import Random
from typing import Any

from logs import T0, complaint, join, marker, order

from streams.arrivals import Arrivals
from streams.events import Event
from streams.evidence.returns import LAG_SHAPE
from streams.partition import Partition
from streams.rules import default_rules
from streams.usual import beside
from streams.usual.learner import Learner

HOUR_S, DAY_S = 3_600, 86_400


def counts(
    seed: int, shows: int, share: float, trials: int, *, spread: float = 0.3, staged: float = 0.0, lift: float = 5.0
) -> list[tuple[int, int]]:
    """(how many, of how many) of shows whose shares differ by so much; in some the share is `lift` times that."""
    random, found = Random(seed), []
    for number in range(shows):
        of = 5 + int(exp(random.gauss(log(trials), 0.5)))
        own = min(0.95, share * exp(random.gauss(0.0, spread)))
        if number < staged * shows:
            own = min(0.95, share * lift)
        found.append((sum(random.random() < own for _ in range(of)), of))
    return found


def sale(
    number: int,
    *,
    orders: int = 100,
    cancels: float = 0.1,
    cancel_lag_s: float = 1_800,
    complaints: float = 0.03,
    delay_s: float = 30 * HOUR_S,
    follow_s: float = 14 * DAY_S,
    seed: int = 1,
) -> list[Event]:
    """One show of a room of its own: orders within half an hour, and what becomes of them for `follow_s`."""
    random = Random(f"{seed}/{number}")
    where: dict[str, Any] = {"room_id": f"r{number}", "show_id": f"s{number}"}
    begin = 600.0 * number
    events: list[Event] = [marker(begin, "started", **where)]
    for at in range(orders):
        who, placed_s = f"a{number}-{at}", begin + 1 + 1_800 * at / orders
        events.append(join(placed_s - 0.5, who, **where))
        line = {**where, "order_id": f"o{number}-{at}"}
        events.append(order(placed_s, who, **line, event_id=f"p{number}-{at}"))
        if random.random() < cancels:
            draw = random.random()
            lag_s = min(cancel_lag_s * (draw / (1 - draw)) ** (1 / LAG_SHAPE), 1e9)
            later = order(placed_s + lag_s, who, "cancelled", **line, event_id=f"x{number}-{at}", cancelled_by="buyer")
            events += [later] if lag_s < follow_s else []
        elif random.random() < complaints:
            after_s = random.expovariate(1 / delay_s)
            said = complaint(placed_s + after_s, who, **where, order_id=f"o{number}-{at}", event_id=f"c{number}-{at}")
            events += [said] if after_s < follow_s else []
    events.append(marker(begin + 2_000, "ended", **where))
    # two signs of life of another room say how far the history goes
    end = begin + 2_000 + follow_s
    return events + [join(end + later, f"z{number}-{later}", room_id="z", show_id=f"z{number}") for later in (0, 1)]


def taught(learner: Learner, *histories: Iterable[Event]) -> Learner:
    """The learner, after it has watched these."""
    partition = Partition(rules=beside(default_rules(), [learner], ()))
    arrivals = Arrivals(partition)
    events = sorted((event for history in histories for event in history), key=lambda event: event.ts)
    failed = [*arrivals.take_all(events), *arrivals.end()]
    assert failed == []
    return learner


def sales(shows: int, staged: int = 0, **rates: Any) -> Sequence[list[Event]]:
    """So many shows; in the first `staged` ones orders are fake and what is kept is complained of."""
    return [
        sale(number, **(rates | ({"cancels": 0.7, "complaints": 0.5} if number < staged else {})))
        for number in range(shows)
    ]


__all__ = ["DAY_S", "HOUR_S", "T0", "counts", "sale", "sales", "taught"]
