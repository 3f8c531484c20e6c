"""What is usual on a platform, learned from its own unlabelled history; `LEARNERS` is the one list.

A detector's usual rates are its settings whose names begin with `usual_`. Each has a learner here, or stands in
`NOT_LEARNED` with the reason.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from streams.detectors import DETECTORS
from streams.finding import Detector
from streams.rules import Rules
from streams.usual.audience import Audience
from streams.usual.baskets import Baskets
from streams.usual.cancels import Cancels
from streams.usual.complaints import Complaints
from streams.usual.learned import Rate
from streams.usual.learner import Learner
from streams.usual.losses import Losses
from streams.usual.praise import Praise

LEARNERS: Final[tuple[type[Learner], ...]] = (Audience, Baskets, Cancels, Complaints, Losses, Praise)
USUAL: Final = "usual_"

NOT_LEARNED: Final[dict[tuple[str, str], str]] = {
    ("paid_praise", "usual_small_accounts"): "what counts as a show among friends, not a rate",
    ("paid_praise", "usual_small_again_share"): "of shows among friends, of which a history has too few",
    ("paid_praise", "usual_small_share"): "of shows among friends, of which a history has too few",
    ("inflated_viewers", "usual_source_share"): "stands for any one source; the contract fixes how many there are",
}


def learners() -> tuple[Learner, ...]:
    """All learners, with nothing learned yet."""
    return tuple(kind() for kind in LEARNERS)


def beside(rules: Rules, watching: Sequence[Learner], detectors: Sequence[Detector]) -> Rules:
    """Rules under which the learners watch beside these detectors."""
    return Rules(rules.in_force, rules.room, (*detectors, *watching), rules.published)


def usual_fields(detector: type[Detector]) -> list[str]:
    """The names of a detector's usual rates."""
    settings: Any = detector  # a msgspec.Struct
    return [field.name for field in msgspec.structs.fields(settings) if field.name.startswith(USUAL)]


def rates_of(
    watching: Sequence[Learner], detectors: Sequence[type[Detector]] = DETECTORS
) -> dict[str, dict[str, Rate]]:
    """What was learned, by scheme and field, in the order in which detectors have them; only fields that they have."""
    learned = {learner.OF: learner.rates() for learner in watching}
    found: dict[str, dict[str, Rate]] = {}
    for detector in detectors:
        rates = learned.get(detector.SCHEME, {})
        if fields := {name: rates[name] for name in usual_fields(detector) if name in rates}:
            found[detector.SCHEME] = fields
    return found
