"""Loss selling: goods sold below cost to boost the figure."""

from collections import Counter
from typing import ClassVar, Final

import msgspec

from streams.alerts import (
    MAX_EVIDENCE,
    MAX_EXCERPT_CHARS,
    Counterfactual,
    Evidence,
    Impact,
    Signal,
    Window,
    rounded,
)
from streams.events import Event, Order
from streams.evidence.ledger import Catalogue, Ledger, Sale, arithmetic
from streams.evidence.promises import ANNOUNCING, Bought, Loss, not_announced, promises_of
from streams.evidence.stretch import NO_STRETCH, Stretch, stretch
from streams.evidence.surprise import score_of
from streams.finding import Finding, wakes_at_ms
from streams.show import ShowState
from streams.wording import money

NEVER: Final = 2**63 - 1  # ms
MANY: Final = 32  # orders that lost money, announced or not: looking at them costs time
ALL_ITEMS: Final = "show"  # the subject of losses that are spread over items
OPENLY_SHARE: Final = 0.9  # of an item's orders since its list price fell, that are at that price: for everybody
LOWERED_RATIO: Final = 0.95  # of its highest list price, below which a list price has fallen
LISTED_RATIO: Final = 0.97  # of the list price, from which on nothing was taken off it


class Suspicion(msgspec.Struct, frozen=True):
    """Losses of one item, or of the show, that nobody announced."""

    subject: str
    losses: list[Loss]  # by time
    orders: int  # of this item, or of the show
    found: Stretch


