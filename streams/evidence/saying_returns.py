"""How orders that came back are told: what their buyers have in common, when they cancelled, what speaks against it."""

from collections.abc import Mapping, Sequence

from streams.alerts import Evidence, Signal, rounded
from streams.evidence.keeping import NO, YES, Kept
from streams.evidence.links import NAMES
from streams.evidence.minutes import Minutes
from streams.evidence.returns import Returned
from streams.evidence.strata import Condition, Stratum
from streams.evidence.undone import Shared
from streams.wording import lasting, money


def title(stratum: Stratum, kept: Kept, undone_ms: Sequence[int], ended_ms: int | None) -> str:
    """One sentence: how many of which orders came back, when, and how many were to be expected."""
    alike = " and ".join(common(condition, kept) for condition in stratum.conditions) or "of the show"
    return (
        f"{stratum.marked} of {stratum.count} orders {alike} were cancelled or refunded "
        f"{_when(min(undone_ms), max(undone_ms), ended_ms)}; {stratum.expected:.1f} were to be expected"
    )


def common(condition: Condition, kept: Kept) -> str:
    """What the orders of a stratum have in common."""
    name, value = condition.name, condition.first
    if name == "joined":
        return f"of accounts that joined within {lasting(condition.last - condition.first)}"
    if name == "ordered":
        return f"placed within {lasting(condition.last - condition.first)}"
    if name == "new":
        return "of accounts made in the last 30 days" if value == YES else "of accounts older than 30 days"
    if name == "spoke":
        return "of accounts that said nothing" if value == NO else "of accounts that spoke"
    if name == "quiet":
        return (
            "of accounts that said nothing and used neither badge nor coupon"
            if value == YES
            else "of accounts that spoke, wear a badge or used a coupon"
        )
    if name.startswith("shares_"):
        what = NAMES[name.removeprefix("shares_")]
        return f"of accounts that share their {what}" if value == YES else f"of accounts with a {what} of their own"
    if name in NAMES:
        return f"of accounts with one {NAMES[name]}"
    said = kept.names[name][value - 1][:80]
    return {
        "sku": f"of {said}",
        "pay_type": f"paid by {said}",
        "coupon_id": f"with coupon {said}",
        "source": f"of accounts that came by {said}",
    }[name]


def signals(stratum: Stratum, shared: Sequence[Shared], moments: Minutes) -> list[Signal]:
    """What came back, what its buyers share, how close in time they cancelled."""
    told = [
        Signal(
            "orders_undone",
            float(stratum.marked),
            rounded(stratum.expected),
            "orders",
            bits=rounded(max(0.0, stratum.bits)),
        )
    ]
    for link, count, expected, bits in shared:
        name = f"shared_{NAMES[link].replace(' ', '_')}"
        told.append(Signal(name, float(count), rounded(expected), "accounts", bits=rounded(bits)))
    if moments.bits > 0:
        told.append(
            Signal(
                "undone_together",
                float(moments.members),
                rounded(moments.expected),
                "orders",
                bits=rounded(moments.bits),
            )
        )
    return told


def acts_of_order(kept: Kept, row: int, account_id: str, returned: Returned, ended_ms: int | None) -> list[Evidence]:
    """The cancels and refunds of one order."""
    placed_ms = kept.begins_ms + kept.clock("ordered")[row]
    told = []
    for act in returned.acts:
        step = "refunded" if act.refund else "cancelled"
        said = f"{step} {_when(act.ts, act.ts, ended_ms)}, {lasting(max(0, act.ts - placed_ms))} after ordering: "
        said += f"{act.quantity} x {act.sku[:80]}, {money(act.amount_minor, act.currency[:40])}"
        told.append(Evidence(act.event_id, "live.orders", act.ts, account_id, said[:200]))
    return told


def counter_evidence(
    stratum: Stratum,
    rows: Sequence[int],
    shared: Sequence[Shared],
    kept: Kept,
    returned: Mapping[int, Returned],
) -> list[str]:
    """What speaks against it."""
    told = []
    if gone := sum(r.gone for r in returned.values()):
        told.append(f"The seller or the system cancelled {gone} other orders, which were not counted.")
    if (new := kept.columns.get("new")) and (old := sum(new[row] == NO for row in rows)):
        told.append(f"{old} of {len(rows)} orders are of accounts older than 30 days.")
    if (spoke := kept.columns.get("spoke")) and 2 * (said := sum(spoke[row] == YES for row in rows)) > len(rows):
        told.append(f"{said} of {len(rows)} orders are of accounts that spoke in the show.")
    if not shared and not any(c.name.removeprefix("shares_") in NAMES for c in stratum.conditions):
        told.append("They share no device, payment account, address, inviter or network.")
    return told


def _when(first_ms: int, last_ms: int, ended_ms: int | None) -> str:
    """A stretch of time as seen from the end of the show."""
    if ended_ms is None or last_ms <= ended_ms:
        return "during the show"
    if first_ms <= ended_ms:
        return f"up to {lasting(last_ms - ended_ms)} after the show"
    first, last = lasting(first_ms - ended_ms), lasting(last_ms - ended_ms)
    return f"{first} after the show" if first == last else f"{first} to {last} after the show"
