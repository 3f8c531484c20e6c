"""A worker that is killed or frozen at a named point: `worker_that_dies.py SIGKILL|SIGSTOP POINT COUNT --only PARTS`.

Random kills hardly ever meet a transaction; these meet it every time. POINT is where the COUNT-th comes along:
`beginning` a transaction, `sending` a record of it, `committing` it, `committed`, `alerted` (committed one with
alerts), `logging` a record into the log, `acknowledging` source offsets (what they cover is written).
"""

import asyncio
import itertools
import os
import signal
import sys
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from agents import kafka, logs
from agents.settings import load
from agents.worker import run_worker
from streams.topics import ALERTS, LOG

SIGNAL, POINT, COUNT, _, PARTS = sys.argv[1:]
_met = itertools.count(1)


def at(point: str) -> None:
    """Die or stand still here, if it is time."""
    if point == POINT and next(_met) == int(COUNT):
        os.kill(os.getpid(), signal.Signals[SIGNAL])


class Producer(AIOKafkaProducer):
    """Dies while it sends or commits."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._is_transactional = "transactional_id" in options
        self._has_alerts = False

    async def send(self, topic: str, *args: Any, **options: Any) -> Any:
        sent = await super().send(topic, *args, **options)
        self._has_alerts |= topic.endswith(ALERTS)
        if self._is_transactional or topic.endswith(LOG):
            point = "sending" if self._is_transactional else "logging"
            if point == POINT:
                await sent  # on the broker, so that it is half of something
            at(point)
        return sent

    async def begin_transaction(self) -> None:
        at("beginning")
        await super().begin_transaction()

    async def commit_transaction(self) -> None:
        at("committing")
        await super().commit_transaction()
        at("committed")
        if self._has_alerts:
            at("alerted")
        self._has_alerts = False


class Consumer(AIOKafkaConsumer):
    """Dies when what it read is written, but not acknowledged."""

    async def commit(self, offsets: Any = None) -> None:
        at("acknowledging")
        await super().commit(offsets)


if __name__ == "__main__":
    kafka.AIOKafkaProducer, kafka.AIOKafkaConsumer = Producer, Consumer  # type: ignore[misc]
    settings = load()
    logs.set_up(settings.log_level, settings.log_format)
    asyncio.run(run_worker(settings, PARTS.split(",")))
