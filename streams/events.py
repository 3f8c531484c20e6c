"""Events: what a platform tells us, as typed values, and why a record could not be read as one.

Field names, units and meanings are the contract's (docs/asyncapi.json is made from these classes).
A record is either an `Event` or a `Rejected` with a reason from a closed list; nothing raises.
"""

import re
from collections.abc import Callable, Sequence
from typing import Annotated, Any, ClassVar, Final, Literal, get_args

import msgspec

MAX_EVENT_BYTES: Final = 64 * 1024
MAX_TEXT_CHARS: Final = 2_000
MAX_NESTING: Final = 100  # ours, not Python's: its limit differs by version and by how deep the caller stands
EARLIEST_TS_MS: Final = 946_684_800_000  # 2000-01-01; below it a `ts` is probably in seconds
FUTURE_MS: Final = 60_000  # how far ahead of its receipt an event may claim to be

_INT64 = 2**63 - 1
Integer = Annotated[int, msgspec.Meta(ge=-_INT64 - 1, le=_INT64)]
Count = Annotated[int, msgspec.Meta(ge=1, le=_INT64)]
Amount = Annotated[int, msgspec.Meta(ge=0, le=_INT64)]  # minor units
Level = Annotated[int, msgspec.Meta(ge=0, le=_INT64)]
Time = Annotated[int, msgspec.Meta(ge=EARLIEST_TS_MS, le=_INT64)]  # ms since epoch UTC
MAX_ID_CHARS: Final = 256
Id = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_ID_CHARS)]
Short = Annotated[str, msgspec.Meta(max_length=MAX_ID_CHARS)]  # an optional id, or a word
Text = Annotated[str, msgspec.Meta(max_length=MAX_TEXT_CHARS)]

Reason = Literal[
    "not_json", "missing_field", "wrong_type", "bad_value", "too_large", "future", "wrong_partition", "flood"
]
REASONS: Final[tuple[Reason, ...]] = get_args(Reason)


