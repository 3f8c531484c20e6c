"""A worker with the harness's detectors that is killed or frozen at a named point, for which it knows more names.

`fault_worker.py SIGKILL|SIGSTOP POINT COUNT --only PARTS`; the points of `worker_that_dies`, and of a transaction:
`alerts_in_hand`, nothing of it is sent and no other is open; `alerts_half`, an alert is on the broker and the list of
what was sent is not; `alerts_all`, all of it is and the commit is not; `alerts_committed`; `parts_half`, so many parts
of rooms are on the broker; `parts_all`, all of a slice are; `sliced`, a slice without a header is committed;
`before_header`; `tombstone`; `alerts_after_slow`, like `alerts_half`, but of a partition one of whose commits took long
enough to be in doubt.
POINT `never` is a worker that lives. It saves in small slices and small parts, so that small evenings have many.
"""

import asyncio
import os
import time
from typing import Any, ClassVar

import worker_that_dies as dies
from fault_detectors import CHANGED_DETECTORS, CODE, FAULT_DETECTORS, NEW_CODE

import agents.tables
from agents import kafka, logs, owned, saved
from agents.endpoints import Endpoint
from agents.settings import load
from agents.worker import run_worker
from streams.topics import ALERTS

SLICE_BYTES = 32 * 1024
PART_BYTES = 8 * 1024


class Producer(dies.Producer):
    """Knows what the records of a transaction are."""

    opened: ClassVar[set[Any]] = set()  # those of this process with a transaction
    slow: ClassVar[set[str]] = set()  # transactional ids that had a slow commit

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._id = options.get("transactional_id", "")
        self.alerts = self.rooms = self.headers = 0  # in the transaction that is open

    async def begin_transaction(self) -> None:
        Producer.opened.add(self)
        self.alerts = self.rooms = self.headers = 0
        await super().begin_transaction()

    async def send(self, topic: str, value: Any = None, key: Any = None, **options: Any) -> Any:
        if key == saved.HEADER_KEY:
            self.headers += 1
            dies.at("before_header")
        if topic.endswith(ALERTS) and not self.alerts and Producer.opened == {self}:
            dies.at("alerts_in_hand")
        sent = await super().send(topic, value=value, key=key, **options)
        for point in self._points(topic, value, key):
            if point == dies.POINT:
                await sent  # on the broker, so that it is half of something
            dies.at(point)
        return sent

    def _points(self, topic: str, value: Any, key: Any) -> list[str]:
        if topic.endswith(ALERTS):
            self.alerts += 1
            return ["alerts_half", "alerts_after_slow"] if self._id in Producer.slow else ["alerts_half"]
        if topic.endswith("-rooms-changelog") and key not in (saved.HEADER_KEY, saved.SENT_KEY):
            self.rooms += 1
            return ["tombstone" if value is None else "parts_half"]
        return []

    async def commit_transaction(self) -> None:
        if self.alerts:
            dies.at("alerts_all")
        if self.rooms:
            dies.at("parts_all")
        began = time.monotonic()
        try:
            await self.really_commit()
        finally:
            Producer.opened.discard(self)
        if (time.monotonic() - began) * 1000 >= kafka.RETRY_BACKOFF_MS:
            Producer.slow.add(self._id)
        if self.alerts:
            dies.at("alerts_committed")
        if self.rooms and not self.headers:
            dies.at("sliced")

    async def really_commit(self) -> None:
        await super().commit_transaction()

    async def stop(self) -> None:
        Producer.opened.discard(self)
        await super().stop()


def run(producer: type[Producer] = Producer) -> None:
    """This process is the worker, with this kind of producer."""
    kafka.AIOKafkaProducer, kafka.AIOKafkaConsumer = producer, dies.Consumer  # type: ignore[misc]
    owned.SLICE_BYTES, saved.PART_BYTES = SLICE_BYTES, PART_BYTES  # type: ignore[misc]
    Endpoint.wants = lambda self, alert: True  # type: ignore[method-assign]  # the harness's own schemes too
    detectors = FAULT_DETECTORS
    if os.environ.get(CODE) == "new":
        detectors, agents.tables.code = CHANGED_DETECTORS, lambda: NEW_CODE  # type: ignore[attr-defined]
    settings = load()
    logs.set_up(settings.log_level, settings.log_format)
    asyncio.run(run_worker(settings, dies.PARTS.split(","), detectors))


if __name__ == "__main__":
    run()
