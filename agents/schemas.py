"""Publishes the contract from the code: `docs/asyncapi.json` (AsyncAPI 3) and `docs/schemas/<topic>.json`.

`python -m agents.schemas` writes them, `--check` only says what differs (exit code 1).
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from agents.meanings import LOG_HEADERS, MEANINGS
from agents.webhooks.lane import Undelivered
from streams.alerts import Alert
from streams.events import BROADCASTS, EVENTS, KnownCrew, RuleSet
from streams.judged import Failure
from streams.log import FORMAT, KINDS
from streams.rejects import Refusal
from streams.topics import (
    ALERTS,
    CHECKPOINTS,
    FAILED,
    LOG,
    PARTITIONS,
    REJECTED,
    TOPICS,
    UNDELIVERED,
    Topic,
)

CONTRACT_VERSION: Final = "1.0.0"
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
ROOT: Final = Path(__file__).resolve().parents[1]


class Failed(Failure, frozen=True):
    """An event on which a detector raised. That detector is set aside for the show; the others go on."""

    code: str


# the values that are JSON, by topic
VALUES: Final[Mapping[str, Any]] = {
    **{kind.TOPIC: kind for kind in (*EVENTS, *BROADCASTS)},
    ALERTS: Alert,
    REJECTED: Refusal,
    FAILED: Failed,
    UNDELIVERED: Undelivered,
}
KEYS: Final[Mapping[str, str]] = {
    RuleSet.TOPIC: "version",
    KnownCrew.TOPIC: "crew_id",
    ALERTS: "incident_id",
    REJECTED: "topic/partition/offset of the refused record, of a flood the first it covers",
    UNDELIVERED: "incident_id",
}


def schemas() -> dict[str, dict[str, Any]]:
    """JSON Schema 2020-12 by topic, each complete in itself."""
    return {
        topic: {"$schema": DIALECT, "$id": f"{topic}.json", **_parts(kind, "#/$defs/{name}")}
        for topic, kind in VALUES.items()
    }


def asyncapi() -> dict[str, Any]:
    """The AsyncAPI 3.0 document: every topic as a channel."""
    _, components = msgspec.json.schema_components(VALUES.values(), ref_template="#/components/schemas/{name}")
    return {
        "asyncapi": "3.0.0",
        "id": "urn:claquewatch",
        "info": {
            "title": "Claquewatch",
            "version": CONTRACT_VERSION,
            "description": (
                "Topics that other systems write and read; names carry the deployment's prefix, where it has one. "
                "Unknown fields are ignored; null is the same as absent."
            ),
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic) for topic in TOPICS},
        "operations": {_operation_name(topic): _operation(topic) for topic in TOPICS},
        "components": {
            "messages": {_message_name(topic): _message(topic) for topic in TOPICS},
            "schemas": {name: _described(name, schema) for name, schema in components.items()},
        },
    }


def files() -> dict[Path, str]:
    """Everything that is published, by path below the repository's root."""
    made: dict[Path, Any] = {Path("docs/asyncapi.json"): asyncapi()}
    made |= {Path(f"docs/schemas/{topic}.json"): schema for topic, schema in schemas().items()}
    return {
        path: msgspec.json.format(msgspec.json.encode(content), indent=2).decode() + "\n"
        for path, content in made.items()
    }


def drift(root: Path = ROOT) -> list[str]:
    """One sentence for every published file that the code no longer says, and for every one that is too many."""
    made = files()
    sentences = [
        f"{path} is not what the code says: run `python -m agents.schemas`"
        for path, text in made.items()
        if not (root / path).is_file() or (root / path).read_text() != text
    ]
    left = sorted((root / "docs/schemas").glob("*.json"))
    return sentences + [
        f"{path.relative_to(root)} belongs to no topic: delete it"
        for path in left
        if path.relative_to(root) not in made
    ]


def write(root: Path = ROOT) -> None:
    for path, text in files().items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


# -- schemas ----------------------------------------------------------------------------------------------------------


def _parts(kind: Any, ref_template: str) -> dict[str, Any]:
    """A type's schema at the top, the types that it uses below `$defs`."""
    _, components = msgspec.json.schema_components([kind], ref_template=ref_template)
    described = {name: _described(name, schema) for name, schema in components.items()}
    top = described.pop(kind.__name__)
    return {**top, "$defs": described} if described else top


