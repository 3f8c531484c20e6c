"""Real lockstep: posts before the German elections of 2021, of which some accounts share the same again and again.

Nobody knows who is coordinated. So pairs are found in the first half of the time and looked for in the second, where
sharing the same five times or more within 30 s is taken for lockstep; and what a rule says by chance is counted on
decoys, posts whose accounts are dealt anew within two minutes. CooRTweet's rule counts how many things a pair shared;
the surprise of it weighs each by how few of the day's accounts shared it. Both thresholds are swept.

A day, because here posts are minutes apart: with the 120 s of a live show hardly anybody else is active, a shared post
is worth a bit or two, and the surprise finds a seventh of what the count finds at no decoy.
"""

import csv
import gzip
from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from random import Random

import pytest

from streams.evidence.bursts import Act, Bursts, pairs_of
from trials.baselines import MAX_BURST, WINDOW_MS

DAY_MS = 24 * 3_600_000
STRATUM_MS = 120_000
KINDS = ("url_id", "hashtag_id", "phash_id")
SHUFFLES = 3
Post = tuple[int, str, list[str]]  # when, who, what was shared
Pairs = dict[frozenset[str], float]


def posts(path: Path) -> list[Post]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [
            (int(row["timestamp"]) * 1_000, row["account_id"], [f"{kind}:{row[kind]}" for kind in KINDS if row[kind]])
            for row in csv.DictReader(file)
        ]
    return sorted(rows)


def surprise(of: Sequence[Post]) -> Pairs:
    """Pairs by the bits of what they shared."""
    active: dict[int, set[str]] = defaultdict(set)
    bursts, found = Bursts(), []
    for ts, account, keys in of:
        active[ts // DAY_MS].add(account)
        for key in keys:
            bursts.act(key, account, Act("", ts))
        found += bursts.closed
        bursts.closed.clear()
    found += bursts.open.values()
    for burst in found:
        burst.active = len(active[burst.start_ms // DAY_MS])
    return {frozenset(pair): evidence.bits for pair, evidence in pairs_of(found).items()}


def counts(of: Sequence[Post]) -> Pairs:
    """Pairs by how many things they shared within 30 s (CooRTweet's rule asks for two)."""
    recent: dict[str, list[tuple[int, str]]] = defaultdict(list)
    shared: dict[frozenset[str], set[str]] = defaultdict(set)
    for ts, account, keys in of:
        for key in keys:
            recent[key] = [one for one in recent[key][-MAX_BURST:] if one[0] > ts - WINDOW_MS]
            for _, other in recent[key]:
                if other != account:
                    shared[frozenset((account, other))].add(key)
            recent[key].append((ts, account))
    return {pair: float(len(keys)) for pair, keys in shared.items()}


def dealt_anew(of: Sequence[Post], seed: int) -> list[Post]:
    random = Random(f"decoys/{seed}")
    dealt = []
    for _, group in groupby(of, lambda post: post[0] // STRATUM_MS):
        stratum = list(group)
        accounts = [account for _, account, _ in stratum]
        random.shuffle(accounts)
        dealt += [(ts, account, keys) for (ts, _, keys), account in zip(stratum, accounts, strict=True)]
    return dealt


def flagged(pairs: Pairs, decoys: Sequence[float], allowed: int) -> set[frozenset[str]]:
    """Pairs above the lowest threshold that lets at most so many decoys through."""
    above = decoys[allowed] if allowed < len(decoys) else 0.0
    return {pair for pair, value in pairs.items() if value > above}


@pytest.mark.data
def test_surprise_finds_at_least_what_counting_finds_at_as_many_decoys(data_dir: Path):
    everything = posts(data_dir / "german_elections_mmmp.csv.gz")
    middle = (everything[0][0] + everything[-1][0]) // 2
    first = [post for post in everything if post[0] < middle]
    later = counts([post for post in everything if post[0] >= middle])
    lockstep = {pair for pair, shared in later.items() if shared >= 5}
    shuffled = [dealt_anew(first, seed) for seed in range(SHUFFLES)]
    rules = {}
    for rule in (surprise, counts):
        rules[rule.__name__] = rule(first), sorted((v for of in shuffled for v in rule(of).values()), reverse=True)

    assert len(lockstep) > 100
    for allowed in (1, 5, 20, 100):
        found = {name: flagged(pairs, decoys, allowed * SHUFFLES) for name, (pairs, decoys) in rules.items()}
        recall = {name: len(pairs & lockstep) / len(lockstep) for name, pairs in found.items()}
        again = {name: len(pairs & later.keys()) / len(pairs) for name, pairs in found.items()}
        print(f"\n{allowed} decoys: " + "; ".join(
            f"{name} {len(pairs)} pairs, {again[name]:.2f} meet again, {recall[name]:.2f} of the lockstep"
            for name, pairs in found.items()
        ))  # fmt: skip
        assert recall["surprise"] >= recall["counts"]
        assert again["surprise"] >= 0.9


@pytest.mark.data
def test_the_pair_that_shares_most_is_the_most_surprising(data_dir: Path):
    everything = posts(data_dir / "german_elections_mmmp.csv.gz")
    by_bits, by_count = surprise(everything), counts(everything)

    assert max(by_bits, key=lambda pair: by_bits[pair]) == max(by_count, key=lambda pair: by_count[pair])
