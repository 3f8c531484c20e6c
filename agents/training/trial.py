"""How the intent model does on manners of writing that it was not trained on: each is left out once."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec

from agents.training.corpus import Line, manners
from agents.training.fitting import Recipe, fit, quantised, seen_of
from streams.evidence.intent_model import KINDS, Intents


class Told(msgspec.Struct, frozen=True):
    """What a model that never saw its manner says of a line. `kind`: a number in KINDS; `sure`: per mille."""

    line: Line
    kind: int
    sure: int


class Figures(msgspec.Struct, frozen=True):
    """Precision and recall of one class; 1.0 where there is nothing to be wrong about."""

    precision: float
    recall: float
    lines: int


def left_out(lines: Sequence[Line], recipe: Recipe, groups: Iterable[Sequence[str]] = ()) -> Iterator[Told]:
    """The lines of each manner, or of each group of manners, told by a model made of all the others."""
    seen = [seen_of(line) for line in lines]
    for group in groups or [(manner,) for manner in manners(lines)]:
        own = [i for i, line in enumerate(lines) if line.manner not in group]
        model = quantised(fit([lines[i] for i in own], recipe, [seen[i] for i in own]), recipe, "")
        of = Intents(model).of
        for line in lines:
            if line.manner in group:
                said = of(line.text)
                yield Told(line, KINDS.index(said.kind), said.sure)


def figures(told: Sequence[Told], kind: int) -> Figures:
    """Precision and recall of a class."""
    right = sum(1 for one in told if one.kind == kind == one.line.kind)
    said = sum(1 for one in told if one.kind == kind)
    are = sum(1 for one in told if one.line.kind == kind)
    return Figures(right / said if said else 1.0, right / are if are else 1.0, are)


def table(told: Sequence[Told]) -> list[str]:
    """Rows for a person: a manner a row, precision and recall of each class; then all of them together."""
    rows = [f"{'left out':18}" + "".join(f"{kind:>15}" for kind in KINDS)]
    for manner in [*manners([one.line for one in told]), ALL]:
        own = [one for one in told if manner in (one.line.manner, ALL)]
        each = [figures(own, kind) for kind in range(len(KINDS))]
        rows.append(f"{manner:18}" + "".join(f"{one.precision:9.2f} {one.recall:.2f} " for one in each))
    return rows


def reliability(told: Sequence[Told], bins: int = 10) -> list[tuple[float, float, int]]:
    """Of lines that a class is said of about as surely: the mean chance said, the share that was right, how many."""
    found = []
    for i in range(bins):
        own = [one for one in told if i * 1_000 <= one.sure * bins - (one.sure == 1_000) < (i + 1) * 1_000]
        if own:
            right = sum(1 for one in own if one.kind == one.line.kind)
            found.append((sum(one.sure for one in own) / 1_000 / len(own), right / len(own), len(own)))
    return found


ALL: Final = "all together"