def _described(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """A schema with what its fields mean."""
    properties = {
        field: {**content, "description": meaning(name, field)}
        for field, content in schema.get("properties", {}).items()
    }
    return {**schema, "properties": properties}


def meaning(name: str, field: str) -> str:
    """What a field of a type means; a KeyError where nobody has said."""
    return MEANINGS.get(f"{name}.{field}") or MEANINGS[field]


# -- channels ---------------------------------------------------------------------------------------------------------


def _channel(topic: Topic) -> dict[str, Any]:
    message = _message_name(topic)
    config: dict[str, Any] = {
        "cleanup.policy": ["compact" if topic.compacted else "delete"],
        "max.message.bytes": topic.max_message_bytes,
        "message.timestamp.type": topic.config()["message.timestamp.type"],
    }
    if topic.retention_ms is not None:
        config["retention.ms"] = topic.retention_ms
    binding = {"partitions": PARTITIONS, "topicConfiguration": config, "bindingVersion": "0.5.0"}
    return {
        "address": topic.name,
        "title": topic.name,
        "description": _sentence(topic.about)
        + (" Written in transactions: read it with read_committed." if topic.transactional else ""),
        "messages": {message: {"$ref": f"#/components/messages/{message}"}},
        "bindings": {"kafka": binding},
        "tags": [{"name": topic.role}],
    }


def _operation_name(topic: Topic) -> str:
    return f"{_action(topic)}.{topic.name}"


def _action(topic: Topic) -> str:
    """Seen from Claquewatch: it receives inputs and sends the rest."""
    return "receive" if topic.role in ("input", "broadcast") else "send"


def _operation(topic: Topic) -> dict[str, Any]:
    reference = f"#/channels/{topic.name}"
    return {
        "action": _action(topic),
        "channel": {"$ref": reference},
        "summary": _sentence(topic.about),
        "messages": [{"$ref": f"{reference}/messages/{_message_name(topic)}"}],
    }


def _message_name(topic: Topic) -> str:
    if topic.name in VALUES:
        return str(VALUES[topic.name].__name__)
    return {LOG: "LogRecord", CHECKPOINTS: "Checkpoint"}[topic.name]


def _message(topic: Topic) -> dict[str, Any]:
    name = _message_name(topic)
    key = KEYS.get(topic.name, "room_id")
    message: dict[str, Any] = {"name": name, "title": topic.name, "bindings": _key(key)}
    if topic.name == LOG:
        message["contentType"] = "application/jsonl"
        message["summary"] = "Up to 1,000 events (512 KiB) of one input, each the JSON it came as, one a line."
        message["headers"] = _log_headers()
        message["bindings"] = {"kafka": {"bindingVersion": "0.5.0"}}  # no key: a record belongs to its partition
    elif topic.name == CHECKPOINTS:
        message["contentType"] = "application/msgpack"
        message["summary"] = "A room's state before the first event of a show, for this program's own replay."
    else:
        message["summary"] = VALUES[topic.name].__doc__.split("\n")[0]
        message["payload"] = {"$ref": f"#/components/schemas/{name}"}
    if topic.name == ALERTS:
        message["headers"] = _cloudevents_headers()
    return message


def _key(description: str) -> dict[str, Any]:
    return {"kafka": {"key": {"type": "string", "description": description}, "bindingVersion": "0.5.0"}}


def _log_headers() -> dict[str, Any]:
    properties = {name: {"type": "string", "description": said} for name, said in LOG_HEADERS.items()}
    properties["kind"]["enum"] = list(KINDS)  # type: ignore[assignment]
    properties["format"]["const"] = str(FORMAT)
    return {
        "type": "object",
        "properties": properties,
        "required": ["kind", "watermark", "newest", "received", "format"],
    }


def _cloudevents_headers() -> dict[str, Any]:
    said = {
        "ce_specversion": "1.0",
        "ce_id": "alert_id",
        "ce_source": "/claquewatch",
        "ce_type": "alert.opened, alert.updated or alert.resolved",
        "ce_time": "event_ts, RFC 3339",
        "ce_subject": "incident_id",
        "content-type": "application/json",
    }
    properties = {name: {"type": "string", "description": text} for name, text in said.items()}
    return {"type": "object", "properties": properties, "required": ["ce_specversion", "ce_id", "ce_source", "ce_type"]}


def _sentence(about: str) -> str:
    return f"{about[0].upper()}{about[1:]}."


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--check"]):
        print("usage: python -m agents.schemas [--check]", file=sys.stderr)
        return 2
    if not arguments:
        write()
        return 0
    sentences = drift()
    print(*sentences, sep="\n", end="\n" if sentences else "", file=sys.stderr)
    return 1 if sentences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
