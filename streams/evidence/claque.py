"""A claque: accounts that praise the host together, the evidence by kind, and how it is told."""

from collections.abc import Mapping, Sequence
from math import fsum, log2
from typing import Final

import msgspec

from streams.alerts import Signal, rounded
from streams.evidence.calling import NOT_CALLED, Called, called
from streams.evidence.chorus import Chorus
from streams.evidence.circle import circle_share
from streams.evidence.links import Tie, ties
from streams.evidence.meant import called_bits, joined_bits, meeting_bits, tie_bits, times_near
from streams.evidence.meeting import Meeting
from streams.evidence.praisers import Again, Answers, Praiser, Usual, words_bits
from streams.evidence.presence import Presence, Viewer
from streams.evidence.saying import against_age, against_ties, how_they_came
from streams.evidence.together import Together, together

OTHERS_NEAR: Final = 2  # of the claque, near whom one acts with them
CALLED_BITS: Final = 6.0  # how somebody comes says no more; guess
OFTEN: Final = {2: "twice", 3: "three times", 4: "four times"}


class Claque(msgspec.Struct, frozen=True):
    """Who is suspected, and the evidence by kind."""

    members: tuple[Praiser, ...]
    again: Again
    met: Meeting
    joined: Together
    ties: tuple[Tie, ...]
    link_bits: float
    called: Called = NOT_CALLED
    circle: float = 0.0  # how much of it is a circle of friends, which comes together and by one link
    chorus_bits: float = 0.0  # for saying the same things together
    chorus_keys: int = 0  # how many things

    @property
    def bits(self) -> float:
        kinds = (self.again.bits, self.met.bits, self.joined.bits, self.called.bits, self.link_bits, self.chorus_bits)
        return fsum(kinds)

    @property
    def second_bits(self) -> float:
        """Of the strongest kind of evidence beside what they said."""
        return max(self.met.bits, self.joined.bits, self.called.bits, self.link_bits)

    @property
    def excess(self) -> float:
        """How many of its members are more than would be usual; one at least."""
        return max(1.0, len(self.members) - self.again.expected)


def claque_of(
    members: Sequence[Praiser],
    counted: Again,
    met: Meeting,
    sung: Chorus | None,
    others: Sequence[Viewer],
    presence: Presence,
    cap_bits: float,
) -> Claque:
    """The evidence on these accounts with what they share, each kind capped. `others`: who praised and is none of them.

    When they came is compared with when others did who spoke again: who does came early. A circle of friends comes
    together, by one link, and shares what friends share: as far as it is one, none of these counts.
    """
    people = [presence.viewers[p.account_id] for p in members if p.account_id in presence.viewers]
    talkers = [viewer.seen_ms for viewer in presence.viewers.values() if viewer.comments > 1]
    joined = together(sorted(viewer.seen_ms for viewer in people), sorted(talkers))
    by_themselves = called(people, others)
    circle = circle_share(people, presence)
    shared = ties(people, presence)
    links = (1.0 - circle) * fsum(tie.bits * min(1.0, 2.0 * tie.members / len(people)) for tie in shared)
    return Claque(
        members=tuple(members),
        again=msgspec.structs.replace(counted, bits=min(cap_bits, counted.bits)),
        met=msgspec.structs.replace(met, bits=min(cap_bits, met.bits)),
        joined=msgspec.structs.replace(joined, bits=(1.0 - circle) * min(cap_bits, joined.bits)),
        called=msgspec.structs.replace(by_themselves, bits=(1.0 - circle) * min(CALLED_BITS, by_themselves.bits)),
        circle=circle,
        ties=tuple(shared),
        link_bits=min(cap_bits, links),
        chorus_bits=min(cap_bits, sung.pair_bits) if sung else 0.0,
        chorus_keys=len(sung.keys) if sung else 0,
    )


def odds_of(
    claque: Claque,
    core: Mapping[str, Praiser],
    strangers: Mapping[str, Praiser],
    viewers: Mapping[str, Viewer],
    answers: Answers,
    usual: Usual,
    kind_bits: float,
) -> dict[str, float]:
    """The odds in bits that each stranger is of the claque; `core`: those whom its evidence rests on.

    Kinds of evidence that say nothing of the claque (below `kind_bits`) say nothing of an account either.
    """
    group = sorted([ts for p in core.values() for ts in p.moments])
    near = {a: times_near(p.moments, group, OTHERS_NEAR + (a in core)) for a, p in strangers.items()}
    others = [account for account in strangers if account not in core]
    group_share = (sum(near[a] for a in core) + 1) / (sum(len(p.moments) for p in core.values()) + 2)
    usual_share = (sum(near[a] for a in others) + 1) / (sum(len(strangers[a].moments) for a in others) + 4)
    prior = log2(claque.excess / (len(others) + len(core) - claque.excess + 1.0))
    odds = {}
    for account, praiser in strangers.items():
        viewer = viewers[account]
        bits = prior + words_bits(len(praiser.moments), praiser.share(answers.talk(viewer)), usual)
        if claque.met.bits >= kind_bits:
            bits += meeting_bits(near[account], len(praiser.moments), usual_share, group_share)
        if claque.joined.bits >= kind_bits:
            bits += joined_bits(viewer, claque.joined, len(core))
        if claque.called.bits >= kind_bits:
            bits += called_bits(viewer, claque.called)
        if claque.link_bits >= kind_bits:
            bits += tie_bits(viewer, claque.ties, len(core))
        if account in core:
            bits += claque.chorus_bits / 2
        odds[account] = rounded(bits)
    return odds


def title(claque: Claque, accounts: int, lines: int) -> str:
    """One sentence: how many praised how often, how they met and came, what the others did."""
    more = how_they_came(claque.joined, claque.joined.bits, claque.ties)
    often = claque.again
    if not often.times:
        return f"{accounts} accounts that are no fans said the same {claque.chorus_keys} things together{more}"
    return (
        f"{accounts} accounts that are no fans praised the host {lines} times unasked{more}; "
        f"of all who did, {often.accounts} did {OFTEN[often.times]} or more, "
        f"about {max(1, round(often.expected))} would be usual"
    )


def again_signals(claque: Claque) -> list[Signal]:
    """How many praised again, when they did so together, how they came, and what they said in the same words."""
    often, met = claque.again, claque.met
    signals = [
        Signal("praise_again", float(often.accounts), rounded(often.expected), "accounts", bits=rounded(often.bits)),
        Signal("praise_together", float(met.moments), rounded(met.expected), "moments", bits=rounded(met.bits)),
    ]
    if claque.called.bits:
        by_call = claque.called
        came = (float(by_call.members), rounded(by_call.expected))
        signals.append(Signal("came_by_call", *came, "accounts", bits=rounded(by_call.bits)))
    if claque.chorus_bits:
        said = float(claque.chorus_keys)
        signals.append(Signal("same_words", said, 1.0, "things said", bits=rounded(claque.chorus_bits)))
    return signals


def against(
    claque: Claque, members: Sequence[Praiser], presence: Presence, asked: int, now_ms: int, fire_bits: float
) -> list[str]:
    """What speaks against it. `asked`: how often the host asked the room for something meanwhile."""
    people = [presence.viewers[p.account_id] for p in members]
    said = []
    if asked:
        said.append(f"The host asked the room for something {asked} times meanwhile; what was asked for is left out.")
    said += against_age(people, now_ms)
    if bought := sum(1 for viewer in people if viewer.orders):
        said.append(f"{bought} of {len(people)} also bought something.")
    return said + against_ties(claque.ties, claque.bits - claque.link_bits >= fire_bits)
