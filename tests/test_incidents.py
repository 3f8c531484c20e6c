"""What a moderator sees as one thing: when it is said, said again, resolved, and under which id."""

import msgspec
import pytest
from doubles import Act, finding
from logs import ROOM, SHOW, at

from streams.alerts import (
    MAX_ACCOUNTS,
    MAX_EVIDENCE,
    Alert,
    Counterfactual,
    Impact,
    RulesInForce,
    Signal,
    Suspect,
    alert_id_of,
    incident_id_of,
)
from streams.finding import Finding
from streams.incidents import MAX_CREWS, MAX_INCIDENTS, Incidents, severity_of
from streams.rules import RoomRules
from streams.show import ShowState

RULES = RoomRules(update_every_ms=30_000, quiet_ms=600_000)
IN_FORCE = RulesInForce(1, "h")


def acts(accounts: str, seconds: float = 0) -> list[Act]:
    """One act of each account, a letter each."""
    return [Act(at(seconds), f"e-{account}-{seconds}", account, "live.orders") for account in accounts]


class Desk:
    """The incidents of one show, and what was said of them."""

    def __init__(self, rules: RoomRules = RULES) -> None:
        self.incidents = Incidents()
        self.rules = rules
        self.show = ShowState(ROOM, SHOW, started_ms=at(0), seller_id="seller")

    def judge(self, seconds: float, *findings: Finding) -> list[Alert]:
        """A pane ends with these findings."""
        now_ms = at(seconds)
        said = self.incidents.take(findings, self.show, now_ms, self.rules, IN_FORCE)
        return said + self.incidents.pass_time(self.show, now_ms, self.rules, IN_FORCE)

    def end(self, seconds: float) -> list[Alert]:
        return self.incidents.end(self.show, at(seconds), self.rules, IN_FORCE)

    def wakes(self) -> float | None:
        wake_ms = self.incidents.wake_ms(self.show, self.rules)
        return None if wake_ms is None else (wake_ms - at(0)) / 1000


def buyers(accounts: str, seconds: float = 0, **fields) -> Finding:
    return finding("buyers", acts(accounts, seconds), **fields)


def echo(text: str, accounts: str = "abc", seconds: float = 0) -> Finding:
    return finding("echoes", acts(accounts, seconds), subject=text)


def statuses(alerts: list[Alert]) -> list[tuple[str, str | None, int]]:
    return [(alert.status, alert.resolved_reason, alert.revision) for alert in alerts]


# -- said at once, then now and then ----------------------------------------------------------------------------------


def test_an_incident_is_opened_at_once():
    [opened] = Desk().judge(2, buyers("abc"))

    assert (opened.status, opened.revision, opened.resolved_reason) == ("open", 1, None)
    assert (opened.room_id, opened.show_id, opened.seller_id) == (ROOM, SHOW, "seller")
    assert [suspect.account_id for suspect in opened.accounts] == ["a", "b", "c"]
    assert (opened.detected_at, opened.mode, opened.ruleset) == (None, "replay", IN_FORCE)


def test_the_same_again_is_no_news():
    desk = Desk()
    desk.judge(2, buyers("abc"))

    assert [desk.judge(seconds, buyers("abc")) for seconds in range(4, 300, 2)] == [[]] * 148


def test_an_update_waits_for_30_s_after_the_last_alert_and_not_longer():
    desk = Desk()
    desk.judge(2, buyers("abc"))

    assert desk.judge(31.999, buyers("abcd", 31)) == []
    [updated] = desk.judge(32, buyers("abcd", 31))

    assert (updated.status, updated.revision, updated.accounts_total) == ("update", 2, 4)


def test_what_was_held_back_is_said_when_its_time_comes_also_without_the_finding():
    desk = Desk()
    desk.judge(2, buyers("abc"))
    desk.judge(10, buyers("abcd", 9))

    assert desk.wakes() == 32
    assert desk.judge(31.999) == []
    [updated] = desk.judge(32)

    assert (updated.status, updated.accounts_total) == ("update", 4)
    assert desk.judge(62) == []


def test_of_several_findings_held_back_only_the_newest_is_said():
    desk = Desk()
    desk.judge(2, buyers("abc"))
    desk.judge(10, buyers("abcd", 9))
    desk.judge(20, buyers("abcde", 19))

    assert [alert.accounts_total for alert in desk.judge(32)] == [5]


