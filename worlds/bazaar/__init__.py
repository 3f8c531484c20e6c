"""The first world: the one in which detectors are tuned."""

from worlds.bazaar.evening import BEGINS_AT_MS, Lazily, evening, lazily
from worlds.bazaar.laws import LAWS
from worlds.bazaar.negatives import NEGATIVES
from worlds.bazaar.plants import DISGUISES, PLANTS
from worlds.bazaar.special import packed_house, returning, small_show, together

__all__ = [
    "BEGINS_AT_MS",
    "DISGUISES",
    "LAWS",
    "NEGATIVES",
    "PLANTS",
    "Lazily",
    "evening",
    "lazily",
    "packed_house",
    "returning",
    "small_show",
    "together",
]
