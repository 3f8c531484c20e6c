"""A worker that lacks one defence, for the controls: `worker_without.py DEFENCE` and the words of `fault_worker`.

The defences are removed here, by subclasses; the product has no switch for it.
"""

import os
import sys
import time
from typing import Any

DEFENCE = sys.argv.pop(1)  # before fault_worker reads the others

import fault_worker  # noqa: E402 - see above

import agents.fenced  # noqa: E402
import agents.tables  # noqa: E402
import agents.worker  # noqa: E402
from agents.ingest import Ingest, Input  # noqa: E402


class Untransacted(fault_worker.Producer):
    """What would be one transaction is sent record by record."""

    def __init__(self, **options: Any) -> None:
        was_transactional = options.pop("transactional_id", None) is not None
        options.pop("transaction_timeout_ms", None)
        super().__init__(**options)
        self._is_transactional = was_transactional

    async def begin_transaction(self) -> None:
        self.alerts = self.rooms = self.headers = 0

    async def really_commit(self) -> None:
        pass


class Unfenced(fault_worker.Producer):
    """Every process has a transactional id of its own, so nobody shuts anybody out."""

    def __init__(self, **options: Any) -> None:
        if "transactional_id" in options:
            options["transactional_id"] += f"-{os.getpid()}"
        super().__init__(**options)


class WatermarkOfWhatWasRead(Ingest):
    """Time is what was read, not what was written."""

    async def _merge(self, partitions: Any, fetched: Any, now_ms: int) -> None:
        for tp, records in fetched.items():
            if tp.partition in partitions:
                merging = partitions[tp.partition]
                pieces, _, _ = self._pieces(merging.inputs[self._topics[tp.topic]], records)
                for piece in pieces:
                    if piece.newest:
                        merging.clock.saw(piece.source, piece.newest, now_ms)
        await super()._merge(partitions, fetched, now_ms)


class QuietByPollAge(Ingest):
    """An input counts as quiet when the client's stamp of its last answer is new."""

    def _is_quiet(self, source: Input, now_ms: int) -> bool:
        if now_ms - source.last_event_ms < self.settings.quiet_s * 1000:
            return False
        answered_ms = self.consumer.last_poll_timestamp(source.tp) or 0
        return time.time() * 1000 - answered_ms < 1_000 and not self._has_unread(source)


class Keeping(agents.fenced.FencedTable):
    """A producer whose commit was slow is kept."""

    async def _transact(self, records: Any) -> list[int]:
        try:
            return await super()._transact(records)
        except agents.fenced.InDoubt as doubt:
            if "may have been repeated" not in str(doubt):
                raise
            return [0] * len(records)  # as if nothing was the matter


PRODUCERS = {"transactions": Untransacted, "fence": Unfenced}
TABLES = {"new_producer": Keeping}
INGESTS = {"watermark_of_what_was_written": WatermarkOfWhatWasRead, "two_answers": QuietByPollAge}

if __name__ == "__main__":
    agents.worker.Ingest = INGESTS.get(DEFENCE, Ingest)  # type: ignore[misc]
    agents.tables.FencedTable = TABLES.get(DEFENCE, agents.tables.FencedTable)  # type: ignore[misc]
    fault_worker.run(PRODUCERS.get(DEFENCE, fault_worker.Producer))
