"""What a line wants: to praise the host, the goods, to ask, to complain, to answer a prompt, or something else.

A lexicon, one pass (Aho-Corasick): words of praise, words for a person, words for goods. It is written by hand from
everyday use and knows only a part of what people say; the evidence of who speaks together needs no words.
"""

from functools import lru_cache
from typing import Any, Final, Literal

import ahocorasick

from streams.evidence.text import fold

Intent = Literal["host_praise", "product_praise", "question", "complaint", "echo", "other"]

# A word that praises a person by itself.
PERSON: Final = """
女神 男神 颜值 仙女 小仙女 美女 大美女 帅哥 大帅哥 好帅 太帅 真帅 帅气 帅炸 帅呆 人美 心善 人美心善 气质 温柔 可爱 甜美 好甜 太甜 笑容
声音好听 声音好甜 声音太好听 嗓音 口才 幽默 风趣 真诚 实在人 良心主播 宝藏主播 宝藏女孩 神仙 绝美 盛世美颜 美貌 美颜 素颜 长得 身材
皮肤好好 皮肤真好 皮肤好白 白到发光 大眼睛 眼睛好大 眼睛真大 眼睛好美 眼睛真美 睫毛 酒窝 侧脸 锁骨 大长腿 腿好长 又美又 又帅又 美丽大方
优雅 有气质 有魅力 魅力 迷人 心动 爱上你 爱了你 被你 粉上 圈粉 嫁给我 娶我 老婆 老公 娶你 嫁给你 人好 人真好 人超好 性格好 性格真好
亲切 贴心 耐心 善良 敬业 专业 辛苦了主播 主播辛苦 越看越 百看不厌 看呆 看不够 天使 女王 公主 小可爱 萌 真美人 好有亲和力 亲和力 明星 像明星
|gorgeous|handsome|stunning|cutie|cute|angel|goddess|queen|princess|hottie|sweetheart|charming|charisma|charismatic|adorable|elegant|graceful
|your smile|ur smile|her smile|his smile|your eyes|ur eyes|her eyes|your voice|ur voice|her voice|his voice|your face|her face|your skin|ur skin
|your hair|ur hair|so pretty|so beautiful|how pretty|most beautiful|prettiest|hottest|marry me|crush on|in love with you|love you|luv you|love u
|love her|love him|so kind|so sweet|so genuine|so honest|so funny|so humble|so patient|sweetest|kindest|funniest|down to earth|genuine person
|beautiful inside|great personality|best host|favorite host|favourite host|best streamer|heart of gold|glowing|you glow|look like a model
|good looking|such a babe|such a beauty|such a star|so talented|so charming|so elegant|so professional|so adorable|wholesome|radiant|dreamy
"""
# A word of praise that needs to know of whom or what.
GENERIC: Final = """
漂亮 好看 好美 太美 真美 美呆 美炸 美爆 美翻 超美 很美 最美 美美 美啊 美的 美了 美丽 靓 迷住 喜欢 爱了 爱你 太爱 超爱 好爱 棒 优秀 厉害 完美 绝了 赞 惊艳
好听 甜 好仙 仙气 绝绝子 yyds 无敌 一流 舒服 最好 第一 发光 亮眼 好白
|beautiful|pretty|lovely|amazing|awesome|perfect|wonderful|great|best|love|luv|wow|fabulous|flawless|fantastic|incredible|nice|sweet|hot|fine
|obsessed|slay|slaying|stunner|kind|honest|sincere|funny|talented|star|beauty
"""
# Somebody, most likely the host.
HOST: Final = """
主播 播主 小姐姐 姐姐 小姐 姐 妹妹 妹子 小妹 哥哥 小哥 小哥哥 哥 你 您 她 他 宝宝 宝贝 老师 老板 老板娘 本人 真人 人 镜头 脸 五官 眼睛 头发 发型 妆
笑 笑起来 声音 说话 讲解
|host|streamer|anchor|presenter|you|u|ur|your|youre|she|shes|her|he|hes|him|his|girl|lady|sis|bro|dude|man|woman|face|smile|eyes|voice|hair|skin
|makeup|person|personality|queen|king|babe|baby|dear
"""
# Goods and their qualities.
GOODS: Final = """
这款 这件 这个 这条 这双 这套 这支 这瓶 那款 那件 这色 衣服 裙 裤 外套 上衣 毛衣 衬衫 鞋 包包 包 口红 面膜 精华 粉底 眼影 香水 色号 颜色 款式
版型 面料 料子 质量 质感 做工 材质 味道 口感 好吃 好用 好穿 显瘦 显白 性价比 价格 便宜 划算 优惠 折扣 产品 商品 宝贝收到 收到 回购 买了 已买 已拍 拍了 下单
尺码 码数 项链 耳环 戒指 手链 手镯 玉 被子 锅 杯子 奶粉 尿不湿 零食 坚果 茶 手机 耳机 充电 家用 家里 用了 穿上 上身 包装 物流 发货 一套 一件 两件 套装 效果 礼盒
|dress|shirt|skirt|jacket|coat|sweater|shoes|shoe|bag|lipstick|serum|cream|color|colour|colors|fabric|material|quality|size|sizes|price|deal
|deals|product|products|item|items|bundle|set|this|these|those|it|its|one|ones|ring|necklace|earrings|bracelet|gadget|charger|phone|pan|taste
|tastes|flavor|snack|snacks|bought|buying|ordered|arrived|received|shipping|package|packaging|fits|fit|worth|cheap|affordable|cotton|leather
|design|style|pattern|jewelry|jewellery|texture|scent|smell|smells|works|mine
"""
QUESTION: Final = """
吗 多少 怎么 什么 几点 几天 几号 哪个 哪里 哪款 哪种 有没有 能不能 可不可以 是不是 会不会 谁 为啥 为什么 如何 啥 几个 几斤 要不要 行不行 好不好用
|how|what|when|where|which|who|does|is there|are there|can i|can you|could you|do you|is it|is this|are these|will it|will this|any discount
"""
COMPLAINT: Final = """
骗 假货 假的 垃圾 退货 退款 退钱 质量差 太差 很差 差评 难看 难吃 不好 不值 后悔 坑 失望 投诉 掉色 开线 破了 坏了 客服 不发货 没收到 太贵 好贵
|scam|fake|refund|trash|garbage|terrible|awful|broken|worst|ugly|disappointed|overpriced|never arrived|waste|rip off|ripoff|not good|bad quality
"""
NEGATIONS: Final = ("不", "没", "别", "not ", "isnt ", "arent ", "aint ", "never ")

