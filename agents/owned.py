"""One partition of the table while this worker owns it: stepped by the agent, written by one fenced producer.

What is to be sent is sent at once, in small transactions together with the list of what was sent; every few
seconds the rooms that changed are saved in one transaction with a header. The list and the header promise: the
header's offset H is where everything it holds was; nothing saved is committed before what was made up to it was
sent; ids in the list are not sent again when the log is stepped again after a crash.
"""

import asyncio
import contextlib
import time
from collections import deque
from typing import Any, Final

import msgspec
import structlog
import zstandard
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, ProducerFenced

from agents import kafka, metrics
from agents.ending import end_process
from agents.settings import Settings
from streams.alerts import FORMAT as ALERT_FORMAT
from streams.alerts import Alert
from streams.log import BadRecord, NewerFormat, record_of
from streams.partition import Output, Partition, encode_header
from streams.topics import ALERTS, FAILED

HEADER_KEY: Final = b"\0header"
SENT_KEY: Final = b"\0sent"
TABLE_FORMAT: Final = 1
COMMIT_DEADLINE_S: Final = 10.0
MAX_QUEUE: Final = 2_000  # outputs that may wait; beyond it the agent waits too

log = structlog.get_logger("detect")


class SavedState(msgspec.Struct, frozen=True, array_like=True):
    """A room's record in the changelog: the log offset that its state includes, and the state, zstd."""

    format: int
    offset: int
    state: bytes


class Sent(msgspec.Struct, frozen=True, array_like=True):
    """Something sent since the header: its topic, room and the log offset at which it was made."""

    topic: str
    room_id: str
    offset: int


Write = tuple[str, bytes, bytes | None, list[tuple[str, bytes]]]  # topic, key, value, headers

_encode = msgspec.msgpack.Encoder().encode
_decode_sent = msgspec.msgpack.Decoder(dict[str, Sent]).decode
_decode_saved = msgspec.msgpack.Decoder(SavedState).decode


def decode_sent(value: bytes) -> dict[str, Sent]:
    """The list of what was sent since the header, by id."""
    return _decode_sent(value)


def decode_saved(value: bytes) -> tuple[int, bytes]:
    """A room's record -> (log offset that it includes, `Room.encode`'s bytes); raises ValueError with a sentence."""
    saved = _decode_saved(value)
    if saved.format > TABLE_FORMAT:
        raise ValueError(
            f"the table has a room of format {saved.format}, newer than {TABLE_FORMAT}: upgrade this version"
        )
    return saved.offset, zstandard.decompress(saved.state)


