"""Events for tests: single ones, and whole groups of people who behave in one way. Times are seconds into the show.

`play` takes groups through the whole path (arrivals, panes, room, incidents) and gives back what stands at the end.
"""

from collections.abc import Iterable, Sequence
from math import exp
from random import Random
from typing import Any

import msgspec

from streams.alerts import Alert
from streams.arrivals import Arrivals
from streams.events import Comment, Complaint, Event, Join, Order, Show
from streams.finding import Finding
from streams.partition import Partition

T0_MS = 1_772_796_600_000
ROOM, SHOW = "room", "show"
HOUR_S = 3_600
YEAR_S = 365 * 86_400
PRICES = {f"sku{i}": price for i, price in enumerate((1_990, 2_900, 3_590, 4_990, 5_900, 7_990, 9_900, 12_900, 15_900))}


def at_ms(seconds: float) -> int:
    return T0_MS + int(seconds * 1_000)


def join(account_id: str, seconds: float, **fields: Any) -> Join:
    return _event(Join, f"j {account_id} {seconds}", seconds, account_id=account_id, action="join", **fields)


def leave(account_id: str, seconds: float, **fields: Any) -> Join:
    return _event(Join, f"l {account_id} {seconds}", seconds, account_id=account_id, action="leave", **fields)


def comment(account_id: str, seconds: float, text: str, **fields: Any) -> Comment:
    return _event(Comment, f"c {account_id} {seconds} {text}", seconds, account_id=account_id, text=text, **fields)


def order(account_id: str, seconds: float, amount_minor: int, sku: str = "sku0", **fields: Any) -> Order:
    """One line of an order, placed."""
    name = f"o {account_id} {seconds} {sku} {amount_minor}"
    given = {"order_id": f"o {account_id} {seconds}", "status": "placed", "quantity": 1, "currency": "CNY"}
    return _event(
        Order, name, seconds, account_id=account_id, sku=sku, amount_minor=amount_minor, **{**given, **fields}
    )


def complaint(account_id: str, seconds: float, reason: str = "quality", **fields: Any) -> Complaint:
    """An account complains; of its order where `order_id` says so."""
    name = f"k {account_id} {seconds}"
    given = {"complaint_id": name, "reason": reason}
    return _event(Complaint, name, seconds, account_id=account_id, **{**given, **fields})


def marker(action: str, seconds: float, until_s: float | None = None, **fields: Any) -> Show:
    until_ts = None if until_s is None else at_ms(until_s)
    return _event(Show, f"s {action} {seconds}", seconds, action=action, until_ts=until_ts, **fields)


def audience(count: int, *, buy: float = 0.2, seed: int = 1, length_s: int = HOUR_S, name: str = "v") -> list[Event]:
    """People who come when they like; some of them buy an ordinary basket, some say something ordinary."""
    random = Random(seed)
    events: list[Event] = []
    for i in range(count):
        account_id, came = f"{name}{i}", random.uniform(1, length_s - 300)
        events.append(join(account_id, came, source="feed", **_own(account_id)))
        if random.random() < buy:
            events += basket(account_id, came + random.uniform(30, 250), random)
        if random.random() < 0.3:
            events.append(comment(account_id, came + random.uniform(5, 200), random.choice(SMALL_TALK)))
    return events


def basket(account_id: str, seconds: float, random: Random) -> list[Event]:
    """One to three things, each once to three times."""
    lines: list[Event] = []
    for sku in random.sample(sorted(PRICES), random.choice((1, 1, 2, 2, 3))):
        quantity = random.choice((1, 1, 1, 2, 3))
        spread = exp(random.gauss(0, 0.25))  # prices of a larger shop than PRICES
        lines.append(order(account_id, seconds, int(PRICES[sku] * spread) * quantity, sku, quantity=quantity))
    return lines


