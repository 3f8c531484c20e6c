"""The numbers that this world runs on, each with where it comes from.

Measured ones were taken from real data (see the README of the data): two long YouTube chats and four Twitch channels
(10,000 to 20,000 messages), and UCI online retail. What says "guess" is one: no public data of a live-commerce
platform was at hand. Nothing here was chosen by looking at a detector.
"""

from __future__ import annotations

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
LINES_LOG_MEAN, LINES_LOG_SIGMA = 0.95, 1.35
"""Lines of one who chats: 1 for 35 to 43 %, mean 5 to 10, a tenth writes 43 to 59 % (measured, six rooms)."""
GAP_MEDIAN_S, GAP_SIGMA = 65.0, 1.3
"""Seconds between two lines of one account: quartiles 13 to 45, 35 to 116, 95 to 400 (measured)."""
CHATTERS = 0.26
"""Share who say something unasked, of those who stay 15 minutes; guess."""
SPAMMERS = 0.006
"""Share of those who chat who repeat one line all evening (measured: in 1,300 and 990 accounts 4 and 6 do)."""
MOMENTS_PER_MINUTE = 0.35
"""Moments at which the room reacts at once; gives counts by minute with variance 2 to 30 times the mean (measured)."""

# ---- buying
BUYERS_MEDIAN, BUYERS_SIGMA = 0.045, 0.45
"""Share of viewers who order, before how long they stay; guess."""
PRICE_SIGMA = 0.75
"""Spread of log prices within a shop (UCI 0.96 over 4,000 items; a show sells fewer kinds)."""
LINES_OF_BASKET = ((0.66, 1), (0.21, 2), (0.08, 3), (0.035, 4), (0.015, 6))
"""Lines of a basket; guess (UCI's are wholesale, median 10)."""
QUANTITIES = ((0.76, 1), (0.155, 2), (0.045, 3), (0.015, 4), (0.012, 5), (0.008, 6), (0.005, 10))
"""Quantity of a line; guess, with UCI's liking for 2, 4, 6 and 10."""
SECOND_ORDER, THIRD_ORDER = 0.17, 0.05
"""Buyers who order again, and once more; guess."""
PAYS, PAYS_LATE, NEVER_PAYS = 0.89, 0.06, 0.05
"""Of placed orders; the last ones are cancelled by the system after half an hour. Guess."""
CANCELS_MEDIAN, CANCELS_SIGMA = 0.045, 0.5
"""Share of paid orders that their buyer cancels, by show; guess (UCI: 15 % of invoices, over a year)."""
SELLER_CANCELS = 0.004
"""Share of paid orders that the seller cancels (no stock); guess."""
REFUNDS = 0.03
"""Share of paid orders refunded within the first day; guess."""
COMPLAINTS_PER_ORDER = 0.01
"""Complaints for each order kept, spread over some days; guess."""

# ---- the network
DELAY_MEDIAN_MS, DELAY_SIGMA, DELAY_TAIL, DELAY_MAX_MS = 75.0, 0.65, 0.012, 1_890
"""Arrival after event time: 20 to 300 ms mostly, a hundredth in a tail below 1.9 s; guess."""
