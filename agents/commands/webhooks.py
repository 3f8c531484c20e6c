"""`claquewatch webhooks`: what endpoints.toml says, what is wrong with it, and a test message by the real way."""

import asyncio
import socket
from pathlib import Path

import click

from agents import endpoints, settings
from agents.endpoints import Endpoint
from agents.errors import ClaquewatchError, UsageError
from agents.webhooks import standard
from agents.webhooks.addresses import refusal
from agents.webhooks.lane import wall_ms
from agents.webhooks.patience import Answer
from agents.webhooks.posting import Poster

_file = click.option(
    "--file",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="endpoints.toml; else the one that CLAQUEWATCH_ENDPOINTS names.",
)


@click.group("webhooks")
def command() -> None:
    """Where alerts are sent: list, check, test."""


@command.command("list")
@_file
def list_(path: Path | None) -> None:
    """Each endpoint with what it gets; of its address the host only, for the rest may be secret."""
    for endpoint in endpoints.load(_path(path)):
        schemes = "all schemes" if endpoint.schemes == endpoints.SCHEMES else ", ".join(sorted(endpoint.schemes))
        private = ", private addresses allowed" if endpoint.allow_private else ""
        click.echo(
            f"{endpoint.name}: {endpoint.host}; {schemes}; {endpoint.min_severity} and above; "
            f"for {endpoint.max_age_ms // 1000} s{private}"
        )


@command.command()
@_file
def check(path: Path | None) -> None:
    """Say all that is wrong with endpoints.toml, its secrets and the names in it; exit 1 if anything is."""
    found, faults = endpoints.read(_path(path))
    faults += [fault for endpoint in found for fault in name_faults(endpoint)]
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        raise SystemExit(1)
    click.echo(f"{len(found)} endpoint{'' if len(found) == 1 else 's'}, nothing wrong (no message was sent)")


@command.command()
@click.argument("name")
@_file
def test(name: str, path: Path | None) -> None:
    """Send a test.ping to one endpoint, as an alert would be sent; exit 1 if it does not answer with 2xx."""
    found = {endpoint.name: endpoint for endpoint in endpoints.load(_path(path))}
    if name not in found:
        raise UsageError(f"there is no endpoint {name}; there are: {', '.join(found) or 'none'}")
    answer = asyncio.run(ping(found[name]))
    if not answer.is_success:
        raise ClaquewatchError(f"{name}: {answer.sentence}; only an answer of 2xx within 15 s is success")
    click.echo(f"{name}: {answer.sentence}, delivered")


async def ping(endpoint: Endpoint) -> Answer:
    """One test.ping."""
    now_ms = wall_ms()
    async with Poster(endpoint) as poster:
        return await poster.post(standard.sign(standard.ping_of(endpoint, now_ms), endpoint, now_ms))


def name_faults(endpoint: Endpoint) -> list[str]:
    """What is wrong with where the name of its host leads to, asked now."""
    try:
        rows = socket.getaddrinfo(endpoint.host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return [f"{endpoint.name}: its host {endpoint.host} cannot be resolved"]
    scheme = endpoint.url.partition(":")[0]
    refusals = {str(row[4][0]): refusal(str(row[4][0]), scheme, endpoint.allow_private) for row in rows}
    reasons = dict.fromkeys(reason for reason in refusals.values() if reason is not None)
    return [f"{endpoint.name}: {endpoint.host}: {reason}" for reason in reasons]


def _path(named: Path | None) -> Path:
    """The file to look at."""
    path = named or settings.load(also_known=endpoints.names_referred()).endpoints
    if path is None:
        raise UsageError("no endpoints are set up; write endpoints.toml and set CLAQUEWATCH_ENDPOINTS to its path")
    return path
