"""One plant in one show: who is hired, what they do, and the truth of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import ceil
from random import Random
from typing import Any

from worlds.county.crews import called, team
from worlds.county.draws import pick, spread
from worlds.county.laws import SECOND, Laws
from worlds.county.people import Person
from worlds.county.show import BROWSE, Show, Visit

DISGUISES: dict[str, str] = {
    "jitter": "acts come an exponential 45 s after their cue instead of on it",
    "paraphrase": "everybody says it in words of their own",
    "taking_turns": "a third of the crew acts on each cue",
    "splitting": "a sum is split over orders minutes apart",
    "slow_drip": "over the whole show instead of in a burst or waves",
    "mixed_in": "hired accounts also do what anybody does: buy and keep other things",
    "spread_cancels": "cancels are spread over days instead of batches",
    "partial_costs": "half of the lines do not tell their cost",
    "chatty_bots": "a tenth of the bots write a word now and then",
}
CROWD_SHARE = 0.35  # of the audience that a crew is at most, where nobody asks for more and its range allows; guess
SAME_VISIT_MS = 30 * SECOND  # who is back sooner has not left
SOURCES = {  # by which way hired people say they come; guess
    "blatant": ("direct", "direct", "share", "share", "feed"),
    "moderate": ("share", "direct", "feed", "feed", "search", None),
    "faint": ("feed", "feed", "feed", "search", "share", "direct", "follow", None),
}


@dataclass(frozen=True, slots=True)
class Brief:
    """What is to be planted. `crew` is the number of hired accounts, where it is not the strength's to draw."""

    scheme: str
    strength: str
    disguises: tuple[str, ...]
    team: int = 0
    crew: int | None = None


@dataclass(frozen=True, slots=True)
class Plant:
    """One scheme: how it is planted, by strength."""

    act: Callable[[Job], None]
    own: Mapping[str, tuple[str, ...]]  # disguises that a strength always wears
    wears: tuple[str, ...]  # all that it can wear
    needs_hours: Callable[[str, Laws], float]  # of tail, so that its acts are recorded
    needs_viewers: int = 0  # it looks for a show of at least so many


@dataclass(slots=True)
class Job:
    """A plant at work. Its random source and its book are its own: the honest part of the show does not notice."""

    show: Show
    brief: Brief
    rng: Random = field(init=False)
    acts: list[int] = field(default_factory=list)
    accounts: dict[str, None] = field(default_factory=dict)
    begins_ms: int | None = None

    def __post_init__(self) -> None:
        self.rng = self.show.random(f"plant/{self.brief.scheme}")
        self.book = self.show.new_book(f"plant/{self.brief.scheme}")
        self.show.books.append(self.book)

    book: Any = field(init=False)

    @property
    def strength(self) -> str:
        return self.brief.strength

    def wears(self, disguise: str) -> bool:
        return disguise in self.brief.disguises

    def size(self, low: int, high: int) -> int:
        """How many, within the strength's range and in proportion to the audience."""
        if self.brief.crew is not None:
            return min(high, max(low, self.brief.crew))
        most = min(high, max(low, int(self.show.stage.viewers * CROWD_SHARE)))
        return round(spread(self.rng, low, most))

    def crew(self, count: int) -> list[Person]:
        stage = self.show.stage
        members = team(self.show.people, stage.room.agency, self.strength, self.brief.team)
        return called(members, count, self.rng)

    def source(self) -> str | None:
        return pick(self.rng, SOURCES[self.strength])

    def enter(self, who: Person, at_ms: int, leave_ms: int, source: str | None, silent_leave: float = 0.1) -> Visit:
        """Somebody hired comes in, and leaves by the end of the show. Told once all plants are done (`tell_hired`)."""
        rng, stage = self.rng, self.show.stage
        if at_ms < stage.starts_ms:
            at_ms = stage.starts_ms + 300 + int(rng.random() * 25 * SECOND)
        at_ms = min(at_ms, stage.ends_ms - 5 * SECOND)
        leave_ms = max(at_ms + 2 * SECOND, leave_ms)
        visit = Visit(who, at_ms, min(leave_ms, stage.ends_ms), source, BROWSE)
        visit.silent = rng.random() < silent_leave
        self.show.hired.append(visit)
        if self.begins_ms is None or at_ms < self.begins_ms:
            self.begins_ms = at_ms
        return visit

    def acted(self, at_ms: int, who: Person | None = None) -> None:
        """One planted act, by an account of the crew where it has one. What is not recorded has not happened."""
        if at_ms > self.show.stage.until_ms:
            return
        self.acts.append(at_ms)
        if who is not None:
            self.accounts[who.account_id] = None

    def truth(self) -> dict[str, Any] | None:
        """The contract's Truth; None where nothing of it was recorded."""
        if not self.acts:
            return None
        done = sorted(self.acts)
        begins = done[0] if self.begins_ms is None else min(self.begins_ms, done[0])
        return {
            "accounts": sorted(self.accounts),
            "start": begins,
            "end": done[-1],
            "strength": self.strength,
            "third": done[ceil(len(done) / 3) - 1],
            "acts": len(done),
            "disguises": list(self.brief.disguises),
        }


def tell_hired(show: Show) -> None:
    """Joins and leaves of all who are hired; one who works for two schemes at once comes in once."""
    book, rng = show.new_book("hired"), show.random("hired")
    show.books.append(book)
    ends = show.stage.ends_ms
    together: dict[str, Visit] = {}
    told: list[Visit] = []
    for visit in sorted(show.hired, key=lambda visit: visit.join_ms):
        before = together.get(visit.who.account_id)
        if before is not None and visit.join_ms <= before.leave_ms + SAME_VISIT_MS:
            before.leave_ms = max(before.leave_ms, visit.leave_ms)
        else:
            together[visit.who.account_id] = visit
            told.append(visit)
    for visit in told:
        book.join(visit.join_ms, visit.who, visit.source)
        late = int(rng.random() * 25 * SECOND) if visit.leave_ms >= ends else 0
        if not visit.silent:
            book.leave(visit.leave_ms + late, visit.who)
    show.hired = told


def no_tail(strength: str, laws: Laws) -> float:
    """Nothing of it happens after the show."""
    return 0.0
