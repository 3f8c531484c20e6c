"""The numbers that this world runs on, each with where it comes from.

Measured ones were taken from real data (see the README of the data): two long YouTube chats and four Twitch channels
(10,000 to 20,000 messages), and UCI online retail. What says "guess" is one: no public data of a live-commerce
platform was at hand. Nothing here was chosen by looking at a detector.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

# ---- accounts
POOL = 300_000
"""Accounts of the platform that may turn up on an evening; guess."""
POOL_TIERS = ((0.10, 800), (0.25, 8_000), (0.65, POOL))
"""Share of arrivals drawn from the first n accounts: a few watch several rooms an evening, most watch one; guess."""
ACCOUNT_AGE_DAYS_MEAN = 520
"""Age of an account, exponential; guess."""
HOUSEHOLD_SHARE = 0.28
"""Share of blocks of four accounts of which two or more live together; guess after census shares of families."""
MATE_COMES_TOO = 0.12
"""Chance that somebody of the household joins the same show; guess."""

# Chance that a client sends a field, by topic; the same for everybody. Guess.
PRESENCE: dict[str, tuple[tuple[str, float], ...]] = {
    "live.joins": (("device_id", 0.93), ("ip_prefix", 0.96), ("inviter_id", 0.55), ("account_created_ts", 0.90)),
    "live.comments": (("device_id", 0.86), ("ip_prefix", 0.92), ("inviter_id", 0.25), ("account_created_ts", 0.82)),
    "live.orders": (
        ("device_id", 0.92),
        ("ip_prefix", 0.95),
        ("pay_account_id", 0.97),
        ("address_id", 0.97),
        ("inviter_id", 0.40),
        ("account_created_ts", 0.88),
    ),
    "live.complaints": (("device_id", 0.60), ("ip_prefix", 0.60), ("address_id", 0.40), ("account_created_ts", 0.80)),
}

# ---- shows
SHOW_MINUTES_MEDIAN, SHOW_MINUTES_SIGMA, SHOW_MINUTES_RANGE = 62.0, 0.45, (20.0, 110.0)
"""Length of a show; guess."""
SOURCES = (
    ("feed", 0.50),
    ("follow", 0.16),
    ("search", 0.08),
    ("share", 0.07),
    ("direct", 0.07),
    ("ad", 0.08),
    ("front_page", 0.02),
    ("recommend", 0.02),
)
"""How viewers come in; guess. The last one is none of the contract's and counts as other."""
STAYS = ((0.52, log(24), 0.9), (0.36, log(200), 1.0), (0.12, log(1_300), 0.9))
"""Seconds that a viewer stays: weight, log median, sigma. Half swipe on within half a minute; guess. The long part
follows the chats: first to last line of those with two lines or more has quartiles 3 to 6, 10 to 27, 28 to 60 min."""
STAYS_REGULAR = ((0.20, log(40), 0.9), (0.45, log(420), 1.0), (0.35, log(2_000), 0.8))
"""The same for followers and fans."""
FEED_MINUTE_SIGMA, FEED_MINUTE_MEMORY = 0.55, 0.75
"""Waves of arrivals: the log rate of a minute is an autoregression with this spread and memory; guess."""
RETURN_SHARE = 0.12
"""Viewers who leave and come back; guess."""
LEAVE_SEEN = 0.93
"""Share of leaves that the platform hears of; guess."""
FOLLOWER_FACTOR = 3.0
"""Followers of a room for each viewer of its usual evening; guess."""

# ---- chat
LINES_LOG_SIGMA = 1.35
"""Spread of the lines of one who chats (measured, six rooms; the rest is in Law)."""
GAP_MEDIAN_S, GAP_SIGMA = 65.0, 1.3
"""Seconds between two lines of one account: quartiles 13 to 45, 35 to 116, 95 to 400 (measured)."""
SPAMMERS = 0.006
"""Share of those who chat who repeat one line all evening (measured: in 1,300 and 990 accounts 4 and 6 do)."""
MOMENTS_PER_MINUTE = 0.35
"""Moments at which the room reacts at once; gives counts by minute with variance 2 to 30 times the mean (measured)."""

# ---- buying
BUYERS_SIGMA = 0.45
"""Spread over rooms of the share of viewers who order (log); guess."""
PRICE_SIGMA = 0.75
"""Spread of log prices within a shop (UCI 0.96 over 4,000 items; a show sells fewer kinds)."""
PAYS, PAYS_LATE, NEVER_PAYS = 0.89, 0.06, 0.05
"""Of placed orders; the last ones are cancelled by the system after half an hour. Guess."""
CANCELS_SIGMA = 0.5
"""Spread over rooms of the share that buyers cancel (log); guess."""
SELLER_CANCELS = 0.004
"""Share of paid orders that the seller cancels (no stock); guess."""
COMPLAINTS_SIGMA = 0.35
"""Spread over rooms of the complaints for each order kept (log); guess."""
COMPLAINS_BEFORE = 0.15
"""Share of complaints that come before the parcel does, with a mean of COMPLAINS_BEFORE_MS: rude service; guess."""
COMPLAINS_BEFORE_MS = 7 * HOUR
REASONS = (("quality", 0.40), ("after_sales", 0.27), ("other", 0.27), ("counterfeit", 0.06))
"""What honest complaints are about; guess."""
HAS_BUNDLE, HAS_GIFT = 0.35, 0.30
"""Shops that sell some things as a set, and shops that put a small thing into larger orders; guess."""
TAKES_BUNDLE, GETS_GIFT = 0.25, 0.7
"""Share who take the set of those who want its first part, and of the large orders that get the gift; guess."""