def test_30_s_count_from_the_last_alert_not_from_the_first():
    desk = Desk()
    desk.judge(2, buyers("abc"))
    desk.judge(40, buyers("abcd", 39))

    assert desk.judge(69.999, buyers("abcde", 69)) == []
    assert statuses(desk.judge(70, buyers("abcde", 69))) == [("update", None, 3)]


@pytest.mark.parametrize(
    "news",
    [
        buyers("abcd", 0),
        buyers("abd", 0),
        finding("buyers", acts("abc", 0) + acts("a", 20)),
        finding("buyers", [*acts("ab", 0), *acts("c", 1)]),
    ],
    ids=["one more account", "another account", "one more act", "a later act"],
)
def test_other_accounts_more_acts_and_later_ones_are_news(news):
    desk = Desk()
    desk.judge(2, buyers("abc", 0))

    assert statuses(desk.judge(40, news)) == [("update", None, 2)]


def test_another_score_alone_is_no_news():
    desk = Desk()
    desk.judge(2, buyers("abc", score=0.8))

    assert desk.judge(40, buyers("abc", score=0.81)) == []


def test_a_near_miss_is_nothing_to_the_incidents_because_the_room_does_not_hand_it_over():
    desk = Desk()

    assert desk.judge(2) == []
    assert desk.wakes() is None


# -- resolved ---------------------------------------------------------------------------------------------------------


def test_an_incident_goes_quiet_exactly_so_long_after_its_newest_evidence():
    desk = Desk()
    desk.judge(12, buyers("abc", 10))

    assert desk.wakes() == 610
    assert desk.judge(609.999, buyers("abc", 10)) == []
    assert statuses(desk.judge(610)) == [("resolved", "quiet", 2)]
    assert desk.judge(1_300) == []
    assert desk.wakes() is None


def test_newer_evidence_puts_quiet_off():
    desk = Desk()
    desk.judge(12, buyers("abc", 10))
    desk.judge(500, buyers("abc", 499))

    assert desk.judge(610) == []
    assert statuses(desk.judge(1_099)) == [("resolved", "quiet", 3)]


def test_a_finding_that_goes_on_without_new_evidence_goes_quiet_and_stays_so():
    desk = Desk()
    desk.judge(12, buyers("abc", 10))

    said = [alert for seconds in range(14, 2_000, 2) for alert in desk.judge(seconds, buyers("abc", 10))]

    assert statuses(said) == [("resolved", "quiet", 2)]


def test_the_end_of_the_show_resolves_what_is_open():
    desk = Desk()
    desk.judge(2, buyers("abc"), echo("so lovely"))
    desk.judge(612)  # quiet
    desk.judge(614, echo("so lovely", "abcd", 613))

    [resolved] = desk.end(700)

    assert (resolved.scheme, resolved.status, resolved.resolved_reason) == ("echoes", "resolved", "show_ended")
    assert desk.end(702) == []


def test_what_was_held_back_is_told_with_the_resolution():
    desk = Desk()
    desk.judge(2, buyers("abc"))
    desk.judge(10, buyers("abcd", 9))

    [resolved] = desk.end(12)

    assert (resolved.revision, resolved.accounts_total) == (2, 4)


def test_an_incident_that_fires_again_opens_again_under_its_id_with_the_next_revision():
    desk = Desk()
    [opened] = desk.judge(12, buyers("abc", 10))
    desk.judge(610)

    [again] = desk.judge(612, buyers("abc", 611))

    assert (again.status, again.revision, again.incident_id) == ("open", 3, opened.incident_id)


def test_other_accounts_on_old_evidence_do_not_open_it_again():
    desk = Desk()
    desk.judge(2, buyers("abcd"))
    desk.judge(600)

    assert desk.judge(700, buyers("abc")) == []
    assert statuses(desk.judge(702, buyers("abcd", 701))) == [("open", None, 3)]


def test_an_incident_that_opens_on_old_evidence_stays_for_as_long_as_any():
    desk = Desk()
    assert statuses(desk.judge(1_000, buyers("abc", 10))) == [("open", None, 1)]

    assert desk.wakes() == 1_600
    assert desk.judge(1_598) == []
    assert statuses(desk.judge(1_600)) == [("resolved", "quiet", 2)]


def test_opening_again_does_not_wait_for_30_s():
    desk = Desk(RoomRules(update_every_ms=30_000, quiet_ms=10_000))
    desk.judge(2, buyers("abc", 0))
    desk.judge(10)

    assert statuses(desk.judge(12, buyers("abc", 11))) == [("open", None, 3)]


