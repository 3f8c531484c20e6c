"""A pair is one scheme in one show: what was planted, what was said, whose accounts were named."""

from trials.pairs import Said, pairs_of, said_of

TRUTH = {
    "schemes": {
        "s1": {
            "purchases": {
                "accounts": ["a", "b", "c", "d"],
                "strength": "blatant",
                "third": 1_000,
                "disguises": ["split"],
            },
            "praise": {"accounts": ["x", "y"], "strength": "faint", "third": 5_000},
        },
        "s2": {},
    },
    "shows": [
        {"show_id": "s1", "room_id": "r1", "start": 0, "end": 7_200_000, "negatives": ["raid"]},
        {"show_id": "s2", "room_id": "r2", "start": 0, "end": 1_800_000, "negatives": []},
    ],
}


def alert(show, scheme, accounts, event_ts=3_000, incident="i", score=0.6):
    named = [{"account_id": account} for account in accounts]
    return {
        "show_id": show,
        "scheme": scheme,
        "accounts": named,
        "event_ts": event_ts,
        "incident_id": incident,
        "score": score,
    }


def judged(*alerts, schemes=("purchases", "praise")):
    pairs = pairs_of(TRUTH, said_of(alerts), schemes, world="w", seed=7, audiences={"s1": 120})
    return {(pair.show_id, pair.scheme): pair for pair in pairs}


def test_every_show_and_scheme_is_a_pair_whether_anything_was_said_or_not():
    pairs = judged()

    assert list(pairs) == [("s1", "purchases"), ("s1", "praise"), ("s2", "purchases"), ("s2", "praise")]
    assert [pair.is_clean for pair in pairs.values()] == [False, False, True, True]
    assert not any(pair.is_found for pair in pairs.values())


def test_a_pair_knows_its_show():
    pair = judged()["s1", "purchases"]

    assert (pair.world, pair.seed, pair.audience, pair.hours, pair.negatives) == ("w", 7, 120, 2.0, ("raid",))
    assert (pair.strength, pair.disguises, pair.planted) == ("blatant", ("split",), 4)


def test_the_first_alert_says_how_late_and_the_last_revision_who():
    pair = judged(alert("s1", "purchases", "aq", 1_500), alert("s1", "purchases", "abcq", 9_000))["s1", "purchases"]

    assert (pair.delay_ms, pair.named, pair.right) == (500, 4, 3)


def test_incidents_of_one_scheme_are_taken_together():
    pair = judged(alert("s1", "purchases", "ab", incident="i"), alert("s1", "purchases", "bcd", incident="j"))

    assert (pair["s1", "purchases"].named, pair["s1", "purchases"].right) == (4, 4)


def test_a_resolution_without_accounts_takes_none_back():
    pair = judged(alert("s1", "purchases", "ab"), alert("s1", "purchases", ""))["s1", "purchases"]

    assert pair.named == 2


def test_an_alert_on_the_crew_of_another_scheme_is_known_as_that():
    assert judged(alert("s1", "praise", "abc"))["s1", "praise"].taken_from == "purchases"


def test_half_of_another_crew_is_not_taken_from_it():
    assert judged(alert("s1", "praise", "abxy"))["s1", "praise"].taken_from is None


def test_an_alert_on_a_clean_show_is_false_and_has_no_delay():
    pair = judged(alert("s2", "praise", "q"))["s2", "praise"]

    assert (pair.is_clean, pair.is_found, pair.delay_ms) == (True, True, None)


def test_near_misses_count_for_the_score_alone():
    said = {("s2", "praise"): Said(score=0.4)}
    pair = pairs_of(TRUTH, said, ["praise"], world="w", seed=7, audiences={})[1]

    assert (pair.score, pair.is_found) == (0.4, False)
