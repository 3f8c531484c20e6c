"""The pilot's detectors on the same evenings, as one more row. They stay where they are: nothing of them is copied.

Their folder is named by CLAQUEWATCH_REFERENCE (the folder above `pilot`), or is ../shared/reference beside the
checkout. They are plain scripts with plain names (`evidence`, `baselines`), so they are imported under a path that
holds for as long as that takes, and are known to nobody else afterwards.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import msgspec

from trials.curves import at_recall
from trials.floors import Check
from trials.intervals import Figure, share
from trials.pairs import Pair, Said
from worlds.recording import Arrival

VARIABLE: Final = "CLAQUEWATCH_REFERENCE"
BESIDE: Final = Path(__file__).resolve().parents[2] / "shared" / "reference"


class Row(msgspec.Struct, frozen=True):
    """The pilot beside the detector of one scheme, on the same shows."""

    scheme: str
    recall: Figure
    false: int
    clean: int  # shows
    our_recall: Figure
    our_false: int
    our_false_at_its_recall: int | None  # None: no threshold of ours finds as much


def folder() -> Path | None:
    """Where the pilot is; None where it is not on this machine."""
    found = Path(os.environ.get(VARIABLE) or BESIDE) / "pilot"
    return found if (found / "play.py").is_file() else None


def said_by(pilot: str, arrivals: Iterable[Arrival]) -> dict[tuple[str, str], Said]:
    """What the pilot says of an evening, by show and scheme, empty for what it was silent on; it has no scores."""
    play, detectors = _loaded(pilot)
    shows: set[str] = set()

    def rows() -> Iterator[tuple[str, Mapping[str, Any]]]:
        for _, topic, value in arrivals:
            shows.add(value["show_id"])
            yield topic, value

    found = play.play(rows(), detectors)
    return {
        (show_id, detector.SCHEME): Said(of["event_ts"], 1.0, {"pilot": of["accounts"]})
        if (of := found.get(show_id, {}).get(detector.SCHEME))
        else Said()
        for show_id in sorted(shows)
        for detector in detectors
    }


def _loaded(pilot: str) -> tuple[ModuleType, list[Any]]:
    """The pilot's `play` and its detectors, loaded and then taken out of what this process imports by name."""
    names = {path.stem for path in Path(pilot).glob("*.py")}
    ours = {name: sys.modules.pop(name) for name in names & set(sys.modules)}
    sys.path.insert(0, pilot)
    try:
        play = importlib.import_module("play")
        return play, play.detectors()  # which imports the rest
    finally:
        sys.path.remove(pilot)
        for name in names & set(sys.modules):
            del sys.modules[name]
        sys.modules.update(ours)


def rows(ours: Iterable[Pair], its: Sequence[Pair]) -> list[Row]:
    """One row for each scheme that the pilot knows."""
    of_ours: dict[str, list[Pair]] = {}
    for pair in ours:
        of_ours.setdefault(pair.scheme, []).append(pair)
    of_its: dict[str, list[Pair]] = {}
    for pair in its:
        of_its.setdefault(pair.scheme, []).append(pair)
    return [_row(scheme, of_ours[scheme], of) for scheme, of in of_its.items() if scheme in of_ours]


def _row(scheme: str, ours: Sequence[Pair], its: Sequence[Pair]) -> Row:
    recall, our_recall = _recall(its), _recall(ours)
    point = at_recall(ours, recall.value) if recall.value else None
    return Row(
        scheme,
        recall,
        sum(1 for pair in its if pair.is_clean and pair.is_found),
        sum(1 for pair in its if pair.is_clean),
        our_recall,
        sum(1 for pair in ours if pair.is_clean and pair.is_found),
        0 if recall.value == 0 else point.false if point else None,
    )


def _recall(pairs: Sequence[Pair]) -> Figure:
    staged = [pair for pair in pairs if not pair.is_clean]
    return share(sum(1 for pair in staged if pair.is_found), len(staged))


def checks(of: Iterable[Row]) -> list[Check]:
    """Fewer false alerts than the pilot at its recall; none, where it has none."""
    return [
        Check(
            f"{row.scheme}: false alerts at the pilot's recall",
            row.our_false_at_its_recall,
            max(0, row.false - 1),
            row.our_false_at_its_recall is not None and row.our_false_at_its_recall <= max(0, row.false - 1),
        )
        for row in of
        if row.recall.value is not None
    ]
