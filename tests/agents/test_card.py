"""The card says what a moderator decides from, names nobody, and always fits."""

import io
import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from webhooks_helpers import EIGHT_O_CLOCK, an_alert, the_largest_alert

from agents.card import as_dict, card_of, lines, mask, sparkline
from agents.card_rich import panel
from streams.alerts import Evidence, Impact, Signal


def test_the_card_of_a_usual_alert_reads_so():
    assert lines(card_of(an_alert())) == [
        "CRITICAL: 14 accounts spent 100 to 106 yuan within 4 minutes of joining together (usual: 1)",
        "  where: coordinated purchases; room room0, show show1; incident i_e52152",
        "  why: score 0.93; hug: 14 accounts (usual: 1.2, by chance less than 1 in 10^12);"
        " joined together: 14 accounts (usual: 2, by chance 1 in 4,000); chatted: 50 % (usual: 25 %)",
        "  who: 14 accounts; shared: device x11",
        "  +0 s  u_9f..c0  order: 100.00 CNY",
        "  +1 s  u_9f..c1  order: 101.00 CNY",
        "  +4 s  u_9f..c2  order: 102.00 CNY",
        "  +9 s  u_9f..c3  order: 103.00 CNY",
        "  +16 s  u_9f..c4  order: 104.00 CNY",
        "  █▄▄▄▁▄▄▁▁▄▁▄▁▁▄▁▁▄▁▁▄▁▁▄  14 acts within 3 min",
        "  against: flash sale since 20:00",
        "  against: 7 of 14 accounts are older than a year",
        "  cleared by: with 4 accounts fewer it would not fire",
        "  at stake: 412 viewers, 14 orders, 1,442.00 CNY",
        "  clock: first evidence 2026-11-10 20:00:00 UTC, newest 2026-11-10 20:02:49 UTC",
    ]


def test_an_update_says_which_revision_it_is():
    assert card_of(an_alert(revision=3)).headline.startswith("CRITICAL, revision 3: 14 accounts")


def test_a_resolved_incident_says_why():
    card = card_of(an_alert(status="resolved", resolved_reason="show_ended"))

    assert card.headline.startswith("RESOLVED (show ended): 14 accounts")


def test_nothing_that_speaks_against_it_is_said_to_be_nothing():
    assert "  against: nothing known" in lines(card_of(an_alert(counter_evidence=[])))


def test_what_is_left_out_is_counted():
    alert = an_alert(counter_evidence=[f"reason {i}" for i in range(9)])

    assert lines(card_of(alert)).count("  against: and 4 more") == 1
    assert as_dict(card_of(alert), alert)["counter_evidence_left_out"] == 4
    assert as_dict(card_of(alert), alert)["evidence_left_out"] == 9


def test_the_three_strongest_signals_are_shown_strongest_first():
    signals = [
        Signal("weak", 3, 2.9, "accounts"),
        Signal("p", 3, 2, "accounts", p=1e-6),
        Signal("doubled", 16, 1, "accounts"),
        Signal("bits", 3, 2, "accounts", bits=30.0),
    ]

    assert [figure.name for figure in card_of(an_alert(signals=signals)).why] == ["bits", "p", "doubled"]


def test_the_strip_prefers_acts_of_different_accounts():
    evidence = [Evidence(f"e{i}", "live.comments", EIGHT_O_CLOCK + i, "u_same_0001", "hi") for i in range(9)]
    evidence.append(Evidence("e9", "live.comments", EIGHT_O_CLOCK + 2500, "u_other_0002", "ho"))

    acts = card_of(an_alert(evidence=evidence)).acts

    assert len(acts) == 5
    assert acts[-1].offset_s == 2.5
    assert acts[-1].account == mask("u_other_0002")


def test_an_alert_without_accounts_and_evidence_has_a_card():
    alert = an_alert(accounts=[], accounts_total=0, evidence=[], evidence_total=0, signals=[], impact=Impact())

    assert lines(card_of(alert))[1:] == [
        "  where: coordinated purchases; room room0, show show1; incident i_e52152",
        "  why: score 0.93",
        "  against: flash sale since 20:00",
        "  against: 7 of 14 accounts are older than a year",
        "  cleared by: with 4 accounts fewer it would not fire",
        "  at stake: 0 viewers, 0 orders",
        "  clock: first evidence 2026-11-10 20:00:00 UTC, newest 2026-11-10 20:04:00 UTC",
    ]


