"""docker-compose.yml, read as compose reads it: there is no Docker engine here. test_stack runs its commands."""

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from deploy_helpers import COMPOSE, DEPLOY, GIVEN, ROOT, cannot_be_had, interpolated, mounts, services

from agents import settings
from agents.cli import cli
from streams.topics import TOPICS, table_changelog

WRITTEN = services()
FILLED = services(GIVEN)
EACH = [pytest.param(service, id=name) for name, service in FILLED.items()]
OURS = {name: service for name, service in FILLED.items() if service["image"].startswith("claquewatch:")}
WORKERS = {name: service for name, service in OURS.items() if name.startswith("worker")}
ONE_SHOT = {name for name, service in FILLED.items() if service["restart"] == "no"}
FAR_OFF = re.compile(r"(?P<seconds>\d+)s")


def test_everything_an_operator_needs_is_there():
    assert list(FILLED) == [
        "kafka",
        "topics",
        "worker-1",
        "worker-2",
        "prometheus",
        "alertmanager",
        "grafana",
    ]


@pytest.mark.parametrize("service", EACH)
def test_a_service_is_pinned_bounded_and_without_privileges(service: dict[str, Any]):
    assert re.search(r":v?\d+\.\d+\.\d+$", service["image"]), "a tag that names one version"
    assert service["user"].split(":")[0] not in ("", "0", "root")
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert service["logging"]["options"]["max-size"]
    assert "privileged" not in service
    assert service.get("network_mode") is None


@pytest.mark.parametrize("name", [name for name in FILLED if name != "kafka"])
def test_a_service_cannot_write_to_its_own_image(name: str):
    assert FILLED[name]["read_only"] is True


@pytest.mark.parametrize("name", [name for name in FILLED if name not in ONE_SHOT])
def test_a_service_says_whether_it_is_well_and_is_started_again(name: str):
    check = FILLED[name]["healthcheck"]

    assert check["test"][0] == "CMD"
    assert {"interval", "timeout", "retries", "start_period"} <= set(check)
    assert FILLED[name]["restart"] == "unless-stopped"


def test_only_the_topics_are_made_once():
    assert {"topics"} == ONE_SHOT


@pytest.mark.parametrize("service", EACH)
def test_no_port_is_open_to_another_machine(service: dict[str, Any]):
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_there_is_no_default_secret():
    for name, service in WRITTEN.items():
        for variable, value in service.get("environment", {}).items():
            if re.search(r"PASSWORD|SECRET|TOKEN|_KEY$", variable):
                assert re.fullmatch(r"\$\{\w+:\?.+\}", value), f"{name}: {variable} must be given by a person"


@pytest.mark.parametrize("missing", GIVEN)
def test_without_a_secret_nothing_starts(missing: str):
    env = {name: value for name, value in GIVEN.items() if name != missing}

    with pytest.raises(KeyError, match=missing):
        services(env)


@pytest.mark.parametrize("name", FILLED)
def test_a_service_waits_for_what_it_needs(name: str):
    for other, how in FILLED[name].get("depends_on", {}).items():
        wanted = "service_completed_successfully" if other in ONE_SHOT else "service_healthy"
        assert how["condition"] == wanted


@pytest.mark.parametrize("name", WORKERS)
def test_a_worker_starts_when_topics_were_made(name: str):
    assert set(WORKERS[name]["depends_on"]) == {"topics", "kafka"}


@pytest.mark.parametrize("name", OURS)
def test_our_settings_are_real_ones_and_right(name: str):
    env = {key: value for key, value in OURS[name]["environment"].items() if key.startswith(settings.PREFIX)}

    loaded = settings.load(env)

    assert loaded.broker == "kafka:19092"
    seconds = FAR_OFF.fullmatch(OURS[name]["stop_grace_period"])
    assert seconds is not None
    assert int(seconds["seconds"]) > loaded.drain_s, "a kill during the drain costs a recovery"


def test_settings_that_a_person_gives_reach_the_workers():
    env = interpolated(WRITTEN["worker-1"], {"CLAQUEWATCH_PREFIX": "night.", "CLAQUEWATCH_PARTITIONS": "16"})

    loaded = settings.load(env["environment"])

    assert (loaded.prefix, loaded.partitions) == ("night.", 16)


@pytest.mark.parametrize("name", OURS)
def test_our_commands_exist_with_their_options(name: str):
    word, *arguments = OURS[name]["command"]
    with click.Context(cli) as context:
        found = cli.get_command(context, word)
    assert found is not None
    assert found.make_context(word, list(arguments)).params


def test_our_image_is_built_here_with_the_version_of_the_package():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    for service in OURS.values():
        assert service["image"] == f"claquewatch:{version}"
        assert (ROOT / service["build"]["context"] / service["build"]["dockerfile"]).is_file()


