"""claquewatch rules: thresholds, checked, shown and applied."""

import asyncio
from pathlib import Path
from typing import Any

import click

from agents.errors import ClaquewatchError, UsageError
from agents.rulebook import newest, publish
from agents.settings import Settings, load
from agents.topics import check_before_start
from streams.events import RuleSet
from streams.rules import SHADOW, BadRules, check, default_rules, make_rule_set, parse


@click.group("rules")
def command() -> None:
    """Thresholds: check a file, show what is in force, apply a new set from a definite event on."""


@command.command("check")
@click.argument("file")
def check_command(file: str) -> int:
    """Say everything that is wrong with FILE, each with its line; exit code 1 where something is."""
    errors = check(_read(file))
    for error in errors:
        click.echo(f"{file}: {error}", err=True)
    if not errors:
        rules = make_rule_set(parse(_read(file)), version=1)
        click.echo(f"{file} is good; hash {rules.hash}")
    return 1 if errors else 0


@command.command("show")
@click.option("--defaults", is_flag=True, help="the defaults in the code, without asking a broker")
def show_command(defaults: bool) -> None:
    """The rule set in force, as a rules.toml."""
    rules = None if defaults else asyncio.run(_newest(load()))
    where = "published" if rules else "defaults in the code"
    click.echo(as_toml(rules or default_rules().published, where))


@command.command("apply")
@click.argument("file")
@click.option("--reason", help="why, for the record")
def apply_command(file: str, reason: str | None) -> None:
    """Check FILE and put it in force, complete, as the next version; going back is just the next version."""
    try:
        rules = asyncio.run(_publish(load(), _read(file), reason))
    except BadRules:
        errors = check(_read(file))
        raise ClaquewatchError(
            f"{file} has {len(errors)} error{'s' * (len(errors) > 1)}; the set in force stays:\n  "
            + "\n  ".join(errors)
        ) from None
    click.echo(f"version {rules.version} (hash {rules.hash}) is in force from the next record of each partition on")


async def _newest(settings: Settings) -> RuleSet | None:
    await check_before_start(settings)
    return await newest(settings)


async def _publish(settings: Settings, text: str, reason: str | None) -> RuleSet:
    await check_before_start(settings)
    return await publish(settings, text, reason)


def _read(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read: {error}") from error


def as_toml(rules: RuleSet, where: str) -> str:
    """A rule set as the file that would give it again."""
    lines = [f"# version {rules.version}, hash {rules.hash} ({where})"]
    if rules.reason:
        lines.append(f"# {rules.author or 'somebody'}: {rules.reason}")
    candidates = {f"{SHADOW}.{scheme}": fields for scheme, fields in rules.rules.get(SHADOW, {}).items()}
    for section, fields in ({name: rules.rules[name] for name in rules.rules if name != SHADOW} | candidates).items():
        lines += ["", f"[{section}]", *(f"{name} = {_value(value)}" for name, value in fields.items())]
    return "\n".join(lines)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(_value(entry) for entry in value) + "]"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return repr(value)
