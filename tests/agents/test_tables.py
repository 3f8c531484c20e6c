"""The table's partitions as they come and go: none is loaded for an assignment that is over."""

import subprocess
import sys
import textwrap

from faust.types import TP

from agents.app import create_app
from agents.settings import Settings


async def test_partitions_that_were_assigned_anew_meanwhile_are_not_loaded_for_the_old_assignment(tmp_path):
    store = create_app(Settings(), str(tmp_path)).rooms
    loaded = []

    async def take_over(number: int, load_number: int) -> None:
        loaded.append(number)
        await store.on_rebalance(set(), set(), set())  # the others are somebody else's from here on

    store._take_over = take_over  # type: ignore[method-assign]
    await store.on_recovery_completed({TP("live.activity", number) for number in range(3)}, set())

    assert loaded == [0]
    assert not store.loaded.is_set()


async def test_between_an_assignment_and_the_last_partition_the_table_is_loading_and_tells_the_watchdog_how_it_gets_on(
    tmp_path,
):
    store = create_app(Settings(), str(tmp_path)).rooms
    assert not store.is_loading

    await store.on_rebalance({TP("live.activity", 0)}, set(), set())
    began = store.steps_loaded
    assert store.is_loading

    await store.on_rebalance(set(), set(), set())  # nothing is ours: nothing is to be loaded
    assert not store.is_loading
    assert store.steps_loaded > began


def test_a_partition_that_cannot_be_loaded_again_ends_the_process():
    program = """
        import asyncio
        import tempfile

        from agents import tables
        from agents.app import create_app
        from agents.settings import Settings

        class Fenced:
            number, fenced, table = 0, True, None
            async def run(self): pass
            async def close(self): pass

        async def main():
            store = create_app(Settings(), tempfile.mkdtemp()).rooms
            store._active = {0}
            owned = Fenced()
            owned.table = owned
            async def load(number):
                raise TimeoutError("no broker")
            store.load = load
            await store._write(owned, store._load_number)

        tables.random.uniform = lambda low, high: 0.0
        asyncio.run(main())
    """
    ended = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, timeout=60)

    assert ended.returncode == 1
    assert "partition 0 of the table cannot be loaded again: TimeoutError('no broker')" in ended.stdout + ended.stderr
