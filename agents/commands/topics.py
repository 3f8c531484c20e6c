"""claquewatch topics: what exists and what should."""

import asyncio

import click
from rich.table import Table

from agents import kafka
from agents.settings import Settings, load
from agents.terminal import console
from agents.topics import Seen, create_missing, look, refuse_unequal


@click.command("topics")
@click.option("--create", is_flag=True, help="make the missing ones with partitions, retention and limits as declared")
def command(create: bool) -> int:
    """What topics exist on the broker and should. Exit code 1 where one is missing or differs."""
    settings = load()
    seen = asyncio.run(_topics(settings, create))
    show(seen)
    return 1 if any(entry.differences for entry in seen) else 0


async def _topics(settings: Settings, create: bool) -> list[Seen]:
    async with kafka.admin(settings) as admin:
        if create:
            made = await create_missing(admin, settings)
            click.echo(f"made {', '.join(made)}" if made else "nothing was missing", err=True)
        seen = await look(admin, settings)
        refuse_unequal(seen, settings)
        return seen


def show(seen: list[Seen]) -> None:
    """Topics as a table."""
    shown = Table(box=None, pad_edge=False)
    for column in ("topic", "partitions", "keeps", "state", "for"):
        shown.add_column(column, no_wrap=column == "topic")
    for entry in seen:
        retention = entry.should.retention_ms
        keeps = "the newest of each key" if retention is None else f"{retention // 86_400_000} days"
        state = "; ".join(entry.differences) or "as declared"
        shown.add_row(entry.name, str(entry.partitions or "-"), keeps, state, entry.should.about)
    console().print(shown)
