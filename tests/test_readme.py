"""What the documents say is true: their examples run, and what they name exists."""

import json
import os
import re
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import click
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from builders import alerts, audience, crew
from prometheus_client.metrics_core import Metric
from standardwebhooks import WebhookVerificationError

from agents import endpoints, metrics
from agents.cli import cli
from agents.demo.picture import Album, draw
from agents.settings import OTHERS, PREFIX, Settings, without_settings
from agents.version import PACKAGE
from agents.webhooks.standard import ping_of, sign
from streams import rules
from streams.events import EVENTS, Join, Rejected, decode, placed_wrongly

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = {name: (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "ARCHITECTURE.md")}
DOCUMENTS |= {name: (ROOT / name).read_text(encoding="utf-8") for name in ("CONTRIBUTING.md", "CHANGELOG.md")}
README, CONTRIBUTING = DOCUMENTS["README.md"], DOCUMENTS["CONTRIBUTING.md"]
EACH = pytest.mark.parametrize("text", DOCUMENTS.values(), ids=DOCUMENTS.keys())
CLAQUEWATCH = [sys.executable, "-m", "agents.cli"]

# What `claquewatch scan` is shown to refuse: the second and fifth line alike, and the last without any event's fields.
REFUSED = """\
{"topic": "live.joins", "value": {"event_id": "j-1", "ts": 1772796605120, "room_id": "r-17", "show_id": "s-204", "account_id": "u-9f3a", "action": "join"}}
{"topic": "live.joins", "value": {"event_id": "j-2", "ts": 1772796605, "room_id": "r-17", "show_id": "s-204", "account_id": "u-77b0", "action": "join"}}
{"topic": "live.comments", "value": {"event_id": "c-1", "ts": 1772796640002, "room_id": "r-17", "show_id": "s-204", "account_id": "u-9f3a"}}
{"topic": "live.orders", "value": {"event_id": "o-1", "ts": 1772796700500, "room_id": "r-17", "show_id": "s-204", "account_id": "u-9f3a", "order_id": "9001", "status": "placed", "sku": "tea-250g", "quantity": "2", "amount_minor": 11800, "currency": "CNY"}}
{"topic": "live.orders", "value": {"event_id": "o-2", "ts": 1772796700500, "room_id": "r-17", "show_id": "s-204", "account_id": "u-9f3a", "order_id": "9002", "status": "shipped", "sku": "tea-250g", "quantity": 2, "amount_minor": 11800, "currency": "CNY"}}
{"event_id": "x-1", "ts": 1772796605120, "room_id": "r-17"}
"""  # noqa: E501  # one event a line


# -- reading the documents ----------------------------------------------------------------------------------------


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks in a language; "" are those without one."""
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return [inside for name, inside in fenced if name == language]


def block(text: str, language: str, holding: str) -> str:
    """The one block that holds something."""
    [found] = [found for found in blocks(text, language) if holding in found]
    return found


def prose(text: str) -> str:
    return re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)


def code(text: str) -> list[str]:
    """Everything that is said in code: spans in the prose, and lines of the blocks without a language."""
    lines = [line for found in blocks(text, "") for line in found.splitlines()]
    return re.findall(r"`([^`\n]+)`", prose(text)) + lines


def commands(text: str) -> Iterator[list[str]]:
    """The words after `claquewatch` wherever it is followed by any, without redirections and comments."""
    for said in code(text):
        for found in re.findall(r"(?:^|[\s/])claquewatch ([^;#|&>\n]+)", said):
            yield found.split()


def json_examples() -> list[dict]:
    """Every JSON value in the README's blocks."""
    found, decoder = [], json.JSONDecoder()
    for text in blocks(README, "json"):
        at = 0
        while at < len(text.rstrip()):
            value, end = decoder.raw_decode(text, at)
            found.append(value)
            at = end + len(text[end:]) - len(text[end:].lstrip())
    return found


# -- examples -----------------------------------------------------------------------------------------------------


def test_every_example_of_an_event_is_one_and_there_is_one_for_each_input():
    decoded = [decode(example["topic"], json.dumps(example["value"]).encode()) for example in json_examples()]

    assert [event for event in decoded if isinstance(event, Rejected)] == []
    assert {type(event) for event in decoded} == set(EVENTS)


def test_the_examples_one_a_line_are_a_file_that_scan_accepts(tmp_path):
    file = tmp_path / "export.jsonl"
    file.write_text("".join(json.dumps(example) + "\n" for example in json_examples()))

    done = run("scan", str(file))

    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith(f"{len(json_examples())} events ")


