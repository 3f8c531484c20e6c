"""Logs: one JSON object a line through structlog, also what Faust, aiokafka and aiohttp say."""

import logging
import sys
import time
from typing import Final

import structlog

LIBRARIES: Final = ("aiokafka", "kafka", "faust", "mode", "aiohttp.access")
REPEAT_S: Final = 1.0  # a library says the same no more often
MOST_SAYINGS: Final = 1_000  # that are remembered


class Repeats:
    """Lets a saying through once in `every_s`, and counts those between. A saying is a logger and a text."""

    def __init__(self, every_s: float = REPEAT_S) -> None:
        self.every_s = every_s
        self._said: dict[tuple[str, str], tuple[float, int]] = {}  # when it was let through, how often held back since

    def held_back(self, saying: tuple[str, str], now_s: float) -> int | None:
        """How often it was held back since it was let through last; None: it is to be held back now too."""
        at, held = self._said.get(saying, (None, 0))
        if at is not None and now_s - at < self.every_s:
            self._said[saying] = at, held + 1
            return None
        if len(self._said) >= MOST_SAYINGS:
            self._said.clear()
        self._said[saying] = now_s, 0
        return held


class FewerRepeats(logging.Filter):
    """Of what libraries say again and again, a line a second with the count `held_back`.

    (aiokafka tells of every try: some fifty lines a second for each worker while no broker answers.)
    """

    def __init__(self) -> None:
        super().__init__()
        self.repeats = Repeats()

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.name.startswith(LIBRARIES):
            return True
        # the text before its arguments are put in: which broker, which request
        held = self.repeats.held_back((record.name, str(record.msg)), time.monotonic())
        if held:
            record.held_back = held
        return held is not None


def set_up(level: str = "info", form: str = "json") -> None:
    """Send all logs to stderr in one form. `form`: json, or console for people."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(FewerRepeats())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder(allow=["held_back"])],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(getattr(logging, level.upper()))
    for noisy in LIBRARIES:
        # they log a line for every first request after a start that meets no coordinator yet
        logging.getLogger(noisy).setLevel(logging.ERROR if level != "debug" else logging.INFO)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
