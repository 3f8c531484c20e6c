"""Alert rules, their unit tests, their runbooks, and Alertmanager: checked by the tools that come with them."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from deploy_helpers import DEPLOY, ROOT, RULES, RUNBOOKS, faults_of_query, rules, runbook_queries, tool

from agents.commands import COMMANDS
from streams.detectors import DETECTORS

PROMETHEUS = DEPLOY / "prometheus"
SCHEMES = RUNBOOKS / "schemes"
UNIT_TESTS = sorted((PROMETHEUS / "tests").glob("*.yml"))
EACH = [pytest.param(rule, id=rule["alert"]) for rule in rules()]


def run(*command: str | Path) -> tuple[int, str]:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


def test_promtool_takes_the_configuration_and_the_rules():
    code, said = run(tool("promtool"), "check", "config", PROMETHEUS / "prometheus.yml")

    assert code == 0, said
    assert "7 rules found" in said


def unit_test_of(rule: dict[str, Any]) -> str:
    """ClaquewatchWorkerDown -> worker_down.yml"""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", rule["alert"].removeprefix("Claquewatch")).lower() + ".yml"


def test_every_rule_has_a_file_of_unit_tests():
    assert [path.name for path in UNIT_TESTS] == sorted(unit_test_of(rule) for rule in rules())


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in UNIT_TESTS])
def test_the_rules_fire_and_are_silent_as_their_unit_tests_say(path: Path):
    code, said = run(tool("promtool"), "test", "rules", path)

    assert code == 0, said


@pytest.mark.parametrize("always", [False, True], ids=["a rule that never fires", "a rule that always fires"])
@pytest.mark.parametrize("rule", EACH)
def test_the_unit_tests_would_notice(rule: dict[str, Any], always: bool, tmp_path: Path):
    shutil.copytree(PROMETHEUS, tmp_path / "prometheus")
    document = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    for other in document["groups"][0]["rules"]:
        if other["alert"] == rule["alert"]:
            other["expr"] = "vector(1)" if always else "vector(1) > 1"
    (tmp_path / "prometheus" / "rules" / RULES.name).write_text(yaml.safe_dump(document), encoding="utf-8")

    code, said = run(tool("promtool"), "test", "rules", tmp_path / "prometheus" / "tests" / unit_test_of(rule))

    assert code != 0
    assert rule["alert"] in said


def test_there_is_one_rule_for_each_way_to_be_blind():
    assert [rule["alert"] for rule in rules()] == [
        "ClaquewatchWorkerDown",
        "ClaquewatchNotJudging",
        "ClaquewatchLag",
        "ClaquewatchRejects",
        "ClaquewatchInputReset",
        "ClaquewatchDetectorFailed",
        "ClaquewatchWebhookFailing",
    ]


@pytest.mark.parametrize("rule", EACH)
def test_a_rule_waits_says_how_bad_it_is_and_where_its_runbook_lies(rule: dict[str, Any]):
    notes = rule["annotations"]
    assert rule["for"]
    assert rule["labels"]["severity"] in ("critical", "warning")
    assert notes["summary"].endswith(".")
    assert notes["description"].endswith(".")
    assert notes["runbook"] == f"deploy/runbooks/{rule['alert']}.md"
    assert notes["runbook_url"] == f"{{{{ $externalURL }}}}/user/{rule['alert']}.md"
    assert (ROOT / notes["runbook"]).is_file()


@pytest.mark.parametrize("rule", EACH)
def test_a_rule_asks_for_what_a_worker_shows(rule: dict[str, Any]):
    assert faults_of_query(rule["expr"]) == []


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in sorted(RUNBOOKS.glob("*.md"))])
def test_a_runbook_is_short_and_says_what_somebody_woken_wants_to_know(path: Path):
    text = path.read_text(encoding="utf-8")
    parts = re.findall(r"^\*\*(.+?):\*\*", text, re.MULTILINE)

    assert parts == ["Means", "Moderators feel", "Ask", "Likely", "Look", "Safe", "Not safe", "Then", "Wake"]
    assert len(text.splitlines()) <= 12
    asked = next(line for line in text.splitlines() if line.startswith("**Ask:**"))
    assert len(re.findall(r"`[^`]+`", asked)) == 3


def test_there_is_a_runbook_for_each_rule_and_no_other():
    assert {path.stem for path in RUNBOOKS.glob("*.md")} == {rule["alert"] for rule in rules()}


def test_a_moderator_finds_a_runbook_for_each_scheme_and_no_other():
    assert {path.stem for path in SCHEMES.iterdir()} == {detector.SCHEME for detector in DETECTORS}


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in sorted(SCHEMES.iterdir())])
def test_a_runbook_of_a_scheme_says_what_a_moderator_wants_to_know(path: Path):
    text = path.read_text(encoding="utf-8")

    parts = re.findall(r"^\*\*(.+?):\*\*", text, re.MULTILINE)
    assert parts == ["Means", "Looks the same", "Look", "Safe", "Not safe", "Then"]
    assert len(text.splitlines()) <= 10


@pytest.mark.parametrize(("runbook", "query"), runbook_queries())
def test_a_runbook_asks_for_what_a_worker_shows(runbook: str, query: str):
    assert faults_of_query(query) == []


def test_the_commands_of_the_runbooks_exist():
    quoted = [word for path in RUNBOOKS.glob("*.md") for word in re.findall(r"`claquewatch (\w+)", path.read_text())]

    assert quoted
    assert set(quoted) <= set(COMMANDS)


def test_amtool_takes_alertmanagers_configuration():
    code, said = run(tool("amtool"), "check-config", DEPLOY / "alertmanager" / "alertmanager.yml")

    assert code == 0, said


def test_what_mutes_and_what_is_muted_are_rules_that_exist():
    document = yaml.safe_load((DEPLOY / "alertmanager" / "alertmanager.yml").read_text(encoding="utf-8"))
    names = {rule["alert"] for rule in rules()}
    matchers = [
        matcher for rule in document["inhibit_rules"] for matcher in rule["source_matchers"] + rule["target_matchers"]
    ]

    assert matchers
    assert {name for matcher in matchers for name in re.findall(r"Claquewatch\w+", matcher)} <= names


@pytest.mark.parametrize(
    ("labels", "muted"),
    [("ClaquewatchWorkerDown", True), ("ClaquewatchLag", True), ("ClaquewatchWebhookFailing", False)],
)
def test_only_the_same_news_is_muted_when_nothing_is_judged(labels: str, muted: bool):
    document = yaml.safe_load((DEPLOY / "alertmanager" / "alertmanager.yml").read_text(encoding="utf-8"))
    [rule] = document["inhibit_rules"]
    [target] = rule["target_matchers"]
    pattern = re.fullmatch(r'alertname=~"(.+)"', target)

    assert pattern is not None
    assert bool(re.fullmatch(pattern[1], labels)) is muted
