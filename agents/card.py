"""The card: what a moderator decides from within ten seconds. Pure: an alert in, its card out.

Headline; why now and how sure; an evidence strip with masked accounts; what speaks against it; what would have
cleared it; what is at stake and since when. Accounts are masked, digits of phone length are blotted out, characters
that could steer a terminal or turn text around are dropped. Every list and text is bounded, so any alert fits into a
webhook.
"""

import math
import re
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, Final

import msgspec
import xxhash

from streams.alerts import Alert, Evidence, Signal

MAX_SIGNALS: Final = 3
MAX_ACTS: Final = 5
MAX_AGAINST: Final = 5
MAX_TRAITS: Final = 5
MAX_SENTENCE_CHARS: Final = 240
MAX_EXCERPT_CHARS: Final = 120
MAX_ID_CHARS: Final = 100
SPARK_CELLS: Final = 24
SPARKS: Final = "▁▂▃▄▅▆▇█"
SHARED: Final = "shared_"  # signals of this name say what the accounts have in common

# characters that steer a terminal or a line (C0, C1, line and paragraph separators) or turn the direction of text
_STEERING: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200e\u200f\ufeff]+")
_PHONE: Final = re.compile(r"\+?\d(?:[ \-]?\d){6,}")  # seven digits or more: phones, cards, addresses of payment
_ACTS: Final = {
    "live.joins": "join",
    "live.comments": "comment",
    "live.orders": "order",
    "live.complaints": "complaint",
}
_WITHOUT_CENTS: Final = frozenset({"JPY", "KRW", "VND", "CLP", "ISK", "UGX", "XAF", "XOF"})


class Figure(msgspec.Struct, frozen=True):
    """One signal in words: observed against usual, and where it is a test how often chance does it."""

    name: str
    observed: str
    usual: str
    chance: str | None = None

    @property
    def sentence(self) -> str:
        chance = f", by chance {self.chance}" if self.chance else ""
        return f"{self.name}: {self.observed} (usual: {self.usual}{chance})"


class Act(msgspec.Struct, frozen=True):
    """One sample of the evidence; `offset_s` counts from the first act."""

    offset_s: float
    account: str  # masked
    kind: str
    excerpt: str

    @property
    def sentence(self) -> str:
        return f"+{_plain(self.offset_s)} s  {self.account}  {self.kind}: {self.excerpt}"


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """What is shown of one revision of an incident. Times are ms of event time."""

    headline: str
    incident: str  # its short name, which every revision carries
    where: str  # scheme, room and show
    severity: str
    status: str
    revision: int
    score: float
    why: list[Figure]
    accounts_total: int
    traits: list[str]
    acts: list[Act]
    acts_total: int
    spark: str  # acts over the window
    spark_of: int  # how many acts it counts
    against: list[str]
    against_left_out: int
    cleared_by: str
    viewers: int
    orders: int
    sales: str | None
    first_ms: int
    last_ms: int


def card_of(alert: Alert) -> Card:
    """The card of an alert, the same for the same alert."""
    hide = _Hide(alert)
    acts = _strip(alert.evidence)
    first_ms = min((act.ts for act in alert.evidence), default=alert.window.start)
    last_ms = max((act.ts for act in alert.evidence), default=alert.window.end)
    return Card(
        headline=_headline(alert, hide),
        incident=short_id(alert.incident_id),
        where=_where(alert),
        severity=alert.severity,
        status=alert.status,
        revision=alert.revision,
        score=alert.score,
        why=[_figure(signal) for signal in _strongest(alert.signals)],
        accounts_total=alert.accounts_total,
        traits=[
            f"{_words(signal.name.removeprefix(SHARED))} x{_number(signal.observed)}"
            for signal in alert.signals
            if signal.name.startswith(SHARED)
        ][:MAX_TRAITS],
        acts=[
            Act(
                offset_s=round((act.ts - first_ms) / 1000, 1),
                account=mask(act.account_id),
                kind=_ACTS.get(act.topic, "act"),
                excerpt=hide(act.excerpt, MAX_EXCERPT_CHARS),
            )
            for act in acts
        ],
        acts_total=alert.evidence_total,
        spark=sparkline([act.ts for act in alert.evidence], first_ms, last_ms),
        spark_of=len(alert.evidence),
        against=[hide(sentence, MAX_SENTENCE_CHARS) for sentence in alert.counter_evidence[:MAX_AGAINST]],
        against_left_out=max(0, len(alert.counter_evidence) - MAX_AGAINST),
        cleared_by=hide(alert.counterfactual.sentence, MAX_SENTENCE_CHARS),
        viewers=alert.impact.viewers,
        orders=alert.impact.orders,
        sales=_money(alert.impact.amount_minor, alert.impact.currency),
        first_ms=first_ms,
        last_ms=last_ms,
    )


