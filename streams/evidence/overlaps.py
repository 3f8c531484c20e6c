"""Overlaps: which of many sets share at least half of another one's members, all of them asked at once.

For each member there is one whole number whose bits are the sets that have it. Adding those numbers bit by bit, as a
column of binary counters, counts for all sets together how many members they share: a few operations a member,
however many sets there are.
"""

from collections.abc import Collection
from sys import intern


class Overlaps:
    """Sets of strings under rising numbers, of which the newest `most` are asked for."""

    __slots__ = ("_first", "_most", "_of")

    def __init__(self, most: int) -> None:
        self._most = most
        self._first = -1  # the number that bit 0 stands for; -1 while there is no set
        self._of: dict[str, int] = {}  # member -> bits of the sets that have it

    def add(self, number: int, members: Collection[str]) -> None:
        """Take a set; its number is higher than all before."""
        if self._first < 0:
            self._first = number
        elif number - self._first >= 2 * self._most:
            self._forget(number - self._most)
        bit, of = 1 << (number - self._first), self._of
        for member in members:
            bits = of.get(member)
            if bits is None:
                of[intern(member)] = bit  # shows speak one language: most members are the same in all of them
            else:
                of[member] = bits | bit

    def halves(self, members: Collection[str], oldest: int) -> tuple[list[int], int]:
        """The sets from number `oldest` on that share half of these members or more, rising, and the bits of all that

        share any, the lowest standing for the first that is held.
        """
        of = self._of
        least = (len(members) + 1) // 2
        held = [of[member] for member in members if member in of]
        if len(held) < least:
            return [], 0
        columns: list[int] = []  # of the counters, the ones first
        for carry in held:
            for place, column in enumerate(columns):
                columns[place] = column ^ carry
                carry &= column
                if not carry:
                    break
            else:
                columns.append(carry)
        if 1 << len(columns) <= least:
            return [], 0
        more, same = 0, -1
        for place in reversed(range(len(columns))):
            if least >> place & 1:
                same &= columns[place]
            else:
                more |= same & columns[place]
                same &= ~columns[place]
        gone = oldest - self._first
        bits = (more | same) >> gone
        return _numbers(bits, oldest), bits and _any(columns) >> gone

    def _forget(self, oldest: int) -> None:
        gone = oldest - self._first
        self._of = {member: left for member, bits in self._of.items() if (left := bits >> gone)}
        self._first = oldest


def _any(columns: Collection[int]) -> int:
    bits = 0
    for column in columns:
        bits |= column
    return bits


def _numbers(bits: int, first: int) -> list[int]:
    """The places of the bits that are set, rising, `first` being the lowest."""
    numbers = []
    while bits:
        numbers.append(first + (bits & -bits).bit_length() - 1)
        bits &= bits - 1
    return numbers
