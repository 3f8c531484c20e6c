"""Folding and clusters: what reads the same is the same; what does not is not; a restore changes nothing."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from random import Random

import msgspec
import opencc
import pytest
import rensa
from hypothesis import given
from hypothesis import strategies as st

from streams.evidence.text import (
    BANDS,
    MAX_CANDIDATES,
    MAX_TEXTS,
    PERMUTATIONS,
    SAME_JACCARD,
    Clusters,
    fold,
    grams,
    jaccard,
    may_change,
)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("主播好漂亮！！！", "主播好漂亮"),
        ("主播妳真的太漂亮了❤️❤️", "主播妳真的太漂亮了"),
        ("聲音好聽 [玫瑰][玫瑰]", "声音好听"),
        ("SO   Pretty!!! :heart:", "so pretty"),
        ("don't", "dont"),
        ("哈哈哈哈哈哈", "哈哈"),
        ("６６６６６", "66"),
        ("Ⅻ ﬁne", "xii fine"),
        ("好 看 啊", "好看啊"),
        ("🌹🌹🌹", ""),
        ("", ""),
    ],
)
def test_a_line_is_folded_to_what_it_says(text: str, folded: str):
    assert fold(text) == folded


@pytest.mark.parametrize("dictionary", ["TSPhrases", "TSCharacters", "TSCharactersExt", "CJK_Compatibility_Ideographs"])
def test_what_is_not_looked_up_in_the_dictionaries_would_have_stayed_as_it_is(dictionary: str, tmp_path: Path):
    clib, words = Path(opencc.__file__).parent / "clib", tmp_path / "words.txt"
    held = clib / "share" / "opencc" / f"{dictionary}.ocd2"
    subprocess.run([clib / "bin" / "opencc_dict", "-i", held, "-o", words, "-f", "ocd2", "-t", "text"], check=True)
    rows = [line.split("\t") for line in words.read_text().splitlines() if "\t" in line]
    changed = {
        (one, other)
        for key, values in rows
        for one, other in zip(key, values.split(" ")[0], strict=True)
        if one != other
    }

    assert len(changed) > 50
    assert [one for one, _ in changed if not may_change(one)] == []
    assert not may_change("主播今天真的好漂亮啊")


def test_lines_that_differ_by_a_word_are_one_cluster_and_others_are_not():
    clusters = Clusters()
    first = clusters.of(fold("主播今天真的好漂亮啊"))

    assert clusters.of(fold("主播今天真的太漂亮啊！")) == first
    assert clusters.of(fold("這件衣服多少錢")) != first
    assert clusters.of(fold("主播")) != first


def test_the_same_line_always_is_in_the_same_cluster():
    clusters = Clusters()
    lines = [f"line number {i} says something of its own {i * i}" for i in range(50)]
    numbers = [clusters.of(line) for line in lines]

    assert [clusters.of(line) for line in lines] == numbers


def test_clusters_go_on_after_they_were_saved_as_if_they_had_not_been():
    clusters = Clusters()
    for i in range(30):
        clusters.of(f"主播第{i}次说的话都不一样{i * 7}")
    restored = msgspec.msgpack.decode(msgspec.msgpack.encode(clusters), type=Clusters)
    more = ["主播第3次说的话都不一样22", "主播第9次说的话", "你好", "主播第29次说的话都不一样203啊"]

    assert [restored.of(line) for line in more] == [clusters.of(line) for line in more]
    assert restored == clusters


def plainly(lines: list[str]) -> Iterator[int]:
    """The clusters of distinct lines, each compared with all that an index over sketches finds."""
    index = rensa.RMinHashLSH(threshold=SAME_JACCARD, num_perm=PERMUTATIONS, num_bands=BANDS)
    leaders: dict[int, str] = {}
    number = 0
    for line in lines:
        sketch = rensa.RMinHash(num_perm=PERMUTATIONS, seed=1)
        sketch.update(list(grams(line)))
        found = sorted(index.query(sketch))[-MAX_CANDIDATES:]
        overlaps = {leader: jaccard(grams(line), grams(leaders[leader])) for leader in found}
        best = max(found, key=lambda leader: (overlaps[leader], -leader), default=-1)
        if best < 0 or overlaps[best] < SAME_JACCARD:
            best, number = number, number + 1
            leaders[best] = line
            index.insert(best, sketch)
            if len(leaders) > MAX_TEXTS:
                index.remove(best - MAX_TEXTS)
                del leaders[best - MAX_TEXTS]
        yield best


@pytest.mark.parametrize(("letters", "length", "count"), [(6, 9, 1_500), (60, 7, 2_000), (900, 5, 2_600), (4, 30, 600)])
def test_what_is_passed_over_quickly_is_what_an_index_over_all_sketches_would_not_have_found(
    letters: int, length: int, count: int
):
    random = Random(letters)
    alphabet = [chr(ord("一") + i) for i in range(letters)]
    said = ("".join(random.choices(alphabet, k=random.randint(4, length))) for _ in range(count))
    lines = list(dict.fromkeys(said))
    clusters = Clusters()

    assert [clusters.of(line) for line in lines] == list(plainly(lines))


def test_leaders_are_bounded_and_the_oldest_is_forgotten():
    clusters = Clusters()
    for i in range(MAX_TEXTS + 1):
        clusters.of(f"{i * 7919} {i * 104729} {i}")

    assert len(clusters.leaders) <= MAX_TEXTS
    assert len(clusters.known) <= 4 * MAX_TEXTS


def test_grams_are_bigrams_of_chinese_and_trigrams_of_latin():
    assert grams("好漂亮") == {"好漂", "漂亮"}
    assert grams("nice") == {"nic", "ice"}
    assert grams("好") == {"好"}
    assert jaccard(grams("好漂亮"), grams("好漂亮")) == 1
    assert jaccard(grams("好漂亮"), grams("不好看")) == 0


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_a_line_in_ascii_takes_a_shorter_way_to_the_same(line: str):
    full_width = line.translate({code: code + 0xFEE0 for code in range(33, 127)} | {32: 0x3000})

    assert fold(line) == fold(full_width)
