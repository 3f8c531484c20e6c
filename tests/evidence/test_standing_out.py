"""Which bands stand out: of all who bought, and of those who took several things."""

from builders import order

from streams.evidence.hug import TOLERANCES
from streams.evidence.purses import Purse
from streams.evidence.standing_out import SEVERAL_BITS, standing_out


def purse(name: str, total: int, pieces: int = 1) -> Purse:
    made = Purse(name, "CNY")
    for piece in range(pieces):
        made.add(order(name, 1 + piece, total // pieces, f"{name} {piece}"))
    return made


def with_main(name: str, total: int, sku: str) -> Purse:
    """Nine tenths of the total by one thing, and something small."""
    made = Purse(name, "CNY")
    made.add(order(name, 1, total * 9 // 10, sku))
    made.add(order(name, 2, total // 10, f"small {name}"))
    return made


def by_sum(*purses: Purse) -> list[Purse]:
    return sorted(purses, key=lambda purse: purse.sum_minor)


HONEST = [purse(f"v{i}", int(6_000 * 1.02**i)) for i in range(60)]
CREW = [purse(f"c{i}", 10_000 + 90 * i, 2) for i in range(8)]


def test_a_crew_that_took_several_things_stands_out_more_among_those_who_did():
    of_all, of_some = standing_out(by_sum(*HONEST, *CREW, purse("v60", 20_000, 3)), [10_000], (), 0.36)
    strongest = [max(band.bits for band in of.bands) for of in (of_all, of_some)]

    assert of_some.purses == by_sum(*CREW, purse("v60", 20_000, 3))
    assert strongest[1] > strongest[0] + SEVERAL_BITS


def test_the_same_accounts_by_several_widths_are_one_band_and_the_narrowest():
    [of_all] = standing_out(CREW, [10_000], (), 0.36)
    [band] = [band for band in of_all.bands if of_all.inside(band) == CREW]

    assert band.high_minor == int(10_000 * TOLERANCES[2])
    assert CREW[-1].sum_minor <= band.high_minor


def test_where_all_took_several_they_are_asked_once():
    assert len(list(standing_out(CREW, [10_000], (), 0.36))) == 1


def test_a_sum_with_too_few_around_it_is_not_asked_at_all():
    assert list(standing_out(CREW[:4], [10_000], (), 0.36)) == []


def test_without_those_whom_one_dear_thing_brought_there_little_is_left_and_of_a_crew_nearly_all():
    pushed = [with_main(f"p{i}", 10_000 + 90 * i, "dear") for i in range(8)]
    told = [with_main(f"t{i}", 10_000 + 90 * i, f"dear {i}") for i in range(8)]
    for crew, left in ((pushed, False), (told, True)):
        of_all = next(iter(standing_out(by_sum(*HONEST, *crew), [10_000], (), 0.36)))
        strongest = max(of_all.bands, key=lambda band: band.bits)

        assert strongest.bits > 10
        assert (of_all.without_one_thing(strongest) > strongest.bits / 2) is left