_PERSON, _GENERIC, _HOST, _GOODS, _QUESTION, _COMPLAINT = range(6)


def _automaton() -> Any:
    kinds_of: dict[str, tuple[int, ...]] = {}
    for kind, words in enumerate((PERSON, GENERIC, HOST, GOODS, QUESTION, COMPLAINT)):
        chinese, *latin = words.replace("\n", " ").replace("|", "\n").split("\n")
        # Latin words are whole words, parted by bars; Chinese ones are found anywhere.
        for key in (*chinese.split(), *(f" {word.strip()} " for word in latin)):
            kinds_of[key] = (*kinds_of.get(key, ()), kind)
    automaton = ahocorasick.Automaton()
    for key, kinds in kinds_of.items():
        automaton.add_word(key, (len(key), kinds))
    automaton.make_automaton()
    return automaton


_WORDS: Final = _automaton()


@lru_cache(maxsize=16_384)
def intent_of(text: str) -> Intent:
    """What a line wants, by its words."""
    folded = fold(text)
    if len(folded) <= 1 or folded.isdigit():
        return "echo"
    spaced = f" {folded} "
    counts = [0] * 6
    for end, (length, kinds) in _WORDS.iter(spaced):
        start = end - length + 1
        # a Latin word begins with the blank that its negation ends with
        if spaced[max(0, start - 5) : start + (spaced[start] == " ")].endswith(NEGATIONS):
            continue
        for kind in kinds:
            counts[kind] += 1
    if counts[_COMPLAINT]:
        return "complaint"
    if counts[_QUESTION] or "?" in text or "？" in text:
        return "question"
    if counts[_GOODS]:
        if counts[_PERSON] and counts[_HOST]:
            return "host_praise"
        return "product_praise" if counts[_GENERIC] or counts[_PERSON] else "other"
    if counts[_PERSON] or (counts[_GENERIC] and counts[_HOST]):
        return "host_praise"
    return "other"


def praises_host(text: str) -> bool:
    """Whether a line praises the host's looks or character."""
    return intent_of(text) == "host_praise"
