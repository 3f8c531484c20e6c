"""A few scenarios on a small evening; `make faults` plays all of them on a large one."""

import pytest
from killed import crash
from playing import play
from recorded import QUICK
from scenario import Scenario
from scenarios import SCENARIOS

pytestmark = pytest.mark.integration

EXACT = {"clean": SCENARIOS["clean"], "crash_alerts_half": Scenario(crash(("alerts_half", 5)))}
CONTROL = "control_watermark_read"


@pytest.mark.parametrize("name", EXACT)
async def test_nothing_is_missing_nothing_there_twice_nothing_different(name, broker, prefix, tmp_path):
    outcome = await play(EXACT[name], broker, prefix, tmp_path, QUICK)

    assert outcome.failure is None
    assert str(outcome.differences) == ""
    assert outcome.ok


async def test_workers_that_lack_a_defence_are_caught_by_what_they_lack(broker, prefix, tmp_path):
    outcome = await play(SCENARIOS[CONTROL], broker, prefix, tmp_path, QUICK)

    assert outcome.failure is None
    assert outcome.caught_by == "late"
    assert outcome.ok
