"""What a line of chat is about: a linear model over character n-grams and a lexicon's kinds.

The corpus, the lexicon and the weights are files of `streams/data/intent`; `make intent` makes the weights anew.
Weights are small whole numbers and so are all sums, so a line is read the same on every machine.

A line is folded; its emoji and question marks are put behind it. Then it is seen twice: as character n-grams, words and
pairs of words, and as the kinds of its lexicon words in their order ("host, intensifier, praise"), whose n-grams carry
over to words that the corpus has with other words only. Blind to irony that needs to know the show, and unsure of talk
that has nothing to do with a show: there some in a hundred lines are taken for praise.
"""

import re
import zlib
from collections.abc import Iterable
from functools import lru_cache
from importlib import resources
from itertools import pairwise
from math import isqrt
from operator import itemgetter
from typing import Any, Final, Literal, get_args

import ahocorasick
import msgspec

from streams.evidence.text import fold

Kind = Literal["praise_host", "praise_goods", "echo", "question", "complaint", "other"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

MAX_KNOWN: Final = 8_192  # distinct lines whose reading is remembered, as they were written and as they are compared
MAX_MARKS: Final = 6  # different emoji of a line that count
LONGEST: Final = 4  # of the n-grams
UNIT: Final = 1_024  # of the scores: a difference of so much is odds of e
FIELD_BITS: Final = 40  # of one class in a packed weight: scaled sums of the longest line fit, with their sign
LEAST_SURE: Final = 550  # per mille, for praise of the host; so that fewer than 1 in 100 reviews of food are it
_HOST: Final = KINDS.index("praise_host")
_NOT_HOST: Final = [i for i in range(len(KINDS)) if i != _HOST]
_MARKS = re.compile(
    r"\[[^\[\]\s]{1,12}\]|:[a-z0-9_+-]{2,30}:|[\U0001F000-\U0001FAFF\u2600-\u27BF\u2B50\u203C\u2049?\uFF1F]"
)
_LATIN = re.compile(r"[a-z]")
_PLAIN = re.compile(r"[a-z0-9]")
_CJK = "\u2e80-\u9fff\uf900-\ufaff"
_CHANGE = re.compile(rf"(?<=[{_CJK}])(?=[a-z0-9])|(?<=[a-z0-9])(?=[{_CJK}])")  # of the script
_SHIFTS = [FIELD_BITS * i for i in range(len(KINDS))]
_HALF = 1 << FIELD_BITS - 1
_HALVES = sum(_HALF << shift for shift in _SHIFTS)
_MASK = (1 << FIELD_BITS) - 1


class Intent(msgspec.Struct, frozen=True, gc=False):
    """What a line is about. `sure`: the chance that this is right, per mille; `folded`: the line as it is compared."""

    kind: Kind
    sure: int
    folded: str


class Model(msgspec.Struct, frozen=True):
    """The weights of each feature, one a class; and of no feature at all.

    `scale`: a score of a line is its weights over the root of their number, times this, in UNIT / 2**16.
    """

    corpus: str  # a digest of what it was made from
    scale: int
    bias: tuple[int, ...]
    parts: dict[str, tuple[int, ...]]  # of a line
    kinds: dict[str, tuple[int, ...]]  # and of the sequence of its kinds


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
    said = folded if folded.isascii() or not _PLAIN.search(folded) else _CHANGE.sub(" ", folded)
    found = _MARKS.findall(text)
    if not found:
        return f" {said} "
    marks = "".join(list(dict.fromkeys(found))[:MAX_MARKS])
    return f" {said} {marks.replace('？', '?')}"


def kinds_of(said: str) -> str:
    """The kinds of the lexicon's words in a marked line, in their order: a letter each."""
    kinds = []
    for end, (letter, length) in _WORDS.iter_long(said):
        if said[end - length + 1] == " " and "a" <= said[end + 1 : end + 2] <= "z":
            continue
        kinds.append(letter)
    return "".join(kinds)


def text_features(said: str) -> list[str]:
    """What the model sees of a marked line itself: its n-grams, and its words and pairs of words with their blanks.

    All are parts of the line, so that one pass of an automaton finds those that have weights. For training.
    """
    length = len(said)
    seen = [said[i : i + n] for n in range(1, LONGEST + 1) for i in range(length - n + 1)]
    words = said.split()
    longer = [f" {word} " for word in words] + [f" {one} {other} " for one, other in pairwise(words)]
    return seen + [part for part in longer if len(part) > LONGEST and part in said]


def counted(said: str) -> int:
    """How many n-grams a marked line has, known or not: what its sum is divided by the root of."""
    return LONGEST * len(said) - LONGEST * (LONGEST - 1) // 2


def kind_features(kinds: str) -> list[str]:
    """The n-grams of a sequence of kinds between bounds, and which kinds are in a line together, in any order."""
    bounded = f"<{kinds}>"
    length = len(bounded)
    seen = [bounded[i : i + n] for n in range(1, 5) for i in range(length - n + 1)]
    distinct = sorted(dict.fromkeys(kinds))
    seen += [f"{one}&{other}" for i, one in enumerate(distinct) for other in distinct[i:]]
    seen.append("=" + "".join(distinct))
    return seen


def pack(weights: Iterable[int]) -> int:
    """Weights of all classes as one number: one sum adds them all, one product scales them."""
    return sum(weight << FIELD_BITS * i for i, weight in enumerate(weights))


def fields(total: int) -> list[int]:
    """What `pack` packed, or a sum of such numbers."""
    total += _HALVES
    return [(total >> shift & _MASK) - _HALF for shift in _SHIFTS]


def _falling() -> tuple[int, ...]:
    """exp(-i / 64) in 2**-30, by whole numbers alone."""
    values = [1 << 30]
    for _ in range(64 * 14):
        values.append(values[-1] * 1_057_095_000 >> 30)  # times exp(-1 / 64)
    return tuple(values)


_FALLING: Final = _falling()
_SECOND: Final = itemgetter(1)
_LAST: Final = len(_FALLING) - 1


def shares(scores: list[int]) -> list[int]:
    """The softmax of scores in UNIT, in 2**-30 of the largest; with its sum it makes chances."""
    best = max(scores)
    return [_FALLING[min(_LAST, (best - score) * 64 // UNIT)] for score in scores]


class Intents:
    """Reads lines by a model; the same line once, and once what differs from it in nothing that is read."""

    def __init__(self, model: Model | None = None) -> None:
        model = model or unpack(_data("weights.bin"))
        self._scale = model.scale
        self._bias = pack(model.bias) * model.scale
        self._kinds = {feature: pack(weights) for feature, weights in model.kinds.items()}
        self._parts = ahocorasick.Automaton()
        for part, weights in model.parts.items():
            self._parts.add_word(part, pack(weights))
        self._parts.make_automaton()
        self._of_kinds = lru_cache(maxsize=MAX_KNOWN)(self._kinds_part)
        self._judge = lru_cache(maxsize=MAX_KNOWN)(self._judged)
        self.of = lru_cache(maxsize=MAX_KNOWN)(self._of)

    def _of(self, text: str) -> Intent:
        folded = fold(text)
        if not folded:
            return Intent("echo", 1_000, folded)  # emoji alone applaud, as a prompt asks for
        kind, sure = self._judge(marked(text, folded))
        return Intent(kind, sure, folded)

    def _judged(self, said: str) -> tuple[Kind, int]:
        """What a marked line is about, and how sure that is."""
        scores = self.scores(said)
        chances = shares(scores)
        total = sum(chances)
        best = scores.index(max(scores))
        if best == _HOST and 1_000 * chances[best] < LEAST_SURE * total:
            best = max(_NOT_HOST, key=scores.__getitem__)
        return KINDS[best], (1_000 * chances[best] + total // 2) // total

    def scores(self, said: str) -> list[int]:
        """The score of each class for a marked line, in UNIT."""
        total = sum(map(_SECOND, self._parts.iter(said))) * self._by(counted(said))
        return [score >> 16 for score in fields(total + self._of_kinds(kinds_of(said)) + self._bias)]

    def _kinds_part(self, kinds: str) -> int:
        seen = kind_features(kinds)
        return sum([self._kinds.get(feature, 0) for feature in seen]) * self._by(len(seen))

    def _by(self, count: int) -> int:
        """What a weight of so many features is multiplied by: the scale over the root of their number."""
        return self._scale * 256 // isqrt(65_536 * count)


_INTENTS: Final = Intents()


def read(text: str) -> tuple[Kind, str]:
    """What a line is about, and the line folded."""
    said = _INTENTS.of(text)
    return said.kind, said.folded


def praises_host(text: str) -> bool:
    """Whether a line praises the host's looks, voice, character or skill."""
    return _INTENTS.of(text).kind == "praise_host"
