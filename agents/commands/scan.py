"""claquewatch scan: the same detectors over recorded files or a stretch of the log."""

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import IO

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from agents.commands.history import check_where, exit_code, reads_history
from agents.errors import ClaquewatchError, UsageError
from agents.garbage import collect_less
from agents.logreader import read_log
from agents.recordings import line_of, open_output, parse, read_files, size_of
from agents.scan import Emit, Scan, Summary
from agents.settings import Settings, load
from agents.times import parse_ms
from streams.alerts import Alert, encode_alert
from streams.rules import BadRules, Rules, check, default_rules, make_rule_set, rules_of
from streams.rules import parse as parse_rules


@click.command("scan")
@reads_history
@click.option("--alerts", metavar="OUT", help="write alerts as JSON Lines here; - is standard output")
@click.option("--record", metavar="FILE", help="with --broker: write the records of the log here")
def command(
    files: tuple[str, ...],
    broker: bool,
    from_: str | None,
    to: str | None,
    rules_file: str | None,
    alerts: str | None,
    record: str | None,
    strict: bool,
) -> int:
    """Run the detectors over recorded events or over the log: no live topic, table or webhook is touched.

    FILES are JSON Lines, plain, .gz or .zst; - is standard input. Without --alerts it only validates and counts.
    """
    check_where("scan", files, broker, from_=from_, to=to, record=record)
    settings = load()
    rules = rules_from(rules_file)
    collect_less()
    with contextlib.ExitStack() as stack:
        out = stack.enter_context(open_output(alerts)) if alerts else None
        scan = Scan(rules, pane_ms=settings.pane_ms, lateness_ms=settings.lateness_ms, emit=_writer(out))
        if broker:
            asyncio.run(_scan_broker(scan, settings, from_, to, record))
        else:
            with progress_of(size_of(files)) as progress:
                scan.take_all(read_files(files, progress))
    report(scan.summary)
    return exit_code(scan.summary.rejected_total, strict)


async def _scan_broker(scan: Scan, settings: Settings, from_: str | None, to: str | None, record: str | None) -> None:
    with contextlib.ExitStack() as stack:
        recording = stack.enter_context(open_output(record)) if record else None
        async for line, where in _stretch(settings, from_, to):
            if recording is not None:
                recording.write(line + b"\n")
            scan.take(parse(line, where))
    scan.end()


async def record_stretch(settings: Settings, from_: str | None, to: str | None, out: IO[bytes]) -> None:
    """Write a stretch of the log as a recording."""
    async for line, _ in _stretch(settings, from_, to):
        out.write(line + b"\n")


async def _stretch(settings: Settings, from_: str | None, to: str | None) -> AsyncIterator[tuple[bytes, str]]:
    """Records of the log as lines of a recording, and where each stands."""
    now_ms = int(time.time() * 1000)
    from_ms = parse_ms(from_, now_ms) if from_ else None
    to_ms = parse_ms(to, from_ms if to.startswith("+") and from_ms is not None else now_ms) if to else None
    async for found in read_log(settings, from_ms, to_ms):
        line = line_of(found.partition, found.offset, found.headers, found.value)
        yield line, f"{found.topic}/{found.partition}/{found.offset}"


def rules_from(name: str | None) -> Rules:
    """A rules file over the defaults; raises with every error and its line."""
    if name is None:
        return default_rules()
    try:
        text = Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{name} cannot be read: {error}") from error
    if errors := check(text):
        raise ClaquewatchError(f"{name} has {len(errors)} error{'s' * (len(errors) > 1)}:\n  " + "\n  ".join(errors))
    try:
        return rules_of(make_rule_set(parse_rules(text), version=0))
    except BadRules as error:
        raise ClaquewatchError(f"{name}: {error}") from error


def _writer(out: IO[bytes] | None) -> Emit:
    def write(alert: Alert) -> None:
        if out is not None:
            out.write(encode_alert(alert) + b"\n")
            if out is sys.stdout.buffer:
                out.flush()  # somebody may be reading

    return write


@contextlib.contextmanager
def progress_of(total: int | None, doing: str = "scanning") -> Iterator[Callable[[int], None] | None]:
    """A bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    columns = (TextColumn(doing), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(doing, total=total)
        yield lambda count: bar.advance(task, count)


def report(summary: Summary) -> None:
    """What the scan came to, on standard error."""
    events = ", ".join(f"{count:,} {topic.removeprefix('live.')}" for topic, count in sorted(summary.events.items()))
    say = [f"{sum(summary.events.values()):,} events ({events or 'none'}) of {summary.shows:,} shows"]
    if summary.late or summary.duplicates:
        say.append(f"{summary.late:,} late, {summary.duplicates:,} duplicates")
    for partition, offset in sorted(summary.cold.items()):
        say.append(
            f"partition {partition} starts cold at offset {offset}: shows on air then are seen only from there on"
        )
    if summary.holes:
        say.append(f"{summary.holes} ranges of the log are missing")
    if summary.unreadable:
        say.append(f"{summary.unreadable:,} lines of the log cannot be read by this version")
    if summary.bad_rules:
        say.append(f"{summary.bad_rules} rule sets of the log cannot be used by this version; the one before stayed")
    for scheme, count in sorted(summary.alerts.items()):
        say.append(f"{scheme}: {summary.incidents.get(scheme, 0)} incidents in {count} alerts")
    if not summary.alerts:
        say.append("no alert")
    if summary.failures:
        say.append(f"{summary.failures} times a detector raised: a bug, please report it")
    for reason, count in sorted(summary.rejected.items()):
        where, why = summary.first_rejected[reason]
        say.append(f"rejected {count:,} as {reason}; the first at {where}: {why}")
    for line in say:
        click.echo(line, err=True)
