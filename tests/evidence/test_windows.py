"""A sliding window: half open, looked at on entering and on leaving, exact on real orders."""

import csv
import gzip
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from streams.evidence.windows import Window

HOUR_MS = 3_600_000


def contents(window: Window, until_ms: int) -> list[tuple[int, list[str]]]:
    return [(at, [key for _, key in window.acts]) for at in window.looks(until_ms)]


def test_an_act_is_inside_from_its_time_until_just_before_its_time_and_the_width():
    window = Window(width_ms=10)
    window.enter(100, "a")

    assert contents(window, 99) == []
    assert contents(window, 100) == [(100, ["a"])]
    assert contents(window, 109) == []
    assert contents(window, 110) == [(110, [])]


def test_acts_of_the_same_time_enter_together():
    window = Window(width_ms=10)
    for key in ("a", "b", "a"):
        window.enter(100, key)

    assert contents(window, 100) == [(100, ["a", "b", "a"])]
    assert window.counts == {"a": 2, "b": 1}


def test_what_leaves_when_something_enters_leaves_first():
    window = Window(width_ms=10)
    window.enter(100, "old")
    window.enter(110, "new")

    assert contents(window, 200) == [(100, ["old"]), (110, ["new"]), (120, [])]


def test_a_window_is_looked_at_when_something_leaves_though_nothing_enters():
    window = Window(width_ms=10)
    window.enter(100, "once")
    for _ in range(3):
        window.enter(105, "thrice")
    shares = [len(window.acts) / len(window.counts) for _ in window.looks(112) if window.acts]

    assert shares == [1.0, 2.0, 3.0]


def test_a_late_act_enters_if_it_would_still_be_inside():
    window = Window(width_ms=10)
    window.enter(100, "a")
    contents(window, 104)
    window.enter(96, "late")
    window.enter(94, "too late")

    assert contents(window, 104) == [(104, ["late", "a"])]
    assert contents(window, 106) == [(106, ["a"])]


def test_it_holds_no_more_than_it_may():
    window = Window(width_ms=10, max_acts=2)
    for i in range(5):
        window.enter(100 + i, str(i))
    contents(window, 104)

    assert [key for _, key in window.acts] == ["3", "4"]
    assert window.counts == {"3": 1, "4": 1}


def test_it_goes_on_after_it_was_saved_as_if_it_had_not_been():
    window = Window(width_ms=10)
    window.enter(100, "a")
    contents(window, 100)
    window.enter(104, "b")
    restored = msgspec.msgpack.decode(msgspec.msgpack.encode(window), type=Window)

    assert contents(restored, 200) == contents(window, 200)


@pytest.mark.data
def test_in_real_orders_every_shop_with_three_orders_a_buyer_in_an_hour_is_found_and_no_other(data_dir: Path):
    with open(data_dir / "shopee_order_brushing_labels.csv", encoding="utf-8") as file:
        positive = {row["shopid"] for row in csv.DictReader(file) if row["userid"] != "0"}
    with gzip.open(data_dir / "shopee_order_brushing.csv.gz", "rt", encoding="utf-8") as file:
        orders = sorted((_ms(row["event_time"]), row["shopid"], row["userid"]) for row in csv.DictReader(file))
    windows: dict[str, Window] = {}
    found: set[str] = set()
    for ts, shop, buyer in orders:
        window = windows.setdefault(shop, Window(width_ms=HOUR_MS))
        found |= {shop for _ in window.looks(ts - 1) if _brushed(window)}
        window.enter(ts, buyer)
    for shop, window in windows.items():
        found |= {shop for _ in window.looks(orders[-1][0] + HOUR_MS) if _brushed(window)}
    assert len(windows) == 489
    assert len(positive) == 315
    assert found == positive


def _brushed(window: Window) -> bool:
    return bool(window.acts) and len(window.acts) >= 3 * len(window.counts)


def _ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)
