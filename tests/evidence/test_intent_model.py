"""What a line is about, told by the model: lines of every kind, manners it never saw, real reviews and chats."""

import csv
import gzip
import time
from itertools import pairwise
from math import isqrt
from pathlib import Path

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.training import corpus
from agents.training.__main__ import trained
from agents.training.fitting import Recipe
from agents.training.trial import figures, left_out
from streams.evidence.intent_model import (
    KINDS,
    MAX_KNOWN,
    Intents,
    counted,
    fields,
    kind_features,
    kinds_of,
    marked,
    pack,
    praises_host,
    read,
    text_features,
    unpack,
)
from streams.evidence.text import fold

INTENTS = Intents()
HOST = KINDS.index("praise_host")
LINES = {
    "praise_host": [
        "主播好漂亮",
        "主播特别漂亮",
        "主播妳好溫柔",
        "小姐姐声音真好听",
        "人美心善",
        "主播讲得真有耐心",
        "you are so beautiful",
        "YOU LOOK GORGEOUS!!",
        "love your smile ❤️",
        "主播 so cute",
        "不看衣服只看你",
    ],
    "praise_goods": [
        "这件衣服好好看",
        "主播身上这件好美",
        "裙子显白好漂亮",
        "你戴的项链真好看",
        "love this dress",
        "great quality",
        "👗好美",
    ],
    "question": [
        "这个多少钱",
        "主播这款有没有黑色",
        "how much is the bag",
        "what size are you wearing",
        "你口红什么色号这么好看",
        "主播多高",
    ],
    "complaint": ["质量太差了", "我要退货", "this is a scam", "never arrived", "漂亮有什么用", "长得好看就能卖假货"],
    "echo": ["1", "扣", "扣1", "666", "❤️❤️❤️", "抽我抽我", "我要一件", "pick me"],
    "other": ["晚上好", "第一次来", "hello everyone", "便宜点吧", "我老婆也漂亮", "猫好可爱", "主播喝水"],
}


@pytest.mark.parametrize(("kind", "line"), [(kind, line) for kind, lines in LINES.items() for line in lines])
def test_a_line_is_of_its_kind(kind: str, line: str):
    assert INTENTS.of(line).kind == kind


DENIED = [
    "主播不漂亮",
    "你一点也不可爱",
    "我没觉得主播长得美",
    "主播沒那麼漂亮啦",
    "我覺得她不是很漂亮",
    "個主播真係唔靚",
    "you are not pretty",
    "this host isn't cute at all",
    "I never said you were beautiful",
]
PRAISED_BY_A_NEGATION = [
    "没有人比你更温柔",
    "从没见过这么好看的小姐姐",
    "沒有比妳更漂亮的主播了",
    "nobody is as beautiful as you",
    "I can't stop staring at your pretty face",
    "isn't the host gorgeous",
]


@pytest.mark.parametrize("line", DENIED)
def test_praise_that_is_denied_is_none(line: str):
    assert INTENTS.of(line).kind == "other"


@pytest.mark.parametrize("line", PRAISED_BY_A_NEGATION)
def test_a_negation_may_praise_all_the_more(line: str):
    assert INTENTS.of(line).kind == "praise_host"


def test_the_lines_of_these_tests_are_not_in_the_corpus():
    texts = {line.text for line in corpus.read()}

    assert texts.isdisjoint([*DENIED, *PRAISED_BY_A_NEGATION])


def test_what_the_detector_asks_comes_with_the_line_folded():
    assert read("主播，好漂亮！！") == ("praise_host", "主播好漂亮")
    assert praises_host("主播好漂亮")
    assert not praises_host("裙子好漂亮")


def test_traditional_and_simplified_lines_are_read_alike():
    to_traditional = opencc.OpenCC("s2t").convert
    lines = [line.text for line in corpus.read() if line.language == "zh-Hans"][::20]
    different = [text for text in lines if INTENTS.of(text).kind != INTENTS.of(to_traditional(text)).kind]

    assert len(lines) > 200
    assert different == []


# -- the weights are those of the corpus ---------------------------------------------------------------------------


def test_the_corpus_has_thousands_of_lines_in_many_manners_each_with_lines_of_every_kind():
    lines = corpus.read()

    assert len(lines) >= 6_000
    assert len(corpus.manners(lines)) >= 12
    for manner in corpus.manners(lines):
        assert {line.kind for line in lines if line.manner == manner} == set(range(len(KINDS)))


def test_no_line_is_twice_in_the_corpus_so_none_is_in_two_manners():
    texts = [line.text for line in corpus.read()]

    assert len(texts) == len(set(texts))


