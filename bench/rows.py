"""One row a function: what is measured and how. Each gives its figure once; `__main__` takes medians."""

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

import worlds
from bench.burst import JOBS
from bench.deployment import Deployment, Line, until
from bench.latency import Sent, play, traffic
from bench.orders import LATENESS_MS, PANE_MS, Burst, Order, expected, line, orders
from streams.alerts import Alert
from streams.topics import LOG

ORDERS: Final = "live.orders"
TWO_SCHEMES: Final = tuple(detector.SCHEME for detector in JOBS["two_schemes"])
SIX_SCHEMES: Final = tuple(worlds.PLANTS)
JOB: Final = {"pane_ms": PANE_MS, "lateness_ms": LATENESS_MS}
MEMORY_VIEWERS: Final = (10, 280)  # of each show: 100 accounts on the mean
FLAT: Final = 1.15  # the most of the last third of the traffic against that of the second third
FAST: Final = {"speed": 1_000}  # a backlog: where all inputs are quiet, time need not go at the pace of life


class Size(NamedTuple):
    """How much is measured."""

    orders: int
    stock_orders: int
    shows: int
    memory_shows: int
    latency_s: int
    repeats: int


FULL: Final = Size(2_000_000, 100_000, 500, 2_000, 240, 5)
QUICK: Final = Size(100_000, 5_000, 20, 100, 15, 1)


class Given(NamedTuple):
    """What a row works with."""

    broker: str
    folder: Path
    size: Size


class Figure(NamedTuple):
    """One measurement. A ratio is made of `us_per_event` and the yardstick's in the same run."""

    value: float
    us_per_event: float | None = None
    per_s: float | None = None
    wrong: str = ""  # what came out that should not have


class Row(NamedTuple):
    """A row of the table. `floor` is the least for a ratio, the most for others; None is for comparison."""

    name: str
    about: str
    measure: Callable[[Given], Awaitable[Figure]]
    unit: str
    floor: float | None
    yardstick: str | None = None  # the row against which it is a ratio
    repeats: bool = True


def of(cpu_s: float, took_s: float, count: int) -> Figure:
    return Figure(cpu_s / count * 1e6, cpu_s / count * 1e6, count / took_s)


@lru_cache(maxsize=1)
def burst_lines(count: int) -> list[Line]:
    """The burst job's orders, made once for all runs."""
    return [(ORDERS, order.room_id, line(number, order)) for number, order in enumerate(orders(count))]


@lru_cache(maxsize=1)
def bursts(count: int) -> set[Burst]:
    """What is to be found in them."""
    return expected(orders(count))


async def bare_loop(given: Given) -> Figure:
    """aiokafka's getmany, msgspec and one dict update."""
    async with Deployment(given.broker, given.folder) as deployment:
        count = await deployment.preload(burst_lines(given.size.orders))
        measured = await deployment.measured("bench.bare_loop", count)
        return of(measured["cpu_s"], measured["took_s"], count)


async def stock_faust(given: Given) -> Figure:
    """A stock agent that is handed event after event, the same job, nothing kept over a crash."""
    async with Deployment(given.broker, given.folder) as deployment:
        count = await deployment.preload(burst_lines(given.size.orders)[: given.size.stock_orders])
        measured = await deployment.measured("bench.stock_faust", count)
        return of(measured["cpu_s"], measured["took_s"], count)


async def ingest(given: Given) -> Figure:
    """The backlog of orders into the log."""
    async with Deployment(given.broker, given.folder, **JOB) as deployment:
        count = await deployment.preload(burst_lines(given.size.orders))
        worker = await deployment.worker("ingest").ready()
        began_s = time.perf_counter()

        async def done() -> bool:
            return await worker.events(ORDERS) >= count

        await until(done, 0.5)  # each look has the worker write out all its metrics: 8 ms of its CPU
        return of(worker.cpu_s(), time.perf_counter() - began_s, count)


async def burst(given: Given) -> Figure:
    """The whole path with the burst job, one process for ingest and one for detect; alerts equal what is expected."""
    wanted = bursts(given.size.orders)
    async with Deployment(given.broker, given.folder, **JOB) as deployment:
        count = await deployment.preload(burst_lines(given.size.orders))
        writer, detector = deployment.worker("ingest"), deployment.worker("detect", "burst")
        await asyncio.gather(writer.ready(), detector.ready())
        began_s = time.perf_counter()
        alerts = await deployment.alerts(lambda found: len(opened(found)) >= len(wanted))
        took_s, cpu_s = time.perf_counter() - began_s, writer.cpu_s() + detector.cpu_s()
        found = [burst_of(alert) for alert in opened(alerts)]
        wrong = len(wanted.symmetric_difference(found)) + len(found) - len(set(found))
        said = f"{wrong} alerts missing, too many or different" if wrong else ""
        return of(cpu_s, took_s, count)._replace(wrong=said)


