"""Opaque ids: a counter spread over 48 or 64 bits, so that no id says who made it or after whom."""

from __future__ import annotations

from random import Random

_MASK_64 = (1 << 64) - 1
_MASK_48 = (1 << 48) - 1
_ODD_64 = 0x9E3779B97F4A7C15  # odd, so that multiplying never gives one id twice
_ODD_48 = 0x5851F42D4C95


def mix(number: int) -> int:
    """64 well-mixed bits of a number (the finalizer of splitmix64)."""
    number &= _MASK_64
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) & _MASK_64
    number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) & _MASK_64
    return number ^ (number >> 31)


class Counter:
    """Ids of one kind and one part of a show. Its bits are mixed: they also serve as a draw that costs nothing."""

    __slots__ = ("count", "key")

    def __init__(self, *path: object) -> None:
        self.key = Random("/".join(map(str, ("county", "ids", *path)))).getrandbits(64)
        self.count = 0

    def next(self) -> int:
        self.count += 1
        return mix(self.count * _ODD_64 + self.key)


def account(number: int, key: int) -> str:
    """The account id of a person: another for each number, and nothing of the number can be read from it."""
    number = (number ^ key) & _MASK_48  # each step below can be undone, so that no two numbers meet
    number ^= number >> 25
    number = (number * _ODD_48) & _MASK_48
    number ^= number >> 23
    number = (number * 0x2545F4914F6D) & _MASK_48
    return f"u{number ^ (number >> 25):012x}"
