"""Alerts for the tests of cards and webhooks: a usual one, and the largest that there can be."""

import time

import msgspec

from agents.endpoints import Endpoint
from streams.alerts import (
    MAX_ACCOUNTS,
    MAX_EVIDENCE,
    MAX_EXCERPT_CHARS,
    Alert,
    Counterfactual,
    Evidence,
    Impact,
    RulesInForce,
    Signal,
    Suspect,
    Window,
    alert_id_of,
    incident_id_of,
)

EIGHT_O_CLOCK = 1_794_340_800_000  # 2026-11-10 20:00:00 UTC
SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def an_alert(number: int = 0, revision: int = 1, **fields) -> Alert:
    """14 accounts that spent alike; `number` tells incidents apart."""
    incident_id = incident_id_of("coordinated_purchases", f"room{number}", "show1", "crew")
    alert = Alert(
        alert_id=alert_id_of(incident_id, revision),
        incident_id=incident_id,
        revision=revision,
        status="open" if revision == 1 else "update",
        resolved_reason=None,
        scheme="coordinated_purchases",
        severity="critical",
        score=0.93,
        room_id=f"room{number}",
        show_id="show1",
        seller_id="seller1",
        crew_id="c_1",
        window=Window(EIGHT_O_CLOCK, EIGHT_O_CLOCK + 240_000),
        event_ts=EIGHT_O_CLOCK + 240_000,
        detected_at=None,
        title="14 accounts spent 100 to 106 yuan within 4 minutes of joining together (usual: 1)",
        signals=[
            Signal("hug", 14, 1.2, "accounts", bits=41.0),
            Signal("joined_together", 14, 2, "accounts", p=0.00025),
            Signal("shared_device", 11, 0, "accounts"),
            Signal("chatted", 0.5, 0.25, "share"),
            Signal("padding", 3, 2.9, "accounts"),
        ],
        accounts=[Suspect(f"u_9f12ab{i:02d}c{i % 10}", 12.0, 2) for i in range(14)],
        accounts_total=14,
        evidence=[
            Evidence(f"e{i}", "live.orders", EIGHT_O_CLOCK + 1000 * i * i, f"u_9f12ab{i:02d}c{i % 10}", f"10{i}.00 CNY")
            for i in range(14)
        ],
        evidence_total=14,
        counter_evidence=["flash sale since 20:00", "7 of 14 accounts are older than a year"],
        counterfactual=Counterfactual("with 4 accounts fewer it would not fire", {"accounts": 10.0}),
        impact=Impact(viewers=412, orders=14, amount_minor=144_200, currency="CNY"),
        ruleset=RulesInForce(1, "abc"),
        mode="live",
    )
    return msgspec.structs.replace(alert, **fields)


def the_largest_alert() -> Alert:
    """Every list and text at its bound, with characters of four bytes, and ids as long as an event may carry."""
    text = "好" * MAX_EXCERPT_CHARS
    return an_alert(
        room_id="房" * 60_000,
        show_id='"' * 60_000,
        seller_id="\U0001f600" * 10_000,
        crew_id="c" * 10_000,
        title="\U0001f600" * 5_000,
        scheme="coordinated_purchases",
        signals=[Signal("名" * 500, 1e308, 1e-300, "单" * 500, p=0.0) for _ in range(50)]
        + [Signal(f"shared_{'设' * 500}", 5_000, 1, "accounts") for _ in range(50)],
        accounts=[Suspect(f"u_{i:06d}_{'户' * 40}", 60.0, 9) for i in range(MAX_ACCOUNTS)],
        accounts_total=20_000,
        evidence=[
            Evidence(f"e{i}" * 50, "live.comments", EIGHT_O_CLOCK + i, f"u_{i:06d}_{'户' * 40}", text)
            for i in range(MAX_EVIDENCE)
        ],
        evidence_total=9_000,
        counter_evidence=["\U0001f600" * 4_000 for _ in range(100)],
        counterfactual=Counterfactual("\U0001f600" * 4_000, {}),
        impact=Impact(viewers=2**62, orders=2**62, amount_minor=2**62, currency="C" * 60_000),
        ruleset=RulesInForce(2**62, "h" * 10_000),
    )


def the_largest_usual_alert() -> Alert:
    """5,000 accounts and 200 comments of 200 Chinese characters, with ids of usual length."""
    return an_alert(
        accounts=[Suspect(f"u_{i:020d}", 60.0, 9) for i in range(MAX_ACCOUNTS)],
        accounts_total=20_000,
        evidence=[
            Evidence(f"event_{i}", "live.comments", EIGHT_O_CLOCK + i, f"u_{i:020d}", "好" * MAX_EXCERPT_CHARS)
            for i in range(MAX_EVIDENCE)
        ],
        evidence_total=9_000,
    )


def just_now(alert: Alert) -> Alert:
    """The alert as a worker makes it now."""
    return msgspec.structs.replace(alert, detected_at=now_ms())


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def an_endpoint(url: str, name: str = "moderators", **fields) -> Endpoint:
    """An endpoint on loopback."""
    return Endpoint(**{"name": name, "url": url, "secrets": (SECRET,), "allow_private": True} | fields)
