"""Simulated evenings of live-commerce shows with ground truth; knows nothing of the detectors.

Each world is a package of its own and shares nothing with another but the format (`recording.py`): what is tuned in
one is reported in the other.
"""

from types import ModuleType
from typing import Final

from worlds import bazaar, county
from worlds.bazaar import BEGINS_AT_MS, DISGUISES, LAWS, NEGATIVES, PLANTS, Lazily, evening, lazily
from worlds.recording import STRENGTHS, Evening
from worlds.write import beginning_at, ending_at, scale, shift, write, write_events, write_truth

WORLDS: Final[dict[str, ModuleType]] = {"bazaar": bazaar, "county": county}
"""By name; the last is the one in which figures are reported."""

__all__ = [
    "BEGINS_AT_MS",
    "DISGUISES",
    "LAWS",
    "NEGATIVES",
    "PLANTS",
    "STRENGTHS",
    "WORLDS",
    "Evening",
    "Lazily",
    "beginning_at",
    "ending_at",
    "evening",
    "lazily",
    "scale",
    "shift",
    "write",
    "write_events",
    "write_truth",
]