def crew(
    count: int,
    *,
    spends: int = 10_000,
    band: float = 0.05,
    at_s: float = 1_200,
    joins_within_s: float = 60,
    buys_within_s: float = 150,
    same_basket: bool = False,
    name: str = "crew",
    **shared: str,
) -> list[Event]:
    """Accounts told to come at `at_s` and spend `spends` minor units, each by another basket; `shared` links them."""
    random = Random(name)
    events: list[Event] = []
    for i in range(count):
        account_id = f"{name}{i}"
        came = at_s + joins_within_s * i / max(1, count - 1)
        bought = came + 20 + random.uniform(0, buys_within_s)
        events.append(join(account_id, came, **{**_own(account_id), **shared}))
        total = spends if same_basket else int(spends * (1 + band * random.random()))
        first = total // 2 if same_basket else int(total * random.uniform(0.2, 0.8))
        skus = ("sku0", "sku1") if same_basket else (f"sku{i % 9}", f"padding{i}")
        events += [order(account_id, bought, first, skus[0]), order(account_id, bought + 1, total - first, skus[1])]
    return events


def crew_ids(count: int, name: str = "crew") -> list[str]:
    return [f"{name}{i}" for i in range(count)]


def claque(
    count: int,
    *,
    lines: int = 4,
    at_s: float = 300,
    every_s: float = 400,
    jitter_s: float = 20,
    joins_within_s: float = 120,
    name: str = "claque",
    texts: Sequence[str] = (),
    badge: int | None = None,
    **shared: str,
) -> list[Event]:
    """Accounts who praise the host on cue, `lines` times each."""
    random = Random(name)
    events: list[Event] = []
    for i in range(count):
        account_id = f"{name}{i}"
        events.append(
            join(account_id, at_s - 200 + joins_within_s * i / max(1, count - 1), **{**_own(account_id), **shared})
        )
        for k in range(lines):
            said = random.choice(texts or PRAISES)
            events.append(comment(account_id, at_s + every_s * k + random.uniform(0, jitter_s), said, badge=badge))
    return events


def below_cost(
    count: int, *, paid: int = 1_900, cost: int = 3_000, sku: str = "tea", at_s: float = 300, every_s: float = 45
) -> list[Event]:
    """Orders of one item by so many buyers, each for less than the item costs."""
    return [order(f"buyer{i} of {sku}", at_s + every_s * i, paid, sku, unit_cost_minor=cost) for i in range(count)]


def buyers(count: int, *, name: str = "buyer", length_s: int = HOUR_S) -> list[Event]:
    """So many accounts that order one thing each, one after the other over the show."""
    return [order(f"{name}{i}", 1 + (length_s - 60) * i / count, 5_900) for i in range(count)]


def complaints(
    count: int, *, name: str = "buyer", after_s: float = 20 * HOUR_S, every_s: float = 600, reason: str = "quality"
) -> list[Event]:
    """The first of these buyers complain, one after the other from `after_s` on."""
    return [complaint(f"{name}{i}", after_s + every_s * i, reason, sku="sku0") for i in range(count)]


def bots(
    count: int,
    *,
    name: str = "bot",
    at_s: float = 1_000,
    within_s: float = 40,
    stays_s: float = 1_200,
    devices: int = 0,
    networks: int = 0,
    says: int = 0,
    **fields: str,
) -> list[Event]:
    """Accounts that come within `within_s`, on so many devices and networks (0: each its own), and do nothing.

    The first `says` of them say a word.
    """
    random = Random(name)
    events: list[Event] = []
    for i in range(count):
        account_id, came = f"{name}{i}", at_s + random.uniform(0, within_s)
        own = {
            "device_id": f"phone {i % devices}" if devices else f"d {account_id}",
            "ip_prefix": f"farm {i % networks}" if networks else f"n {account_id}",
            "account_created_ts": at_ms(came - random.uniform(0.1, 4) * YEAR_S),
            "source": "feed",
        }
        events.append(join(account_id, came, **{**own, **fields}))
        if i < says:
            events.append(comment(account_id, came + random.uniform(20, stays_s), "hi"))
        events.append(leave(account_id, came + stays_s * random.uniform(0.8, 1.2)))
    return events


