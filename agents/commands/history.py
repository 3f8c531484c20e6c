"""What the commands that read recorded history have in common: where it is, under which rules, how strict."""

from collections.abc import Callable

import click

from agents.errors import UsageError

REJECTED = 3  # exit code: done, but some input was rejected


def reads_history(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command files or a stretch of the log, a rule set and strictness, in this order."""
    for option in reversed(
        (
            click.argument("files", nargs=-1),
            click.option("--broker", is_flag=True, help="a stretch of the log on Kafka instead of files"),
            click.option("--from", "from_", metavar="T", help="from when: 2026-11-10T20:00+08:00, -2h, -14d"),
            click.option("--to", metavar="T", help="up to when; +2h is relative to --from"),
            click.option("--rules", "rules_file", metavar="FILE", help="the rule set in force instead of the defaults"),
            click.option("--strict", is_flag=True, help="exit with 1 where input was rejected, instead of 3"),
        )
    ):
        command = option(command)
    return command


def check_where(name: str, files: tuple[str, ...], broker: bool, **only_with_broker: str | None) -> None:
    """Raise UsageError unless there are files or --broker. Options are given as they are written, without dashes."""
    if broker == bool(files):
        raise UsageError(f"{name} needs files, or --broker for a stretch of the log; see `claquewatch {name} --help`")
    if not broker and any(only_with_broker.values()):
        options = [f"--{option.rstrip('_')}" for option in only_with_broker]
        raise UsageError(f"{', '.join(options[:-1])} and {options[-1]} go with --broker")


def exit_code(rejected: int, strict: bool) -> int:
    """0, or what input that was rejected makes of it."""
    if not rejected:
        return 0
    return 1 if strict else REJECTED
