"""A circle: people who know each other from elsewhere, a school or a village, tied by what many others share too.

Its friends come together and by one link, and are kinder than strangers. What tells it from a crew is who else is in
it: of a crew nearly all do what it was hired for, of a circle most do not.
"""

from collections import Counter
from collections.abc import Sequence

from streams.evidence.links import LEAST, VALUE_OF
from streams.evidence.presence import Presence, Viewer


def circle_share(members: Sequence[Viewer], presence: Presence) -> float:
    """The largest share of the members that have one link in common with at least as many who are none of them."""
    most = 0
    for link, value_of in VALUE_OF.items():
        for value, count in Counter(filter(None, map(value_of, members))).items():
            if count >= max(LEAST, most) and presence.sharing(link, value) >= 2 * count:
                most = count
    return most / len(members) if members else 0.0
