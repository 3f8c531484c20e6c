"""All that an evaluation found, for whoever writes it down: as Markdown, as JSON, as a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from trials import pilot
from trials.compare import Row
from trials.details import Detail
from trials.figures import Scheme
from trials.floors import Check
from trials.laws import Row as LawRow
from trials.packed import Packed
from trials.pairs import Pair
from trials.promise import Promise
from trials.returning import Nth


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to say; what was not played is empty."""

    title: str
    notes: Sequence[str] = ()
    schemes: dict[str, Scheme]
    rules: Sequence[Row] = ()
    pilot: Sequence[pilot.Row] = ()
    packed: Packed | None = None
    returning: Sequence[Nth] = ()
    promise: Mapping[str, Promise] = {}
    laws: Sequence[LawRow] = ()
    checks: Sequence[Check] = ()
    pairs: Sequence[Pair] = ()
    details: Sequence[Detail] = ()