class Event(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One thing that happened in a room. `ts` is event time, ms since epoch UTC."""

    TOPIC: ClassVar[str]

    event_id: Id
    ts: Time
    room_id: Id
    show_id: Id


class AccountEvent(Event, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """An act of one account, with what it may share with others (opaque, already pseudonymous)."""

    account_id: Id
    device_id: Short | None = None
    ip_prefix: Short | None = None
    inviter_id: Short | None = None
    pay_account_id: Short | None = None
    address_id: Short | None = None
    account_created_ts: Integer | None = None


JoinSource = Literal["feed", "follow", "search", "share", "direct", "raid", "front_page", "ad"]


class Join(AccountEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A viewer comes or goes. A `source` outside the contract's list counts as `other`."""

    TOPIC: ClassVar[str] = "live.joins"

    action: Literal["join", "leave"]
    source: Short | None = None


class Comment(AccountEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A line of chat. `badge` is the fan level; 5 or more is a fan."""

    TOPIC: ClassVar[str] = "live.comments"

    text: Text
    badge: Level | None = None


class Order(AccountEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One step of one line of an order. Money is in minor units; an unknown cost is `None`, not 0."""

    TOPIC: ClassVar[str] = "live.orders"

    order_id: Id
    status: Literal["placed", "paid", "cancelled", "refunded"]
    sku: Id
    quantity: Count
    amount_minor: Amount
    currency: Id
    line_id: Short | None = None
    seller_id: Short | None = None
    unit_cost_minor: Amount | None = None
    list_price_minor: Amount | None = None
    subsidy_minor: Amount | None = None
    subsidy_by: Literal["platform", "seller"] | None = None
    coupon_id: Short | None = None
    pay_type: Short | None = None
    category: Short | None = None
    bundle_id: Short | None = None
    refund_minor: Amount | None = None
    cancelled_by: Literal["buyer", "seller", "system"] | None = None

    def line(self) -> str:
        """Which line of its order this step is about: `line_id`, or what the contract says stands for it."""
        if self.line_id is not None:
            return self.line_id
        return f"{self.sku}\0{self.quantity}\0{self.amount_minor}"


class Show(Event, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A marker of a show: its start and end, and what its host announces."""

    TOPIC: ClassVar[str] = "live.shows"

    action: Literal["started", "ended", "prompt", "flash_sale", "lottery", "promotion", "group_buy", "status"]
    seller_id: Short | None = None
    host_id: Short | None = None
    category: Short | None = None
    text: Text | None = None
    sku: Short | None = None
    until_ts: Time | None = None
    ends_at_ts: Time | None = None
    units: Amount | None = None
    budget_minor: Amount | None = None
    threshold_minor: Amount | None = None
    viewers_shown: Amount | None = None


class Complaint(AccountEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A buyer complains. Reason `other` (late parcels, the courier) is context, never part of a surge."""

    TOPIC: ClassVar[str] = "live.complaints"

    complaint_id: Id
    reason: Literal["quality", "counterfeit", "after_sales", "other"]
    order_id: Short | None = None
    seller_id: Short | None = None
    sku: Short | None = None
    text: Text | None = None


class Verdict(Event, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What a moderator says of an incident."""

    TOPIC: ClassVar[str] = "live.verdicts"

    incident_id: Id
    action: Literal["verdict", "undo", "snooze", "unsnooze", "take", "release"]
    moderator: Id
    verdict: Literal["confirmed", "valuable", "false_positive"] | None = None
    reason: Short | None = None
    scheme: Short | None = None
    until_ts: Time | None = None
    undoes: Short | None = None


class RuleSet(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A complete set of thresholds, as published to `live.rules` (broadcast)."""

    TOPIC: ClassVar[str] = "live.rules"

    version: Level
    hash: Id
    rules: dict[str, dict[str, Any]]
    author: str
    reason: str


class CrewSeen(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where and when a crew was seen."""

    room: str
    show: str
    scheme: str
    ts: Time


class KnownCrew(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A crew that a moderator confirmed, as published to `live.crews` (broadcast)."""

    TOPIC: ClassVar[str] = "live.crews"

    crew_id: Id
    revision: Count
    accounts: list[str]
    bits: float
    seen: list[CrewSeen]


Broadcast = RuleSet | KnownCrew

EVENTS: Final[tuple[type[Event], ...]] = (Join, Comment, Order, Show, Complaint, Verdict)
BROADCASTS: Final[tuple[type[Broadcast], ...]] = (RuleSet, KnownCrew)
BY_TOPIC: Final[dict[str, Any]] = {kind.TOPIC: kind for kind in (*EVENTS, *BROADCASTS)}
LEADING: Final = (Join.TOPIC, Comment.TOPIC, Order.TOPIC)  # the inputs that carry the watermark
FAN_BADGE: Final = 5


class Rejected(msgspec.Struct, frozen=True, gc=False):
    """Why a record is no event: a reason from the closed list and one sentence that names the field."""

    reason: Reason
    detail: str


_DECODERS: Final[dict[str, msgspec.json.Decoder[Any]]] = {
    topic: msgspec.json.Decoder(kind) for topic, kind in BY_TOPIC.items()
}
# msgspec raises the last two for bad UTF-8 and for nesting too deep to read
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_well_formed = msgspec.json.Decoder(msgspec.Raw).decode
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"')
_BRACKETS = re.compile(rb"[\[{\]}]")
_BEGINS, _ENDS = {ord("{")}, {ord("}")}


def decode(topic: str, value: bytes | None) -> Any:
    """One record's value -> its `Event` (or broadcast record), or `Rejected`.

    Strict JSON: NaN, bad UTF-8 and lone surrogates are refused anywhere, also in fields that are ignored.
    """
    if not value:
        return Rejected("not_json", "the record has no value")
    if len(value) > MAX_EVENT_BYTES and topic in _SMALL:
        return Rejected("too_large", f"{len(value)} bytes, more than the {MAX_EVENT_BYTES} that an event may have")
    try:
        value.decode()
        if is_nested_too_deep(value):
            return Rejected("not_json", f"nested deeper than {MAX_NESTING} levels")
        try:
            return _DECODERS[topic].decode(value)
        except msgspec.ValidationError as error:
            _well_formed(value)  # what is no JSON further on is that first of all
            return _rejected(str(error))
    except UnicodeDecodeError as error:
        return Rejected("not_json", f"not UTF-8 at byte {error.start}")
    except (msgspec.DecodeError, RecursionError) as error:
        return Rejected("not_json", str(error))


_SMALL: Final = frozenset(kind.TOPIC for kind in EVENTS)


def decode_batch(topic: str, values: Sequence[bytes | None]) -> list[Any]:
    """Values of one topic -> one `Event` or `Rejected` each, in order.

    The same answers as `decode` one by one (a test says so), at a fraction of its cost where all are good.
    """
    if events := decode_lines_if_good(topic, values):
        return events
    return [decode(topic, value) for value in values]


def decode_lines_if_good(topic: str, values: Sequence[bytes | None]) -> list[Any] | None:
    """All values at once, or `None` where any of them needs a closer look."""
    if None in values or not all(values):
        return None
    # msgspec takes an object that spans lines and several on one line, so lines and values could be paired wrongly.
    # Where no value has a line break and each begins an object and ends one, none spans: within one, `{` cannot
    # follow `}`, nor a string break. Asking whether a byte is there at all is much cheaper than counting it.
    if b"\n" in b"".join(values):  # type: ignore[arg-type]  # no value is absent
        return None
    if {value[0] for value in values} != _BEGINS or {value[-1] for value in values} != _ENDS:  # type: ignore[index]
        return None
    if max(map(len, values)) > MAX_EVENT_BYTES:  # type: ignore[arg-type]
        return None
    lines = b"\n".join(values)  # type: ignore[arg-type]
    # each opens one bracket of its own; one that is nested too deep opens MAX_NESTING more than that
    brackets = lines.count(b"{") + (lines.count(b"[") if b"[" in lines else 0)
    if brackets >= len(values) + MAX_NESTING and any(map(is_nested_too_deep, values)):  # type: ignore[arg-type]
        return None
    try:
        if not lines.isascii():
            lines.decode()
        events = _DECODERS[topic].decode_lines(lines)
    except _UNREADABLE:
        return None
    return events if len(events) == len(values) else None


def decoder_of_lines(topic: str) -> Callable[[bytes], list[Any]]:
    """The decoder for the lines of one log record of `topic`; raises what msgspec raises."""
    return _DECODERS[topic].decode_lines


def placed_wrongly(event: Event, key: bytes | None, received_ms: int | None) -> Rejected | None:
    """What only the record's envelope can tell: the key is not the room, or the event is from the future."""
    if key is None or key != event.room_id.encode():
        return Rejected("wrong_partition", "the record's key is absent or is not the `room_id`")
    if key.startswith(b"\0"):
        return Rejected("bad_value", "`room_id` begins with NUL, as keys of our own do")
    if received_ms is not None and event.ts > received_ms + FUTURE_MS:
        ahead_s = (event.ts - received_ms) // 1000
        return Rejected("future", f"`ts` is {ahead_s} s ahead of the time the broker received the event")
    return None


def is_nested_too_deep(value: bytes, levels: int = MAX_NESTING) -> bool:
    """Whether arrays and objects stand in each other more than `levels` deep.

    A limit of our own: what msgspec can read hangs on Python's version and on who calls it.
    """
    if value.count(b"{") + value.count(b"[") <= levels:
        return False
    depth = deepest = 0
    for bracket in _BRACKETS.finditer(_STRINGS.sub(b"", value)):
        depth += 1 if bracket[0] in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest > levels


def _rejected(message: str) -> Rejected:
    """msgspec's message -> our reason. The contract counts `null` as absent and a broken bound as `bad_value`.

    Only the message of an unknown value quotes what a sender wrote; it comes first, lest its text be read as ours.
    """
    said, at, path = message.rpartition(" - at `$")
    said, path = (said, path.removeprefix(".").removesuffix("`")) if at else (message, "")
    field = f"`{path}`" if path else "the record"
    if said.startswith("Invalid enum value "):
        return Rejected("bad_value", f"{field} has a value that is not in the list: {said[19:119]}")
    if said.startswith("Object missing required field `"):
        name = said.split("`")[1]
        return Rejected("missing_field", f"`{path}.{name}` is missing" if path else f"`{name}` is missing")
    if said.endswith(", got `null`"):
        return Rejected("missing_field", f"{field} is null, which is the same as absent")
    if ", got `" in said:
        expected, got = said.removeprefix("Expected ").replace(" | null", "").replace("`", "").split(", got ")
        return Rejected("wrong_type", f"{field} is of type {got}, not {expected}")
    if said.endswith(f" >= {EARLIEST_TS_MS}"):
        return Rejected("bad_value", f"{field} is before the year 2000: probably seconds instead of milliseconds")
    return Rejected("bad_value", f"{field}: {said}")
