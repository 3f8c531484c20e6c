"""The end of a demo: what was planted, found, missed and false, how fast, and how to go on. Pure."""

from collections.abc import Mapping
from typing import Any

from agents.demo.tally import SCHEMES, Tally
from worlds.recording import STRENGTHS


def report(
    tally: Tally,
    truth: Mapping[str, Any],
    until_ms: int,
    *,
    delivered: int,
    verified: int,
    bad: int,
    duplicates: int,
    restarts: int,
    metrics_url: str,
) -> list[str]:
    """Lines for a person. `until_ms`: the event time to which the evening was played."""
    lines = ["", "What was planted, and what was seen:"]
    pairs, early = tally.pairs(truth, until_ms)
    for scheme in SCHEMES:
        of_scheme = [pair for pair in pairs if pair.scheme == scheme]
        for strength in STRENGTHS:
            if planted := [pair for pair in of_scheme if pair.strength == strength]:
                missed = [pair.show_id for pair in planted if not pair.is_found]
                said = f"planted {len(planted)}, found {len(planted) - len(missed)}"
                lines.append(
                    f"  {scheme:22} {strength:9} {said}" + (f"; missed: {', '.join(missed)}" if missed else "")
                )
        clean = [pair for pair in of_scheme if pair.is_clean]
        false = [pair.show_id for pair in clean if pair.is_found]
        shows = f": {', '.join(false)}" if false else ""
        lines.append(f"  {scheme:22} false     {len(false)} of {len(clean)} clean shows{shows}")
        if later := [pair for pair in early if pair.scheme == scheme]:
            lines.append(f"  {scheme:22} too early planted {len(later)}; most of it comes after what was played")
    median, worst = tally.quantile_s(0.5), tally.quantile_s(0.99)
    lines += [
        f"Events: {sum(tally.sent.values()):,} sent, {tally.counted('accepted'):,} stepped, "
        f"{tally.counted('late')} late (0 expected), {tally.counted('duplicate')} duplicates, "
        f"{tally.counted('rejected')} rejected",
        f"Alerts: {len(tally.alerts)} of {len({alert.incident_id for alert in tally.alerts})} incidents"
        + (f"; newest evidence to first alert p50 {median:.1f} s, p99 {worst:.1f} s" if median and worst else ""),
        f"Webhooks: {delivered} delivered, {verified} signatures verified, {bad} bad, {duplicates} sent again",
    ]
    if restarts:
        lines.append(f"The worker died {restarts} time{'s' * (restarts > 1)} and was started again.")
    lines.append(f"Metrics were served at {metrics_url}")
    return lines


def how_to_go_on(broker: str | None, prefix: str, keeper_pid: int | None) -> list[str]:
    """The next commands for a newcomer."""
    lines = [""]
    if keeper_pid is not None and broker is not None:
        named = f"CLAQUEWATCH_BROKER={broker} " + (f"CLAQUEWATCH_PREFIX={prefix} " if prefix else "")
        lines += [
            f"Broker ({broker}), worker and receiver go on. Stop them with:  kill {keeper_pid}",
            f"Replay the evening:  {named}.venv/bin/claquewatch scan --broker --alerts -",
        ]
    lines += [
        "Go on:  .venv/bin/claquewatch simulate --out evening.jsonl --truth truth.json",
        "        .venv/bin/claquewatch scan evening.jsonl --alerts -",
        "        README, 'Connect your platform': your own events instead of invented ones",
    ]
    return lines
