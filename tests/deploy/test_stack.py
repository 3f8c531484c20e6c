"""The commands of docker-compose.yml as processes: workers go through an evening, a real Prometheus scrapes them.

Every query of the dashboard, the rules and the runbooks is asked there and must return data; a worker that is killed
must arrive in Alertmanager with a runbook that opens.
"""

import asyncio
import json
import signal
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from deploy_helpers import DASHBOARD, RUNBOOKS, rules, runbook_queries, selectors
from stack import WINDOW, Stack, get, get_json, play_evening, receiving, until

pytestmark = pytest.mark.integration

_PANELS = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
ASKED = [
    pytest.param(target["expr"].replace("$__rate_interval", WINDOW), id=f"{panel['title']} {target['refId']}")
    for panel in _PANELS
    for target in panel.get("targets") or []
]
SELECTED = [
    pytest.param(selector, id=f"{rule['alert']} {selector}")
    for rule in rules()
    for selector in dict.fromkeys(selectors(rule["expr"]))
]
WORKERS = ("worker-1", "worker-2")


@pytest.fixture(scope="module")
def stack(broker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Two workers that went through an evening, and the monitoring that watched them."""
    folder = tmp_path_factory.mktemp("stack")
    made = Stack(broker.bootstrap, f"t{uuid.uuid4().hex[:8]}.", folder)
    try:
        with receiving(folder) as (receiver, endpoints):
            assert "made" in made.make_topics()
            made.start_monitoring()
            for name in ("alertmanager", "prometheus"):
                until(f"{name}", lambda name=name: made.is_well(name), 20, lambda name=name: made.log(name))
            for name in WORKERS:
                made.start_worker(name, endpoints)
            for name in WORKERS:
                until(f"{name}", lambda name=name: made.is_well(name), 60, lambda name=name: made.log(name))
            # rates need a beginning: every counter is seen at 0 first
            until("two scrapes of each", lambda: min(made.numbers("sum_over_time(up[1m])"), default=0) >= 2, 20)
            asyncio.run(play_evening(made.settings))

            def told() -> str:
                return "\n".join(made.log(name) for name in WORKERS)

            for what, query in (
                ("an alert", 'sum(claquewatch_alerts_total{mode="live"})'),
                ("a delivery", 'sum(claquewatch_deliveries_total{outcome="delivered"})'),
                ("a late event", 'sum(claquewatch_events_total{topic="live.activity", outcome="late"})'),
                ("a reject", "sum(claquewatch_rejected_total)"),
                ("a snapshot", "sum(claquewatch_snapshot_seconds_count)"),
            ):
                until(what, lambda query=query: made.at_least(query, 1), 60, told)
            assert receiver.verified >= 1
            time.sleep(2)  # two more scrapes
            yield made
    finally:
        made.close()


@pytest.mark.parametrize("query", ASKED)
def test_a_query_of_the_dashboard_returns_data(stack: Stack, query: str):
    assert stack.numbers(query), stack.ask(query)
    for selector in selectors(query):
        assert stack.ask(selector), f"nothing is selected by {selector}"


@pytest.mark.parametrize("selector", SELECTED)
def test_what_a_rule_looks_at_is_there(stack: Stack, selector: str):
    assert stack.ask(selector)


@pytest.mark.parametrize(("runbook", "query"), runbook_queries())
def test_a_query_of_a_runbook_is_taken_and_looks_at_what_is_there(stack: Stack, runbook: str, query: str):
    stack.ask(query)
    for selector in selectors(query):
        assert stack.ask(selector), f"nothing is selected by {selector}"


def test_prometheus_evaluates_every_rule(stack: Stack):
    groups = get_json(f"{stack.prometheus}/api/v1/rules")["data"]["groups"]
    [group] = [group for group in groups if group["name"] == "claquewatch"]

    assert [(rule["name"], rule["health"]) for rule in group["rules"]] == [(rule["alert"], "ok") for rule in rules()]


def test_no_rule_fires_while_all_is_well(stack: Stack):
    alerts = get_json(f"{stack.prometheus}/api/v1/alerts")["data"]["alerts"]

    assert [alert["labels"]["alertname"] for alert in alerts if alert["state"] == "firing"] == []


@pytest.mark.parametrize("name", ["kafka", *WORKERS, "prometheus", "alertmanager"])
def test_the_health_checks_of_compose_say_that_all_is_well(stack: Stack, name: str):
    assert stack.is_well(name)


def test_making_the_topics_once_more_changes_nothing(stack: Stack):
    assert "nothing was missing" in stack.make_topics()


def test_prometheus_serves_the_runbooks(stack: Stack):
    for path in RUNBOOKS.rglob("*.md"):
        assert get(f"{stack.prometheus}/user/{path.relative_to(RUNBOOKS)}") == path.read_text(encoding="utf-8")
    assert "ClaquewatchLag.md" in get(f"{stack.prometheus}/user/")


def test_a_worker_that_is_killed_arrives_in_alertmanager_and_one_that_is_stopped_drains(stack: Stack):
    killed, stopped = (stack.processes[name] for name in WORKERS)
    killed.send_signal(signal.SIGKILL)
    assert not stack.is_well("worker-1")

    def arrived() -> list[dict[str, Any]]:
        alerts = get_json(f"{stack.alertmanager}/api/v2/alerts")
        return [alert for alert in alerts if alert["labels"]["alertname"] == "ClaquewatchWorkerDown"]

    until("the alert", lambda: bool(arrived()), 30, lambda: stack.log("prometheus"))
    [alert] = arrived()
    assert alert["labels"]["instance"] == f"127.0.0.1:{stack.ports['worker-1']}"
    assert alert["annotations"]["summary"] == f"Worker 127.0.0.1:{stack.ports['worker-1']} does not answer."
    assert get(alert["annotations"]["runbook_url"]).startswith("# A worker is down")

    stopped.terminate()
    grace_s = int(stack.services["worker-2"]["stop_grace_period"].removesuffix("s"))
    assert stopped.wait(grace_s) == 0