def opened(alerts: list[Alert]) -> list[Alert]:
    """What was found; that it has gone quiet, which the job does not ask for, is left out."""
    return [alert for alert in alerts if alert.status == "open"]


def burst_of(alert: Alert) -> Burst:
    """An alert of the burst job as the job describes it."""
    observed = {signal.name: int(signal.observed) for signal in alert.signals}
    sku = alert.title.split()[3]
    return Burst(alert.room_id, sku, alert.window.start, **observed)


@lru_cache(maxsize=2)
def evening_lines(
    shows: int, viewers: tuple[int, int], hours: float, plants: tuple[str, ...] = TWO_SCHEMES
) -> list[Line]:
    """A simulated evening that ends now, in order of arrival; made once for all runs."""
    evening = worlds.lazily(3, shows=shows, viewers=viewers, hours=hours, tail_hours=0.5, plants=plants)
    length_ms = evening.horizon - evening.begins_at_ms
    now_ms = int(time.time() * 1000)
    encode = msgspec.json.encode
    moved = worlds.scale(worlds.Evening(list(evening), {}), 1_000, begins_at_ms=now_ms - length_ms - 60_000)
    return [(topic, value["room_id"], encode(value)) for _, topic, value in moved]


async def evening_two_schemes(given: Given) -> Figure:
    """A simulated evening through the first two schemes, the whole path."""
    return await _evening(given, TWO_SCHEMES, "two_schemes")


async def evening_six_schemes(given: Given) -> Figure:
    """A simulated evening with all schemes planted, through all of them, the whole path."""
    return await _evening(given, SIX_SCHEMES)


async def _evening(given: Given, plants: tuple[str, ...], *job: str) -> Figure:
    """One process for ingest and one for detect."""
    lines = await asyncio.to_thread(evening_lines, given.size.shows, (50, 1_000), 2.0, plants)
    async with Deployment(given.broker, given.folder, **FAST) as deployment:
        count = await deployment.preload(lines)
        writer, detector = deployment.worker("ingest"), deployment.worker("detect", *job)
        await asyncio.gather(writer.ready(), detector.ready())
        began_s = time.perf_counter()

        async def done() -> bool:
            return await detector.events(LOG) >= count

        await until(done)
        return of(writer.cpu_s() + detector.cpu_s(), time.perf_counter() - began_s, count)


async def plain_decode(given: Given) -> Figure:
    """An untyped msgspec decode of the file that scan reads."""
    return await _scanning(given, "plain", TWO_SCHEMES)


async def plain_decode_six(given: Given) -> Figure:
    """The same of the evening with all schemes."""
    return await _scanning(given, "plain", SIX_SCHEMES)


async def scan_two_schemes(given: Given) -> Figure:
    """`claquewatch scan` over a simulated evening with the first two schemes, one process."""
    return await _scanning(given, "scan", TWO_SCHEMES, "two_schemes")


async def scan_six_schemes(given: Given) -> Figure:
    """`claquewatch scan` over a simulated evening with all schemes, one process."""
    return await _scanning(given, "scan", SIX_SCHEMES)


async def _scanning(given: Given, what: str, plants: tuple[str, ...], *job: str) -> Figure:
    path = given.folder / f"evening-{given.size.shows}-{len(plants)}.jsonl"
    if not path.exists():
        made = worlds.lazily(3, shows=given.size.shows, viewers=(50, 1_000), tail_hours=0.5, plants=plants)
        await asyncio.to_thread(worlds.write_events, made, str(path))
    deployment = Deployment(given.broker, given.folder)  # for its environment alone: nothing is written
    measured = await deployment.measured("bench.scanning", what, path, *job)
    return of(measured["cpu_s"], measured["took_s"], int(measured["events"]))