def lines(card: Card) -> list[str]:
    """The card as plain text, one thing a line."""
    text = [
        card.headline,
        f"  where: {card.where}; incident {card.incident}",
        f"  why: score {card.score:.2f}" + "".join(f"; {figure.sentence}" for figure in card.why),
    ]
    if card.accounts_total:
        traits = f"; shared: {', '.join(card.traits)}" if card.traits else ""
        text.append(f"  who: {_count(card.accounts_total, 'account')}{traits}")
    text += [f"  {act.sentence}" for act in card.acts]
    if card.spark:
        text.append(f"  {card.spark}  {acts_sentence(card)}")
    text += [f"  against: {sentence}" for sentence in against_sentences(card)]
    if card.cleared_by:
        text.append(f"  cleared by: {card.cleared_by}")
    text += [f"  at stake: {stake_sentence(card)}", f"  clock: {clock_sentence(card)}"]
    return text


def as_dict(card: Card, alert: Alert) -> dict[str, Any]:
    """The card with the ids that lead to it, as a webhook carries it; below 17 kB as JSON."""
    return {
        "alert_id": _bounded(alert.alert_id),
        "incident_id": _bounded(alert.incident_id),
        "revision": card.revision,
        "status": card.status,
        "resolved_reason": alert.resolved_reason,
        "scheme": _bounded(alert.scheme),
        "severity": card.severity,
        "score": card.score,
        "room_id": _bounded(alert.room_id),
        "show_id": _bounded(alert.show_id),
        "seller_id": None if alert.seller_id is None else _bounded(alert.seller_id),
        "crew_id": None if alert.crew_id is None else _bounded(alert.crew_id),
        "event_ts": alert.event_ts,
        "detected_at": alert.detected_at,
        "headline": card.headline,
        "signals": [
            {"name": figure.name, "observed": figure.observed, "usual": figure.usual, "chance": figure.chance}
            for figure in card.why
        ],
        "signals_left_out": len(alert.signals) - len(card.why),
        "accounts_total": card.accounts_total,
        "shared": card.traits,
        "evidence": [
            {"offset_s": act.offset_s, "account": act.account, "kind": act.kind, "excerpt": act.excerpt}
            for act in card.acts
        ],
        "evidence_total": card.acts_total,
        "evidence_left_out": max(0, card.acts_total - len(card.acts)),
        "sparkline": card.spark,
        "counter_evidence": card.against,
        "counter_evidence_left_out": card.against_left_out,
        "cleared_by": card.cleared_by,
        "impact": {
            "viewers": card.viewers,
            "orders": card.orders,
            "amount_minor": alert.impact.amount_minor,
            "currency": None if alert.impact.currency is None else _cut(_cleaned(alert.impact.currency), 12),
        },
        "first_evidence_ts": card.first_ms,
        "last_evidence_ts": card.last_ms,
        "ruleset": {"version": alert.ruleset.version, "hash": _bounded(alert.ruleset.hash)},
    }


