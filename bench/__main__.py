"""`make bench`: measure every row, end with a table, write build/bench.json.

python -m bench [--quick] [--only NAME,NAME] [--runs N]
"""

import argparse
import asyncio
import importlib.metadata
import logging
import math
import os
import platform
import statistics
import sys
import tempfile
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from agents.local.broker import Broker
from bench.deployment import RowFailed
from bench.rows import FULL, QUICK, ROWS, Figure, Given, Row, Size

OUT = Path("build/bench.json")


class Result(msgspec.Struct):
    """A row as it is written; `value` is a median."""

    value: float | None  # None where no run came to its end
    unit: str
    floor: float | None
    ok: bool
    us_per_event: float | None = None
    per_s: float | None = None
    wrong: str = ""
    runs: list[float] = []


async def main(size: Size, only: list[str]) -> dict[str, Result]:
    """Measure, in as many runs as asked: a run measures every row once, so that a ratio is of one run."""
    console = Console(stderr=True)
    figures: dict[str, list[Figure]] = {}
    ratios: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory(prefix="claquewatch-bench-") as folder:
        async with Broker() as broker:
            given = Given(broker.bootstrap, Path(folder), size)
            for run in range(size.repeats):
                for row in chosen(only):
                    if run and not row.repeats:
                        continue
                    try:
                        figure = await row.measure(given)
                    except RowFailed as failure:
                        figure = Figure(math.nan, wrong=str(failure))
                    figures.setdefault(row.name, []).append(figure)
                    value = value_of(row, figures)
                    ratios.setdefault(row.name, []).append(value)
                    console.print(f"run {run + 1}/{size.repeats}  {row.name}: {value:.3g} {row.unit}  {figure.wrong}")
    return {row.name: result(row, figures[row.name], ratios[row.name]) for row in chosen(only)}


def chosen(only: list[str]) -> list[Row]:
    """The rows asked for and the yardsticks that they need."""
    wanted = {row.name for row in ROWS if not only or row.name in only}
    wanted |= {row.yardstick for row in ROWS if row.name in wanted and row.yardstick}
    return [row for row in ROWS if row.name in wanted]


def value_of(row: Row, figures: dict[str, list[Figure]]) -> float:
    """The newest figure, as a ratio to the yardstick of the same run where the row is one."""
    newest = figures[row.name][-1]
    if row.yardstick is None or newest.us_per_event is None:
        return newest.value
    return (figures[row.yardstick][-1].us_per_event or math.nan) / newest.us_per_event


def result(row: Row, figures: list[Figure], values: list[float]) -> Result:
    """The median of a row, and whether it is as it should be."""
    value = statistics.median([value for value in values if not math.isnan(value)] or [math.nan])
    wrong = next((figure.wrong for figure in figures if figure.wrong), "")
    held = row.floor is None or (value >= row.floor if row.unit == "ratio" else value <= row.floor)
    return Result(
        value=None if math.isnan(value) else round(value, 4),
        unit=row.unit,
        floor=row.floor,
        ok=held and not wrong,
        us_per_event=_median([figure.us_per_event for figure in figures]),
        per_s=_median([figure.per_s for figure in figures]),
        wrong=wrong,
        runs=[round(each, 4) for each in values if not math.isnan(each)],
    )


def _median(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(statistics.median(known), 3) if known else None


def table(results: dict[str, Result]) -> Table:
    """What a person reads."""
    shown = Table(title="Speed and memory: medians")
    for column in ("what", "value", "unit", "floor", "CPU us/event", "events/s", "ok"):
        shown.add_column(column, justify="left" if column in ("what", "unit", "ok") else "right")
    for name, row in results.items():
        shown.add_row(
            name,
            "" if row.value is None else f"{row.value:.3g}",
            row.unit,
            "" if row.floor is None else f"{row.floor:g}",
            "" if row.us_per_event is None else f"{row.us_per_event:.2f}",
            "" if row.per_s is None else f"{row.per_s:,.0f}",
            row.wrong or ("yes" if row.ok else "no"),
        )
    return shown


def machine() -> str:
    """Where it was measured, by what."""
    packages = ", ".join(
        f"{name} {importlib.metadata.version(name)}" for name in ("aiokafka", "faust-streaming", "msgspec")
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30
    load = " ".join(f"{each:.1f}" for each in os.getloadavg())
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {memory} GiB, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, {packages}; load {load}; "
        "the broker shares the cores, its CPU is not counted"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="bench", description="Speed and memory; ends with a table.")
    parser.add_argument("--quick", action="store_true", help="small inputs, one run, under two minutes")
    parser.add_argument("--only", default="", metavar="NAME,NAME", help="some rows")
    parser.add_argument("--runs", type=int, default=0, metavar="N", help="other than five at full size")
    options = parser.parse_args()
    names = [name for name in options.only.split(",") if name]
    if unknown := sorted(set(names) - {row.name for row in ROWS}):
        parser.error(f"no such row: {', '.join(unknown)}; known are {', '.join(row.name for row in ROWS)}")
    size = QUICK if options.quick else FULL
    if options.runs:
        size = size._replace(repeats=options.runs)
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # topics just made: it repeats until a leader is there
    results = asyncio.run(main(size, names))
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=1) + b"\n")
    Console(width=120).print(table(results))
    print(f"{machine()}\nmade by: python -m bench {' '.join(sys.argv[1:])}".rstrip())
    sys.exit(0 if all(each.ok for each in results.values()) else 1)