def test_what_scan_is_shown_to_refuse_is_what_it_says(tmp_path):
    (tmp_path / "export.jsonl").write_text(REFUSED)

    done = run("scan", "export.jsonl", cwd=tmp_path)

    shown = block(README, "", "claquewatch scan export.jsonl").splitlines()
    assert shown[1:-1] == done.stderr.splitlines()
    assert shown[-1] == f"exit code {done.returncode}"


@pytest.mark.parametrize("holding", ["[room]", "[shadow."])
def test_the_examples_of_rules_are_good(holding):
    text = block(README, "toml", holding)

    assert rules.check(text) == []
    assert rules.parse(text) != {}


def test_the_example_of_an_endpoint_is_good(tmp_path):
    (tmp_path / "moderators.secret").write_text(endpoints.new_secret())
    (tmp_path / "endpoints.toml").write_text(block(README, "toml", "[[endpoint]]"))

    [endpoint], faults = endpoints.read(tmp_path / "endpoints.toml", {})

    assert faults == []
    assert (endpoint.name, endpoint.min_severity, endpoint.max_age_ms) == ("moderators", "warning", 900_000)


def test_the_example_of_a_receiver_takes_what_we_send_and_nothing_else():
    secret, given = endpoints.new_secret(), {}
    exec(block(README, "python", "standardwebhooks"), given)
    endpoint = endpoints.Endpoint(
        name="moderators", url="https://example.org", secrets=(secret.removeprefix("whsec_"),)
    )
    now_ms = int(datetime.now(UTC).timestamp() * 1000)
    request = sign(ping_of(endpoint, now_ms), endpoint, now_ms)

    assert given["read"](request.body, request.headers, secret)["type"] == "test.ping"
    with pytest.raises(WebhookVerificationError):
        given["read"](request.body + b" ", request.headers, secret)


def test_the_example_of_a_detector_passes_its_tests():
    detector, tests = blocks(CONTRIBUTING, "python")
    module = ModuleType("streams.detectors.one_phone")
    sys.modules[module.__name__] = module
    try:
        exec(detector, module.__dict__)
        given: dict = {}
        exec(tests, given)
        ran = [value() for name, value in given.items() if name.startswith("test_")]
    finally:
        del sys.modules[module.__name__]

    assert len(ran) == 5


@pytest.mark.integration
def test_the_producer_the_worker_and_the_doctor_do_what_the_readme_says(broker, prefix, tmp_path):
    env = bare_environment() | {
        "CLAQUEWATCH_BROKER": broker.bootstrap,
        "CLAQUEWATCH_PREFIX": prefix,
        "CLAQUEWATCH_PARTITIONS": "2",
        "CLAQUEWATCH_METRICS_PORT": "0",
    }
    made = run("topics", "--create", env=env)
    assert made.returncode == 0, made.stderr
    producer = tmp_path / "producer.py"
    producer.write_text(block(README, "python", "AIOKafkaProducer"))
    assert len(producer.read_text().strip().splitlines()) <= 12

    sent = subprocess.run([sys.executable, str(producer)], env=env, capture_output=True, text=True, timeout=60)
    assert sent.returncode == 0, sent.stderr
    waiting = run("doctor", env=env)
    with (tmp_path / "worker.log").open("w") as log:
        worker = subprocess.Popen([*CLAQUEWATCH, "worker"], env=env, stderr=log)
        try:
            well = until_well(env)
        finally:
            worker.terminate()
            assert worker.wait(30) == 0

    assert waiting.returncode == 1
    assert "claquewatch worker" in " ".join(waiting.stdout.split())
    assert "1 records in the inputs" in well
    [record] = joins(broker.bootstrap, prefix)
    event = decode("live.joins", record.value)
    assert isinstance(event, Join)
    assert placed_wrongly(event, record.key, record.timestamp) is None
    assert run("scan", "--broker", env=env).stderr.startswith("1 events (1 joins)")


def joins(bootstrap: str, prefix: str) -> list:
    """What is in the topic of joins."""
    import asyncio

    async def read() -> list:
        client = AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest")
        await client.start()
        try:
            client.assign([TopicPartition(f"{prefix}live.joins", number) for number in range(2)])
            found = []
            while records := await client.getmany(timeout_ms=2_000):
                found += [record for some in records.values() for record in some]
            return found
        finally:
            await client.stop()

    return asyncio.run(read())


def until_well(env: dict[str, str]) -> str:
    """What the doctor says when nothing is wrong any more."""
    deadline = time.monotonic() + 60
    while (said := run("doctor", env=env)).returncode != 0:
        assert time.monotonic() < deadline, said.stdout + said.stderr
        time.sleep(0.5)
    return said.stdout


