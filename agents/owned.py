"""One partition of the table while this worker owns it: stepped by the agent, written by one task.

What is to be sent is sent at once, in small transactions together with the list of what was sent. Every few seconds a
snapshot of the rooms that changed is written in slices, its header last. The list and the header promise: the
header's offset H is where everything it holds was; nothing saved is committed before what was made up to it was
sent; ids in the list are not sent again when the log is stepped again after a crash.
"""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Iterable
from typing import Any, Final

import msgspec
import structlog
from aiokafka.errors import ProducerFenced

from agents import metrics
from agents.ending import end_process
from agents.fenced import FencedTable, InDoubt, Write
from agents.saved import SENT_KEY, Pair, Sent, encode_sent
from agents.settings import Settings
from agents.snapshots import Snapshots
from streams.alerts import FORMAT as ALERT_FORMAT
from streams.alerts import Alert, Mode
from streams.log import BadRecord, NewerFormat, record_of
from streams.partition import Output, Partition
from streams.topics import ALERTS, CHECKPOINTS, FAILED

MAX_QUEUE: Final = 2_000  # outputs that may wait; beyond it the agent waits too
SLICE_BYTES: Final = 1024 * 1024  # of a snapshot in one transaction
SLICE_S: Final = 0.2  # of work for it; alerts wait no longer than that
TURN_S: Final = 0.01  # of it at a time, then others have their turn; one room is never divided
BYTES_PER_S: Final = 8 * SLICE_BYTES  # a snapshot goes no faster, so that it leaves the broker and the core to others

log = structlog.get_logger("detect")


