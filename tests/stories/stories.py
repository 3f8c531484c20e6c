"""Stories: recorded shows with the alerts they should raise.

A story is two files: `<name>.jsonl.gz`, the events, and `<name>.txt`, what a moderator is told, card by card.
`python tests/stories/stories.py` writes the second anew from the first; the difference is reviewed like code.
`python tests/stories/stories.py record NAME` records the first from the simulator, as RECORDED says.
"""

import sys
from pathlib import Path

import worlds
from agents.card import card_of, lines
from agents.recordings import Arrived, read_files
from streams.alerts import Alert
from streams.arrivals import Arrivals
from streams.partition import Partition

FOLDER = Path(__file__).parent

# name -> how the simulator made it; a recording is kept as it is, whatever becomes of the simulator
RECORDED = {
    "an_office_is_told_to_buy_tea": {"seed": 21, "plants": ("coordinated_purchases",), "strength": "moderate"},
    "viewers_are_paid_to_praise_the_host": {"seed": 26, "plants": ("paid_praise",), "strength": "moderate"},
    "goods_are_sold_below_what_they_cost": {"seed": 27, "plants": ("loss_selling",), "strength": "moderate"},
    "buyers_complain_of_what_they_got": {"seed": 28, "plants": ("complaint_surge",), "strength": "moderate"},
    "orders_are_taken_back_after_the_show": {
        "seed": 31,
        "plants": ("fake_orders",),
        "strength": "moderate",
        "tail_hours": 48.0,
    },
    "the_last_pieces_go_below_cost": {"seed": 29, "plants": (), "negatives": ("clearance", "promotion_budget")},
    "parcels_come_late_after_a_big_sale": {"seed": 30, "plants": (), "negatives": ("delivery_wave", "courier_outage")},
    "everyone_buys_in_the_flash_sale": {"seed": 23, "plants": (), "negatives": ("flash_sale", "one_price")},
    "spend_this_much_get_something_off": {"seed": 24, "plants": (), "negatives": ("promotion_tier", "family")},
    "the_fan_club_and_a_prompt_to_praise": {"seed": 25, "plants": (), "negatives": ("fan_club", "prompted_praise")},
    "viewers_are_bought_in_waves": {"seed": 29, "plants": ("inflated_viewers",), "strength": "moderate"},
    "another_room_sends_its_viewers_over": {"seed": 30, "plants": (), "negatives": ("raid", "hosted_joins")},
}


def events_of(name: str) -> Path:
    return FOLDER / f"{name}.jsonl.gz"


def told_in(name: str) -> Path:
    return FOLDER / f"{name}.txt"


def tell(name: str) -> str:
    """What a moderator is told of a story: a card when an incident opens and when it is resolved, a line between."""
    arrivals = Arrivals(Partition())
    outputs = []
    for read in read_files([str(events_of(name))]):
        assert isinstance(read, Arrived), read
        outputs += arrivals.take(read.event)
    outputs += arrivals.end()
    told = [text for output in outputs if isinstance(output.body, Alert) for text in _card(output.body)]
    return "\n".join(told or ["nothing is said"]) + "\n"


def _card(alert: Alert) -> list[str]:
    shown = lines(card_of(alert))
    return [*shown, ""] if alert.status != "update" else [shown[0], ""]


def record(name: str) -> None:
    evening = worlds.evening(shows=1, viewers=(150, 400), hours=0.7, share=1.0, **RECORDED[name])
    worlds.write_events(evening.events, str(events_of(name)))


if __name__ == "__main__":
    if sys.argv[1:2] == ["record"]:
        for each in sys.argv[2:] or RECORDED:
            record(each)
    for each in RECORDED:
        told_in(each).write_text(tell(each), encoding="utf-8")
