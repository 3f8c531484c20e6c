"""Whether the summary of a flood tells the truth: its range, its count, its reasons."""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any


def range_of(summary: Mapping[str, Any]) -> range:
    """The offsets that it is about."""
    return range(summary["offset"], summary["last_offset"] + 1)


def wrong_in(summary: Mapping[str, Any], refused: Mapping[int, str], alone: Collection[int]) -> str | None:
    """What is wrong in it; `refused`: what its partition should refuse, by offset; `alone`: what was filed by itself.

    It stands for all that is refused in its range, less at most what was filed by itself.
    """
    covers = range_of(summary)
    if covers[0] not in refused or covers[-1] not in refused:
        return f"{covers[0]} to {covers[-1]}: it begins and ends with a record that is refused"
    most = Counter(reason for offset, reason in refused.items() if offset in covers)
    least = most - Counter(refused[offset] for offset in alone if offset in covers and offset in refused)
    told = Counter(summary["reasons"])
    if not least <= told <= most:
        return f"{covers[0]} to {covers[-1]}: {dict(told)} instead of {dict(most)}"
    if summary["count"] != told.total():
        return f"{covers[0]} to {covers[-1]}: a count of {summary['count']} for {told.total()} by reason"
    return None
