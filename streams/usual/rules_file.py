"""Learned rates as a rules file: what is in force, with the rates put in, each with what it rests on."""

from collections.abc import Mapping
from typing import Any

import msgspec

from streams.events import RuleSet
from streams.rules import SHADOW, default_rules
from streams.usual.learned import Learned, Rate

Rates = Mapping[str, Mapping[str, Rate]]


def values_of(rates: Rates, in_force: RuleSet) -> dict[str, dict[str, Any]]:
    """By section, what the file sets: what already differs from the defaults, and what was learned."""
    defaults = default_rules().published.rules
    values = {
        section: {name: value for name, value in fields.items() if value != defaults.get(section, {}).get(name)}
        for section, fields in in_force.rules.items()
        if section in defaults
    }
    for scheme, fields in rates.items():
        for name, rate in fields.items():
            if isinstance(rate, Learned):
                values[scheme][name] = _as_typed(rate.value, defaults[scheme][name])
    candidates = {
        scheme: {name: value for name, value in fields.items() if value != in_force.rules[scheme].get(name)}
        for scheme, fields in in_force.rules.get(SHADOW, {}).items()
        if scheme in defaults
    }
    return values | ({SHADOW: candidates} if candidates else {})


def as_toml(rates: Rates, in_force: RuleSet, source: str) -> str:
    """The file. Rates that were not learned stand in comments, with what is missing."""
    lines = [f"# Usual rates, learned by `claquewatch calibrate` from {source}.", "# An interval is of 95 %."]
    values = values_of(rates, in_force)
    candidates = values.pop(SHADOW, {})
    for section, fields in values.items():
        learned = rates.get(section, {})
        unknown = {name: rate for name, rate in learned.items() if not isinstance(rate, Learned)}
        if not fields and not unknown:
            continue
        lines += ["", f"[{section}]"]
        for name, value in fields.items():
            rate = learned.get(name)
            said = said_of(rate, in_force.rules[section][name]) if isinstance(rate, Learned) else "as it was in force"
            lines.append(f"{name} = {written(value)}  # {said}")
        for name, missing in unknown.items():
            stays = written(in_force.rules[section][name])
            lines.append(f"# {name} stays at {stays}: {missing.missing}")
    for scheme, fields in candidates.items():
        lines += ["", f"[{SHADOW}.{scheme}]", *(f"{name} = {written(value)}" for name, value in fields.items())]
    return "\n".join(lines) + "\n"


def said_of(rate: Learned, before: Any) -> str:
    """What a rate rests on, and its interval."""
    low, high = written(_as_typed(rate.low, before)), written(_as_typed(rate.high, before))
    aside = f"; {rate.staged} shows set aside" if rate.staged else ""
    return f"from {rate.rests_on}{aside}; interval {low} to {high}"


def written(value: Any) -> str:
    """A value as TOML has it."""
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return msgspec.json.encode(value).decode()


def _as_typed(value: float, like: Any) -> float | int:
    """A number of the setting's own type."""
    return max(1, round(value)) if isinstance(like, int) else value