def bought(account_id: str, came: float, at: float, back_at: float | None = None, **fields) -> list[Event]:
    """Somebody comes, orders one thing, and cancels it (or has it refunded) at `back_at`."""
    links = {key: fields.pop(key) for key in ("device_id", "ip_prefix", "inviter_id") if key in fields}
    steps = {key: fields.pop(key) for key in ("cancelled_by", "refund_minor") if key in fields}
    status = fields.pop("status", "cancelled")
    order_id = f"order of {account_id} {at}"
    sku, amount_minor = fields.pop("sku", "tea"), fields.pop("amount_minor", 9_900)
    events: list[Event] = [
        join(account_id, came, **links),
        order(account_id, at, amount_minor, sku, order_id=order_id, **fields),
    ]
    if back_at is not None:
        events.append(
            order(account_id, back_at, amount_minor, sku, order_id=order_id, status=status, **fields, **steps)
        )
    return events


def fakes(
    count: int = 40,
    cancel: int = 36,
    *,
    ended_s: float = HOUR_S,
    came_s: float = 1_200,
    within_s: float = 300,
    back_s: tuple[float, float] = (600, 4 * HOUR_S),
    name: str = "crew",
    **fields,
) -> list[Event]:
    """Accounts who come together and order; `cancel` of them do so, `back_s` seconds after the show's end."""
    random = Random(name)
    events: list[Event] = []
    for i in range(count):
        came = came_s + within_s * i / count
        back = ended_s + random.uniform(*back_s) if i * cancel % count < cancel else None
        events += bought(f"{name}{i}", came, came + random.uniform(20, 600), back, **fields)
    return events


def alerts(*groups: Iterable[Event], partition: Partition | None = None) -> list[Alert]:
    """Every alert that the groups' events raise, through the whole path."""
    arrivals = Arrivals(partition or Partition())
    outputs = []
    for event in in_order(*groups):
        outputs += arrivals.take(event)
    outputs += arrivals.end()
    failed = [output.value() for output in outputs if output.topic == "live.failed"]
    assert not failed, failed
    return [output.body for output in outputs if isinstance(output.body, Alert)]


def play(*groups: Iterable[Event], scheme: str | None = None) -> list[Alert]:
    """What stands at the end: the last revision of every incident, in the order in which they opened."""
    last: dict[str, Alert] = {}
    for alert in alerts(*groups):
        if scheme is None or alert.scheme == scheme:
            last[alert.incident_id] = alert
    return list(last.values())


def near_misses(*groups: Iterable[Event], scheme: str | None = None) -> list[Finding]:
    """What was judged and stayed below the threshold."""
    partition = Partition()
    partition.keep_near_misses = True
    alerts(*groups, partition=partition)
    return [finding for _, finding in partition.near_misses if scheme is None or finding.scheme == scheme]


def in_order(*groups: Iterable[Event]) -> list[Event]:
    """All events by event time, as they would arrive without any delay."""
    events = [event for group in groups for event in group]
    return sorted(events, key=lambda event: (event.ts, event.TOPIC, event.event_id))


def accounts_of(alert: Alert) -> list[str]:
    return [suspect.account_id for suspect in alert.accounts]


def signal(alert: Alert, name: str) -> Any:
    return next((s for s in alert.signals if s.name == name), None)


def renamed(events: Iterable[Event], new_names: dict[str, str]) -> list[Event]:
    """The same events by other accounts."""
    return [
        msgspec.structs.replace(event, account_id=new_names[event.account_id])  # type: ignore[attr-defined]
        if hasattr(event, "account_id")
        else event
        for event in events
    ]


def _event(kind: type, name: str, seconds: float, **fields: Any) -> Any:
    given = {"room_id": ROOM, "show_id": SHOW, "event_id": name, "ts": at_ms(seconds)}
    return kind(**{**given, **{key: value for key, value in fields.items() if value is not None}})


def _own(account_id: str) -> dict[str, str]:
    """What an account shares with nobody."""
    return {"device_id": f"d {account_id}", "ip_prefix": f"n {account_id}", "inviter_id": f"i {account_id}"}


SMALL_TALK = (
    "晚上好",
    "多少钱",
    "已拍",
    "想要",
    "有黑色吗",
    "hello",
    "size M please",
    "第一次来",
    "什么时候发货",
    "哈哈哈",
)
PRAISES = (
    "主播今天好漂亮",
    "小姐姐声音真好听",
    "主播人美心善",
    "you are so beautiful",
    "气质绝了主播",
    "主播太温柔了",
    "姐姐笑起来好甜",
    "the host is gorgeous",
    "颜值天花板啊主播",
    "主播真诚又耐心",
)
