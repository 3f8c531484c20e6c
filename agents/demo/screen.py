"""What a demo shows: on a terminal a live picture with cards above it, elsewhere plain lines."""

import time
from datetime import UTC, datetime
from typing import Protocol

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from agents.card import card_of, lines, short_id
from agents.card_rich import panel
from agents.demo.tally import Tally
from agents.local.artifacts import Progress
from streams.alerts import Alert

RATE_S = 3.0  # events a second are over so long
PLAIN_EVERY_S = 5.0


class Screen(Protocol):
    """Where a demo speaks."""

    def say(self, sentence: str) -> None: ...
    def fetching(self, progress: Progress) -> None: ...
    def alert(self, alert: Alert) -> None: ...
    def pulse(self, tally: Tally, delivered: int, verified: int, left_s: float) -> None: ...
    def close(self) -> None: ...


class _Rates:
    """Events a second by topic, over the last seconds."""

    def __init__(self) -> None:
        self._samples: list[tuple[float, dict[str, int]]] = []

    def take(self, sent: dict[str, int]) -> dict[str, float]:
        now = time.monotonic()
        self._samples.append((now, dict(sent)))
        while len(self._samples) > 2 and self._samples[1][0] < now - RATE_S:
            self._samples.pop(0)
        before_at, before = self._samples[0]
        span_s = max(now - before_at, 0.001)
        return {topic: (count - before.get(topic, 0)) / span_s for topic, count in sent.items()}


class Plain:
    """Lines without control codes."""

    def __init__(self) -> None:
        self._console = Console(no_color=True, highlight=False, markup=False, force_terminal=False, width=160)
        self._rates = _Rates()
        self._next = 0.0
        self._fetched = -1

    def say(self, sentence: str) -> None:
        self._console.print(sentence, soft_wrap=True)

    def fetching(self, progress: Progress) -> None:
        tenth = 10 * progress.size_bytes // max(1, progress.total_bytes)
        if tenth != self._fetched:
            self._fetched = tenth
            self.say(_fetched(progress))

    def alert(self, alert: Alert) -> None:
        for line in lines(card_of(alert)) if alert.status == "open" else [_in_short(alert)]:
            self.say(line)

    def pulse(self, tally: Tally, delivered: int, verified: int, left_s: float) -> None:
        now = time.monotonic()
        rates = self._rates.take(tally.sent)
        if now < self._next:
            return
        self._next = now + PLAIN_EVERY_S
        going = ", ".join(f"{_kind(topic)} {rate:,.0f}/s" for topic, rate in sorted(rates.items()) if rate >= 0.5)
        self.say(f"[{left_s:4.0f} s left] {going or 'no events'}; {_state(tally)}; {_webhooks(delivered, verified)}")

    def close(self) -> None:
        pass


class Terminal:
    """A live picture at the bottom, cards above it."""

    def __init__(self) -> None:
        self._console = Console(highlight=False)
        self._rates = _Rates()
        self._live = Live(Text("starting"), console=self._console, refresh_per_second=4, transient=True)
        self._live.start()

    def say(self, sentence: str) -> None:
        self._console.print(Text(sentence))

    def fetching(self, progress: Progress) -> None:
        self._live.update(Text(_fetched(progress)))

    def alert(self, alert: Alert) -> None:
        self._console.print(panel(card_of(alert)) if alert.status == "open" else Text(_in_short(alert), style="dim"))

    def pulse(self, tally: Tally, delivered: int, verified: int, left_s: float) -> None:
        table = Table(box=None, pad_edge=False)
        for column in ("events", "sent", "a second"):
            table.add_column(column, justify="left" if column == "events" else "right")
        for topic, rate in sorted(self._rates.take(tally.sent).items()):
            table.add_row(_kind(topic), f"{tally.sent[topic]:,}", f"{rate:,.0f}")
        about = Text(f"{left_s:.0f} s left · {_state(tally)} · {_webhooks(delivered, verified)}", style="bold")
        self._live.update(Group(about, table))

    def close(self) -> None:
        self._live.stop()


def _fetched(progress: Progress) -> str:
    if progress.waiting:
        return "another process is fetching Kafka; waiting for it"
    return (
        f"fetching Kafka, once: {progress.jars} of {progress.jars_total} jars, "
        f"{progress.size_bytes / 1e6:.0f} of {progress.total_bytes / 1e6:.0f} MB"
    )


def _kind(topic: str) -> str:
    return topic.removeprefix("live.")


def _state(tally: Tally) -> str:
    pulse = tally.pulse
    clock = datetime.fromtimestamp(pulse.watermark_s, UTC).strftime("%H:%M:%S") if pulse.watermark_s else "-"
    incidents = len({alert.incident_id for alert in tally.alerts})
    return f"{pulse.on_air} rooms on air, watermark {clock} UTC, lag {pulse.lag_s:.0f} s, {incidents} incidents"


def _webhooks(delivered: int, verified: int) -> str:
    return f"webhooks {delivered} delivered, {verified} verified"


def _in_short(alert: Alert) -> str:
    """A later revision of a card that was shown."""
    return f"  {short_id(alert.incident_id)}  score {alert.score:.2f}  {card_of(alert).headline}"