class Owned:
    """A partition that this worker owns. `take` is called by the agent in the log's order; `run` writes."""

    def __init__(
        self,
        number: int,
        partition: Partition,
        table: FencedTable,
        settings: Settings,
        sent: dict[str, Sent],
        parts: dict[str, int],
    ) -> None:
        self.number = number
        self.partition = partition
        self.table = table
        self.settings = settings
        self.durable = partition.offset  # the header's offset
        self.sent = {listed_as(id, entry.topic, entry.offset): entry for id, entry in sent.items()}
        self.snapshots = Snapshots(partition, parts)
        # a room that is ahead includes what it said up to its stamp, and does not say it again
        stamps = partition.ahead
        self.owed = {
            id: entry.offset
            for id, entry in self.sent.items()
            if entry.offset > stamps.get(entry.room_id, partition.offset)
        }
        self.queue: deque[tuple[int, Output]] = deque()
        self.unacked: deque[tuple[int, Any]] = deque()
        self.fenced = False
        self.newest_at_log_end = 0  # ms; looked up from time to time, for the lag
        self._stopping = False
        self._wake = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._next_slice = time.monotonic() + settings.snapshot_s
        self._began = 0.0  # the snapshot under way
        self._in_doubt = False  # the last transaction may have taken effect or not

    # -- the agent's side -------------------------------------------------------------------------------------

    def expects(self, offset: int) -> bool:
        """Whether `offset` is the next record."""
        return offset == self.partition.offset + 1

    async def take(self, offset: int, headers: list[tuple[str, bytes]], value: bytes | None, event: Any) -> None:
        """Step one record; what it makes waits for the next transaction."""
        try:
            outputs = self.partition.step(offset, record_of(headers, value))
        except NewerFormat as error:
            end_process(str(error))
        except BadRecord:
            self.partition.skip(offset)
            outputs = []
        except Exception as error:  # half of the record may be applied: nothing after it would be right
            log.exception("a bug", partition=self.number, offset=offset)
            end_process(f"partition {self.number} cannot be stepped past offset {offset}: {error!r}; report this bug")
        self.unacked.append((offset, event))
        for output in outputs:
            name = listed_as(output.id, output.topic, offset)
            if name in self.sent:
                self.owed.pop(name, None)  # sent before the crash, made again
            else:
                self.queue.append((offset, output))
        if self.owed:
            self._count_divergence(offset)
        if self.queue:
            self._wake.set()
            if len(self.queue) > MAX_QUEUE:
                self._room.clear()
        await self._room.wait()

    def acknowledge_old(self, offset: int, event: Any) -> None:
        """A record that the table includes already, delivered again."""
        if offset <= self.durable - 2:
            event.ack()

    def _count_divergence(self, offset: int) -> None:
        """What was sent at an offset that has now been stepped, and was not made again: the code was changed."""
        gone = [id for id, at in self.owed.items() if at <= offset]
        for id in gone:
            del self.owed[id]
            metrics.DIVERGENCE.inc()
            log.error("sent before and not made again", id=id, partition=self.number, offset=offset)

    # -- writing ----------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Send and save until stopped or fenced. What cannot be written ends the process."""
        try:
            while not self._stopping:
                until_slice = max(0.0, self._next_slice - time.monotonic())
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), until_slice)
                self._wake.clear()
                if self._stopping:
                    break
                if self.queue:
                    await self._send()
                if time.monotonic() >= self._next_slice:
                    await self._save_some()
        except ProducerFenced:
            self.fenced = True
            metrics.FENCED.inc()
            log.warning("a newer owner has taken the partition", partition=self.number)
        except InDoubt as doubt:
            log.warning("left in doubt; the next owner settles it", partition=self.number, why=str(doubt))
        except Exception as error:
            end_process(f"partition {self.number} of the table cannot be written: {error!r}")

    def stop(self) -> None:
        """Leave after the transaction under way."""
        self._stopping = True
        self._wake.set()
        self._room.set()

    async def last_snapshot(self) -> None:
        """Save everything at the applied offset, for a planned stop; `run` must have ended."""
        if self.fenced or self._in_doubt:
            return
        self.snapshots.abandon()
        if self.partition.offset > self.durable:
            await self._save_some()
            while self.snapshots.header is not None:
                await self._save_some()

    async def _send(self) -> None:
        """What waits, and the list of what was sent, in one small transaction."""
        await self._commit(())

    async def _save_some(self) -> None:
        """Begin a snapshot, or go on with it: the next slice, and the header with the last one."""
        snapshots = self.snapshots
        if snapshots.header is None:
            if self.partition.offset <= self.durable:
                self._next_slice = time.monotonic() + self.settings.snapshot_s
                return
            self._began = time.monotonic()
            snapshots.begin()
        assert snapshots.header is not None
        offset = snapshots.header.offset
        pairs = await self._slice()
        size = _size(pairs)
        is_last = not snapshots.waiting
        if is_last:
            pairs += snapshots.end()
        await self._commit(pairs, header_offset=offset if is_last else None)
        metrics.SNAPSHOT_BYTES.inc(size)
        if not is_last:
            self._next_slice = time.monotonic() + size / BYTES_PER_S
            return
        self.durable = offset
        # two less than what is durable: Faust may commit past one record that is still in flight
        while self.unacked and self.unacked[0][0] <= offset - 2:
            self.unacked.popleft()[1].ack()
        metrics.SNAPSHOT.observe(time.monotonic() - self._began)
        self._next_slice = time.monotonic() + self.settings.snapshot_s

    async def _slice(self) -> list[Pair]:
        """The next rooms of the snapshot, each as it is when its turn comes."""
        snapshots, pairs, size = self.snapshots, [], 0
        began = turn = time.monotonic()
        while snapshots.waiting and size < SLICE_BYTES and turn - began < SLICE_S:
            some = snapshots.next_room()
            pairs += some
            size += _size(some)
            now = time.monotonic()
            if now - turn >= TURN_S:
                await asyncio.sleep(0)
                turn = time.monotonic()
                if self.queue and pairs:
                    break  # alerts do not wait for the rest
        return pairs

    async def _commit(self, pairs: Iterable[Pair], header_offset: int | None = None) -> None:
        """Everything that waits, the list of it, and `pairs` of the table, in one transaction.

        The queue is taken after the rooms were encoded: nothing is saved before what was made up to it is sent.
        """
        outputs = self._take_queue()
        for offset, output in outputs:
            self.sent[listed_as(output.id, output.topic, offset)] = Sent(output.topic, output.room_id, offset)
        records = [self._record(output) for _, output in outputs]
        if header_offset is not None:
            self.sent = {id: entry for id, entry in self.sent.items() if entry.offset > header_offset}
        if outputs or header_offset is not None:
            records.append((self.table.changelog, SENT_KEY, encode_sent(self.sent), []))
        records += [(self.table.changelog, key, value, []) for key, value in pairs]
        if not records:
            return
        self._in_doubt = True
        await self.table.commit(records)
        self._in_doubt = False
        self._count(outputs)

    def _take_queue(self) -> list[tuple[int, Output]]:
        outputs = list(self.queue)
        self.queue.clear()
        self._room.set()
        return outputs

    # -- what is written --------------------------------------------------------------------------------------

    def _record(self, output: Output) -> Write:
        topic = self.settings.named(output.topic)
        if not isinstance(output.body, Alert):
            return topic, output.key.encode(), output.body, []
        alert = msgspec.structs.replace(output.body, detected_at=int(time.time() * 1000), mode=_mode_of(output.body))
        return topic, output.key.encode(), Output.value(msgspec.structs.replace(output, body=alert)), _ce_headers(alert)

    def _count(self, outputs: list[tuple[int, Output]]) -> None:
        now_ms = time.time() * 1000
        for _, output in outputs:
            if isinstance(output.body, Alert):
                alert = output.body
                metrics.ALERTS.labels(alert.scheme, alert.severity, _mode_of(alert)).inc()
                if output.received and alert.status != "resolved" and alert.mode != "shadow":
                    latency_s = max(0.0, (now_ms - output.received) / 1000)
                    metrics.DETECTION_LATENCY.labels(alert.scheme).observe(latency_s)
            elif output.topic == FAILED:
                metrics.DETECTOR_FAILURES.labels(msgspec.json.decode(output.body)["detector"]).inc()
        made = sum(1 for _, output in outputs if output.topic == ALERTS)
        if made:
            log.info("alerts committed", partition=self.number, count=made)


def _mode_of(alert: Alert) -> Mode:
    return "shadow" if alert.mode == "shadow" else "live"


def listed_as(id: str, topic: str, offset: int) -> str:
    """By which the list of what was sent knows an output.

    A show that was forgotten may begin again before the list is cut, with another checkpoint of the same id.
    """
    mark = f"\0{offset}"
    return id + mark if topic == CHECKPOINTS and not id.endswith(mark) else id


def _ce_headers(alert: Alert) -> list[tuple[str, bytes]]:
    """CloudEvents 1.0 in Kafka's binary mode."""
    kind = {"open": "opened", "update": "updated", "resolved": "resolved"}[alert.status]
    at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(alert.event_ts // 1000)) + f".{alert.event_ts % 1000:03d}Z"
    return [
        ("ce_specversion", b"1.0"),
        ("ce_id", alert.alert_id.encode()),
        ("ce_source", b"/claquewatch"),
        ("ce_type", f"alert.{kind}".encode()),
        ("ce_time", at.encode()),
        ("ce_subject", alert.incident_id.encode()),
        ("content-type", b"application/json"),
        ("format", b"%d" % ALERT_FORMAT),
    ]


def _size(pairs: Iterable[Pair]) -> int:
    return sum(len(value) for _, value in pairs if value is not None)
