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
    "{给我妈|给公司|送礼|过年}买的#item，{都说好|很有面子|反响不错|没丢人}@tail",
    "{吃着|用着|穿着|闻着}{就是不一样|放心|踏实|跟小时候一个味}@tail",
    "#item{针脚|走线|光泽|香气|果肉|刀口}{细密|不错|很正|饱满|锋利}@tail",
    "{对比过|试过}{三家|好多家|超市的}，{还是这个好|还是你家的香|性价比最高}@tail",
    "{颜色|款式|花纹}{真人看更好看|百搭|显白|不挑人|高级}@tail",
    "{个头|斤两|尺码}{足|准|实在}，{不缺斤短两|良心|可以的}@tail",
    "{三年|两年|半年}了还{没坏|跟新的一样|在用}，#item{真耐造|质量杠杠}@tail",
    "{种草|长草|心动}#item{很久|半个月|好几天}了@tail",
    "{难怪|怪不得}{卖得快|都抢|回头客多}，{东西好|真材实料|好吃}@tail",
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
    "{开发票吗|能开专票吗|有质检吗|有吊牌吗|是当季的吗}@ask",
    "{买二|三件|一箱|整套}{能便宜吗|打几折|送什么|包邮不}@ask",
    "{定金|尾款|预售|满减}{怎么算|什么时候付|能叠加吗}@ask",
    "#item{几天能收到|从哪发货|产地哪里|多重|多大一个|怎么保存}@ask",
    "{敏感肌|油皮|大脚|短脖子|过敏体质}{适合吗|能用吗|有推荐吗}@ask",
    "{这个|那个|左边那个|后面挂的}{是几号|怎么卖|有链接吗|啥时候讲}@ask",
    "{洗衣机|微波炉|冰箱|洗碗机}能{放|洗|用}吗@ask",
    "{上一个|刚才那款|#item}{能补几单吗|返场吗|还能拍吗}@ask",
    "{学生|老客户|新人}{有优惠吗|有券吗|怎么领}@ask",
    "{为啥|怎么}{价格变了|显示没库存|付款失败|我没有券}@ask",
)

BOUGHT_ZH = (
    "{已拍|拍了|下单了|买了|付了|秒了|拍好了|抢到了}@tail",
    "{已拍|拍了|下了|抢到}{两份|一单|三件|#item|1号|给我妈}@tail",
    "{没抢到|手慢了|又没了|卡住了|付不了款}@tail",
    "{等|坐等|蹲}#item@tail",
    "{拍错了|买重了|想换颜色}，{怎么办|能改吗|帮我看下}@tail",
    "{第几单|送赠品吗|备注了|求快发}@tail",
    "{替|帮}{同事|邻居|我姐|全班}{拍了|带了|凑了}{一份|五份|一箱}@tail",
    "{凑单|满减|用券}{成功|刚好|差两块}@tail",
    "{下手|剁手|回购|囤货}{完毕|成功|+1|中}@tail",
)

COMPLAINT_ZH = (
    "{上次的|昨天的|我买的}{还没发货|没收到|少发了|破了|发错了}@tail",
    "{客服|售后}{不理人|一直没回|电话打不通|推来推去}@tail",
    "{卡|太卡了|没声音|画面糊|听不清}@tail",
    "{比别家贵|又涨价了|券用不了|套路|抽奖从来没中}@tail",
    "{等了|催了}{五天|一周|三回}{还没动静|没人回|只会说亲稍等}@tail",
    "{上回|以前}的#item{有味|起球|酸|少了一个|色差大}@tail",
)

GOODS_EN = (
    "the #item {is|was} @so {good|solid|comfy|worth it|pretty}",
    "{bought|got|ordered} the #item {last week|before|twice already}, {love it|no regrets|great quality|kids love it}",
    "{great|such a good|crazy} {price|deal|value} {for that|ngl|honestly|}",
    "{arrived|came} {fast|well packed|in two days}, {happy|all good|as shown}",
    "{quality|fabric|taste|colour} is {better than expected|great|really nice|spot on}",
    "{second|third} time {buying|ordering} the #item, {still great|never lets me down|my family insists}",
    "{feels|smells|looks} {expensive|fresh|handmade|exactly like the photo}",
    "{way|so much} {better|cheaper} than {the supermarket|the mall|the last one i had}",
    "the #item {lasted years|survived my kids|is a staple here|makes a nice gift}",
)

QUESTION_EN = (
    "{how much|what price|price} {is the #item|for two|pls|}?",
    "{any|is there} {more stock|discount|coupon|other colour|size L} {left|today|}?",
    "{when|how long} {will it ship|is delivery|does the sale end}?",
    "{which|what} {link|number|size for 170cm|material} {is it|pls|}?",
    "{can you|could you} {show it again|turn it around|repeat that|ship overseas}?",
    "is {it|the #item} {real|pure|washable|safe for kids|organic}?",
    "{does|will} {the #item|it} {fit a tall person|shrink|come in a box|expire soon}?",
    "{where|how} {do i get the coupon|is it made|do i pay|do i change my address}?",
    "{left one|that one behind you|the blue one}, {how much|what number|any stock}?",
    "{can i|possible to} {return it|combine orders|pay on delivery|get an invoice}?",
)

BOUGHT_EN = (
    "{bought|got it|ordered|done|paid}{!| !!|}",
    "{ordered two|one for me|got the #item|just paid|took the last one}",
    "{sold out already|missed it|payment stuck|too slow} {:(|again|argh|}",
    "{two|three|five} {for the office|for mum|more} {done|ordered|paid}",
    "{finally|just} {grabbed|snagged|secured} {it|the #item|one}",
)

COMPLAINT_EN = (
    "{my last order|my parcel|the refund} {never came|is late|was wrong|still pending}",
    "{audio|video|stream} {is lagging|keeps freezing|so quiet}",
    "{still waiting|five days now|no reply} {for my #item|from support|on the refund}",
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
