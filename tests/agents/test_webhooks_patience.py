"""What follows an attempt, as a timeline: 0, 5 s, 30 s, 2 min, 5 min, until the alert is worth nothing."""

from email.utils import formatdate

import pytest

from agents.webhooks.patience import Answer, Delivered, Disable, GiveUp, Patience, Retry, after, retry_after_ms

QUARTER_MS = 900_000
OK = Answer("answered", 204)
FAILED = Answer("answered", 500)
SILENT = Answer("timeout")


def then(answer, attempts=1, now_ms=0, chance=0.0, max_age_ms=QUARTER_MS):
    return after(answer, attempts, now_ms, 0, max_age_ms, Patience(), chance)


def test_an_endpoint_that_always_fails_is_tried_so_often():
    tried_at_ms, now_ms = [0], 0
    while isinstance(step := then(FAILED, len(tried_at_ms), now_ms), Retry):
        now_ms = step.at_ms
        tried_at_ms.append(now_ms)

    assert step == GiveUp(None)
    assert tried_at_ms == [0, 5_000, 35_000, 155_000, 455_000, 755_000]


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_only_2xx_is_success(status):
    assert then(Answer("answered", status)) == Delivered()


@pytest.mark.parametrize("status", [100, 199, 300, 302, 307, 400, 401, 404, 408, 500, 503])
def test_any_other_status_is_tried_again(status):
    assert then(Answer("answered", status)) == Retry(5_000, None)


@pytest.mark.parametrize("outcome", ["timeout", "unreachable", "untrusted", "refused"])
def test_what_no_answer_came_to_is_tried_again(outcome):
    assert then(Answer(outcome)) == Retry(5_000, None)


def test_410_ends_the_endpoint():
    assert then(Answer("answered", 410)) == Disable()


@pytest.mark.parametrize("status", [429, 502, 504])
def test_too_much_holds_the_whole_endpoint(status):
    assert then(Answer("answered", status)) == Retry(5_000, 5_000)


def test_retry_after_is_honoured_where_it_is_longer():
    assert then(Answer("answered", 503, retry_after_ms=60_000), now_ms=1_000) == Retry(61_000, 61_000)
    assert then(Answer("answered", 429, retry_after_ms=1_000), now_ms=1_000) == Retry(6_000, 6_000)


def test_retry_after_of_a_day_holds_the_endpoint_for_the_age_of_an_alert_only():
    assert then(Answer("answered", 429, retry_after_ms=86_400_000), now_ms=1) == GiveUp(QUARTER_MS + 1)


def test_an_attempt_at_the_age_is_made_and_one_past_it_is_not():
    assert then(FAILED, now_ms=QUARTER_MS - 5_000) == Retry(QUARTER_MS, None)
    assert then(FAILED, now_ms=QUARTER_MS - 4_999) == GiveUp(None)


def test_jitter_makes_a_wait_longer_by_up_to_a_tenth():
    assert then(FAILED, chance=0.5) == Retry(5_250, None)
    assert then(FAILED, chance=1.0) == Retry(5_500, None)


def test_retry_after_is_read_as_seconds_or_as_a_date():
    assert retry_after_ms({"Retry-After": "120"}, 0) == 120_000
    assert retry_after_ms({"Retry-After": formatdate(1_000_060, usegmt=True)}, 1_000_000_000) == 60_000
    assert retry_after_ms({"Retry-After": formatdate(1_000_000, usegmt=True)}, 2_000_000_000_000) == 0


@pytest.mark.parametrize("text", ["", "soon", "-5", "1.5", "１２"])
def test_retry_after_that_is_neither_is_none(text):
    assert retry_after_ms({"Retry-After": text}, 0) is None


def test_retry_after_that_is_absurd_is_a_day():
    assert retry_after_ms({"Retry-After": "9" * 400}, 0) == 86_400_000
