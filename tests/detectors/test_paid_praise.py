"""Paid praise: what must raise a finding, what must not, and where exactly it begins."""

from collections.abc import Iterator
from random import Random

import msgspec
import pytest
import xxhash
from builders import PRAISES, accounts_of, audience, claque, comment, crew_ids, join, marker, order, play, signal

from streams.detectors import paid_praise
from streams.evidence.intent_model import read

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


def test_without_the_accounts_that_the_counterfactual_names_nothing_is_said():
    groups = [audience(300), claque(10)]
    [alert] = praised(*groups)
    fewer = int(alert.counterfactual.numbers["accounts_fewer"])
    gone = accounts_of(alert)[:fewer]
    rest = [[event for event in group if event.account_id not in gone] for group in groups]

    assert praised(*rest) == []


def test_who_answers_every_prompt_is_no_talker_and_may_still_be_of_a_claque():
    asked = [marker("prompt", 200 + 100 * k, 220 + 100 * k, text="想要的扣1") for k in range(25)]
    answers = [
        comment(account, 202 + 100 * k + i % 10, "1")
        for i, account in enumerate(crew_ids(12, "claque"))
        for k in range(25)
    ]

    assert len(praised(audience(300), claque(12, lines=3, jitter_s=350), asked, answers)) == 1


def school(count: int, praises: int, inviter_id: str) -> list:
    """They come together after the last lesson and share an inviter; some praise the host twice."""
    events = []
    for i in range(count):
        events.append(join(f"s{i}", 60 + 3 * i, inviter_id=inviter_id, source="share"))
        for k in range(2 if i < praises else i < 2 * praises):
            events.append(comment(f"s{i}", 500 + 600 * k + 37 * i, f"{PRAISES[i % len(PRAISES)]}{i}"))
    return events


@pytest.mark.parametrize(("count", "found"), [(9, True), (70, False)])
def test_friends_of_whom_most_do_not_praise_are_a_circle_and_not_a_claque(count: int, found: bool):
    assert bool(praised(audience(300), school(count, praises=9, inviter_id="the school"))) is found


def family(count: int, again: int) -> list:
    """All of the audience: everybody knows the host, half say something kind, some of them twice, most talk."""
    random = Random(5)
    events = []
    for i in range(count):
        events += [join(f"f{i}", 5 * i), comment(f"f{i}", 60 + 7 * i, f"来啦{i * 7919}")]
        for k in range(2 if i < again else i % 2):
            events.append(comment(f"f{i}", 300 + 900 * k + random.uniform(0, 600), random.choice(PRAISES)))
    return events


def test_a_family_that_is_kind_is_silent():
    assert praised(family(30, again=4)) == []


@pytest.mark.parametrize("part", [0.6, 0.9])
def test_a_packed_house_is_found_without_a_rest_of_the_room(part: float):
    hired = 18
    [alert] = praised(family(round(hired * (1 - part) / part), again=0), claque(hired, lines=3, jitter_s=350))

    assert len(set(accounts_of(alert)) & set(crew_ids(hired, "claque"))) >= 15


@pytest.fixture
def other_words() -> Iterator[None]:
    """Words of another writer: half of the praise is not known, 3 % of all else is taken for it."""

    def misread(text: str) -> tuple[str, str]:
        kind, folded = read(text)
        drawn = xxhash.xxh3_64_intdigest(text.encode()) % 100
        if kind == "praise_host":
            return ("praise_host" if drawn < 50 else "other"), folded
        return ("praise_host" if drawn < 3 else kind), folded

    paid_praise.read = misread  # type: ignore[assignment]
    yield
    paid_praise.read = read


def in_own_words(count: int, lines: int, seed: int, jitter_s: float) -> list:
    """A claque each of whose lines is a text of its own."""
    events = claque(count, lines=lines, jitter_s=jitter_s, name=f"claque{seed}x")
    return [
        msgspec.structs.replace(event, text=f"{event.text}{event.ts % 9973}") if hasattr(event, "text") else event
        for event in events
    ]


@pytest.mark.usefixtures("other_words")
def test_with_half_of_its_praise_unknown_a_claque_on_cue_is_still_found():
    found = [bool(praised(audience(300, seed=seed), in_own_words(16, 5, seed, 20))) for seed in range(6)]

    assert all(found)


@pytest.mark.usefixtures("other_words")
def test_with_half_of_its_praise_unknown_a_claque_that_takes_its_time_is_mostly_found():
    found = [bool(praised(audience(300, seed=seed), in_own_words(18, 4, seed, 60))) for seed in range(6)]

    assert sum(found) >= 4


@pytest.mark.usefixtures("other_words")
def test_honest_lines_that_are_taken_for_praise_raise_nothing():
    assert all(praised(audience(400, seed=seed)) == [] for seed in range(4))
