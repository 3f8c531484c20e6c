"""Being called: whether some came by a link, straight, or by searching, where the others were led by the platform."""

from collections.abc import Sequence
from typing import Final

import msgspec

from streams.evidence.presence import Viewer
from streams.evidence.surprise import kl_bits

BY_CALL: Final = ("share", "direct", "search")
TRIED_BITS: Final = 2.0


class Called(msgspec.Struct, frozen=True):
    """How many of the members came by themselves, how many would, and how unusual that is."""

    members: int
    of: int
    expected: float
    bits: float


NOT_CALLED: Final = Called(0, 0, 0.0, 0.0)


def by_call(viewer: Viewer) -> bool:
    return viewer.source in BY_CALL


def called(members: Sequence[Viewer], others: Sequence[Viewer]) -> Called:
    """Members against the others of their kind; those whose way is not known count for neither."""
    known = [by_call(viewer) for viewer in members if viewer.source]
    rest = [by_call(viewer) for viewer in others if viewer.source]
    if not known:
        return NOT_CALLED
    usual = (sum(rest) + 1) / (len(rest) + 2)
    bits = kl_bits(sum(known), len(known), usual) - TRIED_BITS
    return Called(sum(known), len(known), usual * len(known), max(0.0, bits))
