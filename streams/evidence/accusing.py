"""What is said of accounts whose sums hug one: the title, the signals, what each adds, and what speaks against it."""

from collections.abc import Sequence
from math import fsum

from streams.alerts import Signal, rounded
from streams.evidence.presence import Viewer
from streams.evidence.purses import Purse
from streams.evidence.saying import against_age, against_ties, how_they_came, joined_signal, tie_signals
from streams.evidence.suspicion import Suspicion
from streams.show import ShowState
from streams.wording import span


def bits_of(s: Suspicion, viewer: Viewer) -> float:
    """What one account adds: its share of the sums' evidence, of the coming together, of the links it has."""
    bits = [s.hug_bits / s.band.count]
    if s.joined.members and s.joined.start_ms <= viewer.seen_ms <= s.joined.end_ms:
        bits.append(s.joined_bits / s.joined.members)
    bits += [tie.bits / tie.members for tie in s.ties if getattr(viewer, tie.link) == tie.value]
    return rounded(fsum(bits))


def title_of(s: Suspicion, members: Sequence[Purse], purses: Sequence[Purse], currency: str) -> str:
    """One sentence: how many spent how much, how they came, what the others did."""
    amount = span(min(p.sum_minor for p in members), max(p.sum_minor for p in members), currency)
    named = {purse.account_id: True for purse in members}
    others = [purse.sum_minor for purse in purses if purse.account_id not in named]
    same = sum(s.band.low_minor <= sum_minor <= s.band.high_minor for sum_minor in others)
    usual = round(100 * same / len(others)) if others else 0
    came = how_they_came(s.joined, s.joined_bits, s.ties)
    return f"{len(members)} accounts spent {amount}{came}; of the {len(others)} other buyers {usual} % did"


def signals_of(s: Suspicion) -> list[Signal]:
    expected = rounded(s.band.expected * s.band.count / s.band.ways)
    return [
        Signal("sums_hug", float(s.band.count), expected, "accounts", bits=rounded(s.hug_bits)),
        joined_signal(s.joined, s.joined_bits),
        Signal(
            "came_by_call", float(s.called.members), rounded(s.called.expected), "accounts", bits=rounded(s.called_bits)
        ),
        *tie_signals(s.ties),
    ]


def against(s: Suspicion, members: Sequence[Purse], show: ShowState, needed_bits: float) -> list[str]:
    """What speaks against it: announcements, a declared promotion, old accounts, few links, coupons."""
    said = []
    start_ms, end_ms = members[0].lines[0].ts, max(purse.lines[-1].ts for purse in members)
    for action, name in (("flash_sale", "A flash sale"), ("group_buy", "A group buy"), ("lottery", "A lottery")):
        if any(m.action == action and m.ts <= end_ms and m.until_ms > start_ms for m in show.markers):
            said.append(f"{name} was running while they bought.")
    if s.declared:
        said.append("A promotion or a coupon has its threshold near these sums; the sums were not counted.")
    said += against_age([show.presence.viewers[p.account_id] for p in members], show.newest_ms)
    said += against_ties(s.ties, s.bits - s.link_bits >= needed_bits)
    coupons = sum(purse.coupon for purse in members)
    if 2 * coupons > len(members):
        said.append(f"{coupons} of {len(members)} used a coupon, which may have a minimum of its own.")
    return said
