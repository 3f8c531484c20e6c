"""Detectors beside rules: recall of each at as many false alerts as the detectors have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from trials.intervals import Figure, share
from trials.pairs import Pair


class Row(msgspec.Struct, frozen=True):
    """One rule beside the detector of its scheme, on the same shows."""

    scheme: str
    rule: str
    recall: Figure  # at the threshold that gives no more false alerts than the detector has
    false: int
    our_recall: Figure
    our_false: int


def rows(pairs: Iterable[Pair], statistics: Mapping[str, Mapping[tuple[str, str, int, str], float]]) -> list[Row]:
    """`statistics`: by rule, of each (scheme, world, seed, show) the number that it reached."""
    of_scheme: dict[str, list[Pair]] = {}
    for pair in pairs:
        of_scheme.setdefault(pair.scheme, []).append(pair)
    made = []
    for rule, reached in statistics.items():
        for scheme in dict.fromkeys(scheme for scheme, *_ in reached):
            if of := of_scheme.get(scheme):
                made.append(_row(scheme, rule, of, reached))
    return sorted(made, key=lambda row: (list(of_scheme).index(row.scheme), row.rule))


def _row(scheme: str, rule: str, pairs: Sequence[Pair], reached: Mapping[tuple[str, str, int, str], float]) -> Row:
    def of(pair: Pair) -> float:
        return reached.get((scheme, pair.world, pair.seed, pair.show_id), 0.0)

    clean = sorted((of(pair) for pair in pairs if pair.is_clean), reverse=True)
    staged = [pair for pair in pairs if not pair.is_clean]
    our_false = sum(1 for pair in pairs if pair.is_clean and pair.is_found)
    above = clean[our_false] if our_false < len(clean) else 0.0  # the first clean show that must stay silent
    found = sum(1 for pair in staged if of(pair) > above)
    return Row(
        scheme,
        rule,
        share(found, len(staged)),
        sum(1 for value in clean if value > above),
        share(sum(1 for pair in staged if pair.is_found), len(staged)),
        our_false,
    )
