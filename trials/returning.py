"""A crew that comes back: is it seen sooner in its second and third show, and known to be the same?

Shows differ, so their delays say little beside each other. Each is played once more by itself, as if it were the crew's
first: what is sooner then is so by what the room remembers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from statistics import median
from typing import Any, Final

import msgspec

from trials.intervals import NOTHING, Figure, mean, over_seeds, share
from trials.pairs import Said

MOST_NUMBER: Final = 6  # shows of one crew that have a row of their own
SAME_SHARE: Final = 0.5  # of the accounts: from here on it is the same crew


class Return(msgspec.Struct, frozen=True):
    """One show of a crew: `number` counts its shows from 1."""

    seed: int
    scheme: str
    show_id: str
    number: int
    delay_ms: int | None  # from its first act to the first alert; None: not found
    has_same_id: bool | None  # as in an earlier show; None where neither or only one of them has an id


class Nth(msgspec.Struct, frozen=True):
    """What all n-th shows of crews came to."""

    scheme: str
    number: int
    recall: Figure
    delay_s: Figure  # median, from the first act
    same_id: Figure
    sooner_s: Figure = NOTHING  # mean, than the same show without those before it
    sooner: int = 0  # shows
    later: int = 0


def returns_of(truth: Mapping[str, Any], said: Mapping[tuple[str, str], Said], seed: int) -> list[Return]:
    """The shows in which an earlier crew works again, and the first of each; in the order of their beginning."""
    crews: list[tuple[str, set[str], list[str]]] = []  # scheme, accounts, shows so far
    returns = []
    for show in sorted(truth["shows"], key=lambda show: (show["start"], show["show_id"])):
        show_id = show["show_id"]
        for scheme, plant in sorted(truth["schemes"][show_id].items()):
            accounts = set(plant["accounts"])
            if not accounts:
                continue
            shows = next((shows for of, known, shows in crews if of == scheme and _is_same(known, accounts)), None)
            if shows is None:
                crews.append((scheme, accounts, shows := []))
            heard = said.get((show_id, scheme), Said())
            ids = set(heard.crews.values())
            before = {
                crew for other in shows if (earlier := said.get((other, scheme))) for crew in earlier.crews.values()
            }
            delay = None if heard.found_ms is None else heard.found_ms - plant["start"]
            same = bool(ids & before) if ids and before else None
            shows.append(show_id)
            returns.append(Return(seed, scheme, show_id, len(shows), delay, same))
    return returns


def _is_same(known: set[str], accounts: set[str]) -> bool:
    """A crew is its accounts, as they were in its first show."""
    return len(known & accounts) >= SAME_SHARE * min(len(known), len(accounts))


def by_number(returns: Iterable[Return], alone: Iterable[Return] = ()) -> list[Nth]:
    """A row for each scheme and number. `alone`: the same shows, each played without those before it."""
    forgetful = {(one.seed, one.scheme, one.show_id): one.delay_ms for one in alone}
    groups: dict[tuple[str, int], list[Return]] = {}
    for one in returns:
        if one.number <= MOST_NUMBER:
            groups.setdefault((one.scheme, one.number), []).append(one)
    rows = []
    for (scheme, number), of in sorted(groups.items()):
        delays: dict[int, list[float]] = {}
        for one in of:
            if one.delay_ms is not None:
                delays.setdefault(one.seed, []).append(one.delay_ms / 1_000)
        gains: dict[int, list[float]] = {}
        for one in of:
            by_itself = forgetful.get((one.seed, one.scheme, one.show_id))
            if one.delay_ms is not None and by_itself is not None:
                gains.setdefault(one.seed, []).append((by_itself - one.delay_ms) / 1_000)
        every = [gain for of_seed in gains.values() for gain in of_seed]
        known = [one.has_same_id for one in of if one.has_same_id is not None]
        rows.append(
            Nth(
                scheme,
                number,
                share(sum(1 for one in of if one.delay_ms is not None), len(of)),
                over_seeds(dict(delays), median),
                share(sum(known), len(known)),
                over_seeds(gains, mean),
                sum(gain > 0 for gain in every),
                sum(gain < 0 for gain in every),
            )
        )
    return rows
