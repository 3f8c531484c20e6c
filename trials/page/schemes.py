"""One scheme in pictures, each with its numbers as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from trials.curves import Point, found_within, precision_recall
from trials.figures import SIZES, Scheme, size_of
from trials.intervals import Figure
from trials.markup import Safe, el, table
from trials.page.words import called, duration, interval, number
from trials.pairs import Pair
from trials.pictures import DELAYS, SHARES, Axis, Series, delay_place, plot, shares
from trials.report import Report
from worlds.recording import STRENGTHS

MOST_ROWS: Final = 20  # of a table beside a curve
SORTED_SIZES: Final = [size_of(low) for low, _ in SIZES]


def section(scheme: str, of: Scheme, report: Report) -> Safe:
    """All pictures of a scheme."""
    pairs = [pair for pair in report.pairs if pair.scheme == scheme]
    return el(
        "section",
        el("h2", called(scheme)),
        _cells(of),
        el(
            "div",
            _by_strength(scheme, of),
            _thresholds(scheme, pairs),
            _delays(scheme, pairs),
            _reliability(scheme, of),
            _groups(scheme, "audience", {size: of.sizes[size] for size in SORTED_SIZES if size in of.sizes}),
            _groups(scheme, "disguise", of.disguises),
            class_="pictures",
        ),
        _innocent(of),
        id=scheme,
    )


def _cells(of: Scheme) -> Safe:
    rows = [
        (
            strength,
            str(cell.recall.of),
            interval(cell.recall),
            interval(cell.precision),
            interval(cell.account_recall),
            interval(cell.delay_s, "{:.0f}"),
        )
        for strength, cell in of.cells.items()
    ]
    heads = ["strength", "shows", "found", "precision of accounts", "recall of accounts", "median delay, s"]
    return table("Found, by strength; delay counts from a third of the staged acts", heads, rows)


def _figure(caption: str, picture: Safe, numbers: Safe, remark: str = "") -> Safe:
    return el(
        "figure",
        el("figcaption", caption, el("small", f" {remark}") if remark else None),
        picture,
        el("details", el("summary", "as a table"), numbers),
    )


def _nothing(caption: str, why: str) -> Safe:
    return el("figure", el("figcaption", caption), el("p", why, class_="faded"))


def _by_strength(scheme: str, of: Scheme) -> Safe:
    rows = [(strength, of.cells[strength].recall) for strength in STRENGTHS]
    return _figure(
        "Recall by strength",
        shares(f"{called(scheme)}: recall by strength", _said(rows), rows),
        _shares_table("Recall by strength", "strength", rows),
    )


def _groups(scheme: str, what: str, of: Mapping[str, Figure]) -> Safe:
    caption = f"Recall by {what}"
    if not of:
        return _nothing(caption, "Nothing was staged.")
    rows = [(called(name), figure) for name, figure in of.items()]
    return _figure(
        caption, shares(f"{called(scheme)}: recall by {what}", _said(rows), rows), _shares_table(caption, what, rows)
    )


def _said(rows: Sequence[tuple[str, Figure]]) -> str:
    return "; ".join(f"{name}: {interval(figure)}" for name, figure in rows)


def _shares_table(caption: str, what: str, rows: Sequence[tuple[str, Figure]]) -> Safe:
    return table(
        caption, [what, "shows", "recall"], [(name, str(figure.of), interval(figure)) for name, figure in rows]
    )


def _thresholds(scheme: str, pairs: Sequence[Pair]) -> Safe:
    """Precision against recall as the threshold falls; the dot is what alerts come to."""
    caption = "Precision and recall, thresholds swept"
    points = precision_recall(pairs)
    if not any(not pair.is_clean for pair in pairs) or not points:
        return _nothing(caption, "Nothing was staged, or nothing got a score.")
    found = [pair for pair in pairs if pair.is_found]
    right = sum(1 for pair in found if not pair.is_clean)
    staged = sum(1 for pair in pairs if not pair.is_clean)
    series = [Series("every threshold", "plain", [(point.recall, point.precision) for point in points])]
    says = f"At the highest score precision is {points[0].precision:.2f}; all that got a score: {points[-1].recall:.2f}"
    if found:
        now = (right / staged, right / len(found))
        series.append(Series("alerts", "now", [now], has_line=False, dots=(5.5,)))
        says += f"; as alerts are raised, recall is {now[0]:.2f} and precision {now[1]:.2f}"
    return _figure(
        caption,
        plot(
            f"{called(scheme)}: precision and recall",
            f"{says}.",
            Axis("recall of shows", SHARES),
            Axis("precision", SHARES),
            series,
        ),
        table(
            "By threshold of the score",
            ["threshold", "precision", "recall", "false"],
            [
                (f"{point.threshold:.3f}", f"{point.precision:.3f}", f"{point.recall:.3f}", str(point.false))
                for point in _some(points)
            ],
        ),
        f"Of {staged} staged and {len(pairs) - staged} clean shows; precision holds for this mix.",
    )


def _some(of: Sequence[Point]) -> list[Point]:
    """At most MOST_ROWS of them, the first and the last among them."""
    if len(of) <= MOST_ROWS:
        return list(of)
    return [of[round(i * (len(of) - 1) / (MOST_ROWS - 1))] for i in range(MOST_ROWS)]


def _delays(scheme: str, pairs: Sequence[Pair]) -> Safe:
    caption = "Found within"
    series, rows, says = [], [], []
    for strength in STRENGTHS:
        staged = [pair for pair in pairs if pair.strength == strength]
        found = found_within(staged)
        if not found:
            continue
        steps = [(0.0, 0.0)]
        for delay, share in found:
            steps += [(delay_place(delay), steps[-1][1]), (delay_place(delay), share)]
        steps.append((1.0, steps[-1][1]))
        series.append(Series(strength, strength, steps))
        delays = [delay for delay, _ in found]
        early = sum(1 for delay in delays if delay <= 0)
        tenths = [delays[min(len(delays) - 1, int(q * len(delays)))] for q in (0.1, 0.5, 0.9)]
        rows.append(
            (strength, str(len(staged)), str(len(delays)), str(early), *(duration(int(d * 1_000)) for d in tenths))
        )
        says.append(f"{strength}: {len(delays)} of {len(staged)}, half of them within {rows[-1][5]}")
    if not series:
        return _nothing(caption, "Nothing was found.")
    return _figure(
        caption,
        plot(
            f"{called(scheme)}: share of staged shows found, by delay",
            f"{'; '.join(says)}.",
            DELAYS,
            Axis("share of staged shows", SHARES),
            series,
        ),
        table(
            "Delay of those found, from a third of the acts",
            ["strength", "shows", "found", "before that", "a tenth by", "half by", "nine tenths by"],
            rows,
        ),
        "What was never found counts, so that no line need reach 1.",
    )


def _reliability(scheme: str, of: Scheme) -> Safe:
    caption = "Reliability of scores"
    scores = of.reliability
    if not scores.curve:
        return _nothing(caption, "Nothing got a score.")
    most = max(bin.of for bin in scores.curve)
    points = [(bin.score, bin.staged) for bin in scores.curve]
    dots = [3 + 6 * (bin.of / most) ** 0.5 for bin in scores.curve]
    says = f"Expected calibration error {interval(scores.error, '{:.3f}')}; a perfect score lies on the diagonal."
    return _figure(
        caption,
        plot(
            f"{called(scheme)}: reliability",
            says,
            Axis("score", SHARES),
            Axis("share that was staged", SHARES),
            [Series("bins of the score", "plain", points, dots=dots)],
            has_diagonal=True,
        ),
        table(
            "Bins of the score",
            ["mean score", "share staged", "shows"],
            [(f"{bin.score:.3f}", f"{bin.staged:.3f}", str(bin.of)) for bin in scores.curve],
        ),
        f"Error {interval(scores.error, '{:.3f}')}, of these bins {number(scores.plain_error, '{:.3f}')}; "
        f"Brier {number(scores.brier, '{:.3f}')}, a constant's {number(scores.brier_of_a_constant, '{:.3f}')}.",
    )


def _innocent(of: Scheme) -> Safe | None:
    if not of.false_by_negative:
        return None
    rows = [(called(name), str(figure.of), interval(figure)) for name, figure in of.false_by_negative.items()]
    return table("Clean shows with an alert, by what was innocent in them", ["what", "clean shows", "share"], rows)
