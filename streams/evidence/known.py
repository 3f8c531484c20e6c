"""Which ids were seen, in four bytes each: enough to say whether a complaint is of somebody who bought.

One of some 4 billion others is taken for known by chance, for each that is.
"""

from bisect import bisect_left
from collections.abc import Iterable
from typing import Final

import xxhash

WIDTH: Final = 4  # bytes


def hash_of(text: str) -> int:
    """A 32-bit hash, the same in every process."""
    return xxhash.xxh32_intdigest(text.encode())


def packed(hashes: Iterable[int]) -> bytes:
    """Hashes, sorted and packed."""
    return b"".join(h.to_bytes(WIDTH, "big") for h in sorted(hashes))


def holds(known: bytes, text: str) -> bool:
    """Whether what was packed holds the hash of `text`."""
    return _at(known, hash_of(text))


def _at(known: bytes, wanted: int) -> bool:
    count = len(known) // WIDTH
    at = bisect_left(range(count), wanted, key=lambda i: int.from_bytes(known[WIDTH * i : WIDTH * i + WIDTH], "big"))
    return at < count and int.from_bytes(known[WIDTH * at : WIDTH * at + WIDTH], "big") == wanted
