"""HTML and SVG, built of elements; what is text is escaped, what is markup already is left as it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

EMPTY = frozenset({"br", "circle", "hr", "line", "link", "meta", "path", "rect"})  # elements without an end tag


class Safe(str):
    """Markup that is finished. Any other text is escaped where it is put in."""

    __slots__ = ()


def el(name: str, /, *children: str | None, **attributes: object) -> Safe:
    """One element. `class_` is class, `aria_label` is aria-label; what is None is left out."""
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_value(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in EMPTY and not children:
        return Safe(f"<{name}{said}/>")
    return Safe(f"<{name}{said}>{joined(children)}</{name}>")


def joined(parts: Iterable[str | None]) -> Safe:
    """Several one after the other."""
    return Safe("".join(part if isinstance(part, Safe) else escape(part) for part in parts if part is not None))


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Safe:
    """A table that scrolls by itself where it is too wide; the first cell of a row is its head."""
    body = [
        el("tr", el("th", first, scope="row"), *(el("td", cell) for cell in rest)) for first, *rest in (r for r in rows)
    ]
    return el(
        "div",
        el(
            "table",
            el("caption", caption),
            el("thead", el("tr", *(el("th", head, scope="col") for head in heads))),
            el("tbody", *body),
        ),
        class_="wide",
        tabindex="0",
        role="region",
        aria_label=caption,
    )


def _value(value: object) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)
