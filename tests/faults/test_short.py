"""A few scenarios on a small evening; `make faults` plays all of them on a large one."""

import pytest
from playing import play
from recorded import QUICK
from scenarios import SCENARIOS

pytestmark = pytest.mark.integration

EXACT = ("clean", "crash_alerts_all")
CAUGHT = ("control_watermark_read",)


@pytest.mark.parametrize("name", EXACT)
async def test_nothing_is_missing_nothing_there_twice_nothing_different(name, broker, prefix, tmp_path):
    outcome = await play(SCENARIOS[name], broker.bootstrap, prefix, tmp_path, QUICK)

    assert outcome.failure is None
    assert str(outcome.differences) == ""


@pytest.mark.parametrize("name", CAUGHT)
async def test_workers_that_lack_a_defence_are_caught(name, broker, prefix, tmp_path):
    outcome = await play(SCENARIOS[name], broker.bootstrap, prefix, tmp_path, QUICK)

    assert outcome.failure is None
    assert outcome.differences.counts["late"] > 0
