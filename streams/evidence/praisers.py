"""Those who praise: what each said, and whether more praise again and again than honest viewers do.

Honest viewers praise once; few do it again, fewer a third time. In a small show friends and family are a good part of
the audience and are kinder than that. Beyond both it is a claque.
"""

from bisect import bisect_right
from collections.abc import Sequence
from math import log2
from typing import Final

import msgspec

from streams.evidence.presence import Viewer
from streams.evidence.surprise import kl_bits, poisson_bits

MAX_PRAISES: Final = 12  # of one account, kept with their words
MAX_MOMENTS: Final = 40  # of one account
MAX_ANSWERING: Final = 5_000  # accounts of which it is kept how often they answered
TALKER: Final = 8  # lines to each praise, and so many before the first: who says so much else only talks; guess
TIMES: Final = (2, 3, 4)  # praised so often or more
SHARES: Final = (0.25, 0.5, 0.67)  # of an account's lines that are praise; below the first it is who talks much
TRIED_BITS: Final = 2.0  # for trying all of these; they say much the same
# guesses, near what one world showed, of honest viewers who praise again:
MOSTLY: Final = (1.0, 0.55, 0.2)  # those with such a share of praise or more
MOSTLY_OF_SMALL: Final = (1.0, 0.6, 0.35)  # the same among friends
FURTHER: Final = 0.4  # those who do so once more: seldom so many, but in a real chat they were
SPREAD: Final = 0.05  # how much more than Poisson their number varies from show to show, a head expected
# and of hired ones, of whom praise was read:
ONCE: Final = 0.2
HIRED: Final = {2: 0.8, 3: 0.5}  # so often or more
KIND: Final = {2: 0.1, 3: 0.02}  # honest ones in a kind room at least; who is meant is judged with more care
HARDLY_BITS: Final = 5.0  # what speaks for somebody of whose many lines few are praise


class Praise(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One line that praises the host, unasked."""

    ts: int
    event_id: str
    text: str


class Praiser(msgspec.Struct, array_like=True, gc=False):
    """What one account said in praise. `moments`: when, those close to each other once, sorted."""

    account_id: str
    moments: list[int] = []
    praises: list[Praise] = []

    def add(self, praise: Praise, separate_ms: int) -> bool:
        """Take a line; whether it praised again by it. The same line once."""
        if any(held.event_id == praise.event_id for held in self.praises):
            return False
        if len(self.praises) < MAX_PRAISES:
            self.praises.append(praise)
        if len(self.moments) >= MAX_MOMENTS or any(abs(praise.ts - ts) < separate_ms for ts in self.moments):
            return False
        self.moments.append(praise.ts)
        self.moments.sort()
        return len(self.moments) > 1

    def share(self, lines: int) -> float:
        """How much of what it said unasked (`lines`) is praise, lines close to each other once."""
        said = max(lines - len(self.praises) + len(self.moments), len(self.moments), 1)
        return len(self.moments) / said


class Answers(msgspec.Struct):
    """How many lines of each account answered the host, or only applaud: they are no talk. Bounded."""

    lines: dict[str, int] = {}

    def add(self, account_id: str) -> None:
        held = self.lines.get(account_id, 0)
        if held or len(self.lines) < MAX_ANSWERING:
            self.lines[account_id] = held + 1

    def talk(self, viewer: Viewer) -> int:
        """What somebody said beside them."""
        return viewer.comments - self.lines.get(viewer.account_id, 0)


def only_talks(praiser: Praiser | None, lines: int) -> bool:
    """Whether somebody said so much else that what more it says need not be read."""
    return lines > TALKER * (1 + len(praiser.moments) if praiser else 1)


class Usual(msgspec.Struct, frozen=True):
    """What honest viewers do in a show of some size, of those who praise at all."""

    again_share: float  # who praise once more
    prior_praisers: float  # assumed beside those seen
    friends: float  # how much it is a show among friends: 0 to 1
    audience: int
    audience_share: float  # of the audience of a show among friends, who praise once more

    def share_of(self, times: int, of_lines: float) -> float:
        """Who praise so many times or more, with so much of what they say."""
        place = max(0, bisect_right(SHARES, of_lines) - 1)
        mostly = MOSTLY[place] + (MOSTLY_OF_SMALL[place] - MOSTLY[place]) * self.friends
        return self.again_share * FURTHER ** (times - 2) * mostly

    def expected(self, times: int, of_lines: float, praisers: int) -> float:
        """How many do where so many praise once."""
        return (praisers + self.prior_praisers) * self.share_of(times, of_lines)


def friends_among(audience: int, small_accounts: int) -> float:
    """Up to `small_accounts` a show is one of friends; beyond, they soon are few among many."""
    return min(1.0, (small_accounts / max(1, audience)) ** 2)


class Again(msgspec.Struct, frozen=True):
    """How many praised so many times or more, with this share of what they said at least; how many is usual."""

    bits: float = 0.0
    times: int = 0
    share: float = 0.0
    accounts: int = 0
    expected: float = 0.0


NEVER: Final = Again()


def again(rows: Sequence[tuple[int, float]], praisers: int, usual: Usual, least: int) -> Again:
    """The most surprising of the ways to count. `rows`: how often each suspect praised, and its share of praise;

    `praisers`: the others who praised.
    """
    best = NEVER
    for times in TIMES:
        for share in SHARES:
            count = sum(1 for praised, of_lines in rows if praised >= times and of_lines >= share)
            if count < least:
                continue
            expected = usual.expected(times, share, praisers)
            bits = (poisson_bits(count, expected) - TRIED_BITS) / (1.0 + SPREAD * expected)
            if bits > best.bits:
                best = Again(bits, times, share, count, expected)
    # a packed house has no other praisers to compare with: there it is the share of all who are there that tells
    share = usual.audience_share
    bits = kl_bits(len(rows), max(usual.audience, len(rows)), share) - TRIED_BITS / 2
    if len(rows) >= least and bits > best.bits:
        best = Again(bits, TIMES[0], SHARES[0], len(rows), share * usual.audience)
    return best


def words_bits(times: int, of_lines: float, usual: Usual) -> float:
    """By how often an account praised: what speaks for its being hired, among those who praised at all."""
    if of_lines < SHARES[0]:
        return -HARDLY_BITS
    if times < TIMES[0]:
        return log2(ONCE / max(0.4, 1.0 - usual.again_share))
    times = min(times, TIMES[1])
    return log2(HIRED[times] / max(KIND[times], usual.share_of(times, of_lines)))
