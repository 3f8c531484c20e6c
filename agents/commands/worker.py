"""claquewatch worker: one worker, with all parts or some."""

import asyncio

import click

from agents import logs
from agents.endpoints import names_referred
from agents.settings import load


@click.command("worker")
@click.option("--only", default="ingest,detect,deliver", show_default=True, help="parts to run, with commas")
def command(only: str) -> None:
    """One Faust worker: ingest, detect and deliver. Start more of them to scale.

    Serves /metrics, /livez and /readyz. SIGTERM drains and ends with exit code 0; a second one ends at once.
    """
    settings = load(also_known=names_referred())
    logs.set_up(settings.log_level, settings.log_format)
    from agents.worker import run_worker

    asyncio.run(run_worker(settings, [part.strip() for part in only.split(",") if part.strip()]))
