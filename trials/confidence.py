"""Fits the curves of `streams/confidence.py` on evenings of the world that is tuned in, and prints them.

python -m trials.confidence --seeds 2001-2012
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from typing import Final

from agents.commands.evaluate import seeds_of
from streams.confidence import score_behind
from trials.pairs import Pair
from trials.playing import Plan, all_pairs, play_all

KNOTS: Final = (0.0, 0.25, 0.4, 0.5, 0.55, 0.65, 0.8, 0.95, 1.0)  # of a detector's score
WIDTH: Final = 0.12  # of the window of scores around a knot
PRIOR: Final = (0.5, 1.0)  # staged and all, added to each window, so that few shows say little
STEP: Final = 0.002  # a curve rises by at least this, so that it can be inverted


def curve(pairs: Sequence[Pair]) -> list[tuple[float, float]]:
    """The share of staged shows around each knot, made to rise (pool adjacent violators; Ayer and others, 1955)."""
    scored = [(score_behind(p.scheme, p.score), not p.is_clean) for p in pairs if p.score > 0]
    shares: list[tuple[float, float]] = []  # share, weight
    for knot in KNOTS:
        near = [is_staged for score, is_staged in scored if abs(score - knot) <= WIDTH]
        shares.append(((sum(near) + PRIOR[0]) / (len(near) + PRIOR[1]), len(near) + PRIOR[1]))
    rising = pooled(shares)
    points: list[tuple[float, float]] = []
    for number, (knot, share) in enumerate(zip(KNOTS, rising, strict=True)):
        left = len(KNOTS) - 1 - number
        lowest = points[-1][1] + STEP if points else 0.0
        points.append((knot, round(min(max(share, lowest), 1.0 - STEP * left), 4)))
    return [(0.0, min(points[0][1], 0.001)), *points[1:]]


def pooled(shares: Sequence[tuple[float, float]]) -> list[float]:
    """Shares with their weights -> the nearest that never fall."""
    blocks: list[list[float]] = []  # sum, weight, how many
    for share, weight in shares:
        blocks.append([share * weight, weight, 1])
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] > blocks[-1][0] / blocks[-1][1]:
            total, of, count = blocks.pop()
            blocks[-1][0] += total
            blocks[-1][1] += of
            blocks[-1][2] += count
    return [block[0] / block[1] for block in blocks for _ in range(int(block[2]))]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--world", default="bazaar")
    parser.add_argument("--seeds", default="2001-2012")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    options = {"shows": 24, "viewers": (50, 5_000), "tail_hours": 240.0}
    plans = [Plan(world=given.world, seed=seed, options=options, with_rules=False) for seed in seeds_of(given.seeds)]
    pairs = all_pairs(play_all(plans, given.processes))
    for scheme in dict.fromkeys(pair.scheme for pair in pairs):
        points = ", ".join(f"({x:g}, {y:g})" for x, y in curve([p for p in pairs if p.scheme == scheme]))
        print(f'    "{scheme}": ({points}),')


if __name__ == "__main__":
    main()
