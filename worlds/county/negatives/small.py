"""Honest first shows of few people who know each other: the packed house's innocent look-alikes.

They come from one circle of neighbours (who share lines, addresses, inviters), most at the start and because they were
told to come; they talk a lot, praise who stands there, and buy something to be kind.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from worlds.county.draws import between, whole
from worlds.county.ids import Counter
from worlds.county.laws import MINUTE, SECOND, Laws
from worlds.county.stage import Call, Stage, Surge


def village_first_show(stage: Stage, rng: Random, laws: Laws) -> None:
    """A village sells its harvest for the first time: 24 to 120 viewers, half of them neighbours."""
    _small(stage, rng, laws, (24, 120), praise=0.13, buyers=0.3, together=0.35, network=0.25)


def family_show(stage: Stage, rng: Random, laws: Laws) -> None:
    """A daughter's first show: 9 to 40 viewers, aunts and cousins and their friends."""
    _small(stage, rng, laws, (9, 40), praise=0.2, buyers=0.45, together=0.5, network=0.15)


def school_show(stage: Stage, rng: Random, laws: Laws) -> None:
    """A class sells what it made: 40 to 160 viewers, parents at home and pupils on the school's network."""
    _small(stage, rng, laws, (40, 160), praise=0.15, buyers=0.25, together=0.5, network=0.4)
    stage.calls.append(Call(stage.moment(rng), ("加油", "加油！", "孩子们真棒"), 0.3, 40 * SECOND))


def _small(
    stage: Stage,
    rng: Random,
    laws: Laws,
    size: tuple[int, int],
    praise: float,
    buyers: float,
    together: float,
    network: float,
) -> None:
    total = whole(rng, *size)
    first = int(total * together)
    ids = Counter(stage.show_id, "small")
    stage.first_show = True
    stage.viewers = total - first
    stage.regulars = 0.05
    stage.circle = total * whole(rng, 2, 5) + 40
    stage.network = (f"n{ids.next() >> 36:07x}", network)
    inviter = f"u{ids.next() >> 16:012x}"  # who runs the show told them
    stage.surges.append(
        Surge(
            stage.starts_ms + whole(rng, 5, 90) * SECOND,
            first,
            "share",
            whole(rng, 1, 8) * MINUTE,
            3.0,
            inviter=inviter if rng.random() < 0.5 else None,
        )
    )
    stage.laws = replace(
        laws,
        bounce_share=laws.bounce_share * 0.4,
        stay_share=min(0.6, laws.stay_share * 2.5),
        chatter_share=min(0.6, laws.chatter_share * 1.6),
        host_praise_share=praise * between(rng, 0.6, 1.3),
        buyer_share=min(0.5, buyers * between(rng, 0.6, 1.3)),
        cancel_share=laws.cancel_share * 0.6,
    )
