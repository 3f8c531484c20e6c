"""claquewatch settings: what is in force, and from where."""

import sys

import click
from rich.console import Console
from rich.table import Table

from agents.commands import WIDE
from agents.settings import load, table


@click.command("settings")
def command() -> None:
    """Settings in force, where each comes from, and what it means. Thresholds are rules: `claquewatch rules show`."""
    shown = Table(box=None, pad_edge=False)
    for column in ("setting", "value", "from", "meaning"):
        shown.add_column(column, no_wrap=column != "meaning")
    for row in table(load()):
        shown.add_row(*row)
    Console(width=None if sys.stdout.isatty() else WIDE).print(shown)
