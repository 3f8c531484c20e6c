"""What is usual on this platform, and five other platforms that it might be.

Every constant has its unit and where it is from; "guess" says that nothing was measured. Real data: the project's
evaluation data (two quiet live chats, Twitch chats, an online retailer's invoices).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

SECOND = 1_000  # ms
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

MAX_DELAY_MS = 1_900  # from event time to arrival; under the 2 s of lateness that a reader allows


@dataclass(frozen=True, slots=True)
class Laws:
    """The laws of one platform."""

    # audience
    audience_skew: float = 1.0  # size = low (high / low) ** (u ** skew): above 1 small shows, below 1 large; guess
    follow_share: float = 0.24  # of those who come, told by a notification at the start; guess
    bounce_share: float = 0.42  # of visits that end within seconds; guess, feeds are thumbed through
    stay_share: float = 0.17  # of visits that last; guess
    bounce_s: float = 9.0  # mean of a bounce; guess
    browse_median_s: float = 140.0  # guess
    browse_sigma: float = 0.9  # of the logarithm; guess
    stay_median_min: float = 21.0  # chatters of the quiet live chats: first to last line 3, 10, 29 min (quartiles),
    stay_sigma: float = 0.9  # and they came before and left after; spread of the logarithm from the same quartiles
    return_share: float = 0.07  # of those who left and come back within minutes; guess

    # chat
    chatter_share: float = 0.30  # of those who browse or stay; guess
    goes_on: float = 0.82  # chance of another line; quiet live chats: 5.1 and 7.6 lines an account, median 2
    gap_median_s: float = 70.0  # between an account's own lines; quiet live chats: 76 and 49 s in the middle
    gap_sigma: float = 0.88  # of the logarithm; the same chats' quartiles (45 to 145 s, 25 to 98 s)
    host_praise_share: float = 0.035  # of lines by people who are no fans; guess
    fan_praise_share: float = 0.13  # of lines by fans; guess
    goods_praise_share: float = 0.10  # of lines; guess
    question_share: float = 0.27  # of lines; guess
    echo_share: float = 0.035  # of those present who repeat a line that caught on; guess (exact repeats 11 to 27 %)

    # buying
    buyer_share: float = 0.2  # of those who browse or stay; guess
    lines_mean: float = 2.0  # lines a buyer orders over the show, at least 1; guess (an invoice: median 13, wholesale)
    split_share: float = 0.45  # of buyers with several lines who place them as orders of their own; guess
    quantity_more: float = 0.16  # chance of one more piece; guess
    price_factor: float = 1.0  # of the price level; guess
    price_sigma: float = 0.8  # of the logarithm of an item's price; the retailer's lines: 0.95
    coupon_share: float = 0.22  # of orders with a coupon; guess

    gift_share: float = 0.06  # of orders that come with a small thing for nothing; guess
    household_share: float = 0.03  # of followers who watch with somebody of their household; guess

    # how rooms differ, spread of the logarithm
    charm_spread: float = 0.5  # of the share of praise of the host; guess
    talk_spread: float = 0.3  # of the share who chat; guess (the real chats: 5 to 11 lines an account)
    pull_spread: float = 0.35  # of the share who buy; guess
    show_spread: float = 0.15  # of each of these, from show to show of a room; guess

    # after the order
    unpaid_share: float = 0.05  # of orders never paid, closed by the system; guess
    cancel_share: float = 0.07  # of orders cancelled by their buyer; guess (the retailer: 17 cancels in 100 invoices)
    cancel_spread: float = 0.35  # of the logarithm, from show to show; guess
    cancel_quick_share: float = 0.45  # of these, within minutes; guess
    cancel_quick_min: float = 14.0  # mean; guess
    cancel_lag_h: float = 15.0  # median of the others; the retailer: a tenth within 3 h, half after 9 days
    cancel_lag_sigma: float = 1.2  # of the logarithm; guess
    refund_share: float = 0.035  # of paid orders given back after delivery; guess
    refund_lag_h: float = 110.0  # median; guess (the retailer: 9 days)
    refund_lag_sigma: float = 0.6  # guess
    complaint_rate: float = 0.018  # complaints per order kept; guess
    complaint_spread: float = 0.35  # of the logarithm, from shop to shop; guess
    complaint_delay_h: float = 50.0  # median from order to complaint; guess
    complaint_delay_sigma: float = 0.7  # of the logarithm; guess


COUNTY = Laws()

LAWS: dict[str, Laws] = {
    "county": COUNTY,
    # same-city delivery: goods in hand within hours, and back as fast
    "same_day": replace(
        COUNTY,
        cancel_share=0.12,
        cancel_quick_share=0.75,
        cancel_lag_h=5.0,
        refund_lag_h=20.0,
        complaint_rate=0.03,
        complaint_delay_h=9.0,
        complaint_delay_sigma=0.6,
    ),
    # parcels that take a week
    "slow_post": replace(
        COUNTY,
        cancel_share=0.045,
        cancel_quick_share=0.25,
        cancel_lag_h=40.0,
        refund_lag_h=260.0,
        complaint_rate=0.008,
        complaint_delay_h=170.0,
        complaint_delay_sigma=0.45,
    ),
    # wholesalers: large baskets, dear lines, little talk
    "wholesale": replace(
        COUNTY,
        buyer_share=0.34,
        lines_mean=4.2,
        split_share=0.7,
        quantity_more=0.5,
        price_factor=2.5,
        coupon_share=0.1,
        chatter_share=0.14,
        cancel_share=0.16,
    ),
    # a talk show that also sells: three times the lines, much praise, few orders
    "talkative": replace(
        COUNTY,
        chatter_share=0.55,
        goes_on=0.92,
        gap_median_s=38.0,
        host_praise_share=0.09,
        fan_praise_share=0.25,
        echo_share=0.08,
        buyer_share=0.07,
    ),
    # a city's platform: large audiences, thumbed through, small baskets
    "metropolis": replace(
        COUNTY,
        audience_skew=0.5,
        follow_share=0.12,
        bounce_share=0.62,
        stay_share=0.09,
        stay_median_min=14.0,
        chatter_share=0.2,
        buyer_share=0.13,
        lines_mean=1.3,
        price_factor=0.7,
        coupon_share=0.45,
    ),
}


def law(named: Laws | str | None) -> Laws:
    """Laws by name; None is the county's own."""
    if named is None:
        return COUNTY
    if isinstance(named, Laws):
        return named
    if named not in LAWS:
        raise ValueError(f"There are no laws named {named!r}; known are {', '.join(LAWS)}.")
    return LAWS[named]