# -- one crew, one incident -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("now", ["abwx", "abwxyzuv", "ab", "abcd"])
def test_a_crew_of_which_half_is_left_keeps_its_id_however_much_it_grew(now):
    desk = Desk()
    [opened] = desk.judge(2, buyers("abcd"))

    [updated] = desk.judge(40, buyers(now, 39))

    assert (updated.crew_id, updated.incident_id) == (opened.crew_id, opened.incident_id)


@pytest.mark.parametrize("now", ["abwxy", "abwxyzuv", "vwxyz"])
def test_a_crew_of_which_less_than_half_is_left_is_another(now):
    desk = Desk()
    [opened] = desk.judge(2, buyers("abcde"))

    [other] = desk.judge(40, buyers(now, 39))

    assert other.status == "open"
    assert other.crew_id != opened.crew_id
    assert other.incident_id != opened.incident_id


def test_a_crew_is_followed_as_it_changes():
    desk = Desk()
    [opened] = desk.judge(2, buyers("abcd"))
    desk.judge(40, buyers("bcde", 39))
    desk.judge(80, buyers("cdef", 79))

    [now] = desk.judge(120, buyers("defg", 119))

    assert now.crew_id == opened.crew_id


def test_of_two_crews_the_one_that_overlaps_more_goes_on():
    desk = Desk()
    one, two = desk.judge(2, buyers("abcd"), buyers("wxyz"))

    said = desk.judge(40, buyers("abcx", 39))

    assert [alert.crew_id for alert in said] == [one.crew_id]
    assert two.crew_id != one.crew_id


def test_two_findings_of_one_pane_are_two_crews_even_if_they_overlap():
    desk = Desk()

    said = desk.judge(2, buyers("abcd"), buyers("abce"))

    assert len({alert.crew_id for alert in said}) == 2
    said = desk.judge(40, buyers("abcd", 39), buyers("abce", 39))
    assert len({alert.crew_id for alert in said}) == 2
    assert [alert.status for alert in said] == ["update", "update"]


def test_a_crew_has_one_id_in_all_schemes_and_an_incident_in_each():
    said = Desk().judge(2, buyers("abc"), finding("praise", acts("abc")))

    assert len({alert.crew_id for alert in said}) == 1
    assert len({alert.incident_id for alert in said}) == 2


def test_a_new_crew_of_the_accounts_that_another_began_with_is_not_taken_for_it():
    desk = Desk()
    [began] = desk.judge(2, buyers("abcd"))
    desk.judge(40, buyers("bcdef", 39))
    desk.judge(80, buyers("defg", 79))

    [fresh] = desk.judge(120, buyers("abcd", 119))

    assert fresh.status == "open"
    assert fresh.crew_id != began.crew_id


def test_what_a_finding_is_about_stands_for_a_crew():
    desk = Desk()

    [opened, other] = desk.judge(2, echo("so lovely"), echo("so clever"))
    [updated] = desk.judge(40, echo("so lovely", "xyz", 39))

    assert opened.crew_id is None
    assert opened.incident_id != other.incident_id
    assert updated.incident_id == opened.incident_id


def test_a_finding_without_accounts_and_subject_is_one_incident():
    desk = Desk()
    desk.judge(2, finding("surge", []))

    assert desk.judge(4, finding("surge", [])) == []


def test_only_so_many_crews_are_known_and_the_one_not_seen_for_longest_is_forgotten():
    desk = Desk()
    for n in range(MAX_CREWS):
        desk.judge(2, finding("buyers", [Act(at(1), f"e{n}", f"a{n}", "live.orders")]))
    desk.judge(4, finding("buyers", [Act(at(1), "e0", "a0", "live.orders")]))

    desk.judge(6, buyers("xyz"))

    known = [crew.accounts for crew in desk.incidents.crews]
    assert len(known) == MAX_CREWS
    assert ["a0"] in known
    assert ["a1"] not in known


def test_beyond_so_many_incidents_none_is_opened_and_the_known_go_on():
    desk = Desk()
    said = desk.judge(2, *(echo(f"text {n}") for n in range(MAX_INCIDENTS + 3)))

    assert len(said) == MAX_INCIDENTS
    assert statuses(desk.judge(40, echo("text 0", "abcd", 39))) == [("update", None, 2)]


# -- ids --------------------------------------------------------------------------------------------------------------


