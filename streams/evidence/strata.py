"""Strata: the part of a population in which a mark is more common than elsewhere and than usual.

A stratum is the rows within a stretch of one clock, the rows with one value in one column, or both at once. How many
marks it should have follows from what is usual for each of its rows, raised or lowered as the rows outside it have it.
The evidence is that of a count whose chance varies from stratum to stratum (Kleinman 1973, JASA 68: a beta-binomial),
and pays for having looked: log2 of the strata that were tried.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, compress
from math import fsum, log2
from typing import Final, NamedTuple

import msgspec

from streams.evidence.surprise import kl_bits

WIDTHS_MS: Final = (120_000, 300_000, 600_000, 1_200_000, 1_800_000)
SEEDS: Final = 6  # strata that are looked into for a smaller one inside; bounds the cost
LOOKED_INTO_BITS: Final = 2.0  # a stratum below it is not looked into, unless it is the whole
LEAST_USUAL: Final = 0.03  # no row is less likely to be marked: a few marks of many rows are never worth much
MOST_USUAL: Final = 0.9
_DIGITS: Final = bytes(byte == ord("1") for byte in range(256))


class Condition(NamedTuple):
    """What the rows of a stratum have in common: `first` to `last` of a clock, or the value `first` of a column."""

    name: str
    first: int
    last: int


class Stratum(msgspec.Struct, frozen=True):
    """Rows that have something in common, and how many of them are marked."""

    conditions: tuple[Condition, ...]
    rows: int  # bit i is row i
    count: int
    marked: int
    expected: float
    bits: float  # after paying for the strata that were tried
    correlation: float = 0.0  # of its marks
    paid_bits: float = 0.0

    def of_goods(self, goods: Sequence[str]) -> bool:
        """Whether nothing but what was bought, and when, makes it."""
        return all(condition.name in goods for condition in self.conditions)

    def bits_with(self, marked: int) -> float:
        """What it would be worth with so many marks."""
        return evidence_bits(marked, self.count, self.expected, self.correlation) - self.paid_bits


class Tuning(NamedTuple):
    """How much evidence counts."""

    least_marked: int = 6
    correlation: float = 0.005  # of the marks of two rows of one stratum, beyond what the rows say
    goods_correlation: float = 0.42  # where nothing but what was bought, and when, makes the stratum
    whole_correlation: float = 0.3  # from one population to the next
    prior_marks: float = 3.0  # what is usual is worth so many marks
    group_prior_rows: float = 8.0  # a group's own share of marks is worth its rows, against so many
    goods: tuple[str, ...] = ()  # names of the clocks and columns that say what was bought, and when


class Population(NamedTuple):
    """Rows by column. Bit i of a number stands for row i."""

    clocks: Mapping[str, Sequence[int]]  # ms
    columns: Mapping[str, bytes]  # small numbers; 0 is unknown, or nobody else's
    groups: bytes  # whose share of marks explains itself: the item that was bought
    usual: Sequence[float]  # the chance of each row to be marked by now
    counted: int
    marked: int  # all of them counted


def strongest(people: Population, tuning: Tuning, most: int) -> list[Stratum]:
    """The strata with the most evidence, strongest first, at most `most`, none without any."""
    if people.marked.bit_count() < tuning.least_marked:
        return []
    scan = _Scan(people, tuning)
    whole = scan.whole()
    seeds, tried = scan.inside(whole)
    paid_bits = log2(1 + tried)
    found = [whole, *(scan.sharpened(seed, paid_bits) for seed in seeds)]
    for seed in seeds:
        if seed.bits >= LOOKED_INTO_BITS:
            smaller, tried = scan.inside(seed)
            found += [scan.sharpened(stratum, paid_bits + log2(1 + tried)) for stratum in smaller]
    found.sort(key=_strongest_first)
    best: dict[int, Stratum] = {}
    for stratum in found:
        if stratum.bits > 0:
            best.setdefault(stratum.rows, stratum)
    return list(best.values())[:most]


def evidence_bits(marked: int, count: int, expected: float, correlation: float) -> float:
    """How surprising that so many of `count` are marked, where marks of one stratum go together by themselves."""
    usual = min(MOST_USUAL, max(LEAST_USUAL, expected / count))
    return kl_bits(marked, count, usual) / (1.0 + correlation * (count - 1))


def rows_of(mask: int) -> Iterator[int]:
    """The numbers of the rows, rising."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


