"""A claque: accounts that praise the host together, the evidence by kind, and how it is told."""

from math import fsum
from typing import Final

import msgspec

from streams.alerts import Signal, rounded
from streams.evidence.links import Tie
from streams.evidence.meeting import Meeting
from streams.evidence.praisers import Again, Praiser
from streams.evidence.saying import how_they_came
from streams.evidence.together import Together

OFTEN: Final = {2: "twice", 3: "three times", 4: "four times"}


class Claque(msgspec.Struct, frozen=True):
    """Who is suspected, and the evidence by kind."""

    members: tuple[Praiser, ...]
    again: Again
    met: Meeting
    joined: Together
    ties: tuple[Tie, ...]
    link_bits: float
    chorus_bits: float = 0.0  # for saying the same things together
    chorus_keys: int = 0  # how many things

    @property
    def bits(self) -> float:
        return fsum((self.again.bits, self.met.bits, self.joined.bits, self.link_bits, self.chorus_bits))


def title(claque: Claque, accounts: int, lines: int) -> str:
    """One sentence: how many praised how often, how they met and came, what the others did."""
    more = how_they_came(claque.joined, claque.joined.bits, claque.ties)
    often = claque.again
    if not often.times:
        return f"{accounts} accounts that are no fans said the same {claque.chorus_keys} things together{more}"
    return (
        f"{accounts} accounts that are no fans praised the host {lines} times unasked{more}; "
        f"{often.accounts} did {OFTEN[often.times]} or more, about {max(1, round(often.expected))} would be usual"
    )


def again_signals(claque: Claque) -> list[Signal]:
    """How many praised again, when they did so together, and what they said in the same words."""
    often, met = claque.again, claque.met
    signals = [
        Signal("praise_again", float(often.accounts), rounded(often.expected), "accounts", bits=rounded(often.bits)),
        Signal("praise_together", float(met.moments), rounded(met.expected), "moments", bits=rounded(met.bits)),
    ]
    if claque.chorus_bits:
        said = float(claque.chorus_keys)
        signals.append(Signal("same_words", said, 1.0, "things said", bits=rounded(claque.chorus_bits)))
    return signals
