"""How good alerts are against the truth of an evening. Reads plain dicts; knows nothing of the detectors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from worlds.recording import STRENGTHS


@dataclass(slots=True)
class Cell:
    """One scheme at one strength: which shows were found, and how well their accounts."""

    shows: int = 0
    found: int = 0
    missed: list[str] = field(default_factory=list)  # show ids
    precision: list[float] = field(default_factory=list)  # of the accounts, by found show
    recall: list[float] = field(default_factory=list)
    delay_ms: list[int] = field(default_factory=list)  # first alert's event time after a third of the acts

    @property
    def show_recall(self) -> float:
        return self.found / self.shows if self.shows else 1.0


@dataclass(slots=True)
class Score:
    """What a set of alerts is worth."""

    cells: dict[tuple[str, str], Cell]  # by scheme and strength
    false: dict[str, list[str]]  # by scheme, shows that are clean of it and were alerted all the same
    clean: dict[str, int]  # by scheme, shows that are clean of it

    @property
    def false_share(self) -> float:
        """False (show, scheme) pairs of all that are clean."""
        clean = sum(self.clean.values())
        return sum(map(len, self.false.values())) / clean if clean else 0.0

    def table(self) -> str:
        """The score as lines of text."""
        lines = ["scheme                  strength  found      accounts: precision recall  median delay"]
        for (scheme, strength), cell in self.cells.items():
            said = f"{scheme:23} {strength:9} {cell.found:3} of {cell.shows:3}"
            if cell.precision:
                said += f"            {_mean(cell.precision):5.2f}  {_mean(cell.recall):5.2f}"
            if cell.delay_ms:
                said += f"   {median(cell.delay_ms) / 1000:7.0f} s"
            lines.append(said)
        for scheme, shows in self.false.items():
            lines.append(f"{scheme:23} false     {len(shows):3} of {self.clean[scheme]:3}  {' '.join(shows)}".rstrip())
        return "\n".join(lines)


def score(truth: Mapping[str, Any], alerts: Iterable[Mapping[str, Any]], schemes: Iterable[str] | None = None) -> Score:
    """Truth (the contract's) and alert values as dicts, in order -> their score.

    `schemes` are those that are looked for; without it those that were planted or alerted.
    The accounts are those of the last revision that says any; the delay is that of the first alert.
    """
    planted: Mapping[str, Mapping[str, Any]] = truth["schemes"]
    first: dict[tuple[str, str], int] = {}
    accounts: dict[tuple[str, str], dict[str, set[str]]] = {}
    for alert in alerts:
        pair = alert["show_id"], alert["scheme"]
        first.setdefault(pair, alert["event_ts"])
        if alert["accounts"]:
            # several incidents of one scheme in one show: all that they name together
            accounts.setdefault(pair, {})[alert["incident_id"]] = {a["account_id"] for a in alert["accounts"]}
    names = list(schemes) if schemes is not None else _names(planted, first)
    result = Score({(n, s): Cell() for n in names for s in STRENGTHS}, {n: [] for n in names}, dict.fromkeys(names, 0))
    for show_id, plants in planted.items():
        for name in names:
            at = first.get((show_id, name))
            if name in plants:
                named = accounts.get((show_id, name), {}).values()
                _judge(result.cells[name, plants[name]["strength"]], show_id, plants[name], at, named)
            else:
                result.clean[name] += 1
                if at is not None:
                    result.false[name].append(show_id)
    return result


def together(scores: Iterable[Score]) -> Score:
    """The scores of several evenings as one."""
    result = Score({}, {}, {})
    for one in scores:
        for key, cell in one.cells.items():
            sum_of = result.cells.setdefault(key, Cell())
            sum_of.shows += cell.shows
            sum_of.found += cell.found
            sum_of.missed += cell.missed
            sum_of.precision += cell.precision
            sum_of.recall += cell.recall
            sum_of.delay_ms += cell.delay_ms
        for name, shows in one.false.items():
            result.false.setdefault(name, []).extend(shows)
            result.clean[name] = result.clean.get(name, 0) + one.clean[name]
    return result


def _judge(cell: Cell, show_id: str, plant: Mapping[str, Any], at: int | None, named: Iterable[set[str]]) -> None:
    cell.shows += 1
    if at is None:
        cell.missed.append(show_id)
        return
    cell.found += 1
    cell.delay_ms.append(at - plant["third"])
    suspects: set[str] = set().union(*named)
    if suspects and plant["accounts"]:
        both = len(suspects & set(plant["accounts"]))
        cell.precision.append(both / len(suspects))
        cell.recall.append(both / len(plant["accounts"]))


def _names(planted: Mapping[str, Mapping[str, Any]], alerted: Iterable[tuple[str, str]]) -> list[str]:
    return sorted({name for plants in planted.values() for name in plants} | {scheme for _, scheme in alerted})


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)
