"""Deployment settings: one frozen class, read from the environment once.

Thresholds are no settings: they live with their detector and are changed by rules.
"""

import difflib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from agents.errors import UsageError

PREFIX: Final = "CLAQUEWATCH_"
# names with our prefix that are no settings: of the tests, and of the local broker's cache
OTHERS: Final = frozenset({"CLAQUEWATCH_DATA", "CLAQUEWATCH_REFERENCE", "CLAQUEWATCH_TEST_BROKER", "CLAQUEWATCH_CACHE"})
_HOST_AND_PORT = re.compile(r"([^\s,:\[\]]+|\[[0-9a-fA-F:.]+\]):\d{1,5}", re.ASCII)


class Settings(BaseModel):
    """What is in force for one deployment. Times are seconds where the name says _s, event time in _ms."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    broker: str = Field("127.0.0.1:9092", description="Kafka bootstrap servers, host:port with commas")
    prefix: str = Field(
        "",
        description="prefix of every topic, group and transactional id of this deployment",
        pattern=r"^[A-Za-z0-9._-]{0,60}$",
    )
    partitions: int = Field(8, ge=1, le=1_000, description="partitions of every topic; fixed once they are made")
    replication: int = Field(1, ge=1, le=9, description="replication factor of topics that are created")
    pane_ms: int = Field(2_000, ge=100, le=60_000, description="smallest slice of event time that is judged")
    lateness_ms: int = Field(2_000, ge=0, le=600_000, description="allowed lateness of events")
    quiet_s: float = Field(2.0, gt=0, description="an input without events for so long does not hold time back")
    tick_s: float = Field(1.0, gt=0, description="how often time is written to a log without events")
    ahead_ms: int = Field(30_000, ge=1_000, description="an input so far ahead of the slowest is paused")
    speed: float = Field(1.0, gt=0, le=1_000, description="how much faster than life the input is played")
    snapshot_s: float = Field(10.0, gt=0, description="how often changed rooms are saved")
    session_s: float = Field(6.0, ge=1, le=60, description="a worker silent for so long loses its partitions")
    metrics_host: str = Field("127.0.0.1", description="address of /metrics, /livez and /readyz")
    metrics_port: int = Field(9108, ge=0, le=65_535, description="its port; 0 takes a free one")
    datadir: Path | None = Field(None, description="folder for Faust's own files; a temporary one by default")
    stall_s: float = Field(60.0, gt=0, description="the watchdog ends a worker that stands still for so long")
    drain_s: float = Field(10.0, gt=0, description="how long SIGTERM may take")
    log_level: str = Field("info", pattern="^(debug|info|warning|error)$", description="debug, info, warning, error")
    log_format: str = Field("json", pattern="^(json|console)$", description="json or console")
    endpoints: Path | None = Field(None, description="endpoints.toml: where webhooks go")

    @field_validator("broker")
    @classmethod
    def _broker_has_ports(cls, value: str) -> str:
        if not all(map(_HOST_AND_PORT.fullmatch, value.split(","))):
            raise ValueError("write host:port, several with commas")
        return value

    @property
    def app_id(self) -> str:
        """Faust's app id; consumer groups, the changelog and transactional ids begin with it."""
        return f"{self.prefix}claquewatch"

    def named(self, topic: str) -> str:
        """A topic's name in this deployment."""
        return f"{self.prefix}{topic}"


def as_environment(values: Mapping[str, object]) -> dict[str, str]:
    """Settings by name -> variables in which `load` finds them."""
    return {PREFIX + name.upper(): str(value) for name, value in values.items()}


def without_settings(env: Mapping[str, str]) -> dict[str, str]:
    """An environment for a process that is to have settings of its own: less every variable of ours."""
    return {name: value for name, value in env.items() if not name.startswith(PREFIX)}


def load(env: Mapping[str, str] | None = None, also_known: frozenset[str] = frozenset()) -> Settings:
    """Settings from the environment; every unknown name and bad value in one UsageError."""
    env = os.environ if env is None else env
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    faults = [
        f"{name} is no setting{_did_you_mean(name, known)}"
        for name in sorted(env)
        if name.startswith(PREFIX) and name not in known and name not in OTHERS and name not in also_known
    ]
    values = {name: env[PREFIX + name.upper()] for name in Settings.model_fields if PREFIX + name.upper() in env}
    try:
        settings = Settings(**_absent_when_empty(values))
    except ValidationError as error:
        faults += [
            f"{PREFIX}{str(fault['loc'][0]).upper()}={fault['input']!r}: {fault['msg'].removeprefix('Value error, ')}"
            for fault in error.errors()
        ]
    if faults:
        raise UsageError("the settings are not right: " + "; ".join(faults) + "; `claquewatch settings` lists them all")
    return settings


def table(settings: Settings, env: Mapping[str, str] | None = None) -> list[tuple[str, str, str, str]]:
    """(name, value, from where, meaning) of every setting; none of them is a secret (endpoints keep theirs)."""
    env = os.environ if env is None else env
    return [
        (
            PREFIX + name.upper(),
            _shown(getattr(settings, name)),
            "environment" if env.get(PREFIX + name.upper()) else "default",
            field.description or "",
        )
        for name, field in Settings.model_fields.items()
    ]


def _shown(value: Any) -> str:
    return "" if value is None else str(value)


def _absent_when_empty(values: Mapping[str, str]) -> dict[str, Any]:
    """Compose files pass unset variables on as empty ones; only a prefix may be meant to be empty."""
    return {name: value for name, value in values.items() if value or name == "prefix"}


def _did_you_mean(name: str, known: set[str]) -> str:
    close = difflib.get_close_matches(name.removeprefix(PREFIX), [other.removeprefix(PREFIX) for other in known], 1)
    return f" (did you mean {PREFIX}{close[0]}?)" if close else ""
