"""Rule sets: every threshold in force, under one version and hash.

A rule set is complete: each section with every field. `rules.toml` overrides the defaults in code by name;
`check` says everything that is wrong with such a file at once, each with its line.
"""

import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

import msgspec

from streams.alerts import RulesInForce, digest
from streams.detectors import DETECTORS
from streams.events import RuleSet
from streams.finding import Detector
from streams.shadow import Shadow

Positive = Annotated[int, msgspec.Meta(ge=1)]
Share = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]


class RoomRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When shows end and how alerts of one incident follow each other. All in ms of event time."""

    show_silence_ms: Positive = 1_800_000  # a show without a join, comment or order for so long has ended; guess
    ended_kept_ms: Positive = 30 * 86_400_000  # how long a show that ended is still known
    past_kept_ms: Positive = 60 * 86_400_000  # how long detectors remember a room without events; guess
    update_every_ms: Positive = 30_000  # at most one update of an incident in this time
    quiet_ms: Positive = 600_000  # an incident without new evidence for so long is resolved; guess
    quiet_after_ms: Positive = 86_400_000  # the same once its show has ended: cancels and complaints come slowly; guess
    same_crew_jaccard: Share = 0.5  # a crew that overlaps its last form so much keeps its id
    critical_score: Share = 0.9
    warning_score: Share = 0.7
    large_amount_minor: Positive = 5_000_000  # at stake; from here on severity is one step higher; guess
    large_audience: Positive = 1_000  # viewers at stake; from here on severity is one step higher; guess
    clear_score: Share = 0.4  # new evidence keeps an incident open down to here, though nothing fires below 0.5
    known_crew_score: Share = 0.3  # a crew that was seen before fires from here on; guess
    known_crew_bits: Annotated[float, msgspec.Meta(ge=0.0)] = 12.0  # as much of it must still be known; guess


class Rules(msgspec.Struct, frozen=True):
    """A rule set ready for use: the detectors with their thresholds, and what holds for all of them."""

    in_force: RulesInForce
    room: RoomRules
    detectors: tuple[Detector, ...]
    published: RuleSet


MODES: Final = ("live", "shadow", "off")  # of a scheme
SHADOW: Final = "shadow"  # the section of candidates that run beside the schemes, by scheme

# sections of a rule set that are no scheme
COMMON: Final[Mapping[str, Any]] = {"room": RoomRules}


class BadRules(ValueError):
    """A rule set that cannot be used; `errors` has one sentence for each fault."""

    def __init__(self, errors: Sequence[str]) -> None:
        super().__init__("; ".join(errors))
        self.errors = list(errors)


def default_rules(detectors: Sequence[type[Detector]] = DETECTORS) -> Rules:
    """Version 0: the defaults that stand in the code."""
    return rules_of(make_rule_set({}, version=0, detectors=detectors), detectors)


def make_rule_set(
    overrides: Mapping[str, Mapping[str, Any]],
    *,
    version: int,
    author: str = "",
    reason: str = "",
    detectors: Sequence[type[Detector]] = DETECTORS,
) -> RuleSet:
    """Defaults overridden by name -> the complete set. Raises BadRules with every error."""
    known = _sections(detectors)
    errors = [
        f"[{name}]: no such section; known are {', '.join(known)}"
        for name in overrides
        if name not in known and name != SHADOW
    ]
    complete: dict[str, dict[str, Any]] = {}
    for name, kind in known.items():
        section = dict(overrides.get(name, {}))
        mode = section.pop("mode", "live") if name not in COMMON else None
        made, faults = _convert(name, kind, section)
        errors += faults
        if mode not in (None, *MODES):
            errors.append(f"[{name}] mode: {mode!r} is none of {', '.join(MODES)}")
        if made is not None:
            complete[name] = msgspec.to_builtins(made) | ({} if mode is None else {"mode": mode})
    candidates = {}
    for name, changed in overrides.get(SHADOW, {}).items():
        if name not in known or name in COMMON or not isinstance(changed, dict):
            errors.append(f"[{SHADOW}] {name}: no such scheme; known are {', '.join(known.keys() - COMMON.keys())}")
            continue
        in_force = {key: value for key, value in overrides.get(name, {}).items() if key != "mode"}
        made, faults = _convert(f"{SHADOW}.{name}", known[name], in_force | changed)
        errors += faults
        if made is not None:
            candidates[name] = msgspec.to_builtins(made)
    if candidates:
        complete[SHADOW] = candidates
    if errors:
        raise BadRules(errors)
    return RuleSet(
        version=version, hash=digest(_canonical(complete))[:16], rules=complete, author=author, reason=reason
    )


def rules_of(published: RuleSet, detectors: Sequence[type[Detector]] = DETECTORS) -> Rules:
    """A published set -> rules ready for use. Fields that it does not have take the code's defaults;

    what today's code does not know any more is passed over (an older or newer version wrote it).
    """
    if not _is_writable(published.rules):  # it is saved as it is, with what this version does not know
        raise BadRules(["the rule set has a whole number outside 64 bits"])
    made: dict[str, Any] = {}
    for name, kind in _sections(detectors).items():
        fields = {field.encode_name for field in msgspec.structs.fields(kind)}
        section = {key: value for key, value in published.rules.get(name, {}).items() if key in fields}
        value, faults = _convert(name, kind, section)
        if faults:
            raise BadRules(faults)
        made[name] = value
    modes = {kind.SCHEME: published.rules.get(kind.SCHEME, {}).get("mode", "live") for kind in detectors}
    found: list[Any] = [made[scheme] for scheme, mode in modes.items() if mode == "live"]
    found += [Shadow(made[scheme]) for scheme, mode in modes.items() if mode == "shadow"]
    candidates = published.rules.get(SHADOW, {})
    for kind in detectors:
        if kind.SCHEME in candidates and modes[kind.SCHEME] != "shadow":
            settings: Any = kind
            fields = {field.encode_name for field in msgspec.structs.fields(settings)}
            section = {key: value for key, value in candidates[kind.SCHEME].items() if key in fields}
            value, faults = _convert(f"{SHADOW}.{kind.SCHEME}", settings, section)
            if faults:
                raise BadRules(faults)
            found.append(Shadow(value))
    return Rules(RulesInForce(published.version, published.hash), made["room"], tuple(found), published)


def parse(text: str) -> dict[str, dict[str, Any]]:
    """A `rules.toml` -> overrides by section; raises BadRules where it is no TOML or has a value outside a section."""
    try:
        parsed = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadRules([f"not TOML: {error}"]) from error
    loose = [key for key, value in parsed.items() if not isinstance(value, dict)]
    if loose:
        raise BadRules([f"{_line_of(text, None, key)}{key}: stands outside a section" for key in loose])
    return parsed


def check(text: str, detectors: Sequence[type[Detector]] = DETECTORS) -> list[str]:
    """Everything that is wrong with a `rules.toml`, each with its line; empty where it is good."""
    try:
        make_rule_set(parse(text), version=1, detectors=detectors)
    except BadRules as bad:
        return [_with_line(text, error) for error in bad.errors]
    return []


def _sections(detectors: Sequence[type[Detector]]) -> dict[str, Any]:
    return {**COMMON, **{kind.SCHEME: kind for kind in detectors}}


def _convert(name: str, kind: Any, section: Mapping[str, Any]) -> tuple[Any, list[str]]:
    """One section -> its struct, or every fault in it (one field at a time, so that none hides another)."""
    fields = {field.encode_name: field.type for field in msgspec.structs.fields(kind)}
    faults = []
    for key, value in section.items():
        if key not in fields:
            faults.append(f"[{name}] {key}: no such setting; known are {', '.join(fields)}")
            continue
        if not _is_writable(value):
            faults.append(f"[{name}] {key}: {value} is no number that can be used: finite, whole ones within 64 bits")
            continue
        try:
            msgspec.convert(value, fields[key])
        except msgspec.ValidationError as error:
            faults.append(f"[{name}] {key}: {str(error).replace('`', '')}")
    if faults:
        return None, faults
    try:
        return msgspec.convert(dict(section), kind), []
    except (msgspec.ValidationError, ValueError) as error:
        return None, [f"[{name}]: {error}"]


def _is_writable(value: Any) -> bool:
    """Whether JSON and msgpack can hold a value: TOML also has inf and nan, and whole numbers of any size."""
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    if isinstance(value, list | dict):
        return all(map(_is_writable, value.values() if isinstance(value, dict) else value))
    return True


def _canonical(value: Any) -> str:
    return msgspec.json.encode(value, order="deterministic").decode()


def _with_line(text: str, error: str) -> str:
    match = re.match(r"\[([^\]]+)\](?: ([^:]+))?:", error)
    return _line_of(text, match[1], match[2]) + error if match else error


def _line_of(text: str, section: str | None, key: str | None) -> str:
    """`line N: ` where a section or key stands in a TOML text, or nothing where it cannot be told."""
    current = None
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[\[?([^\[\]]+)\]", line):
            current = _bare(header[1])
            found = current == (section if key is None else f"{section}.{key}")
        else:
            left = _bare(line.partition("=")[0])
            found = key is not None and (f"{current}.{left}" if current else left) == (
                f"{section}.{key}" if section else key
            )
        if found:
            return f"line {number}: "
    return ""


def _bare(name: str) -> str:
    """A dotted TOML name without quotes and blanks."""
    return ".".join(part.strip().strip("\"'") for part in name.split("."))
