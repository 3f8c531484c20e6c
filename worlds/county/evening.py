"""An evening of many shows, made at once or show by show."""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from heapq import heappop, heappush, heapreplace
from operator import itemgetter
from typing import Any

import msgspec
import zstandard

from worlds.county.laws import Laws, law
from worlds.county.making import make
from worlds.county.people import People
from worlds.county.planning import Planned, planned
from worlds.recording import Arrival, Evening

BEGINS_AT_MS = 1_794_482_100_000  # 2026-11-12 19:15 at UTC+8
USUALLY: dict[str, Any] = {  # what `evening` takes where nothing else is said
    "shows": 24,
    "viewers": (50, 5_000),
    "hours": 2.0,
    "plants": None,
    "strength": None,
    "negatives": None,
    "share": 0.5,
    "tail_hours": 4.0,
    "disguises": None,
}
CHUNK = 1_000  # events that are kept packed together


class Lazily:
    """The same events as an evening, in the same order, made when their show begins.

    Only shows on air (and their aftermath) are held, packed. `truth` is complete once all was read; it is read once.
    """

    def __init__(self, plans: list[Planned], seed: int, people: People, laws: Laws) -> None:
        self.plans = plans
        self.truth: dict[str, Any] = {}
        self._made = seed, people, laws
        self._unread = True

    def __iter__(self) -> Iterator[Arrival]:
        if not self._unread:
            raise RuntimeError("This evening was read already; ask for it again, the same seed gives the same.")
        self._unread = False
        self.truth = {"schemes": {}, "shows": []}
        waiting = list(enumerate(self.plans))[::-1]
        heap: list[tuple[int, int, Arrival, Iterator[Arrival]]] = []
        while waiting or heap:
            while waiting and (not heap or waiting[-1][1].stage.starts_ms <= heap[0][0]):
                number, plan = waiting.pop()
                coming = _unpacked(self._packed(plan))
                first = next(coming, None)
                if first is not None:
                    heappush(heap, (first[0], number, first, coming))
            if not heap:
                continue
            _, number, event, coming = heap[0]
            yield event
            following = next(coming, None)
            if following is None:
                heappop(heap)
            else:
                heapreplace(heap, (following[0], number, following, coming))

    def _packed(self, plan: Planned) -> list[bytes]:
        with _no_collection():
            events, truth = make(plan, *self._made)
            _tell(self.truth, plan, truth)
            packer = zstandard.ZstdCompressor(1)
            starts = range(0, len(events), CHUNK)
            return [packer.compress(msgspec.msgpack.encode(events[at : at + CHUNK])) for at in starts]


def _unpacked(chunks: list[bytes]) -> Iterator[Arrival]:
    chunks.reverse()
    decoder = msgspec.msgpack.Decoder(list[Arrival])
    unpacker = zstandard.ZstdDecompressor()
    while chunks:
        yield from decoder.decode(unpacker.decompress(chunks.pop()))


def evening(
    seed: int,
    shows: int = 24,
    viewers: tuple[int, int] = (50, 5_000),
    begins_at_ms: int = BEGINS_AT_MS,
    hours: float = 2.0,
    plants: Collection[str] | None = None,
    strength: str | None = None,
    negatives: Collection[str] | None = None,
    share: float = 0.5,
    tail_hours: float = 4.0,
    day: int = 0,
    disguises: Collection[str] | None = None,
    laws: Laws | str | None = None,
) -> Evening:
    """An evening of shows with the truth of them; the same arguments give the same bytes.

    `viewers` are those who come to one show, at least and at most. `share` of the shows are staged, each with one
    scheme of `plants` (None: all that fit into the tail) at `strength` (None: all in turn). Every show has one or
    two of the `negatives` named (None: most have none to three). What happens later than `tail_hours` after a
    show's end is not recorded: a scheme whose acts come later is planted only where the tail is long enough
    (fake_orders 4, 24, 72 h by strength, complaint_surge 1.4 times the median delay of complaints). `day` is
    another evening of the same rooms, people and crews. `disguises` are worn besides those of the strength by all
    plants that can (None: a quarter of the plants wear one more). `laws` is one of LAWS, by name or made of it.
    """
    plans, people, ruled = _begun(
        seed,
        begins_at_ms,
        laws,
        shows=shows,
        viewers=viewers,
        hours=hours,
        plants=plants,
        strength=strength,
        negatives=negatives,
        share=share,
        tail_hours=tail_hours,
        day=day,
        disguises=disguises,
    )
    return together(plans, seed, people, ruled)


def lazily(
    seed: int,
    shows: int = 24,
    viewers: tuple[int, int] = (50, 5_000),
    begins_at_ms: int = BEGINS_AT_MS,
    hours: float = 2.0,
    plants: Collection[str] | None = None,
    strength: str | None = None,
    negatives: Collection[str] | None = None,
    share: float = 0.5,
    tail_hours: float = 4.0,
    day: int = 0,
    disguises: Collection[str] | None = None,
    laws: Laws | str | None = None,
) -> Lazily:
    """`evening`, made show by show while it is read."""
    plans, people, ruled = _begun(
        seed,
        begins_at_ms,
        laws,
        shows=shows,
        viewers=viewers,
        hours=hours,
        plants=plants,
        strength=strength,
        negatives=negatives,
        share=share,
        tail_hours=tail_hours,
        day=day,
        disguises=disguises,
    )
    return Lazily(plans, seed, people, ruled)


def weeks(
    seed: int,
    days: Iterable[int] = (0, 2, 4, 7, 9, 11),
    begins_at_ms: int = BEGINS_AT_MS,
    laws: Laws | str | None = None,
    **asked: Any,
) -> Lazily:
    """Several days of one world as one recording: crews and regulars return, one day's aftermath falls into the next.

    `asked` is what else `evening` takes; each day is what `evening` gives for it.
    """
    ruled = law(laws)
    plans: list[Planned] = []
    for day in sorted(set(days)):
        plans += _begun(seed, begins_at_ms, ruled, **(USUALLY | asked | {"day": day}))[0]
    plans.sort(key=lambda plan: plan.stage.starts_ms)
    return Lazily(plans, seed, People(seed, begins_at_ms, ruled), ruled)


def _begun(seed: int, begins_at_ms: int, laws: Laws | str | None, **asked: Any) -> tuple[list[Planned], People, Laws]:
    ruled = law(laws)
    plans = planned(seed, begins_at_ms=begins_at_ms, laws=ruled, **asked)
    return plans, People(seed, begins_at_ms, ruled), ruled


def together(plans: list[Planned], seed: int, people: People, laws: Laws) -> Evening:
    """All shows made, and sorted by arrival."""
    truth: dict[str, Any] = {"schemes": {}, "shows": []}
    events: list[Arrival] = []
    with _no_collection():
        for plan in plans:
            made, planted = make(plan, seed, people, laws)
            _tell(truth, plan, planted)
            events += made
        events.sort(key=itemgetter(0))
    return Evening(events, truth)


def _tell(truth: dict[str, Any], plan: Planned, planted: dict[str, Any]) -> None:
    stage = plan.stage
    truth["schemes"][stage.show_id] = planted
    truth["shows"].append(
        {
            "show_id": stage.show_id,
            "room_id": stage.room.room_id,
            "start": stage.starts_ms,
            "end": stage.ends_ms,
            "negatives": list(stage.negatives),
        }
    )


@contextmanager
def _no_collection() -> Iterator[None]:
    """Nothing here makes cycles, and looking for them among millions of events takes a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
