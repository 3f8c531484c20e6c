"""What every look-alike is: additions to the plan, to the audience, or to what people do."""

from __future__ import annotations

from random import Random

from worlds.bazaar import laws
from worlds.bazaar.audience import add, stay_ms
from worlds.bazaar.people import Account
from worlds.bazaar.show import Scribe, Show, Visit
from worlds.bazaar.stage import Stage


class Negative:
    """Nothing out of the ordinary: the base of all."""

    def plan(self, stage: Stage, random: Random) -> None:
        """Add to the plan of the show."""

    def people(self, show: Show, random: Random) -> None:
        """Bring people."""

    def acts(self, show: Show, scribe: Scribe, random: Random) -> None:
        """Let them do what they came for."""


def guest(show: Show, at: int, source: str, random: Random) -> Visit:
    """Somebody of the platform who comes for a reason and stays a while."""
    account: Account = show.people.stranger(random)
    return add(show, account, at, 3 * laws.MINUTE + stay_ms(random), source, 0, random)
