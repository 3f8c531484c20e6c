"""A worker whose detectors are the tests' own, one of which raises when it is told to."""

import asyncio
import sys

from doubles import DOUBLES

from agents import logs
from agents.settings import load
from agents.worker import run_worker

if __name__ == "__main__":
    settings = load()
    logs.set_up(settings.log_level, settings.log_format)
    asyncio.run(run_worker(settings, sys.argv[2].split(","), DOUBLES))
