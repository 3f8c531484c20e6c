"""What would have cleared a suspicion: the smallest change of it, by its own arithmetic."""

from typing import Final

from streams.alerts import Counterfactual, rounded
from streams.evidence.surprise import kl_bits, poisson_bits
from streams.evidence.suspicion import CAP_BITS, Suspicion
from streams.wording import lasting

STEP: Final = 1.25


def what_would_clear(s: Suspicion, needed_bits: float) -> Counterfactual:
    """How many accounts, or orders, fewer; how much more slowly they would have had to come; without each kind."""
    numbers = {
        "bits": rounded(s.bits),
        "threshold_bits": needed_bits,
        "without_links_bits": rounded(s.bits - s.link_bits),
        "without_joining_together_bits": rounded(s.bits - s.joined_bits),
        "without_sums_bits": rounded(s.bits - s.hug_bits),
    }
    fewer = _accounts_fewer(s, needed_bits)
    numbers["accounts_fewer"] = float(fewer)
    if not fewer:
        return Counterfactual(f"It is at {s.bits:.1f} bits; {needed_bits:g} are needed.", numbers)
    who = "1 account" if fewer == 1 else f"{fewer} accounts"
    sentence = f"With {who} fewer at this sum it would have stayed below {needed_bits:g} bits."
    if s.link_bits:
        sentence += f" Without the shared {s.ties[0].name} it is at {s.bits - s.link_bits:.0f} bits."
    if slower_ms := _came_over_ms(s, needed_bits):
        numbers["came_over_ms"] = float(slower_ms)
        sentence += f" Or had they come over {lasting(slower_ms)}."
    return Counterfactual(sentence, numbers)


def _came_over_ms(s: Suspicion, needed_bits: float) -> int:
    """Over how long they would have had to come, among arrivals as steady as in their stretch; 0 where none clears."""
    joined = s.joined
    if s.bits - s.joined_bits >= needed_bits or not joined.members:
        return 0
    length_ms = max(1_000, joined.end_ms - joined.start_ms)
    tried_bits = kl_bits(joined.members, joined.of, joined.expected / joined.of) - joined.bits
    times = 1.0
    while s.bits - s.joined_bits + joined.bits >= needed_bits:
        times *= STEP
        usual = min(1.0, times * joined.expected / joined.of)
        left = kl_bits(joined.members, joined.of, usual) - tried_bits
        if s.bits - s.joined_bits + max(0.0, left) < needed_bits:
            break
    return int(length_ms * times)


def _accounts_fewer(s: Suspicion, needed_bits: float) -> int:
    """The fewest accounts without which too few bits are left; 0 where too few are there."""
    count, fewer = s.band.count, 0
    tried_bits = s.band.bits - s.hug_bits
    bits = s.bits
    while bits >= needed_bits and fewer < count:
        fewer += 1
        rest = (count - fewer) / count
        hug_bits = min(CAP_BITS, max(0.0, poisson_bits(s.band.ways * rest, s.band.expected) - tried_bits))
        bits = hug_bits + (s.joined_bits + s.link_bits + s.called_bits) * rest
    return fewer