class Owned:
    """A partition that this worker owns. `take` is called by the agent in the log's order; `run` writes."""

    def __init__(
        self,
        number: int,
        partition: Partition,
        producer: AIOKafkaProducer,
        settings: Settings,
        changelog: str,
        sent: dict[str, Sent],
    ) -> None:
        self.number = number
        self.partition = partition
        self.producer = producer
        self.settings = settings
        self.changelog = changelog
        self.durable = partition.offset  # the header's offset
        self.sent = sent
        self.owed = {id: entry.offset for id, entry in sent.items() if entry.offset > partition.offset}
        self.queue: deque[tuple[int, Output]] = deque()
        self.unacked: deque[tuple[int, Any]] = deque()
        self.fenced = False
        self.newest_at_log_end = 0  # ms; looked up from time to time, for the lag
        self._stopping = False
        self._wake = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._next_snapshot = time.monotonic() + settings.snapshot_s
        self._compress = zstandard.ZstdCompressor(level=1).compress

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
            if output.id in self.sent:
                self.owed.pop(output.id, None)  # sent before the crash, made again
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
                until_snapshot = max(0.0, self._next_snapshot - time.monotonic())
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), until_snapshot)
                self._wake.clear()
                if self._stopping:
                    break
                if self.queue:
                    await self._send()
                if time.monotonic() >= self._next_snapshot:
                    if self.partition.offset > self.durable:
                        await self._snapshot()
                    self._next_snapshot = time.monotonic() + self.settings.snapshot_s
        except ProducerFenced:
            self.fenced = True
            metrics.FENCED.inc()
            log.warning("a newer owner has taken the partition", partition=self.number)
        except Exception as error:
            if not self._stopping:
                end_process(f"partition {self.number} of the table cannot be written: {error!r}")

    def stop(self) -> None:
        """Leave after the transaction under way."""
        self._stopping = True
        self._wake.set()
        self._room.set()

    async def last_snapshot(self) -> None:
        """Save everything at the applied offset, for a planned stop; `run` must have ended."""
        if not self.fenced and self.partition.offset > self.durable:
            await self._snapshot()

    async def _send(self) -> None:
        """What waits, and the list of what was sent, in one small transaction."""
        outputs = self._take_queue()
        for offset, output in outputs:
            self.sent[output.id] = Sent(output.topic, output.room_id, offset)
        records = [self._record(output) for _, output in outputs]
        records.append((self.changelog, SENT_KEY, _encode(self.sent), []))
        await self._transact(records)
        self._count(outputs)

    async def _snapshot(self) -> None:
        """The rooms that changed and the header as they are now, after everything made up to now was sent."""
        started = time.monotonic()
        partition = self.partition
        outputs = self._take_queue()
        header = partition.header()
        changed, partition.changed = sorted(partition.changed.union(partition.long_idle())), set()
        unacked, self.unacked = self.unacked, deque()
        records = [self._record(output) for _, output in outputs]
        size = 0
        for room_id in changed:
            value = None
            if not partition.drop_if_empty(room_id):
                state = self._compress(partition.rooms[room_id].encode())
                value = _encode(SavedState(TABLE_FORMAT, header.offset, state))
                size += len(value)
            records.append((self.changelog, room_id.encode(), value, []))
        self.sent = {id: entry for id, entry in self.sent.items() if entry.offset > header.offset}
        records.append((self.changelog, SENT_KEY, _encode(self.sent), []))
        records.append((self.changelog, HEADER_KEY, encode_header(header), []))
        await self._transact(records)
        self.durable = header.offset
        # two less than what is durable: Faust may commit past one record that is still in flight
        while len(unacked) > 2:
            unacked.popleft()[1].ack()
        self.unacked = unacked + self.unacked
        self._count(outputs)
        metrics.SNAPSHOT.observe(time.monotonic() - started)
        metrics.SNAPSHOT_BYTES.inc(size)

    def _take_queue(self) -> list[tuple[int, Output]]:
        outputs = list(self.queue)
        self.queue.clear()
        self._room.set()
        return outputs

    async def _transact(self, records: list[Write]) -> None:
        """All records or none. A commit that failed or was slow ends the process: its late repeat could end the

        next transaction (a torn transaction); a new producer, which a restart brings, shuts it out.
        """
        producer, number = self.producer, self.number
        await producer.begin_transaction()
        sent = [
            await producer.send(topic, value=value, key=key, partition=number, headers=headers)
            for topic, key, value, headers in records
        ]
        await asyncio.gather(*sent)
        started = time.monotonic()
        try:
            await asyncio.wait_for(producer.commit_transaction(), COMMIT_DEADLINE_S)
        except ProducerFenced:
            raise
        except (KafkaError, TimeoutError, NotImplementedError) as error:
            end_process(f"partition {number}: a commit failed ({error!r}); a restart makes it again")
        took_ms = (time.monotonic() - started) * 1000
        if took_ms >= kafka.RETRY_BACKOFF_MS:
            end_process(f"partition {number}: a commit took {took_ms:.0f} ms and may have been repeated")

    # -- what is written --------------------------------------------------------------------------------------

    def _record(self, output: Output) -> Write:
        topic = self.settings.named(output.topic)
        if not isinstance(output.body, Alert):
            return topic, output.key.encode(), output.body, []
        alert = msgspec.structs.replace(output.body, detected_at=int(time.time() * 1000), mode="live")
        return topic, output.key.encode(), Output.value(msgspec.structs.replace(output, body=alert)), _ce_headers(alert)

    def _count(self, outputs: list[tuple[int, Output]]) -> None:
        now_ms = time.time() * 1000
        for _, output in outputs:
            if isinstance(output.body, Alert):
                alert = output.body
                metrics.ALERTS.labels(alert.scheme, alert.severity, "live").inc()
                if output.received and alert.status != "resolved":
                    latency_s = max(0.0, (now_ms - output.received) / 1000)
                    metrics.DETECTION_LATENCY.labels(alert.scheme).observe(latency_s)
            elif output.topic == FAILED:
                metrics.DETECTOR_FAILURES.labels(msgspec.json.decode(output.body)["detector"]).inc()
        made = sum(1 for _, output in outputs if output.topic == ALERTS)
        if made:
            log.info("alerts committed", partition=self.number, count=made)


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