async def latency(given: Given) -> Figure:
    """From just before the send of an alert's newest order to the alert being readable, s, p99.

    10,000 events a second at the pace of life, joins and comments quiet for half of the time; pane and lateness as
    they are by default.
    """
    seconds = given.size.latency_s
    async with Deployment(given.broker, given.folder) as deployment:
        await asyncio.gather(deployment.worker("ingest").ready(), deployment.worker("detect", "latency").ready())
        begins_ms = (int(time.time()) // 10 + 2 + seconds // 60) * 10_000
        made = await asyncio.to_thread(lambda: list(traffic(seconds, begins_ms)))
        wanted = len(expected((sent.order for sent in made if sent.order is not None), pane_ms=2_000))
        gc.freeze()  # looking through millions of them for cycles would stop the player for a second
        newest_s: dict[tuple[str, str, int], float] = {}  # when the newest order was sent, by room, sku and pane
        took_s: list[float] = []

        def told(order: Order) -> None:
            newest_s[order.room_id, order.sku, order.ts // 2_000 * 2_000] = time.time()

        def seen(alert: Alert) -> None:
            if alert.status == "open":
                found = burst_of(alert)
                took_s.append(time.time() - newest_s[found.room_id, found.sku, found.start])

        playing = asyncio.create_task(play(deployment, made, begins_ms, told))
        await deployment.alerts(lambda found: len(opened(found)) >= wanted, seen)
        behind_s = await playing
    wrong = f"the player fell {behind_s:.1f} s behind: not 10,000 a second" if behind_s > 1 else ""
    return Figure(sorted(took_s)[int(len(took_s) * 0.99)], wrong=wrong)


async def memory(given: Given) -> Figure:
    """The most that one worker holds, MiB, over an hour of shows as fast as it goes; flat in its second half."""
    lines = await asyncio.to_thread(evening_lines, given.size.memory_shows, MEMORY_VIEWERS, 1.0)
    async with Deployment(given.broker, given.folder, **FAST) as deployment:
        count = await deployment.preload(lines)
        worker = await deployment.worker("ingest,detect").ready()
        held: list[tuple[int, float]] = []  # events stepped, MiB

        async def done() -> bool:
            held.append((await worker.events(LOG), worker.memory_mib()))
            return held[-1][0] >= count

        await until(done, 0.5)
        most = worker.memory_mib("VmHWM")
    third = max((mib for events, mib in held if count / 3 <= events < count * 2 / 3), default=most)
    grown = max(mib for events, mib in held if events >= count * 2 / 3) / third
    return Figure(most, wrong=f"it grew by {grown - 1:.0%} in the last third" if grown > FLAT else "")


async def restart(given: Given) -> Figure:
    """From SIGTERM to the first event that the next process steps, s, under 1,000 orders a second."""
    begins_ms = int(time.time() * 1000) + 5_000
    played = [
        Sent(order.arrival_ms, ORDERS, order.room_id, line(number, order))
        for number, order in enumerate(orders(1_000 * 60, begins_at_ms=begins_ms, per_s=1_000))
    ]
    async with Deployment(given.broker, given.folder, **JOB) as deployment:
        first = await deployment.worker("ingest,detect", "burst").ready()
        playing = asyncio.create_task(play(deployment, played, begins_ms))
        await asyncio.sleep(12)
        began_s = time.perf_counter()
        await asyncio.to_thread(first.stop)
        second = await deployment.worker("ingest,detect", "burst").ready()

        async def steps() -> bool:
            return await second.events(LOG) > 0

        await until(steps, 0.05)
        took_s = time.perf_counter() - began_s
        playing.cancel()
        return Figure(took_s)


ROWS: Final = (
    Row("bare_loop", "aiokafka getmany, msgspec, one dict update", bare_loop, "ratio", 1.0, "bare_loop"),
    Row("ingest", "backlog into the log", ingest, "ratio", 1.0, "bare_loop"),
    Row("burst", "whole path, burst job, alerts exactly once", burst, "ratio", 0.60, "bare_loop"),
    Row("evening_two_schemes", "whole path, two schemes", evening_two_schemes, "ratio", 0.15, "bare_loop"),
    Row("evening_six_schemes", "whole path, all schemes", evening_six_schemes, "ratio", 0.10, "bare_loop"),
    Row("plain_decode", "untyped msgspec decode of the evening's file", plain_decode, "us/event", None),
    Row("scan_two_schemes", "scan of the same file", scan_two_schemes, "ratio", 0.07, "plain_decode"),
    Row("plain_decode_six", "the same of an evening with all schemes", plain_decode_six, "us/event", None),
    Row("scan_six_schemes", "scan of that, all schemes", scan_six_schemes, "ratio", 0.05, "plain_decode_six"),
    Row("latency", "newest order sent to alert readable, p99", latency, "s", 5.0, repeats=False),
    Row("memory", "most that one worker holds", memory, "MiB", 600.0, repeats=False),
    Row("restart", "SIGTERM to detecting again", restart, "s", 10.0),
    Row("stock_faust", "stock agent per event, same job", stock_faust, "ratio", None, "bare_loop"),
)
