"""The worst misses and false alarms, and for each of them what was true and what was said in that show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

from streams.alerts import Signal
from trials.details import MOST_SHOWN, Detail, Saying, worst_false, worst_misses
from trials.markup import Safe, el, table
from trials.page.words import called, duration
from trials.pairs import Pair
from trials.report import Report

Show = tuple[int, str]  # seed, show


def section(report: Report) -> Safe:
    """Both tables of every scheme, and the shows that they lead to."""
    known: Mapping[Show, Detail] = {(detail.seed, detail.show_id): detail for detail in report.details}
    tables: list[Safe] = []
    led_to: dict[Show, None] = {}
    for scheme in report.schemes:
        pairs = [pair for pair in report.pairs if pair.scheme == scheme]
        for misses, of in ((True, worst_misses(pairs)), (False, worst_false(pairs))):
            if of:
                tables.append(_table(scheme, of, misses, known))
                led_to |= dict.fromkeys((pair.seed, pair.show_id) for pair in of[:MOST_SHOWN])
    return el(
        "section",
        el("h2", "Misses and false alarms"),
        *(tables or [el("p", "There is none.")]),
        *(_detail(known[show]) for show in led_to if show in known),
        id="wrong",
    )


def _table(scheme: str, of: Sequence[Pair], misses: bool, known: Mapping[Show, Detail]) -> Safe:
    what = "missed" if misses else "false alarms"
    more = f", the worst {MOST_SHOWN} of {len(of)}" if len(of) > MOST_SHOWN else f": {len(of)}"
    heads = ["show", "score", "audience", "innocent in it"]
    heads[1:1] = ["strength", "disguises", "accounts staged"] if misses else ["names the crew of"]
    rows = []
    for pair in of[:MOST_SHOWN]:
        name = f"seed {pair.seed}, {pair.show_id}"
        linked = el("a", name, href=f"#{_anchor(pair.seed, pair.show_id)}")
        first: str = linked if (pair.seed, pair.show_id) in known else name
        row = [first, f"{pair.score:.2f}", f"{pair.audience:,}", _names(pair.negatives)]
        row[1:1] = (
            [pair.strength or "", _names(pair.disguises), str(pair.planted)]
            if misses
            else [called(pair.taken_from or "nobody")]
        )
        rows.append(row)
    return table(f"{called(scheme)}, {what}{more}", heads, rows)


def _names(of: Iterable[str]) -> str:
    return ", ".join(called(name) for name in of) or "-"


def _anchor(seed: int, show_id: str) -> str:
    """The same for the same show, whatever stands in its name."""
    return f"show-{sha256(f'{seed}/{show_id}'.encode()).hexdigest()[:12]}"


def _detail(detail: Detail) -> Safe:
    planted = [
        (
            called(scheme),
            plant.strength,
            _names(plant.disguises),
            str(plant.accounts),
            str(plant.acts),
            f"{duration(plant.start - detail.start)} to {duration(plant.end - detail.start)}",
            duration(plant.third - detail.start),
        )
        for scheme, plant in detail.planted.items()
    ]
    heads = ["staged", "strength", "disguises", "accounts", "acts", "from and to", "a third done by"]
    return el(
        "article",
        el("h3", f"Seed {detail.seed}, {detail.show_id}"),
        el(
            "p",
            f"{duration(detail.end - detail.start)} on air, {detail.audience:,} accounts came; "
            f"innocent in it: {_names(detail.negatives)}. Times count from the beginning of the show.",
        ),
        table("The truth", heads, planted) if planted else el("p", "Nothing was staged."),
        *(_saying(saying, detail) for saying in detail.sayings),
        el("p", "No detector said anything, and none was near.") if not detail.sayings else None,
        el("p", el("a", "back to the tables", href="#wrong")),
        id=_anchor(detail.seed, detail.show_id),
    )


def _saying(saying: Saying, detail: Detail) -> Safe:
    kind = "alert" if saying.is_alert else "near miss"
    who = f", {saying.accounts:,} accounts" if saying.accounts else ""
    against = [el("li", sentence) for sentence in saying.counter_evidence]
    return el(
        "div",
        el(
            "h4", el("span", kind, class_=f"kind {'alert' if saying.is_alert else 'near'}"), f" {called(saying.scheme)}"
        ),
        el("p", saying.title),
        el("p", f"Score {saying.score:.2f}, at {duration(saying.at_ms - detail.start)}{who}.", class_="faded"),
        table(
            "What was observed",
            ["signal", "observed", "expected", "unit", "how unlikely"],
            [
                (
                    called(signal.name),
                    f"{signal.observed:.6g}",
                    f"{signal.expected:.3g}",
                    signal.unit,
                    _unlikely(signal),
                )
                for signal in saying.signals
            ],
        )
        if saying.signals
        else None,
        el("p", "Against it:") if against else None,
        el("ul", *against) if against else None,
        el("p", saying.counterfactual) if saying.counterfactual else None,
        class_="saying",
    )


def _unlikely(signal: Signal) -> str:
    if signal.bits is not None:
        return f"{signal.bits:.1f} bits"
    return f"p = {signal.p:.2g}" if signal.p is not None else "-"
