"""How viewers come and stay, what they have in common, and how many do anything: for `inflated_viewers`."""

from collections import Counter
from collections.abc import Sequence
from math import exp, sqrt
from typing import Any, ClassVar, Final

import msgspec

from streams.events import Comment, Event, Join, Order
from streams.evidence.cohorts import LEAST_GROUP, crowded
from streams.evidence.presence import Presence, Viewer
from streams.evidence.stays import DAY_MS, EXPLAINED, SLOT_MS, SOURCES, STAGES_MS, Stays
from streams.show import ShowState
from streams.usual.learned import LEAST_SHOWS, Rate, rests_on, signed_off, too_few
from streams.usual.learner import Learner
from streams.usual.middles import quantile, quantile_with_interval, trimmed_share
from streams.usual.shares import PRIOR_SHOWS, Fit, fit_share

HALF_MINUTE_MS, THREE_MINUTES_MS, TWELVE_MINUTES_MS = STAGES_MS
PLAIN: Final = tuple(source for source in SOURCES if source not in EXPLAINED)
IN_COMMON: Final = tuple(f"usual_{name}_share" for name in (*LEAST_GROUP, "burst"))  # is larger where more people are
ROOM_SPREADS: Final = 1.5  # of the log odds of honest shows, that a room may differ by; from the trials, under all laws
LEAST_PEOPLE: Final = 20  # of a show, from which on it says something; guess
LEAST_LEFT: Final = 0.1  # of those who came, heard to have left before the end; guess

Share = tuple[int, int]  # how many, of how many


class Acts(msgspec.Struct):
    """When an account first did something, and when it first left."""

    acted_ms: dict[str, int] = {}
    left_ms: dict[str, int] = {}


class Stayed(msgspec.Struct):
    """What one show says: (how many, of how many) by setting, and the median age of those who act."""

    shares: dict[str, Share]
    age_ms: float | None


class Audience(Learner):
    """Shares of viewers who stay, act, come in a crowd, or share a device, network or birthday; how old accounts are.

    And how much honest rooms differ in these: where nothing was learned, hardly anything is said of whole rooms.

    What people have in common is learned from those who stay three minutes and act, as the detector compares with
    these: bots do not act. How many act is learned from all who come by a source that does not explain a crowd, and
    shows with bots are set aside, as they are unlike.
    """

    OF: ClassVar[str] = "inflated_viewers"
    FIELDS: ClassVar[tuple[str, ...]] = (
        "usual_device_share",
        "usual_network_share",
        "usual_birthday_share",
        "usual_burst_share",
        "usual_age_ms",
        "usual_active_left_share",
        "usual_active_3min_share",
        "usual_active_12min_share",
        "usual_idle_3min_share",
        "usual_idle_12min_share",
        "usual_stranger_share",
        "usual_room_ratio",
    )
    SCHEME: ClassVar[str] = "usual_audience"
    READS: ClassVar[tuple[type[Event], ...]] = (Join, Comment, Order)
    SHARES: ClassVar[tuple[type, ...]] = (Presence,)
    State: ClassVar[type] = Acts

    def take(self, state: Acts, show: ShowState, event: Any) -> None:
        viewer = show.presence.viewers.get(event.account_id)
        if viewer is None:
            return
        if type(event) is Join:
            if event.action == "leave" and viewer.joined_ms:
                state.left_ms.setdefault(viewer.account_id, event.ts)
        elif type(event) is Comment or event.status == "placed":
            state.acted_ms.setdefault(viewer.account_id, event.ts)

    def ended(self, state: Acts, show: ShowState) -> None:
        people = [viewer for viewer in show.presence.viewers.values() if viewer.joined_ms]
        if len(people) >= LEAST_PEOPLE:
            end_ms = show.ended_ms or show.newest_ms
            self.keep(_sums(people, state, end_ms))
        state.acted_ms, state.left_ms = {}, {}

    def rates(self) -> dict[str, Rate]:
        found: dict[str, Rate] = {}
        fits: list[Fit] = []
        for field in self.FIELDS:
            if field == "usual_room_ratio":
                found[field] = _room_ratio(fits)
                continue
            if field == "usual_age_ms":
                ages = [row.age_ms for row in self.rows if row.age_ms is not None]
                if len(ages) >= LEAST_SHOWS:
                    middle = quantile_with_interval(ages, 0.5)
                    found[field] = signed_off(*middle, f"{len(ages):,} shows")
                else:
                    found[field] = too_few(
                        len(ages), f"{LEAST_PEOPLE} viewers or more who act and say how old they are"
                    )
                continue
            seen = [row.shares[field] for row in self.rows if row.shares[field][1] >= LEAST_PEOPLE]
            if len(seen) < LEAST_SHOWS:
                found[field] = too_few(len(seen), f"{LEAST_PEOPLE} viewers or more of whom it is the share")
                continue
            rests = rests_on(len(seen), sum(of for _, of in seen), "viewers")
            if field in IN_COMMON:
                found[field] = signed_off(*trimmed_share(seen), rests)
                continue
            fit = fit_share(seen)
            fits.append(fit)
            found[field] = signed_off(fit.share, fit.low, fit.high, rests, fit.staged)
        return found


