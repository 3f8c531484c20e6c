"""Paid praise: what must raise a finding, what must not, and where exactly it begins."""

from random import Random

import pytest
from builders import PRAISES, accounts_of, audience, claque, comment, crew_ids, join, marker, order, play, signal

SCHEME = "paid_praise"


def praised(*groups):
    return play(*groups, scheme=SCHEME)


def test_ten_who_praise_on_cue_raise_one_finding_that_names_them():
    [alert] = praised(audience(300), claque(10))

    assert sorted(accounts_of(alert)) == sorted(crew_ids(10, "claque"))
    assert signal(alert, "praise_again").observed == 10
    assert "10 accounts that are no fans praised the host 40 times unasked" in alert.title


def test_the_evidence_is_their_lines_as_they_were_written():
    [alert] = praised(audience(300), claque(10))

    assert {act.topic for act in alert.evidence} == {"live.comments"}
    assert {act.excerpt for act in alert.evidence} <= set(PRAISES)
    assert alert.evidence_total == 40
    assert (alert.window.start, alert.window.end) == (
        min(act.ts for act in alert.evidence),
        max(act.ts for act in alert.evidence),
    )


@pytest.mark.parametrize(("count", "found"), [(3, False), (4, True)])
def test_four_are_a_claque_and_three_are_not(count: int, found: bool):
    assert bool(praised(audience(300), claque(count))) is found


def test_a_claque_that_takes_its_time_is_found_all_the_same():
    [alert] = praised(audience(300), claque(14, lines=3, jitter_s=350, joins_within_s=600))

    assert len(alert.accounts) >= 12


def test_a_line_is_kept_to_two_hundred_characters():
    [alert] = praised(audience(300), claque(10, texts=["主播好漂亮" + "啊呀" * 300]))

    assert max(len(act.excerpt) for act in alert.evidence) == 200


def test_a_room_without_a_claque_is_silent():
    assert all(praised(audience(400, seed=seed)) == [] for seed in range(3))


@pytest.mark.parametrize(("badge", "found"), [(4, True), (5, False)])
def test_fans_may_praise_as_much_as_they_like(badge: int, found: bool):
    assert bool(praised(audience(300), claque(12, badge=badge))) is found


@pytest.mark.parametrize("text", ["夸夸主播，夸得好的送小样", None])
def test_praise_that_the_host_asked_for_is_silent(text: str | None):
    asked = [marker("prompt", 290 + 400 * k, 290 + 400 * k + 60, text=text) for k in range(4)]

    assert praised(audience(300), claque(30, badge=1), asked) == []


def test_a_host_who_asks_for_something_else_does_not_announce_the_claque_away():
    asked = [marker("prompt", 290 + 400 * k, 350 + 400 * k, text="想要的扣1") for k in range(4)]

    assert len(praised(audience(300), claque(10), asked)) == 1


def test_words_that_a_lottery_asks_for_are_silent():
    drawn = [marker("lottery", 300 + 400 * k, 420 + 400 * k, text="弹幕发 主播好漂亮 抽奖") for k in range(4)]

    assert praised(audience(300), claque(60, texts=["主播好漂亮"]), drawn) == []


def test_praise_of_the_goods_is_silent():
    goods = ["这件衣服好好看", "裙子质量真好", "面料很舒服", "口红颜色好美", "love this dress", "the quality is great"]

    assert praised(audience(300), claque(20, texts=goods)) == []


def test_many_who_praise_once_are_silent():
    random = Random(2)
    once = []
    for i in range(80):
        came = random.uniform(10, 3_000)
        once += [join(f"p{i}", came), comment(f"p{i}", came + 60, random.choice(PRAISES))]

    assert praised(audience(300), once) == []


def test_those_who_talk_a_lot_and_praise_now_and_then_are_silent():
    random = Random(3)
    talkers = []
    for i in range(20):
        talkers.append(join(f"t{i}", 150 * i))
        for k in range(30):
            said = random.choice(PRAISES) if k % 12 == 0 else f"说点别的{random.randrange(1_000)}"
            talkers.append(comment(f"t{i}", min(3_500, 150 * i) + 25 * k, said))

    assert praised(audience(300), talkers) == []


def test_the_same_words_at_the_same_moments_are_evidence_beside_repeated_praise():
    lines = ["主播今天状态真的绝美", "咱主播说话就是让人舒服", "没见过这么好看的主播"]
    [alert] = praised(
        [join(f"v{i}", i) for i in range(900)],
        [comment(f"v{i}", 200 + i, f"路过看看{i * 7919}") for i in range(900)],
        *(
            claque(6, lines=1, at_s=400 + 300 * k, jitter_s=10, joins_within_s=20, texts=[said])
            for k, said in enumerate(lines)
        ),
    )

    assert sorted(accounts_of(alert)) == sorted(crew_ids(6, "claque"))
    assert signal(alert, "same_words").bits > 12


def test_what_speaks_against_it_is_said():
    bought = [order(account, 900, 5_000) for account in crew_ids(3, "claque")]
    asked = [marker("prompt", 800, 860, text="想要的扣1")]
    [alert] = praised(audience(300), claque(10), bought, asked)

    assert any("3 of 10 also bought" in sentence for sentence in alert.counter_evidence)
    assert any("asked the room for something 1 times" in sentence for sentence in alert.counter_evidence)


def test_the_counterfactual_says_how_many_fewer_would_have_cleared_it():
    [alert] = praised(audience(300), claque(10))
    numbers = alert.counterfactual.numbers

    assert numbers["bits"] > numbers["threshold_bits"]
    assert 1 <= numbers["accounts_fewer"] < 10
