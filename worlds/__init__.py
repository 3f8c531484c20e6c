"""Simulated evenings of live-commerce shows with ground truth; knows nothing of the detectors.

Each world is a package of its own and shares nothing with another but the format (`recording.py`): what is tuned in
one is reported in the other.
"""

from worlds import bazaar, county
from worlds.bazaar import BEGINS_AT_MS, NEGATIVES, PLANTS, Lazily, evening, lazily
from worlds.recording import STRENGTHS, Evening
from worlds.write import beginning_at, ending_at, scale, shift, write, write_events, write_truth

WORLDS = {"bazaar": bazaar, "county": county}

__all__ = [
    "BEGINS_AT_MS",
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
