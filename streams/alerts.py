"""Alerts: what leaves Claquewatch. One finding with its evidence, as the contract's `live.alerts` says it."""

from typing import Any, Final, Literal

import msgspec
import xxhash

Scheme = Literal[
    "coordinated_purchases", "paid_praise", "fake_orders", "loss_selling", "inflated_viewers", "complaint_surge"
]
Severity = Literal["critical", "warning", "info"]
Status = Literal["open", "update", "resolved"]
ResolvedReason = Literal["quiet", "show_ended", "verdict", "snoozed"]
Mode = Literal["live", "shadow", "replay", "canary"]

FORMAT: Final = 1  # of the value of live.alerts, said in the record's header `format`
MAX_ACCOUNTS: Final = 5_000
MAX_EVIDENCE: Final = 200
MAX_EXCERPT_CHARS: Final = 200


class Window(msgspec.Struct, frozen=True):
    """Event time that the evidence spans, ms."""

    start: int
    end: int


class Signal(msgspec.Struct, frozen=True, omit_defaults=True):
    """One figure: what was observed, what would be usual, and where it is a test how unlikely (p or bits)."""

    name: str
    observed: float
    expected: float
    unit: str
    p: float | None = None
    bits: float | None = None


class Suspect(msgspec.Struct, frozen=True):
    """An account in a finding: what it adds in bits, and how many of its acts count. Never a score of a person."""

    account_id: str
    bits: float
    acts: int


class Evidence(msgspec.Struct, frozen=True):
    """One act that a finding rests on."""

    event_id: str
    topic: str
    ts: int
    account_id: str
    excerpt: str


class Counterfactual(msgspec.Struct, frozen=True):
    """The smallest change that would have cleared the finding: as a sentence and as numbers."""

    sentence: str
    numbers: dict[str, float]


class Impact(msgspec.Struct, frozen=True):
    """What is at stake. Money in minor units; `currency` is None where there is none or more than one."""

    viewers: int = 0
    orders: int = 0
    amount_minor: int = 0
    currency: str | None = None


class RulesInForce(msgspec.Struct, frozen=True):
    """Which thresholds were in force."""

    version: int
    hash: str


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """One revision of an incident. Only `detected_at` and `mode` may differ between live and replay."""

    alert_id: str
    incident_id: str
    revision: int
    status: Status
    resolved_reason: ResolvedReason | None
    scheme: str
    severity: Severity
    score: float
    room_id: str
    show_id: str
    seller_id: str | None
    crew_id: str | None
    window: Window
    event_ts: int
    detected_at: int | None
    title: str
    signals: list[Signal]
    accounts: list[Suspect]
    accounts_total: int
    evidence: list[Evidence]
    evidence_total: int
    counter_evidence: list[str]
    counterfactual: Counterfactual
    impact: Impact
    ruleset: RulesInForce
    mode: Mode


encode_alert = msgspec.json.Encoder().encode
decode_alert = msgspec.json.Decoder(Alert).decode


def incident_id_of(scheme: str, room_id: str, show_id: str, subject: str) -> str:
    """Deterministic id of the incident about `subject` (a crew, or an item) in one show."""
    return "i_" + digest(scheme, room_id, show_id, subject)


def alert_id_of(incident_id: str, revision: int) -> str:
    """Deterministic id of one revision of an incident; those of one incident sort by revision.

    (Alerts of one pane are written in the order of their ids: an incident must not be resolved before it opens.)
    """
    return f"a_{digest(incident_id)[:24]}{revision:08x}"


def digest(*parts: str) -> str:
    """128 bits as hex over parts, the same in every process and on every day."""
    return xxhash.xxh3_128_hexdigest("\0".join(parts).encode())


def rounded(value: float) -> float:
    """Bits and scores to 1e-6, so that all versions of Python give the same bytes."""
    return round(value, 6)


def without_clock(value: bytes) -> bytes:
    """An alert's bytes without the two fields that may differ in a replay, for comparing."""
    alert: dict[str, Any] = msgspec.json.decode(value)
    alert["detected_at"], alert["mode"] = None, "replay"
    return msgspec.json.encode(alert)
