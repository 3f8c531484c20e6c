"""Ids of every kind from one hash space: an id says nothing about when, by whom or for what it was made."""

from __future__ import annotations

from hashlib import blake2b
from random import Random

KINDS = {
    "account": "u",
    "address": "a",
    "bundle": "b",
    "complaint": "k",
    "coupon": "c",
    "device": "d",
    "event": "e",
    "host": "h",
    "line": "l",
    "network": "n",
    "order": "o",
    "pay_account": "p",
    "room": "r",
    "seller": "m",
    "show": "v",
    "sku": "s",
}


class Ids:
    """Makes opaque ids: a letter for the kind and 14 hexadecimal digits."""

    __slots__ = ("_key",)

    def __init__(self, seed: int) -> None:
        self._key = blake2b(f"claquewatch world one {seed}".encode(), digest_size=32).digest()

    def of(self, kind: str, number: int | str) -> str:
        """The id of the thing of this kind that the world counts under `number`."""
        digest = blake2b(f"{kind}/{number}".encode(), digest_size=7, key=self._key).hexdigest()
        return KINDS[kind] + digest


def fresh(kind: str, random: Random) -> str:
    """An id for a thing that nothing refers to by number, such as an event."""
    return f"{KINDS[kind]}{random.getrandbits(56):014x}"
