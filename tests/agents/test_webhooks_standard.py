"""What is posted: Standard Webhooks 1.0, signed so that its library verifies it, always below 20 kB."""

import json
import time

import msgspec
import pytest
from standardwebhooks import Webhook, WebhookVerificationError
from webhooks_helpers import EIGHT_O_CLOCK, SECRET, an_alert, an_endpoint, now_ms, the_largest_alert

from agents.endpoints import new_secret
from agents.webhooks import standard


def test_the_library_verifies_what_is_sent():
    request = standard.render(an_alert(), an_endpoint("https://example.org/hook"), now_ms())

    body = Webhook(SECRET).verify(request.body, request.headers)

    assert body["type"] == "alert.opened"
    assert body["data"]["headline"].startswith("CRITICAL: 14 accounts")


def test_another_secret_or_one_changed_byte_does_not_verify():
    request = standard.render(an_alert(), an_endpoint("https://example.org/hook"), now_ms())

    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(request.body, request.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(request.body.replace(b"14", b"15"), request.headers)


def test_while_a_secret_rotates_either_verifies():
    old, new = new_secret(), new_secret()
    endpoint = an_endpoint("https://example.org/hook", secrets=(new, old))

    request = standard.render(an_alert(), endpoint, now_ms())

    assert Webhook(old).verify(request.body, request.headers)
    assert Webhook(new).verify(request.body, request.headers)


def test_the_id_is_the_alerts_and_holds_no_dot():
    request = standard.render(an_alert(), an_endpoint("https://example.org/hook"), now_ms())

    assert request.headers["webhook-id"] == an_alert().alert_id
    assert "." not in request.headers["webhook-id"]


def test_a_later_attempt_differs_in_timestamp_and_signature_only():
    endpoint = an_endpoint("https://example.org/hook")

    first = standard.render(an_alert(), endpoint, EIGHT_O_CLOCK)
    later = standard.render(an_alert(), endpoint, EIGHT_O_CLOCK + 5_999)

    assert first.body == later.body
    assert first.headers["webhook-id"] == later.headers["webhook-id"]
    assert first.headers["webhook-timestamp"] == "1794340800"
    assert later.headers["webhook-timestamp"] == "1794340805"
    assert first.headers["webhook-signature"] != later.headers["webhook-signature"]


def test_the_signature_does_not_depend_on_where_the_machine_is(monkeypatch):
    endpoint = an_endpoint("https://example.org/hook")
    here = standard.render(an_alert(), endpoint, now_ms())
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        there = standard.render(an_alert(), endpoint, now_ms())
        assert Webhook(SECRET).verify(there.body, there.headers)
        assert here.body == there.body
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("status", "kind"), [("open", "alert.opened"), ("update", "alert.updated"), ("resolved", "alert.resolved")]
)
def test_the_type_says_what_became_of_the_incident(status, kind):
    assert json.loads(standard.message_of(an_alert(status=status)).body)["type"] == kind


def test_the_timestamp_is_when_it_was_detected_or_else_event_time():
    live = json.loads(standard.message_of(an_alert(detected_at=EIGHT_O_CLOCK + 1234)).body)
    replayed = json.loads(standard.message_of(an_alert()).body)

    assert live["timestamp"] == "2026-11-10T20:00:01.234Z"
    assert replayed["timestamp"] == "2026-11-10T20:04:00.000Z"


def test_the_body_carries_what_the_card_says():
    data = json.loads(standard.message_of(an_alert()).body)["data"]

    assert data["signals"][0] == {
        "name": "hug",
        "observed": "14 accounts",
        "usual": "1.2",
        "chance": "less than 1 in 10^12",
    }
    assert data["evidence"][1] == {"offset_s": 1.0, "account": "u_9f..c1", "kind": "order", "excerpt": "101.00 CNY"}
    assert data["counter_evidence"] == ["flash sale since 20:00", "7 of 14 accounts are older than a year"]
    assert data["impact"] == {"viewers": 412, "orders": 14, "amount_minor": 144_200, "currency": "CNY"}
    assert (data["room_id"], data["show_id"], data["revision"]) == ("room0", "show1", 1)


def test_the_body_names_no_account():
    alert = the_largest_alert()

    body = standard.message_of(alert).body.decode()

    assert [suspect.account_id for suspect in alert.accounts if suspect.account_id in body] == []


def test_the_largest_alert_is_below_20_kb_and_verifies():
    request = standard.render(the_largest_alert(), an_endpoint("https://example.org/hook"), now_ms())

    assert len(request.body) < 20_000
    assert Webhook(SECRET).verify(request.body, request.headers)["data"]["evidence_total"] == 9_000


def test_text_that_json_must_escape_stays_below_20_kb():
    alert = an_alert(title='"\\' * 300, counter_evidence=['"\\' * 300] * 9)
    evidence = [msgspec.structs.replace(act, excerpt='"\\' * 100) for act in alert.evidence]

    assert len(standard.message_of(msgspec.structs.replace(alert, evidence=evidence)).body) < 20_000


def test_a_ping_has_an_id_of_its_own_each_time():
    endpoint = an_endpoint("https://example.org/hook")

    first, second = standard.ping_of(endpoint, EIGHT_O_CLOCK), standard.ping_of(endpoint, EIGHT_O_CLOCK + 1)

    assert json.loads(first.body)["type"] == "test.ping"
    assert first.webhook_id != second.webhook_id
