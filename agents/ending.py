"""The end of a process that must not go on: one sentence, then out. A supervisor starts it again, which is safe."""

import os
import sys
from typing import NoReturn

import structlog

EXIT_CODE = 1

log = structlog.get_logger("claquewatch")


def leave_at_once(sentence: str) -> NoReturn:
    """Say why and leave with exit code 0, past threads that do not end: everything that matters was drained."""
    log.warning(sentence)
    _leave(0)


def end_process(sentence: str) -> NoReturn:
    """Say why and leave at once, without clean-up: what is durable is right, what is not is made again."""
    log.critical(sentence)
    _leave(EXIT_CODE)


def _leave(code: int) -> NoReturn:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
