"""What the figures must reach, on seeds and in a world that nothing was tuned on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from trials.figures import Scheme

RECALL: Final = {"blatant": 0.98, "moderate": 0.95, "faint": 0.60}
FAINT_RECALL: Final = {
    "loss_selling": 0.95,
    "inflated_viewers": 0.85,
    "complaint_surge": 0.85,
    "coordinated_purchases": 0.70,
    "fake_orders": 0.50,
}
FALSE_PAIRS: Final = 0.01
ACCOUNTS: Final = {  # precision, recall; blatant and moderate
    "coordinated_purchases": (0.95, 0.85),
    "paid_praise": (0.95, 0.85),
    "fake_orders": (0.88, 0.88),
    "inflated_viewers": (0.88, 0.88),
}
DELAY_S: Final = {  # blatant, moderate
    "coordinated_purchases": (15, 30),
    "paid_praise": (30, 300),
    "inflated_viewers": (60, 60),
    "loss_selling": (0, 0),
    "fake_orders": (0, 7_200),
    "complaint_surge": (0, 10_800),
}
MISTAKEN: Final = 0.02
CALIBRATION_ERROR: Final = 0.05
BRIER: Final = 1.0  # as a share of the score of one who always says how many are staged


class Check(msgspec.Struct, frozen=True):
    """One floor: what it is of, what was reached, what is asked for. `value` is None where nothing was measured."""

    name: str
    value: float | None
    floor: float
    ok: bool


def checks(schemes: Mapping[str, Scheme]) -> list[Check]:
    """All floors that these figures can be held to."""
    made: list[Check] = []

    def least(name: str, value: float | None, floor: float) -> None:
        made.append(Check(name, value, floor, value is not None and value >= floor))

    def most(name: str, value: float | None, floor: float) -> None:
        made.append(Check(name, value, floor, value is not None and value <= floor))

    for scheme, of in schemes.items():
        for strength, cell in of.cells.items():
            floor = FAINT_RECALL.get(scheme, RECALL["faint"]) if strength == "faint" else RECALL[strength]
            least(f"{scheme} {strength}: recall by show", cell.recall.value, floor)
        for number, strength in enumerate(("blatant", "moderate")):
            cell = of.cells[strength]
            if scheme in ACCOUNTS:
                precision, recall = ACCOUNTS[scheme]
                least(f"{scheme} {strength}: precision of accounts", cell.precision.value, precision)
                least(f"{scheme} {strength}: recall of accounts", cell.account_recall.value, recall)
            if scheme in DELAY_S:
                most(f"{scheme} {strength}: median delay, s", cell.delay_s.value, DELAY_S[scheme][number])
        most(f"{scheme}: clean shows with an alert", of.false_pairs.value, FALSE_PAIRS)
        most(f"{scheme}: alerts on another scheme's crew", of.mistaken.value, MISTAKEN)
        scores = of.reliability
        most(f"{scheme}: expected calibration error", scores.error.value, CALIBRATION_ERROR)
        if scores.brier is not None and scores.brier_of_a_constant:  # 0 where all shows with a score were of one kind
            most(f"{scheme}: Brier score, as a share of a constant's", scores.brier / scores.brier_of_a_constant, BRIER)
    return made
