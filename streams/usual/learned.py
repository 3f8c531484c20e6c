"""A rate that was learned from a history, and a rate that could not be."""

from math import floor, log10

import msgspec

LEAST_SHOWS = 8  # no rate is learned from fewer; guess
LEAST_TELLING = 20  # shows, from which on it is learned how much shows differ; guess
MOST_RATIO = 8.0  # of the upper to the lower end of its interval, up to which a rate is known; guess


class Learned(msgspec.Struct, frozen=True):
    """A rate, its interval of 95 %, and what it rests on, as words. `staged`: shows that were set aside as unlike."""

    value: float
    low: float
    high: float
    rests_on: str
    staged: int = 0


class Unknown(msgspec.Struct, frozen=True):
    """Why a rate was not learned: one clause of a sentence that says what is missing."""

    missing: str


Rate = Learned | Unknown


def signed_off(value: float, low: float, high: float, rests_on: str, staged: float = 0.0) -> Rate:
    """A rate with four digits that count, so that the last bits of floats never show; unknown where it could be any."""
    if not 0.0 < low <= value <= high < MOST_RATIO * low:
        between = f"between {four_digits(max(0.0, low)):g} and {four_digits(high):g}"
        return Unknown(f"{rests_on} say only that it is {between}; give it more history")
    return Learned(four_digits(value), four_digits(low), four_digits(high), rests_on, round(staged))


def four_digits(value: float) -> float:
    """A number with four digits that count."""
    return round(value, 3 - floor(log10(abs(value)))) if value else 0.0


def rests_on(shows: int, count: float, what: str) -> str:
    """`212 shows, 31,204 orders`."""
    return f"{shows:,} shows, {round(count):,} {what}"


def too_few(shows: int, what: str) -> Unknown:
    """Too few shows have what a rate rests on."""
    have = "no show has" if not shows else f"only {shows} show{'s have' if shows > 1 else ' has'}"
    return Unknown(f"{have} {what}, {LEAST_SHOWS} are needed")


def firmness(firm: float, low: float, high: float, rests_on: str, tell: float, staged: float) -> Rate:
    """How firm a rate is, where enough shows are large enough to `tell` how much they differ."""
    if tell < LEAST_TELLING:
        return Unknown(f"{round(tell)} of {rests_on} tell how much shows differ, {LEAST_TELLING} shows are needed")
    return signed_off(firm, low, high, rests_on, staged)
