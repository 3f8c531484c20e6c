"""A `worker_that_dies` that saves in many small slices, and dies between them too.

Two more points: `sliced`, a slice without the header is committed; `heading`, the header is sent and not committed.
With the signal SIGCONT and a count never reached it only saves in small slices and parts.
"""

import asyncio
from typing import Any

import worker_that_dies as dies

from agents import kafka, logs, owned, saved
from agents.settings import load
from agents.worker import run_worker

PART_BYTES = 2_000  # a room of a few hundred viewers is some parts


class Producer(dies.Producer):
    """Knows which records of the table it has in hand."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._keys: list[bytes] = []

    async def send(self, topic: str, *args: Any, **options: Any) -> Any:
        sent = await super().send(topic, *args, **options)
        if topic.endswith("-changelog"):
            self._keys.append(options["key"])
            if options["key"] == saved.HEADER_KEY and dies.POINT == "heading":
                await sent
                dies.at("heading")
        return sent

    async def commit_transaction(self) -> None:
        keys, self._keys = self._keys, []
        await super().commit_transaction()
        if saved.HEADER_KEY not in keys and any(not key.startswith(b"\0") for key in keys):
            dies.at("sliced")


if __name__ == "__main__":
    kafka.AIOKafkaProducer, kafka.AIOKafkaConsumer = Producer, dies.Consumer  # type: ignore[misc]
    owned.SLICE_BYTES, saved.PART_BYTES = PART_BYTES, PART_BYTES  # type: ignore[misc]
    settings = load()
    logs.set_up(settings.log_level, settings.log_format)
    asyncio.run(run_worker(settings, dies.PARTS.split(",")))
