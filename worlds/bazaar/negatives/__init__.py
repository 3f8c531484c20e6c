"""What is innocent but looks suspicious: each adds to the plan, to the audience, or to what people do.

A show's truth names those it has. All of them are guesses at how such evenings go.
"""

from __future__ import annotations

from worlds.bazaar.negatives.afterwards import (
    BulkBooking,
    CourierOutage,
    DeliveryWave,
    Holidays,
    ImpulseBuyers,
    OneNetwork,
    RefundOfALine,
    StockOut,
)
from worlds.bazaar.negatives.base import Negative
from worlds.bazaar.negatives.coming import Campus, Family, FrontPage, HostedJoins, Raid
from worlds.bazaar.negatives.selling import (
    Bundles,
    Clearance,
    FlashSale,
    GroupBuy,
    OfficeOrder,
    OnePrice,
    PromotionBudget,
    PromotionTier,
)
from worlds.bazaar.negatives.small import FamilyShow, SchoolShow, VillageShow
from worlds.bazaar.negatives.talking import FanClub, Lottery, PromptedPraise, Prompting
from worlds.bazaar.negatives.unmarked import CouponCode, FreeShipping, HomeOffice, InvitedFans

FIRST: dict[str, type[Negative]] = {
    "flash_sale": FlashSale,
    "lottery": Lottery,
    "prompt": Prompting,
    "prompted_praise": PromptedPraise,
    "promotion_tier": PromotionTier,
    "group_buy": GroupBuy,
    "raid": Raid,
    "front_page": FrontPage,
    "fan_club": FanClub,
    "family": Family,
    "campus": Campus,
    "one_price": OnePrice,
    "office_order": OfficeOrder,
}
"""What looks like bought purchases or praise; dealt out by itself, so that the rest does not change these hands."""
SECOND: dict[str, type[Negative]] = {
    "hosted_joins": HostedJoins,
    "one_network": OneNetwork,
    "promotion_budget": PromotionBudget,
    "clearance": Clearance,
    "bundles": Bundles,
    "bulk_booking": BulkBooking,
    "impulse_buyers": ImpulseBuyers,
    "delivery_wave": DeliveryWave,
    "holidays": Holidays,
    "stock_out": StockOut,
    "refund_of_a_line": RefundOfALine,
    "courier_outage": CourierOutage,
}
"""What looks like the other schemes. The last three look at what has been sold before."""
SMALL: dict[str, type[Negative]] = {
    "village_show": VillageShow,
    "family_show": FamilyShow,
    "school_show": SchoolShow,
}
"""Shows that are small as a whole: dealt to small audiences only."""
BY_NAME: dict[str, type[Negative]] = {
    "coupon_code": CouponCode,
    "free_shipping": FreeShipping,
    "home_office": HomeOffice,
    "invited_fans": InvitedFans,
}
"""What is there only where it is asked for: dealt out, they would change evenings that were reported."""
NEGATIVES = FIRST | SMALL | SECOND | BY_NAME
EXCLUDES = {
    "one_price": {"promotion_tier", "group_buy", "flash_sale", "promotion_budget", "clearance", "bundles", "stock_out"}
    | {"coupon_code", "free_shipping"},
    "holidays": {"delivery_wave"},
}
"""One price for everything leaves no room for these; no parcel comes while none is moved."""

__all__ = ["BY_NAME", "EXCLUDES", "FIRST", "NEGATIVES", "SECOND", "SMALL", "Negative"]
