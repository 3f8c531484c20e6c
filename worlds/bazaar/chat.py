"""What honest viewers say: of their own accord, at moments, and when asked."""

from __future__ import annotations

from math import exp, log
from random import Random

from worlds.bazaar import laws
from worlds.bazaar.show import Present, Scribe, Show, Visit
from worlds.bazaar.stage import Moment, Prompt

INTENTS = (
    ("CHAT", 0.34),
    ("QUESTION", 0.22),
    ("LAUGH", 0.10),
    ("PRODUCT", 0.10),
    ("ORDER", 0.08),
    ("WOW", 0.05),
    ("EMOJI", 0.07),
    ("HOST", 0.025),
    ("COMPLAIN", 0.015),
)
"""What a line is about; guess. One in forty praises the host, more among fans and by room."""
_NAMES = [name for name, _ in INTENTS]
_WEIGHTS = [weight for _, weight in INTENTS]
_FAN_WEIGHTS = [weight * (6 if name == "HOST" else 1) for name, weight in INTENTS]


def chat(show: Show, visits: list[Visit], scribe: Scribe, random: Random) -> None:
    """Everything that these visitors say during the show."""
    for visit in visits:
        lines = planned_lines(show, visit, random)
        if lines:
            speak(show, visit, lines, scribe, random)
    present = Present(visits, show.stage.start, show.stage.end)
    for moment in show.stage.moments:
        react(show, moment, present, scribe, random)
    for prompt in show.stage.prompts:
        answer(show, prompt, present, scribe, random)


def planned_lines(show: Show, visit: Visit, random: Random) -> int:
    """How many lines somebody says unasked; 0 for most."""
    seconds = visit.seconds
    chance = (
        (0.012 + show.stage.room.law.chatters * min(1.0, seconds / 900) ** 0.6)
        * show.stage.room.chattiness
        * visit.talks
    )
    chance *= 2.2 if visit.fan else (1.4 if visit.follows else 1.0)
    if random.random() >= min(0.9, chance):
        return 0
    lines = int(exp(random.gauss(show.stage.room.law.lines_log_mean, laws.LINES_LOG_SIGMA)))
    return max(1, min(lines, 1 + int(seconds / 9)))


def speak(show: Show, visit: Visit, lines: int, scribe: Scribe, random: Random) -> None:
    """A run of lines with human gaps, within the visit."""
    talk = show.stage.room.talk
    stays_ms = visit.until - visit.at
    at = visit.at + 1_500 + int(random.random() ** 1.4 * max(1, stays_ms - 3_000))
    if random.random() < 0.25:
        at = visit.at + 2_000 + int(random.expovariate(1 / 9_000))
        if at < visit.until and random.random() < 0.75:
            scribe.say(visit, at, talk.line("HELLO", visit.account, random))
            lines -= 1
            at += _gap(random)
    spams = talk.line(intent(show, visit, random), visit.account, random) if random.random() < laws.SPAMMERS else None
    if spams is not None:
        lines, at = max(lines, random.randint(8, 60)), visit.at + 2_000
    end = min(visit.until, show.stage.end + 5 * laws.SECOND)
    written = 0
    while written < lines and at < end:
        if visit.until - at < 20_000 and stays_ms > 2 * laws.MINUTE and random.random() < 0.3:
            scribe.say(visit, at, talk.line("BYE", visit.account, random))
            break
        text = spams or talk.line(intent(show, visit, random), visit.account, random)
        scribe.say(visit, at, text)
        written += 1
        if random.random() < 0.06 and lines - written > 0 and spams is None:
            scribe.say(visit, min(at + random.randint(900, 6_000), visit.until), text)  # the same again
            written += 1
        at += _gap(random)
        if at >= end and written < lines and stays_ms > 5 * laws.MINUTE:
            # who talks much talks all the time that it is there
            at = visit.at + int(random.random() * stays_ms)
            lines -= 1


def intent(show: Show, visit: Visit, random: Random) -> str:
    """What the next line is about."""
    if visit.circle and random.random() < 0.3:
        return visit.circle
    chosen = random.choices(_NAMES, _FAN_WEIGHTS if visit.fan else _WEIGHTS)[0]
    if chosen == "HOST":
        if visit.hired:
            return "CHAT"
        if random.random() > min(1.0, show.stage.room.praise * 0.7):
            return "CHAT"
    return chosen


def react(show: Show, moment: Moment, present: Present, scribe: Scribe, random: Random) -> None:
    """Some of those present say something within seconds of a moment."""
    talk = show.stage.room.talk
    for visit in present.at(moment.at):
        share = moment.share * visit.talks * (1.8 if visit.fan else 1.0)
        if random.random() >= share:
            continue
        at = moment.at + 1_200 + int(exp(random.gauss(log(6_500), 0.8)))
        if at >= visit.until:
            continue
        kind = moment.kind
        if kind == "HOST":
            praises = (0.6 if visit.fan else 0.16) * show.stage.room.praise
            kind = "HOST" if random.random() < praises and not visit.hired else "WOW"
        scribe.say(visit, at, talk.line(kind, visit.account, random))


def answer(show: Show, prompt: Prompt, present: Present, scribe: Scribe, random: Random) -> None:
    """Those present do what the host asks, each in an own spelling, some more than once."""
    talk = show.stage.room.talk
    for visit in present.at(prompt.at):
        patience = 0.5 + min(1.0, visit.seconds / 400)
        if random.random() >= prompt.share * patience * min(1.5, visit.talks):
            continue
        at = prompt.at + 1_000 + int(exp(random.gauss(log(6_000), 0.85)))
        for _ in range(1 + int(random.random() ** 2.5 * prompt.repeats)):
            if at >= min(visit.until, prompt.until + 20 * laws.SECOND):
                break
            if prompt.answers is not None:
                text = talk.echo(prompt.answers, visit.account, random)
            elif visit.hired:
                break
            else:
                text = talk.line("HOST", visit.account, random)
            scribe.say(visit, at, text)
            at += 1_500 + int(random.expovariate(1 / 9_000))


def _gap(random: Random) -> int:
    return int(max(1.2, laws.GAP_MEDIAN_S * exp(random.gauss(0, laws.GAP_SIGMA))) * laws.SECOND)
