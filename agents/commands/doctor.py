"""claquewatch doctor: what is wrong, and how to mend it."""

import asyncio

import click
import msgspec
from rich.console import Console

from agents.doctor import examine
from agents.settings import load

COLOURS = {"good": "green", "warning": "yellow", "bad": "bold red"}


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="as JSON")
def command(as_json: bool) -> int:
    """Look at broker, topics, partitions, retention, log and clocks. Exit code 1 where something is wrong."""
    checks = asyncio.run(examine(load()))
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(checks)).decode())
    else:
        console = Console(highlight=False)
        for check in checks:
            console.print(f"[{COLOURS[check.state]}]{check.state:8}[/] {check.name:32} {check.found}")
            if check.mend:
                console.print(f"{'':8} {'':32} -> {check.mend}")
    return 1 if any(check.state == "bad" for check in checks) else 0
