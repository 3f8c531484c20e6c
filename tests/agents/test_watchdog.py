"""Whether a worker gets on, decided from what it is told; and that the thread ends a process that does not."""

import subprocess
import sys
import textwrap

import pytest

from agents.watchdog import Progress

P0, P1 = "partition 0 of detect", "partition 1 of detect"
LOADING = "loading the table"


def progress() -> Progress:
    return Progress(stall_s=60.0, now_s=0.0)


def turned(now_s: float, made: Progress) -> Progress:
    made.loop_turned(now_s)
    return made


def test_a_loop_that_turns_is_no_trouble_and_one_that_stands_longer_than_it_may_is():
    standing = progress()

    assert standing.trouble(60.0) is None
    assert standing.trouble(60.1) == "the event loop has stood still for 60 s"
    assert turned(50.0, standing).trouble(60.1) is None


def test_a_broker_that_has_not_answered_for_longer_than_a_restart_takes_is_silence_and_no_trouble():
    made = turned(100.0, progress())
    made.answered(85.0)

    assert made.silence(100.0) is None
    assert made.silence(100.1) == "no Kafka broker has answered for 15 s"
    assert made.trouble(100.1) is None

    made.answered(100.1)
    assert made.silence(100.2) is None


def test_a_partition_that_has_more_to_do_and_stands_still_is_trouble():
    standing = progress()
    for now_s in (0.0, 30.0, 60.0, 61.0):
        turned(now_s, standing).saw(P0, 5, True, now_s)

    assert standing.trouble(60.0) is None
    assert standing.trouble(61.0) == f"{P0} has more to do, but has stood still for 61 s"


def test_a_partition_that_gets_on_is_no_trouble_however_far_it_is_behind():
    moving = progress()
    for second in range(200):
        turned(second, moving).saw(P0, second, True, second)

    assert moving.trouble(199.0) is None


def test_with_nothing_to_do_nothing_stands_still():
    idle = progress()
    for second in range(200):
        turned(second, idle).saw(P0, 5, False, second)

    assert idle.trouble(199.0) is None


def test_time_at_the_end_of_the_log_does_not_count_against_what_comes_then():
    idle = progress()
    idle.saw(P0, 5, False, 0.0)
    idle.saw(P0, 5, False, 100.0)
    turned(150.0, idle).saw(P0, 5, True, 150.0)

    assert idle.trouble(155.0) is None
    assert turned(161.0, idle).trouble(161.0) is not None


@pytest.mark.parametrize("behind", [True, False])
def test_one_partition_that_stands_is_not_hidden_by_another_that_moves_or_is_idle(behind):
    mixed = progress()
    for second in range(70):
        mixed.loop_turned(second)
        mixed.saw(P0, 5, True, second)
        mixed.saw(P1, second, behind, second)

    assert mixed.trouble(69.0) == f"{P0} has more to do, but has stood still for 69 s"


def test_a_partition_that_is_loaded_again_begins_anew_however_long_loading_took():
    rebalancing = progress()
    rebalancing.saw(P0, 5, True, 0.0)
    for second in range(1, 100):
        rebalancing.loop_turned(second)
        rebalancing.forget_others({LOADING})
        rebalancing.saw(LOADING, second, True, second)

    assert rebalancing.trouble(99.0) is None
    rebalancing.forget_others({P0})
    rebalancing.saw(P0, 5, True, 100.0)
    assert turned(130.0, rebalancing).trouble(130.0) is None


def test_a_table_that_never_loads_is_trouble():
    stuck = progress()
    for second in range(70):
        stuck.loop_turned(second)
        stuck.saw(LOADING, 0, True, second)

    assert stuck.trouble(60.0) is None
    assert stuck.trouble(69.0) == "loading the table has more to do, but has stood still for 69 s"


def test_a_partition_that_others_took_over_cannot_stand_still_here():
    given_up = progress()
    given_up.saw(P0, 5, True, 0.0)
    given_up.saw(P1, 5, True, 0.0)
    turned(100.0, given_up).forget_others({P1})

    assert given_up.trouble(100.0) == f"{P1} has more to do, but has stood still for 100 s"
    given_up.forget_others(())
    assert given_up.trouble(100.0) is None


def test_trouble_can_be_told_before_it_is_the_end():
    standing = progress()

    assert standing.trouble(31.0, patience=0.5) == "the event loop has stood still for 31 s"
    assert standing.trouble(31.0) is None


def test_the_watchdog_ends_a_process_whose_loop_stands_still_with_a_sentence():
    blocked = """
        import time
        from agents import logs
        from agents.watchdog import Progress, Watchdog

        logs.set_up()
        Watchdog(Progress(stall_s=0.2, now_s=time.monotonic())).start()
        time.sleep(30)
    """
    ended = subprocess.run([sys.executable, "-c", textwrap.dedent(blocked)], capture_output=True, text=True, timeout=20)

    assert ended.returncode == 1
    assert "watchdog: the event loop has stood still" in ended.stderr
    assert "Traceback" not in ended.stderr
