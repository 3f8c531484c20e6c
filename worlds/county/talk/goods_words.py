"""Talk about the goods: praise, questions, orders made, complaints. `#item` is what is on the table."""

GOODS_ZH = (
    "{上次|之前|上个月|去年}买的#item@very{好|好用|不错|结实|值|香}@tail",
    "#item{质量|品质|做工|手感|颜色|包装}@very{好|可以|扎实|漂亮|讲究}@tail",
    "{收到了|到货了|用上了}，{没失望|跟图片一样|比想的好|全家都说好|老人喜欢}@tail",
    "{这个价|这价格|这个价位}{真划算|太值了|闭眼入|买不了吃亏|超市贵一半}@tail",
    "#item{已经|都}{回购|买了}{三次|好几回|第二次|不知道多少次}了@tail",
    "{味道|口感|分量}{真足|正宗|不错|像小时候的|没话说}@tail",
    "{我家|婆婆|孩子|同事}{都|特}{爱|喜欢}#item@tail",
    "{料子|面料|材质|厚度}{真好|舒服|够用|不扎人|透气}@tail",
    "#item{yyds|真香|绝了|好看爆了|太实用了|香迷糊了}@tail",
    "{物流|发货|快递}{真快|两天就到|给力|包得严实}@tail",
    "{便宜|实惠}又{好用|好吃|耐用|好看}，{推荐|可以冲|囤了|放心买}@tail",
)

QUESTION_ZH = (
    "#item{多少钱|什么价|怎么卖|几块钱|有优惠吗}@ask",
    "#item{还有吗|有货吗|什么时候补货|还剩多少|还上吗}@ask",
    "{什么时候|几点|明天|今晚}{上|讲|能到|发货|有}#item@ask",
    "{一米六|一米七|100斤|130斤|微胖|小个子|胸围90}{穿|拍|选}{什么码|多大|M还是L}@ask",
    "{几号链接|哪个链接|链接在哪|几号}@ask",
    "#item{是什么材质|是纯的吗|有几种颜色|掉色吗|会缩水吗|含糖吗|保质期多久}@ask",
    "{包邮|发什么快递|新疆发吗|能发顺丰|几天到|偏远地区发吗}@ask",
    "{孕妇|小孩|老人|糖尿病}能{用|吃|穿}@ask",
    "{怎么|哪里}{领券|用券|下单|看详情|参加抽奖|改地址}@ask",
    "{可以|能|给}{便宜点|试一下|转一圈看看|拿近点|再讲一遍|送点小礼物}@ask",
    "{跟|和}{上次|昨天|旗舰店|超市}{的一样|比哪个好|差在哪}@ask",
    "{有没有|有}{黑色|大码|小份|礼盒装|散装|别的味道}@ask",
    "{不合适|坏了|不喜欢}{能退吗|怎么退|运费谁出}@ask",
    "{刚来|刚进来|错过了}，{讲的什么|现在卖什么|#item过了吗}@ask",
)

BOUGHT_ZH = (
    "{已拍|拍了|下单了|买了|付了|秒了|拍好了|抢到了}@tail",
    "{已拍|拍了|下了|抢到}{两份|一单|三件|#item|1号|给我妈}@tail",
    "{没抢到|手慢了|又没了|卡住了|付不了款}@tail",
    "{等|坐等|蹲}#item@tail",
    "{拍错了|买重了|想换颜色}，{怎么办|能改吗|帮我看下}@tail",
    "{第几单|送赠品吗|备注了|求快发}@tail",
)

COMPLAINT_ZH = (
    "{上次的|昨天的|我买的}{还没发货|没收到|少发了|破了|发错了}@tail",
    "{客服|售后}{不理人|一直没回|电话打不通|推来推去}@tail",
    "{卡|太卡了|没声音|画面糊|听不清}@tail",
    "{比别家贵|又涨价了|券用不了|套路|抽奖从来没中}@tail",
)

GOODS_EN = (
    "the #item {is|was} @so {good|solid|comfy|worth it|pretty}",
    "{bought|got|ordered} the #item {last week|before|twice already}, {love it|no regrets|great quality|kids love it}",
    "{great|such a good|crazy} {price|deal|value} {for that|ngl|honestly|}",
    "{arrived|came} {fast|well packed|in two days}, {happy|all good|as shown}",
    "{quality|fabric|taste|colour} is {better than expected|great|really nice|spot on}",
)

QUESTION_EN = (
    "{how much|what price|price} {is the #item|for two|pls|}?",
    "{any|is there} {more stock|discount|coupon|other colour|size L} {left|today|}?",
    "{when|how long} {will it ship|is delivery|does the sale end}?",
    "{which|what} {link|number|size for 170cm|material} {is it|pls|}?",
    "{can you|could you} {show it again|turn it around|repeat that|ship overseas}?",
    "is {it|the #item} {real|pure|washable|safe for kids|organic}?",
)

BOUGHT_EN = (
    "{bought|got it|ordered|done|paid}{!| !!|}",
    "{ordered two|one for me|got the #item|just paid|took the last one}",
    "{sold out already|missed it|payment stuck|too slow} {:(|again|argh|}",
)

COMPLAINT_EN = (
    "{my last order|my parcel|the refund} {never came|is late|was wrong|still pending}",
    "{audio|video|stream} {is lagging|keeps freezing|so quiet}",
)

AFTER_ZH = {  # what a complaint says when it comes
    "quality": (
        "#item{用了两天就坏|开线|掉色|有异味|碎了|和描述不符|变质}",
        "{质量差|做工粗糙|一洗就缩}，{要求退|很失望}",
    ),
    "counterfeit": ("#item{不像正品|是假货|验不了真伪|包装和专柜不同}", "{怀疑|鉴定是}{假的|仿的}"),
    "after_sales": ("{客服不处理|退货不给退|一直推|电话打不通}", "{承诺的赠品没有|答应换货没换}"),
    "other": ("{快递还没到|物流不动|包裹压坏|送错地方}", "{发货太慢|快递员没打电话}"),
}