class _Scan:
    """One look at a population."""

    def __init__(self, people: Population, tuning: Tuning) -> None:
        self.people, self.tuning = people, tuning
        size = len(people.groups)
        self.orders = {name: sorted(range(size), key=times.__getitem__) for name, times in people.clocks.items()}
        self.all_usual = fsum(compress(people.usual, _flags(people.counted, size)))
        self.all_marked = people.marked.bit_count()

    def whole(self) -> Stratum:
        count = self.people.counted.bit_count()
        correlation = self.tuning.whole_correlation
        bits = evidence_bits(self.all_marked, count, self.all_usual, correlation)
        return Stratum((), self.people.counted, count, self.all_marked, self.all_usual, bits, correlation)

    def inside(self, outer: Stratum) -> tuple[list[Stratum], int]:
        """The strongest strata inside another one by one condition more, and how many were tried."""
        used = {condition.name for condition in outer.conditions}
        flags = _flags(outer.rows, len(self.people.groups))
        tried: list[_Tried] = []
        for name in self.people.clocks:
            if name not in used:
                self._stretches(name, outer, flags, tried)
        for name in self.people.columns:
            if name not in used:
                self._values(name, outer, flags, tried)
        tried.sort()
        found: dict[int, Stratum] = {}
        for one in tried:
            if -one.minus_bits <= outer.bits or len(found) == SEEDS:
                break
            rows = self._rows_with(one.condition) & outer.rows
            if rows not in found:
                found[rows] = Stratum(
                    (*outer.conditions, one.condition), rows, one.size, one.marked, one.expected, -one.minus_bits
                )
        return list(found.values()), len(tried)

    def _stretches(self, name: str, outer: Stratum, flags: bytes, tried: list["_Tried"]) -> None:
        times, least = self.people.clocks[name], self.tuning.least_marked
        order = [row for row in self.orders[name] if flags[row]]
        sorted_ms = [times[row] for row in order]
        usual_until = [0.0, *accumulate(self.people.usual[row] for row in order)]
        marks = _flags(self.people.marked, len(times))
        at_ms = [times[row] for row in order if marks[row]]
        starts = [bisect_left(sorted_ms, ms) for ms in at_ms]
        ends = [bisect_right(sorted_ms, ms) for ms in at_ms]
        correlation = self._correlation((*outer.conditions, Condition(name, 0, 0)))
        for i in range(len(at_ms) - least + 1):
            if i and at_ms[i] == at_ms[i - 1]:
                continue
            seen = 0
            for width_ms in WIDTHS_MS:
                j = bisect_right(at_ms, at_ms[i] + width_ms, i)
                if j - i < least or j == seen:
                    continue
                seen = j
                first, last = starts[i], ends[j - 1]
                count = last - first
                if count == len(order):
                    continue
                expected = self._expected(j - i, usual_until[last] - usual_until[first])
                bits = evidence_bits(j - i, count, expected, correlation)
                tried.append(_Tried(-round(bits, 6), count, Condition(name, at_ms[i], at_ms[j - 1]), j - i, expected))

    def _values(self, name: str, outer: Stratum, flags: bytes, tried: list["_Tried"]) -> None:
        column, usual = self.people.columns[name], self.people.usual
        marked = Counter(compress(column, _flags(outer.rows & self.people.marked, len(column))))
        worth = [value for value, count in marked.items() if value and count >= self.tuning.least_marked]
        if not worth:
            return
        counts = Counter(compress(column, flags))
        for value in worth:
            if counts[value] == outer.count:
                continue
            condition = Condition(name, value, value)
            inside = _flags(outer.rows & _with_value(column, value), len(column))
            expected = self._expected(marked[value], fsum(compress(usual, inside)))
            bits = evidence_bits(
                marked[value], counts[value], expected, self._correlation((*outer.conditions, condition))
            )
            tried.append(_Tried(-round(bits, 6), counts[value], condition, marked[value], expected))

    def _rows_with(self, condition: Condition) -> int:
        if condition.name in self.people.columns:
            return _with_value(self.people.columns[condition.name], condition.first)
        times = self.people.clocks[condition.name]
        inside = bytes(49 if condition.first <= ms <= condition.last else 48 for ms in times)
        return int(inside[::-1], 2)

    def sharpened(self, stratum: Stratum, paid_bits: float) -> Stratum:
        """The same with what the other rows of its groups say, and after paying for the strata that were tried.

        An item that everybody cancels explains those who do so here; one that only these cancel does not.
        """
        people, prior = self.people, self.tuning.group_prior_rows
        inside_flags = _flags(stratum.rows, len(people.groups))
        usual_inside = fsum(compress(people.usual, inside_flags))
        lift = self._expected(stratum.marked, usual_inside) / usual_inside if usual_inside > 0 else 1.0
        expected = 0.0
        for group, here in sorted(Counter(compress(people.groups, inside_flags)).items()):
            of_group = _with_value(people.groups, group) & people.counted
            others = of_group & ~stratum.rows
            usual = lift * fsum(compress(people.usual, _flags(of_group & stratum.rows, len(people.groups)))) / here
            marked, count = (others & people.marked).bit_count(), others.bit_count()
            expected += here * max(usual, (marked + prior * usual) / (count + prior))
        expected = max(expected, LEAST_USUAL * stratum.count)
        correlation = self._correlation(stratum.conditions)
        bits = evidence_bits(stratum.marked, stratum.count, expected, correlation) - paid_bits
        return msgspec.structs.replace(
            stratum, expected=expected, bits=bits, correlation=correlation, paid_bits=paid_bits
        )

    def _expected(self, marked: int, usual: float) -> float:
        """How many marks rows should have of which `usual` is usual, by how the others compare with theirs."""
        prior = self.tuning.prior_marks
        others = max(0.0, self.all_usual - usual)
        return usual * (self.all_marked - marked + prior) / (others + prior)

    def _correlation(self, conditions: Sequence[Condition]) -> float:
        if not conditions:
            return self.tuning.whole_correlation
        goods = self.tuning.goods
        only_goods = all(condition.name in goods for condition in conditions)
        return self.tuning.goods_correlation if only_goods else self.tuning.correlation


class _Tried(NamedTuple):
    """A stratum by its figures; those with the most evidence sort first."""

    minus_bits: float
    size: int
    condition: Condition
    marked: int
    expected: float


def _flags(mask: int, size: int) -> bytes:
    """A 1 for each row that is in it, else 0."""
    return f"{mask:0{size}b}".encode()[::-1].translate(_DIGITS)


def _with_value(column: bytes, value: int) -> int:
    """The rows that have this value."""
    table = b"0" * value + b"1" + b"0" * (255 - value)
    return int(column[::-1].translate(table), 2) if column else 0


def _strongest_first(stratum: Stratum) -> tuple[float, int, int]:
    return -round(stratum.bits, 6), len(stratum.conditions), stratum.count
