"""A rate that was learned from a history, and a rate that could not be."""

from math import floor, log10

import msgspec

LEAST_SHOWS = 8  # no rate is learned from fewer; guess


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


def signed_off(value: float, low: float, high: float, rests_on: str, staged: float = 0.0) -> Learned:
    """A rate with four digits that count, so that the last bits of floats never show."""
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
