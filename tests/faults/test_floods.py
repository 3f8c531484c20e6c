"""What the harness finds wrong in a flood's summary."""

import pytest
from floods import wrong_in

REFUSED = {3: "not_json", 4: "not_json", 6: "future", 9: "not_json"}
RIGHT = {"offset": 3, "last_offset": 6, "count": 3, "reasons": {"not_json": 2, "future": 1}}


def test_a_summary_of_all_that_its_range_refuses_is_right():
    assert wrong_in(RIGHT, REFUSED, alone=()) is None


def test_what_was_filed_by_itself_may_be_left_out_or_counted_again():
    without = RIGHT | {"count": 2, "reasons": {"not_json": 2}}

    assert wrong_in(without, REFUSED, alone={6}) is None
    assert wrong_in(RIGHT, REFUSED, alone={6}) is None
    assert wrong_in(without, REFUSED, alone={9}) is not None


@pytest.mark.parametrize(
    "change",
    [
        {"count": 4},
        {"count": 2, "reasons": {"not_json": 1, "future": 1}},
        {"count": 4, "reasons": {"not_json": 3, "future": 1}},
        {"reasons": {"not_json": 3}},
        {"reasons": {"not_json": 2, "bad_value": 1}},
        {"last_offset": 9},
        {"last_offset": 5},
        {"offset": 2},
    ],
)
def test_another_count_reason_or_range_is_wrong(change):
    assert wrong_in(RIGHT | change, REFUSED, alone=()) is not None
