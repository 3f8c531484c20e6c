"""Bursts: the same act by several accounts close in time, and what it is worth to be in one.

In a burst of n accounts while N were active in the last 120 s, membership is worth log2(N / n) bits. A prompted
burst has n near N and is worth nothing without anyone hearing the host. A pair's evidence is the sum over distinct
keys, the best burst of each. Bursts of more than 150 accounts carry no information and bound the cost.
"""

from collections.abc import Iterable
from math import fsum, log2
from typing import Final

import msgspec

from streams.evidence.surprise import burst_bits

ACTIVE_MS: Final = 120_000
GAP_MS: Final = 30_000  # an act so long after the burst's last begins another
SPAN_MS: Final = 90_000  # a burst lasts no longer
MAX_MEMBERS: Final = 150
MAX_OPEN: Final = 2_000  # keys
MAX_CLOSED: Final = 400  # bursts of two or more; beyond it the oldest is forgotten
WORTHLESS_BITS: Final = 1.0
ALONE_MS: Final = 120_000  # an act so old that no other has joined is forgotten; a late one might have; guess
SWEEP_MS: Final = 60_000


class Active(msgspec.Struct):
    """Accounts that did something in the last 120 s, in the order of their newest act."""

    newest: dict[str, int] = {}

    def act(self, account_id: str, ts: int) -> None:
        newest = self.newest
        held = newest.pop(account_id, 0)
        newest[account_id] = ts if ts > held else held

    def count(self, now_ms: int) -> int:
        """How many are active at `now_ms`; forgets the others."""
        newest = self.newest
        before = now_ms - ACTIVE_MS
        gone = []
        for account_id, ts in newest.items():
            if ts > before:
                break
            gone.append(account_id)
        for account_id in gone:
            del newest[account_id]
        return len(newest)


class Act(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One act of one account, with what a person would want to read of it."""

    event_id: str
    ts: int
    excerpt: str = ""


class Burst(msgspec.Struct, array_like=True, gc=False):
    """One burst. `members` maps each account to its first act in it; `active` is the most active meanwhile."""

    key: str
    start_ms: int
    newest_ms: int
    active: int
    members: dict[str, Act]
    explained: bool = False  # announced: worth nothing

    @property
    def bits(self) -> float:
        if self.explained or not 1 < len(self.members) <= MAX_MEMBERS:
            return 0.0
        return burst_bits(self.active, len(self.members))


class Bursts(msgspec.Struct):
    """Bursts by key: those still open, and those of two or more accounts that closed. Both bounded."""

    active: Active = msgspec.field(default_factory=Active)
    open: dict[str, Burst] = {}
    closed: list[Burst] = []
    forgotten: int = 0  # closed bursts beyond the bound

    def act(self, key: str, account_id: str, act: Act, explained: bool = False) -> Burst:
        """One act -> the burst it is in. `explained`: something announced asks for it."""
        ts = act.ts
        self.active.act(account_id, ts)
        burst = self.open.get(key)
        if burst is not None and (ts - burst.newest_ms > GAP_MS or ts - burst.start_ms > SPAN_MS):
            self._close(self.open.pop(key))
            burst = None
        if burst is None:
            newest = next(reversed(self.open.values()), None)
            if newest is not None and ts // SWEEP_MS > newest.start_ms // SWEEP_MS:
                self._forget_alone(ts)
            if len(self.open) >= MAX_OPEN:
                self._close(self.open.pop(next(iter(self.open))))
            burst = self.open[key] = Burst(key, ts, ts, 1, {})
        if ts > burst.newest_ms:
            burst.newest_ms = ts
        if explained:
            burst.explained = True
        members = burst.members
        if account_id not in members and len(members) <= MAX_MEMBERS:
            members[account_id] = act
            active = self.active.count(ts)
            if active > burst.active:
                burst.active = active
        return burst

    def close_until(self, now_ms: int) -> None:
        """Close the bursts that nothing can join any more."""
        done = [key for key, burst in self.open.items() if now_ms - burst.newest_ms > GAP_MS]
        for key in done:
            self._close(self.open.pop(key))

    def worth(self) -> list[Burst]:
        """Bursts that carry information, oldest first."""
        return [b for b in (*self.closed, *self.open.values()) if b.bits >= WORTHLESS_BITS]

    def _forget_alone(self, now_ms: int) -> None:
        """Forget acts that no other has joined. Most lines are said once: without it they are most of what is held."""
        before_ms = now_ms - ALONE_MS
        alone = [key for key, burst in self.open.items() if burst.newest_ms < before_ms and len(burst.members) == 1]
        for key in alone:
            del self.open[key]

    def _close(self, burst: Burst) -> None:
        if len(burst.members) > 1:
            self.closed.append(burst)
            if len(self.closed) > MAX_CLOSED:
                del self.closed[0]
                self.forgotten += 1


Pair = tuple[str, str]


class PairEvidence(msgspec.Struct):
    """What ties two accounts: bits by distinct key, the best burst of each."""

    keys: dict[str, float]

    @property
    def bits(self) -> float:
        return fsum(self.keys.values())


def threshold_bits(bursts: Iterable[Burst]) -> float:
    """What a pair must be worth to be more than chance among all pairs that share a key: log2 of them, and 3; never

    below 12 (5,000 active accounts and 200 bursts of 50 give some 2,500 pairs of 13.3 bits by chance).
    """
    pairs = sum(len(burst.members) * (len(burst.members) - 1) // 2 for burst in bursts)
    return max(12.0, log2(pairs) + 3.0) if pairs else 12.0


def pairs_of(bursts: Iterable[Burst]) -> dict[Pair, PairEvidence]:
    """Pairs of accounts that share two or more distinct keys, in the order in which they first met.

    Only accounts that are in bursts of two distinct keys can be in such a pair, so the others are passed over.
    """
    bursts = list(bursts)
    keys: dict[str, set[str]] = {}
    for burst in bursts:
        for account in burst.members:
            keys.setdefault(account, set()).add(burst.key)
    found: dict[Pair, dict[str, float]] = {}
    for burst in bursts:
        members = [a for a in burst.members if len(keys[a]) > 1]
        bits = burst.bits
        for i, one in enumerate(members):
            for other in members[i + 1 :]:
                # the pair's two halves in the order in which they first met: never by name
                pair = (other, one) if (other, one) in found else (one, other)
                by_key = found.setdefault(pair, {})
                if bits > by_key.get(burst.key, 0.0):
                    by_key[burst.key] = bits
    return {pair: PairEvidence(by_key) for pair, by_key in found.items() if len(by_key) > 1}