def test_ids_follow_from_what_the_incident_is_about_and_nothing_else():
    def tell() -> list[tuple[str, str, str | None]]:
        desk = Desk()
        said = desk.judge(2, buyers("abc"), echo("so lovely")) + desk.judge(40, buyers("abcd", 39)) + desk.end(50)
        return [(alert.incident_id, alert.alert_id, alert.crew_id) for alert in said]

    assert tell() == tell()
    assert len({alert_id for _, alert_id, _ in tell()}) == 5


def test_an_incident_has_the_id_of_its_scheme_room_show_and_subject():
    [opened] = Desk().judge(2, echo("so lovely"))

    assert opened.incident_id == incident_id_of("echoes", ROOM, SHOW, "so lovely")
    assert opened.alert_id == alert_id_of(opened.incident_id, 1)


def test_ids_do_not_depend_on_where_one_part_ends():
    assert incident_id_of("a", "b", "c", "d") != incident_id_of("a", "bc", "", "d")


def test_alerts_of_one_incident_sort_by_revision():
    ids = [alert_id_of("i_1", revision) for revision in (1, 2, 9, 10, 11, 99, 100, 4_096)]

    assert sorted(ids) == ids
    assert len({len(id) for id in ids}) == 1
    assert alert_id_of("i_2", 1)[:-8] != alert_id_of("i_1", 1)[:-8]


# -- what an alert says -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("score", "severity"), [(0.9, "critical"), (0.8999, "warning"), (0.7, "warning"), (0.6999, "info"), (0, "info")]
)
def test_severity_follows_from_the_score_at_exact_bounds(score, severity):
    assert severity_of(score, Impact(), RULES) == severity
    assert Desk().judge(2, buyers("abc", score=score))[0].severity == severity


@pytest.mark.parametrize(
    ("impact", "severity"),
    [
        (Impact(amount_minor=4_999_999, viewers=999), "info"),
        (Impact(amount_minor=5_000_000), "warning"),
        (Impact(viewers=1_000), "warning"),
    ],
)
def test_much_money_or_a_large_audience_at_stake_is_one_step_more(impact, severity):
    assert severity_of(0.5, impact, RULES) == severity
    assert severity_of(0.95, impact, RULES) == "critical"


def test_lists_are_cut_and_their_totals_are_not():
    many = [Act(at(1), f"e{n}", f"a{n:05}", "live.orders") for n in range(MAX_ACCOUNTS + 7)]

    [opened] = Desk().judge(2, finding("buyers", many))

    assert (len(opened.accounts), opened.accounts_total) == (MAX_ACCOUNTS, MAX_ACCOUNTS + 7)
    assert (len(opened.evidence), opened.evidence_total) == (MAX_EVIDENCE, MAX_ACCOUNTS + 7)


def test_an_alert_could_not_be_made_before_its_newest_evidence():
    desk = Desk()
    desk.show.newest_ms = at(5)

    [opened] = desk.judge(12, buyers("abc", 10))

    assert opened.event_ts == at(10)


def test_an_alert_could_not_be_made_before_the_newest_event_of_its_show():
    desk = Desk()
    desk.show.newest_ms = at(11)

    [opened] = desk.judge(12, buyers("abc", 10))

    assert opened.event_ts == at(11)


def test_what_a_detector_does_to_its_finding_later_is_not_told():
    desk = Desk()
    shared = buyers("abc")
    desk.judge(2, shared)

    shared.accounts.clear()
    shared.title = "nothing"

    [resolved] = desk.end(4)
    assert (resolved.accounts_total, resolved.title) == (3, "3 accounts in 3 acts")


def test_a_finding_is_kept_as_it_comes_back_after_a_restart():
    whole = buyers("abc", score=1)
    whole.accounts = [Suspect("a", 3, 1), Suspect("b", 2.5, 1)]
    whole.signals = [Signal("sums_hug", 3, 1, "accounts", bits=4)]
    whole.counterfactual = Counterfactual("With fewer.", {"bits": 5})
    back = msgspec.msgpack.decode(msgspec.msgpack.encode(whole), type=Finding)
    desk = Desk()
    desk.judge(2, whole)
    [incident] = desk.incidents.by_id.values()

    assert msgspec.msgpack.encode(incident.finding) == msgspec.msgpack.encode(back)
    assert incident.finding.accounts is not whole.accounts
    assert incident.finding.evidence is not whole.evidence