@dataclass(slots=True, frozen=True)
class Law:
    """What differs from platform to platform: the rates that `calibrate` has to learn. Times are milliseconds."""

    buyers: float = 0.045
    """Share of viewers who order, before how long they stay; guess."""
    second_order: float = 0.17
    third_order: float = 0.05
    """Buyers who order again, and once more; guess."""
    lines_of_basket: tuple[tuple[float, int], ...] = ((0.66, 1), (0.21, 2), (0.08, 3), (0.035, 4), (0.015, 6))
    """Lines of a basket; guess (UCI's are wholesale, median 15)."""
    quantities: tuple[tuple[float, int], ...] = (
        *((0.76, 1), (0.155, 2), (0.045, 3), (0.015, 4)),
        *((0.012, 5), (0.008, 6), (0.005, 10)),
    )
    """Quantity of a line; guess, with UCI's liking for 2, 4, 6 and 10."""
    price: float = 1.0
    """How dear things are; 1 is MEDIAN_PRICE_MINOR in shop.py; guess."""
    cancels: float = 0.045
    """Share of paid orders that their buyer cancels, median of the rooms; guess (UCI: 16 % of invoices, in a year)."""
    cancels_at_once: float = 0.72
    cancels_at_once_ms: int = 25 * MINUTE
    cancels_later_ms: int = 16 * HOUR
    """Most who regret it do so at once, the others until the parcel is sent: two exponentials. Guess; in UCI, where
    goods come back rather than orders, a tenth of what is cancelled is so within 11 min, a quarter within 42 h."""
    refunds: float = 0.03
    refunds_early: float = 0.35
    refunds_early_ms: int = 8 * HOUR
    refunds_late_ms: int = 60 * HOUR
    """Share of paid orders that are refunded, some before the parcel is there, most after it; guess."""
    complaints: float = 0.01
    """Complaints for each order kept; the guess of the shipped defaults too."""
    parcel_ms: int = 46 * HOUR
    parcel_sigma: float = 0.4
    """How long a parcel takes: log-normal; guess."""
    complains_after_ms: int = 22 * HOUR
    """From the parcel to the complaint: exponential; guess."""
    chatters: float = 0.26
    """Share who say something unasked, of those who stay 15 minutes; guess."""
    lines_log_mean: float = 0.95
    """Lines of one who chats: 1 for 35 to 43 %, mean 5 to 10, a tenth writes 43 to 59 % (measured, six rooms)."""
    praise: float = 1.0
    """How much viewers praise the host of their own accord; 1 is one line in forty (chat.py); guess."""
    audience: float = 1.0
    """How much larger audiences are than asked for."""


LAWS: dict[str, Law] = {
    "usual": Law(),
    # a platform on which people order first and think later
    "regretful": Law(cancels=0.13, cancels_at_once=0.5, cancels_later_ms=26 * HOUR, refunds=0.08),
    # ... and one on which an order is an order
    "resolute": Law(cancels=0.015, refunds=0.012, complaints=0.006),
    # parcels from abroad: complaints come after a week
    "slow_parcels": Law(parcel_ms=150 * HOUR, parcel_sigma=0.3, complains_after_ms=40 * HOUR, complaints=0.016),
    # couriers of the same city: complaints within the day
    "same_day": Law(parcel_ms=6 * HOUR, complains_after_ms=7 * HOUR, refunds_late_ms=20 * HOUR, complaints=0.008),
    # everybody buys, and whoever finds a fault says so: what is twice or three times the usual is many complaints
    "fussy": Law(complaints=0.05, buyers=0.08, parcel_ms=30 * HOUR, parcel_sigma=0.5, complains_after_ms=30 * HOUR),
    # small shops stock up here
    "wholesale": Law(
        lines_of_basket=((0.22, 1), (0.24, 2), (0.22, 3), (0.16, 5), (0.10, 8), (0.06, 12)),
        quantities=((0.30, 1), (0.22, 2), (0.10, 3), (0.12, 4), (0.12, 6), (0.08, 10), (0.06, 12)),
        price=0.6,
        buyers=0.03,
    ),
    # everybody talks, and kindly
    "talkative": Law(chatters=0.5, lines_log_mean=1.35, praise=2.5),
    # hardly anybody does
    "quiet": Law(chatters=0.1, lines_log_mean=0.7, praise=0.4),
    # large audiences of whom few buy
    "crowded": Law(audience=4.0, buyers=0.02, second_order=0.1, third_order=0.02),
}
"""The world under other platforms' laws, by name; all guesses, chosen to be far from one another."""

# ---- the network
DELAY_MEDIAN_MS, DELAY_SIGMA, DELAY_TAIL, DELAY_MAX_MS = 75.0, 0.65, 0.012, 1_890
"""Arrival after event time: 20 to 300 ms mostly, a hundredth in a tail below 1.9 s; guess."""
