"""The first world: the one in which detectors are tuned."""

from worlds.bazaar.evening import BEGINS_AT_MS, Lazily, evening, lazily
from worlds.bazaar.negatives import NEGATIVES
from worlds.bazaar.plants import PLANTS

__all__ = ["BEGINS_AT_MS", "NEGATIVES", "PLANTS", "Lazily", "evening", "lazily"]
