"""Lines of chat made comparable: folding, character n-grams, and clusters of near-duplicates.

Near-duplicates are lines whose n-grams overlap by a Jaccard of a half or more and whose MinHash sketches share a band
(rensa, 63 permutations in bands of three): a sketch alone would join short lines that share nothing. Who shares enough
n-grams is looked up first, so that few sketches are made and few shows need an index over them.
"""

import re
from functools import lru_cache
from operator import add
from typing import Any, Final

import msgspec
import opencc
import rensa
import unicodedata2

from streams.evidence.overlaps import Overlaps

PERMUTATIONS: Final = 63
ROWS: Final = 3  # of a band
BANDS: Final = PERMUTATIONS // ROWS  # 21: a Jaccard of 0.5 is found with a chance of 0.94, one of 0.1 with 0.02
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
_IN_WORDS = "么俱哩坏彷沈甦瞭藉衹覆"  # become others in some words only
_RARE = "\u2e80-\u4dff\uf900-\ufaff\U00020000-\U0003ffff"  # too many to look at each


def _becoming_others() -> re.Pattern[str]:
    """Characters that may not stay as they are when a line is made simplified; five of six lines have none."""
    han = [chr(code) for code in range(0x4E00, 0xA000)]
    others = _simplify("\n".join(han)).split("\n")
    alone = "".join([one for one, other in zip(han, others, strict=True) if one != other])
    return re.compile(f"[{alone}{_IN_WORDS}{_RARE}]")


_TRADITIONAL = _becoming_others()


def may_change(text: str) -> bool:
    """Whether making a line simplified may change it."""
    return _TRADITIONAL.search(text) is not None


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
    if not is_ascii and may_change(text) and _HAN.search(text):
        text = _simplify(text)
    text = _RUN.sub(_twice, " ".join(text.translate(_SAID).split()))
    if not is_ascii and " " in text:
        text = _BETWEEN_CJK.sub("", text)
    return text[:MAX_FOLDED_CHARS]


@lru_cache(maxsize=1_024)
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

    Plain state: the leaders' texts by number, oldest first, and the number of each text seen lately. What is kept to
    find leaders quickly is not encoded: it is built again from the texts when it is first used after a restore.
    """

    leaders: dict[int, str] = {}
    known: dict[str, int] = {}  # folded text -> its cluster's number
    next_number: int = 0

    def of(self, folded: str) -> int:
        """The number of the cluster of a folded line. Of leaders alike similar the older wins."""
        number = self.known.get(folded)
        if number is not None:
            return number
        own, overlaps = grams(folded), self._overlaps()
        best = self._most_similar(folded, own, overlaps)
        if best < 0:
            best = self._lead(folded)
            overlaps.add(best, own)
        self._know(folded, best)
        return best

    def _most_similar(self, folded: str, own: frozenset[str], overlaps: Overlaps) -> int:
        """The leader that overlaps most, by a half or more, among the newest whose sketch shares a band; else -1."""
        leaders = self.leaders
        oldest = next(iter(leaders), 0)
        halves, sharing = overlaps.halves(own, oldest)
        if not halves:
            return -1
        alike = {number: jaccard(own, grams(leaders[number])) for number in halves}
        alike = {number: overlap for number, overlap in alike.items() if overlap >= SAME_JACCARD}
        if not alike:
            return -1
        sketch = _sketch(folded)
        if (sharing >> (min(alike) - oldest)).bit_count() > MAX_CANDIDATES:
            found = self._found(sketch)
        else:  # so few share an n-gram that no older candidate is passed over for newer ones
            found = [number for number in alike if _share_a_band(sketch, _sketch(leaders[number]))]
        return max((number for number in found if number in alike), key=lambda n: (alike[n], -n), default=-1)

    def _lead(self, folded: str) -> int:
        number = self.next_number
        self.next_number += 1
        self.leaders[number] = folded
        index = self.__dict__.get("_index")
        if index is not None:
            index.insert(number, _sketch(folded))
        if len(self.leaders) > MAX_TEXTS:
            oldest = next(iter(self.leaders))
            del self.leaders[oldest]
            if index is not None:
                index.remove(oldest)
        return number

    def _know(self, folded: str, number: int) -> None:
        self.known[folded] = number
        if len(self.known) > 4 * MAX_TEXTS:
            del self.known[next(iter(self.known))]

    def _overlaps(self) -> Overlaps:
        """Which leaders share n-grams with a line. Much smaller than an index over sketches: 2.7 KB a leader."""
        overlaps: Overlaps | None = self.__dict__.get("_held")
        if overlaps is None:
            overlaps = self.__dict__["_held"] = Overlaps(MAX_TEXTS)
            for number, text in self.leaders.items():
                overlaps.add(number, grams(text))
        return overlaps

    def _found(self, sketch: Any) -> list[int]:
        """The newest leaders whose sketch shares a band, rising. The index over all bands is made where many lines of a

        show are alike, and kept up from there on.
        """
        index: Any = self.__dict__.get("_index")
        if index is None:
            index = self.__dict__["_index"] = rensa.RMinHashLSH(
                threshold=SAME_JACCARD, num_perm=PERMUTATIONS, num_bands=BANDS
            )
            for number, text in self.leaders.items():
                index.insert(number, _sketch(text))
        return sorted(index.query(sketch))[-MAX_CANDIDATES:]


@lru_cache(maxsize=1_024)
def _sketch(folded: str) -> Any:
    sketch = rensa.RMinHash(num_perm=PERMUTATIONS, seed=1)
    sketch.update(list(grams(folded)))  # in any order: a minimum is kept of each permutation
    return sketch


def _share_a_band(one: Any, other: Any) -> bool:
    """Whether two sketches agree in all rows of a band, as the index over bands finds them."""
    same = [mine == theirs for mine, theirs in zip(one.digest(), other.digest(), strict=True)]
    return any(all(same[row : row + ROWS]) for row in range(0, PERMUTATIONS, ROWS))
