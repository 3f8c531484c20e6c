"""What happened in a demo, and what it came to. Pure: it is told, it tells."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

import worlds
from streams.alerts import Alert
from trials.pairs import Pair, pairs_of, said_of

SCHEMES: Final = tuple(worlds.PLANTS)


class Pulse(msgspec.Struct):
    """What a worker's /metrics said last. Times are seconds."""

    on_air: int = 0
    watermark_s: float = 0.0  # of the slowest partition that has one
    lag_s: float = 0.0
    counts: dict[str, float] = {}  # events of the log by outcome
    divergence: float = 0.0


class Tally:
    """Everything a demo counts."""

    def __init__(self) -> None:
        self.sent: dict[str, int] = {}  # events by topic
        self.sent_at_ms: dict[str, float] = {}  # by event id, our clock
        self.alerts: list[Alert] = []
        self.latencies_ms: list[float] = []  # of alerts that opened an incident
        self.pulse = Pulse()
        self._before: dict[str, float] = {}  # what workers that are gone had counted

    def sent_event(self, topic: str, event_id: str, now_ms: float) -> None:
        self.sent[topic] = self.sent.get(topic, 0) + 1
        self.sent_at_ms[event_id] = now_ms

    def took(self, alert: Alert) -> None:
        """An alert was read from its topic."""
        self.alerts.append(alert)
        if alert.revision == 1 and alert.detected_at is not None:
            sent = [self.sent_at_ms[act.event_id] for act in alert.evidence if act.event_id in self.sent_at_ms]
            if sent:
                self.latencies_ms.append(max(0.0, alert.detected_at - max(sent)))

    def heard(self, pulse: Pulse) -> None:
        """The worker's metrics were read; a counter that fell was of a worker that is gone."""
        for outcome, value in self.pulse.counts.items():
            if pulse.counts.get(outcome, 0.0) < value:
                self._before[outcome] = self._before.get(outcome, 0.0) + value
        self.pulse = pulse

    def counted(self, outcome: str) -> int:
        """Events of the log by outcome, over all workers that ran."""
        return int(self._before.get(outcome, 0.0) + self.pulse.counts.get(outcome, 0.0))

    def quantile_s(self, share: float) -> float | None:
        """Seconds from sending the newest evidence to the alert's making, by rank."""
        ordered = sorted(self.latencies_ms)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] / 1000 if ordered else None

    def pairs(self, truth: Mapping[str, Any], until_ms: int) -> tuple[list[Pair], list[Pair]]:
        """What was planted and what was said, for every show and scheme -> those that can be told, and those too early.

        Too early: planted, but less than a third of it was played by `until_ms`, and nothing was said.
        """
        said = said_of(msgspec.to_builtins(alert) for alert in self.alerts)
        pairs = pairs_of(truth, said, SCHEMES, world="demo", seed=0, audiences={})
        early = [pair for pair in pairs if not pair.is_clean and pair.third_ms > until_ms and not pair.is_found]
        return [pair for pair in pairs if pair not in early], early


def pulse_of(text: str) -> Pulse:
    """A worker's /metrics text -> what the demo shows of it."""
    pulse = Pulse()
    for line in text.splitlines():
        name, _, value = line.rpartition(" ")
        if name.startswith('claquewatch_events_total{outcome="') and 'topic="live.activity"' in name:
            pulse.counts[name.split('"')[1]] = float(value)
        elif name == 'claquewatch_rooms{kind="on_air"}':
            pulse.on_air = int(float(value))
        elif name.startswith("claquewatch_watermark_timestamp_seconds{") and float(value) > 0:
            pulse.watermark_s = min(pulse.watermark_s or float(value), float(value))
        elif name.startswith("claquewatch_lag_seconds{"):
            pulse.lag_s = max(pulse.lag_s, float(value))
        elif name == "claquewatch_divergence_total":
            pulse.divergence = float(value)
    return pulse
