"""Complaints after the show: what was sold is bad, and many who bought it say so.

blatant: 5 times the usual rate or more, moderate 3 times, faint twice, each at least 12 more than usual. The
complaints come as late as this platform's complaints do. An act is a complaint more than usual. The buyers are
honest: `accounts` is empty.
"""

from __future__ import annotations

from worlds.county.after import REASONS, complain, complaint_ms, complaint_rate, kept
from worlds.county.draws import between, pick, shuffled, weighted
from worlds.county.laws import Laws
from worlds.county.plants.job import Job, Plant

LIFT = {"blatant": (5.0, 8.0), "moderate": (3.0, 3.0), "faint": (2.0, 2.0)}
FEWEST = 12  # complaints more than usual, of those that are recorded
GOODS = tuple((reason, weight) for reason, weight in REASONS if reason != "other")
MAIN_SHARE = 0.65  # of the complaints that give the main reason; guess
BAD_ITEM = 0.7  # chance that one item is to blame, where it has enough orders; guess


def act(job: Job) -> None:
    rng, show = job.rng, job.show
    orders = kept(show)
    about_goods = sum(weight for _, weight in GOODS) / sum(weight for _, weight in REASONS)
    usual = complaint_rate(show) * len(orders) * about_goods
    count = min(len(orders), max(FEWEST, round((between(rng, *LIFT[job.strength]) - 1.0) * usual)))
    main = pick(rng, ("quality", "quality", "counterfeit", "after_sales"))
    chosen = shuffled(rng, orders)
    if rng.random() < BAD_ITEM:
        sold: dict[str, int] = {}
        for order in orders:
            sku = order.lines[0]["sku"]
            sold[sku] = sold.get(sku, 0) + 1
        bad = max(sorted(sold), key=lambda sku: sold[sku]) if sold else ""
        chosen.sort(key=lambda order: order.lines[0]["sku"] != bad)
    for number, order in enumerate(chosen):
        if number >= count and len(job.acts) >= FEWEST:
            break
        reason = main if rng.random() < MAIN_SHARE else weighted(rng, GOODS)
        at = complaint_ms(rng, show, order.placed_ms)
        complain(show, job.book, order, reason, at, rng)
        job.acted(at)


def needs_hours(strength: str, laws: Laws) -> float:
    """So long that two thirds or more of the complaints have come: 1.4 times their median delay."""
    return 1.4 * laws.complaint_delay_h


PLANT = Plant(
    act=act,
    own={"blatant": (), "moderate": (), "faint": ()},
    wears=(),
    needs_hours=needs_hours,
    needs_viewers=3_000,
)
