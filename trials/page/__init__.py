"""The evaluation as one page that needs nothing else: no script, no network, light and dark, narrow and wide."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from trials import laws
from trials.curves import NOBODY, OWN, confusion
from trials.figures import Scheme
from trials.intervals import Figure
from trials.markup import Safe, el, table
from trials.page import schemes as of_schemes
from trials.page import wrong
from trials.page.words import called, interval, number
from trials.promise import MOST
from trials.report import Report
from worlds.recording import STRENGTHS

STYLE: Final = Path(__file__).with_name("style.css")


def page(report: Report) -> str:
    """The whole page."""
    sections = [
        _glance(report),
        _floors(report),
        *(of_schemes.section(scheme, of, report) for scheme, of in report.schemes.items()),
        _confusion(report),
        _beside(report),
        _promise(report),
        _small_shows(report),
        _returning(report),
        _laws(report),
        wrong.section(report),
    ]
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("title", f"Claquewatch: {report.title}"),
        el("style", Safe(STYLE.read_text(encoding="utf-8"))),
    )
    body = el(
        "body",
        el("header", el("h1", report.title), *(el("p", note) for note in report.notes), _contents(report)),
        el("main", *sections),
    )
    return f"<!doctype html>\n{el('html', head, body, lang='en')}\n"


def _contents(report: Report) -> Safe:
    places = [("glance", "At a glance"), ("floors", "Floors")]
    places += [(scheme, called(scheme)) for scheme in report.schemes]
    places += [("confusion", "Whose crew was named")]
    places += [("beside", "Beside simpler ones")] if report.rules or report.pilot else []
    places += [("promise", "The promise")] if report.promise else []
    places += [("small", "Small shows")] if report.packed else []
    places += [("returning", "Crews that come back")] if report.returning else []
    places += [("laws", "Other laws")] if report.laws else []
    places += [("wrong", "Misses and false alarms")]
    return el("nav", *(el("a", name, href=f"#{place}") for place, name in places), aria_label="Contents")


def _glance(report: Report) -> Safe:
    def cell(of: Scheme, strength: str) -> str:
        return interval(of.cells[strength].recall)

    rows = [
        (
            called(scheme),
            *(cell(of, strength) for strength in STRENGTHS),
            interval(of.false_pairs, "{:.3f}"),
            interval(of.false_per_1000_hours, "{:.1f}"),
            interval(of.reliability.error, "{:.3f}"),
        )
        for scheme, of in report.schemes.items()
    ]
    heads = ["scheme", *(f"found, {strength}" for strength in STRENGTHS)]
    heads += ["clean shows with an alert", "false alerts in 1,000 room-hours", "calibration error"]
    return el(
        "section",
        el("h2", "At a glance"),
        table("Shares of shows, each with its interval of 95 %", heads, rows),
        el(
            "p",
            "A show is found when the scheme that was staged in it raised an alert. A clean show is one without that "
            "scheme. A dash stands where nothing was played that could be measured.",
        ),
        id="glance",
    )


def _floors(report: Report) -> Safe:
    missed = [check for check in report.checks if not check.ok]

    def rows(reached: bool) -> list[tuple[str, str, str, str]]:
        return [
            (
                check.name,
                number(check.value, "{:.3f}"),
                f"{check.floor:g}",
                "reached" if check.ok else "missed" if check.value is not None else "not measured",
            )
            for check in report.checks
            if check.ok is reached
        ]

    heads = ["what", "value", "floor", ""]
    return el(
        "section",
        el("h2", f"Floors: {len(report.checks) - len(missed)} of {len(report.checks)} reached"),
        table("Missed, or not measured", heads, rows(False)) if missed else el("p", "None is missed."),
        el("details", el("summary", "Those that are reached"), table("Reached", heads, rows(True))),
        id="floors",
    )


def _confusion(report: Report) -> Safe:
    counted = confusion(report.pairs)
    columns = [OWN, *(scheme for scheme in counted), NOBODY]
    columns = [name for name in columns if name in (OWN, NOBODY) or any(name in of for of in counted.values())]

    def cell(count: int, of: int) -> Safe:
        share = count / of if of else 0.0
        return el("td", str(count), style=f"--share: {share:.3f}", class_="heat" if count else "faded")

    rows = [
        el(
            "tr",
            el("th", called(scheme), scope="row"),
            *(cell(of.get(name, 0), sum(of.values())) for name in columns),
        )
        for scheme, of in counted.items()
    ]
    heads = [el("th", "alerts of", scope="col"), *(el("th", called(name), scope="col") for name in columns)]
    caption = "Shows with an alert, by whose crew most of the named accounts are"
    made = el("table", el("caption", caption), el("thead", el("tr", *heads)), el("tbody", *rows))
    return el(
        "section",
        el("h2", "Whose crew was named"),
        el("div", made, class_="wide", tabindex="0", role="region", aria_label=caption),
        el("p", "Another scheme's column is a crew taken for something that it was not hired for in that show."),
        id="confusion",
    )


def _beside(report: Report) -> Safe | None:
    if not report.rules and not report.pilot:
        return None
    rules = [
        (called(row.scheme), row.rule, interval(row.recall), interval(row.our_recall), f"{row.false}, {row.our_false}")
        for row in report.rules
    ]
    pilot = [
        (
            called(row.scheme),
            interval(row.recall),
            interval(row.our_recall),
            f"{row.false} of {row.clean}",
            str(row.our_false),
            number(row.our_false_at_its_recall, "{:g}"),
        )
        for row in report.pilot
    ]
    return el(
        "section",
        el("h2", "Beside simpler ones"),
        table(
            "The simplest rules, each at the threshold that gives no more false alerts than ours",
            ["scheme", "rule", "its recall", "ours", "false: its, ours"],
            rules,
        )
        if rules
        else None,
        table(
            "The pilot's detectors on the same evenings",
            ["scheme", "its recall", "ours", "its false", "our false", "our false at its recall"],
            pilot,
        )
        if pilot
        else None,
        id="beside",
    )


def _promise(report: Report) -> Safe | None:
    if not report.promise:
        return None
    rows = [
        (
            called(scheme),
            f"{of.hours:,.0f}",
            f"{of.alerts}, in {of.shows} shows",
            interval(of.rate, "{:.1f}"),
            of.verdict,
        )
        for scheme, of in report.promise.items()
    ]
    return el(
        "section",
        el("h2", "The promise"),
        table(
            f"At most {MOST:g} false alerts of a scheme in 1,000 room-hours that are clean of it",
            ["scheme", "clean room-hours on air", "alerts", "in 1,000 hours", ""],
            rows,
        ),
        el(
            "p",
            "All shows that are clean of a scheme, those of evenings on which nothing is staged among them. "
            "The interval is the exact one of a Poisson count.",
        ),
        id="promise",
    )


def _laws(report: Report) -> Safe | None:
    if not report.laws:
        return None
    return el(
        "section",
        el("h2", "Other laws"),
        table(
            "Found by strength (blatant, moderate, faint) and clean shows with an alert, under the usual rates in "
            "force and under those learned from one more evening with staged shows",
            laws.HEADS,
            [laws.cells(row) for row in report.laws],
        ),
        id="laws",
    )


def _small_shows(report: Report) -> Safe | None:
    if report.packed is None:
        return None
    return el(
        "section",
        el("h2", "Small shows of rooms without history"),
        _by_group("Found, by how much of the audience the crew is", report.packed.recall),
        _by_group("Packed houses (60 and 90 %), found by strength", report.packed.by_strength),
        _by_group("Honest small shows with an alert", report.packed.false),
        id="small",
    )


def _by_group(caption: str, of: Mapping[str, Mapping[str, Figure]]) -> Safe:
    groups = list(dict.fromkeys(group for figures in of.values() for group in figures))
    rows = [
        (called(scheme), *(f"{interval(figures[g])}, of {figures[g].of}" if g in figures else "-" for g in groups))
        for scheme, figures in of.items()
    ]
    return table(caption, ["scheme", *(called(group) for group in groups)], rows)


def _returning(report: Report) -> Safe | None:
    if not report.returning:
        return None
    rows = [
        (
            called(row.scheme),
            str(row.number),
            f"{interval(row.recall)}, of {row.recall.of}",
            interval(row.delay_s, "{:.0f}"),
            interval(row.same_id),
            interval(row.sooner_s, "{:.0f}"),
            f"{row.sooner}, {row.later}",
        )
        for row in report.returning
    ]
    heads = ["scheme", "show of the crew", "found", "median from its first act to the alert, s", "same crew id"]
    heads += ["sooner than without the shows before it, mean s", "sooner, later"]
    return el(
        "section",
        el("h2", "Crews that come back"),
        table("By how often the crew has worked", heads, rows),
        id="returning",
    )


__all__ = ["page"]
