"""Small detectors with one rule each, so that rooms, partitions and incidents are tested without the real ones.

Saved formats under `fixtures/formats/` hold their states: change them only together with a new format.
"""

from collections import Counter
from typing import Any, ClassVar

import msgspec

from streams.alerts import Counterfactual, Evidence, Impact, Signal, Suspect, Window
from streams.events import Comment, Event, Join, Order
from streams.finding import Detector, Finding
from streams.show import ShowState


class Act(msgspec.Struct, frozen=True, array_like=True):
    """As much of an act as a finding needs to name it."""

    ts: int
    event_id: str
    account_id: str
    topic: str


def finding(scheme: str, acts: list[Act], *, fires: bool = True, score: float = 0.8, subject: str | None = None) -> Any:
    """A finding on these acts; its accounts are theirs."""
    acts_of = Counter(act.account_id for act in acts)
    return Finding(
        scheme=scheme,
        fires=fires,
        score=score,
        title=f"{len(acts_of)} accounts in {len(acts)} acts",
        window=Window(min((act.ts for act in acts), default=0), max((act.ts for act in acts), default=0)),
        signals=[Signal("acts", float(len(acts)), 0.0, "acts")],
        accounts=[Suspect(account, 1.0, acts_of[account]) for account in sorted(acts_of)],
        evidence=[Evidence(act.event_id, act.topic, act.ts, act.account_id, "") for act in acts],
        evidence_total=len(acts),
        counter_evidence=[],
        counterfactual=Counterfactual("no act", {"acts": 0}),
        impact=Impact(orders=len(acts)),
        subject=subject,
    )


class BuyersState(msgspec.Struct):
    acts: list[Act] = []


class Buyers(msgspec.Struct, frozen=True, kw_only=True):
    """Fires while at least `min_buyers` accounts placed an order in the last `window_ms`; the crew is all of them."""

    SCHEME: ClassVar[str] = "buyers"
    READS: ClassVar[tuple[type[Event], ...]] = (Order,)
    State: ClassVar[type] = BuyersState

    min_buyers: int = 3
    window_ms: int = 20_000

    def observe(self, state: BuyersState, show: ShowState, event: Order) -> None:
        if event.status == "placed":
            state.acts.append(Act(event.ts, event.event_id, event.account_id, event.TOPIC))

    def judge(self, state: BuyersState, show: ShowState, now_ms: int) -> list[Finding]:
        state.acts = [act for act in state.acts if act.ts + self.window_ms > now_ms]
        buyers = {act.account_id for act in state.acts}
        if not buyers:
            return []
        return [finding(self.SCHEME, state.acts, fires=len(buyers) >= self.min_buyers)]

    def wake_ms(self, state: BuyersState, now_ms: int) -> int | None:
        return min((act.ts + self.window_ms for act in state.acts), default=None)


class EchoesState(msgspec.Struct):
    acts: dict[str, list[Act]] = {}  # by text


class Echoes(msgspec.Struct, frozen=True, kw_only=True):
    """Fires on every text that was said `at_least` times in the show; the text is what the finding is about."""

    SCHEME: ClassVar[str] = "echoes"
    READS: ClassVar[tuple[type[Event], ...]] = (Comment,)
    State: ClassVar[type] = EchoesState

    at_least: int = 3

    def observe(self, state: EchoesState, show: ShowState, event: Comment) -> None:
        state.acts.setdefault(event.text, []).append(Act(event.ts, event.event_id, event.account_id, event.TOPIC))

    def judge(self, state: EchoesState, show: ShowState, now_ms: int) -> list[Finding]:
        said = [(text, acts) for text, acts in state.acts.items() if len(acts) >= self.at_least]
        return [finding(self.SCHEME, acts, score=0.95, subject=text) for text, acts in said]

    def wake_ms(self, state: EchoesState, now_ms: int) -> int | None:
        return None


class BrittleState(msgspec.Struct):
    joins: list[Act] = []
    doom: str = ""


class Brittle(msgspec.Struct, frozen=True, kw_only=True):
    """Fires on every join, and breaks on what comments tell it: "observe", "judge" or "wake"."""

    SCHEME: ClassVar[str] = "brittle"
    READS: ClassVar[tuple[type[Event], ...]] = (Join, Comment)
    State: ClassVar[type] = BrittleState

    def observe(self, state: BrittleState, show: ShowState, event: Any) -> None:
        if isinstance(event, Join):
            state.joins.append(Act(event.ts, event.event_id, event.account_id, event.TOPIC))
            return
        state.doom = event.text
        if event.text == "observe":
            raise RuntimeError("told to break while observing")

    def judge(self, state: BrittleState, show: ShowState, now_ms: int) -> list[Finding]:
        if state.doom == "judge":
            raise RuntimeError("told to break while judging")
        return [finding(self.SCHEME, state.joins, score=0.5, subject="joins")] if state.joins else []

    def wake_ms(self, state: BrittleState, now_ms: int) -> int | None:
        if state.doom == "wake":
            raise RuntimeError("told to break while planning")
        return None


class ReturnsState(msgspec.Struct):
    cancels: list[Act] = []
    ends: int = 0
    viewers: int = 0
    doom: str = ""


class ReturnsPast(msgspec.Struct):
    shows: int = 0
    cancels: int = 0


class Returns(msgspec.Struct, frozen=True, kw_only=True):
    """Fires on `at_least` cancels in a show, also after its end; remembers how many a room had. Breaks on "ended"."""

    SCHEME: ClassVar[str] = "returns"
    READS: ClassVar[tuple[type[Event], ...]] = (Comment, Order)
    State: ClassVar[type] = ReturnsState
    Past: ClassVar[type] = ReturnsPast

    at_least: int = 2
    after_ms: int = 60_000

    def observe(self, state: ReturnsState, show: ShowState, event: Any) -> None:
        if isinstance(event, Comment):
            state.doom = event.text
        elif event.status == "cancelled":
            state.cancels.append(Act(event.ts, event.event_id, event.account_id, event.TOPIC))
            show.past[self.SCHEME].cancels += 1

    def judge(self, state: ReturnsState, show: ShowState, now_ms: int) -> list[Finding]:
        if not state.cancels:
            return []
        return [finding(self.SCHEME, state.cancels, fires=len(state.cancels) >= self.at_least, subject="cancels")]

    def ended(self, state: ReturnsState, show: ShowState) -> None:
        if state.doom == "ended":
            raise RuntimeError("told to break at the end")
        state.ends += 1
        state.viewers = len(show.presence.viewers)
        show.past[self.SCHEME].shows += 1

    def wake_ms(self, state: ReturnsState, now_ms: int) -> int | None:
        return None


class SpectatorState(msgspec.Struct):
    pass


class Spectator(msgspec.Struct, frozen=True, kw_only=True):
    """Finds nothing; with it a show keeps up all evidence that detectors may share."""

    SCHEME: ClassVar[str] = "spectator"
    READS: ClassVar[tuple[type[Event], ...]] = ()
    State: ClassVar[type] = SpectatorState

    def observe(self, state: SpectatorState, show: ShowState, event: Event) -> None:
        raise AssertionError("it reads nothing")

    def judge(self, state: SpectatorState, show: ShowState, now_ms: int) -> list[Finding]:
        return []

    def wake_ms(self, state: SpectatorState, now_ms: int) -> int | None:
        return None


DOUBLES: tuple[type[Detector], ...] = (Buyers, Echoes, Brittle)
