"""A console for tables and lists: as wide as the terminal, and without folding where the output goes elsewhere."""

import sys

from rich.console import Console

ELSEWHERE_WIDTH = 1_000


def console() -> Console:
    """For standard output."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else ELSEWHERE_WIDTH)
