"""What detectors say alike: signals and sentences about coming together, links and the age of accounts."""

from collections.abc import Iterable, Sequence
from typing import Final

from streams.alerts import Signal, rounded
from streams.evidence.links import Tie
from streams.evidence.presence import Viewer
from streams.evidence.together import Together
from streams.wording import lasting

YEAR_MS: Final = 365 * 86_400_000


def joined_signal(joined: Together, bits: float) -> Signal:
    """How many came together; `bits` is what the detector counts of it."""
    return Signal("joined_together", float(joined.members), rounded(joined.expected), "accounts", bits=rounded(bits))


def tie_signals(ties: Iterable[Tie]) -> list[Signal]:
    """One signal for each kind of link: `shared_network`, `shared_device`, ..."""
    return [
        Signal(
            f"shared_{tie.name.replace(' ', '_')}",
            float(tie.members),
            rounded(tie.expected),
            "accounts",
            bits=rounded(tie.bits),
        )
        for tie in ties
    ]


def how_they_came(joined: Together, bits: float, ties: Sequence[Tie]) -> str:
    """The part of a title that tells it, with a comma before it; empty where there is nothing to tell."""
    said = ""
    if joined.members and bits > 0:
        said = f", {joined.members} of them joined within {lasting(joined.end_ms - joined.start_ms)}"
    if ties:
        said += f", {ties[0].members} share one {ties[0].name}"
    return said


def against_ties(ties: Sequence[Tie], fires_without: bool) -> list[str]:
    """What speaks against a finding when its accounts share little."""
    if not ties:
        return ["They share no device, payment account, address, inviter or network."]
    if len(ties) > 1:
        return []
    return [
        f"They share one {ties[0].name} only; it fires {'without that, too' if fires_without else 'only with that'}."
    ]


def against_age(viewers: Sequence[Viewer], now_ms: int) -> list[str]:
    """What speaks against a finding when its accounts are old: made accounts seldom are."""
    old = sum(1 for viewer in viewers if 0 < viewer.created_ms < now_ms - YEAR_MS)
    if not old:
        return []
    return [f"{old} of {len(viewers)} accounts {'is' if old == 1 else 'are'} older than a year."]