class LossSelling(msgspec.Struct, frozen=True, kw_only=True):
    """Orders that bring in less than their goods cost, more of them than a shop has by mistake, and unannounced.

    Reads orders. A ledger: what the buyer paid and the platform added, less the cost of all lines of the order; an item
    whose cost is not told costs at least a share of what is usually paid for it. More losses than usual in any stretch
    of an item's orders, or of the show's, fire; what a promotion announced is left out within its units, budget and
    time. State: one row for each order, at most `max_orders`, about 100 bytes for each line. Looks when an order lost
    money, at most every `look_every_ms`. Blind to losses inside what was announced, to an item whose cost is never told
    and that is mostly sold at a loss, to part refunds, orders for nothing, and a list price that falls for everybody.
    Source: arithmetic; Page's CUSUM (Biometrika 1954) over the share of orders below cost.
    """

    SCHEME: ClassVar[str] = "loss_selling"
    READS: ClassVar[tuple[type[Event], ...]] = (Order,)
    State: ClassVar[type] = Ledger
    Past: ClassVar[type] = Catalogue

    fire_bits: float = 12.0  # from the trials
    min_orders: int = 3  # that lost money; guess
    usual_loss_share: float = 0.001  # of a shop's orders, that lose money unannounced: wrong prices, samples; guess
    usual_least_cost_share: float = 0.35  # of what is paid for an item, that it costs at least; guess
    least_loss_ratio: float = 0.07  # of its cost, that an order must lose to count; guess, a coupon may take so much
    unsaid_units: int = 60  # that an announcement covers which says neither units nor a budget; guess
    slack_ratio: float = 0.1  # beyond what was announced: orders that come at the same moment; guess
    settle_ms: int = 1_000  # until then lines of one order may come one after the other; guess
    look_every_ms: int = 10_000  # of event time, after a look that found something or had much to look at
    max_orders: int = 8_000  # of a show; beyond it the oldest are forgotten

    def observe(self, state: Ledger, show: ShowState, event: Order) -> None:
        state.take(event, self, show.past.get(self.SCHEME))

    def due_ms(self, state: Ledger) -> int | None:
        if not state.coming:
            return state.next_ms if state.changed else None
        return min(state.next_ms, state.coming[0][0]) if state.changed else state.coming[0][0]

    def wake_ms(self, state: Ledger, now_ms: int) -> int | None:
        return wakes_at_ms(self.due_ms(state), now_ms)

    def judge(self, state: Ledger, show: ShowState, now_ms: int) -> list[Finding]:
        state.settle(NEVER if show.is_over else now_ms, self)
        if not state.changed or (now_ms < state.next_ms and not show.is_over):
            return []
        state.changed = False
        findings = [self._finding(suspicion, state, show) for suspicion in self._suspicions(state, show)]
        if findings or len(state.losing) > MANY:
            state.next_ms = now_ms + self.look_every_ms
        return findings

    def ended(self, state: Ledger, show: ShowState) -> None:
        if (past := show.past.get(self.SCHEME)) is not None:
            past.remember(state)

    # -- what is suspected ------------------------------------------------------------------------------------

    def _suspicions(self, state: Ledger, show: ShowState) -> list[Suspicion]:
        losses = sorted((self._loss_of(state.sales[order_id], state) for order_id in state.losing), key=_when)
        left = not_announced(losses, promises_of(show.markers, self.unsaid_units, self.slack_ratio))
        suspicions = []
        while True:
            near = [s for s in (self._of_item(sku, left, state) for sku in _items_of(left)) if self._is_near(s)]
            best = max((s for s in near if self._fires(s)), key=_weight, default=None)
            if best is None:
                break
            # what one item explains is not held against another that was in the same orders
            suspicions.append(best)
            left = [loss for loss in left if best.subject not in loss.items]
        spread = Suspicion(ALL_ITEMS, left, state.orders, self._stretch([loss.at for loss in left]))
        if _is_spread(left) and self._is_near(spread):
            near.append(spread)
        return suspicions + near

    def _of_item(self, sku: str, losses: list[Loss], state: Ledger) -> Suspicion:
        of_item = [loss for loss in losses if sku in loss.items]
        found = self._stretch(sorted(loss.items[sku].at for loss in of_item))
        if _is_open_to_all(sku, of_item, state.sold[sku]):
            found = NO_STRETCH
        return Suspicion(sku, of_item, state.sold[sku], found)

    def _loss_of(self, sale: Sale, state: Ledger) -> Loss:
        """What an order lost, as it stands."""
        lines = [line for line in sale.lines if not line.gone]
        stands = state.costs.sum_of(lines, self.usual_least_cost_share)
        items = {}
        for line in lines:
            if line.amount_minor:
                listed = line.list_price_minor
                fell = listed is not None and listed < LOWERED_RATIO * state.listed.get(line.sku, 0)
                paid = line.amount_minor + line.platform_minor
                as_listed = fell and paid >= int(LISTED_RATIO * (listed or 0) * line.quantity)
                items[state.name_of(line.sku)] = Bought(line.at, as_listed)
        return Loss(sale, stands.loss_minor, stands.cost_minor, sale.at, items)

    def _stretch(self, places: list[int]) -> Stretch:
        return stretch(places, self.usual_loss_share)

    def _fires(self, s: Suspicion) -> bool:
        return len(s.losses) >= self.min_orders and s.found.bits >= self.fire_bits

    def _is_near(self, s: Suspicion) -> bool:
        return 2 * len(s.losses) >= self.min_orders and 2 * s.found.bits >= self.fire_bits

    # -- what is said -----------------------------------------------------------------------------------------

    def _finding(self, s: Suspicion, state: Ledger, show: ShowState) -> Finding:
        """The arithmetic, line by line, the greatest loss first, and the total."""
        worst = sorted(s.losses, key=lambda loss: (-loss.loss_minor, loss.at))
        acts = [act for loss in worst for act in self._acts(loss, state)]
        times = [act.ts for act in acts]
        lost, cost = sum(loss.loss_minor for loss in worst), sum(loss.cost_minor for loss in worst)
        currencies = {loss.sale.currency: True for loss in worst}
        currency = next(iter(currencies)) if len(currencies) == 1 else None
        usual, bits = self.usual_loss_share * s.orders, rounded(s.found.bits)
        return Finding(
            scheme=self.SCHEME,
            fires=self._fires(s),
            score=rounded(score_of(s.found.bits, self.fire_bits)),
            title=_title(s, lost, cost, currency, usual),
            window=Window(min(times), max(times)),
            signals=[
                Signal("orders_below_cost", float(len(worst)), rounded(usual), "orders", bits=bits),
                Signal("lost", float(lost), 0.0, "minor units", bits=0.0),
                Signal("lost_of_cost", rounded(lost / cost), 0.0, "share", bits=0.0),
            ],
            accounts=[],
            evidence=acts[:MAX_EVIDENCE],
            evidence_total=len(acts),
            counter_evidence=self._counter_evidence(s, state, show),
            counterfactual=self._counterfactual(s, worst, lost),
            impact=Impact(show.presence.here, len(worst), lost if currency else 0, currency),
            subject=s.subject,
        )

    def _acts(self, loss: Loss, state: Ledger) -> list[Evidence]:
        """The lines of an order that stand, each with its arithmetic."""
        sale, acts = loss.sale, []
        for line in sale.lines:
            if line.gone:
                continue
            cost, told = state.costs.of(line, self.usual_least_cost_share)
            said = f"{line.quantity} x {line.sku}: {arithmetic(line, cost, told, sale.currency)}"
            acts.append(
                Evidence(line.event_id, "live.orders", line.placed_ms, sale.account_id, said[:MAX_EXCERPT_CHARS])
            )
        return acts

    def _counter_evidence(self, s: Suspicion, state: Ledger, show: ShowState) -> list[str]:
        said = []
        announced = [m for m in show.markers if m.action in ANNOUNCING]
        if announced:
            what = "1 sale or lottery was" if len(announced) == 1 else f"{len(announced)} sales or lotteries were"
            said.append(f"{what} announced in this show; what they cover is left out.")
        guessed = sum(1 for loss in s.losses if not state.costs.sum_of(loss.sale.lines, 1.0).sure)
        if guessed:
            said.append(f"{guessed} of {len(s.losses)} orders hold goods whose cost was not told.")
        buyers = len({loss.sale.account_id: True for loss in s.losses})
        if 2 * buyers <= len(s.losses):
            said.append(f"All {len(s.losses)} orders are of {buyers} accounts.")
        return said

    def _counterfactual(self, s: Suspicion, worst: list[Loss], lost: int) -> Counterfactual:
        """How many of the orders that lost most would have had to be at cost."""
        fewer, left = 0, s
        while self._fires(left):
            fewer += 1
            rest = worst[fewer:]
            places = sorted(loss.at if s.subject == ALL_ITEMS else loss.items[s.subject].at for loss in rest)
            left = msgspec.structs.replace(s, losses=rest, found=self._stretch(places))
        numbers = {
            "bits": rounded(s.found.bits),
            "threshold_bits": self.fire_bits,
            "orders_fewer": float(fewer),
            "lost_minor": float(lost),
            "minor_less": float(sum(loss.loss_minor for loss in worst[:fewer])),
        }
        if fewer:
            what = "the order that lost most" if fewer == 1 else f"the {fewer} orders that lost most"
            return Counterfactual(f"With {what} at cost, or announced, it would have stayed silent.", numbers)
        return Counterfactual(
            f"It is at {s.found.bits:.1f} bits and {len(worst)} orders; "
            f"{self.fire_bits:g} bits and {self.min_orders} orders are needed.",
            numbers,
        )


