"""Multinomial logistic regression by AdaGrad over sparse features, in plain Python and the same bytes everywhere.

No function of the platform's libm is used: exp comes from tables made by multiplication, roots are exact in IEEE 754.
Source: Duchi, Hazan, Singer, "Adaptive Subgradient Methods", JMLR 2011.
"""

import zlib
from collections import Counter
from collections.abc import Sequence
from math import sqrt
from random import Random
from typing import Final

import msgspec

from agents.training.corpus import Line
from streams.evidence.intent_model import KINDS, UNIT, Model, counted, kind_features, kinds_of, marked, text_features
from streams.evidence.text import fold

MANY: Final = len(KINDS)
KIND: Final = "\0"
Seen = tuple[list[str], int, list[str]]  # a line's parts; how many n-grams it has; what its kinds show
Example = tuple[int, list[int], float, list[int], float]  # class; parts, what each counts; kinds, likewise


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """How the weights are made. All of it was chosen by lines of manners that were left out."""

    seed: int = 7
    epochs: int = 6
    rate: float = 0.5
    decay: float = 2e-5  # of the weights of a line's features, at each step; per unit of rate
    least_lines: int = 2  # a text feature of fewer lines is left out
    dropped: float = 0.3  # share of a line's text features left out at each step, so that no single word decides
    largest: int = 127  # a weight as kept, at most


class Fitted(msgspec.Struct):
    """Weights of each feature, one a class, and the bias."""

    weights: dict[str, list[float]]
    bias: list[float]


def seen_of(line: Line) -> Seen:
    """What the model sees of a line. What the kinds show begins with a mark, so that it is no part of any line."""
    said = marked(line.text, fold(line.text))
    return text_features(said), counted(said), [KIND + shown for shown in kind_features(kinds_of(said))]


def fit(lines: Sequence[Line], recipe: Recipe, seen: Sequence[Seen] | None = None) -> Fitted:
    """The weights that tell the classes of lines apart."""
    seen = [seen_of(line) for line in lines] if seen is None else seen
    number = _numbered(seen, recipe.least_lines)
    examples = [_example(line.kind, one, number) for line, one in zip(lines, seen, strict=True)]
    weights = [[0.0] * MANY for _ in number]
    squares = [[1e-3] * MANY for _ in number]
    bias, bias_squares = [0.0] * MANY, [1e-3] * MANY
    random = Random(recipe.seed)
    order = list(range(len(examples)))
    for epoch in range(recipe.epochs):
        random.shuffle(order)
        rate = recipe.rate * (1.0 - epoch / recipe.epochs)
        for index in order:
            kind, text, one, kinds, other = examples[index]
            if recipe.dropped:
                kept = [feature for feature in text if random.random() >= recipe.dropped]
                text, one = kept, one / (1.0 - recipe.dropped)
            scores = _scores(weights, bias, text, one, kinds, other)
            errors = _softmax(scores)
            errors[kind] -= 1.0
            _step(weights, squares, text, [error * one for error in errors], rate, recipe.decay)
            _step(weights, squares, kinds, [error * other for error in errors], rate, recipe.decay)
            _step([bias], [bias_squares], (0,), errors, rate * 0.2, 0.0)
    return Fitted({feature: weights[i] for feature, i in number.items()}, bias)


def _numbered(seen: Sequence[Seen], least: int) -> dict[str, int]:
    lines_of: Counter[str] = Counter()
    for text, _, kinds in seen:
        lines_of.update(dict.fromkeys([*text, *kinds]).keys())
    return {feature: i for i, feature in enumerate(sorted(f for f, n in lines_of.items() if n >= least))}


def _example(kind: int, seen: Seen, number: dict[str, int]) -> Example:
    text, count, kinds = seen
    return (
        kind,
        [number[feature] for feature in text if feature in number],
        1.0 / sqrt(count),
        [number[feature] for feature in kinds if feature in number],
        1.0 / sqrt(len(kinds)),
    )


def _scores(
    weights: list[list[float]], bias: list[float], text: list[int], one: float, kinds: list[int], other: float
) -> list[float]:
    s0 = s1 = s2 = s3 = s4 = s5 = 0.0
    for feature in text:
        w0, w1, w2, w3, w4, w5 = weights[feature]
        s0, s1, s2, s3, s4, s5 = s0 + w0, s1 + w1, s2 + w2, s3 + w3, s4 + w4, s5 + w5
    t0 = t1 = t2 = t3 = t4 = t5 = 0.0
    for feature in kinds:
        w0, w1, w2, w3, w4, w5 = weights[feature]
        t0, t1, t2, t3, t4, t5 = t0 + w0, t1 + w1, t2 + w2, t3 + w3, t4 + w4, t5 + w5
    text_sums, kind_sums = (s0, s1, s2, s3, s4, s5), (t0, t1, t2, t3, t4, t5)
    return [b + one * s + other * t for b, s, t in zip(bias, text_sums, kind_sums, strict=True)]


def _step(
    weights: list[list[float]],
    squares: list[list[float]],
    features: Sequence[int],
    slopes: list[float],
    rate: float,
    decay: float,
) -> None:
    pulls = [(i, slope, slope * slope) for i, slope in enumerate(slopes) if slope > 1e-4 or slope < -1e-4]
    if not pulls:
        return
    kept = 1.0 - rate * decay
    for feature in features:
        own, square = weights[feature], squares[feature]
        for i, slope, squared in pulls:
            square[i] += squared
            own[i] = own[i] * kept - rate * slope / sqrt(square[i])


def _powers(base: float, count: int) -> list[float]:
    values = [1.0]
    for _ in range(count):
        values.append(values[-1] * base)
    return values


_BY_ONE: Final = _powers(0.36787944117144233, 40)  # exp(-1)
_BY_PART: Final = _powers(0.9990239141819757, 1_024)  # exp(-1 / 1024)


def _softmax(scores: list[float]) -> list[float]:
    best = max(scores)
    falls = [int((best - score) * 1_024) for score in scores]
    shares = [_BY_ONE[fall >> 10] * _BY_PART[fall & 1_023] if fall < 40_960 else 0.0 for fall in falls]
    total = 0.0
    for share in shares:
        total += share
    return [share / total for share in shares]


def quantised(fitted: Fitted, recipe: Recipe, corpus: str) -> Model:
    """The weights as small whole numbers; features all of whose weights become nothing are left out."""
    text_top = max(abs(weight) for weights in fitted.weights.values() for weight in weights)
    step = text_top / recipe.largest
    parts, kinds = {}, {}
    for feature, weights in fitted.weights.items():
        whole = tuple(round(weight / step) for weight in weights)
        if not any(whole):
            continue
        if feature.startswith(KIND):
            kinds[feature.removeprefix(KIND)] = whole
        else:
            parts[feature] = whole
    scale = round(step * UNIT * 65_536)
    return Model(corpus, scale, tuple(round(one / step) for one in fitted.bias), parts, kinds)


def packed_bytes(model: Model) -> bytes:
    """A model as it is kept."""
    return zlib.compress(msgspec.json.encode(model), 9)
