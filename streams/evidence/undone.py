"""Who undid an order, as a population to look for strata in: what counts and is marked, what is usual, who is alike."""

from collections import Counter
from collections.abc import Mapping, Sequence
from math import log2
from typing import Final

from streams.evidence.keeping import CLOCKS, LINKS, Kept
from streams.evidence.links import MAX_KIND_BITS, TRIED_BITS
from streams.evidence.profile import weights
from streams.evidence.returns import Returned, undone_by
from streams.evidence.strata import Population, Stratum, rows_having, rows_of
from streams.evidence.surprise import kl_bits

COUNTED: Final = 2  # orders of one account that count: who orders much often decides once; guess
PROFILE_MS: Final = 300_000  # those who came in the same five minutes have that in common
ONE_ITEM_SHARE: Final = 0.25  # of what came back of a show, that are refunds of one item; guess
REFUNDS_SHARE: Final = 0.667
REFUNDS_CORRELATION: Final = 0.1  # guess, like the one above
LATE_MS, LATE_STEPS = 1_800_000, 18  # in which it is told how late an order was undone
LEAST_SHARING: Final = 3  # accounts; a pair may be a couple
IN_STRATUM, IN_WHOLE, AROUND, NOT_UNDONE = 0.03, 0.1, 0.5, 0.5
"""How likely an order must be the crew's so that its buyer is named: undone and of the stratum, undone where the whole
show is suspected, undone and not of the stratum, not undone. From the trials."""

Shared = tuple[str, int, float, float]
"""A link, how many accounts have one value of it, how many were expected to, bits."""


def undone_since(
    since_ms: int, now_ms: int, kept: Kept, returned: Mapping[int, Returned], share: float, median_ms: int
) -> Population:
    """The orders that were not undone by `since_ms`, marked where they are so now.

    `share`: of all orders, how many are undone in the end; half of them `median_ms` after they were placed.
    """
    accounts = kept.accounts_of_rows()
    counted = marked = earlier_marks = 0
    of_account: Counter[int] = Counter()
    usual, earlier_usual = [], 0.0
    for row, after_ms in enumerate(kept.clock("ordered")):
        placed_ms = kept.begins_ms + after_ms
        before = share * undone_by(since_ms - placed_ms, median_ms)
        by_now = share * undone_by(now_ms - placed_ms, median_ms)
        usual.append((by_now - before) / (1.0 - before))
        of_account[accounts[row]] += 1
        if of_account[accounts[row]] > COUNTED:
            continue
        earlier_usual += before
        back = returned.get(row)
        if back is not None and 0 < back.undone_ms <= since_ms:
            earlier_marks += 1
            continue  # what the seller cancelled stays: without it those who were faster would be all that is left
        counted |= 1 << row
        if back is not None and back.undone_ms:
            marked |= 1 << row
    clocks = {name: kept.clock(name) for name in CLOCKS}
    return Population(clocks, kept.columns, kept.groups, accounts, usual, counted, marked, earlier_marks, earlier_usual)


def shared_links(stratum: Stratum, rows: Sequence[int], kept: Kept, cap_bits: float) -> tuple[Shared, ...]:
    """Which links the buyers of these rows share, against the other buyers; not those that make the stratum."""
    accounts = kept.accounts_of_rows()
    suspects = {accounts[row] for row in rows}
    found, left_bits = [], cap_bits
    for link in LINKS:
        column = kept.columns.get(link)
        if column is None or any(condition.name.endswith(link) for condition in stratum.conditions):
            continue
        of_account = dict(zip(accounts, column, strict=True))
        inside = Counter(of_account[account] for account in sorted(suspects))
        count, value = max(((count, -value) for value, count in inside.items() if value), default=(0, 0))
        if count < LEAST_SHARING:
            continue
        everybody = sum(1 for other in of_account.values() if other == -value)
        usual = (everybody - count + 1) / (len(of_account) - len(suspects) + 2)
        bits = min(MAX_KIND_BITS, left_bits, kl_bits(count, len(suspects), min(1.0, usual)) - TRIED_BITS)
        if bits > 0:
            left_bits -= bits
            found.append((link, count, usual * len(suspects), bits))
    return tuple(found)


def likely_crew(
    people: Population,
    stratum: Stratum,
    min_accounts: int,
    returned: Mapping[int, Returned],
    kept: Kept,
    since_ms: int,
    median_ms: int,
) -> list[int]:
    """The orders whose buyers are named: of the stratum and around it those that look like the others of it.

    How late each was undone speaks, too, against when people who think better of it would have done so.
    """
    columns: dict[str, Sequence[int]] = dict(people.columns)
    for name, times in people.clocks.items():
        columns[name] = [1 + ms // PROFILE_MS for ms in times]
    everybody, marked = list(rows_of(people.counted)), list(rows_of(people.marked))
    late = [0] * len(people.groups)
    for row in marked:
        late[row] = 1 + _step(returned[row].undone_ms - since_ms)
    columns["late"] = late
    placed_ms = kept.begins_ms + sum(kept.clock("ordered")) // max(1, len(people.groups))
    usual_late = {"late": _usual_steps(since_ms - placed_ms, median_ms)}
    inside = list(rows_of(people.marked & rows_having(people, stratum.conditions)))
    by_chance = len(marked) - len(inside) * (1 - stratum.expected / stratum.marked)
    of_stratum = dict.fromkeys(inside, True)
    least = IN_STRATUM if stratum.conditions else IN_WHOLE
    named = [
        row
        for row, weight in weights(columns, everybody, marked, inside, by_chance, usual_late).items()
        if weight >= (least if row in of_stratum else AROUND if people.marked >> row & 1 else NOT_UNDONE)
    ]
    return named if len({people.owners[row] for row in named}) >= min_accounts else inside


def _step(ms: int) -> int:
    """Half octaves of a time, counted from half an hour on."""
    return min(LATE_STEPS - 1, int(2 * log2(1 + max(0, ms) / LATE_MS)))


def _usual_steps(until_since_ms: int, median_ms: int) -> Counter[int]:
    """How many of 1,000 who take an order back of their own accord do so in each step."""
    ends = [until_since_ms + LATE_MS * (2.0 ** (step / 2) - 1) for step in range(LATE_STEPS + 1)]
    by = [undone_by(end, median_ms) for end in ends[:-1]] + [1.0]
    whole = max(1e-9, 1.0 - by[0])
    return Counter({1 + step: round(1_000 * (by[step + 1] - by[step]) / whole) for step in range(LATE_STEPS)})


def as_refunds(stratum: Stratum, people: Population, returned: Mapping[int, Returned]) -> Stratum:
    """The stratum; worth less where nearly all was refunded: a seller gives money back to many at once.

    Nothing says of a refund who wanted it. Of a whole show the refunds of one item are left out where they are many.
    """
    marked = list(rows_of(stratum.rows & people.marked))
    refunds = [row for row in marked if returned[row].refunded_minor > returned[row].cancelled_minor]
    if not stratum.conditions and refunds:
        counts = Counter(people.groups[row] for row in refunds)
        item = min(counts, key=lambda group: (-counts[group], group))
        if counts[item] >= ONE_ITEM_SHARE * len(marked):
            return stratum.without(sum(1 << row for row in refunds if people.groups[row] == item))
    return stratum.correlated(REFUNDS_CORRELATION) if len(refunds) >= REFUNDS_SHARE * len(marked) else stratum
