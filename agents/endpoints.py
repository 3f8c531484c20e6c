"""Endpoints: where webhooks go, as `endpoints.toml` says it. The secrets are elsewhere: in the environment or in files.

[[endpoint]]
name = "moderators"                  # label of its metrics, part of its consumer group
url = "https://example.org/claquewatch"
secret_env = "MODERATORS_SECRET"     # or secret_file, relative to this file; while one rotates: new and old, spaced
schemes = ["coordinated_purchases"]  # default: all
min_severity = "warning"             # default: info, which is all
allow_private = false                # private, loopback and link-local addresses, and plain http to them
max_age_s = 900                      # an older alert is filed in live.undelivered instead
"""

import base64
import binascii
import difflib
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, get_args
from urllib.parse import urlsplit

import msgspec
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from agents.errors import UsageError
from agents.settings import PREFIX
from agents.webhooks import addresses
from streams.alerts import Alert, Scheme, Severity

NAME: Final = r"^[a-z0-9-]{1,40}$"
SECRET_BYTES: Final = range(24, 65)  # Standard Webhooks 1.0
RANKS: Final[dict[str, int]] = {"info": 0, "warning": 1, "critical": 2}
SCHEMES: Final[frozenset[str]] = frozenset(get_args(Scheme))


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """One receiver. `secrets`: base64 without its `whsec_`, the newest first; each signs while one rotates."""

    name: str
    url: str
    secrets: tuple[str, ...]
    schemes: frozenset[str] = SCHEMES
    min_severity: Severity = "info"
    allow_private: bool = False
    max_age_ms: int = 900_000

    def wants(self, alert: Alert) -> bool:
        """Whether the alert's scheme and severity are for this receiver."""
        return alert.scheme in self.schemes and RANKS.get(alert.severity, 0) >= RANKS[self.min_severity]

    @property
    def host(self) -> str:
        """The host alone: the rest of a webhook's address is often a secret of its own."""
        return urlsplit(self.url).hostname or ""

    def __repr__(self) -> str:
        return f"Endpoint({self.name})"  # what is logged by mistake tells no secret


