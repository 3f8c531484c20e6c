"""Templates to lines: `{a|b}` is a choice, `@name` one of a list, `#item` what is on the table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

from worlds.county.talk import other_words as words

LISTS: dict[str, tuple[str, ...]] = {
    "call": words.CALLS,
    "very": words.VERY,
    "tail": words.TAIL,
    "ask": words.ASK,
    "city": words.CITIES,
    "place": words.PLACES,
    "so": words.SO,
}
_PIECE = re.compile(r"\{([^{}]*)\}|@([a-z]+)|#item")

Part = str | tuple["Template", ...]
Template = tuple[Part, ...]
_ITEM: Template = ("#item",)  # stands for the goods on the table


def parse(text: str) -> Template:
    """A template as parts: text, or alternatives that are templates themselves."""
    parts: list[Part] = []
    at = 0
    for found in _PIECE.finditer(text):
        if found.start() > at:
            parts.append(text[at : found.start()])
        if found.group(1) is not None:
            parts.append(tuple(parse(choice) for choice in found.group(1).split("|")))
        elif found.group(2) is not None:
            parts.append(tuple((choice,) for choice in LISTS[found.group(2)]))
        else:
            parts.append((_ITEM,))
        at = found.end()
    if at < len(text):
        parts.append(text[at:])
    return tuple(parts)


def parsed(texts: Sequence[str]) -> tuple[Template, ...]:
    return tuple(parse(text) for text in texts)


def expand(template: Template, rng: Random, item: str) -> str:
    """One line of a template."""
    said = ""
    for part in template:
        if isinstance(part, str):
            said += item if part == "#item" else part
        else:
            said += expand(part[int(rng.random() * len(part))], rng, item)
    return said
