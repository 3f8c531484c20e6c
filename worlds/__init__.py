"""Simulated evenings of live-commerce shows with ground truth; knows nothing of the detectors.

Each world is a package of its own and shares nothing with another but the format (`recording.py`): what is tuned in
one is reported in the other.
"""

from worlds.bazaar import BEGINS_AT_MS, DISGUISES, LAWS, NEGATIVES, PLANTS, Lazily, evening, lazily
from worlds.recording import STRENGTHS, Evening
from worlds.write import beginning_at, ending_at, scale, shift, write, write_events, write_truth

__all__ = [
    "BEGINS_AT_MS",
    "DISGUISES",
    "LAWS",
    "NEGATIVES",
    "PLANTS",
    "STRENGTHS",
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
