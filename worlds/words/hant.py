"""Simplified to traditional characters, for the characters that this world's Chinese lines use.

Written out so that the world needs no library; drawn once with OpenCC's s2t, with the usual Taiwan forms.
"""

_SIMPLIFIED = (
    "万与专业东丝两严个为么乐书买于云亲从们价优伙会传体侧儿党关养内冲净准减凑几划刚别剧办务动区华单卖卫厉压参"
    "双发变叶号后吓吗听呐呗员呜哑哒喽团围图场坏块坚坠垫声壳够头夸奖妆妇妈娲婴学宝实宠对帅师帮干广床库应开弹怀"
    "态惊扰抢报挡换据敌数无时显晒晕机杀来杨杰柠标样楼欢欧毕气没沦泪涨温湾湿满潜灯灵灿点烂爱状猪猫环现电画盘着"
    "码确礼离积稳窝签简红级纯纳纸线组细终经结绘给绝绷缩聪肤肿脸腻舰艳节荐营虚蛳补衬装裤见观规视觉认让记讲设评"
    "试诚话说诶请课谁谢谱货质购贴费贼赞赠赶车转软边过运还这进远连适递邮酱里针钱铁链锁锅错键镜镯长门闭问间闺阔"
    "队阳险难靓顶项须领颌颜风飒飘飞饭饱饼马驿骂鸟鸭鹏麦齐"
)
_TRADITIONAL = (
    "萬與專業東絲兩嚴個為麼樂書買於雲親從們價優夥會傳體側兒黨關養內衝淨準減湊幾劃剛別劇辦務動區華單賣衛厲壓參"
    "雙發變葉號後嚇嗎聽吶唄員嗚啞噠嘍團圍圖場壞塊堅墜墊聲殼夠頭誇獎妝婦媽媧嬰學寶實寵對帥師幫乾廣牀庫應開彈懷"
    "態驚擾搶報擋換據敵數無時顯曬暈機殺來楊傑檸標樣樓歡歐畢氣沒淪淚漲溫灣溼滿潛燈靈燦點爛愛狀豬貓環現電畫盤著"
    "碼確禮離積穩窩籤簡紅級純納紙線組細終經結繪給絕繃縮聰膚腫臉膩艦豔節薦營虛螄補襯裝褲見觀規視覺認讓記講設評"
    "試誠話說誒請課誰謝譜貨質購貼費賊贊贈趕車轉軟邊過運還這進遠連適遞郵醬裡針錢鐵鏈鎖鍋錯鍵鏡鐲長門閉問間閨闊"
    "隊陽險難靚頂項須領頜顏風颯飄飛飯飽餅馬驛罵鳥鴨鵬麥齊"
)
_TABLE = str.maketrans(_SIMPLIFIED, _TRADITIONAL)
_WORDS = (
    ("头发", "頭髮"),
    ("发型", "髮型"),
    ("理发", "理髮"),
    ("干嘛", "幹嘛"),
    ("能干", "能幹"),
    ("充电宝", "行動電源"),
)
"""Words whose character has two traditional forms, or that are other words there."""


def traditional(line: str) -> str:
    """The same line as somebody in Taipei or Hong Kong would type it."""
    for simplified, other in _WORDS:
        if simplified in line:
            line = line.replace(simplified, other)
    return line.translate(_TABLE)
