"""Pictures as plain SVG: lines and dots between two axes, and shares with their intervals.

Colours come from the page's style sheet by class, so that one picture serves the light and the dark page. Each has a
title and a sentence for those who do not see it; what is told apart by colour is told apart by dashes or shapes, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log10
from typing import Final

import msgspec

from trials.intervals import Figure
from trials.markup import Safe, el, joined

WIDTH: Final = 360.0  # px, of the viewBox: as wide as a phone
HEIGHT: Final = 250.0
LEFT, RIGHT, TOP, BOTTOM = 44.0, 12.0, 26.0, 40.0  # margins, px
ROW: Final = 24.0  # px, of a share with its interval
NAMES: Final = 150.0  # px, for what the rows are called
CHAR: Final = 6.4  # px, of an average character of 12 px


class Axis(msgspec.Struct, frozen=True):
    """One axis: its name, and where (0 to 1) which text stands."""

    name: str
    ticks: Sequence[tuple[float, str]]


class Series(msgspec.Struct, frozen=True):
    """Points (each 0 to 1) that are one colour: `style` is a class of the style sheet, `name` stands in the legend."""

    name: str
    style: str
    points: Sequence[tuple[float, float]]
    has_line: bool = True
    dots: Sequence[float] = ()  # radius of each point, px; none where empty


SHARES: Final = tuple((tenth / 10, f"{tenth / 10:g}") for tenth in range(0, 11, 2))


def plot(title: str, says: str, x: Axis, y: Axis, series: Sequence[Series], *, has_diagonal: bool = False) -> Safe:
    """Lines and dots between two axes."""
    parts = [_grid(x, y)]
    if has_diagonal:
        parts.append(el("line", x1=_x(0), y1=_y(0), x2=_x(1), y2=_y(1), class_="even"))
    for one in series:
        if one.has_line and len(one.points) > 1:
            path = "M" + "L".join(f"{_x(a):.1f},{_y(b):.1f}" for a, b in one.points)
            parts.append(el("path", d=path, class_=f"line {one.style}"))
        for (a, b), radius in zip(one.points, one.dots, strict=False):
            parts.append(el("circle", cx=_x(a), cy=_y(b), r=float(radius), class_=f"dot {one.style}"))
    parts.append(_legend([one for one in series if one.name]))
    return _picture(title, says, HEIGHT, parts)


def shares(title: str, says: str, rows: Sequence[tuple[str, Figure]], style: str = "plain") -> Safe:
    """A row for each share: a dot, a line from the low to the high end of its interval, how many it rests on."""
    height = TOP + ROW * len(rows) + BOTTOM - 14
    left, right = NAMES, WIDTH - 46

    def at(value: float) -> float:
        return left + (right - left) * value

    foot = TOP + ROW * len(rows)
    parts = [
        joined(
            [
                el("line", x1=at(place), x2=at(place), y1=TOP - 6, y2=foot, class_="grid"),
                el("text", text, x=at(place), y=foot + 16, class_="middle"),
            ]
        )
        for place, text in ((0.0, "0"), (0.5, "0.5"), (1.0, "1"))
    ]
    for number, (name, figure) in enumerate(rows):
        y = TOP + ROW * (number + 0.5)
        short = name if len(name) * CHAR < NAMES - 8 else name[: int((NAMES - 8) / CHAR) - 1] + "…"
        parts.append(el("text", short, x=NAMES - 10, y=y + 4, class_="end"))
        if figure.value is None or figure.low is None or figure.high is None:
            parts.append(el("text", "no show", x=at(0) + 4, y=y + 4, class_="faded"))
            continue
        parts.append(el("line", x1=at(figure.low), x2=at(figure.high), y1=y, y2=y, class_=f"whisker {style}"))
        parts.append(el("circle", cx=at(figure.value), cy=y, r=4.5, class_=f"dot {style}"))
        parts.append(el("text", f"of {figure.of}", x=WIDTH - 2, y=y + 4, class_="end faded"))
    return _picture(title, says, height, parts)


def delay_place(seconds: float) -> float:
    """Where a delay stands: before and at once at the left end, then by powers of ten to 15 days."""
    return min(1.0, log10(1 + max(0.0, seconds) / 5) / log10(1 + 15 * 86_400 / 5))


DELAYS: Final = Axis(
    "after a third of the acts",
    tuple(
        (delay_place(seconds), text)
        for seconds, text in (
            (0, "0"),
            (30, "30 s"),
            (300, "5 min"),
            (3_600, "1 h"),
            (21_600, "6 h"),
            (86_400, "1 d"),
            (604_800, "7 d"),
        )
    ),
)


def _picture(title: str, says: str, height: float, parts: Sequence[Safe]) -> Safe:
    return el(
        "svg",
        el("title", title),
        el("desc", says),
        *parts,
        viewBox=f"0 0 {WIDTH:g} {height:g}",
        role="img",
        aria_label=f"{title}. {says}",
        class_="picture",
        xmlns="http://www.w3.org/2000/svg",
    )


def _x(value: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * value


def _y(value: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value


def _grid(x: Axis, y: Axis) -> Safe:
    parts = []
    for place, text in x.ticks:
        parts.append(el("line", x1=_x(place), x2=_x(place), y1=_y(0), y2=_y(1), class_="grid"))
        parts.append(el("text", text, x=_x(place), y=_y(0) + 15, class_="middle"))
    for place, text in y.ticks:
        parts.append(el("line", x1=_x(0), x2=_x(1), y1=_y(place), y2=_y(place), class_="grid"))
        parts.append(el("text", text, x=_x(0) - 6, y=_y(place) + 4, class_="end"))
    parts.append(el("text", x.name, x=_x(0.5), y=HEIGHT - 6, class_="middle name"))
    middle = _y(0.5)
    parts.append(el("text", y.name, x=10.0, y=middle, class_="middle name", transform=f"rotate(-90 10 {middle:.1f})"))
    return joined(parts)


def _legend(series: Sequence[Series]) -> Safe:
    """Above the picture, from left to right."""
    parts = []
    x = LEFT
    for one in series:
        if one.has_line:
            parts.append(el("line", x1=x, x2=x + 18, y1=10.0, y2=10.0, class_=f"line {one.style}"))
        else:
            parts.append(el("circle", cx=x + 9, cy=10.0, r=4.5, class_=f"dot {one.style}"))
        parts.append(el("text", one.name, x=x + 23, y=14.0))
        x += 34 + CHAR * len(one.name)
    return joined(parts)
