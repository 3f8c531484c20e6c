"""The dashboard of operators, made from code: `python -m agents.dashboards` writes it, `--check` fails on drift.

What a panel asks stands here as PromQL, so that it can be tried in Prometheus as it is. `tests/deploy` runs every
query on a real Prometheus that scraped a real worker. Needs grafana-foundation-sdk, a dependency of development only.
"""

import difflib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from grafana_foundation_sdk.builders import dashboard, stat, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models import units

from agents.panels import (
    GREEN,
    RED,
    THIRD,
    YELLOW,
    Ask,
    Step,
    bars,
    data_source,
    firing,
    lines,
    link,
    name,
    number,
    quantile,
    runbooks,
)

UID: Final = "claquewatch"
TARGET: Final = Path(__file__).resolve().parents[1] / "deploy" / "grafana" / "dashboards" / "claquewatch.json"

USUAL_P99_S: Final = 5  # simulated with the default lateness and pane: p50 3.5 s, p99 4.8 s
# the same events are counted when they come in and, once more, in the log
_IN: Final = 'topic!="live.activity"'
_LOG: Final = 'topic="live.activity"'
_NOW: Final = "[$__rate_interval]"
LAG_FIRES_S, PENDING_FIRES_S = 30, 120  # as in deploy/prometheus/rules


def build() -> model.Dashboard:
    """The whole dashboard."""
    board = (
        dashboard.Dashboard("Claquewatch")
        .uid(UID)
        .description("What comes in, what is found, how soon, and who learns of it. Made by agents/dashboards.py.")
        .tags(["claquewatch"])
        .timezone("browser")
        .tooltip(model.DashboardCursorSync.CROSSHAIR)
        .time("now-1h", "now")
        .refresh("10s")
        .readonly()
        .variables([data_source(), runbooks()])
        .link(link("Runbooks", "${runbooks}/"))
    )
    for title, panels in _ROWS:
        board.with_row(dashboard.Row(title))
        for panel in panels():
            board.with_panel(panel)
    return _numbered(board.build())