def test_money_is_shown_in_units_of_its_currency():
    assert card_of(an_alert(impact=Impact(1, 1, 12_345, "CNY"))).sales == "123.45 CNY"
    assert card_of(an_alert(impact=Impact(1, 1, 12_345, "JPY"))).sales == "12,345 JPY"
    assert card_of(an_alert(impact=Impact(1, 1, 12_345, None))).sales is None


# Who it names


@given(st.text(alphabet="ab09_户", min_size=8, max_size=40))
def test_a_mask_hides_at_least_half_of_an_id(account_id):
    head, tail = mask(account_id).split("..")

    assert account_id.startswith(head)
    assert account_id.endswith(tail)
    assert 4 <= len(head) + len(tail) <= len(account_id) / 2


@given(st.text(max_size=7))
def test_a_mask_shows_nothing_of_a_short_id(account_id):
    assert re.fullmatch(r"#[0-9a-f]{2}\.\.[0-9a-f]{2}", mask(account_id))


def test_a_mask_is_the_same_every_time_and_tells_short_ids_apart():
    assert mask("u_9f12ab34cd3a") == "u_9f..3a"
    assert mask("anna") == mask("anna") != mask("otto")


def test_no_account_id_leaves_in_any_text():
    alert = an_alert(title="u_9f12ab03c3 and u_9f12ab04c4 spent alike", counter_evidence=["u_9f12ab05c5 is a fan"])
    alert = msgspec.structs.replace(
        alert, evidence=[Evidence("e", "live.comments", EIGHT_O_CLOCK, "u_9f12ab03c3", "@u_9f12ab04c4 come and buy")]
    )

    told = msgspec.json.encode(as_dict(card_of(alert), alert)).decode() + "\n".join(lines(card_of(alert)))

    assert [suspect.account_id for suspect in alert.accounts if suspect.account_id in told] == []
    assert "@u_9f..c4 come and buy" in told


@pytest.mark.parametrize("phone", ["13812345678", "+86 138 1234 5678", "138-1234-5678", "１３８１２３４５６７８"])
def test_a_phone_number_in_a_comment_is_blotted_out(phone):
    evidence = [Evidence("e", "live.comments", EIGHT_O_CLOCK, "u_9f12ab03c3", f"加我 {phone} 微信")]

    assert card_of(an_alert(evidence=evidence)).acts[0].excerpt == "加我 [digits] 微信"


def test_a_comment_cannot_steer_the_terminal_or_turn_the_line_around():
    evil = "\x1b[2J\x1b]0;owned\x07 \u202egnp.exe\u2028[red]x[/red]\r\n"
    card = card_of(an_alert(evidence=[Evidence("e", "live.comments", EIGHT_O_CLOCK, "u_9f12ab03c3", evil)]))

    assert not {"\x1b", "\x07", "\u202e", "\u2028", "\r", "\n"} & set("".join(lines(card)))
    assert "[red]x[/red]" in printed(panel(card))


# How large it gets


def test_the_largest_alert_has_a_card_that_is_below_17_kb():
    alert = the_largest_alert()

    assert len(msgspec.json.encode(as_dict(card_of(alert), alert))) < 17_000
    assert len("\n".join(lines(card_of(alert))).encode()) < 17_000


def test_the_largest_alert_says_how_many_acts_are_drawn():
    assert "9,000 acts within 0 s (200 strongest drawn)" in "\n".join(lines(card_of(the_largest_alert())))


# Pictures


def test_a_sparkline_shows_when_the_acts_were():
    assert sparkline([0, 0, 0, 0, 240], 0, 240) == "█" + "▁" * 22 + "▃"
    assert sparkline([5], 5, 5) == ""
    assert sparkline([5, 5], 5, 5) == ""


@given(st.lists(st.integers(0, 10**13), min_size=2, max_size=200))
def test_a_sparkline_has_a_full_cell_and_never_more_than_24(times_ms):
    drawn = sparkline(times_ms, min(times_ms), max(times_ms))

    assert drawn == "" or ("█" in drawn and len(drawn) == 24)


def test_the_panel_says_what_the_plain_card_says():
    card = card_of(an_alert())

    shown = printed(panel(card))

    assert "CRITICAL: 14 accounts" in shown
    for line in lines(card)[1:]:
        assert line.split(": ", 1)[-1].split("; ")[0].strip() in shown


def printed(renderable) -> str:
    console = Console(file=io.StringIO(), width=200, color_system=None)
    console.print(renderable)
    return console.file.getvalue()
