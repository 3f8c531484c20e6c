"""The image and the systemd unit: what they promise, and the steps that can run without Docker."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from configparser import ConfigParser
from pathlib import Path

import pytest
from deploy_helpers import DEPLOY, ROOT, cannot_be_had, services

from agents import settings

DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
INSTRUCTIONS = [
    line.split(maxsplit=1) for line in re.sub(r"\\\n", " ", DOCKERFILE).splitlines() if re.match(r"[A-Z]+ ", line)
]
UNIT = DEPLOY / "systemd" / "claquewatch-worker.service"


def of(word: str) -> list[str]:
    return [rest for instruction, rest in INSTRUCTIONS if instruction == word]


def unit() -> ConfigParser:
    parser = ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(UNIT.read_text(encoding="utf-8"))
    return parser


def test_both_stages_are_one_pinned_image():
    [argument] = of("ARG")

    assert re.fullmatch(r"PYTHON_IMAGE=python:3\.11\.\d+-slim-\w+", argument)
    assert [stage.split()[0] for stage in of("FROM")] == ["${PYTHON_IMAGE}", "${PYTHON_IMAGE}"]


def test_the_image_runs_as_nobody_in_particular():
    [user] = of("USER")

    assert user == "10001:10001"
    assert {service["user"] for service in services().values() if "build" in service} == {user}
    # nothing is done as root after that
    assert [word for word, _ in INSTRUCTIONS].index("USER") > max(
        number for number, (word, _) in enumerate(INSTRUCTIONS) if word in ("RUN", "COPY")
    )


def test_what_is_installed_was_locked():
    installs = [part for run in of("RUN") for part in run.split("&&") if "pip install" in part]

    assert len(installs) == 3
    for install in installs:
        assert "--require-hashes" in install or ("--no-index" in install and "--no-deps" in install)


def test_what_is_copied_from_the_repository_is_there_and_let_in():
    let_in = {
        line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines() if line.startswith("!")
    }
    for copy in of("COPY"):
        if not copy.startswith("--from"):
            for source in copy.split()[:-1]:
                assert (ROOT / source).exists()
                assert source in let_in or f"{Path(source).parent}/*{Path(source).suffix}" in let_in


def test_the_build_sees_no_secret():
    lines = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()

    assert next(line for line in lines if not line.startswith("#")) == "*"
    assert not [line for line in lines if line.startswith("!") and re.search(r"\.env|deploy|\.git|shared", line)]


@pytest.mark.integration
def test_the_wheel_of_the_image_runs_without_the_repository(tmp_path: Path):
    [build] = [part for run in of("RUN") for part in run.split("&&") if "hatchling" in part]
    words = [sys.executable, *shlex.split(build)[1:-1], str(tmp_path)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    [wheel] = tmp_path.glob("claquewatch-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path / "there")

    # data that the code reads, not only code
    kept = [
        path.relative_to(ROOT).as_posix()
        for package in ("streams", "agents", "worlds", "trials")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]
    assert set(kept) <= set(names)
    assert not [name for name in names if name.startswith(("tests/", "deploy/"))]

    shown = subprocess.run(
        [sys.executable, "-c", "import agents.cli as cli; print(cli.__file__); cli.main()", "settings"],
        cwd=tmp_path,
        env={"PATH": os.defpath, "PYTHONPATH": str(tmp_path / "there"), "CLAQUEWATCH_BROKER": "elsewhere:9092"},
        capture_output=True,
        text=True,
    )
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.startswith(str(tmp_path / "there"))
    assert "elsewhere:9092" in shown.stdout


def test_the_unit_is_started_again_and_has_time_to_drain():
    service = unit()["Service"]

    assert service["Restart"] == "always"
    assert unit()["Unit"]["StartLimitIntervalSec"] == "0"
    assert int(service["TimeoutStopSec"]) > settings.Settings().drain_s
    assert service["ExecStart"].endswith("/claquewatch worker")


def test_the_unit_gives_away_what_it_does_not_need():
    service = unit()["Service"]

    assert {service[name] for name in ("DynamicUser", "NoNewPrivileges", "PrivateTmp", "ProtectHome")} == {"yes"}
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""


def test_the_units_settings_are_real_ones():
    lines = (DEPLOY / "systemd" / "worker.env").read_text(encoding="utf-8").splitlines()
    env = dict(line.lstrip("# ").split("=", 1) for line in lines if re.match(r"(# )?CLAQUEWATCH_", line))

    assert settings.load(env).endpoints == Path("/etc/claquewatch/endpoints.toml")


def test_systemd_takes_the_unit_and_finds_it_hardened(tmp_path: Path):
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        cannot_be_had("systemd-analyze is missing: run deploy/install-tools.sh as root, or install systemd.")
    # the program is not installed here; everything else is to be as it is
    there = tmp_path / UNIT.name
    there.write_text(UNIT.read_text(encoding="utf-8").replace("/opt/claquewatch/bin/claquewatch", sys.executable))
    verified = subprocess.run([analyze, "verify", there], capture_output=True, text=True)
    scored = subprocess.run(
        [analyze, "security", "--offline=true", "--threshold=20", there], capture_output=True, text=True
    )

    assert (verified.returncode, verified.stderr) == (0, "")
    assert scored.returncode == 0, scored.stdout.splitlines()[-1]
