"""scan beside the plainest reading of the same file: `python -m bench.scanning scan|plain FILE [JOB]`.

Prints {"cpu_s", "took_s", "events"}; starting Python is not in it.
"""

import json
import sys
import time
from pathlib import Path

import msgspec

from agents.garbage import collect_less
from agents.recordings import read_files
from agents.scan import Scan
from bench.burst import JOBS
from streams.detectors import DETECTORS
from streams.rules import default_rules


def plain(name: str) -> int:
    """Decode every line without types -> how many."""
    decode = msgspec.json.Decoder().decode
    with Path(name).open("rb") as file:
        return sum(1 for _ in map(decode, file))


def scan(name: str, job: str = "") -> int:
    """The schemes of a job, or all, over the file -> how many events."""
    rules = default_rules(JOBS[job] if job else DETECTORS)
    scanned = Scan(rules, pane_ms=2_000, lateness_ms=2_000, emit=lambda alert: None)
    scanned.take_all(read_files([name]))
    return sum(scanned.summary.events.values())


if __name__ == "__main__":
    collect_less()  # as `claquewatch scan` does
    cpu_s, began_s = time.process_time(), time.perf_counter()
    events = {"scan": scan, "plain": plain}[sys.argv[1]](*sys.argv[2:])
    measured = {"cpu_s": time.process_time() - cpu_s, "took_s": time.perf_counter() - began_s, "events": events}
    print(json.dumps(measured))
