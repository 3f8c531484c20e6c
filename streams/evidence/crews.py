"""Crews: the accounts of a graph of evidence that hold together best, by more than one kind of evidence.

The graph is peeled greedily: the account with the least evidence leaves, again and again, and the moment at which
evidence per account was largest is the crew (Charikar 2000; FRAUDAR, Hooi, KDD 2016).
"""

import heapq
from collections.abc import Mapping
from math import fsum
from typing import Final

import msgspec

MIN_ACCOUNTS: Final = 3
MIN_KINDS: Final = 2
NETWORK: Final = "ip_prefix"

Edges = Mapping[tuple[str, str], Mapping[str, float]]  # pair -> bits by kind of evidence


class Crew(msgspec.Struct, frozen=True):
    """Accounts tied together: what each adds in bits, and which kinds of evidence tie them."""

    accounts: dict[str, float]
    kinds: tuple[str, ...]


def crew_of(edges: Edges, min_accounts: int = MIN_ACCOUNTS, min_kinds: int = MIN_KINDS) -> Crew | None:
    """The densest part of the graph, if it is a crew: enough accounts, enough kinds that are independent."""
    members = peel({pair: fsum(kinds.values()) for pair, kinds in edges.items()})
    if len(members) < min_accounts:
        return None
    inside = {pair: kinds for pair, kinds in edges.items() if pair[0] in members and pair[1] in members}
    kinds = tuple(sorted({kind for by_kind in inside.values() for kind, bits in by_kind.items() if bits > 0}))
    if len(kinds) < min_kinds or set(kinds) == {NETWORK}:
        return None
    bits: dict[str, list[float]] = {account: [] for account in members}
    for (one, other), by_kind in inside.items():
        weight = fsum(by_kind.values())
        bits[one].append(weight)
        bits[other].append(weight)
    return Crew({account: fsum(weights) / (len(members) - 1) for account, weights in bits.items()}, kinds)


def peel(weights: Mapping[tuple[str, str], float]) -> dict[str, None]:
    """The accounts with the most evidence per account, in the order of first mention; ties keep the earlier."""
    neighbours: dict[str, dict[str, float]] = {}
    for (one, other), weight in weights.items():
        if weight > 0 and one != other:
            neighbours.setdefault(one, {})[other] = weight
            neighbours.setdefault(other, {})[one] = weight
    if not neighbours:
        return {}
    order = {account: place for place, account in enumerate(neighbours)}
    names = list(neighbours)
    degree = {account: fsum(row.values()) for account, row in neighbours.items()}
    total = fsum(degree.values()) / 2
    heap = [(round(degree[account], 6), -order[account]) for account in names]  # of equals the later leaves first
    heapq.heapify(heap)
    left: dict[str, None] = dict.fromkeys(names)
    gone: list[str] = []
    best, best_gone = total / len(left), 0
    while len(left) > 1:
        weight, minus_place = heapq.heappop(heap)
        account = names[-minus_place]
        if account not in left or weight != round(degree[account], 6):
            continue
        del left[account]
        gone.append(account)
        total -= degree[account]
        for other, bits in neighbours[account].items():
            if other in left:
                degree[other] -= bits
                heapq.heappush(heap, (round(degree[other], 6), -order[other]))
        density = total / len(left)
        if density > best + 1e-9:
            best, best_gone = density, len(gone)
    out = set(gone[:best_gone])
    return {account: None for account in names if account not in out}
