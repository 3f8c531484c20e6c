"""claquewatch settings: what is in force, and from where."""

import click
from rich.table import Table

from agents.settings import load, table
from agents.terminal import console


@click.command("settings")
def command() -> None:
    """Settings in force, where each comes from, and what it means. Thresholds are rules: `claquewatch rules show`."""
    shown = Table(box=None, pad_edge=False)
    for column in ("setting", "value", "from", "meaning"):
        shown.add_column(column, no_wrap=column != "meaning")
    for row in table(load()):
        shown.add_row(*row)
    console().print(shown)
