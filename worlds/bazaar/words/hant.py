"""Simplified to traditional characters, for the characters that this world's Chinese lines use.

Written out so that the world needs no library; drawn once with OpenCC's s2t, with the usual Taiwan forms.
"""

_SIMPLIFIED = (
    "万与专业东丝两严个为么乐书买乱于云产亲从们价优伙会传体侧儿党关养内写冲净准减凑几划刚别剧办务动区华单卖占"
    "卫厉压参双发变叶号后吓吗听呐呗员呜哑哒喽团围图场坏块坚坠垫声壳复够头夸奖妆妇妈娲婴学宝实宠对岁帅师带帮干"
    "广床库应开弹强怀态惊户扰抢报择挡换据敌数断无时显晒晕机杀来杨杰柠标样检楼欢欧毕气没沦泪测润涨温湾湿满潜灯"
    "灵灿炉点烂热爱状犹猪猫环现电画畅盘着码确礼离积稳窝签简类纠红级纯纳纸线组细终经结绘给绝续绷缩网聪肤肿脸腻"
    "舰艳节苹荐营虚蛳补衬装裤见观规视觉认让记讲设证评试诚话说诶请课谁调谢谱货质购贴贵费贼资赔赞赠赶车转软边过"
    "运还这进远连适选递邮邻酱里针钟钱铁链锁锅错键镜镯长门闪闭问间闷闹闺闻阔队阳险难靓静顶项须领颌颜风飒飘飞饭"
    "饱饼馋马驿骂骗鱼鲜鸟鸭鹏麦黄齐"
)
_TRADITIONAL = (
    "萬與專業東絲兩嚴個為麼樂書買亂於雲產親從們價優夥會傳體側兒黨關養內寫衝淨準減湊幾劃剛別劇辦務動區華單賣佔"
    "衛厲壓參雙發變葉號後嚇嗎聽吶唄員嗚啞噠嘍團圍圖場壞塊堅墜墊聲殼復夠頭誇獎妝婦媽媧嬰學寶實寵對歲帥師帶幫乾"
    "廣牀庫應開彈強懷態驚戶擾搶報擇擋換據敵數斷無時顯曬暈機殺來楊傑檸標樣檢樓歡歐畢氣沒淪淚測潤漲溫灣溼滿潛燈"
    "靈燦爐點爛熱愛狀猶豬貓環現電畫暢盤著碼確禮離積穩窩籤簡類糾紅級純納紙線組細終經結繪給絕續繃縮網聰膚腫臉膩"
    "艦豔節蘋薦營虛螄補襯裝褲見觀規視覺認讓記講設證評試誠話說誒請課誰調謝譜貨質購貼貴費賊資賠贊贈趕車轉軟邊過"
    "運還這進遠連適選遞郵鄰醬裡針鍾錢鐵鏈鎖鍋錯鍵鏡鐲長門閃閉問間悶鬧閨聞闊隊陽險難靚靜頂項須領頜顏風颯飄飛飯"
    "飽餅饞馬驛罵騙魚鮮鳥鴨鵬麥黃齊"
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
