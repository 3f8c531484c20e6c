"""How many who praise the host once do so again: for `paid_praise`."""

from math import fsum
from operator import mul
from typing import Any, ClassVar, Final

import msgspec

from streams.detectors.paid_praise import PaidPraise, Praises
from streams.events import FAN_BADGE, Comment, Event
from streams.evidence.praisers import SHARES
from streams.evidence.presence import Presence
from streams.show import ShowState
from streams.usual.learned import LEAST_SHOWS, Rate, Unknown, rests_on, signed_off, too_few
from streams.usual.learner import Learner
from streams.usual.shares import fit_share

LEAST_PRAISERS: Final = 5  # of a show; guess
LEAST_USUAL: Final = 5.0  # of those, in shows that were not set aside; guess
LEAST_REPEATERS: Final = 20  # of all shows, from which on the share is learned; guess


class Praised(msgspec.Struct):
    """Who praised unasked in one show and is no fan: how many, and how many of them more than once."""

    praisers: int
    again: int


class Praise(Learner):
    """Of those who praise the host once and are no fans, how many for each do so again.

    What praise is, what was asked for, and which praises are one is the detector's own: it watches beside it.
    """

    OF: ClassVar[str] = "paid_praise"
    FIELDS: ClassVar[tuple[str, ...]] = ("usual_again_share",)
    SCHEME: ClassVar[str] = "usual_praise"
    READS: ClassVar[tuple[type[Event], ...]] = (Comment,)
    SHARES: ClassVar[tuple[type, ...]] = (Presence,)
    State: ClassVar[type] = Praises

    def __init__(self) -> None:
        super().__init__()
        self._detector = PaidPraise()

    def take(self, state: Praises, show: ShowState, event: Any) -> None:
        self._detector.observe(state, show, event)

    def ended(self, state: Praises, show: ShowState) -> None:
        viewers = show.presence.viewers
        strangers = [
            praiser
            for praiser in state.praisers.values()
            if praiser.account_id in viewers and viewers[praiser.account_id].badge < FAN_BADGE
        ]
        again = sum(
            1
            for praiser in strangers
            if len(praiser.moments) > 1 and praiser.share(state.answers.talk(viewers[praiser.account_id])) >= SHARES[0]
        )
        among_friends = len(viewers) <= 2 * self._detector.usual_small_accounts  # there other shares hold
        if len(strangers) >= LEAST_PRAISERS and not among_friends:
            self.keep(Praised(len(strangers), again))
        state.praisers, state.answers.lines = {}, {}

    def rates(self) -> dict[str, Rate]:
        [field] = self.FIELDS
        if len(self.rows) < LEAST_SHOWS:
            return {field: too_few(len(self.rows), f"{LEAST_PRAISERS} or more who praise the host unasked")}
        again = sum(row.again for row in self.rows)
        if again < LEAST_REPEATERS:
            return {field: Unknown(f"only {again} praised the host more than once, {LEAST_REPEATERS} are needed")}
        fit = fit_share([(row.again, row.praisers) for row in self.rows])
        usual = fsum(map(mul, fit.honest, (row.again for row in self.rows)))
        if usual < LEAST_USUAL:
            return {field: Unknown(f"of {again} who praise again nearly all do so in few shows, which may be staged")}
        odds = [share / (1.0 - share) for share in (fit.share, fit.low, fit.high)]  # for each who does so once
        praisers = sum(row.praisers for row in self.rows)
        return {
            field: signed_off(odds[0], odds[1], odds[2], rests_on(len(self.rows), praisers, "praisers"), fit.staged)
        }
