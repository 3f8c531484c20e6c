"""The burst job of the bench: its detector finds what its reference finds."""

from bench.burst import Burst
from bench.orders import LATENESS_MS, PANE_MS, expected, line, orders
from bench.rows import burst_of, opened
from streams.arrivals import Arrivals
from streams.events import decode
from streams.partition import Partition

COUNT = 30_000


def test_the_detector_finds_the_bursts_of_the_reference_each_once():
    arrivals = Arrivals(Partition(detectors=[Burst], pane_ms=PANE_MS), LATENESS_MS)
    said = []
    for number, order in enumerate(orders(COUNT)):
        said += arrivals.take(decode("live.orders", line(number, order)))
    found = [burst_of(alert) for alert in opened([output.body for output in said + arrivals.end()])]

    assert len(found) > 20
    assert len(set(found)) == len(found)
    assert set(found) == expected(orders(COUNT))


def test_the_same_seed_gives_the_same_orders_and_some_are_out_of_order():
    made = list(orders(COUNT))

    assert made == list(orders(COUNT))
    assert [order.ts for order in made] != sorted(order.ts for order in made)
