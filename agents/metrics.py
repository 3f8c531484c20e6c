"""Every metric by its name once, with what it means. Labels come from closed lists only."""

from collections.abc import Collection, Iterable
from typing import Final, get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, ProcessCollector

from streams.alerts import Scheme, Severity
from streams.events import REASONS
from streams.partition import Counts
from streams.topics import LOG, SOURCES

# around the objectives, seconds
BUCKETS: Final = (0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 30.0, 60.0, 300.0)
OUTCOMES: Final = ("accepted", "late", "duplicate", "rejected")
DELIVERY_OUTCOMES: Final = ("delivered", "retried", "gave_up", "skipped", "disabled")

REGISTRY: Final = CollectorRegistry()
ProcessCollector(namespace="claquewatch", registry=REGISTRY)  # memory, CPU, files of this process


def _counter(name: str, about: str, *labels: str) -> Counter:
    return Counter(f"claquewatch_{name}", about, labels, registry=REGISTRY)


def _gauge(name: str, about: str, *labels: str) -> Gauge:
    return Gauge(f"claquewatch_{name}", about, labels, registry=REGISTRY)


def _histogram(name: str, about: str, *labels: str) -> Histogram:
    return Histogram(f"claquewatch_{name}", about, labels, buckets=BUCKETS, registry=REGISTRY)


EVENTS = _counter(
    "events", "Events by input topic and outcome (late and duplicate under the topic of the log).", "topic", "outcome"
)
REJECTED = _counter("rejected", "Records that are no event, by reason; under flood the sums of many.", "reason")
WATERMARK = _gauge("watermark_timestamp_seconds", "Event time up to which a partition was stepped.", "partition")
LAG = _gauge("lag_seconds", "Event time between the newest event received and the watermark stepped to.", "partition")
PANES = _counter("panes_judged", "Panes of rooms that were judged.")
ROOMS = _gauge("rooms", "Rooms in memory: on air, and kept because a show ended not long ago.", "kind")
ALERTS = _counter("alerts", "Alerts committed.", "scheme", "severity", "mode")
DETECTION_LATENCY = _histogram(
    "detection_latency_seconds", "From the broker's receipt of the newest evidence to the alert's commit.", "scheme"
)
DELIVERIES = _counter("deliveries", "Attempts to deliver alerts by webhook.", "endpoint", "outcome")
NOTIFICATION_LATENCY = _histogram(
    "notification_latency_seconds", "From the alert's commit to the receiver's 2xx.", "endpoint"
)
OLDEST_PENDING = _gauge("oldest_pending_seconds", "Age of the oldest alert that waits for its delivery.", "endpoint")
SNAPSHOT = _histogram("snapshot_seconds", "Saving the rooms that changed, from the first slice to the header.")
SNAPSHOT_BYTES = _counter("snapshot_bytes", "Bytes of rooms saved.")
RECOVERY = _histogram("recovery_seconds", "Taking a partition over: fence, read the table, ready.")
REBALANCES = _counter("rebalances", "Times that partitions were assigned anew.")
FENCED = _counter("fenced", "Times that a newer owner of a partition shut this one out.")
PRODUCERS_REPLACED = _counter("producers_replaced", "Producers replaced after a commit that was slow or failed.")
DETECTOR_FAILURES = _counter("detector_failures", "Events on which a detector raised.", "scheme")
DIVERGENCE = _counter("divergence", "Alerts that were sent before a crash and not made again after it.")
HOLES = _counter("holes", "Ranges of the log that began after a gap which nothing explains.")
RESETS = _counter("resets", "Inputs that were trimmed or made anew, by partition.", "topic")
STALLED = _gauge("stalled", "1 while the watchdog sees no progress though the log goes on.")
BUILD = Info("claquewatch_build", "The version that runs.", registry=REGISTRY)
RULESET = _gauge("ruleset_info", "1 for the rule set in force.", "version", "hash")


def start_at_zero(schemes: Iterable[str] = get_args(Scheme)) -> None:
    """Make every known series exist, so that a rate over it has a beginning."""
    for topic in (*SOURCES, LOG):
        for outcome in OUTCOMES:
            EVENTS.labels(topic, outcome)
    for source in SOURCES:
        RESETS.labels(source)
    for reason in REASONS:
        REJECTED.labels(reason)
    for scheme in schemes:
        DETECTION_LATENCY.labels(scheme)
        DETECTOR_FAILURES.labels(scheme)
        for severity in get_args(Severity):
            ALERTS.labels(scheme, severity, "live")
    DETECTOR_FAILURES.labels("evidence")
    for kind in ("on_air", "kept"):
        ROOMS.labels(kind)


def endpoint_at_zero(endpoint: str) -> None:
    """The same for one endpoint, whose name comes from endpoints.toml."""
    for outcome in DELIVERY_OUTCOMES:
        DELIVERIES.labels(endpoint, outcome)
    NOTIFICATION_LATENCY.labels(endpoint)
    OLDEST_PENDING.labels(endpoint).set(0)


def count(counts: Counts) -> None:
    """Add what a partition has stepped since it was last asked."""
    PANES.inc(counts.panes)
    HOLES.inc(counts.holes)
    EVENTS.labels(LOG, "accepted").inc(sum(counts.events.values()))
    EVENTS.labels(LOG, "late").inc(counts.late)
    EVENTS.labels(LOG, "duplicate").inc(counts.duplicates + counts.repeated)
    EVENTS.labels(LOG, "rejected").inc(counts.unreadable)


def forget_partitions(owned: Collection[str]) -> None:
    """Drop the gauges of partitions that others own now: an old value would look like a lag."""
    for gauge in (WATERMARK, LAG):
        for labels in [sample.labels["partition"] for metric in gauge.collect() for sample in metric.samples]:
            if labels not in owned:
                gauge.remove(labels)


def in_force(version: int, hash: str) -> None:
    """Show one rule set, and no other, as the one in force."""
    RULESET.clear()
    RULESET.labels(str(version), hash).set(1)
