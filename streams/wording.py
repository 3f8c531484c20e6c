"""Amounts of money and lengths of time as people write them."""

from typing import Final

_WITHOUT_MINOR: Final = ("JPY", "KRW", "VND", "CLP")  # ISO 4217 currencies whose minor unit is the whole one


def money(amount_minor: int, currency: str) -> str:
    """12345, "CNY" -> "123.45 CNY"."""
    return f"{_number(amount_minor, currency)} {currency}"


def span(low_minor: int, high_minor: int, currency: str) -> str:
    """A range of amounts: "200 to 212 CNY", or one amount where both are the same."""
    if low_minor == high_minor:
        return money(low_minor, currency)
    return f"{_number(low_minor, currency)} to {money(high_minor, currency)}"


def _number(amount_minor: int, currency: str) -> str:
    if currency in _WITHOUT_MINOR:
        return str(amount_minor)
    whole, rest = divmod(amount_minor, 100)
    return f"{whole}.{rest:02}" if rest else str(whole)


def lasting(length_ms: int) -> str:
    """A length of time: "70 s", "12 minutes"."""
    return f"{max(1, length_ms // 1_000)} s" if length_ms < 180_000 else f"{round(length_ms / 60_000)} minutes"
