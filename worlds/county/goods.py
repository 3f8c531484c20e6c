"""What a room sells: a list of items with list price, price in the show, and cost.

An item's price is log-normal about its category's level (the retailer of the real data: 0.95 in the logarithm over all
lines, one item's dearest price 2.4 times its cheapest in the middle); levels and margins are guesses.
"""

from __future__ import annotations

from random import Random

from worlds.county.draws import between, lognormal, pick, shuffled, whole
from worlds.county.ids import Counter
from worlds.county.laws import Laws


def _names(text: str) -> tuple[tuple[str, str], ...]:
    """`红薯 yams, 苹果 apples` -> pairs of a Chinese and an English name."""
    pairs = (name.strip().split(" ", 1) for name in text.split(","))
    return tuple((chinese, english) for chinese, english in pairs)


# price level in minor units of yuan (guess), goods
CATEGORIES: dict[str, tuple[int, tuple[tuple[str, str], ...]]] = {
    "farm": (
        2_900,
        _names(
            "红薯 yams, 苹果 apples, 腊肉 bacon, 蜂蜜 honey, 大米 rice, 木耳 fungus, "
            "小米 millet, 核桃 walnuts, 柚子 pomelo, 橙子 oranges, 枸杞 goji, 香菇 mushrooms"
        ),
    ),
    "tea": (
        7_800,
        _names(
            "茶叶 tea, 绿茶 green tea, 红茶 black tea, 白茶 white tea, "
            "花茶 flower tea, 保温杯 flask, 茶具 tea set, 茶宠 tea pet"
        ),
    ),
    "clothes": (
        8_900,
        _names(
            "围巾 scarf, 毛衣 sweater, 连衣裙 dress, 外套 jacket, "
            "童装 kids set, 衬衫 shirt, 裤子 trousers, 拖鞋 slippers, 睡衣 pyjamas"
        ),
    ),
    "home": (
        3_900,
        _names(
            "炒锅 wok, 菜刀 knife, 收纳盒 box set, 台灯 lamp, "
            "毛巾 towels, 枕头 pillow, 地垫 mat, 水壶 kettle, 砧板 board"
        ),
    ),
    "beauty": (
        9_900,
        _names(
            "面霜 cream, 口红 lipstick, 洗发水 shampoo, 精华 serum, "
            "面膜 masks, 防晒 sunscreen, 香水 perfume, 粉底 foundation"
        ),
    ),
    "snacks": (
        1_900,
        _names(
            "坚果 nuts, 薯片 crisps, 辣条 spicy strips, 饼干 biscuits, "
            "酸奶 yoghurt, 牛肉干 jerky, 果干 dried fruit, 粽子 rice dumplings"
        ),
    ),
    "school": (
        2_500,
        _names(
            "字帖 copybook, 绘本 picture book, 铅笔 pencils, 书包 school bag, "
            "积木 bricks, 拼图 puzzle, 跳绳 skipping rope, 手账 journal"
        ),
    ),
}
FILLERS = _names(
    "袜子 socks, 牙刷 toothbrush, 挂钩 hooks, 纸巾 tissues, 棉签 swabs, "
    "头绳 hair tie, 贴纸 stickers, 抹布 cloth, 试吃装 sample, 打火机 lighter"
)

CURRENCIES = (("CNY", 0.82, 1.0), ("TWD", 0.1, 4.4), ("SGD", 0.08, 0.19))  # share of rooms (guess), yuan's worth
ENDINGS = (0, 80, 90, 90, 90, 50, 99)  # what prices end with, in hundredths; guess
UNKNOWN_COST = 0.1  # of items whose cost is not told; guess


class Item:
    """One sku. Money in minor units, each."""

    __slots__ = ("bundle_id", "category", "cost_minor", "list_minor", "name", "price_minor", "sku", "tells_cost")

    def __init__(self, sku: str, name: tuple[str, str], category: str, price: int, list_price: int, cost: int) -> None:
        self.sku = sku
        self.name = name
        self.category = category
        self.price_minor = price
        self.list_minor = list_price
        self.cost_minor = cost
        self.tells_cost = True
        self.bundle_id: str | None = None


def priced(minor: float) -> int:
    """A price as shops write it: the ending depends on the price, so that nothing is drawn."""
    whole_units = int(minor // 100)
    if whole_units >= 60:
        return (whole_units // 10 * 10 + (9 if whole_units % 2 else 8)) * 100
    return max(100, whole_units * 100 + ENDINGS[whole_units % len(ENDINGS)])


def catalogue(ids: Counter, category: str, worth: float, laws: Laws, rng: Random) -> list[Item]:
    """Some 10 to 24 items and a few cheap fillers."""
    level, names = CATEGORIES[category]
    items = []
    for at in range(whole(rng, 8, 20)):
        price = priced(lognormal(rng, level, laws.price_sigma) * worth * laws.price_factor)
        items.append(_item(ids, names[at % len(names)], category, price, rng))
    for name in shuffled(rng, FILLERS)[: whole(rng, 2, 5)]:
        items.append(_item(ids, name, category, priced(between(rng, 190, 1_190) * worth), rng))
    for item in items:
        item.tells_cost = rng.random() >= UNKNOWN_COST
    return items


def _item(ids: Counter, name: tuple[str, str], category: str, price: int, rng: Random) -> Item:
    list_price = int(price * between(rng, 1.1, 2.1)) // 10 * 10
    cost = max(1, int(price * between(rng, 0.42, 0.82)))
    return Item(f"s{ids.next() >> 20:011x}", name, category, price, max(price, list_price), cost)


def a_category(rng: Random) -> str:
    return pick(rng, tuple(CATEGORIES))
