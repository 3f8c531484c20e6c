"""`fenced://`: the store behind the table `rooms`. Live objects in memory, a partition loaded after its former owner
has been shut out.

Taking a partition over: (1) start its transactional producer, which fences the former owner for good; (2) read the
changelog up to the end that is reported after that; (3) go on with the offset after the header's. Whoever is last
is safe: only the newest epoch can write, and it has read all that came before.
"""

import asyncio
import random
import time
from collections.abc import Iterable
from typing import Any, Final, cast

import structlog
from aiokafka import TopicPartition
from faust.stores.base import Store
from faust.types import TP

from agents import kafka, metrics
from agents.changelog import CannotLoad, reader
from agents.ending import end_process
from agents.errors import ClaquewatchError
from agents.fenced import FencedTable
from agents.owned import Owned
from agents.saved import read_table
from agents.settings import Settings
from agents.version import code
from streams.partition import Partition
from streams.topics import LOG

ALL_OF_IT: Final = 1 << 40  # "persisted": Faust's own recovery, which hangs on transaction markers, has nothing to read

log = structlog.get_logger("table")


class FencedStore(Store):
    """The table's partitions that this worker owns, by number."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owned: dict[int, Owned] = {}
        self.loaded = asyncio.Event()  # all partitions that are ours are here
        self.is_loading = False  # partitions were assigned that are not here yet
        self.steps_loaded = 0  # grows whenever loading gets on; for the watchdog
        self._writers: dict[int, asyncio.Task[None]] = {}
        self._old: dict[int, tuple[Owned, asyncio.Task[None]]] = {}  # stopped, their last transaction may run
        self._letting_go: asyncio.Task[None] | None = None
        self._load_number = 0  # of the newest assignment; a load of an older one is dropped
        self._active: set[int] = set()

    @property
    def settings(self) -> Settings:
        return cast(Any, self.app).settings  # type: ignore[no-any-return]  # agents.app.Claquewatch

    # -- what Faust calls -------------------------------------------------------------------------------------

    def persisted_offset(self, tp: TP) -> int:
        return ALL_OF_IT

    async def on_rebalance(
        self, assigned: set[TP], revoked: set[TP], newly_assigned: set[TP], generation_id: int = 0
    ) -> None:
        """Everything is dropped: what is still ours is loaded again, as its newest owner left it."""
        self._load_number += 1
        self.loaded.clear()
        self.is_loading = bool(assigned)
        self._gets_on()
        for number in list(self.owned):
            self._drop(number)

    async def on_recovery_completed(self, active_tps: set[TP], standby_tps: set[TP]) -> None:
        """Take over what is ours. Faust swallows what is raised here, so an error ends the process."""
        load_number = self._load_number
        self._active = {tp.partition for tp in active_tps}
        metrics.REBALANCES.inc()
        try:
            for number in sorted(self._active):
                if load_number != self._load_number:
                    return  # assigned anew: to load what is another's by now would shut that one out
                await self._take_over(number, load_number)
        except ClaquewatchError as error:
            end_process(str(error))
        except Exception as error:
            end_process(f"the table cannot be loaded: {error!r}")
        if load_number == self._load_number:
            self.loaded.set()
            self.is_loading = False
            self._letting_go = asyncio.create_task(self._let_go(load_number))
            log.info("table loaded", partitions=sorted(self.owned))

    def apply_changelog_batch(self, batch: Iterable[Any], to_key: Any, to_value: Any) -> None:
        pass

    def reset_state(self) -> None:
        pass

    async def backup_partition(self, *args: Any, **kwargs: Any) -> None:
        pass

    def restore_backup(self, *args: Any, **kwargs: Any) -> None:
        pass

    # -- taking over and letting go ---------------------------------------------------------------------------

    async def _take_over(self, number: int, load_number: int) -> None:
        started = time.monotonic()
        await self._finish_old(number)
        owned = await self.load(number)
        self._gets_on()
        if load_number != self._load_number:  # assigned anew meanwhile; what we read may be old by now
            await owned.table.close()
            return
        self.owned[number] = owned
        self._writers[number] = asyncio.create_task(self._write(owned, load_number), name=f"table-{number}")
        metrics.RECOVERY.observe(time.monotonic() - started)

    async def _write(self, owned: Owned, load_number: int) -> None:
        """Run the partition's writer; a fenced one is taken over again, where the partition is still ours."""
        await owned.run()
        number = owned.number
        if not owned.fenced:
            return
        if self.owned.get(number) is owned:
            del self.owned[number], self._writers[number]
        await owned.table.close()
        await asyncio.sleep(random.uniform(0.5, 3.0))
        if load_number == self._load_number and number in self._active and number not in self.owned:
            try:
                await self._take_over(number, load_number)
            except ClaquewatchError as error:
                end_process(str(error))
            except Exception as error:  # nobody would step the partition, and nothing would notice
                end_process(f"partition {number} of the table cannot be loaded again: {error!r}")

    def _gets_on(self) -> None:
        self.steps_loaded += 1

    def _drop(self, number: int) -> None:
        owned = self.owned.pop(number)
        owned.table.leaving = True
        owned.stop()
        self._old[number] = (owned, self._writers.pop(number))

    async def _finish_old(self, number: int) -> None:
        """Let the last transaction of a dropped partition end: cut off in the middle it would hold readers back."""
        if number not in self._old:
            return
        owned, writer = self._old.pop(number)
        await kafka.quietly(asyncio.shield(writer), 10)
        await owned.table.close()

    async def _let_go(self, load_number: int) -> None:
        """What others own now: its rooms and its producer are not kept."""
        for number in list(self._old):
            if load_number == self._load_number:
                await self._finish_old(number)

    async def close(self, deadline_s: float) -> None:
        """A planned stop: everything that was made is sent, everything is saved at the applied offset."""
        owned, self.owned = dict(self.owned), {}
        self._load_number += 1
        for partition in owned.values():
            partition.stop()

        async def finish(partition: Owned) -> None:
            await asyncio.shield(self._writers.pop(partition.number))
            await partition.last_snapshot()

        done = asyncio.gather(*(finish(partition) for partition in owned.values()), return_exceptions=True)
        try:
            for result in await asyncio.wait_for(done, deadline_s):
                if isinstance(result, Exception):
                    log.warning("not saved at the stop; a restart makes it again", error=repr(result))
        except TimeoutError:
            log.warning("not all was saved in time; a restart makes the rest again")
        for number in list(self._old):
            await self._finish_old(number)
        await asyncio.gather(*(partition.table.close() for partition in owned.values()))

    # -- loading ----------------------------------------------------------------------------------------------

    async def load(self, number: int) -> Owned:
        """Fence the former owner, then read what it left. Raises CannotLoad."""
        settings = self.settings
        table = FencedTable(settings, number)
        detectors = cast(Any, self.app).detectors
        partition = Partition(pane_ms=settings.pane_ms, detectors=detectors, code=code(), checkpoints=True)
        try:
            found = read_table(await table.open(self._gets_on))  # from here on the former owner cannot write
            if found.header is not None:
                partition.restore(found.header, found.rooms)
        except ValueError as error:
            raise CannotLoad(f"partition {number} of the table: {error}") from error
        if found.header is not None:
            await self._check_log(number, found.header.offset)
        else:
            partition.offset = (await self._log_ends(number))[0] - 1  # from the log's start, whatever was committed
        log.debug("partition loaded", partition=number, offset=partition.offset, rooms=len(partition.rooms))
        return Owned(number, partition, table, settings, found.sent, found.parts)

    async def _log_ends(self, number: int) -> tuple[int, int]:
        """The first offset of a partition of the log, and the one after its last."""
        tp = TopicPartition(self.settings.named(LOG), number)
        async with reader(self.settings, "read_uncommitted") as client:
            return (await client.beginning_offsets([tp]))[tp], (await client.end_offsets([tp]))[tp]

    async def _check_log(self, number: int, offset: int) -> None:
        log_topic = self.settings.named(LOG)
        beginning, end = await self._log_ends(number)
        if beginning > offset + 1 or end < offset + 1:
            raise CannotLoad(
                f"the table of partition {number} ends at offset {offset} of {log_topic}, which holds {beginning} to "
                f"{end - 1}: what lies between is lost; start a new deployment with another CLAQUEWATCH_PREFIX"
            )
