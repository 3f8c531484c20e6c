"""What is published of the contract is what the code says, and is valid by the standards it claims."""

import gzip
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from doubles import DOUBLES
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator, Draft202012Validator
from logs import (
    LogWriter,
    comment,
    complaint,
    crew,
    evening,
    join,
    marker,
    order,
    play,
    rough_log,
    verdict,
)

from agents.meanings import MEANINGS
from agents.schemas import ROOT, VALUES, asyncapi, drift, files, main, schemas, write
from streams.alerts import Alert
from streams.events import BY_TOPIC, CrewSeen, KnownCrew, Rejected, decode
from streams.log import Record, headers_of
from streams.partition import Partition
from streams.rules import default_rules
from streams.topics import PARTITIONS, TOPICS

SCHEMAS = schemas()


def validator(topic: str) -> Draft202012Validator:
    return Draft202012Validator(SCHEMAS[topic])


def faults(topic: str, value: Any) -> list[str]:
    return [error.message for error in validator(topic).iter_errors(json.loads(json.dumps(value)))]


# -- no drift ---------------------------------------------------------------------------------------------------------


def test_what_is_published_is_what_the_code_says():
    assert drift() == []


def test_every_kind_of_drift_is_seen(tmp_path):
    write(tmp_path)
    assert drift(tmp_path) == []

    (tmp_path / "docs/asyncapi.json").write_text("{}")
    (tmp_path / "docs/schemas/live.joins.json").unlink()
    (tmp_path / "docs/schemas/live.gifts.json").write_text("{}")

    assert drift(tmp_path) == [
        "docs/asyncapi.json is not what the code says: run `python -m agents.schemas`",
        "docs/schemas/live.joins.json is not what the code says: run `python -m agents.schemas`",
        "docs/schemas/live.gifts.json belongs to no topic: delete it",
    ]


def test_the_command_checks_and_says_how_it_is_used(capsys):
    assert main(["--check"]) == 0
    assert main(["--chekc"]) == 2
    assert capsys.readouterr().err == "usage: python -m agents.schemas [--check]\n"


def test_the_check_fails_where_something_drifted(tmp_path):
    for package in ("agents", "streams"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    run = [sys.executable, "-m", "agents.schemas"]
    subprocess.run(run, cwd=tmp_path, check=True)
    (tmp_path / "docs/schemas/live.orders.json").write_text("{}")

    checked = subprocess.run([*run, "--check"], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert checked.returncode == 1
    assert checked.stderr.startswith("docs/schemas/live.orders.json is not what the code says")
    assert (tmp_path / "docs/schemas/live.orders.json").read_text() == "{}"


def test_it_is_made_the_same_every_time():
    assert files() == files()
    assert all(not path.is_absolute() for path in files())


# -- the schemas ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("topic", SCHEMAS)
def test_a_schema_is_valid_itself_and_complete_in_itself(topic):
    Draft202012Validator.check_schema(SCHEMAS[topic])
    assert SCHEMAS[topic]["$schema"] == "https://json-schema.org/draft/2020-12/schema"

    references = [node["$ref"] for node in nodes(SCHEMAS[topic]) if "$ref" in node]
    assert all(ref.removeprefix("#/$defs/") in SCHEMAS[topic]["$defs"] for ref in references)


def nodes(schema: Any) -> list[dict[str, Any]]:
    """Every object in a JSON document."""
    if isinstance(schema, list):
        return [node for item in schema for node in nodes(item)]
    return [schema, *(node for item in schema.values() for node in nodes(item))] if isinstance(schema, dict) else []


def test_every_field_says_what_it_means_and_no_meaning_is_left_over():
    used = set()
    for schema in asyncapi()["components"]["schemas"].items():
        name, content = schema
        for field, described in content["properties"].items():
            assert described["description"]
            used.add(f"{name}.{field}" if f"{name}.{field}" in MEANINGS else field)

    assert set(MEANINGS) - used == set()


EVENTS = [
    join(0, source="raid", device_id="d1", account_created_ts=-5),
    join(0, action="leave"),
    comment(0, badge=7, text="x" * 2_000),
    order(0),
    order(
        0, status="refunded", refund_minor=5, subsidy_by="seller", line_id="l1", unit_cost_minor=0, cancelled_by=None
    ),
    marker(0, "promotion", units=3, threshold_minor=100, until_ts=1_760_000_100_000),
    complaint(0, text="broken", order_id="o1"),
    verdict(0, verdict="confirmed", scheme="fake_orders"),
    default_rules().published,
    KnownCrew(
        crew_id="c1",
        revision=2,
        accounts=["a"],
        bits=13.5,
        seen=[CrewSeen(room="r1", show="s1", scheme="paid_praise", ts=1_760_000_000_000)],
    ),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.TOPIC)
def test_real_events_are_valid(event):
    assert faults(event.TOPIC, msgspec.to_builtins(event)) == []
    with_nulls = {name: getattr(event, name) for name in event.__struct_fields__}
    assert faults(event.TOPIC, {**msgspec.to_builtins(with_nulls), "unknown": [None]}) == []


def test_every_event_has_a_sample():
    assert {event.TOPIC for event in EVENTS} == set(BY_TOPIC)


def test_alerts_and_failures_that_were_made_are_valid():
    records = LogWriter().write([*crew(3, 0), comment(1, "observe")], 2).records
    said = play(Partition(detectors=DOUBLES, code="c1"), [*records, *rough_log(3)])
    found = {"live.alerts": 0, "live.failed": 0}
    for output in said:
        assert faults(output.topic, json.loads(output.value())) == []
        found[output.topic] += 1

    assert min(found.values()) > 0


def test_an_alert_with_every_field_filled_is_valid():
    [alert] = [o.body for o in play(Partition(detectors=DOUBLES[:1]), LogWriter().write(crew(3, 0), 2).records)]
    filled = msgspec.to_builtins(alert) | {
        "seller_id": "s",
        "resolved_reason": "quiet",
        "status": "resolved",
        "detected_at": 5,
    }
    filled["signals"] = [{"name": "x", "observed": 1.5, "expected": 0, "unit": "acts", "p": 0.01, "bits": 6.6}]

    assert faults("live.alerts", filled) == []
    assert msgspec.convert(filled, Alert).seller_id == "s"


@pytest.mark.parametrize("topic", BY_TOPIC)
def test_what_the_schema_refuses_is_refused_by_the_reader_too(topic):
    sample = next(msgspec.to_builtins(event) for event in EVENTS if topic == event.TOPIC)
    for field in SCHEMAS[topic]["required"]:
        for content in (None, [], {"x": 1}):
            damaged = {**sample, field: content}
            if faults(topic, damaged):
                assert isinstance(decode(topic, msgspec.json.encode(damaged)), Rejected)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**65), 2**65)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=3,
)


