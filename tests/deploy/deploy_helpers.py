"""What the tests of deploy/ share: the files as they are read, the tools, and what a PromQL expression names."""

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from missing import cannot_be_had
from prometheus_client.metrics import MetricWrapperBase

from agents import metrics

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
RULES = DEPLOY / "prometheus" / "rules" / "claquewatch.yml"
RUNBOOKS = DEPLOY / "runbooks"
COMPOSE = ROOT / "docker-compose.yml"
DASHBOARD = DEPLOY / "grafana" / "dashboards" / "claquewatch.json"

# what a person has to give
GIVEN = {"GRAFANA_PASSWORD": "given by a person", "GRAFANA_SECRET_KEY": "given by a person as well"}

_VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<how>[-?])(?P<rest>[^}]*))?\}")
_SELECTOR = re.compile(r"\b(?P<name>claquewatch_\w+|up)\b(?P<labels>\{[^}]*\})?")
_LABEL = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)\s*\"")
_GROUPING = re.compile(r"\b(?:by|on|without|ignoring)\s*\(([^)]*)\)")
_SUFFIXES = {"counter": ["_total"], "gauge": [""], "info": ["_info"], "histogram": ["_bucket", "_sum", "_count"]}
# Prometheus' own
_OF_SCRAPES = {"job", "instance"}


def tool(name: str) -> str:
    """The path of promtool, prometheus, amtool or prometheus-alertmanager; in CI it must be there."""
    found = shutil.which(name)
    if found is None:
        cannot_be_had(f"{name} is missing: run deploy/install-tools.sh as root, or install it.")
    return found


def interpolated(value: Any, env: Mapping[str, str]) -> Any:
    """A part of a compose file with its ${VARIABLES} filled in as compose does it; KeyError where one is missing."""
    if isinstance(value, dict):
        return {key: interpolated(item, env) for key, item in value.items()}
    if isinstance(value, list):
        return [interpolated(item, env) for item in value]
    if not isinstance(value, str):
        return value

    def filled(match: re.Match[str]) -> str:
        given = env.get(match["name"], "")
        if given or match["how"] == "-":
            return given or match["rest"]
        raise KeyError(match["name"])

    return _VARIABLE.sub(filled, value)


def services(env: Mapping[str, str] | None = None) -> dict[str, dict[str, Any]]:
    """The services of docker-compose.yml: interpolated with `env`, or as they are written."""
    document = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    found: dict[str, dict[str, Any]] = document["services"]
    return found if env is None else interpolated(found, env)


def mounts(service: Mapping[str, Any]) -> dict[str, Path]:
    """Folders of the repository in a container: where they lie there, and here."""
    pairs = [volume.split(":") for volume in service.get("volumes", [])]
    return {there: ROOT / here for here, there, *_ in pairs if here.startswith("./")}


def rules() -> list[dict[str, Any]]:
    """The alert rules."""
    document = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    return [rule for group in document["groups"] for rule in group["rules"]]


def runbook_queries() -> list[tuple[str, str]]:
    """(runbook, query) of everything that a runbook asks Prometheus: what stands in backticks and names a metric."""
    return [
        (path.stem, quoted)
        for path in sorted(RUNBOOKS.glob("*.md"))
        for quoted in re.findall(r"`([^`]+)`", path.read_text(encoding="utf-8"))
        if _SELECTOR.search(quoted) and not quoted.startswith("docker")
    ]


def selectors(expression: str) -> list[str]:
    """Every selector of series in an expression, without its window."""
    return [match["name"] + (match["labels"] or "") for match in _SELECTOR.finditer(expression)]


def series() -> dict[str, set[str]]:
    """Every series that a worker can show, and its labels."""
    known = {"up": set(_OF_SCRAPES)}
    for metric in vars(metrics).values():
        if isinstance(metric, MetricWrapperBase):
            labels = set(metric._labelnames) | _OF_SCRAPES | ({"version"} if metric._type == "info" else set())
            for suffix in _SUFFIXES[metric._type]:
                known[metric._name + suffix] = labels | ({"le"} if suffix == "_bucket" else set())
    return known


def faults_of_query(expression: str) -> list[str]:
    """What an expression names that no worker has: a sentence each."""
    known, faults = series(), []
    for match in _SELECTOR.finditer(expression):
        if match["name"] not in known:
            faults.append(f"no metric is called {match['name']}")
            continue
        wrong = set(_LABEL.findall(match["labels"] or "")) - known[match["name"]]
        faults += [f"{match['name']} has no label {label}" for label in sorted(wrong)]
    names = {match["name"] for match in _SELECTOR.finditer(expression)}
    available = set().union(*(known.get(name, set()) for name in names))
    grouped = {label.strip() for found in _GROUPING.findall(expression) for label in found.split(",") if label.strip()}
    return faults + [f"nothing there has a label {label} to group by" for label in sorted(grouped - available)]
