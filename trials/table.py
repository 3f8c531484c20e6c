"""The figures as Markdown and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from trials.intervals import shown
from trials.report import Report


def markdown(report: Report) -> str:
    """A report that can be read in a terminal and pasted into the README."""
    schemes, checks = report.schemes, report.checks
    lines = [f"# {report.title}", "", *report.notes, "", "## Found, by scheme and strength", ""]
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
    if report.rules:
        lines += ["", "## Beside the simplest rules, at no more false alerts than ours", ""]
        lines += ["| scheme | rule | its recall | ours | false: its, ours |", "|---|---|---|---|---|"]
        lines += [
            f"| {row.scheme} | {row.rule} | {shown(row.recall)} | {shown(row.our_recall)} "
            f"| {row.false}, {row.our_false} |"
            for row in report.rules
        ]
    lines += _pilot(report) + _packed(report) + _returning(report)
    missed = [check for check in checks if not check.ok]
    lines += ["", f"## Floors: {len(checks) - len(missed)} of {len(checks)} reached", ""]
    lines += [f"- missed: {check.name}: {_number(check.value)}, floor {check.floor:g}" for check in missed]
    return "\n".join(lines) + "\n"


def as_json(report: Report) -> bytes:
    """Everything but single pairs, indented."""
    content: dict[str, Any] = {
        "title": report.title,
        "notes": list(report.notes),
        "schemes": report.schemes,
        "rules": report.rules,
        "pilot": report.pilot,
        "packed": report.packed,
        "returning": report.returning,
        "floors": {check.name: {"value": check.value, "floor": check.floor, "ok": check.ok} for check in report.checks},
    }
    return msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n"


def _pilot(report: Report) -> list[str]:
    if not report.pilot:
        return []
    lines = ["", "## Beside the pilot", ""]
    lines += ["| scheme | its recall | ours | false: its, ours, ours at its recall |", "|---|---|---|---|"]
    return lines + [
        f"| {row.scheme} | {shown(row.recall)} | {shown(row.our_recall)} "
        f"| {row.false}, {row.our_false}, {'-' if (at := row.our_false_at_its_recall) is None else at} |"
        for row in report.pilot
    ]


def _packed(report: Report) -> list[str]:
    if report.packed is None:
        return []
    return [
        *_groups("Small shows: found, by how much of the audience the crew is", report.packed.recall),
        *_groups("Packed houses: found, by strength", report.packed.by_strength),
        *_groups("Honest small shows with an alert", report.packed.false),
    ]


def _returning(report: Report) -> list[str]:
    if not report.returning:
        return []
    lines = ["", "## Crews that come back", ""]
    lines += ["| scheme | show of the crew | shows | found | median from its first act, s | same crew id |"]
    lines += ["|---|---|---|---|---|---|"]
    return lines + [
        f"| {row.scheme} | {row.number} | {row.recall.of} | {shown(row.recall)} | {shown(row.delay_s, '{:.0f}')} "
        f"| {shown(row.same_id)} |"
        for row in report.returning
    ]


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
