"""The dashboard: the file is what the code makes, and the panels say what they show."""

import json
import os
import re
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from deploy_helpers import DASHBOARD, ROOT, RUNBOOKS, faults_of_query, rules

from agents import dashboards

BOARD: dict[str, Any] = json.loads(DASHBOARD.read_text(encoding="utf-8"))
ROWS = [panel for panel in BOARD["panels"] if panel["type"] == "row"]
ASKING = [panel for panel in BOARD["panels"] if panel.get("targets")]
BY_TITLE = [pytest.param(panel, id=panel["title"]) for panel in ASKING]


def test_the_file_is_what_the_code_makes():
    assert DASHBOARD.read_text(encoding="utf-8") == dashboards.text(), "run `python -m agents.dashboards`"


@pytest.mark.parametrize("seed", ["0", "1"])
def test_the_code_makes_the_same_bytes_under_every_hash_seed(seed: str):
    check = subprocess.run(
        [sys.executable, "-m", "agents.dashboards", "--check"],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
    )
    assert (check.returncode, check.stdout, check.stderr) == (0, "", "")


def test_a_file_that_was_changed_by_hand_is_told_with_the_difference(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    changed = tmp_path / "claquewatch.json"
    changed.write_text(dashboards.text().replace("How far behind is it?", "Lag"), encoding="utf-8")

    assert dashboards.main(["--check"], changed) == 1

    out, err = capsys.readouterr()
    assert '-      "title": "Lag",' in out
    assert "claquewatch.json is not what agents/dashboards.py makes" in err


def test_the_rows_follow_the_questions_of_an_operator():
    assert [row["title"].split(":")[0] for row in ROWS] == [
        "Is it detecting?",
        "Events",
        "Alerts",
        "Delivery",
        "Workers",
    ]


def test_what_the_contract_puts_first_is_there():
    asked = " ".join(target["expr"] for panel in ASKING for target in panel["targets"])
    for wanted in (
        "sum by (outcome) (rate(claquewatch_events_total",
        "claquewatch_lag_seconds",
        "sum by (scheme) (increase(claquewatch_alerts_total",
        "histogram_quantile(0.5, sum by (le) (rate(claquewatch_detection_latency_seconds_bucket",
        "histogram_quantile(0.99, sum by (le) (rate(claquewatch_detection_latency_seconds_bucket",
        "sum by (endpoint, outcome) (increase(claquewatch_deliveries_total",
        'outcome="late"',
        "sum by (reason) (rate(claquewatch_rejected_total",
    ):
        assert wanted in asked


def test_what_fires_is_listed_from_prometheus_rules():
    [listed] = [panel for panel in BOARD["panels"] if panel["type"] == "alertlist"]

    assert listed["options"]["stateFilter"]["firing"]
    assert all(rule["alert"].startswith(listed["options"]["alertName"]) for rule in rules())


@pytest.mark.parametrize("panel", BY_TITLE)
def test_a_panel_says_what_it_shows_in_which_unit_and_from_where(panel: dict[str, Any]):
    defaults = panel["fieldConfig"]["defaults"]
    assert re.fullmatch(r".+\?( \(.+\))?", panel["title"])
    assert panel["description"].endswith(".")
    assert defaults["unit"]
    assert defaults["noValue"]
    assert defaults["thresholds"]["steps"][0]["value"] is None
    assert {target["datasource"]["uid"] for target in panel["targets"]} == {"${source}"}
    assert all(target["legendFormat"] for target in panel["targets"])


@pytest.mark.parametrize("panel", BY_TITLE)
def test_a_panel_asks_for_what_a_worker_shows(panel: dict[str, Any]):
    assert [fault for target in panel["targets"] for fault in faults_of_query(target["expr"])] == []


def test_a_misspelt_metric_or_label_would_be_noticed():
    assert faults_of_query("sum(claquewatch_alert_total)") == ["no metric is called claquewatch_alert_total"]
    assert faults_of_query('claquewatch_alerts_total{shceme="x"}') == ["claquewatch_alerts_total has no label shceme"]
    assert faults_of_query("sum by (room) (claquewatch_lag_seconds)") == ["nothing there has a label room to group by"]


def test_panels_have_ids_of_their_own_and_do_not_overlap():
    assert len({panel["id"] for panel in BOARD["panels"]}) == len(BOARD["panels"])
    for one, other in combinations([panel["gridPos"] for panel in BOARD["panels"]], 2):
        apart = (
            one["x"] + one["w"] <= other["x"]
            or other["x"] + other["w"] <= one["x"]
            or one["y"] + one["h"] <= other["y"]
            or other["y"] + other["h"] <= one["y"]
        )
        assert apart, (one, other)
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in BOARD["panels"])


def test_every_runbook_is_one_click_away():
    links = [link["url"] for panel in ASKING for link in panel.get("links") or []]
    linked = {re.fullmatch(r"\$\{runbooks\}/(\w+)\.md", url)[1] for url in links}  # type: ignore[index]

    assert linked == {path.stem for path in RUNBOOKS.glob("*.md")}


def test_nobody_edits_it_in_the_browser_and_loses_the_change():
    assert BOARD["editable"] is False
    assert [variable["name"] for variable in BOARD["templating"]["list"]] == ["source", "runbooks"]
