"""What people say in the world can be said, and is said in many ways."""

from __future__ import annotations

from random import Random

import pytest

from worlds.bazaar.ids import Ids
from worlds.bazaar.people import People
from worlds.bazaar.plants.paid_praise import reworded
from worlds.bazaar.shop import CATEGORY_PRICE
from worlds.bazaar.talk import Host, Talk, alternatives
from worlds.bazaar.words import en, zh
from worlds.bazaar.words.hant import traditional

INTENTS = [name for name in zh.RULES if name.isupper() and "_" not in name]


def talk(language: str, category: str = "apparel", man: bool = False) -> Talk:
    return Talk(language, Host(category, man, {"zh": "小鹿", "en": "Amy"}))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("man", [False, True])
@pytest.mark.parametrize("category", CATEGORY_PRICE)
def test_every_name_in_a_grammar_is_a_rule(language: str, man: bool, category: str) -> None:
    rules = talk(language, category, man)._bound[language]

    assert {text for options in rules.values() for parts in options for named, text in parts if named} <= rules.keys()


def test_both_languages_can_voice_the_same_intents() -> None:
    assert [name for name in en.RULES if name.isupper() and "_" not in name] == INTENTS


@pytest.mark.parametrize("intent", INTENTS)
@pytest.mark.parametrize("language", ["zh", "hant", "en"])
def test_lines_are_short_varied_and_without_leftovers(language: str, intent: str) -> None:
    random, people, room = Random(1), People(1, Ids(1)), talk(language)
    lines = [room.line(intent, people.stranger(random), random) for _ in range(300)]

    assert len(set(lines)) > 60
    assert all(1 <= len(line) <= 120 and not set("{}|*∅") & set(line) for line in lines)


def test_praise_of_the_host_is_rich_enough_not_to_repeat_itself() -> None:
    for language in ("zh", "en"):
        random, room = Random(2), talk(language)
        lines = [room.compose("HOST", language, random) for _ in range(1_000)]
        assert len(set(lines)) > 700


def test_most_of_a_room_writes_its_script_and_some_write_others() -> None:
    people, random = People(3, Ids(3)), Random(3)
    for language, most in (("zh", "zh"), ("hant", "hant"), ("en", "en")):
        tongues = [talk(language).tongue(people.stranger(random)) for _ in range(1_000)]
        assert 650 < tongues.count(most) < 960
        assert set(tongues) == {"zh", "hant", "en"}


def test_traditional_lines_are_written_in_traditional_characters() -> None:
    assert traditional("主播头发真漂亮，声音也好听，爱了") == "主播頭髮真漂亮，聲音也好聽，愛了"


def test_an_alternative_can_count_for_several_and_begin_with_a_blank() -> None:
    assert alternatives("a*3|∅|_b {c}") == (
        *(((False, "a"),),) * 3,
        (),
        ((False, " b "), (True, "c")),
    )


def test_a_reworded_line_is_another_line_of_the_same_meaning() -> None:
    random = Random(4)
    chinese = {reworded("小姐姐真的很漂亮", "zh", random) for _ in range(50)}
    english = {reworded("you are so beautiful today", "en", random) for _ in range(50)}

    assert len(chinese) > 20
    assert len(english) > 20
    assert not any("货" in line or "buy" in line for line in chinese | english)
