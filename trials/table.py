"""The figures as Markdown and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from trials import laws
from trials.details import worst_false, worst_misses
from trials.intervals import shown
from trials.markdown import table
from trials.pairs import Pair
from trials.promise import MOST, Promise
from trials.report import Report

MOST_WORST: Final = 5  # misses, and false alarms, of a scheme


def markdown(report: Report) -> str:
    """A report that can be read in a terminal and pasted into the README."""
    schemes, checks = report.schemes, report.checks
    lines = [f"# {report.title}", "", *report.notes]
    lines += _table(
        "Found, by scheme and strength",
        ("scheme", "strength", "shows", "found", "precision of accounts", "recall of accounts", "median delay, s"),
        (
            (
                scheme,
                strength,
                cell.recall.of,
                shown(cell.recall),
                shown(cell.precision),
                shown(cell.account_recall),
                shown(cell.delay_s, "{:.0f}"),
            )
            for scheme, of in schemes.items()
            for strength, cell in of.cells.items()
        ),
    )
    lines += _table(
        "False alerts",
        ("scheme", "clean shows", "with an alert", "in 1,000 room-hours", "another's crew"),
        (
            (
                scheme,
                f"{of.false_pairs.of} ({of.clean_hours:,.0f} h)",
                shown(of.false_pairs, "{:.4f}"),
                shown(of.false_per_1000_hours, "{:.1f}"),
                shown(of.mistaken, "{:.3f}"),
            )
            for scheme, of in schemes.items()
        ),
    )
    lines += _scores(report) + _promise(report)
    lines += _groups("Found, by disguise", {scheme: of.disguises for scheme, of in schemes.items()})
    lines += _groups("Found, by audience", {scheme: of.sizes for scheme, of in schemes.items()})
    lines += _groups("False, by what was innocent", {scheme: of.false_by_negative for scheme, of in schemes.items()})
    if report.rules:
        lines += _table(
            "Beside the simplest rules, at no more false alerts than ours",
            ("scheme", "rule", "its recall", "ours", "false: its, ours"),
            (
                (row.scheme, row.rule, shown(row.recall), shown(row.our_recall), f"{row.false}, {row.our_false}")
                for row in report.rules
            ),
        )
    lines += _pilot(report) + _packed(report) + _returning(report) + _laws(report)
    lines += _worst("Worst misses", schemes, {scheme: worst_misses(_of(report, scheme)) for scheme in schemes})
    lines += _worst("Worst false alarms", schemes, {scheme: worst_false(_of(report, scheme)) for scheme in schemes})
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
        "promise": {scheme: _kept(of) for scheme, of in report.promise.items()},
        "laws": report.laws,
        "floors": {check.name: {"value": check.value, "floor": check.floor, "ok": check.ok} for check in report.checks},
    }
    return msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n"


def _table(title: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """A section with a table in it, as lines."""
    return ["", f"## {title}", "", *table(heads, rows)]


def _scores(report: Report) -> list[str]:
    """What scores are worth: how far from what they say."""
    return _table(
        "Scores",
        (
            "scheme",
            "shows with a score",
            "calibration error",
            "the same in ten bins of equal width",
            "Brier, a constant's",
        ),
        (
            (
                scheme,
                sum(bin.of for bin in scores.curve),
                shown(scores.error, "{:.3f}"),
                _number(scores.plain_error),
                f"{_number(scores.brier)}, {_number(scores.brier_of_a_constant)}",
            )
            for scheme, scores in ((scheme, of.reliability) for scheme, of in report.schemes.items())
        ),
    )


def _promise(report: Report) -> list[str]:
    if not report.promise:
        return []
    return _table(
        f"The promise: at most {MOST:g} false alerts in 1,000 clean room-hours",
        ("scheme", "clean room-hours", "alerts", "in 1,000 hours", ""),
        (
            (scheme, f"{of.hours:,.0f}", f"{of.alerts}, in {of.shows} shows", shown(of.rate, "{:.1f}"), of.verdict)
            for scheme, of in report.promise.items()
        ),
    )


def _kept(of: Promise) -> dict[str, Any]:
    return msgspec.structs.asdict(of) | {"verdict": of.verdict}


def _laws(report: Report) -> list[str]:
    if not report.laws:
        return []
    return _table("Other laws, with and without calibrating", laws.HEADS, map(laws.cells, report.laws))


def _of(report: Report, scheme: str) -> list[Pair]:
    return [pair for pair in report.pairs if pair.scheme == scheme]


def _worst(title: str, schemes: Iterable[str], of: Mapping[str, Sequence[Pair]]) -> list[str]:
    """The first few of each scheme; the page has more of them, and what was said."""
    if not any(of.values()):
        return []
    return _table(
        f"{title}, at most {MOST_WORST} of a scheme",
        ("scheme", "show", "strength, disguises", "score", "audience", "innocent in it"),
        (
            (
                scheme,
                f"seed {pair.seed}, {pair.show_id}",
                ", ".join([pair.strength or "clean", *pair.disguises]),
                f"{pair.score:.2f}",
                f"{pair.audience:,}",
                ", ".join(pair.negatives) or "-",
            )
            for scheme in schemes
            for pair in of[scheme][:MOST_WORST]
        ),
    )


def _pilot(report: Report) -> list[str]:
    if not report.pilot:
        return []
    return _table(
        "Beside the pilot",
        ("scheme", "its recall", "ours", "false: its, ours, ours at its recall"),
        (
            (
                row.scheme,
                shown(row.recall),
                shown(row.our_recall),
                f"{row.false}, {row.our_false}, {'-' if (at := row.our_false_at_its_recall) is None else at}",
            )
            for row in report.pilot
        ),
    )


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
    return _table(
        "Crews that come back",
        (
            "scheme",
            "show of the crew",
            "shows",
            "found",
            "median from its first act, s",
            "same crew id",
            "sooner than without the shows before it, mean s",
            "sooner, later",
        ),
        (
            (
                row.scheme,
                row.number,
                row.recall.of,
                shown(row.recall),
                shown(row.delay_s, "{:.0f}"),
                shown(row.same_id),
                shown(row.sooner_s, "{:.0f}"),
                f"{row.sooner}, {row.later}",
            )
            for row in report.returning
        ),
    )


def _groups(title: str, of: Mapping[str, Mapping[str, Any]]) -> list[str]:
    if not any(of.values()):
        return []
    return _table(
        title,
        ("scheme", "group", "shows", "share"),
        (
            (scheme, group, figure.of, shown(figure))
            for scheme, groups in of.items()
            for group, figure in groups.items()
        ),
    )


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
