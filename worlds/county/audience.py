"""How people come and go: a notification to followers, waves from the feed, friends who bring friends, surges."""

from __future__ import annotations

from bisect import bisect_right
from random import Random

from worlds.county.draws import between, expo, lognormal, poisson, spread, weighted, whole
from worlds.county.ids import mix
from worlds.county.laws import MINUTE, SECOND
from worlds.county.rooms import AGENCY_ROOMS, ROOM_BLOCK
from worlds.county.show import BOUNCE, BROWSE, STAY, Show, Visit
from worlds.county.stage import Surge

REGION_BASE = 1 << 39  # people who follow nobody in particular
REGION = 900_000  # of them
REGULARS = 2.2  # how much rather the oldest followers come: the power of a uniform draw of their rank; guess
NEIGHBOURS = 0.1  # of viewers who follow another room of the agency; guess
WAVES_AN_HOUR = 5.0  # pushes of the recommender; guess
WAVE_SHARE = 0.5  # of those from the feed who come in a wave; guess
WAVE_S = (15.0, 110.0)  # how long one lasts; guess
NOTIFIED_MIN = 4.5  # mean time from notification to coming; guess
LEAVES_SAID = 0.9  # of leaves that are told; the other apps are swept away; guess
LEAVE_AT_END_S = 25.0  # within which those who stayed to the end leave
FAN_FACTOR = 1.5  # how much longer followers stay; guess
OTHER_SOURCES = (  # of those who do not follow; guess
    ("feed", 0.64), ("share", 0.11), ("search", 0.06), ("direct", 0.06), ("ad", 0.07), (None, 0.06),
)  # fmt: skip


def come(show: Show) -> None:
    """Fill the show with its viewers, and write down their joins and leaves."""
    rng, stage, laws = show.random("audience"), show.stage, show.laws
    regulars = laws.follow_share if stage.regulars is None else stage.regulars
    followers = sum(rng.random() < regulars for _ in range(stage.viewers))
    length = stage.ends_ms - stage.starts_ms
    for _ in range(followers):
        if rng.random() < 0.7:
            at = stage.starts_ms + int(expo(rng, NOTIFIED_MIN * MINUTE))
        else:
            at = stage.starts_ms + int(rng.random() * length * 0.95)
        one = enter(show, rng, at, "follow", follows=True)
        if one is not None and rng.random() < laws.household_share:
            at = one.join_ms + int(expo(rng, 30 * SECOND))
            enter(show, rng, at, "share", stay_factor=1.5, number=one.who.number ^ 1)  # mostly of one household
    waves = _waves(show, rng)
    left = stage.viewers - followers
    while left > 0:
        source = weighted(rng, OTHER_SOURCES)
        at = _comes_at(rng, waves, stage.starts_ms, length) if source == "feed" else _any_time(show, rng, length)
        first = enter(show, rng, at, source)
        left -= 1
        if source == "share" and first is not None:
            for _ in range(min(left, whole(rng, 0, 3))):  # those whom this one called in
                enter(show, rng, at + int(expo(rng, 50 * SECOND)), "share", inviter=first.who.account_id)
                left -= 1
    for surge in stage.surges:
        swell(show, rng, surge)
    show.visits.sort(key=lambda visit: visit.join_ms)


def swell(show: Show, rng: Random, surge: Surge) -> None:
    for _ in range(surge.count):
        at = surge.at_ms + int(min(expo(rng, surge.lasts_ms / 3), surge.lasts_ms * 2))
        enter(show, rng, at, surge.source, surge.follows, surge.stay_factor, surge.inviter, surge.network)


