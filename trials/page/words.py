"""How names, numbers and times are written on the page."""

from __future__ import annotations

from trials.intervals import Figure, shown


def called(name: str) -> str:
    """`paid_praise` -> `paid praise`."""
    return name.replace("_", " ")


def number(value: float | None, form: str) -> str:
    """A dash where there is none."""
    return "-" if value is None else form.format(value)


def interval(figure: Figure, form: str = "{:.2f}") -> str:
    """A figure that is not broken over two lines."""
    return shown(figure, form).replace(" ", "\N{NO-BREAK SPACE}")


def duration(ms: int) -> str:
    """`-95_000` -> `-1 min 35 s`; the two largest units."""
    sign, rest = ("-" if ms < 0 else ""), abs(ms) // 1_000
    parts = []
    for unit, seconds in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        count, rest = divmod(rest, seconds)
        if count:
            parts.append(f"{count} {unit}")
    return sign + " ".join(parts[:2]) if parts else "0 s"
