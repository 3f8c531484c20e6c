"""What a host asks the room for."""

import pytest

from streams.evidence.asked import asks_for_praise


@pytest.mark.parametrize("text", ["夸夸主播", "主播好不好看？好看的打在公屏上", "say something nice", None])
def test_a_host_asks_for_praise(text: str | None):
    assert asks_for_praise(text)


@pytest.mark.parametrize("text", ["想要的扣1", "type 1 if you want it", "第一次來的扣新人"])
def test_a_host_asks_for_something_else(text: str):
    assert not asks_for_praise(text)
