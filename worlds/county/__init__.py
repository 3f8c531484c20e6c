"""The second world: a county's platform, where villages, schools and shops sell beside each other.

It was written from the contract and from what schemes are said to look like, by somebody who had seen neither a
detector nor the other world. `evening` says what it can be asked for. Every law has its unit and its source, or the
word guess.
"""

from worlds.county.evening import BEGINS_AT_MS, Lazily, evening, lazily, weeks
from worlds.county.laws import LAWS, Laws
from worlds.county.negatives import NEGATIVES as _NEGATIVES
from worlds.county.packed import packed_house
from worlds.county.plants import DISGUISES as _DISGUISES
from worlds.county.plants import PLANTS as _PLANTS

PLANTS = tuple(_PLANTS)
NEGATIVES = tuple(_NEGATIVES)
DISGUISES = tuple(_DISGUISES)

__all__ = [
    "BEGINS_AT_MS",
    "DISGUISES",
    "LAWS",
    "NEGATIVES",
    "PLANTS",
    "Laws",
    "Lazily",
    "evening",
    "lazily",
    "packed_house",
    "weeks",
]