class _Row(BaseModel):
    """One [[endpoint]] as it is written."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: Annotated[str, StringConstraints(pattern=NAME)]
    url: str
    secret_env: str | None = None
    secret_file: str | None = None
    schemes: list[Scheme] = Field(default=list(get_args(Scheme)), min_length=1)
    min_severity: Severity = "info"
    allow_private: bool = False
    max_age_s: int = Field(900, ge=1, le=86_400)


def load(path: Path | None, env: Mapping[str, str] | None = None) -> tuple[Endpoint, ...]:
    """The endpoints of a file, none without one; everything that is wrong in one UsageError."""
    if path is None:
        return ()
    endpoints, faults = read(path, env)
    if faults:
        raise UsageError(f"{path.name} is not right: " + "; ".join(faults) + "; `claquewatch webhooks check` helps")
    return endpoints


def read(path: Path, env: Mapping[str, str] | None = None) -> tuple[tuple[Endpoint, ...], list[str]]:
    """The endpoints that are right, and a sentence for each thing that is not."""
    env = os.environ if env is None else env
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        return (), [f"the file cannot be read ({error.strerror or error})"]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return (), [f"it is no TOML ({error})"]
    faults = [f"{key!r} is not known here; only [[endpoint]] is" for key in document if key != "endpoint"]
    tables = document.get("endpoint", [])
    if not isinstance(tables, list):
        return (), [*faults, "an endpoint begins with [[endpoint]], in double brackets"]
    endpoints: list[Endpoint] = []
    seen: set[str] = set()
    for number, table in enumerate(tables, 1):
        if not isinstance(table, dict):
            return (), [*faults, "an endpoint begins with [[endpoint]], in double brackets"]
        label = _label(table, number)
        row, wrong = _row(table)
        # also of a row that is wrong otherwise, so that all is said at once
        secrets, wrong_secrets = _secrets(_text(table, "secret_env"), _text(table, "secret_file"), path.parent, env)
        if (url := _text(table, "url")) is not None:
            wrong += addresses.faults_of_url(url, table.get("allow_private") is True)
        wrong += wrong_secrets
        if label in seen:
            wrong.append("another endpoint has this name")
        seen.add(label)
        if row is not None and not wrong:
            endpoints.append(_endpoint(row, secrets))
        faults += [f"{label}: {fault}" for fault in wrong]
    return tuple(endpoints), faults


def names_referred(env: Mapping[str, str] | None = None) -> frozenset[str]:
    """Names in the environment that hold a secret of an endpoint: for `settings.load(also_known=...)`.

    Looks at the file that CLAQUEWATCH_ENDPOINTS names and is silent about what is wrong there: `load` says it.
    """
    env = os.environ if env is None else env
    named = env.get(PREFIX + "ENDPOINTS")
    if not named:
        return frozenset()
    try:
        tables = tomllib.loads(Path(named).read_text(encoding="utf-8")).get("endpoint", [])
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        return frozenset()
    rows: Iterable[Any] = tables if isinstance(tables, list) else ()
    names = (row.get("secret_env") for row in rows if isinstance(row, dict))
    return frozenset(name for name in names if isinstance(name, str))


def secret_faults(secret: str) -> list[str]:
    """What is wrong with one secret, without saying the secret."""
    try:
        size = len(base64.b64decode(_padded(secret.removeprefix("whsec_")), validate=True))
    except (binascii.Error, ValueError):
        return ["its secret is no base64 after `whsec_`"]
    if size not in SECRET_BYTES:
        return [f"its secret holds {size} bytes and needs {SECRET_BYTES.start} to {SECRET_BYTES.stop - 1}"]
    return []


def new_secret() -> str:
    """A fresh secret in the form of the standard: for the demo, and for whoever sets an endpoint up."""
    return "whsec_" + base64.b64encode(os.urandom(32)).decode()


def _endpoint(row: _Row, secrets: tuple[str, ...]) -> Endpoint:
    return Endpoint(
        name=row.name,
        url=row.url,
        secrets=secrets,
        schemes=frozenset(row.schemes),
        min_severity=row.min_severity,
        allow_private=row.allow_private,
        max_age_ms=row.max_age_s * 1000,
    )


def _label(table: Mapping[str, Any], number: int) -> str:
    name = _text(table, "name")
    return name if name is not None and re.fullmatch(NAME, name) else f"endpoint {number}"


def _text(table: Mapping[str, Any], key: str) -> str | None:
    value = table.get(key)
    return value if isinstance(value, str) else None


def _row(table: Any) -> tuple[_Row | None, list[str]]:
    try:
        return _Row.model_validate(table), []
    except ValidationError as error:
        return None, [_sentence(fault) for fault in error.errors()]


def _sentence(fault: Any) -> str:
    """A fault of pydantic's in a sentence, without the value: somebody may have put the secret there."""
    where = ".".join(str(part) for part in fault["loc"]) or "it"
    match fault["type"]:
        case "missing":
            return f"{where} is missing"
        case "extra_forbidden":
            close = difflib.get_close_matches(where, _Row.model_fields, 1)
            hint = f" (did you mean {close[0]}?)" if close else ""
            return f"{where} is not known{hint}"
        case "string_pattern_mismatch":
            return f"{where} may hold small letters, digits and dashes only, at most 40"
        case _:
            return f"{where}: {fault['msg']}"


def _secrets(
    in_env: str | None, in_file: str | None, folder: Path, env: Mapping[str, str]
) -> tuple[tuple[str, ...], list[str]]:
    """The secrets, one a word, from the name in the environment or the file."""
    match in_env, in_file:
        case str(), str():
            return (), ["it has secret_env and secret_file; keep one"]
        case None, None:
            return (), ["it needs secret_env (a name in the environment) or secret_file"]
        case str(name), None:
            text = env.get(name, "")
            if not text.strip():
                return (), [f"its secret is missing: set {name} in the environment"]
        case _, name:
            try:
                text = (folder / str(name)).read_text(encoding="utf-8")
            except OSError as error:
                return (), [f"its secret_file {name} cannot be read ({error.strerror or error})"]
            except UnicodeDecodeError:
                return (), [f"its secret_file {name} is no text"]
            if not text.strip():
                return (), [f"its secret_file {name} is empty"]
    words = text.split()
    faults = [fault for word in words for fault in secret_faults(word)]
    return tuple(_padded(word.removeprefix("whsec_")) for word in words), faults


def _padded(text: str) -> str:
    return text + "=" * (-len(text) % 4)
