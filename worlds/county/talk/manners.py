"""In what manner a line is written: script, punctuation, emoji, slang, haste."""

from __future__ import annotations

from random import Random

from worlds.county.talk.other_words import EMOJI

SIMPLIFIED = (
    "专业丝两严个丰临为么义乡书买亏亲从们价优伙会伪体侧儿兴养写冲几划刚别办动劲区华单卖厉压县参发变叶号后吗听员咸哑唠团围图场坏块坚声处备复够头夸奖"
    "妆妇妈宝实对帅师带帮干应开异强当怀态抢报担挂换时显机杀条来极柜标样横欢气没涨温满灯灵点热爱爷状猫现电画疯码确礼种积窝竖笔筝签红纯纳纸线绍"
    "经结绘给绝绳绷缩羡肤脸腊舰芜苏苹范荐蛮补袜装见视觉认让记讲试诚话详说诺谁谢货质购贴贵费贺贼资赞赠赣赶车转轻边达过运还这进远连适选递邮里鉴"
    "钩钱铁铅链锅错锦镜长门闭间闺阳顶顺领颜风飒饭饼验鲤"
    "东丢举乐于产关净准减凑叠呐响垫壶学宠审导尔庆库张录总惨户晒杠树检楼毕汤泽滤潜炉烧烫环级纹细终绿网肃脚营虚"
    "衬裤规设证识该请谈谦败账邻针钟锋闪问闹闻队难静预题饱馆鱼鸡"
)
TRADITIONAL = (
    "專業絲兩嚴個豐臨為麼義鄉書買虧親從們價優夥會偽體側兒興養寫衝幾劃剛別辦動勁區華單賣厲壓縣參發變葉號後嗎聽員鹹啞嘮團圍圖場壞塊堅聲處備復夠頭誇獎"
    "妝婦媽寶實對帥師帶幫乾應開異強當懷態搶報擔掛換時顯機殺條來極櫃標樣橫歡氣沒漲溫滿燈靈點熱愛爺狀貓現電畫瘋碼確禮種積窩豎筆箏籤紅純納紙線紹"
    "經結繪給絕繩繃縮羨膚臉臘艦蕪蘇蘋範薦蠻補襪裝見視覺認讓記講試誠話詳說諾誰謝貨質購貼貴費賀賊資贊贈贛趕車轉輕邊達過運還這進遠連適選遞郵裡鑑"
    "鉤錢鐵鉛鏈鍋錯錦鏡長門閉間閨陽頂順領顏風颯飯餅驗鯉"
    "東丟舉樂於產關淨準減湊疊吶響墊壺學寵審導爾慶庫張錄總慘戶曬槓樹檢樓畢湯澤濾潛爐燒燙環級紋細終綠網肅腳營虛"
    "襯褲規設證識該請談謙敗賬鄰針鐘鋒閃問鬧聞隊難靜預題飽館魚雞"
)
TO_TRADITIONAL = str.maketrans(SIMPLIFIED, TRADITIONAL)


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    """`不 唔, 的 嘅` -> what is written instead of what."""
    pairs = (pair.strip().split(" ", 1) for pair in text.split(","))
    return tuple((old, new) for old, new in pairs)


CANTON = _pairs("没有 冇, 不 唔, 的 嘅, 很 好, 这个 呢個, 是 係, 在 喺, 看 睇, 了 咗, 漂亮 靚, 好看 好睇, 什么 乜嘢")
NET = _pairs(
    "主播 zb, 真的 真滴, 喜欢 稀饭, 好的 好滴, 什么 啥, "
    "怎么 咋, 漂亮 漂酿, 厉害 腻害, 永远 yyds, 有没有 有木有, 是不是 4不4"
)
MIXED = _pairs(
    "可爱 cute, 谢谢 thank you, 漂亮 pretty, 好看 nice, 便宜 cheap, "
    "链接 link, 质量 quality, 晚上好 good evening, 喜欢 like, 颜色 color, 主播 host"
)
PUNCTUATION = str.maketrans("", "", "，。！？~…,.!?")
WARM_ENDS = ("呀~", "哦", "呢", "哈哈", "嘻嘻", "～", "！", "☺️", "")


def written(line: str, manner: str, rng: Random) -> str:
    """A simplified Chinese (or English) line as somebody with this manner writes it."""
    draw = rng.random()
    if manner == "plain":
        return line if draw > 0.08 else line + EMOJI[int(draw * 12.5 * len(EMOJI))]
    if manner == "warm":
        return line.rstrip("。！~…") + WARM_ENDS[int(draw * len(WARM_ENDS))]
    if manner == "terse":
        return line.translate(PUNCTUATION)
    if manner == "emoji":
        return line + EMOJI[int(draw * len(EMOJI))] * (1 + int(rng.random() ** 3 * 4))
    if manner == "net":
        return replaced(line, NET) if draw < 0.8 else line + line[-1] * 2
    if manner == "formal":
        return line if line.endswith(("。", "？", "?", "！")) else line + "。"
    if manner == "traditional":
        return line.translate(TO_TRADITIONAL)
    if manner == "canton":
        return replaced(line, CANTON).translate(TO_TRADITIONAL)
    if manner == "mixed":
        return replaced(line, MIXED)
    if manner == "english":
        return line[:1].upper() + line[1:] + ("!" if draw < 0.2 else "")
    return line.replace("you ", "u ").replace("are ", "r ") + (EMOJI[int(draw * 20)] if draw < 0.25 else "")


def replaced(line: str, pairs: tuple[tuple[str, str], ...]) -> str:
    for old, new in pairs:
        if old in line:
            line = line.replace(old, new)
    return line
