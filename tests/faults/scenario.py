"""What a scenario is: a row of the table."""

import contextlib
from collections.abc import Callable
from typing import NamedTuple

from stage import Play

from agents.local.broker import Broker


class CannotBeHad(Exception):
    """What the scenario needs is not on this machine; in CI that is a failure."""


class Scenario(NamedTuple):
    """`scan`: whether the file tells the alerts.

    A control has workers that lack a defence, `without`. That must be noticed, by differences that begin with
    `caught_by`.
    """

    play: Play
    scan: bool = True
    without: str | None = None
    caught_by: str = ""
    broker: Callable[[], contextlib.AbstractAsyncContextManager[Broker]] | None = None  # of its own
