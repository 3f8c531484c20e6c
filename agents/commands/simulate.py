"""claquewatch simulate: an evening of shows with ground truth, to a file or to Kafka."""

import asyncio
import time

import click

import worlds
from agents.errors import UsageError
from agents.player import play
from agents.settings import Settings, load
from agents.topics import check_before_start


@click.command("simulate")
@click.option("--shows", default=24, show_default=True, type=click.IntRange(1, 5_000), help="shows of the evening")
@click.option("--viewers", default="50-5000", show_default=True, metavar="A-B", help="smallest and largest audience")
@click.option("--hours", default=2.0, show_default=True, type=click.FloatRange(0.1, 24), help="how long it lasts")
@click.option("--world", default="bazaar", show_default=True, type=click.Choice(list(worlds.WORLDS)), help="whose laws")
@click.option("--seed", default=1, show_default=True, help="the same seed gives the same evening")
@click.option("--out", default="-", show_default=True, metavar="FILE", help="JSON Lines, plain, .gz or .zst")
@click.option("--truth", metavar="FILE", help="what is planted, as JSON")
@click.option("--broker", is_flag=True, help="play it into the input topics instead, ending now")
@click.option("--speed", default=1.0, show_default=True, type=click.FloatRange(0.1, 1_000), help="with --broker")
def command(
    shows: int,
    viewers: str,
    hours: float,
    world: str,
    seed: int,
    out: str,
    truth: str | None,
    broker: bool,
    speed: float,
) -> None:
    """Write a simulated evening of live-commerce shows with ground truth; nothing in it is real."""
    evening = worlds.WORLDS[world].evening(seed, shows=shows, viewers=audience(viewers), hours=hours)
    if not broker:
        count = worlds.write(evening, out, truth)
        click.echo(f"{count:,} events of {shows} shows, seed {seed}", err=True)
        return
    settings = load()
    if not settings.prefix:
        raise UsageError(
            "invented orders do not belong into live topics: set CLAQUEWATCH_PREFIX (for example sim.) "
            "and make its topics with `claquewatch topics --create`"
        )
    asyncio.run(_play(settings, evening, speed, truth))


async def _play(settings: Settings, evening: worlds.Evening, speed: float, truth: str | None) -> None:
    await check_before_start(settings)
    length_ms = (evening.events[-1][0] - evening.events[0][0]) / speed
    moved = worlds.ending_at(evening, int(time.time() * 1000 + length_ms))
    if truth:
        worlds.write_truth(moved.truth, truth)
    count = await play(settings, worlds.scale(moved, speed))
    click.echo(f"{count:,} events played", err=True)


def audience(text: str) -> tuple[int, int]:
    """`50-5000` -> (50, 5000); raises UsageError."""
    first, _, last = text.partition("-")
    if not first.isdigit() or not (last or first).isdigit() or not 1 <= int(first) <= int(last or first) <= 100_000:
        raise UsageError(f"--viewers {text!r}: write the smallest and the largest audience, for example 50-5000")
    return int(first), int(last or first)