def _when(loss: Loss) -> tuple[int, int]:
    return loss.sale.placed_ms, loss.at


def _weight(s: Suspicion) -> tuple[int, float, str]:
    return len(s.losses), s.found.bits, s.subject


def _items_of(losses: list[Loss]) -> Counter[str]:
    """In how many of these orders each item was paid for."""
    return Counter(sku for loss in losses for sku in loss.items)


def _is_spread(losses: list[Loss]) -> bool:
    """Whether no item is in half of the orders."""
    return 2 * max(_items_of(losses).values(), default=0) < len(losses)


def _is_open_to_all(sku: str, losses: list[Loss], sold: int) -> bool:
    """Whether the item's list price fell, and nearly everybody who bought it since got it for that: a clearance."""
    first = min((loss.items[sku].at for loss in losses), default=0)
    return sum(1 for loss in losses if loss.items[sku].as_listed) >= OPENLY_SHARE * (sold - first + 1)


def _title(s: Suspicion, lost: int, cost: int, currency: str | None, usual: float) -> str:
    """One sentence: how many orders, of which item, lost how much; how many would be usual."""
    what = "this show" if s.subject == ALL_ITEMS else s.subject
    much = money(lost, currency) if currency else f"{lost} minor units of several currencies"
    expected = f"about {round(usual)} would be usual" if usual >= 1 else "none would be usual"
    return (
        f"{len(s.losses)} of {s.orders} orders of {what} were sold below cost, unannounced: "
        f"{much} lost, {lost / cost:.0%} of what the goods cost; {expected}"
    )
