"""What a line of chat is about: a linear model over character n-grams and a lexicon's kinds, from a corpus kept as data.

The corpus, the lexicon and the weights are files of `streams/data/intent`; `make intent` makes the weights anew. Weights
are small whole numbers and so are all sums, so a line is read the same on every machine.

A line is folded; its emoji and question marks are put behind it. Then it is said twice: as character n-grams (words and
pairs of words where it is Latin), and as the kinds of its lexicon words in their order ("host, intensifier, praise"),
whose n-grams carry over to words that the corpus has with other words only. Blind to irony that needs to know the show.
"""

import re
import zlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib import resources
from itertools import pairwise
from math import isqrt
from typing import Any, Final, Literal, get_args

import ahocorasick
import msgspec

from streams.evidence.text import fold

Kind = Literal["praise_host", "praise_goods", "echo", "question", "complaint", "other"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

MAX_KNOWN: Final = 8_192  # distinct lines whose reading is remembered
MAX_MARKS: Final = 6  # different emoji of a line that count
LONGEST: Final = 4  # of the n-grams
UNIT: Final = 1_024  # of the scores: a difference of so much is odds of e
FIELD_BITS: Final = 32  # of one class in a packed weight
_MARKS = re.compile(
    r"\[[^\[\]\s]{1,12}\]|:[a-z0-9_+-]{2,30}:|[\U0001F000-\U0001FAFF\u2600-\u27BF\u2B50\u203C\u2049?\uFF1F]"
)
_LATIN = re.compile(r"[a-z]")
_CJK = "\u2e80-\u9fff\uf900-\ufaff"
_CHANGE = re.compile(rf"(?<=[{_CJK}])(?=[a-z0-9])|(?<=[a-z0-9])(?=[{_CJK}])")  # of the script
_ONE = sum(1 << FIELD_BITS * i for i in range(len(KINDS)))
_HALVES = _ONE << FIELD_BITS - 1
_MASK = (1 << FIELD_BITS) - 1


class Intent(msgspec.Struct, frozen=True, gc=False):
    """What a line is about. `sure`: the chance that this is right, per mille; `folded`: the line as it is compared."""

    kind: Kind
    sure: int
    folded: str


class Model(msgspec.Struct, frozen=True):
    """The weights of each feature, one a class; of no feature at all; and what makes scores into chances.

    `scale`: a score of a line is its weights over the root of their number, times this, in UNIT / 2**16.
    """

    corpus: str  # a digest of what it was made from
    scale: int
    bias: tuple[int, ...]
    weights: dict[str, tuple[int, ...]]


def _data(name: str) -> bytes:
    return resources.files("streams").joinpath("data", "intent", name).read_bytes()


def unpack(data: bytes) -> Model:
    """A model from the bytes it is kept as."""
    return msgspec.json.decode(zlib.decompress(data), type=Model)


def _lexicon(data: str) -> Any:
    """Words -> the letter of their kind. A Latin word begins with a blank and is followed by no letter."""
    automaton = ahocorasick.Automaton()
    for line in data.splitlines():
        letter, words = line.split("\t")
        for word in words.split("|"):
            key = f" {word}" if _LATIN.match(word) else word
            automaton.add_word(key, (letter, len(key)))
    automaton.make_automaton()
    return automaton


_WORDS: Final = _lexicon(_data("lexicon.tsv").decode())


def marked(text: str, folded: str) -> str:
    """A folded line between blanks, Latin parted from Chinese, with the emoji and question marks of the text behind."""
    said = folded if folded.isascii() else _CHANGE.sub(" ", folded)
    found = _MARKS.findall(text)
    if not found:
        return f" {said} "
    marks = "".join(dict.fromkeys(found).keys() if len(found) < MAX_MARKS else list(dict.fromkeys(found))[:MAX_MARKS])
    return f" {said} {marks.replace('？', '?')}"


def kinds_of(said: str) -> str:
    """The kinds of the lexicon's words in a marked line, in their order: a letter each."""
    kinds = []
    for end, (letter, length) in _WORDS.iter_long(said):
        if said[end - length + 1] == " " and "a" <= said[end + 1 : end + 2] <= "z":
            continue
        kinds.append(letter)
    return "".join(kinds)


def features(said: str) -> tuple[list[str], list[str]]:
    """What the model sees of a marked line: its n-grams and words; the n-grams and pairs of its kinds."""
    length = len(said)
    seen = [said[i : i + n] for n in range(1, LONGEST + 1) for i in range(length - n + 1)]
    if _LATIN.search(said):
        words = said.split()
        seen += [f"_{word}" for word in words]
        seen += [f"{one}_{other}" for one, other in pairwise(words)]
    return seen, kind_features(kinds_of(said))


@lru_cache(maxsize=4_096)
def kind_features(kinds: str) -> list[str]:
    """The n-grams of a sequence of kinds between bounds, and which kinds are in a line together, in any order."""
    bounded = f"<{kinds}>"
    length = len(bounded)
    seen = [bounded[i : i + n] for n in range(1, LONGEST + 1) for i in range(length - n + 1)]
    distinct = sorted(dict.fromkeys(kinds))
    seen += [f"{one}&{other}" for i, one in enumerate(distinct) for other in distinct[i:]]
    seen.append("=" + "".join(distinct))
    return seen


def pack(weights: Iterable[int]) -> int:
    """Weights of all classes as one number, so that one sum adds them all."""
    return sum(weight << FIELD_BITS * i for i, weight in enumerate(weights))


def packed(model: Model) -> Mapping[str, int]:
    """The weights of each feature as one number."""
    return {feature: pack(weights) for feature, weights in model.weights.items()}


def fields(total: int) -> list[int]:
    """What `pack` packed, or a sum of such numbers."""
    total += _HALVES
    half = 1 << FIELD_BITS - 1
    return [(total >> FIELD_BITS * i & _MASK) - half for i in range(len(KINDS))]


def _falling() -> tuple[int, ...]:
    """exp(-i / 64) in 2**-30, by whole numbers alone."""
    values = [1 << 30]
    for _ in range(64 * 14):
        values.append(values[-1] * 1_057_095_000 >> 30)  # times exp(-1 / 64)
    return tuple(values)


_FALLING: Final = _falling()


def shares(scores: list[int]) -> list[int]:
    """The softmax of scores in UNIT, in 2**-30 of the largest; with its sum it makes chances."""
    best = max(scores)
    last = len(_FALLING) - 1
    return [_FALLING[min(last, (best - score) * 64 // UNIT)] for score in scores]


class Intents:
    """Reads lines by a model; the same line once."""

    def __init__(self, model: Model | None = None) -> None:
        self._model = model or unpack(_data("weights.bin"))
        self._weights = packed(self._model)
        self._bias = self._model.bias
        self.of = lru_cache(maxsize=MAX_KNOWN)(self._of)

    def _of(self, text: str) -> Intent:
        folded = fold(text)
        if not folded:
            return Intent("echo", 1_000, folded)  # emoji alone applaud, as a prompt asks for
        scores = self.scores(marked(text, folded))
        chances = shares(scores)
        best = max(range(len(KINDS)), key=scores.__getitem__)
        return Intent(KINDS[best], (1_000 * chances[best] + sum(chances) // 2) // sum(chances), folded)

    def scores(self, said: str) -> list[int]:
        """The score of each class for a marked line, in UNIT."""
        seen, kinds = features(said)
        weights = self._weights
        scale = self._model.scale
        by_text = scale * 256 // isqrt(65_536 * len(seen))
        by_kind = scale * 256 // isqrt(65_536 * len(kinds))
        text_sum = fields(sum([weights[gram] for gram in seen if gram in weights]))
        kind_sum = fields(sum([weights[gram] for gram in kinds if gram in weights]))
        return [
            (scale * bias + by_text * one + by_kind * other) >> 16
            for bias, one, other in zip(self._bias, text_sum, kind_sum, strict=True)
        ]