def enter(
    show: Show,
    rng: Random,
    at_ms: int,
    source: str | None,
    follows: bool = False,
    stay_factor: float = 1.0,
    inviter: str | None = None,
    network: str | None = None,
    number: int | None = None,
) -> Visit | None:
    """One more viewer; None where the show is about to end."""
    stage, laws = show.stage, show.laws
    if at_ms >= stage.ends_ms - 2 * SECOND:
        at_ms = stage.starts_ms + int(rng.random() * (stage.ends_ms - stage.starts_ms) * 0.9)
    if number is None:
        number = _number(show, rng, follows)
    if number is None or number in show.taken:
        return None
    show.taken.add(number)
    who = show.people.person(number)
    if network is None and stage.network is not None and rng.random() < stage.network[1]:
        network = stage.network[0]
    if network is not None:
        who.ip_prefix = network
        who.seal()
    draw = rng.random()
    bounces = laws.bounce_share * (0.35 if follows else 1.0) / max(1.0, stay_factor)
    stays = min(0.9, laws.stay_share * (FAN_FACTOR * 1.6 if follows else 1.0) * stay_factor)
    if draw < bounces:
        kind, dwell = BOUNCE, 1_500 + int(expo(rng, laws.bounce_s * SECOND))
    elif draw > 1.0 - stays:
        kind, dwell = STAY, int(lognormal(rng, laws.stay_median_min * MINUTE, laws.stay_sigma))
    else:
        kind, dwell = BROWSE, int(lognormal(rng, laws.browse_median_s * SECOND, laws.browse_sigma))
    leave = at_ms + max(1_000, dwell)
    badge = badge_of(show, number) if follows else (1 if rng.random() < 0.06 else 0)
    visit = Visit(who, at_ms, min(leave, stage.ends_ms), source, kind, badge)
    show.visits.append(visit)
    book = show.book
    if inviter is None:
        book.join(at_ms, who, source)
    else:
        book.put(
            at_ms,
            "live.joins",
            {
                "account_id": who.account_id,
                "action": "join",
                "source": source,
                **who.on_join,
                "inviter_id": inviter,
            },
        )
    if leave >= stage.ends_ms:
        leave = stage.ends_ms + int(rng.random() * LEAVE_AT_END_S * SECOND)
    if rng.random() < LEAVES_SAID:
        book.leave(leave, who)
    if leave < stage.ends_ms - 3 * MINUTE and rng.random() < laws.return_share:
        back = leave + 5_000 + int(expo(rng, 2 * MINUTE))
        again = back + int(lognormal(rng, laws.browse_median_s * SECOND, laws.browse_sigma))
        if again < stage.ends_ms:
            book.join(back, who, "direct")
            book.leave(again, who)
    return visit


def badge_of(show: Show, number: int) -> int:
    """The level of a follower: the first of a room's followers are its oldest fans."""
    room = show.stage.room
    rank = (number - room.first_follower) / room.followers
    bits = mix(number) & 7
    if show.stage.first_show:
        return 1 if bits == 0 else 0
    if rank < 0.035:
        return 5 + bits
    return 1 + bits // 2 if rank < 0.3 else bits // 6


def _number(show: Show, rng: Random, follows: bool) -> int | None:
    stage = show.stage
    room = stage.room
    for _ in range(40):
        if stage.circle:
            number = room.first_follower + (1 << 20) + int(rng.random() * stage.circle)
        elif follows:
            number = room.first_follower + int(room.followers * rng.random() ** REGULARS)
        elif rng.random() < NEIGHBOURS:
            other = room.number // AGENCY_ROOMS * AGENCY_ROOMS + int(rng.random() * AGENCY_ROOMS)
            number = (other + 1) * ROOM_BLOCK + int(room.followers * rng.random())
        else:
            number = REGION_BASE + int(rng.random() * REGION)
        if number not in show.taken:
            return number
    return None


def _waves(show: Show, rng: Random) -> tuple[list[int], list[float], list[float]]:
    """(begin of each wave, weights summed up, how long each lasts in ms)."""
    stage = show.stage
    count = 1 + poisson(rng, WAVES_AN_HOUR * stage.minutes / 60)
    begins = [stage.moment(rng, 0.0, 0.93) for _ in range(count)]
    sums: list[float] = []
    for _ in range(count):
        sums.append((sums[-1] if sums else 0.0) + lognormal(rng, 1.0, 0.9))
    return begins, sums, [spread(rng, *WAVE_S) * SECOND for _ in range(count)]


def _comes_at(rng: Random, waves: tuple[list[int], list[float], list[float]], starts_ms: int, length: int) -> int:
    if rng.random() < WAVE_SHARE:
        begins, sums, lasts = waves
        which = min(bisect_right(sums, rng.random() * sums[-1]), len(begins) - 1)
        return begins[which] + int(expo(rng, lasts[which] / 2))
    # the feed warms up: a triangle that peaks after a third of the show
    peak, draw = 0.34, rng.random()
    part = (draw * peak) ** 0.5 if draw < peak else 1.0 - ((1.0 - draw) * (1.0 - peak)) ** 0.5
    return starts_ms + int(part * length)


def _any_time(show: Show, rng: Random, length: int) -> int:
    return show.stage.starts_ms + int(between(rng, 0.0, 0.96) * length)