def test_the_weights_were_made_of_this_corpus():
    data = (corpus.FOLDER / "weights.bin").read_bytes()

    assert unpack(data).corpus == corpus.digest(), "The corpus changed: make the weights anew with `make intent`."
    assert len(data) < 400_000


def test_the_corpus_gives_these_very_weights():
    assert trained() == unpack((corpus.FOLDER / "weights.bin").read_bytes())


# -- manners that the model never saw ------------------------------------------------------------------------------


def test_praise_of_the_host_is_known_in_manners_that_were_left_out():
    """Three at once, to spend little; `make intent ARGS=--trial` leaves out each alone."""
    told = list(left_out(corpus.read(), Recipe(), [("shill", "english_native", "taiwan")]))
    praise = figures(told, HOST)

    assert praise.lines > 300
    assert praise.precision >= 0.85
    assert praise.recall >= 0.82


# -- real lines ----------------------------------------------------------------------------------------------------


def texts_of(path: Path, column: str) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [row[column] for row in csv.DictReader(file)]


def share_of_praise(texts: list[str]) -> float:
    return sum(praises_host(text) for text in texts) / len(texts)


@pytest.mark.data
def test_reviews_of_food_are_no_praise_of_a_host(data_dir: Path):
    texts = texts_of(data_dir / "waimai_reviews.csv.gz", "review")

    assert len(texts) == 11_987
    assert share_of_praise(texts) < 0.01


@pytest.mark.data
@pytest.mark.parametrize(("name", "at_most"), [("live_chat_quiet", 0.07), ("live_chat_twitch", 0.05)])
def test_talk_of_other_things_is_seldom_taken_for_praise_of_a_host(data_dir: Path, name: str, at_most: float):
    """In the quiet chat many do praise who is on the stage."""
    assert share_of_praise(texts_of(data_dir / f"{name}.csv.gz", "text")) < at_most


# -- the arithmetic ------------------------------------------------------------------------------------------------


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_is_of_some_kind_with_a_chance_that_can_be(text: str):
    said = INTENTS.of(text)

    assert said.kind in KINDS
    assert 1_000 // (2 * len(KINDS)) <= said.sure <= 1_000


@given(st.lists(st.lists(st.integers(-127, 127), min_size=len(KINDS), max_size=len(KINDS)), max_size=50))
def test_a_sum_of_packed_weights_holds_the_sums_of_each_class(rows: list[list[int]]):
    assert fields(sum(pack(row) for row in rows)) == [sum(row[i] for row in rows) for i in range(len(KINDS))]


def test_one_pass_and_packed_sums_give_what_plain_sums_over_the_features_give():
    model = unpack((corpus.FOLDER / "weights.bin").read_bytes())
    texts = [*[line.text for line in corpus.read()][::50], "主播好漂亮" * 400, "gorgeous " * 300]
    for text in texts:
        said = marked(text, fold(text))
        parts, shown = text_features(said), kind_features(kinds_of(said))
        by_part = model.scale * 256 // isqrt(65_536 * counted(said))
        by_kind = model.scale * 256 // isqrt(65_536 * len(shown))
        none = (0,) * len(KINDS)
        plain = [
            by_part * sum(model.parts.get(part, none)[i] for part in parts)
            + by_kind * sum(model.kinds.get(one, none)[i] for one in shown)
            + model.scale * model.bias[i]
            for i in range(len(KINDS))
        ]

        assert INTENTS.scores(said) == [score >> 16 for score in plain]


def test_what_was_read_before_is_remembered_and_no_more_than_that():
    intents = Intents()
    for i in range(MAX_KNOWN + 10):
        intents.of(str(i))

    assert intents.of.cache_info().currsize == MAX_KNOWN


def test_a_chance_falls_as_praise_is_taken_from_a_line():
    lines = ["主播好漂亮", "主播漂亮", "主播"]
    scores = [INTENTS.scores(f" {line} ") for line in lines]
    lead = [score[HOST] - max(other for i, other in enumerate(score) if i != HOST) for score in scores]

    assert all(one > other for one, other in pairwise(lead))


def test_a_new_line_is_read_in_microseconds():
    """Ten times what it takes on a quiet machine: only a mistake in kind is caught here."""
    texts = [line.text for line in corpus.read() if 12 <= len(line.text) <= 18][:1_000]
    intents = Intents()
    began = time.process_time()
    for text in texts:
        intents.of(text)

    assert (time.process_time() - began) / len(texts) < 250e-6