def mask(account_id: str) -> str:
    """An account in a form that tells accounts apart without naming them: `u_9f..3a`, the middle hidden.

    At least half of the id is hidden; one of fewer than 8 characters shows as a hash (`#4c..1e`).
    """
    account_id = _cleaned(account_id)
    if len(account_id) < 8:
        hashed = xxhash.xxh3_64_hexdigest(account_id.encode())
        return f"#{hashed[:2]}..{hashed[-2:]}"
    shown = len(account_id) // 2
    return f"{account_id[: min(4, shown - 2)]}..{account_id[-2:]}"


def sparkline(times_ms: list[int], start_ms: int, end_ms: int) -> str:
    """Acts over time as a picture in text; empty for fewer than two, or all in one moment."""
    span_ms = end_ms - start_ms
    if len(times_ms) < 2 or span_ms <= 0:
        return ""
    cells = [0] * SPARK_CELLS
    for at_ms in times_ms:
        cells[min(SPARK_CELLS - 1, max(0, (at_ms - start_ms) * SPARK_CELLS // span_ms))] += 1
    highest = max(cells)
    return "".join(SPARKS[math.ceil(count * (len(SPARKS) - 1) / highest)] for count in cells)


def acts_sentence(card: Card) -> str:
    """How many acts, in what time, and how many of them the picture counts."""
    within = f"{_count(card.acts_total, 'act')} within {_duration(card.last_ms - card.first_ms)}"
    return within if card.spark_of >= card.acts_total else f"{within} ({card.spark_of} strongest drawn)"


def against_sentences(card: Card) -> list[str]:
    """What speaks against it, and that nothing does where nothing does."""
    if not card.against:
        return ["nothing known"]
    more = [f"and {card.against_left_out} more"] if card.against_left_out else []
    return card.against + more


def stake_sentence(card: Card) -> str:
    """What is at stake."""
    sales = f", {card.sales}" if card.sales else ""
    return f"{_count(card.viewers, 'viewer')}, {_count(card.orders, 'order')}{sales}"


def clock_sentence(card: Card) -> str:
    """Since when: event time, UTC."""
    return f"first evidence {_clock(card.first_ms)} UTC, newest {_clock(card.last_ms)} UTC"


class _Hide:
    """Makes a text fit to be read by many: account ids masked, long digits blotted out, cut to its bound."""

    def __init__(self, alert: Alert) -> None:
        ids = {suspect.account_id for suspect in alert.accounts} | {act.account_id for act in alert.evidence}
        # "5" or "flower" are more often a number or a word than that account
        self._ids = frozenset(an_id for an_id in ids if len(an_id) >= 5 and any(map(str.isdigit, an_id)))

    def __call__(self, text: str, max_chars: int) -> str:
        text = _cleaned(text[: 4 * max_chars])
        # every word that is an account; ids are looked up by word, for a search of 5,000 ids in each text is slow
        text = _WORD.sub(lambda word: mask(word[0]) if word[0] in self._ids else word[0], text)
        return _cut(_PHONE.sub("[digits]", text), max_chars)


_WORD: Final = re.compile(r"[\w\-]+")


def short_id(incident_id: str) -> str:
    """An incident by a name that a person can compare at a glance: `i_9f4d23`."""
    return _cleaned(incident_id)[:8]


def _where(alert: Alert) -> str:
    room, show = _cut(_cleaned(alert.room_id), 40), _cut(_cleaned(alert.show_id), 40)
    return f"{_words(alert.scheme)}; room {room}, show {show}"


def _headline(alert: Alert, hide: _Hide) -> str:
    title = hide(alert.title, MAX_SENTENCE_CHARS)
    severity = alert.severity.upper()
    match alert.status:
        case "resolved":
            reason = (alert.resolved_reason or "").replace("_", " ")
            return f"RESOLVED ({reason}): {title}" if reason else f"RESOLVED: {title}"
        case "update":
            return f"{severity}, revision {alert.revision}: {title}"
        case _:
            return f"{severity}: {title}"


def _strongest(signals: list[Signal]) -> list[Signal]:
    """The three that say most; what the accounts share has a line of its own."""
    own = [signal for signal in signals if not signal.name.startswith(SHARED)]
    return sorted(own, key=_strength_bits, reverse=True)[:MAX_SIGNALS]


def _strength_bits(signal: Signal) -> float:
    """Bits, else the bits of its p, else how many doublings it lies from what is usual."""
    if signal.bits is not None:
        return signal.bits
    if signal.p is not None:
        return -math.log2(max(signal.p, 1e-300))
    observed, expected = abs(signal.observed), abs(signal.expected)
    if not (math.isfinite(observed) and math.isfinite(expected)):
        return 0.0
    return abs(math.log2((observed + 0.01) / (expected + 0.01)))


def _figure(signal: Signal) -> Figure:
    unit = _cut(_cleaned(signal.unit), 40)
    return Figure(
        name=_words(signal.name),
        observed=_with_unit(signal.observed, unit),
        usual=_number(signal.expected) if unit != "share" else _with_unit(signal.expected, unit),
        chance=_chance(signal),
    )


def _chance(signal: Signal) -> str | None:
    """How often chance does it: `1 in 4,000`; beyond a million million the figure says no more."""
    if signal.p is not None:
        odds = 1 / max(signal.p, 1e-300)
    elif signal.bits is not None:
        odds = 2.0 ** min(signal.bits, 1_000)
    else:
        return None
    if odds < 2:
        return None
    if odds > 1e12:
        return "less than 1 in 10^12"
    return f"1 in {odds:,.0f}" if odds < 1e6 else f"1 in 10^{math.floor(math.log10(odds))}"


def _strip(evidence: list[Evidence]) -> list[Evidence]:
    """The strongest acts, of as many accounts as there are, in the order in which they happened."""
    chosen: list[Evidence] = []
    accounts: set[str] = set()
    for act in evidence:
        if len(chosen) < MAX_ACTS and act.account_id not in accounts:
            accounts.add(act.account_id)
            chosen.append(act)
    for act in evidence:
        if len(chosen) >= MAX_ACTS:
            break
        if not any(act is other for other in chosen):
            chosen.append(act)
    return sorted(chosen, key=lambda act: (act.ts, act.event_id))


def _with_unit(value: float, unit: str) -> str:
    if unit == "share":
        return f"{value * 100:.3g} %"
    return f"{_number(value)} {unit}".strip()


def _number(value: float) -> str:
    if not math.isfinite(value):
        return str(value)
    if abs(value) >= 1e15:
        return f"{value:.3g}"
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.1f}" if abs(value) >= 100 else f"{value:.3g}"


def _plain(value: float) -> str:
    return f"{value:g}" if value < 100 else f"{value:.0f}"


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _money(amount_minor: int, currency: str | None) -> str | None:
    if not amount_minor or currency is None:
        return None
    currency = _cut(_cleaned(currency), 12)
    if currency.upper() in _WITHOUT_CENTS:
        return f"{amount_minor:,} {currency}"
    return f"{amount_minor / 100:,.2f} {currency}"


_STEPS: Final = ((1, "s"), (60, "min"), (3600, "h"), (86_400, "days"))


def _duration(span_ms: int) -> str:
    span_s = span_ms / 1000
    for (step_s, unit), (next_s, _) in pairwise(_STEPS):
        if span_s < 2 * next_s:
            return f"{_number(round(span_s / step_s))} {unit}"
    return f"{_number(round(span_s / 86_400))} days"


def _clock(at_ms: int) -> str:
    try:
        return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
    except (ValueError, OverflowError, OSError):
        return "unknown"


def _words(name: str) -> str:
    return _cut(_cleaned(name).replace("_", " "), 60)


def _cleaned(text: str) -> str:
    return _STEERING.sub(" ", text)


def _cut(text: str, max_chars: int) -> str:
    text = text.strip()
    return text if len(text) <= max_chars else text[: max_chars - 1].rstrip() + "…"


def _bounded(an_id: str) -> str:
    return _cut(_cleaned(an_id), MAX_ID_CHARS)
