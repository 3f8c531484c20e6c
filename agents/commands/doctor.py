"""claquewatch doctor: what is wrong, and how to mend it."""

import asyncio

import click
import msgspec
from rich.markup import escape

from agents.doctor import examine
from agents.settings import load
from agents.terminal import console

COLOURS = {"good": "green", "warning": "yellow", "bad": "bold red"}


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="as JSON")
def command(as_json: bool) -> int:
    """Look at broker, topics, partitions, retention, log and clocks. Exit code 1 where something is wrong."""
    checks = asyncio.run(examine(load()))
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(checks)).decode())
    else:
        out = console()
        for check in checks:
            colour, found = COLOURS[check.state], escape(check.found)
            out.print(f"[{colour}]{check.state:8}[/] {check.name:32} {found}", soft_wrap=True)
            if check.mend:
                out.print(f"{'':8} {'':32} -> {escape(check.mend)}", soft_wrap=True)
    return 1 if any(check.state == "bad" for check in checks) else 0
