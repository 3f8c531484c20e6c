"""The figures as Markdown and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from trials.compare import Row
from trials.figures import Scheme
from trials.floors import Check
from trials.intervals import shown


def markdown(
    title: str, schemes: Mapping[str, Scheme], rows: Sequence[Row], checks: Sequence[Check], notes: Iterable[str] = ()
) -> str:
    """A report that can be read in a terminal and pasted into the README."""
    lines = [f"# {title}", "", *notes, "", "## Found, by scheme and strength", ""]
    lines += [
        "| scheme | strength | shows | found | precision of accounts | recall of accounts | median delay, s |",
        "|---|---|---|---|---|---|---|",
    ]
    for scheme, of in schemes.items():
        for strength, cell in of.cells.items():
            lines.append(
                f"| {scheme} | {strength} | {cell.recall.of} | {shown(cell.recall)} | {shown(cell.precision)} "
                f"| {shown(cell.account_recall)} | {shown(cell.delay_s, '{:.0f}')} |"
            )
    lines += ["", "## False alerts", ""]
    lines += [
        "| scheme | clean shows | with an alert | in 1,000 room-hours | another's crew | calibration error "
        "| Brier, a constant's |",
        "|---|---|---|---|---|---|---|",
    ]
    for scheme, of in schemes.items():
        lines.append(
            f"| {scheme} | {of.false_pairs.of} ({of.clean_hours:,.0f} h) | {shown(of.false_pairs, '{:.4f}')} "
            f"| {shown(of.false_per_1000_hours, '{:.1f}')} | {shown(of.mistaken, '{:.3f}')} "
            f"| {_number(of.calibration_error)} | {_number(of.brier)}, {_number(of.brier_of_a_constant)} |"
        )
    lines += _groups("Found, by disguise", {scheme: of.disguises for scheme, of in schemes.items()})
    lines += _groups("Found, by audience", {scheme: of.sizes for scheme, of in schemes.items()})
    lines += _groups("False, by what was innocent", {scheme: of.false_by_negative for scheme, of in schemes.items()})
    if rows:
        lines += ["", "## Beside the simplest rules, at no more false alerts than ours", ""]
        lines += ["| scheme | rule | its recall | ours | false: its, ours |", "|---|---|---|---|---|"]
        lines += [
            f"| {row.scheme} | {row.rule} | {shown(row.recall)} | {shown(row.our_recall)} "
            f"| {row.false}, {row.our_false} |"
            for row in rows
        ]
    missed = [check for check in checks if not check.ok]
    lines += ["", f"## Floors: {len(checks) - len(missed)} of {len(checks)} reached", ""]
    lines += [f"- missed: {check.name}: {_number(check.value)}, floor {check.floor:g}" for check in missed]
    return "\n".join(lines) + "\n"


def as_json(
    title: str, schemes: Mapping[str, Scheme], rows: Sequence[Row], checks: Sequence[Check], notes: Iterable[str] = ()
) -> bytes:
    """Everything, indented."""
    content: dict[str, Any] = {
        "title": title,
        "notes": list(notes),
        "schemes": schemes,
        "rules": rows,
        "floors": {check.name: {"value": check.value, "floor": check.floor, "ok": check.ok} for check in checks},
    }
    return msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n"


def _groups(title: str, of: Mapping[str, Mapping[str, Any]]) -> list[str]:
    if not any(of.values()):
        return []
    lines = ["", f"## {title}", "", "| scheme | group | shows | share |", "|---|---|---|---|"]
    lines += [
        f"| {scheme} | {group} | {figure.of} | {shown(figure)} |"
        for scheme, groups in of.items()
        for group, figure in groups.items()
    ]
    return lines


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