def _room_ratio(fits: Sequence[Fit]) -> Rate:
    """By what odds honest rooms differ from the usual one, of the share in which they differ neither most nor least."""
    if not fits:
        return too_few(0, f"{LEAST_PEOPLE} viewers or more of whom it is known how long they stay")
    fit = sorted(fits, key=lambda fit: fit.spread)[len(fits) // 2]
    wide = 1.96 * fit.spread / sqrt(2.0 * (fit.of_spread + PRIOR_SHOWS))
    low, ratio, high = (exp(ROOM_SPREADS * spread) for spread in (fit.spread - wide, fit.spread, fit.spread + wide))
    return signed_off(ratio, low, high, f"{len(fit.honest):,} shows", fit.staged)


def _sums(people: list[Viewer], state: Acts, end_ms: int) -> Stayed:
    """What a show says, once it is over."""
    stays = [state.left_ms.get(viewer.account_id, end_ms) - viewer.joined_ms for viewer in people]
    acted = [state.acted_ms.get(viewer.account_id) for viewer in people]
    left = stayed_3 = stayed_12 = left_active = active_3 = active_12 = came_3 = came_12 = quiet = strangers = 0
    for viewer, stay_ms, acted_ms in zip(people, stays, acted, strict=True):
        if viewer.source not in EXPLAINED:
            came_3 += viewer.joined_ms + THREE_MINUTES_MS <= end_ms
            came_12 += viewer.joined_ms + TWELVE_MINUTES_MS <= end_ms
        if viewer.source not in PLAIN:
            continue
        after_ms = None if acted_ms is None else acted_ms - viewer.joined_ms
        if stay_ms >= TWELVE_MINUTES_MS:
            stayed_12 += 1
            active_12 += after_ms is not None and after_ms <= TWELVE_MINUTES_MS
        if stay_ms >= THREE_MINUTES_MS:
            stayed_3 += 1
            active_3 += after_ms is not None and after_ms <= THREE_MINUTES_MS
            quiet += acted_ms is None
            strangers += acted_ms is None and viewer.source != "follow"
        elif stay_ms >= HALF_MINUTE_MS and viewer.account_id in state.left_ms:
            left += 1
            left_active += after_ms is not None and after_ms <= stay_ms
    shares = {
        "usual_active_left_share": (left_active, left),
        "usual_active_3min_share": (active_3, stayed_3),
        "usual_active_12min_share": (active_12, stayed_12),
        "usual_idle_3min_share": (stayed_3 - active_3, came_3),
        "usual_idle_12min_share": (stayed_12 - active_12, came_12),
        "usual_stranger_share": (strangers, quiet),
    }
    if len(state.left_ms) < LEAST_LEFT * len(people):  # leaves are not told, so nobody knows who stayed
        shares = dict.fromkeys(shares, (0, 0))
    long = [viewer for viewer, stay_ms in zip(people, stays, strict=True) if stay_ms >= HALF_MINUTE_MS]
    active = [
        viewer
        for viewer, stay_ms, acted_ms in zip(people, stays, acted, strict=True)
        if stay_ms >= THREE_MINUTES_MS and acted_ms is not None
    ]
    for name, least in LEAST_GROUP.items():
        groups = Counter(_group_of(viewer, name) for viewer in long)
        in_one = sum(1 for viewer in active if (value := _group_of(viewer, name)) and groups[value] >= least)
        shares[f"usual_{name}_share"] = (in_one, len(active))
    crowd = _crowd(people)
    in_crowd = sum(1 for viewer in active if viewer.joined_ms // SLOT_MS in crowd)
    shares["usual_burst_share"] = (in_crowd, len(active))
    ages = [float(viewer.joined_ms - viewer.created_ms) for viewer in active if viewer.created_ms]
    return Stayed(shares, quantile(ages, 0.5) if len(ages) >= LEAST_PEOPLE else None)


def _crowd(people: list[Viewer]) -> frozenset[int]:
    """The slots of time in which many came at once, by the detector's idea of many."""
    stays = Stays()
    for viewer in people:
        stays.join(viewer, viewer.source in EXPLAINED)
    return crowded(stays).slots


def _group_of(viewer: Viewer, name: str) -> Any:
    """What an account shares with others; nothing where it is not known."""
    if name == "birthday":
        return viewer.created_ms // DAY_MS
    return viewer.ip_prefix if name == "network" else viewer.device_id
