"""claquewatch calibrate: what is usual on this platform, learned from its own history."""

import asyncio
import contextlib
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
import msgspec

from agents.commands.history import check_where, exit_code, reads_history
from agents.commands.scan import progress_of, record_stretch, rules_from
from agents.errors import UsageError
from agents.recordings import BadLine, LoggedRecord, Read, open_output, read_files, size_of
from agents.scan import Scan, Summary, nothing
from agents.settings import Settings, load
from streams.rules import Rules, make_rule_set, parse, rules_of
from streams.usual import beside, learners, rates_of
from streams.usual.learned import Learned
from streams.usual.rules_file import Rates, as_toml, said_of, values_of, written


@click.command("calibrate")
@reads_history
@click.option("--out", required=True, metavar="RULES", help="write the rules file here; - is standard output")
@click.option("--compare/--no-compare", default=True, help="say how each scheme's alerts would change")
def command(
    files: tuple[str, ...],
    broker: bool,
    from_: str | None,
    to: str | None,
    rules_file: str | None,
    out: str,
    compare: bool,
    strict: bool,
) -> int:
    """Learn the usual rates of this platform from its own history, and write them as a rules file.

    FILES are what `scan` reads; nothing in them needs to be labelled, and some shows may be staged. What standard input
    or the broker gives is kept in a temporary file while it is read. No live topic, table or webhook is touched.
    """
    check_where("calibrate", files, broker, from_=from_, to=to)
    if files.count("-") > 1:
        raise UsageError("standard input can be given once")
    settings, in_force = load(), rules_from(rules_file)
    with contextlib.ExitStack() as stack:
        names = {name: name for name in files if name != "-"}
        if broker or "-" in files:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="claquewatch-")))
            kept = str(folder / ("history.zst" if broker else "history"))  # standard input may be packed already
            with open_output(kept) as file:
                if broker:
                    asyncio.run(record_stretch(settings, from_, to, file))
                else:
                    shutil.copyfileobj(sys.stdin.buffer, file)
            names[kept] = "the log" if broker else "standard input"
        watching = learners()
        before = _scan(beside(in_force, watching, in_force.detectors if compare else ()), names, settings, "learning")
        rates = rates_of(watching)
        text = as_toml(rates, in_force.published, ", ".join(names.values()))
        learned = rules_of(make_rule_set(parse(text), version=0))
        after = None
        if compare and learned.in_force.hash != in_force.in_force.hash:
            after = _scan(learned, names, settings, "comparing")
        elif compare:
            after = before
        with open_output(out) as file:
            file.write(text.encode())
    _say(before, rates, in_force, after)
    return exit_code(before.rejected_total, strict)


def _scan(rules: Rules, names: dict[str, str], settings: Settings, doing: str) -> Summary:
    """The history once, under these rules; rule sets in a recorded log do not count."""
    scan = Scan(rules, pane_ms=settings.pane_ms, lateness_ms=settings.lateness_ms, emit=nothing)
    with progress_of(size_of(names), doing) as progress:
        scan.take_all(_without_rules(read_files(names, progress), names))
    return scan.summary


def _without_rules(reads: Iterable[Read], names: dict[str, str]) -> Iterator[Read]:
    """What was read, with the names that a person knows, and time alone of a record that changes rules."""
    for read in reads:
        if isinstance(read, LoggedRecord) and read.record.kind == "rules":
            read = LoggedRecord(read.partition, read.offset, msgspec.structs.replace(read.record, kind="tick"))
        elif isinstance(read, BadLine):
            name, _, line = read.where.rpartition(":")
            read = BadLine(f"{names.get(name, name)}:{line}", read.why)
        yield read


def _say(summary: Summary, rates: Rates, in_force: Rules, after: Summary | None) -> None:
    """What was read, what changed, what could not be learned and why, and what it does to the alerts; on stderr."""
    say = [f"{sum(summary.events.values()):,} events of {summary.shows:,} shows"]
    values = values_of(rates, in_force.published)
    for scheme, fields in rates.items():
        say.append(scheme)
        for name, rate in fields.items():
            was = in_force.published.rules[scheme][name]
            if isinstance(rate, Learned):
                now = values[scheme][name]
                ratio = f" ({now / was - 1:+.0%})" if was else ""
                say.append(f"  {name}: {written(was)} -> {written(now)}{ratio}, {said_of(rate, was)}")
            else:
                say.append(f"  {name} stays at {written(was)}: {rate.missing}")
    if after is not None:
        say.append("alerts over this history, and the incidents that they are about")
        for scheme in dict.fromkeys(detector.SCHEME for detector in in_force.detectors):
            counts = [(s.alerts.get(scheme, 0), s.incidents.get(scheme, 0)) for s in (summary, after)]
            (was_alerts, was_incidents), (alerts, incidents) = counts
            say.append(f"  {scheme}: {was_alerts:,} -> {alerts:,}, of {was_incidents:,} -> {incidents:,} incidents")
    if summary.failures:
        say.append(f"{summary.failures} times a detector or a learner raised: a bug, please report it")
    for reason, count in sorted(summary.rejected.items()):
        where, why = summary.first_rejected[reason]
        say.append(f"rejected {count:,} as {reason}; the first at {where}: {why}")
    for line in say:
        click.echo(line, err=True)