def text() -> str:
    """The dashboard as the file holds it: the same bytes every time."""
    return json.dumps(build(), cls=JSONEncoder, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


# Rows, in the order of an operator's questions


def _detecting() -> Sequence[stat.Panel | dashboard.Panel]:
    return [
        number(
            "How many workers are up?",
            "Workers that answered the last scrape.",
            Ask('sum(up{job="claquewatch"})', "up"),
            units.NoUnit,
            [Step(None, RED), Step(1, YELLOW), Step(2, GREEN)],
            "ClaquewatchWorkerDown",
        ),
        number(
            "Are shows being judged?",
            "Panes of rooms judged each second. 0 while shows are on air is an alarm.",
            Ask("sum(rate(claquewatch_panes_judged_total[$__rate_interval]))", "panes"),
            units.CountsPerSecond,
            [Step(None, GREEN)],
            "ClaquewatchNotJudging",
        ),
        number(
            "How far behind is it?",
            "Event time from the newest event received to the watermark, in the slowest partition. Usual: 5 s.",
            Ask("max(claquewatch_lag_seconds)", "lag"),
            units.Seconds,
            [Step(None, GREEN), Step(10, YELLOW), Step(LAG_FIRES_S, RED)],
            "ClaquewatchLag",
        ),
        number(
            "How soon is evidence an alert? (p99, 1 h)",
            "From the broker's receipt of the newest evidence to the alert's commit.",
            Ask(quantile(0.99, "claquewatch_detection_latency_seconds_bucket", "1h"), "p99"),
            units.Seconds,
            [Step(None, GREEN), Step(USUAL_P99_S, YELLOW), Step(LAG_FIRES_S, RED)],
            "ClaquewatchLag",
        ),
        number(
            "Did a detector fail? (1 h)",
            "Events on which a detector raised, alerts not made again after a crash, holes in the log: all bugs.",
            Ask(
                "sum(increase(claquewatch_detector_failures_total[1h]))"
                " + sum(increase(claquewatch_divergence_total[1h]))"
                " + sum(increase(claquewatch_holes_total[1h]))",
                "failures",
            ),
            units.Short,
            [Step(None, GREEN), Step(0.5, RED)],
            "ClaquewatchDetectorFailed",
        ),
        number(
            "What was found? (1 h)",
            "Alerts committed, shadow and canary left out.",
            Ask('sum(increase(claquewatch_alerts_total{mode="live"}[1h]))', "alerts"),
            units.Short,
            [Step(None, GREEN)],
        ),
        firing(),
    ]


def _events() -> Sequence[timeseries.Panel]:
    return [
        lines(
            "What comes in, by topic?",
            "Events accepted, each second.",
            [Ask(f'sum by (topic) (rate(claquewatch_events_total{{{_IN}, outcome="accepted"}}{_NOW}))', "{{topic}}")],
            units.EventsPerSecond,
        ),
        lines(
            "What becomes of it?",
            "Events by outcome, each second. Late and duplicate ones are accepted first and found out in the log.",
            [
                Ask(f"sum by (outcome) (rate(claquewatch_events_total{{{_IN}}}{_NOW}))", "{{outcome}}"),
                Ask(
                    f'sum by (outcome) (rate(claquewatch_events_total{{{_LOG}, outcome=~"late|duplicate"}}{_NOW}))',
                    "{{outcome}}, in the log",
                ),
            ],
            units.EventsPerSecond,
        ),
        lines(
            "How much is late?",
            "Share of the log. More than a few in a hundred: senders need longer than the allowed lateness.",
            [
                Ask(
                    f'sum(rate(claquewatch_events_total{{{_LOG}, outcome="late"}}{_NOW}))'
                    f' / sum(rate(claquewatch_events_total{{{_LOG}, outcome="accepted"}}{_NOW}))',
                    "late",
                )
            ],
            units.PercentUnit,
            [Step(None, GREEN), Step(0.05, YELLOW)],
        ),
        lines(
            "What is rejected, and why?",
            "Records that are no event, by reason; live.rejected holds them. Under flood: sums of many.",
            [Ask(f"sum by (reason) (rate(claquewatch_rejected_total{_NOW}))", "{{reason}}")],
            units.EventsPerSecond,
            runbook="ClaquewatchRejects",
        ),
        bars(
            "Was an input trimmed or made anew?",
            "Partitions of inputs that go on from a new start, in five minutes: events that nobody read are gone.",
            [Ask("sum by (topic) (increase(claquewatch_resets_total[5m]))", "{{topic}}")],
            "ClaquewatchInputReset",
        ),
    ]


def _alerts() -> Sequence[timeseries.Panel]:
    latency = "claquewatch_detection_latency_seconds_bucket"
    return [
        bars(
            "Which schemes are seen?",
            "Alerts committed in five minutes, by scheme, shadow and canary left out.",
            [Ask('sum by (scheme) (increase(claquewatch_alerts_total{mode="live"}[5m]))', "{{scheme}}")],
            width=THIRD,
        ),
        bars(
            "How severe are they?",
            "Alerts committed in five minutes, by severity.",
            [Ask('sum by (severity) (increase(claquewatch_alerts_total{mode="live"}[5m]))', "{{severity}}")],
            width=THIRD,
        ),
        bars(
            "Which detector fails?",
            "Events on which a detector raised, in five minutes; it is set aside in that room until the show ends.",
            [Ask("sum by (scheme) (increase(claquewatch_detector_failures_total[5m]))", "{{scheme}}")],
            "ClaquewatchDetectorFailed",
            THIRD,
        ),
        lines(
            "How soon is evidence an alert?",
            "From the broker's receipt of the newest evidence to the commit, over 15 minutes. "
            "Half of them within 3.5 s and 99 in 100 within 5 s is usual: lateness and a pane are part of it.",
            [Ask(quantile(0.5, latency, "15m"), "p50"), Ask(quantile(0.99, latency, "15m"), "p99")],
            units.Seconds,
            [Step(None, GREEN), Step(USUAL_P99_S, YELLOW), Step(LAG_FIRES_S, RED)],
            "ClaquewatchLag",
        ),
        lines(
            "Which scheme is slow? (p99)",
            "The same by scheme.",
            [
                Ask(
                    f"histogram_quantile(0.99, sum by (scheme, le) (rate({latency}[15m])))",
                    "{{scheme}}",
                )
            ],
            units.Seconds,
            [Step(None, GREEN), Step(USUAL_P99_S, YELLOW), Step(LAG_FIRES_S, RED)],
            "ClaquewatchLag",
        ),
    ]


def _delivery() -> Sequence[timeseries.Panel]:
    latency = "claquewatch_notification_latency_seconds_bucket"
    return [
        bars(
            "Do alerts arrive?",
            "Attempts in five minutes, by outcome. Without endpoints there is nothing to deliver.",
            [
                Ask(
                    "sum by (endpoint, outcome) (increase(claquewatch_deliveries_total[5m]))",
                    "{{endpoint}} {{outcome}}",
                )
            ],
            "ClaquewatchWebhookFailing",
            THIRD,
        ),
        lines(
            "How soon do they arrive?",
            "From the alert's commit to the receiver's 2xx, over 15 minutes.",
            [Ask(quantile(0.5, latency, "15m"), "p50"), Ask(quantile(0.99, latency, "15m"), "p99")],
            units.Seconds,
            width=THIRD,
        ),
        lines(
            "How long has the oldest alert waited?",
            "By endpoint. An alert of a running show is worth little after its max_age_s.",
            [Ask("max by (endpoint) (claquewatch_oldest_pending_seconds)", "{{endpoint}}")],
            units.Seconds,
            [Step(None, GREEN), Step(PENDING_FIRES_S, RED)],
            "ClaquewatchWebhookFailing",
            THIRD,
        ),
    ]


def _workers() -> Sequence[stat.Panel | timeseries.Panel]:
    return [
        lines(
            "Which partition is behind?",
            "Event time between the newest event received and the watermark.",
            [Ask("max by (partition) (claquewatch_lag_seconds)", "{{partition}}")],
            units.Seconds,
            [Step(None, GREEN), Step(LAG_FIRES_S, RED)],
            "ClaquewatchLag",
        ),
        lines(
            "How old is the watermark?",
            "The clock less the event time up to which a partition was stepped. A recorded evening is old anyway.",
            [
                Ask(
                    "time() - max by (partition) (claquewatch_watermark_timestamp_seconds)",
                    "{{partition}}",
                )
            ],
            units.Seconds,
            runbook="ClaquewatchNotJudging",
        ),
        lines(
            "Who judges how much?",
            "Panes judged each second, by worker.",
            [Ask("sum by (instance) (rate(claquewatch_panes_judged_total[$__rate_interval]))", "{{instance}}")],
            units.CountsPerSecond,
            runbook="ClaquewatchNotJudging",
        ),
        lines(
            "How many rooms are in memory?",
            "On air, and kept because orders may still be cancelled and complaints come.",
            [Ask("sum by (kind) (claquewatch_rooms)", "{{kind}}")],
            units.Short,
        ),
        lines(
            "How long do snapshots take? (p99)",
            "One transaction with the rooms that changed. Alerts of that partition wait for it.",
            [Ask(quantile(0.99, "claquewatch_snapshot_seconds_bucket", "5m"), "p99")],
            units.Seconds,
        ),
        lines(
            "How much do snapshots write?",
            "Bytes of rooms saved each second, by worker.",
            [Ask("sum by (instance) (rate(claquewatch_snapshot_bytes_total[$__rate_interval]))", "{{instance}}")],
            units.BytesPerSecondIEC,
        ),
        lines(
            "How long does a takeover take?",
            "The mean since the worker started: fence, read the table, ready.",
            [
                Ask(
                    "sum by (instance) (claquewatch_recovery_seconds_sum)"
                    " / sum by (instance) (claquewatch_recovery_seconds_count)",
                    "{{instance}}",
                )
            ],
            units.Seconds,
        ),
        bars(
            "Do partitions move?",
            "Rebalances, fenced owners and workers that stand still, in five minutes. Often is a worker that dies.",
            [
                Ask("sum(increase(claquewatch_rebalances_total[5m]))", "rebalances"),
                Ask("sum(increase(claquewatch_fenced_total[5m]))", "fenced"),
                Ask("sum(max_over_time(claquewatch_stalled[5m]))", "stalled"),
            ],
            "ClaquewatchWorkerDown",
        ),
        name(
            "Which version runs?",
            "More than one: an upgrade is under way, or was forgotten half-way.",
            Ask("count by (version) (claquewatch_build_info)", "{{version}}"),
        ),
        name(
            "Which rules are in force?",
            "More than one version for longer than a minute: a partition's log stands still.",
            Ask("count by (version, hash) (claquewatch_ruleset_info == 1)", "{{version}} ({{hash}})"),
        ),
    ]


_ROWS: Final = (
    ("Is it detecting?", _detecting),
    ("Events: what comes in?", _events),
    ("Alerts: what is found?", _alerts),
    ("Delivery: who learns of it?", _delivery),
    ("Workers: how are they?", _workers),
)


def _numbered(board: model.Dashboard) -> model.Dashboard:
    """Panels get their ids by place: Grafana would number them anew at each load, and links to a panel would break."""
    for place, panel in enumerate(board.panels or [], 1):
        panel.id_val = place
    return board


# The command


def main(arguments: Sequence[str], target: Path = TARGET) -> int:
    """Write the file; with --check only say whether it is what the code makes."""
    if list(arguments) not in ([], ["--check"]):
        print("usage: python -m agents.dashboards [--check]", file=sys.stderr)
        return 2
    made, kept = text(), target.read_text(encoding="utf-8") if target.exists() else ""
    if not arguments:
        target.write_text(made, encoding="utf-8")
        return 0
    if made == kept:
        return 0
    changes = difflib.unified_diff(kept.splitlines(), made.splitlines(), "kept", "made", lineterm="", n=1)
    print(*list(changes)[:40], sep="\n")
    print(f"{target.name} is not what agents/dashboards.py makes: run `python -m agents.dashboards`", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
