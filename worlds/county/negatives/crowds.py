"""Innocent crowds: all write one thing, come in at once, praise because they were asked, or share a network."""

from __future__ import annotations

from random import Random

from worlds.county.draws import between, expo, lognormal, pick, some, whole
from worlds.county.ids import Counter
from worlds.county.laws import MINUTE, SECOND
from worlds.county.show import BOUNCE, Show
from worlds.county.stage import Call, Stage, Surge
from worlds.county.talk.other_words import LOTTERY_WORDS, PRAISE_ANSWERS, PRAISE_PROMPTS, PROMPT_WORDS
from worlds.county.talk.speech import line


def type_1(stage: Stage, rng: Random) -> None:
    """The host asks for one sign, several times; up to half the room writes it."""
    for _ in range(whole(rng, 2, 5)):
        word = pick(rng, PROMPT_WORDS)
        at, lasts = stage.moment(rng, 0.08, 0.92), whole(rng, 15, 60) * SECOND
        stage.calls.append(Call(at, (word, word, word + "！"), between(rng, 0.12, 0.5), lasts, f"想要的打{word}"))


def lottery(stage: Stage, rng: Random) -> None:
    """Who writes the word takes part; people who came for it pour in."""
    word = pick(rng, LOTTERY_WORDS)
    at, lasts = stage.moment(rng, 0.2, 0.8), whole(rng, 60, 240) * SECOND
    stage.calls.append(Call(at, (word,), between(rng, 0.25, 0.6), lasts, f"抽奖口令：{word}", "lottery"))
    stage.surges.append(Surge(at + 10 * SECOND, int(stage.viewers * between(rng, 0.05, 0.15)), "share", lasts))


def praise_prompt(stage: Stage, rng: Random) -> None:
    """The host asks to be praised, and is."""
    for _ in range(whole(rng, 1, 3)):
        which = whole(rng, 0, len(PRAISE_PROMPTS) - 1)
        at = stage.moment(rng, 0.1, 0.9)
        share = between(rng, 0.08, 0.35)
        stage.calls.append(Call(at, PRAISE_ANSWERS[which], share, 45 * SECOND, PRAISE_PROMPTS[which]))


def fans_come(stage: Stage, rng: Random) -> None:
    """A fan club comes in together when the show starts."""
    count = min(stage.room.followers // 40 + 6, whole(rng, 12, 60))
    stage.surges.append(
        Surge(stage.starts_ms + 20 * SECOND, count, "follow", 2 * MINUTE, stay_factor=4.0, follows=True)
    )


def fans(show: Show, rng: Random) -> None:
    """Fans (badge) praise their host line after line, at the same moments."""
    early = show.stage.moment(rng, 0.1, 0.2)
    first = [visit for visit in show.visits if visit.source == "follow" and visit.join_ms < early]
    first = [visit for visit in first if visit.leave_ms - visit.join_ms > 8 * MINUTE] or first
    moments = [show.stage.moment(rng, 0.03, 0.95) for _ in range(whole(rng, 5, 12))]
    for visit in some(rng, first, whole(rng, 20, 60)):
        visit.badge = max(visit.badge, 5 + visit.who.number % 9)
        for moment in moments:
            at = moment + int(expo(rng, 25 * SECOND))
            if visit.join_ms < at < visit.leave_ms and rng.random() < 0.7:
                said = line(rng, "praise_host", visit.who.manner, show.stage.on_table(at).name)
                show.book.say(at, visit.who, said, visit.badge)


def goods_praise(show: Show, rng: Random) -> None:
    """Old customers praise the goods, many of them in the same minutes."""
    stage = show.stage
    crowd = [visit for visit in show.visits if visit.kind != BOUNCE]
    moments = [stage.moment(rng, 0.1, 0.9) for _ in range(whole(rng, 3, 7))]
    for visit in some(rng, crowd, max(8, len(crowd) // 9)):
        for moment in moments:
            at = moment + int(expo(rng, 40 * SECOND))
            if visit.join_ms < at < visit.leave_ms:
                said = line(rng, "praise_goods", visit.who.manner, stage.on_table(at).name)
                show.book.say(at, visit.who, said, visit.badge)


def campus_network(stage: Stage, rng: Random) -> None:
    """A campus watches: one network for a third of the room, and many of them come in when the lecture ends."""
    ids = Counter(stage.show_id, "campus")
    network = f"n{ids.next() >> 36:07x}"
    stage.network = (network, between(rng, 0.1, 0.3))
    count = max(8, int(stage.viewers * between(rng, 0.05, 0.18)))
    stage.surges.append(Surge(stage.moment(rng, 0.1, 0.7), count, "direct", 3 * MINUTE, 1.3, network))


def raid(stage: Stage, rng: Random) -> None:
    """Another host sends the whole audience over; a part of them stays."""
    count = max(20, int(min(6_000, stage.viewers * lognormal(rng, 0.5, 0.5))))
    stage.surges.append(Surge(stage.moment(rng, 0.2, 0.8), count, "raid", whole(rng, 20, 90) * SECOND))


def front_page(stage: Stage, rng: Random) -> None:
    """The platform puts the show on its front page for some minutes."""
    count = max(20, int(min(8_000, stage.viewers * lognormal(rng, 0.7, 0.5))))
    stage.surges.append(Surge(stage.moment(rng, 0.15, 0.75), count, "front_page", whole(rng, 4, 15) * MINUTE, 0.7))


def hosted_joins(stage: Stage, rng: Random) -> None:
    """A guest brings an audience along: one inviter for all of them, and they behave like people."""
    ids = Counter(stage.show_id, "guest")
    count = max(10, int(stage.viewers * between(rng, 0.1, 0.35)))
    at = stage.moment(rng, 0.1, 0.7)
    guest = f"u{ids.next() >> 16:012x}"
    stage.surges.append(Surge(at, count, "share", whole(rng, 1, 4) * MINUTE, 1.6, inviter=guest))
