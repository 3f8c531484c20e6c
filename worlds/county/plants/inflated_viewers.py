"""Bought viewers: a farm's accounts are sent in so that the counter looks well.

blatant: 500 to 5,000 in bursts of seconds, silent, shared devices and networks. moderate: 200 to 2,000 in waves of
minutes, some chat, some networks shared. faint: 150 to 700, one by one over the show, devices of their own, staying
like people. An act is a join. In some shows the counter is also turned up beyond what anybody joined.
"""

from __future__ import annotations

from worlds.county.crews import FARMS, farm
from worlds.county.draws import between, expo, lognormal, pick, spread, whole
from worlds.county.laws import MINUTE, SECOND
from worlds.county.plants.job import Job, Plant, no_tail
from worlds.county.talk.other_words import SHORT_ZH
from worlds.county.talk.speech import line

SIZES = {"blatant": (500, 5_000), "moderate": (200, 2_000), "faint": (150, 700)}
PER_VIEWER = (0.5, 2.2)  # bots for each honest viewer, where the range allows; guess
TALKS = {"blatant": 0.0, "moderate": 0.03, "faint": 0.02}  # of bots; guess
CHATTY = 0.1  # with the disguise
TURNED_UP = 0.4  # of blatant and moderate shows whose counter lies; guess


def act(job: Job) -> None:
    rng, stage, strength = job.rng, job.show.stage, job.strength
    low, high = SIZES[strength]
    count = job.brief.crew or round(stage.viewers * spread(rng, *PER_VIEWER))
    count = min(high, max(low, count))
    bots = farm(job.show.people, strength, whole(rng, 0, FARMS - 1), count, rng)
    arrivals = _arrivals(job, count)
    usual_stay = between(rng, 12, 40) * MINUTE  # what was ordered: so many minutes each
    talks = CHATTY if job.wears("chatty_bots") else TALKS[strength]
    for who, joins in zip(bots, arrivals, strict=True):
        if strength == "blatant":
            stay = int(usual_stay + between(rng, -20, 20) * SECOND)
        elif strength == "moderate":
            stay = int(usual_stay * between(rng, 0.5, 1.4))
        else:
            stay = int(lognormal(rng, 9 * MINUTE, 1.0))
        source = pick(rng, ("direct", "direct", None, "feed")) if strength == "blatant" else pick(
            rng, ("feed", "feed", "direct", "search", "share", None)
        )  # fmt: skip
        visit = job.enter(who, joins, joins + stay, source, silent_leave=0.1 if strength == "faint" else 0.25)
        job.acted(visit.join_ms, who)
        if rng.random() < talks:
            for _ in range(whole(rng, 1, 2)):
                at = visit.join_ms + 2 * SECOND + int((visit.leave_ms - visit.join_ms - 2 * SECOND) * rng.random())
                said = pick(rng, SHORT_ZH) if rng.random() < 0.6 else line(
                    rng, "greet", who.manner, stage.on_table(at).name
                )  # fmt: skip
                job.book.say(at, who, said, 0)
    if strength != "faint" and rng.random() < TURNED_UP:
        begins = min(job.acts)
        job.show.phantoms.append((begins, stage.ends_ms, between(rng, 1.4, 3.0)))


def _arrivals(job: Job, count: int) -> list[int]:
    rng, stage = job.rng, job.show.stage
    length = stage.ends_ms - stage.starts_ms
    if job.strength == "faint" or job.wears("slow_drip"):
        return sorted(stage.starts_ms + int(length * between(rng, 0.02, 0.8)) for _ in range(count))
    if job.strength == "blatant":
        begins = [stage.moment(rng, 0.03, 0.7) for _ in range(whole(rng, 1, 4))]
        lasts = between(rng, 10, 60) * SECOND
    else:
        begins = [stage.moment(rng, 0.03, 0.75) for _ in range(whole(rng, 3, 7))]
        lasts = between(rng, 2, 6) * MINUTE
    jitter = 45 * SECOND if job.wears("jitter") else 0
    arrivals = []
    for _ in range(count):
        late = int(expo(rng, jitter)) if jitter else 0
        arrivals.append(pick(rng, begins) + int(lasts * rng.random()) + late)
    return sorted(arrivals)


PLANT = Plant(
    act=act,
    own={"blatant": (), "moderate": (), "faint": ("slow_drip",)},
    wears=("chatty_bots", "jitter", "slow_drip"),
    needs_hours=no_tail,
)
