"""Times as people write them."""

import pytest

from agents.errors import UsageError
from agents.times import clock_of, parse_ms

NOW = 1_794_312_000_000  # 2026-11-10 12:00 UTC


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("2026-11-10T20:00+08:00", NOW),
        ("2026-11-10T12:00Z", NOW),
        ("2026-11-10 12:00:00.250+00:00", NOW + 250),
        ("2026-11-10T07:30:01-04:30", NOW + 1_000),
        ("now", NOW),
        ("-90s", NOW - 90_000),
        ("-2h", NOW - 7_200_000),
        ("+30m", NOW + 1_800_000),
        ("-7d", NOW - 7 * 86_400_000),
        ("+1w", NOW + 7 * 86_400_000),
        ("1970-01-01T00:00Z", 0),
    ],
)
def test_a_time_with_its_zone_or_relative_is_understood(text, ms):
    assert parse_ms(text, NOW) == ms


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("2026-11-10T20:00", "has no zone: write 2026-11-10T20:00+08:00, or 2026-11-10T20:00Z"),
        ("2026-11-10", "has no time of day: write 2026-11-10T20:00+08:00"),
        ("yesterday", "is no time: write 2026-11-10T20:00+08:00, or -2h"),
        ("2h", "is no time"),
        ("-2 h", "is no time"),
        ("-2y", "is no time"),
        ("", "is no time"),
        ("2026-13-10T20:00Z", "is no time"),
        ("-9999w", "before 1970"),
        ("+999999999w", "after 9999"),
        ("-" + "9" * 5_000 + "w", "is no time"),
        ("1969-12-31T23:59Z", "before 1970"),
        ("0001-01-01T00:00+14:00", "before 1970"),
    ],
)
def test_what_is_no_time_is_a_sentence_that_shows_how_to_write_one(text, sentence):
    with pytest.raises(UsageError, match=r"^'") as error:
        parse_ms(text, NOW)
    assert sentence in str(error.value)


def test_event_time_is_shown_to_the_second_in_utc():
    assert clock_of(NOW + 999) == "2026-11-10 12:00:00 UTC"
