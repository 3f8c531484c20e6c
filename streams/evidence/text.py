"""Lines of chat made comparable: folding, character n-grams, and clusters of near-duplicates.

Near-duplicates are lines whose n-grams overlap by a Jaccard of a half or more, found with MinHash and banding (rensa,
63 permutations in bands of three), then checked exactly: an estimate alone would join short lines that share nothing.
"""

import re
from functools import lru_cache
from operator import add
from typing import Any, Final

import msgspec
import opencc
import rensa
import unicodedata2

PERMUTATIONS: Final = 63
BANDS: Final = 21  # of three rows: a Jaccard of 0.5 is found with a chance of 0.94, one of 0.1 with 0.02
SAME_JACCARD: Final = 0.5
MAX_TEXTS: Final = 1_000  # leaders of clusters held in one show; guess, about two hours of chat
MAX_CANDIDATES: Final = 48  # leaders compared exactly, the newest; bounds the cost where all lines are alike
MAX_FOLDED_CHARS: Final = 120  # of a longer line the beginning tells enough

_simplify = opencc.OpenCC("t2s").convert
_BRACKETED = re.compile(r"\[[^\[\]\s]{1,12}\]|:[a-z0-9_+-]{2,30}:")  # [heart] and :heart: are emoji, too
_RUN = re.compile(r"(.)\1{2,}")
_CJK = "\u2e80-\u9fff\uf900-\ufaff"
_BETWEEN_CJK = re.compile(rf"(?<=[{_CJK}]) +| +(?=[{_CJK}])")
_HAN = re.compile(r"[\u4e00-\u9fff]")


def _twice(run: re.Match[str]) -> str:
    return run[1] * 2


class _Said(dict[int, int | None]):
    """What becomes of each character, found out once: letters, digits and marks stay, all else is a blank."""

    def __missing__(self, code: int) -> int | None:
        stays = str(unicodedata2.category(chr(code)))[0] in "LNM" and code != _VARIATION_SELECTOR
        self[code] = code if stays else _BLANK
        return self[code]


_BLANK: Final = 32
_VARIATION_SELECTOR: Final = 0xFE0F  # a mark that only says that an emoji comes in colour
_SAID: Final = _Said({ord("'"): None})


def fold(text: str) -> str:
    """NFKC, lower case, traditional to simplified; emoji and punctuation go, runs are shortened to two."""
    is_ascii = text.isascii()  # then most of the work is for nothing
    text = text.lower() if is_ascii else unicodedata2.normalize("NFKC", text).lower()
    if "[" in text or ":" in text:
        text = _BRACKETED.sub(" ", text)
    if not is_ascii and _HAN.search(text):
        text = _simplify(text)
    text = _RUN.sub(_twice, " ".join(text.translate(_SAID).split()))
    if not is_ascii and " " in text:
        text = _BETWEEN_CJK.sub("", text)
    return text[:MAX_FOLDED_CHARS]


@lru_cache(maxsize=8_192)
def grams(folded: str) -> frozenset[str]:
    """The character bigrams of a folded line, trigrams where it is Latin (its bigrams are too common to tell lines

    apart); a line shorter than that is its own.
    """
    if folded.isascii():
        if len(folded) < 3:
            return frozenset((folded,))
        return frozenset([folded[i : i + 3] for i in range(len(folded) - 2)])
    if len(folded) < 2:
        return frozenset((folded,))
    return frozenset(map(add, folded, folded[1:]))


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """How much two sets overlap."""
    both = len(one & other)
    return both / (len(one) + len(other) - both) if both else 0.0


class Clusters(msgspec.Struct, dict=True):
    """Which cluster a line belongs to: that of the most similar leader, else it leads its own.

    Plain state: the leaders' texts by number, oldest first, and the number of each text seen lately. The index over
    them is not encoded: it is built again from the texts when it is first used after a restore.
    """

    leaders: dict[int, str] = {}
    known: dict[str, int] = {}  # folded text -> its cluster's number
    next_number: int = 0

    def of(self, folded: str) -> int:
        """The number of the cluster of a folded line. Of leaders alike similar the older wins."""
        number = self.known.get(folded)
        if number is not None:
            return number
        index: Any = self.__dict__.get("_index")
        if index is None:
            index = self._build()
        own = grams(folded)
        sketch = _sketch(folded)
        best, best_overlap = -1, SAME_JACCARD
        for candidate in sorted(index.query(sketch))[-MAX_CANDIDATES:]:
            theirs = grams(self.leaders[candidate])
            if len(own) > 2 * len(theirs) or len(theirs) > 2 * len(own):
                continue  # they cannot overlap by a half
            overlap = jaccard(own, theirs)
            if overlap > best_overlap or (overlap == best_overlap and best < 0):
                best, best_overlap = candidate, overlap
        if best < 0:
            best = self._lead(folded, sketch, index)
        self._know(folded, best)
        return best

    def _lead(self, folded: str, sketch: Any, index: Any) -> int:
        number = self.next_number
        self.next_number += 1
        self.leaders[number] = folded
        index.insert(number, sketch)
        if len(self.leaders) > MAX_TEXTS:
            oldest = next(iter(self.leaders))
            del self.leaders[oldest]
            index.remove(oldest)
        return number

    def _know(self, folded: str, number: int) -> None:
        self.known[folded] = number
        if len(self.known) > 4 * MAX_TEXTS:
            del self.known[next(iter(self.known))]

    def _build(self) -> Any:
        index = rensa.RMinHashLSH(threshold=SAME_JACCARD, num_perm=PERMUTATIONS, num_bands=BANDS)
        for number, text in self.leaders.items():
            index.insert(number, _sketch(text))
        self.__dict__["_index"] = index
        return index


@lru_cache(maxsize=8_192)
def _sketch(folded: str) -> Any:
    sketch = rensa.RMinHash(num_perm=PERMUTATIONS, seed=1)
    sketch.update(list(grams(folded)))  # in any order: a minimum is kept of each permutation
    return sketch
