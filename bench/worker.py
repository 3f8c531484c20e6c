"""A worker with the detectors of a job: `python -m bench.worker PARTS [JOB]`; without a job those that ship."""

import asyncio
import sys

from agents import logs
from agents.settings import load
from agents.worker import run_worker
from bench.burst import JOBS
from streams.detectors import DETECTORS

if __name__ == "__main__":
    parts, job = sys.argv[1].split(","), sys.argv[2] if len(sys.argv) > 2 else ""
    settings = load()
    logs.set_up(settings.log_level, settings.log_format)
    asyncio.run(run_worker(settings, parts, JOBS[job] if job else DETECTORS))
