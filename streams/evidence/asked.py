"""What the host asked the room for: to be praised, or for certain words. It is no evidence against who answers."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final, Protocol

from streams.evidence.text import fold, grams

# What a host says who asks to be praised.
ASKING: Final = (
    "夸",
    "赞美",
    "表白",
    "形容",
    "好看",
    "漂亮",
    "美",
    "帅",
    "颜值",
    "compliment",
    "praise",
    "nice",
    "look",
    "love",
    "beaut",
)
ECHO_MS: Final = 30_000  # what was asked for is still answered so long after


class Asked(Protocol):
    """What the host asked for, as markers say it."""

    @property
    def ts(self) -> int: ...
    @property
    def until_ms(self) -> int: ...
    @property
    def action(self) -> str: ...
    @property
    def text(self) -> str | None: ...


@lru_cache(maxsize=1_024)
def words_of(text: str) -> frozenset[str]:
    """What a host says, as the n-grams that answers to it are compared with."""
    return grams(fold(text))


@lru_cache(maxsize=1_024)
def asks_for_praise(text: str | None) -> bool:
    """Whether what a host says asks the room to praise; a marker without text may ask for anything."""
    if text is None:
        return True
    folded = fold(text)
    return any(word in folded for word in ASKING)


def asked_for(folded: str, ts: int, asking: Iterable[Asked]) -> bool:
    """Whether the host asked for a folded line: for praise, or for these very words."""
    for marker in asking:
        if not marker.ts <= ts < marker.until_ms + ECHO_MS:
            continue
        if marker.action == "prompt" and asks_for_praise(marker.text):
            return True
        said = grams(folded)
        if marker.text and 2 * len(said & words_of(marker.text)) >= len(said):
            return True
    return False
