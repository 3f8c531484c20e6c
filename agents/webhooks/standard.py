"""Standard Webhooks 1.0: `render(alert, endpoint, at_ms)` says what is posted. Pure; the library signs.

Body `{"type", "timestamp", "data"}` below 20 kB, signed as sent. `webhook-id` is the alert's id, the same on every
attempt and after every crash, so that a receiver can drop what it has; `webhook-timestamp` is that of the attempt.
"""

from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from standardwebhooks import Webhook

from agents import card
from agents.endpoints import Endpoint
from streams.alerts import Alert, digest

MAX_BODY_BYTES: Final = 20_000
TYPES: Final = {"open": "alert.opened", "update": "alert.updated", "resolved": "alert.resolved"}
# what may go, in this order, where a body would be too long; each is counted elsewhere in it
_SPARE: Final = ("evidence", "counter_evidence", "shared", "signals", "cleared_by")

_encode = msgspec.json.Encoder().encode


class Message(msgspec.Struct, frozen=True):
    """What is told, without an endpoint's signature: the same for every endpoint and every attempt."""

    webhook_id: str
    body: bytes


class Request(msgspec.Struct, frozen=True):
    """What is posted in one attempt."""

    url: str
    headers: dict[str, str]
    body: bytes


def render(alert: Alert, endpoint: Endpoint, at_ms: int) -> Request:
    """The request of one attempt at `at_ms`."""
    return sign(message_of(alert), endpoint, at_ms)


def message_of(alert: Alert) -> Message:
    """What is told of an alert."""
    when_ms = alert.event_ts if alert.detected_at is None else alert.detected_at
    return _message(alert.alert_id, TYPES[alert.status], when_ms, card.as_dict(card.card_of(alert), alert))


def ping_of(endpoint: Endpoint, at_ms: int) -> Message:
    """A `test.ping`: shows that address and secret are right, and means nothing else."""
    told = {"endpoint": endpoint.name, "message": "Claquewatch reaches you; no show is concerned."}
    return _message("p_" + digest("test.ping", endpoint.name, str(at_ms)), "test.ping", at_ms, told)


def disabled_of(disabled: Endpoint, alert_id: str, at_ms: int) -> Message:
    """A `delivery.disabled`: what the other endpoints are told when one has answered 410."""
    told = {
        "endpoint": disabled.name,
        "message": f"{disabled.name} answered 410 Gone and gets no more alerts until its worker is started again.",
        "alert_id": alert_id,
    }
    return _message("d_" + digest("delivery.disabled", disabled.name, alert_id), "delivery.disabled", at_ms, told)


def sign(message: Message, endpoint: Endpoint, at_ms: int) -> Request:
    """The request that carries a message to an endpoint, signed with each of its secrets."""
    at = datetime.fromtimestamp(at_ms // 1000, UTC)  # aware: the library takes what is not for UTC without a word
    text = message.body.decode()
    signatures = [Webhook(secret).sign(message.webhook_id, at, text) for secret in endpoint.secrets]
    return Request(
        url=endpoint.url,
        headers={
            "content-type": "application/json",
            "user-agent": "claquewatch",
            "webhook-id": message.webhook_id,
            "webhook-timestamp": str(at_ms // 1000),
            "webhook-signature": " ".join(signatures),
        },
        body=message.body,
    )


def _message(webhook_id: str, kind: str, when_ms: int, data: dict[str, Any]) -> Message:
    """A message below the bound: a card fits by its own bounds, and where it should not, lists go, longest use last."""
    timestamp = datetime.fromtimestamp(when_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    body = _encode({"type": kind, "timestamp": timestamp, "data": data})
    for spare in _SPARE:
        if len(body) < MAX_BODY_BYTES:
            break
        data = {**data, spare: [] if isinstance(data.get(spare), list) else ""}
        body = _encode({"type": kind, "timestamp": timestamp, "data": data})
    return Message(webhook_id, body)
