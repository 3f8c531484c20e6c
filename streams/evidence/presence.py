"""Who is in the show: when each account came, how it came, what it shares with others, what it did."""

from bisect import bisect_left, bisect_right, insort
from sys import intern
from typing import Any, Final, get_args

import msgspec

from streams.events import Comment, Join, JoinSource, Order

LINKS: Final = ("device_id", "pay_account_id", "address_id", "inviter_id", "ip_prefix")
_SOURCES: Final[dict[str, str]] = {source: source for source in get_args(JoinSource)}  # each kept once
_set = msgspec.structs.force_setattr

MAX_ACCOUNTS: Final = 50_000  # an audience beyond it is counted, not known by name


class Viewer(msgspec.Struct, array_like=True, gc=False):
    """One account in one show. Times are ms of event time; counts are of this show."""

    account_id: str
    seen_ms: int  # its first event here
    active_ms: int  # its newest event here
    joined_ms: int = 0  # 0 where no join was seen
    left_ms: int = 0  # 0 while it is here
    join_event_id: str = ""  # of its first join
    source: str = ""
    badge: int = 0
    comments: int = 0
    orders: int = 0
    created_ms: int = 0
    device_id: str | None = None
    pay_account_id: str | None = None
    address_id: str | None = None
    inviter_id: str | None = None
    ip_prefix: str | None = None


class Presence(msgspec.Struct, dict=True):
    """The accounts of one show in the order in which they were first seen. Bounded by MAX_ACCOUNTS.

    How many share each link is derived from it and not encoded: counted when it is first asked for, kept up after.
    """

    viewers: dict[str, Viewer] = {}
    came: list[int] = []  # when each account was first seen, ms, sorted
    here: int = 0  # joined and not left
    unknown: int = 0  # events of accounts beyond the bound

    def observe(self, event: Any) -> None:
        """Take one act of an account. Who only leaves, cancels or complains was not here: so no viewer begins."""
        ts, kind = event.ts, type(event)
        viewer = self.viewers.get(event.account_id)
        if viewer is None:
            if not _comes(event):
                return
            if len(self.viewers) >= MAX_ACCOUNTS:
                self.unknown += 1
                return
            viewer = self._come(event)
        else:
            if kind is not Join:
                # what is kept of this act keeps the id that is here already, not another of the same letters
                _set(event, "account_id", viewer.account_id)
            if ts > viewer.active_ms:
                viewer.active_ms = ts
            if not viewer.created_ms and event.account_created_ts:
                viewer.created_ms = event.account_created_ts
            # the first value that an account says of itself stands
            if viewer.device_id is None and event.device_id:
                self._link(viewer, "device_id", event.device_id)
            if viewer.ip_prefix is None and event.ip_prefix:
                self._link(viewer, "ip_prefix", event.ip_prefix)
            if viewer.inviter_id is None and event.inviter_id:
                self._link(viewer, "inviter_id", event.inviter_id)
            if viewer.pay_account_id is None and event.pay_account_id:
                self._link(viewer, "pay_account_id", event.pay_account_id)
            if viewer.address_id is None and event.address_id:
                self._link(viewer, "address_id", event.address_id)
        if kind is Comment:
            viewer.comments += 1
            if event.badge and event.badge > viewer.badge:
                viewer.badge = event.badge
        elif kind is Join:
            self._come_or_go(viewer, event)
        elif kind is Order and event.status == "placed":
            viewer.orders += 1

    def came_between(self, start_ms: int, end_ms: int) -> int:
        """How many accounts were first seen in [start, end], both included."""
        return bisect_right(self.came, end_ms) - bisect_left(self.came, start_ms)

    def sharing(self, link: str, value: str) -> int:
        """How many accounts of this show have this device, network, ..."""
        return self._link_counts()[link].get(value, 0)

    def knowing(self, link: str) -> int:
        """How many accounts of this show said their device, network, ..."""
        return int(self._link_counts()[link][""])

    def _link_counts(self) -> dict[str, dict[str, int]]:
        counts: dict[str, dict[str, int]] | None = self.__dict__.get("_counts")
        if counts is None:
            counts = self.__dict__["_counts"] = {link: {"": 0} for link in LINKS}
            for viewer in self.viewers.values():
                for link in LINKS:
                    _count(counts[link], getattr(viewer, link))
        return counts

    def _come(self, event: Any) -> Viewer:
        """The viewer that begins with this act."""
        account_id, ts = event.account_id, event.ts
        device_id, pay_account_id = event.device_id or None, event.pay_account_id or None
        address_id, inviter_id, ip_prefix = event.address_id or None, event.inviter_id or None, event.ip_prefix or None
        if ip_prefix is not None:
            ip_prefix = intern(ip_prefix)  # networks are few; kept once for all shows
        viewer = self.viewers[account_id] = Viewer(
            account_id, ts, ts, 0, 0, "", "", 0, 0, 0, event.account_created_ts or 0,
            device_id, pay_account_id, address_id, inviter_id, ip_prefix,
        )  # fmt: skip
        if not self.came or ts >= self.came[-1]:
            self.came.append(ts)
        else:
            insort(self.came, ts)
        if (counts := self.__dict__.get("_counts")) is not None:
            for link in LINKS:
                _count(counts[link], getattr(viewer, link))
        return viewer

    def _come_or_go(self, viewer: Viewer, event: Join) -> None:
        if event.action == "join":
            if not viewer.joined_ms or viewer.left_ms:
                self.here += 1
            if not viewer.joined_ms:
                viewer.joined_ms, viewer.join_event_id = event.ts, event.event_id
            viewer.left_ms = 0
            if not viewer.source and event.source:
                viewer.source = _SOURCES.get(event.source, event.source)
        elif viewer.joined_ms and not viewer.left_ms:
            self.here -= 1
            viewer.left_ms = event.ts

    def _link(self, viewer: Viewer, link: str, value: str) -> None:
        setattr(viewer, link, value)
        counts = self.__dict__.get("_counts")
        if counts is not None:
            _count(counts[link], value)


def _count(counts: dict[str, int], value: str | None) -> None:
    if value:
        counts[value] = counts.get(value, 0) + 1
        counts[""] += 1


def _comes(event: Any) -> bool:
    """Whether an act shows that its account is in the show."""
    kind = type(event)
    if kind is Join:
        return bool(event.action == "join")
    return kind is Comment or (kind is Order and event.status in ("placed", "paid"))
