"""What a line wants, by its words."""

import pytest

from streams.evidence.intent import asks_for_praise, intent_of

LINES = {
    "host_praise": [
        "主播好漂亮",
        "主播特别漂亮",
        "小姐姐声音真好听",
        "主播妳好溫柔",
        "you are so beautiful",
        "人美心善",
        "YOU LOOK GORGEOUS!!",
    ],
    "product_praise": ["这件衣服好好看", "裙子显白好漂亮", "love this dress", "great quality"],
    "question": ["这个多少钱", "主播这款有没有黑色", "how much is the bag", "what size are you wearing"],
    "complaint": ["质量太差了", "我要退货", "this is a scam", "never arrived"],
    "echo": ["1", "666", "❤️❤️❤️", "扣"],
    "other": ["晚上好", "主播不漂亮", "you are not pretty", "第一次来", "hello everyone"],
}


@pytest.mark.parametrize(("intent", "line"), [(intent, line) for intent, lines in LINES.items() for line in lines])
def test_a_line_has_its_intent(intent: str, line: str):
    assert intent_of(line) == intent


@pytest.mark.parametrize("text", ["夸夸主播", "主播好不好看？好看的打在公屏上", "say something nice", None])
def test_a_host_asks_for_praise(text: str | None):
    assert asks_for_praise(text)


@pytest.mark.parametrize("text", ["想要的扣1", "type 1 if you want it", "第一次來的扣新人"])
def test_a_host_asks_for_something_else(text: str):
    assert not asks_for_praise(text)
