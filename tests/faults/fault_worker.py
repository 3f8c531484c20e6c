"""A worker with the harness's detectors that is killed or frozen at a named point, for which it knows more names.

`fault_worker.py SIGKILL|SIGSTOP POINT COUNT --only PARTS`; the points of `worker_that_dies`, and of a transaction:
`beginning`, while no other is open; `alerts_half`, an alert is on the broker and the list of what was sent is not;
`alerts_all`, all of it is and the commit is not; `alerts_committed`; `parts_half`, so many rooms are on the broker;
`parts_all`, all rooms of the transaction are; `before_header`; `tombstone`. POINT `never` is a worker that lives.
"""

import asyncio
from typing import Any

import worker_that_dies as dies
from fault_detectors import FAULT_DETECTORS

from agents import kafka, logs
from agents.saved import HEADER_KEY, SENT_KEY
from agents.settings import load
from agents.worker import run_worker
from streams.topics import ALERTS


class Producer(dies.Producer):
    """Knows what the records of a transaction are."""

    alerts = rooms = 0  # in the transaction that is open
    open = 0  # transactions of this process

    async def begin_transaction(self) -> None:
        if not Producer.open:  # another's slow commit would end a process that wakes
            dies.at("beginning")
        Producer.open += 1
        self.alerts = self.rooms = 0
        await super().begin_transaction()

    async def send(self, topic: str, value: Any = None, key: Any = None, **options: Any) -> Any:
        if key == HEADER_KEY:
            dies.at("before_header")
        sent = await super().send(topic, value=value, key=key, **options)
        point = self._point(topic, value, key)
        if point:
            if point == dies.POINT:
                await sent  # on the broker, so that it is half of something
            dies.at(point)
        return sent

    def _point(self, topic: str, value: Any, key: Any) -> str | None:
        if topic.endswith(ALERTS):
            self.alerts += 1
            return "alerts_half"
        if topic.endswith("-rooms-changelog") and key not in (HEADER_KEY, SENT_KEY):
            self.rooms += 1
            return "tombstone" if value is None else "parts_half"
        return None

    async def commit_transaction(self) -> None:
        if self.alerts:
            dies.at("alerts_all")
        if self.rooms:
            dies.at("parts_all")
        await self.really_commit()
        Producer.open -= 1
        if self.alerts:
            dies.at("alerts_committed")

    async def really_commit(self) -> None:
        await super().commit_transaction()


def run(producer: type[Producer] = Producer) -> None:
    """This process is the worker, with this kind of producer."""
    kafka.AIOKafkaProducer, kafka.AIOKafkaConsumer = producer, dies.Consumer  # type: ignore[misc]
    settings = load()
    logs.set_up(settings.log_level, settings.log_format)
    asyncio.run(run_worker(settings, dies.PARTS.split(","), FAULT_DETECTORS))


if __name__ == "__main__":
    run()