@given(st.sampled_from([(event, field) for event in EVENTS for field in event.__struct_fields__]), JSON)
@settings(max_examples=200, deadline=None)
def test_what_the_reader_takes_is_valid_by_the_schema(sample_and_field, content):
    event, field = sample_and_field
    value = {**msgspec.to_builtins(event), field: content}

    if not isinstance(decode(event.TOPIC, json.dumps(value).encode()), Rejected):
        assert faults(event.TOPIC, value) == []


def test_generated_evenings_are_valid():
    for event in evening(1, events=60):
        assert faults(event.TOPIC, msgspec.to_builtins(event)) == []


# -- AsyncAPI ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def official() -> Draft7Validator:
    packed = Path(__file__).parent / "fixtures/asyncapi/3.0.0.json.gz"
    return Draft7Validator(json.loads(gzip.decompress(packed.read_bytes())))


def test_the_document_is_valid_by_the_official_schema(official):
    assert [error.message for error in official.iter_errors(asyncapi())] == []


@pytest.mark.parametrize("missing", ["asyncapi", "info"])
def test_the_official_schema_would_say_what_is_missing(official, missing):
    document = {name: content for name, content in asyncapi().items() if name != missing}

    assert not official.is_valid(document)


def test_every_topic_is_a_channel_with_its_settings():
    channels = asyncapi()["channels"]

    assert list(channels) == [topic.name for topic in TOPICS]
    for topic in TOPICS:
        channel = channels[topic.name]
        kafka = channel["bindings"]["kafka"]
        assert channel["address"] == topic.name
        assert kafka["partitions"] == PARTITIONS
        assert kafka["topicConfiguration"].get("retention.ms") == topic.retention_ms
        assert kafka["topicConfiguration"]["cleanup.policy"] == [topic.config()["cleanup.policy"]]
        assert ("read_committed" in channel["description"]) == topic.transactional


def test_every_reference_leads_somewhere():
    document = asyncapi()
    references = [node["$ref"] for node in nodes(document) if isinstance(node.get("$ref"), str)]

    assert references
    for reference in references:
        place: Any = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


def test_messages_have_their_payload_and_their_key():
    document = asyncapi()
    messages = document["components"]["messages"]

    for topic, kind in VALUES.items():
        [reference] = document["channels"][topic]["messages"].values()
        message = messages[reference["$ref"].rsplit("/", 1)[1]]
        assert message["payload"] == {"$ref": f"#/components/schemas/{kind.__name__}"}
        assert message["bindings"]["kafka"]["key"]["type"] == "string"
    keys = {name: message["bindings"]["kafka"].get("key", {}).get("description") for name, message in messages.items()}
    assert keys["Order"] == keys["Checkpoint"] == keys["Failed"] == "room_id"
    assert (keys["RuleSet"], keys["KnownCrew"], keys["Alert"], keys["LogRecord"]) == (
        "version",
        "crew_id",
        "incident_id",
        None,
    )


def test_inputs_are_received_and_all_else_is_sent():
    operations = asyncapi()["operations"]

    received = {
        name.removeprefix("receive.") for name, operation in operations.items() if operation["action"] == "receive"
    }
    assert received == set(BY_TOPIC)
    assert len(operations) == len(TOPICS)


def test_the_headers_of_the_log_are_those_that_are_written():
    documented = asyncapi()["components"]["messages"]["LogRecord"]["headers"]

    written = headers_of(
        Record(kind="events", watermark=0, source="live.joins", offsets=(1,), covered={"live.joins": (0, 0)})
    )

    assert {name for name, _ in written} == set(documented["properties"])
    assert Draft202012Validator(documented).is_valid({name: value.decode() for name, value in written})
    assert Draft202012Validator(documented).is_valid(
        {name: value.decode() for name, value in headers_of(Record(kind="tick", watermark=0))}
    )
