"""What the audience writes: lines of single people, lines that catch on, answers to what the host calls for."""

from __future__ import annotations

from random import Random

from worlds.county.draws import expo, lognormal, pick, poisson
from worlds.county.laws import SECOND
from worlds.county.show import BOUNCE, STAY, Show
from worlds.county.stage import Call
from worlds.county.talk.manners import TO_TRADITIONAL
from worlds.county.talk.other_words import CAUGHT_ON_ZH, EMOJI
from worlds.county.talk.speech import line

FAN = 5  # badge from which the contract calls an account a fan
GREETS = 0.4  # of first lines that are a greeting; guess
SHORTS = 0.26  # of lines that are one word or an emoji; quiet live chats: a tenth of lines has 9 characters or fewer,
# but shows that sell have more of them (guess)
BOUGHT = 0.1  # of lines that say an order was made; guess
COMPLAINTS = 0.025  # guess
BYES = 0.04  # guess
CATCHES_ON_MIN = 9.0  # mean minutes between lines that catch on; guess
ANSWER_S = 6.0  # mean delay of an answer to a call; guess


def talk(show: Show) -> None:
    rng, laws, stage = show.random("chat"), show.laws, show.stage
    odds = [odds_of(laws.host_praise_share, show), odds_of(laws.fan_praise_share, show)]
    for visit in show.visits:
        if visit.kind == BOUNCE:
            continue
        fan = visit.badge >= FAN
        likely = laws.chatter_share * (1.5 if visit.kind == STAY else 0.6) * (1.7 if fan else 1.0)
        if rng.random() >= likely:
            continue
        at = visit.join_ms + 2_000 + int(expo(rng, 40 * SECOND))
        first = True
        while at < visit.leave_ms:
            intent = "greet" if first and rng.random() < GREETS else draw_intent(rng, odds[fan])
            show.book.say(at, visit.who, line(rng, intent, visit.who.manner, stage.on_table(at).name), visit.badge)
            if rng.random() >= laws.goes_on:
                break
            first = False
            at += 1_500 + int(lognormal(rng, laws.gap_median_s * SECOND, laws.gap_sigma))
    for _ in range(poisson(rng, stage.minutes / CATCHES_ON_MIN)):
        words = (pick(rng, CAUGHT_ON_ZH),) if rng.random() < 0.8 else (pick(rng, EMOJI) * 3,)
        answer(show, rng, Call(stage.moment(rng, 0.03, 0.97), words, laws.echo_share * 2 * rng.random(), 20 * SECOND))
    for call in stage.calls:
        if call.text is not None:
            show.book.mark(call.at_ms, call.action, text=call.text, until_ts=call.at_ms + call.lasts_ms)
        answer(show, rng, call)


def odds_of(praise: float, show: Show) -> list[tuple[str, float]]:
    """Intents with their shares summed up."""
    laws = show.laws
    shares = [
        ("short", SHORTS),
        ("praise_host", praise),
        ("praise_goods", laws.goods_praise_share),
        ("question", laws.question_share),
        ("bought", BOUGHT),
        ("complaint", COMPLAINTS),
        ("bye", BYES),
    ]
    total, summed = 0.0, []
    for intent, share in shares:
        total += share
        summed.append((intent, total))
    return [*summed, ("banter", max(1.0, total + 0.12))]


def draw_intent(rng: Random, odds: list[tuple[str, float]]) -> str:
    draw = rng.random() * odds[-1][1]
    for intent, until in odds:
        if draw < until:
            return intent
    return "banter"


def answer(show: Show, rng: Random, call: Call) -> None:
    """A part of those present write what was called for, most within seconds."""
    several = len(call.words)
    for visit in show.present(call.at_ms):
        if rng.random() >= call.share:
            continue
        at = call.at_ms + 800 + int(min(expo(rng, ANSWER_S * SECOND), call.lasts_ms))
        if at >= visit.leave_ms:
            continue
        text = call.words[int(rng.random() ** 2 * several)]
        if visit.who.manner in ("traditional", "canton"):
            text = text.translate(TO_TRADITIONAL)
        show.book.say(at, visit.who, text, visit.badge)
        if rng.random() < 0.12 and at + 2 * SECOND < visit.leave_ms:
            show.book.say(at + 1_200 + int(expo(rng, 3 * SECOND)), visit.who, text, visit.badge)
