"""The simplest rules, to compare with: each gives every show one number, and any number can be the threshold.

A rule that alarms on every show has recall 1, so they are compared at as many false alerts as the detectors have
(`trials.compare`).
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from math import exp, lgamma, log, log10, sqrt
from typing import Any, ClassVar, Protocol

WINDOW_MS = 30_000
MAX_BURST = 150  # accounts; pairs of larger bursts are not counted (as ALGORITHMS skips them)


class Rule(Protocol):
    """One rule in one show."""

    NAME: ClassVar[str]
    SCHEME: ClassVar[str]

    def observe(self, topic: str, value: Mapping[str, Any]) -> None:
        """Take one event of the show, in order of arrival."""
        ...

    @property
    def statistic(self) -> float:
        """The highest that was reached; more is more suspicious."""
        ...


def _order_act(topic: str, value: Mapping[str, Any]) -> str | None:
    return value["sku"] if topic == "live.orders" and value["status"] == "placed" else None


def _text_act(topic: str, value: Mapping[str, Any]) -> str | None:
    return value["text"].strip().lower() if topic == "live.comments" else None


class _Recent:
    """Who did each act within the last 30 s: (time, account), the oldest first."""

    def __init__(self) -> None:
        self._by_act: dict[str, deque[tuple[int, str]]] = {}

    def of(self, act: str, now_ms: int) -> deque[tuple[int, str]]:
        recent = self._by_act.setdefault(act, deque())
        while recent and recent[0][0] <= now_ms - WINDOW_MS:
            recent.popleft()
        return recent


class _Bursts:
    """How many accounts did the same within 30 s."""

    NAME: ClassVar[str] = "burst count"
    act = staticmethod(_order_act)

    def __init__(self) -> None:
        self._recent = _Recent()
        self.statistic = 0.0

    def observe(self, topic: str, value: Mapping[str, Any]) -> None:
        if (act := self.act(topic, value)) is None:
            return
        recent = self._recent.of(act, value["ts"])
        recent.append((value["ts"], value["account_id"]))
        self.statistic = max(self.statistic, float(len({account for _, account in recent})))


class OrderBursts(_Bursts):
    SCHEME: ClassVar[str] = "coordinated_purchases"


class TextBursts(_Bursts):
    SCHEME: ClassVar[str] = "paid_praise"
    act = staticmethod(_text_act)


class _SharedBursts:
    """CooRTweet's rule (Righetti and Balluff): pairs that share bursts; the number that three accounts reach."""

    NAME: ClassVar[str] = "shared bursts (CooRTweet)"
    act = staticmethod(_order_act)

    def __init__(self) -> None:
        self._recent = _Recent()
        self._shared: dict[tuple[str, str], set[tuple[str, int]]] = {}
        self._most: Counter[str] = Counter()  # by account, of its best pair

    def observe(self, topic: str, value: Mapping[str, Any]) -> None:
        if (act := self.act(topic, value)) is None:
            return
        at, account = value["ts"], value["account_id"]
        recent = self._recent.of(act, at)
        if len(recent) < MAX_BURST:
            for _, other in recent:
                if other != account:
                    keys = self._shared.setdefault((min(account, other), max(account, other)), set())
                    keys.add((act, at // 60_000))
                    for one in (account, other):
                        self._most[one] = max(self._most[one], len(keys))
        recent.append((at, account))

    @property
    def statistic(self) -> float:
        best = sorted(self._most.values(), reverse=True)
        return float(best[2]) if len(best) > 2 else 0.0


class SharedOrders(_SharedBursts):
    SCHEME: ClassVar[str] = "coordinated_purchases"


class SharedTexts(_SharedBursts):
    SCHEME: ClassVar[str] = "paid_praise"
    act = staticmethod(_text_act)


class BinomialCancels:
    """Cancels and refunds of an item against 10 %, by the exact binomial tail; -log10 of the smallest p."""

    NAME: ClassVar[str] = "plain binomial"
    SCHEME: ClassVar[str] = "fake_orders"
    USUAL: ClassVar[float] = 0.1

    def __init__(self) -> None:
        self._placed: Counter[str] = Counter()
        self._undone: Counter[str] = Counter()
        self.statistic = 0.0

    def observe(self, topic: str, value: Mapping[str, Any]) -> None:
        if topic != "live.orders":
            return
        sku = value["sku"]
        if value["status"] == "placed":
            self._placed[sku] += 1
        elif value["status"] in ("cancelled", "refunded"):
            self._undone[sku] += 1
            if self._undone[sku] >= 3:
                self.statistic = max(self.statistic, -_log10_tail(self._undone[sku], self._placed[sku], self.USUAL))


def _log10_tail(count: int, of: int, p: float) -> float:
    """log10 P(X >= count) of a binomial variable; terms fall fast above the mean, so that few are summed."""
    of = max(of, count)
    logs = [
        lgamma(of + 1) - lgamma(k + 1) - lgamma(of - k + 1) + k * log(p) + (of - k) * log(1 - p)
        for k in range(count, min(of, count + 200) + 1)
    ]
    top = max(logs)
    return min(0.0, (top + log(sum(exp(one - top) for one in logs))) / log(10))


class EarsC2:
    """Complaints in bins of 4 hours against the mean and deviation of 7 bins, two bins earlier (Fricker, 2008)."""

    NAME: ClassVar[str] = "EARS C2"
    SCHEME: ClassVar[str] = "complaint_surge"
    BIN_MS: ClassVar[int] = 4 * 3_600_000

    def __init__(self) -> None:
        self._bins: Counter[int] = Counter()
        self.statistic = 0.0

    def observe(self, topic: str, value: Mapping[str, Any]) -> None:
        if topic != "live.complaints":
            return
        now = value["ts"] // self.BIN_MS
        self._bins[now] += 1
        if self._bins[now] < 5:
            return
        before = [self._bins[now - lag] for lag in range(3, 10)]
        mean = sum(before) / 7
        deviation = max(0.2, sqrt(sum((count - mean) ** 2 for count in before) / 6))
        self.statistic = max(self.statistic, (self._bins[now] - mean) / deviation)


class LossLines:
    """How many lines were placed below their cost."""

    NAME: ClassVar[str] = "lines below cost"
    SCHEME: ClassVar[str] = "loss_selling"

    def __init__(self) -> None:
        self.statistic = 0.0

    def observe(self, topic: str, value: Mapping[str, Any]) -> None:
        if topic == "live.orders" and value["status"] == "placed" and "unit_cost_minor" in value:
            self.statistic += value["amount_minor"] < value["unit_cost_minor"] * value["quantity"]


class JoinRate:
    """Joins of a minute against the show's average minute so far; 50 joins at least."""

    NAME: ClassVar[str] = "join rate"
    SCHEME: ClassVar[str] = "inflated_viewers"

    def __init__(self) -> None:
        self._recent: deque[int] = deque()
        self._joins = 0
        self._began = 0
        self.statistic = 0.0

    def observe(self, topic: str, value: Mapping[str, Any]) -> None:
        if topic != "live.joins" or value["action"] != "join":
            return
        at = value["ts"]
        if not self._joins:
            self._began = at
        self._joins += 1
        self._recent.append(at)
        while self._recent[0] <= at - 60_000:
            self._recent.popleft()
        if len(self._recent) >= 50:
            usual = self._joins / max(1.0, (at - self._began) / 60_000)
            self.statistic = max(self.statistic, len(self._recent) / usual)


class MidasR:
    """MIDAS-R (Bhatia and others, AAAI 2020) on joins: edges from a network to a source, in ticks of a minute.

    Counts are kept exactly instead of in sketches; the highest of the scores of edge and both nodes is taken.
    """

    NAME: ClassVar[str] = "MIDAS-R"
    SCHEME: ClassVar[str] = "inflated_viewers"
    DECAY: ClassVar[float] = 0.5

    def __init__(self) -> None:
        self._now: dict[tuple[str, str], float] = {}
        self._total: Counter[tuple[str, str]] = Counter()
        self._tick = 0
        self._first = 0
        self.statistic = 0.0

    def observe(self, topic: str, value: Mapping[str, Any]) -> None:
        if topic != "live.joins" or value["action"] != "join":
            return
        tick = value["ts"] // 60_000
        self._first = self._first or tick - 1
        if tick > self._tick:
            decay = self.DECAY ** (tick - self._tick) if self._tick else 0.0
            self._now = {key: count * decay for key, count in self._now.items() if count * decay > 0.01}
            self._tick = tick
        network, source = value.get("ip_prefix") or "", value.get("source") or ""
        for key in ((network, source), (network, "*"), ("*", source)):
            self._now[key] = self._now.get(key, 0.0) + 1
            self._total[key] += 1
            passed, total = self._tick - self._first, self._total[key]
            if passed > 1 and self._now[key] > total / passed:
                score = (self._now[key] - total / passed) ** 2 * passed**2 / (total * (passed - 1))
                self.statistic = max(self.statistic, log10(1 + score))


RULES: tuple[type[Rule], ...] = (
    OrderBursts,
    SharedOrders,
    TextBursts,
    SharedTexts,
    BinomialCancels,
    LossLines,
    JoinRate,
    MidasR,
    EarsC2,
)
