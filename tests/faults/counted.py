"""Differences, counted by what they are."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

SHOWN = 3  # differences of a kind that are told


class Differences:
    """How much is missing, there twice or different, by what it is, with the first few of each kind."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.examples: dict[str, list[str]] = {}

    @property
    def total(self) -> int:
        return self.counts.total()

    def add(self, what: str, example: object, count: int = 1) -> None:
        self.counts[what] += count
        examples = self.examples.setdefault(what, [])
        if len(examples) < SHOWN:
            examples.append(str(example)[:200])

    def compare(self, what: str, found: Iterable[Any], right: Iterable[Any]) -> None:
        """As multisets."""
        found, right = Counter(found), Counter(right)
        for name, more, less in (("missing", right, found), ("too many", found, right)):
            for item, count in (more - less).items():
                self.add(f"{what} {name}", item, count)

    def __str__(self) -> str:
        return "; ".join(f"{count} {what} (as {self.examples[what]})" for what, count in self.counts.items())
