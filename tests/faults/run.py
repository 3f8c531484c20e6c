"""All scenarios, or those that are named: a line each, a table at the end, and build/faults.json (`make faults`).

A small evening (`--quick`) goes to build/faults-quick.json: it does not count as played.
"""

import argparse
import asyncio
import json
import logging
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playing import Outcome, play
from recorded import FULL, QUICK, Size
from rich.table import Table
from scenarios import SCENARIOS

from agents.local.broker import Broker
from agents.terminal import console

OUT = Path("build/faults.json")
OUT_QUICK = Path("build/faults-quick.json")


def main() -> int:
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="SCENARIO", help="all by default; a beginning of a name will do")
    parser.add_argument("--quick", action="store_true", help="a small evening")
    parser.add_argument("--resume", action="store_true", help="keep the rows that are ok, play the others")
    parser.add_argument("--keep", type=Path, help="a folder for what the workers say")
    given = parser.parse_args()
    chosen = [name for name in SCENARIOS if not given.names or name.startswith(tuple(given.names))]
    if not chosen:
        parser.error(f"no scenario begins with {' or '.join(given.names)}; there are {', '.join(SCENARIOS)}")
    out = OUT_QUICK if given.quick else OUT
    earlier = _earlier(out) if given.resume else {}
    chosen = [name for name in chosen if not earlier.get(name, {}).get("ok")]
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # it speaks of every retry
    with tempfile.TemporaryDirectory(prefix="claquewatch-faults-") as folder:
        where = given.keep or Path(folder)
        for name in chosen:
            shutil.rmtree(where / name, ignore_errors=True)
            (where / name).mkdir(parents=True)
        try:
            outcomes = asyncio.run(_play_all(chosen, where, QUICK if given.quick else FULL, out, earlier))
        except KeyboardInterrupt:
            return 130
    return 0 if all(outcome.ok or _may_lack(outcome) for outcome in outcomes.values()) else 1


def _may_lack(outcome: Outcome) -> bool:
    """Whether it could not be played here, outside CI, where nothing may be left out."""
    return outcome.lacks is not None and os.environ.get("CI") != "true"


Row = dict[str, Any]


async def _play_all(
    names: list[str], folder: Path, size: Size, out: Path, earlier: dict[str, Row]
) -> dict[str, Outcome]:
    outcomes: dict[str, Outcome] = {}
    async with Broker() as broker:
        for number, name in enumerate(names, 1):
            where = f"[{number}/{len(names)}] {name}"
            began = time.monotonic()

            def says(said: str, where: str = where, began: float = began) -> None:
                print(f"{where} {time.monotonic() - began:3.0f} s: {said}", file=sys.stderr, flush=True)

            outcomes[name] = await play(
                SCENARIOS[name],
                broker,
                f"{name.replace('_', '-')}.",
                folder / name,
                size,
                says,
            )
            print(f"{where}: {_said(outcomes[name])}", file=sys.stderr, flush=True)
            _write(out, earlier, outcomes)
    _show(outcomes)
    return outcomes


def _said(outcome: Outcome) -> str:
    took = f"{outcome.seconds:.0f} s"
    return f"{took}, {outcome.lacks or outcome.failure or str(outcome.differences) or 'exact'}"


def _earlier(out: Path) -> dict[str, Row]:
    return json.loads(out.read_text()) if out.exists() else {}


def _write(out: Path, earlier: dict[str, Row], outcomes: dict[str, Outcome]) -> None:
    """After every scenario, so that a run that is broken off leaves what it found."""
    out.parent.mkdir(exist_ok=True)
    rows = {
        name: {"value": outcome.differences.total, "unit": "differences", "floor": 0, "ok": outcome.ok}
        for name, outcome in outcomes.items()
    }
    both = earlier | rows
    out.write_text(json.dumps({name: both[name] for name in SCENARIOS if name in both}, indent=1) + "\n")


def _show(outcomes: dict[str, Outcome]) -> None:
    table = Table("scenario", "differences", "seconds", "")
    for name, outcome in outcomes.items():
        right = "exact" if outcome.caught_by is None else f"caught: {outcome.caught_by}"
        played = outcome.failure is None and outcome.lacks is None
        state = right if outcome.ok else f"NOT {right.upper()}" if played else "NOT PLAYED"
        table.add_row(name, f"{outcome.differences.total:,}", f"{outcome.seconds:.0f}", state)
    console().print(table)


if __name__ == "__main__":
    sys.exit(main())
