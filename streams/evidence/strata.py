"""Strata: the part of a population in which a mark is more common than elsewhere and than usual.

A stratum is the rows within a stretch of one clock, those with one value in one column, or both at once; or all rows.
How many marks it should have follows from what is usual for each of its rows, raised or lowered as the rows outside it
have it, and as all rows had it before the stretch of time that is looked at.
The evidence is that of a count whose chance varies from stratum to stratum (Kleinman 1973, JASA 68: a beta-binomial),
and pays for having looked: log2 of the strata that were tried.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, compress
from math import fsum, log2, sqrt
from typing import Final, NamedTuple

import msgspec

from streams.evidence.surprise import kl_bits

WIDTHS_MS: Final = (120_000, 300_000, 600_000, 1_200_000, 1_800_000)
PARTS: Final = (16, 8, 4, 2)  # and such parts of the time in which all rows are, where that is longer
SEEDS: Final = 4  # strata that are looked into for a smaller one inside, and taken from there; bounds the cost
LOOKED_AT_RATIO: Final = 1.5  # fewer marks than so many times what is expected are no evidence
LOOKED_INTO_BITS: Final = 2.0  # a stratum below it is not looked into, unless it is the whole
LEAST_USUAL: Final = 0.02  # no row is less likely to be marked: a few marks of many rows are never worth much
MOST_USUAL: Final = 0.9
ONE_GROUP_RATIO: Final = 1.5  # of the share of a group, above which it stands out; guess
_ONE: Final = ord("1")
_DIGITS: Final = bytes(byte == _ONE for byte in range(256))


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
    effect: float = 1.0  # so many rows say as much as one, because some are of one owner (Kish 1965)
    paid_bits: float = 0.0

    def correlated(self, correlation: float) -> "Stratum":
        """The same where marks go together by themselves at least so much."""
        other = msgspec.structs.replace(self, correlation=max(self.correlation, correlation))
        return msgspec.structs.replace(other, bits=other.bits_with(other.marked))

    def without(self, rows: int) -> "Stratum":
        """The same without these rows, all of them marked."""
        left = self.count - rows.bit_count()
        if not left:
            return msgspec.structs.replace(self, rows=0, count=0, marked=0, bits=0.0)
        other = msgspec.structs.replace(
            self,
            rows=self.rows & ~rows,
            count=left,
            marked=self.marked - rows.bit_count(),
            expected=self.expected * left / self.count,
        )
        return msgspec.structs.replace(other, bits=other.bits_with(other.marked))

    def paying(self, more_bits: float) -> "Stratum":
        """The same where it was looked for in several ways."""
        return msgspec.structs.replace(self, bits=self.bits - more_bits, paid_bits=self.paid_bits + more_bits)

    def bits_with(self, marked: int) -> float:
        """What it would be worth with so many marks."""
        return evidence_bits(marked, self.count, self.expected, self.correlation) / self.effect - self.paid_bits


class Tuning(NamedTuple):
    """How much evidence counts."""

    least_marked: int = 7
    spread: float = 0.3  # of the chance from stratum to stratum, as a share of it
    goods_correlation: float = 0.42  # of marks, where nothing but what was bought, and when, makes the stratum
    whole_correlation: float = 0.3  # from one population to the next, where nothing is known of it from before
    owner_correlation: float = 0.42  # of the marks of two rows of one owner
    prior_marks: float = 2.0  # what is usual is worth so many marks: populations differ much
    group_prior_rows: float = 8.0  # a group's own share of marks is worth its rows, against so many
    goods: tuple[str, ...] = ()  # names of the clocks and columns that say what was bought, and when
    passed_over: tuple[tuple[str, int], ...] = ()  # columns and values that are no stratum


class Population(NamedTuple):
    """Rows by column. Bit i of a number stands for row i."""

    clocks: Mapping[str, Sequence[int]]  # ms
    columns: Mapping[str, bytes]  # small numbers; 0 is unknown, or nobody else's
    groups: bytes  # whose share of marks explains itself: the item that was bought
    owners: Sequence[int]  # whose each row is: who decides once marks several
    usual: Sequence[float]  # the chance of each row to be marked by now
    counted: int
    marked: int  # all of them counted
    earlier_marks: int = 0  # of rows that are counted no more, because they were marked before
    earlier_usual: float = 0.0  # how many of all rows are usually marked before


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


def rows_having(people: Population, conditions: Sequence[Condition]) -> int:
    """The rows that have all of this in common, counted or not."""
    rows = (1 << len(people.groups)) - 1
    for name, first, last in conditions:
        values = people.columns.get(name) or people.clocks[name]
        rows &= sum(1 << row for row, value in enumerate(values) if first <= value <= last)
    return rows


class _Scan:
    """One look at a population."""

    def __init__(self, people: Population, tuning: Tuning) -> None:
        self.people, self.tuning, self.size = people, tuning, len(people.groups)
        self.counted = _flags(people.counted, self.size)
        self.marked = list(rows_of(people.marked))
        self.all_usual = fsum(compress(people.usual, self.counted))
        self.orders = {name: sorted(range(self.size), key=times.__getitem__) for name, times in people.clocks.items()}
        self.widths_ms = {name: _widths(times) for name, times in people.clocks.items()}
        self.by_value: dict[tuple[str, int], int] = {}
        self.group_counts = Counter(compress(people.groups, self.counted))
        self.group_marks = Counter(people.groups[row] for row in self.marked)

    def whole(self) -> Stratum:
        count, marked = self.people.counted.bit_count(), len(self.marked)
        expected = self._expected(marked, self.all_usual)
        correlation = self._correlation((), count, marked, expected)
        if self._of_one_group(self.group_marks, self.group_counts):
            correlation = max(correlation, self.tuning.goods_correlation)
        effect = self._effect(self.marked)
        bits = evidence_bits(marked, count, expected, correlation) / effect
        return Stratum((), self.people.counted, count, marked, expected, bits, correlation, effect)

    def inside(self, outer: Stratum) -> tuple[list[Stratum], int]:
        """The strongest strata inside another one by one condition more, and how many were tried."""
        used = {condition.name for condition in outer.conditions}
        flags = _flags(outer.rows, self.size)
        marked = [row for row in self.marked if flags[row]]
        found: list[_Tried] = []
        tried = 0
        for name in self.people.clocks:
            if name not in used:
                tried += self._stretches(name, outer, flags, found)
        for name in self.people.columns:
            if name not in used:
                tried += self._values(name, outer, marked, found)
        found.sort()
        strata: dict[int, Stratum] = {}
        for one in found:
            if -one.minus_bits <= outer.bits or len(strata) == SEEDS:
                break
            rows = self._rows_with(one.condition) & outer.rows
            if rows not in strata:
                strata[rows] = Stratum(
                    (*outer.conditions, one.condition), rows, one.size, one.marked, one.expected, -one.minus_bits
                )
        return list(strata.values()), tried

    def _stretches(self, name: str, outer: Stratum, flags: bytes, found: list["_Tried"]) -> int:
        times, least = self.people.clocks[name], self.tuning.least_marked
        order = self.orders[name]
        if outer.conditions:
            order = [row for row in order if flags[row]]
        sorted_ms = [times[row] for row in order]
        usual_until = [0.0, *accumulate(self.people.usual[row] if flags[row] else 0.0 for row in order)]
        count_until = [0, *accumulate(flags[row] for row in order)]
        at_ms = sorted(times[row] for row in self.marked if flags[row])
        starts = [bisect_left(sorted_ms, ms) for ms in at_ms]
        ends = [bisect_right(sorted_ms, ms) for ms in at_ms]
        conditions = (*outer.conditions, Condition(name, 0, 0))
        tried = 0
        for i in range(len(at_ms) - least + 1):
            if i and at_ms[i] == at_ms[i - 1]:
                continue
            seen, first = 0, starts[i]
            for width_ms in self.widths_ms[name]:
                j = bisect_right(at_ms, at_ms[i] + width_ms, i)
                if j - i < least or j == seen:
                    continue
                seen, last = j, ends[j - 1]
                tried += 1
                count = count_until[last] - count_until[first]
                expected = self._expected(j - i, usual_until[last] - usual_until[first])
                if j - i <= LOOKED_AT_RATIO * max(expected, LEAST_USUAL * count) or count == outer.count:
                    continue
                correlation = self._correlation(conditions, count, j - i, expected)
                bits = evidence_bits(j - i, count, expected, correlation)
                found.append(_Tried(-round(bits, 6), count, Condition(name, at_ms[i], at_ms[j - 1]), j - i, expected))
        return tried

    def _values(self, name: str, outer: Stratum, rows_marked: Sequence[int], found: list["_Tried"]) -> int:
        column, least = self.people.columns[name], self.tuning.least_marked
        values = bytes(map(column.__getitem__, rows_marked))
        conditions = (*outer.conditions, Condition(name, 0, 0))
        tried = 0
        for value in dict.fromkeys(values):
            if not value or (marked := values.count(value)) < least or (name, value) in self.tuning.passed_over:
                continue
            rows = outer.rows & self._with_value(name, value)
            count = rows.bit_count()
            tried += 1
            if count == outer.count:
                continue
            expected = self._expected(marked, fsum(compress(self.people.usual, _flags(rows, self.size))))
            if marked <= LOOKED_AT_RATIO * max(expected, LEAST_USUAL * count):
                continue
            bits = evidence_bits(marked, count, expected, self._correlation(conditions, count, marked, expected))
            found.append(_Tried(-round(bits, 6), count, Condition(name, value, value), marked, expected))
        return tried

    def _rows_with(self, condition: Condition) -> int:
        if condition.name in self.people.columns:
            return self._with_value(condition.name, condition.first)
        times, order = self.people.clocks[condition.name], self.orders[condition.name]
        first = bisect_left(order, condition.first, key=times.__getitem__)
        last = bisect_right(order, condition.last, key=times.__getitem__)
        digits = bytearray(b"0" * self.size)
        for row in order[first:last]:
            digits[-1 - row] = _ONE
        return int(digits, 2)

    def _with_value(self, name: str, value: int) -> int:
        rows = self.by_value.get((name, value))
        if rows is None:
            table = b"0" * value + b"1" + b"0" * (255 - value)
            rows = self.by_value[name, value] = int(self.people.columns[name][::-1].translate(table), 2)
        return rows

    def sharpened(self, stratum: Stratum, paid_bits: float) -> Stratum:
        """The same with what the other rows of its groups say, and after paying for the strata that were tried.

        An item that everybody cancels explains those who do so here; one that only these cancel does not.
        """
        groups, prior = self.people.groups, self.tuning.group_prior_rows
        usual = stratum.expected / stratum.count
        marks = Counter(groups[row] for row in self.marked if stratum.rows >> row & 1)
        expected = 0.0
        counts = Counter(compress(groups, _flags(stratum.rows, self.size)))
        for group, here in sorted(counts.items()):
            marked, count = self.group_marks[group] - marks[group], self.group_counts[group] - here
            surely = max(0.0, marked - sqrt(marked))  # a few may be of those who are here
            expected += here * max(usual, (surely + prior * usual) / (count + prior))
        expected = max(expected, LEAST_USUAL * stratum.count)
        correlation = self._correlation(stratum.conditions, stratum.count, stratum.marked, expected)
        if self._is_of_goods(stratum.conditions, marks, counts):
            correlation = max(correlation, self.tuning.goods_correlation)
        effect = self._effect([row for row in self.marked if stratum.rows >> row & 1])
        bits = evidence_bits(stratum.marked, stratum.count, expected, correlation) / effect - paid_bits
        return msgspec.structs.replace(
            stratum, expected=expected, bits=bits, correlation=correlation, effect=effect, paid_bits=paid_bits
        )

    def _of_one_group(self, marks: Counter[int], counts: Counter[int]) -> bool:
        """Whether most marks are of one group, and more than its share of the rows explains."""
        if not marks:
            return False
        group, marked = min(marks.items(), key=lambda item: (-item[1], item[0]))
        share = counts[group] / counts.total()
        return 2 * marked > marks.total() and marked > ONE_GROUP_RATIO * share * marks.total()

    def _is_of_goods(self, conditions: Sequence[Condition], marks: Counter[int], counts: Counter[int]) -> bool:
        """Whether what was bought may be all that the rows have in common: nobody outside a long stretch bought it."""
        wide = [condition for condition in conditions if self._is_wide(condition)]
        of_goods = [condition for condition in conditions if condition.name in self.tuning.goods]
        if not wide or len({*wide, *of_goods}) < len(conditions):
            return False
        return bool(of_goods) or self._of_one_group(marks, counts)

    def _is_wide(self, condition: Condition) -> bool:
        return condition.name in self.people.clocks and condition.last - condition.first > WIDTHS_MS[-1]

    def _effect(self, marked: Sequence[int]) -> float:
        owners = len({self.people.owners[row] for row in marked})
        return 1.0 + self.tuning.owner_correlation * (len(marked) / owners - 1.0)

    def _expected(self, marked: int, usual: float) -> float:
        """How many marks rows should have of which `usual` is usual, by how the others compare with theirs."""
        prior = self.tuning.prior_marks
        others = max(0.0, self.all_usual - usual) + self.people.earlier_usual
        return usual * (self._elsewhere(marked) + prior) / (others + prior)

    def _elsewhere(self, marked: int) -> int:
        """The marks outside of a stratum with so many, and those of before."""
        return len(self.marked) - marked + self.people.earlier_marks

    def _correlation(self, conditions: Sequence[Condition], count: int, marked: int, expected: float) -> float:
        """Of the marks of two rows of a stratum: its chance differs from what was expected, and what was expected is

        not known better than from the marks elsewhere.
        """
        usual = min(MOST_USUAL, max(LEAST_USUAL, expected / count))
        unsure = 1.0 / (self._elsewhere(marked) + self.tuning.prior_marks)
        correlation = usual / (1.0 - usual) * (self.tuning.spread**2 + unsure)
        if not conditions and not self.people.earlier_usual:
            return max(self.tuning.whole_correlation, correlation)
        goods = self.tuning.goods
        if conditions and all(condition.name in goods for condition in conditions):
            return max(self.tuning.goods_correlation, correlation)
        return correlation


class _Tried(NamedTuple):
    """A stratum by its figures; those with the most evidence sort first."""

    minus_bits: float
    size: int
    condition: Condition
    marked: int
    expected: float


def _widths(times: Sequence[int]) -> tuple[int, ...]:
    """How long the stretches are that are tried, shortest first."""
    whole_ms = max(times) - min(times)
    return (*WIDTHS_MS, *(whole_ms // part for part in PARTS if whole_ms // part > WIDTHS_MS[-1]))


def _flags(mask: int, size: int) -> bytes:
    """A 1 for each row that is in it, else 0."""
    return f"{mask:0{size}b}".encode()[::-1].translate(_DIGITS)


def _strongest_first(stratum: Stratum) -> tuple[float, int, int]:
    return -round(stratum.bits, 6), len(stratum.conditions), stratum.count