def run(*words: str, env: dict[str, str] | None = None, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    env = bare_environment() if env is None else env
    return subprocess.run([*CLAQUEWATCH, *words], env=env, cwd=cwd, capture_output=True, text=True, timeout=120)


def bare_environment() -> dict[str, str]:
    return without_settings(os.environ) | {"COLUMNS": "200"}


# -- what is named exists -----------------------------------------------------------------------------------------


@EACH
def test_every_command_exists_with_its_options(text):
    for words in commands(text):
        command: click.Command | None = cli
        options: set[str] = set()
        for word in words:
            if isinstance(command, click.Group) and not word.startswith("-"):
                command = command.get_command(click.Context(command), word)
                assert command is not None, " ".join(words)
            assert command is not None
            options = {opt for param in command.params for opt in param.opts} | {"--help"}
        assert {word for word in words if word.startswith("--")} <= options, " ".join(words)


def test_every_command_stands_in_the_readme():
    assert {words[0] for words in commands(README)} >= set(cli.list_commands(click.Context(cli))) - {"demo"}


@EACH
def test_every_target_of_make_exists(text):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {found for said in code(text) for found in re.findall(r"(?:^|\s)make (?:[A-Z]+=\S+ )*([a-z-]+)", said)}

    assert named <= targets


@EACH
def test_every_link_within_the_project_leads_somewhere(text):
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(text)):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        assert not path or (ROOT / path).exists(), link
        assert not anchor or anchor in anchors(text if not path else (ROOT / path).read_text(encoding="utf-8")), link


def anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", prose(text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@EACH
def test_every_file_that_is_named_exists(text):
    tops = "streams|agents|worlds|trials|tests|deploy|docs|requirements"
    named = {said for said in code(text) if re.fullmatch(rf"(?:{tops})/[\w./-]*\w(?:\.\w+|/)?", said)}
    example = {"streams/detectors/one_phone.py", "tests/detectors/test_one_phone.py"}

    assert {name for name in named - example if not (ROOT / name).exists()} == set()


@EACH
def test_every_setting_exists(text):
    known = {PREFIX + name.upper() for name in Settings.model_fields} | OTHERS

    assert set(re.findall(r"CLAQUEWATCH_[A-Z_]*[A-Z]", text)) <= known


def test_the_defaults_in_the_readme_are_the_defaults():
    rows = re.findall(r"^\| `CLAQUEWATCH_(\w+)` \| (?:`([^`]*)` )?\|", README, re.MULTILINE)
    fields = Settings.model_fields

    assert len(rows) > 8
    assert dict(rows) == {
        name: "" if fields[name.lower()].default is None else str(fields[name.lower()].default) for name, _ in rows
    }


@EACH
def test_every_metric_exists(text):
    known = {name for metric in metrics.REGISTRY.collect() for name in names_of(metric)}

    assert set(re.findall(r"`(claquewatch_\w+)`", text)) <= known


def names_of(metric: Metric) -> set[str]:
    return {f"{metric.name}_total"} if metric.type == "counter" else {metric.name}


def test_every_dependency_says_why_it_is_there():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = {re.split(r"[<>=!~\[ ]", dependency)[0] for dependency in project["dependencies"]}

    assert named <= set(re.findall(r"^\| ([\w-]+) \| ", DOCUMENTS["ARCHITECTURE.md"], re.MULTILINE))


def test_the_changelog_knows_this_version():
    assert f"## [{PACKAGE}] - " in DOCUMENTS["CHANGELOG.md"]


# -- the picture --------------------------------------------------------------------------------------------------


def hosts(svg: str) -> set[str]:
    return set(re.findall(r"\w+://([^/:\"\s]+)", svg))


def test_the_picture_asks_no_server_for_anything():
    assert hosts((ROOT / "docs" / "demo.svg").read_text(encoding="utf-8")) <= {"www.w3.org", "127.0.0.1"}


def test_a_picture_shows_a_card_and_the_summary_in_the_width_of_their_cells():
    album = Album()
    for alert in alerts(audience(300), crew(12)):
        album.alert(alert)
    album.said = ["starting", "", "Events: 5 sent"]

    drawn = draw(album, ["", "Events: 5 sent", "", "Go on: 主播"])

    assert "joined together" in drawn.replace("&#160;", " ")
    assert "Events:&#160;5&#160;sent" in drawn
    assert "Go&#160;on" not in drawn
    assert hosts(drawn) == {"www.w3.org"}