@pytest.mark.parametrize("service", EACH)
def test_what_is_mounted_is_there_and_read_only(service: dict[str, Any]):
    for volume in service.get("volumes", []):
        if volume.startswith("./"):
            assert volume.endswith(":ro")
    assert all(path.is_dir() for path in mounts(service).values())
    volumes = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["volumes"]
    assert {volume.split(":")[0] for volume in service.get("volumes", []) if not volume.startswith(".")} <= set(volumes)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("worker-1", "/etc/claquewatch/endpoints.toml"),
        ("prometheus", "/etc/prometheus/prometheus.yml"),
        ("prometheus", "/etc/claquewatch/runbooks"),
        ("alertmanager", "/etc/alertmanager/alertmanager.yml"),
        ("grafana", "/etc/claquewatch/dashboards/claquewatch.json"),
        ("grafana", "/etc/grafana/provisioning/datasources"),
        ("grafana", "/etc/grafana/provisioning/dashboards"),
    ],
)
def test_a_file_that_a_container_reads_lies_in_a_folder_that_is_mounted(name: str, path: str):
    [here] = [
        folder / Path(path).relative_to(there)
        for there, folder in mounts(FILLED[name]).items()
        if Path(path).is_relative_to(there)
    ]
    assert here.exists()
    said = [*FILLED[name].get("command", []), *FILLED[name].get("environment", {}).values()]
    assert any(path in str(word) for word in said) or "provisioning" in path


def test_prometheus_scrapes_every_worker_and_tells_alertmanager():
    [targets] = yaml.safe_load((DEPLOY / "prometheus" / "targets" / "workers.yml").read_text(encoding="utf-8"))
    document = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text(encoding="utf-8"))

    ports = {name: service["environment"]["CLAQUEWATCH_METRICS_PORT"] for name, service in WORKERS.items()}
    assert targets["targets"] == [f"{name}:{port}" for name, port in ports.items()]
    [alertmanager] = document["alerting"]["alertmanagers"]
    assert alertmanager["static_configs"] == [{"targets": ["alertmanager:9093"]}]


def test_grafana_knows_prometheus_and_alertmanager():
    path = DEPLOY / "grafana" / "provisioning" / "datasources" / "claquewatch.yml"
    sources = {source["type"]: source for source in yaml.safe_load(path.read_text(encoding="utf-8"))["datasources"]}

    assert sources["prometheus"]["url"] == "http://prometheus:9090"
    assert sources["alertmanager"]["url"] == "http://alertmanager:9093"
    assert sources["prometheus"]["jsonData"]["alertmanagerUid"] == sources["alertmanager"]["uid"]
    assert sources["prometheus"]["jsonData"]["manageAlerts"] is True


def test_grafana_loads_the_dashboard_from_where_it_is_mounted():
    path = DEPLOY / "grafana" / "provisioning" / "dashboards" / "claquewatch.yml"
    [provider] = yaml.safe_load(path.read_text(encoding="utf-8"))["providers"]

    assert (mounts(FILLED["grafana"])[provider["options"]["path"]] / "claquewatch.json").is_file()


def test_kafka_is_the_one_we_test_with_and_takes_our_largest_records():
    kafka = FILLED["kafka"]
    locked = tomllib.loads((ROOT / "agents" / "local" / "kafka.lock.toml").read_text(encoding="utf-8"))
    [version] = [row["version"] for row in locked["dependencies"] if row["artifactId"] == "kafka_2.13"]
    largest = max(topic.max_message_bytes for topic in (*TOPICS, table_changelog("")))

    assert kafka["image"] == f"apache/kafka:{version}"
    assert int(kafka["environment"]["KAFKA_MESSAGE_MAX_BYTES"]) > largest
    assert int(kafka["environment"]["KAFKA_REPLICA_FETCH_MAX_BYTES"]) > largest
    assert kafka["environment"]["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"


def test_kafka_makes_its_internal_topics_on_one_node():
    alone = {
        name: value
        for name, value in FILLED["kafka"]["environment"].items()
        if re.search("REPLICATION_FACTOR|MIN_ISR|MIN_INSYNC", name)
    }

    assert set(alone.values()) == {"1"}
    assert len(alone) == 7


def test_docker_compose_reads_it_too():
    """Where there is a docker client with compose, it has the last word; without one the tests above stand alone."""
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], capture_output=True).returncode != 0:
        return
    done = subprocess.run(
        [docker, "compose", "--file", COMPOSE, "config", "--format", "json"],
        env={**os.environ, **GIVEN},
        capture_output=True,
        text=True,
    )
    if "Cannot connect" in done.stderr:
        cannot_be_had("docker compose asks for an engine that does not run")
    assert done.returncode == 0, done.stderr
    assert set(yaml.safe_load(done.stdout)["services"]) == set(FILLED)
