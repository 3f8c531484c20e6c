"""A consumer that hands records over as aiokafka's parser makes them.

Of every record aiokafka makes another object, field by field, in three Python calls; that costs as much as all that
ingest does with it (see ARCHITECTURE). A parsed record has what ingest reads: offset, timestamp and its type, key,
value. This rests on names that are private to aiokafka: its version is in the lock, and a test compares what is read
either way.
"""

from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.consumer.fetcher import READ_COMMITTED, FetchResult, PartitionRecords
from aiokafka.errors import CorruptRecordException


class ParsedRecords(PartitionRecords):
    """The records of one partition in one fetch answer."""

    def __iter__(self) -> Iterator[Any]:
        """What `_unpack_records` gives, a batch at a time."""
        while self._records.has_next():
            batch = self._records.next_batch()
            if self._check_crcs and not batch.validate_crc():
                raise CorruptRecordException(f"Invalid CRC - {self._tp}")
            aborted = self._isolation_level == READ_COMMITTED and self._is_aborted(batch)
            if batch.is_control_batch or aborted:
                self.next_fetch_offset = batch.next_offset
                continue
            records = list(batch)
            if records and records[0].offset < self.next_fetch_offset:  # read from the middle of a batch
                records = [record for record in records if record.offset >= self.next_fetch_offset]
            self.next_fetch_offset = batch.next_offset
            yield from records

    def _is_aborted(self, batch: Any) -> bool:
        """Whether this batch is of an aborted transaction; a marker that ends one is noted."""
        if batch.producer_id is None:
            return False
        self._consume_aborted_up_to(batch.base_offset)
        if batch.is_control_batch and self._contains_abort_marker(batch):
            self._aborted_producers.discard(batch.producer_id)
        return batch.is_transactional and batch.producer_id in self._aborted_producers


class FetchAnswers(OrderedDict[Any, Any]):
    """What was fetched and not handed over yet, by partition."""

    def __setitem__(self, tp: Any, answer: Any) -> None:
        if type(answer) is FetchResult:
            records = answer._partition_records
            records.__class__ = ParsedRecords
            records._records_iterator = None  # refers back: the answer would stay until cycles are looked for
        super().__setitem__(tp, answer)


def hand_over_parsed(consumer: AIOKafkaConsumer) -> None:
    """From now on `getmany` of this started consumer gives parsed records; what is fetched already stays as it is."""
    answers = FetchAnswers()
    for tp, answer in consumer._fetcher._records.items():
        OrderedDict.__setitem__(answers, tp, answer)
    consumer._fetcher._records = answers
