"""claquewatch demo: everything on this machine, alerts as they happen."""

import asyncio
import os
import signal
import sys

import click

from agents.demo.run import Demo, Options
from agents.demo.screen import Plain, Screen, Terminal
from agents.errors import UsageError

INTERRUPTED = 130


@click.command("demo")
@click.option("--seconds", default=120.0, show_default=True, type=click.FloatRange(10, 86_400), help="wall time")
@click.option("--rooms", default=16, show_default=True, type=click.IntRange(1, 500), help="shows of the evening")
@click.option("--rate", type=click.FloatRange(1, 50_000), help="events a second on average; sets the speed")
@click.option("--speed", type=click.FloatRange(1, 1_000), help="times as fast as life; default: what fits --seconds")
@click.option("--seed", default=24, show_default=True, help="the same seed plays the same evening")
@click.option("--keep", is_flag=True, help="leave broker, worker and receiver running at the end")
@click.option("--plain", is_flag=True, help="lines without control codes, for a log or a pipe")
def command(
    seconds: float, rooms: int, rate: float | None, speed: float | None, seed: int, keep: bool, plain: bool
) -> int:
    """Start a broker and a worker on this machine, play a simulated evening of shows, and show what is seen.

    Needs no root, no Docker, no Java. With CLAQUEWATCH_BROKER it uses that broker, under a prefix of its own.
    """
    if rate is not None and speed is not None:
        raise UsageError("--rate sets the speed: give one of --rate and --speed")
    options = Options(seconds, rooms, rate, speed, seed)
    if keep:
        return _in_a_keeper(options, plain)
    return asyncio.run(_run(options, plain, None))


async def _run(options: Options, plain: bool, done_fd: int | None) -> int:
    """The demo; with `done_fd` it says there that it is done, and goes on until SIGTERM."""
    screen: Screen = Plain() if plain or not sys.stdout.isatty() else Terminal()
    demo = Demo(options, screen)
    ended = asyncio.Event()
    interrupted = False

    def stop() -> None:
        nonlocal interrupted
        if demo.stopped.is_set() and not ended.is_set():
            os._exit(INTERRUPTED)  # a second Ctrl-C; the kernel ends our children
        interrupted = True
        demo.stopped.set()
        ended.set() if done_fd is not None else None

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)

    async def keep() -> None:
        assert done_fd is not None
        screen.close()
        sys.stdout.flush()
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        os.write(done_fd, b"0")
        os.close(done_fd)
        await ended.wait()

    try:
        await demo.run(keep if done_fd is not None else None)
    finally:
        screen.close()
    return INTERRUPTED if interrupted else 0


def _in_a_keeper(options: Options, plain: bool) -> int:
    """Run the demo in a process of its own that stays; we leave when the summary has been shown."""
    ours, theirs = os.pipe()
    keeper = os.fork()
    if keeper == 0:
        os.close(ours)
        os.setsid()
        code = 1
        try:
            code = asyncio.run(_run(options, plain, theirs))
        except Exception as error:
            click.echo(f"claquewatch: {error}", err=True)
        finally:
            os._exit(code)
    os.close(theirs)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda signum, _: os.kill(keeper, signum))
    said = os.read(ours, 1)
    if said:
        return 0
    _, status = os.waitpid(keeper, 0)  # it ended before it could stay
    return os.waitstatus_to_exitcode(status)
