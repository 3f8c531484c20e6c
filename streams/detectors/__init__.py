"""The schemes that Claquewatch looks for; `DETECTORS` is the one list."""

from typing import Final

from streams.detectors.complaint_surge import ComplaintSurge
from streams.detectors.coordinated_purchases import CoordinatedPurchases
from streams.detectors.fake_orders import FakeOrders
from streams.detectors.inflated_viewers import InflatedViewers
from streams.detectors.loss_selling import LossSelling
from streams.detectors.paid_praise import PaidPraise
from streams.finding import Detector

DETECTORS: Final[tuple[type[Detector], ...]] = (
    CoordinatedPurchases,
    PaidPraise,
    FakeOrders,
    LossSelling,
    InflatedViewers,
    ComplaintSurge,
)
