"""How many things buyers take, and how many pieces of each: for `coordinated_purchases`."""

from typing import Any, ClassVar, Final

import msgspec

from streams.events import Event, Order
from streams.evidence.known import hash_of
from streams.show import ShowState
from streams.usual.learned import LEAST_SHOWS, Rate, rests_on, signed_off, too_few
from streams.usual.learner import MAX_ORDERS, Learner
from streams.usual.shares import fit_share

MOST: Final = 8  # things of a buyer, and pieces of a thing, that count: who takes fifty is a shop; as in the detector
LEAST_BUYERS: Final = 5  # of a show; guess


class Taken(msgspec.Struct):
    """The sums of one show: how often somebody could have taken one more, and did."""

    buyers: int = 0
    things: int = 0
    more_things: int = 0
    pieces: int = 0
    more_pieces: int = 0


class Carts(msgspec.Struct):
    """What each account took in the show so far: pieces by thing, by hash of account and thing."""

    carts: dict[int, dict[int, int]] = {}
    lines: dict[int, bool] = {}
    ended: bool = False


class Baskets(Learner):
    """The share of buyers who take a second thing (and of these, a third), and of things that are taken twice.

    Both are taken to be the same at every further one, as the detector does; each is then a share of how often somebody
    could have gone on.
    """

    OF: ClassVar[str] = "coordinated_purchases"
    FIELDS: ClassVar[tuple[str, ...]] = ("usual_more_things_share", "usual_more_pieces_share")
    SCHEME: ClassVar[str] = "usual_baskets"
    READS: ClassVar[tuple[type[Event], ...]] = (Order,)
    State: ClassVar[type] = Carts

    def take(self, state: Carts, show: ShowState, event: Any) -> None:
        if event.status != "placed" or event.amount_minor <= 0:
            return
        line = hash_of(f"{event.order_id}\0{event.line()}")
        account = hash_of(event.account_id)
        if line in state.lines or (account not in state.carts and len(state.carts) >= MAX_ORDERS):
            return
        state.lines[line] = True
        cart = state.carts.setdefault(account, {})
        thing = hash_of(event.sku)
        cart[thing] = cart.get(thing, 0) + event.quantity

    def ended(self, state: Carts, show: ShowState) -> None:
        row = Taken(buyers=len(state.carts))
        for cart in state.carts.values():
            things = len(cart)
            row.things += min(things, MOST)
            row.more_things += min(things - 1, MOST)
            for pieces in cart.values():
                row.pieces += min(pieces, MOST)
                row.more_pieces += min(pieces - 1, MOST)
        if row.buyers >= LEAST_BUYERS:
            self.keep(row)
        state.carts, state.lines = {}, {}

    def rates(self) -> dict[str, Rate]:
        shows = self.rows
        if len(shows) < LEAST_SHOWS:
            missing: Rate = too_few(len(shows), f"{LEAST_BUYERS} buyers or more")
            return dict.fromkeys(self.FIELDS, missing)
        rests = rests_on(len(shows), sum(row.buyers for row in shows), "buyers")
        things = fit_share([(row.more_things, row.things) for row in shows])
        pieces = fit_share([(row.more_pieces, row.pieces) for row in shows])
        return {
            "usual_more_things_share": signed_off(things.share, things.low, things.high, rests, things.staged),
            "usual_more_pieces_share": signed_off(pieces.share, pieces.low, pieces.high, rests, pieces.staged),
        }
