"""Complaint surge: more complaints after a show than its orders account for."""

from collections import Counter
from math import ceil, fsum
from typing import Any, ClassVar, Final

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
from streams.events import Complaint, Event, Order
from streams.evidence.sold import Sold, come_share
from streams.evidence.surge import Usual, surge_bits
from streams.evidence.surprise import poisson_bits, score_of
from streams.finding import Finding
from streams.show import ShowState

HOUR_MS: Final = 3_600_000
MAX_PAST: Final = 20  # shows of a room that are remembered
REASONS: Final = {"quality": "quality", "counterfeit": "counterfeit", "after_sales": "after-sales"}
SUBJECT: Final = "complaints"
LEAST_ORDERS: Final = 100  # that a room is taken to sell on another day; guess


class Said(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One complaint. `bought`: its account bought in this show."""

    ts: int
    event_id: str
    account_id: str
    reason: str
    sku: str
    bought: bool
    excerpt: str


class Aftermath(msgspec.Struct):
    """What a show sold, and what was complained of."""

    sold: Sold = msgspec.field(default_factory=Sold)
    said: dict[str, Said] = {}  # the first complaint of each account
    couriers: int = 0  # complaints of reason `other`
    elsewhere: int = 0  # complaints about orders of other shows
    unknown: int = 0  # beyond the bound
    changed: bool = False


class Earlier(msgspec.Struct):
    """An earlier show of the room: what it sold and kept, and its complaints by now."""

    placed_ms: int  # the middle of its orders
    kept: int
    complaints: float = 0.0


class Record(msgspec.Struct):
    """The last shows of a room, the latest last."""

    shows: dict[str, Earlier] = {}


class Count(msgspec.Struct, frozen=True):
    """Complaints against what is usual by now. `exposure` is in orders whose complaints, if any, would have come."""

    said: list[Said]  # by time
    joint: int  # in bursts: at the same seconds, or of accounts that bought nothing
    weight: float
    exposure: float
    usual: Usual
    bits: float

    @property
    def expected(self) -> float:
        return self.usual.rate * self.exposure


class ComplaintSurge(msgspec.Struct, frozen=True, kw_only=True):
    """Complaints about a show's goods, many times what so many orders usually bring by then.

    Reads orders and complaints, also for `after_ms` after the end. Counts each account once, against the orders kept
    and the share of their complaints that has usually come by now. State: hashes of orders and buyers, at most
    `max_orders`, 8 bytes an order after the show; one row for each complaint, at most `max_complaint_accounts`.
    Looks when somebody complained. Blind to what comes as a refund without a complaint, to complaints of reason
    `other`, and to a platform whose usual rate or delay is far from the settings: calibrate them.
    Source: gamma-Poisson with a test martingale over lifts (Shin, Ramdas, Rinaldo); rates are guesses until calibrated.
    """

    SCHEME: ClassVar[str] = "complaint_surge"
    READS: ClassVar[tuple[type[Event], ...]] = (Order, Complaint)
    SHARES: ClassVar[tuple[type, ...]] = ()
    State: ClassVar[type] = Aftermath
    Past: ClassVar[type] = Record

    fire_bits: float = 2.5  # a chance of 1 in 5 at most, by Ville's inequality; the trials show far fewer
    min_complaint_accounts: int = 6  # guess
    usual_complaint_share: float = 0.008  # of orders kept, complained of, couriers left out; guess: 1 % with them
    usual_delay_ms: int = 36 * HOUR_MS  # mean time from the order to its complaint; guess, some days
    usual_firm_accounts: float = 6.0  # how firmly a show's share is known: as if so many had complained; guess
    joint_ms: int = 10_000  # complaints within it are one burst; guess
    joint_accounts: int = 4  # guess
    joint_weight_share: float = 0.5  # what a complaint in a burst or of a stranger counts; ALGORITHMS
    past_ratio: float = 3.0  # an earlier show counts for at most so many times the usual: it may have been one, too
    after_ms: int = 30 * 24 * HOUR_MS
    max_orders: int = 10_000
    max_complaint_accounts: int = 1_000

    def observe(self, state: Aftermath, show: ShowState, event: Any) -> None:
        if type(event) is Complaint:
            self._complained(state, show, event)
        elif event.status == "placed":
            state.sold.place(event, self.max_orders)
        elif event.status == "cancelled" and state.sold.cancel(event) and (earlier := self._row_of(show)) is not None:
            earlier.kept -= 1

    def _complained(self, state: Aftermath, show: ShowState, event: Complaint) -> None:
        account_id = event.account_id
        if event.reason == "other":
            state.couriers += 1
        elif account_id in state.said:
            return
        elif len(state.said) >= self.max_complaint_accounts:
            state.unknown += 1
        elif state.sold.is_about_another(event, self.max_orders):
            state.elsewhere += 1
        else:
            bought = event.order_id is not None or state.sold.bought(account_id)
            text, sku = (event.text or "")[: MAX_EXCERPT_CHARS // 2], event.sku or ""
            state.said[account_id] = Said(event.ts, event.event_id, account_id, event.reason, sku, bought, text)
            state.changed = True
            if (earlier := self._row_of(show)) is not None:
                earlier.complaints += 1.0 if bought else self.joint_weight_share

    def _row_of(self, show: ShowState) -> Earlier | None:
        """The show's row in the room's record, once it has ended."""
        past = show.past.get(self.SCHEME)
        return past.shows.get(show.show_id) if past is not None else None

    def wake_ms(self, state: Aftermath, now_ms: int) -> int | None:
        return None  # time alone makes complaints more usual, not less

    def judge(self, state: Aftermath, show: ShowState, now_ms: int) -> list[Finding]:
        if not state.changed:
            return []
        state.changed = False
        count = self._count(list(state.said.values()), state, show, now_ms)
        if 2 * len(count.said) < self.min_complaint_accounts or 2 * count.bits < self.fire_bits:
            return []
        return [self._finding(count, state, show, now_ms)]

    def ended(self, state: Aftermath, show: ShowState) -> None:
        """Keep four bytes of each id, and enter the show in the room's record."""
        sold = state.sold
        sold.end()
        past = show.past.get(self.SCHEME)
        if past is not None and sold.total:
            weight = fsum(1.0 if said.bought else self.joint_weight_share for said in state.said.values())
            past.shows[show.show_id] = Earlier(sold.middle_ms, sold.kept, weight)
            while len(past.shows) > MAX_PAST:
                del past.shows[next(iter(past.shows))]

    # -- what is usual ----------------------------------------------------------------------------------------

    def _count(self, said: list[Said], state: Aftermath, show: ShowState, now_ms: int) -> Count:
        """So many complaints, weighed, against what is usual by now."""
        said = sorted(said, key=lambda one: (one.ts, one.event_id))
        joint = self._joint(said)
        weight = len(said) - (1.0 - self.joint_weight_share) * len(joint)
        exposure = state.sold.due(now_ms, self.usual_delay_ms)
        if not all(one.bought for one in said):
            # Somebody who bought nothing here may mean an earlier show: as much as this one is complained of in a day.
            days = min(1.0, (now_ms - show.started_ms) / (24 * HOUR_MS))
            exposure += self.joint_weight_share * max(state.sold.total, LEAST_ORDERS) * days
        exposure = max(exposure, 1.0)
        usual = self._usual(show, now_ms)
        return Count(said, len(joint), weight, exposure, usual, surge_bits(weight, exposure, usual))

    def _usual(self, show: ShowState, now_ms: int) -> Usual:
        """The platform's rate, drawn to that of the room's earlier shows, and no firmer: shows differ."""
        firm = self.usual_firm_accounts
        usual = Usual(firm, firm / self.usual_complaint_share)
        past = show.past.get(self.SCHEME)
        for show_id, earlier in past.shows.items() if past is not None else ():
            if show_id == show.show_id or earlier.placed_ms >= show.started_ms:
                continue
            exposure = earlier.kept * come_share(now_ms - earlier.placed_ms, self.usual_delay_ms)
            most = self.past_ratio * self.usual_complaint_share * exposure
            usual = usual.and_seen(min(earlier.complaints, most), exposure)
        return Usual(firm, firm / usual.rate)

    def _joint(self, said: list[Said]) -> dict[int, bool]:
        """Which complaints, by place, are of strangers or come at the same seconds as others."""
        joint = {i: True for i, one in enumerate(said) if not one.bought}
        many = self.joint_accounts
        for i in range(len(said) - many + 1):
            if said[i + many - 1].ts - said[i].ts <= self.joint_ms:
                joint.update(dict.fromkeys(range(i, i + many), True))
        return joint

    # -- what is said -----------------------------------------------------------------------------------------

    def _fires(self, count: Count) -> bool:
        return len(count.said) >= self.min_complaint_accounts and count.bits >= self.fire_bits

    def _finding(self, count: Count, state: Aftermath, show: ShowState, now_ms: int) -> Finding:
        said = count.said
        low, high = count.usual.band(count.exposure)
        return Finding(
            scheme=self.SCHEME,
            fires=self._fires(count),
            score=rounded(score_of(count.bits, self.fire_bits)),
            title=_title(said, state.sold.kept, low, high),
            window=Window(said[0].ts, said[-1].ts),
            signals=[
                Signal("complaints", count.weight, rounded(count.expected), "complaints", bits=rounded(count.bits)),
                *self._reasons(count),
            ],
            accounts=[],
            evidence=[
                Evidence(one.event_id, "live.complaints", one.ts, one.account_id, _excerpt(one))
                for one in sorted(said, key=lambda one: (not one.bought, one.ts, one.event_id))[:MAX_EVIDENCE]
            ],
            evidence_total=len(said),
            counter_evidence=_counter_evidence(count, state),
            counterfactual=self._counterfactual(count, state, show, now_ms),
            impact=Impact(orders=len(said)),
            subject=SUBJECT,
        )

    def _reasons(self, count: Count) -> list[Signal]:
        """How many of each reason, against an even split of what is usual."""
        signals = []
        for reason in REASONS:
            some = sum(1 for one in count.said if one.reason == reason)
            expected = count.expected / len(REASONS)
            bits = poisson_bits(some, expected)
            signals.append(Signal(f"of_{reason}", float(some), rounded(expected), "complaints", bits=rounded(bits)))
        return signals

    def _counterfactual(self, count: Count, state: Aftermath, show: ShowState, now_ms: int) -> Counterfactual:
        """How many fewer, of the latest, would have been too few."""
        fewer, left = 0, count
        while self._fires(left):
            fewer += 1
            left = self._count(count.said[:-fewer], state, show, now_ms)
        numbers = {
            "bits": rounded(count.bits),
            "threshold_bits": self.fire_bits,
            "complaints_fewer": float(fewer),
            "usual_by_now": rounded(count.expected),
        }
        if fewer:
            what = "the last complaint" if fewer == 1 else f"the last {fewer} complaints"
            sentence = f"Without {what} it would have stayed silent."
        else:
            sentence = (
                f"It is at {count.bits:.1f} bits and {len(count.said)} complaints; "
                f"{self.fire_bits:g} bits and {self.min_complaint_accounts} complaints are needed."
            )
        return Counterfactual(sentence, numbers)


def _title(said: list[Said], kept: int, low: float, high: float) -> str:
    """One sentence: how many complaints about how many orders, how many would be usual, and of what."""
    reasons = [(sum(1 for one in said if one.reason == reason), name) for reason, name in REASONS.items()]
    split = ", ".join(f"{some} {name}" for some, name in reasons if some)
    usual = "none" if high < 0.5 else f"{int(low)} to {ceil(high)}"
    title = f"{len(said)} complaints about {kept} orders, {usual} would be usual by now: {split}"
    by_item = Counter(one.sku for one in said if one.sku)
    item = max(by_item, key=lambda sku: (by_item[sku], sku), default="")
    return f"{title}; {by_item[item]} about {item}" if 3 * by_item[item] >= len(said) else title


def _excerpt(one: Said) -> str:
    about = f"{REASONS[one.reason]}, {one.sku}" if one.sku else REASONS[one.reason]
    return (f"{about}: {one.excerpt}" if one.excerpt else about)[:MAX_EXCERPT_CHARS]


def _counter_evidence(count: Count, state: Aftermath) -> list[str]:
    said = []
    if strangers := sum(1 for one in count.said if not one.bought):
        said.append(f"{strangers} of {len(count.said)} come from accounts that bought nothing here; they count half.")
    if together := count.joint - strangers:
        said.append(f"{together} of {len(count.said)} came at the same seconds as others; they count half.")
    if state.couriers:
        said.append(f"{state.couriers} more are about late parcels and the like; they are left out.")
    if state.elsewhere:
        said.append(f"{state.elsewhere} more are about orders of other shows; they are left out.")
    if state.sold.gone:
        said.append(f"{len(state.sold.gone)} of {state.sold.total} orders were cancelled; they are not counted.")
    return said
