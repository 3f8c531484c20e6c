"""The burst job as a detector like any other: many accounts order one good of a room within one pane."""

from typing import ClassVar

import msgspec

from streams.alerts import Counterfactual, Impact, Signal, Window
from streams.detectors.coordinated_purchases import CoordinatedPurchases
from streams.detectors.paid_praise import PaidPraise
from streams.events import Event, Order
from streams.finding import Detector, Finding
from streams.show import ShowState


class BurstState(msgspec.Struct):
    """What was ordered since the last pane closed."""

    closed_ms: int = 0
    accounts: dict[str, list[str]] = {}  # who ordered, by sku, one for each order


class Burst(msgspec.Struct, frozen=True, kw_only=True):
    """Fires on a good that `min_accounts` ordered in one pane, where that is `min_share` of the room's orders in it.

    `pane_ms` must be the pane that the worker runs with. A late order counts in no pane, as the job has it.
    State: the orders of one pane. Source: the job on which stream processors are compared.
    """

    SCHEME: ClassVar[str] = "burst"
    READS: ClassVar[tuple[type[Event], ...]] = (Order,)
    SHARES: ClassVar[tuple[type, ...]] = ()
    State: ClassVar[type] = BurstState

    pane_ms: int = 10_000
    min_accounts: int = 20
    min_share: float = 0.5

    def observe(self, state: BurstState, show: ShowState, event: Order) -> None:
        if event.ts < state.closed_ms:
            return
        accounts = state.accounts.get(event.sku)
        if accounts is None:
            state.accounts[event.sku] = [event.account_id]
        else:
            accounts.append(event.account_id)

    def judge(self, state: BurstState, show: ShowState, now_ms: int) -> list[Finding]:
        state.closed_ms = now_ms
        ordered, state.accounts = state.accounts, {}
        total = sum(map(len, ordered.values()))
        least = max(self.min_accounts, self.min_share * total)
        return [
            self._finding(sku, len(set(accounts)), len(accounts), total, show, now_ms)
            for sku, accounts in ordered.items()
            if len(accounts) >= least and len(set(accounts)) >= self.min_accounts
        ]

    def wake_ms(self, state: BurstState, now_ms: int) -> int | None:
        return None

    def _finding(self, sku: str, accounts: int, orders: int, room_orders: int, show: ShowState, now_ms: int) -> Finding:
        return Finding(
            scheme=self.SCHEME,
            fires=True,
            score=1.0,
            title=f"{accounts} accounts ordered {sku} at once",
            window=Window(now_ms - self.pane_ms, min(show.newest_ms, now_ms)),
            signals=[
                Signal("accounts", accounts, self.min_accounts, "accounts"),
                Signal("orders", orders, self.min_share * room_orders, "orders"),
                Signal("room_orders", room_orders, room_orders, "orders"),
            ],
            accounts=[],
            evidence=[],
            evidence_total=orders,
            counter_evidence=[],
            counterfactual=Counterfactual("fewer accounts", {"accounts": self.min_accounts - 1}),
            impact=Impact(orders=orders),
            subject=f"{sku}@{now_ms}",
        )


class DefaultPaneBurst(Burst, frozen=True, kw_only=True):
    """The same with a worker's default pane, for the latency of alerts."""

    pane_ms: int = 2_000


JOBS: dict[str, tuple[type[Detector], ...]] = {
    "burst": (Burst,),
    "latency": (DefaultPaneBurst,),
    "two_schemes": (CoordinatedPurchases, PaidPraise),
}
