"""A line for an intent: what somebody of a manner would write about this host and these goods."""

from __future__ import annotations

from random import Random

from worlds.county.talk import goods_words as goods
from worlds.county.talk import host_words as host
from worlds.county.talk import other_words as other
from worlds.county.talk.grammar import Template, expand, parsed
from worlds.county.talk.manners import written

ENGLISH_MANNERS = ("english", "casual")

CHINESE: dict[str, tuple[Template, ...]] = {
    "praise_host": parsed(host.HOST_ZH),
    "praise_goods": parsed(goods.GOODS_ZH),
    "question": parsed(goods.QUESTION_ZH),
    "bought": parsed(goods.BOUGHT_ZH),
    "complaint": parsed(goods.COMPLAINT_ZH),
    "greet": parsed(other.GREET_ZH),
    "banter": parsed(other.BANTER_ZH),
    "bye": parsed(other.BYE_ZH),
}
ENGLISH: dict[str, tuple[Template, ...]] = {
    "praise_host": parsed(host.HOST_EN),
    "praise_goods": parsed(goods.GOODS_EN),
    "question": parsed(goods.QUESTION_EN),
    "bought": parsed(goods.BOUGHT_EN),
    "complaint": parsed(goods.COMPLAINT_EN),
    "greet": parsed(other.GREET_EN),
    "banter": parsed(other.BANTER_EN),
    "bye": parsed(other.BYE_EN),
}
AFTER = {reason: parsed(texts) for reason, texts in goods.AFTER_ZH.items()}


def line(rng: Random, intent: str, manner: str, item: tuple[str, str]) -> str:
    """`item` is the name of the goods in Chinese and English; intents are the keys of CHINESE, or "short"."""
    english = manner in ENGLISH_MANNERS
    if intent == "short":
        draw = rng.random()
        if draw < 0.3:
            return other.EMOJI[int(draw / 0.3 * len(other.EMOJI))] * (1 + int(rng.random() * 3))
        words = other.SHORT_EN if english else other.SHORT_ZH
        said = words[int(rng.random() * len(words))]
        if draw < 0.52:
            return said
        if draw < 0.7:  # one sign again and again: 666666, 哈哈哈哈
            return said + said[-1] * (1 + int(rng.random() ** 2 * 7))
        if draw < 0.85:
            return said + other.EMOJI[int((draw - 0.7) / 0.15 * len(other.EMOJI))]
        return said + " " + words[int(rng.random() * len(words))]
    templates = (ENGLISH if english else CHINESE)[intent]
    said = expand(templates[int(rng.random() * len(templates))], rng, item[english])
    return written(said, manner, rng)


def complaint_text(rng: Random, reason: str, manner: str, item: tuple[str, str]) -> str:
    templates = AFTER[reason]
    said = expand(templates[int(rng.random() * len(templates))], rng, item[0])
    return written(said, "plain" if manner in ENGLISH_MANNERS else manner, rng)
