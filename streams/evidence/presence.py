"""Who is in the show: when each account came, how it came, what it shares with others, what it did."""

from typing import Any, Final

import msgspec

from streams.events import Comment, Event, Join, Order

LINKS: Final = ("device_id", "pay_account_id", "address_id", "inviter_id", "ip_prefix")
MAX_ACCOUNTS: Final = 50_000  # an audience beyond it is counted, not known by name


class Viewer(msgspec.Struct, array_like=True, gc=False):
    """One account in one show. Times are ms of event time; counts are of this show."""

    account_id: str
    seen_ms: int  # its first event here
    active_ms: int  # its newest event here
    joined_ms: int = 0  # 0 where no join was seen
    left_ms: int = 0  # 0 while it is here
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


class Presence(msgspec.Struct):
    """The accounts of one show, and how many share each link. Bounded by MAX_ACCOUNTS."""

    viewers: dict[str, Viewer] = {}
    here: int = 0  # joined and not left
    unknown: int = 0  # events of accounts beyond the bound

    def observe(self, event: Event) -> None:
        """Take one event; what is no act of an account is passed over."""
        account_id: str | None = getattr(event, "account_id", None)
        if account_id is None:
            return
        viewer = self.viewers.get(account_id)
        if viewer is None:
            if len(self.viewers) >= MAX_ACCOUNTS:
                self.unknown += 1
                return
            viewer = self.viewers[account_id] = Viewer(account_id, event.ts, event.ts)
        self._take(viewer, event)

    def _take(self, viewer: Viewer, event: Any) -> None:
        if event.ts > viewer.active_ms:
            viewer.active_ms = event.ts
        kind = type(event)
        if kind is Join:
            if event.action == "join":
                if not viewer.joined_ms or viewer.left_ms:
                    self.here += 1
                viewer.joined_ms = viewer.joined_ms or event.ts
                viewer.left_ms = 0
                viewer.source = viewer.source or event.source or ""
            elif viewer.joined_ms and not viewer.left_ms:
                self.here -= 1
                viewer.left_ms = event.ts
        elif kind is Comment:
            viewer.comments += 1
            if event.badge and event.badge > viewer.badge:
                viewer.badge = event.badge
        elif kind is Order and event.status == "placed":
            viewer.orders += 1
        if event.account_created_ts and not viewer.created_ms:
            viewer.created_ms = event.account_created_ts
        for link in LINKS:
            value = getattr(event, link)
            if value is not None and getattr(viewer, link) is None:
                setattr(viewer, link, value)
