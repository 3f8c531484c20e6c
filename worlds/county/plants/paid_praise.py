"""Viewers paid to praise the host: a foreman's group chat gives the cue and the lines.

blatant: 15 to 60 accounts copy the same few lines on cue, 5 to 8 each. moderate: 10 to 40, 3 to 5 lines in words of
their own, some time after the cue. faint: 8 to 25, 2 or 3 lines, taking turns over the whole show. An act is a line
of praise.
"""

from __future__ import annotations

from worlds.county.draws import between, expo, pick, some, whole
from worlds.county.laws import MINUTE, SECOND
from worlds.county.people import Person
from worlds.county.plants.job import Job, Plant, no_tail
from worlds.county.talk.grammar import expand
from worlds.county.talk.manners import written
from worlds.county.talk.speech import CHINESE, ENGLISH, ENGLISH_MANNERS, line

SIZES = {"blatant": (15, 60), "moderate": (10, 40), "faint": (8, 25)}
LINES = {"blatant": (5, 8), "moderate": (3, 5), "faint": (2, 3)}
SHEET = {"blatant": 9, "moderate": 5, "faint": 30}  # lines (blatant) or patterns that the foreman hands out
BANTER = {"blatant": 0.05, "moderate": 0.35, "faint": 0.6}  # of members who also write something else; guess
ON_CUE_S = 6.0  # mean delay after the cue; guess
JITTER_S = 45.0  # mean of the jitter, as the project's planted trials have it


def act(job: Job) -> None:
    rng, strength = job.rng, job.strength
    crew = job.crew(job.size(*SIZES[strength]))
    speak = _speech(job)
    plans = _plans(job, crew)
    for who in crew:
        moments = sorted(plans[who.account_id])
        joins = moments[0] - 6 * SECOND - int(expo(rng, (60 if strength == "blatant" else 150) * SECOND))
        leaves = moments[-1] + 8 * SECOND + int(expo(rng, 5 * MINUTE))
        visit = job.enter(who, joins, leaves, job.source())
        badge = 1 if rng.random() < 0.15 else 0
        for at in moments:
            if at <= visit.join_ms:
                at = visit.join_ms + SECOND + int(expo(rng, 4 * SECOND))
            job.book.say(at, who, speak(who), badge)
            job.acted(at, who)
        if rng.random() < BANTER[strength]:
            for _ in range(whole(rng, 1, 2)):
                at = visit.join_ms + 3 * SECOND + int((visit.leave_ms - visit.join_ms - 4 * SECOND) * rng.random())
                if visit.join_ms < at < visit.leave_ms:
                    intent = pick(rng, ("greet", "question", "short", "banter", "praise_goods"))
                    job.book.say(at, who, line(rng, intent, who.manner, job.show.stage.on_table(at).name), badge)


def _plans(job: Job, crew: list[Person]) -> dict[str, list[int]]:
    """When each of the crew speaks."""
    rng, stage, strength = job.rng, job.show.stage, job.strength
    low, high = LINES[strength]
    drips = job.wears("slow_drip")
    turns = job.wears("taking_turns")
    count = high * (3 if turns else 1) + (2 if strength != "blatant" else 0)
    last = stage.ends_ms - 20 * SECOND
    cues = sorted(stage.moment(rng, 0.05, 0.93) for _ in range(count))
    plans: dict[str, list[int]] = {}
    for who in crew:
        lines = whole(rng, low, high)
        chosen = cues[:lines] if strength == "blatant" and not turns else some(rng, cues, lines)
        moments = []
        for cue in chosen:
            if drips:
                at = cue + int(between(rng, 0, 2.5) * MINUTE)
            elif strength != "blatant" or job.wears("jitter"):
                at = cue + 1_500 + int(expo(rng, JITTER_S * SECOND))
            else:
                at = cue + 1_000 + int(min(expo(rng, ON_CUE_S * SECOND), 19 * SECOND))
            moments.append(min(at, last + int(rng.random() * 15 * SECOND)))
        plans[who.account_id] = moments
    return plans


def _speech(job: Job):  # type: ignore[no-untyped-def]
    """What the foreman's sheet makes people write."""
    rng, name = job.rng, job.show.stage.rundown[0][1].name
    chinese = some(rng, CHINESE["praise_host"], SHEET[job.strength])
    english = some(rng, ENGLISH["praise_host"], max(4, SHEET[job.strength] // 2))
    copied = [expand(template, rng, name[0]) for template in chinese]
    words_of_their_own = job.strength != "blatant" or job.wears("paraphrase")

    def speak(who: Person) -> str:
        if not words_of_their_own:
            said = pick(rng, copied)
            return written(said, who.manner, rng) if rng.random() < 0.15 else said
        foreign = who.manner in ENGLISH_MANNERS
        return written(expand(pick(rng, english if foreign else chinese), rng, name[foreign]), who.manner, rng)

    return speak


PLANT = Plant(
    act=act,
    own={"blatant": (), "moderate": ("jitter", "paraphrase"), "faint": ("paraphrase", "slow_drip", "taking_turns")},
    wears=("jitter", "paraphrase", "slow_drip", "taking_turns"),
    needs_hours=no_tail,
    needs_viewers=40,
)
