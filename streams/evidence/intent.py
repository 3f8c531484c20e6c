"""What a line wants: to praise the host, the goods, to ask, to complain, to answer a prompt, or something else.

A lexicon, one pass (Aho-Corasick): words of praise, words for a person, words for goods. It is written by hand from
everyday use and knows only a part of what people say; the evidence of who speaks together needs no words.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final, Literal, Protocol

import ahocorasick

from streams.evidence.text import fold, grams


class Asked(Protocol):
    """What the host asked for, as markers say it."""

    @property
    def ts(self) -> int: ...
    @property
    def until_ms(self) -> int: ...
    @property
    def action(self) -> str: ...
    @property
    def text(self) -> str | None: ...


Intent = Literal["host_praise", "product_praise", "question", "complaint", "echo", "other"]

# A word that praises a person by itself.
PERSON: Final = """
女神 男神 颜值 仙女 美女 帅哥 好帅 太帅 真帅 帅气 帅炸 帅呆 巨帅 很帅 贼帅 人美 心善 气质 温柔 可爱 甜美 好甜 太甜
真甜 笑容 笑起来 声音好听 声音好甜 声音太好听 声音真好听 声线 嗓音 口才 幽默 风趣 真诚 实在人 良心主播 宝藏主播
宝藏女孩 神仙颜值 绝美 盛世美颜 美貌 美颜 素颜 长得 身材 皮肤好 皮肤真好 皮肤也 白到发光 大眼睛 眼睛好 眼睛真
眼睛会说话 眼神 睫毛 酒窝 侧脸 锁骨 大长腿 腿好长 又美又 又帅又 美丽大方 优雅 魅力 迷人 心动 爱上你 爱了你 被你
粉上 圈粉 嫁给我 娶我 娶你 嫁给你 人好 人真好 人超好 人也 性格好 性格真 性格也 性格太 脾气 亲切 贴心 耐心 善良
敬业 专业 辛苦了主播 主播辛苦 注意身体 越看越 百看不厌 看呆 看不够 看不腻 天使 女王 公主 小可爱 好萌 太萌 真美人
亲和力 像明星 明星脸 治愈 养眼 精致 水灵 接地气 宠粉 业务能力 情商 谦虚 礼貌 有才 才华 自律 大方 耐看 上镜 仙气
清纯 阳光 酷 飒 甜妹 小奶狗 耳朵怀孕 耳朵要怀孕 移不开 挪不开 屏幕都挡不住 一见钟情 理想型 沦陷 表白 越来越美
越来越漂亮 越来越帅 状态真好 状态好 状态真 三观 普通话 口齿 谈吐 女主 男主 画报 颜值天花板 会聊天 会说话 反应快
好身材 鼻子 嘴唇 笑脸 梨涡 气场 人格魅力 有爱心 有教养 教养 有礼貌 爱笑 开朗 活泼 元气 好相处
"""
PERSON_LATIN: Final = """
gorgeous|handsome|stunning|cutie|cute|angel|goddess|queen|princess|hottie|sweetheart|sweetie|charming|charisma
charismatic|adorable|elegant|graceful|classy|polite|your smile|ur smile|her smile|his smile|that smile|your eyes
ur eyes|her eyes|those eyes|your voice|ur voice|her voice|his voice|your face|her face|that face|your skin|ur skin
your hair|ur hair|the hair|so pretty|so beautiful|how pretty|most beautiful|prettiest|hottest|marry me|crush on
in love with you|love you|luv you|love u|love her|love him|so kind|so sweet|so genuine|so honest|so funny
so humble|so patient|sweetest|kindest|funniest|down to earth|genuine|humble|beautiful inside|personality|best host
favorite host|favourite host|best streamer|heart of gold|glowing|you glow|like a model|good looking|such a babe
such a beauty|such a star|talented|professional|wholesome|radiant|dreamy|patient|charm|knows her stuff
knows his stuff|made my day|an actress|a actress|an actor|can sing|camera loves|best skin|good vibes|vibe|vibes
natural beauty|photogenic|so real|role model|good soul|beautiful soul|attractive|adore you|adore her|adore him
adore your|dapper|prettier|cuter|hotter|lashes|dimples|jawline|cheekbones|celebrity|movie star|a model|an idol
your energy|her energy|his energy|the energy|your glow|your style|magnetic|cheerful|love how you|love how kind
easy on the eyes|eye candy|so down to earth|explains everything|explains things|looking good|looking hot
looking fabulous|looking gorgeous|looking fresh|looking sharp|ray of sunshine|sunshine|best smile|cutest|loveliest
nicest|smartest
"""
# A word of praise that needs to know of whom or what.
GENERIC: Final = """
漂亮 好看 好美 太美 真美 美呆 美炸 美爆 美翻 超美 很美 最美 美美 美啊 美的 美了 巨美 贼美 的美 美丽 靓 迷住 喜欢
稀罕 爱了 爱你 太爱 超爱 好爱 爱死 棒 优秀 厉害 完美 绝了 好绝 太绝 绝 惊艳 好听 甜 仙 绝绝子 yyds 无敌 一流 舒服
最好 第一 发光 亮眼 好白 封神 顶级 牛 拼了
"""
GENERIC_LATIN: Final = """
beautiful|pretty|lovely|amazing|awesome|perfect|wonderful|great|best|love|loves|luv|wow|fabulous|flawless
fantastic|incredible|incredibly|nice|sweet|hot|fine|obsessed|slay|slaying|slays|stunner|kind|honest|sincere|funny
star|beauty|warm|smart|cool|adore|adorable|fresh|sharp|unreal|attractive|looking good
"""
# Somebody, most likely the host.
HOST: Final = """
主播 播主 播播 小姐姐 姐姐 小姐 姐 妹妹 妹子 小妹 妹 哥哥 小哥 弟弟 老弟 哥 老铁 你 您 她 他 宝宝 宝贝 宝 老师
老板娘 本人 真人 人 镜头 脸 五官 眼睛 头发 发型 妆 笑 声音 说话 讲话 讲解
"""
HOST_LATIN: Final = """
host|streamer|anchor|presenter|you|u|ur|your|youre|she|shes|her|he|hes|him|his|girl|lady|sis|bro|dude|man|woman
face|smile|eyes|voice|hair|skin|makeup|person|king|babe|baby|dear|hun|boss|mama|sir|maam|tonight|as always|guy
our host|this host|the host
"""
# Goods and their qualities.
GOODS: Final = """
衣服 裙 裤 外套 上衣 毛衣 衬衫 鞋 包包 口红 面膜 精华 粉底 气垫 眼影 眼霜 香水 色号 颜色 款式 版型 面料 料子 质量
质感 做工 材质 味道 口感 好吃 好用 好穿 显瘦 显白 性价比 价格 便宜 划算 优惠 折扣 产品 商品 收到 回购 买 已拍 拍了
下单 尺码 码数 项链 耳环 戒指 手链 手镯 被子 锅 杯子 奶粉 尿不湿 纸尿裤 零食 坚果 饼干 茶 手机 耳机 充电 家用 家里
用了 穿上 上身 包装 物流 发货 一套 一件 两件 套装 效果 礼盒 推荐 点赞 点点赞
"""
GOODS_LATIN: Final = """
dress|shirt|skirt|jacket|coat|sweater|shoes|shoe|bag|lipstick|serum|cream|color|colour|colors|fabric|material
quality|size|sizes|price|deal|deals|product|products|item|items|bundle|set|ring|necklace|earrings|bracelet|gadget
charger|phone|pan|taste|tastes|flavor|snack|snacks|nuts|bought|buying|buy|ordered|arrived|received|shipping
package|packaging|fits|fit|worth|cheap|affordable|cotton|leather|design|style|pattern|jewelry|jewellery|texture
scent|smell|smells|works|mine
"""
# Words that point at something: at goods, unless somebody is named.
POINTING: Final = """
这款 这件 这个 这条 这双 这套 这支 这瓶 那款 那件 这色
"""
POINTING_LATIN: Final = """
this|these|those|it|its|one|ones
"""
QUESTION: Final = """
吗 多少 怎么卖 怎么买 怎么用 怎么穿 怎么选 怎么拍 怎么凑 什么 几点 几天 几号 哪个 哪里 哪款 哪种 有没有 能不能
可不可以 是不是 会不会 为啥 为什么 如何 几个 几斤 要不要 行不行
"""
QUESTION_LATIN: Final = """
how much|how many|how long|how do|how to|what|when|where|which|does|is there|are there|can i|can you|could you
do you|is it|is this|are these|will it|will this|any discount
"""
COMPLAINT: Final = """
骗 假货 假的 垃圾 退货 退款 退钱 质量差 太差 很差 差评 难看 难吃 不好 不值 后悔 坑 失望 投诉 掉色 开线 破了 坏了
客服 不发货 没收到 太贵 好贵
"""
COMPLAINT_LATIN: Final = """
scam|fake|refund|trash|garbage|terrible|awful|broken|worst|ugly|disappointed|overpriced|never arrived|waste
rip off|ripoff|not good|bad quality
"""
# What a host says who asks to be praised.
ASKING: Final = (
    "夸",
    "赞美",
    "表白",
    "形容",
    "好看",
    "漂亮",
    "美",
    "帅",
    "颜值",
    "compliment",
    "praise",
    "nice",
    "look",
    "love",
    "beaut",
)
NEGATIONS: Final = ("不", "没", "别", "not ", "isnt ", "arent ", "aint ", "never ")

_PERSON, _GENERIC, _HOST, _GOODS, _POINTING, _QUESTION, _COMPLAINT = (1 << kind for kind in range(7))


def _automaton() -> Any:
    """Latin words are whole words, parted by bars or lines; Chinese ones are parted by blanks and found anywhere."""
    kinds_of: dict[str, int] = {}
    for kind, (chinese, latin) in enumerate(
        (
            (PERSON, PERSON_LATIN),
            (GENERIC, GENERIC_LATIN),
            (HOST, HOST_LATIN),
            (GOODS, GOODS_LATIN),
            (POINTING, POINTING_LATIN),
            (QUESTION, QUESTION_LATIN),
            (COMPLAINT, COMPLAINT_LATIN),
        )
    ):
        words = [f" {word.strip()} " for line in latin.split("\n") for word in line.split("|") if word.strip()]
        for key in (*chinese.split(), *words):
            kinds_of[key] = kinds_of.get(key, 0) | 1 << kind
    automaton = ahocorasick.Automaton()
    for key, kinds in kinds_of.items():
        automaton.add_word(key, (len(key), kinds))
    automaton.make_automaton()
    return automaton


_WORDS: Final = _automaton()


@lru_cache(maxsize=8_192)
def read(text: str) -> tuple[Intent, str]:
    """What a line wants, by its words, and the line folded."""
    folded = fold(text)
    return _intent(text, folded), folded


def intent_of(text: str) -> Intent:
    """What a line wants, by its words."""
    return read(text)[0]


def _intent(text: str, folded: str) -> Intent:
    if len(folded) <= 1 or folded.isdigit():
        return "echo"
    spaced = f" {folded} "
    found = 0
    for end, (length, kinds) in _WORDS.iter(spaced):
        if found & kinds == kinds:
            continue
        start = end - length + 1
        # a Latin word begins with the blank that its negation ends with
        before = spaced[max(0, start - 5) : start + (spaced[start] == " ")]
        if before.endswith(NEGATIONS) and not before.endswith("特别"):
            continue
        found |= kinds
    if found & _COMPLAINT:
        return "complaint"
    if found & _QUESTION or (("?" in text or "？" in text) and not found & _PERSON):
        return "question"
    if found & _GOODS or (found & _POINTING and not found & _HOST):
        return "product_praise" if found & (_GENERIC | _PERSON) else "other"
    if found & _PERSON or (found & _GENERIC and found & _HOST):
        return "host_praise"
    return "other"


def praises_host(text: str) -> bool:
    """Whether a line praises the host's looks or character."""
    return intent_of(text) == "host_praise"


@lru_cache(maxsize=1_024)
def words_of(text: str) -> frozenset[str]:
    """What a host says, as the n-grams that answers to it are compared with."""
    return grams(fold(text))


@lru_cache(maxsize=1_024)
def asks_for_praise(text: str | None) -> bool:
    """Whether what a host says asks the room to praise; a marker without text may ask for anything."""
    if text is None:
        return True
    folded = fold(text)
    return any(word in folded for word in ASKING)


ECHO_MS: Final = 30_000  # what was asked for is still answered so long after


def asked_for(folded: str, ts: int, asking: Iterable[Asked]) -> bool:
    """Whether the host asked for a folded line: for praise, or for these very words."""
    for marker in asking:
        if not marker.ts <= ts < marker.until_ms + ECHO_MS:
            continue
        if marker.action == "prompt" and asks_for_praise(marker.text):
            return True
        said = grams(folded)
        if marker.text and 2 * len(said & words_of(marker.text)) >= len(said):
            return True
    return False
