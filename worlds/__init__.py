"""Simulated evenings of live-commerce shows with ground truth; knows nothing of the detectors."""

from worlds.evening import BEGINS_AT_MS, Evening, Lazily, evening, lazily
from worlds.negatives import NEGATIVES
from worlds.plants import PLANTS, STRENGTHS
from worlds.write import beginning_at, ending_at, scale, shift, write, write_events, write_truth

__all__ = [
    "BEGINS_AT_MS",
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
