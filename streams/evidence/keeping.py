"""What is kept of a show's orders once it is over: one row an order, some 45 bytes with the account's id.

Nothing is placed after the end, so the rows stand; what comes in for days is found by a hash of the order's id.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from struct import pack, unpack
from sys import intern
from typing import Final

import msgspec
import xxhash

from streams.evidence.presence import Presence, Viewer

NO, YES = 1, 2  # in columns that say whether
CLOCKS: Final = ("joined", "ordered")
GOODS: Final = ("ordered", "sku", "pay_type", "coupon_id")
LINKS: Final = ("device_id", "pay_account_id", "address_id", "inviter_id", "ip_prefix")
INNOCENT: Final = (*((f"shares_{link}", NO) for link in LINKS), ("new", NO), ("spoke", YES), ("quiet", NO))
"""Columns and values that nobody is suspected for."""
MAX_VALUES: Final = 254  # of one column, the most common ones; the others are as unknown
NEW_MS: Final = 30 * 86_400_000  # an account younger than that is new; guess
_HASH_BYTES: Final = 8
_MOST: Final = 2**32 - 1


class Placed(msgspec.Struct, array_like=True, gc=False):
    """One order as it was placed, its lines added up."""

    number: int  # of the order in its show, from 0 on
    account_id: str
    ts: int
    sku: str  # of its first line
    amount_minor: int
    pay_type: str
    coupon_id: str


class Kept(msgspec.Struct):
    """A show's orders by column, in the order in which they were placed. Times are ms after `begins_ms`."""

    begins_ms: int
    accounts: str = ""  # the ids of those who ordered, with \\0 between
    account: bytes = b""  # of each row, 2 bytes: which of them
    order: bytes = b""  # of each row, 8 bytes: a hash of its id
    joined: bytes = b""  # 4 bytes each
    ordered: bytes = b""
    amount_minor: bytes = b""  # 4 bytes each; what is more counts as the most
    columns: dict[str, bytes] = {}  # a byte each; 0 is unknown, or nobody else's
    names: dict[str, list[str]] = {}  # of some columns, what the numbers stand for, from 1 on

    def row_of(self, order_id: str) -> int | None:
        """The row of an order."""
        wanted = _hash_of(order_id)
        at = self.order.find(wanted)
        while at >= 0 and at % _HASH_BYTES:  # found across two rows
            at = self.order.find(wanted, at + 1)
        return None if at < 0 else at // _HASH_BYTES

    def account_ids(self) -> list[str]:
        return self.accounts.split("\0") if self.accounts else []

    def accounts_of_rows(self) -> Sequence[int]:
        return unpack(f">{len(self.account) // 2}H", self.account)

    def clock(self, name: str) -> Sequence[int]:
        """`joined` or `ordered` of each row, ms after `begins_ms`."""
        packed: bytes = getattr(self, name)
        return unpack(f">{len(packed) // 4}I", packed)

    @property
    def groups(self) -> bytes:
        """Which item each row is of."""
        return self.columns.get("sku") or bytes(len(self.account) // 2)

    def amount_of(self, row: int) -> int:
        return int.from_bytes(self.amount_minor[4 * row : 4 * row + 4], "big")

    def amounts_minor(self) -> Sequence[int]:
        return unpack(f">{len(self.amount_minor) // 4}I", self.amount_minor)


def keep(orders: Iterable[tuple[str, Placed]], presence: Presence, begins_ms: int, ended_ms: int) -> Kept:
    """Orders under their ids, with what is known of who placed them."""
    rows = list(orders)
    placed = [order for _, order in rows]
    number: dict[str, int] = {}
    for order in placed:
        number.setdefault(order.account_id, len(number))
    viewers = [presence.viewers.get(order.account_id) for order in placed]
    columns = {name: [getattr(order, name) for order in placed] for name in ("sku", "pay_type", "coupon_id")}
    columns["source"] = [viewer.source if viewer else "" for viewer in viewers]
    numbered, names = {}, {}
    for name, values in columns.items():
        numbered[name], names[name] = _numbered(values, 1)
    for link in LINKS:
        of_accounts = {order.account_id: getattr(v, link) for order, v in zip(placed, viewers, strict=True) if v}
        shared = _shared(of_accounts)
        values = [shared.get(of_accounts.get(order.account_id) or "", "") for order in placed]
        numbered[link], _ = _numbered(values, 2)
        known = [link == "inviter_id" or bool(of_accounts.get(order.account_id)) for order in placed]
        numbered[f"shares_{link}"] = bytes(
            (YES if value else NO) if knows else 0 for value, knows in zip(values, known, strict=True)
        )
    numbered["new"] = bytes(_is_new(viewer, ended_ms) for viewer in viewers)
    numbered["spoke"] = bytes((YES if viewer.comments else NO) if viewer else 0 for viewer in viewers)
    numbered["quiet"] = bytes(
        (YES if not (v.comments or v.badge or order.coupon_id) else NO) if v else 0
        for order, v in zip(placed, viewers, strict=True)
    )
    return Kept(
        begins_ms=begins_ms,
        accounts="\0".join(number),
        account=pack(f">{len(rows)}H", *(number[order.account_id] for order in placed)),
        order=b"".join(_hash_of(order_id) for order_id, _ in rows),
        joined=_packed((v.seen_ms if v else order.ts) - begins_ms for order, v in zip(placed, viewers, strict=True)),
        ordered=_packed(order.ts - begins_ms for order in placed),
        amount_minor=_packed(order.amount_minor for order in placed),
        columns={name: column for name, column in numbered.items() if any(column)},
        names={name: [intern(value) for value in values] for name, values in names.items()},
    )


def _is_new(viewer: Viewer | None, now_ms: int) -> int:
    if viewer is None or not viewer.created_ms:
        return 0
    return YES if viewer.created_ms > now_ms - NEW_MS else NO


def _shared(of_accounts: dict[str, str | None]) -> dict[str, str]:
    """The values that two accounts have, or more."""
    counts = Counter(value for value in of_accounts.values() if value)
    return {value: value for value, count in counts.items() if count > 1}


def _numbered(values: Sequence[str], least: int) -> tuple[bytes, list[str]]:
    """Each value as a number from 1 on, the most common first; of equals the one seen first."""
    counts = Counter(value for value in values if value)
    known = [value for value, count in counts.most_common(MAX_VALUES) if count >= least]
    numbers = {value: number for number, value in enumerate(known, 1)}
    return bytes(numbers.get(value, 0) for value in values), known


def _packed(numbers: Iterable[int]) -> bytes:
    return b"".join(min(_MOST, max(0, number)).to_bytes(4, "big") for number in numbers)


def _hash_of(order_id: str) -> bytes:
    return xxhash.xxh3_64_digest(order_id.encode())
