"""Chinese (simplified) lines of a live-commerce chat, as a grammar. Traditional lines are made from these by `hant`.

A rule is a name and its alternatives, separated by `|`; `{name}` stands for another rule or for something that
the show binds: `{host}` (how the host is addressed), `{name}` (the host's name), `{noun}` (what is on sale),
`{size}`, `{cue}`. `∅` is nothing. Every rule in capitals is an intent that somebody can voice.
"""

RULES: dict[str, str] = {
    # ---- praise of the host: looks, voice, character, skill; said by fans, by passers-by and by hired praisers alike
    "HOST": """
        {HOST_LOOKS}|{HOST_LOOKS}|{HOST_LOOKS}|{HOST_VOICE}|{HOST_CHARACTER}|{HOST_CHARACTER}|{HOST_LOVE}|
        {HOST_LOVE}|{HOST_CALL}
    """,
    "HOST_LOOKS": """
        {host}{very}{pretty}{end}|{host}今天{very}{pretty}{end}|{host}{pretty1}{end}|
        {host}的{part}{very}{nice}{end}|{host}{part}{very}{nice}|这{part}{so}{nice}了吧{end}|
        {name}{very}{pretty}{end}|{name}今天状态{very}好{end}|今天的{host}{very}{pretty}{end}|
        怎么会有这么{pretty}的{hostw}|{so}{pretty}了吧{host}|{host}是仙女吧|{host}这颜值{wow}|这颜值{wow}|
        颜值天花板|{host}颜值{high}{end}|被{host}{part}吸引进来的|{host}笑起来{very}{sweet}{end}|
        笑起来{very}{sweet}|{host}一笑我就{melt}了|{host}一笑我{melt}了{end}|{host}比{star}还{pretty}{end}|
        {host}好像{star}|{host}长得{very}像{star}|是{star}来了吗{end}|{host}素颜也这么{pretty}吗|
        皮肤{so}好了吧，{host}怎么保养的|{host}皮肤{very}{skin}{end}|{host}皮肤好到发光|{host}气质{very}好{end}|
        这气质{wow}|{host}气质{wow}|{host}身材{wow}|{host}身材{very}好{end}|{host}又{adj}又{adj}|
        {host}越来越{pretty}了|{host}是不是又变{pretty}了|三天不见{host}又{pretty}了|{host}上镜{so}{pretty}了|
        {host}换发型了吧，{very}适合{end}|{host}今天的妆{very}{nice}{end}|光看{host}的脸就够了|
        我只看{host}不看货哈哈|商品是什么没看，光看{host}了|眼睛没法从{host}身上移开|{pretty1}，{host}{pretty1}|
        {host}女娲毕设吧|这是真人吗{so}{pretty}了|{host}美成这样{why}|一进来就被{host}{beauty}到了|
        屏幕都挡不住{host}的{beautyn}|{host}穿什么都{nice}|{host}美颜都不用开吧
    """,
    "HOST_VOICE": """
        {host}声音{very}{voice}{end}|{host}的声音{very}{voice}{end}|{name}声音{very}{voice}{end}|
        声音{so}{voice}了吧|这声音{wow}|这嗓子{wow}|{host}唱歌{very}好听{end}|{host}再唱一首呗，{so}好听了|
        {host}声音像{sound}|耳朵要怀孕了|{host}一开口我就{melt}了|听{host}说话{very}{relax}|
        {host}讲话{very}{voice}{end}|{host}说话{so}{voice}了|听着{host}的声音都能睡着，{relax}|
        {host}去配音都可以了|{host}声线{very}{voice}|就喜欢听{host}说话|{host}普通话{very}标准{end}|
        {host}这个声音我能听一晚上
    """,
    "HOST_CHARACTER": """
        {host}{very}{good}{end}|{host}人{very}{good1}{end}|{host}{so}{good}了吧|{name}{very}{good}{end}|
        {host}讲解{very}{care}{end}|{host}讲得{very}{care}|{host}脾气{very}好{end}|{host}性格{very}好{end}|
        {host}性格我{love}|这么{good}的{hostw}不多了|现在{hostw}里就数{host}最{good}|{host}情商{very}高{end}|
        {host}反应{very}快{end}|{host}{very}会聊天，不累|{host}从不骂人，{love}|{host}对谁都{very}{good}|
        {host}一直在笑，{very}有感染力|{host}正能量{end}|{host}{good}，{good}，{love}|{host}{care}又{good}|
        {host}{very}敬业，嗓子都哑了还在讲|{host}站了一晚上了{love2}|{host}太拼了，{love2}|
        {host}不容易，{love2}|{host}实在人{end}|就信{host}|{host}说的我都信|{host}三观{very}正{end}|
        人美心善说的就是{host}|{host}人美心善{end}|{host}{very}可爱，像{cute}|{host}{so}可爱了吧|
        {host}逗死我了，{very}有梗|{host}是什么宝藏啊|宝藏{hostw}{end}|{host}格局大|{host}宠粉第一名|
        {host}业务能力{wow}
    """,
    "HOST_LOVE": """
        {love}{host}{end}|{host}我{love}你{end}|{love}{name}|喜欢{host}{end}|{very}喜欢{host}{end}|
        越看越喜欢{host}|{host}我来啦，想你了|每天都来看{host}|天天蹲{host}的直播|为了{host}特意赶回来的|
        就是冲着{host}来的|{host}你是我的{dear}{end}|{host}是我{dear}{end}|{host}永远的神|{host}yyds{end}|
        {name}yyds|{host}最棒{end}|{host}第一{end}|{host}{wow}{end}|{host}冲鸭，{love2}|{host}加油{end}|
        {name}加油，支持你|一直支持{host}|{host}什么时候涨到百万粉啊|{host}值得更多人看到|
        这么好的{hostw}怎么才这点人|关注{host}了，{love}|粉了粉了{host}|被{host}圈粉了|路转粉{end}|
        {host}看我一眼嘛|{host}嫁给我吧哈哈|{host}我的快乐源泉|有{host}在心情都好了|
        今天不开心，看到{host}就好了|{host}治愈我了
    """,
    "HOST_CALL": """
        {host}{pretty2}|{pretty2}{pretty2}|{host}{emoj}{emoj}{emoj}|为{host}打call|{host}{flower}|
        送{host}{flower}|{host}666|{host}杀我|{host}好绝|绝，{host}太绝|{hostw}好{adj}{end}|{hostw}{so}{adj}了|
        so {enadj}，{host}|{host} so {enadj}{end}|{host}真的很{enadj}|{host}nice{end}|love {host}{end}|
        {host}太q了
    """,
    "very": "好|真|真的好|真的很|太|超|超级|特别|巨|贼|好好|非常|真是|可真|也太|真心|挺|∅",
    "so": "太|也太|真的太|未免太|简直太",
    "pretty": "美|漂亮|好看|有气质|仙|惊艳|甜美|养眼|靓|精神|耐看|水灵",
    "pretty1": "绝美|美翻了|美炸了|美哭了|美呆了|美爆|帅气又好看|好看到犯规|仙气飘飘|又美又飒|美得不像话",
    "pretty2": "好美|美美哒|美|漂亮|太美了|真好看|绝了|美死了|爱了爱了",
    "beauty": "美|惊艳|迷|甜|帅",
    "beautyn": "美|气质|光芒|魅力|好看",
    "nice": "好看|漂亮|迷人|绝|美|耐看|精致|吸引人",
    "part": "眼睛|笑容|侧脸|脸|五官|鼻子|头发|手|酒窝|睫毛|腿|妆|发型|眼神|锁骨",
    "skin": "白|嫩|好|透亮|细腻",
    "sweet": "甜|治愈|好看|可爱|温柔|灿烂",
    "melt": "融化|化|沦陷|心动|投降|没了",
    "star": "明星|女明星|模特|电视里的人|古装剧女主|我们学校的校花|混血|画报里的人",
    "wow": "绝了|绝绝子|无敌了|没谁了|爱了|封神|顶|天花板|真没得说|我服|牛",
    "high": "爆表|在线|太高|逆天|能打",
    "why": "还让不让人活|想干嘛|合理吗|不合适吧",
    "voice": "好听|甜|温柔|有磁性|舒服|治愈|酥|软|干净|好听到爆",
    "sound": "百灵鸟|播音员|泉水|棉花糖|小时候的收音机|动漫里的",
    "relax": "舒服|放松|治愈|解压|享受",
    "good": "真诚|温柔|耐心|实在|幽默|善良|贴心|可爱|敬业|专业|接地气|有趣|亲切|大方|聪明|有礼貌|靠谱|搞笑",
    "good1": "好|nice|不错|靠谱|真诚|善良|可爱",
    "care": "仔细|认真|耐心|专业|清楚|细致|到位",
    "love": "爱了|爱|爱死|喜欢|稀罕|粉了|爱住",
    "love2": "心疼|辛苦了|心疼姐姐|注意身体|多喝水|抱抱|支持|早点休息",
    "dear": "女神|偶像|心动女孩|快乐|光|白月光|小太阳|理想型|电子榨菜",
    "cute": "小猫|小兔子|小太阳|小朋友|小熊",
    "adj": "美|甜|飒|温柔|可爱|真诚|漂亮|大方|幽默|有才|聪明|好看|酷|潮",
    "enadj": "nice|cute|beautiful|sweet|cool|pretty|lovely|good|专业",
    "emoj": "❤️|🌹|😍|💕|👍|🔥|💖|🥰|✨",
    "flower": "🌹🌹🌹|🌹|[玫瑰]|[玫瑰][玫瑰]|💐|小心心|[比心]|❤️❤️|一朵小红花",
    "end": "∅|∅|∅|∅|啊|呀|哦|呢|吧|诶|了|哈|哇|！|～|呜呜|的|耶",
    # ---- praise of the goods, and of how they look or taste
    "PRODUCT": """
        这个{noun}{very}{pnice}{end}|{noun}{very}{pnice}{end}|这{noun}{wow}|颜色{very}{pnice}|这个颜色{wow}|
        质感{very}好{end}|{noun}上次买过，{very}{pnice}|回购第{n}次了|买过的来说一下，{pnice}|
        已经收到了，{very}{pnice}{end}|上次的{noun}收到了{pnice}|包装{very}{pnice}|{price}{very}划算{end}|
        这价格{wow}|比{shop}便宜|这个{noun}性价比{high}|{noun}我妈{very}喜欢|用了一周，{pnice}|
        同事都问我在哪买的|{noun}爱了爱了|好看好看，这个{noun}好看|这款{pnice}|版型{very}{pnice}|做工{very}好|
        味道{very}正|料{very}足|{noun}yyds|闭眼入|这个真的可以闭眼入|冲就完事了|一分钱一分货，{pnice}|
        {host}身上这个{very}{pnice}|{host}穿的那件{very}{pnice}|{host}推荐的{noun}都{very}{pnice}|上身效果{wow}|
        实物比图片{pnice}
    """,
    "pnice": "好看|好用|不错|漂亮|舒服|值|可以|划算|香|好吃|显白|耐用|美|精致|高级|绝|喜欢|满意",
    "price": "这个价|今天|这价格|活动价|直播间价格",
    "shop": "店里|超市|旗舰店|上次|淘宝|商场|别家|拼多多",
    "n": "二|三|四|五|N",
    # ---- questions
    "QUESTION": """
        {noun}有{size}吗|还有{size}吗|{size}还有没有|身高{cm}体重{kg}穿什么码|{cm}{kg}穿多大|怎么买|链接在哪|
        几号链接|{no}号链接是什么|{no}号讲一下|可以讲下{no}号吗|什么时候发货|多久到{city}|{city}包邮吗|
        发什么快递|有运费险吗|能退吗|七天无理由吗|有色差吗|会掉色吗|会起球吗|什么材质|是纯棉的吗|保质期多久|
        {noun}是正品吗|孕妇能用吗|敏感肌可以用吗|小孩能用吗|老人能用吗|送人合适吗|可以试一下{noun}吗|
        {host}看一下{noun}|能近一点看吗|{noun}还有别的颜色吗|黑色还有吗|白色什么时候补货|现在下单明天能发吗|
        优惠券怎么领|券领不了怎么回事|满减怎么凑|多少钱|多少米|价格多少|几点结束|今天播到几点|明天还有吗|
        刚来，讲到哪了|刚进来，在卖什么|有没有{noun}|什么时候上{noun}|{noun}和上次那个有什么区别|能便宜点吗|
        买两件有优惠吗|怎么又没了|{host}多高啊|{host}身上是什么色号|{host}口红什么牌子的|{host}头发在哪做的|
        没看到链接啊|为啥付不了款|改地址找谁|客服怎么不理人
    """,
    "cm": "158|160|162|163|165|168|170|172|155|175",
    "kg": "90斤|98斤|100|105斤|110|115斤|120|128|135斤|95",
    "no": "1|2|3|5|6|8|9|12|15|18|21",
    "city": "新疆|广州|成都|东北|上海|海南|云南|内蒙|西藏|杭州|香港|台湾",
    # ---- buying
    "ORDER": """
        拍了|已拍|拍了{n2}件|买了|下单了|抢到了|抢到了{emoj}|已付款|付了|拍了拍了|没抢到|又没抢到|手慢无|秒没|
        卡了没抢到|加一单|加购了|已下单，快点发|拍了{noun}|{noun}拍了{n2}个|给我妈也拍了一个|凑单凑了半天|
        凑够了|差{yuan}块凑单|在付了|支付中|等返场|还有货吗我要|没货了？|再上{n2}单|补货补货|上链接|
        上链接上链接|快上链接|链接链接|库存再加点|拍错了能改吗|拍了两单忘记用券
    """,
    "n2": "1|2|两|3|三|5|10",
    "yuan": "3|5|8|10|12|20",
    # ---- the room itself: hellos, laughs, memes, small talk
    "HELLO": """
        来了|来啦|我来了|打卡|前排|晚上好|{host}晚上好|{host}好|大家好|hello|hi|哈喽|终于赶上了|刚下班|
        从推荐过来的|{city}的来报到|第一次来|又来了|好久不见|{name}好久不见|潜水的冒个泡|签到|来晚了|还没开始吗|
        今天这么早|好多人啊
    """,
    "LAUGH": """
        哈哈|哈哈哈|哈哈哈哈|哈哈哈哈哈哈|笑死|笑死我了|笑不活了|绷不住了|hhhh|hhh|233|2333|666|6|66|6666|😂|
        😂😂😂|🤣🤣|救命哈哈|什么鬼|可还行|离谱|好家伙|？？？|？|啊这|吓我一跳|名场面|再来一遍|刚才没看到|
        节目效果|xswl
    """,
    "WOW": """
        哇|哇塞|哇哦|天呐|好厉害|牛|牛啊|鼓掌|👏👏👏|👏|🔥🔥🔥|❤️|❤️❤️❤️|😍|棒|赞|👍👍|绝了|绝|6|666|好听|好看|
        厉害厉害|可以啊|哇啊啊啊
    """,
    "CHAT": """
        今天好冷|{city}下雨了|边吃饭边看|在公司偷偷看|躺床上看|孩子终于睡了|我妈在旁边催我睡觉|声音有点小|
        声音好小|卡了|有点卡|画面糊了|灯光有点暗|镜头晃得我头晕|背景音乐是什么|这歌叫什么|换个歌吧|助播别挡镜头|
        小助理呢|今天运营小哥不在啊|{name}喝水|吃饭了吗{host}|明天周末了|钱包空了|不能再买了|剁手了|
        这个月花呗爆了|老公不让买|管不住手|理智一点|我就看看不买|先看看|看看再说|观望一下|等双十一吧|慢点讲|
        讲快点|能不能别喊了|楼上说得对|楼上+1|+1|同问|同感|我也是|真的吗|不会吧|确实|对对对|是的|嗯嗯|哦哦|好的|
        收到|了解了|谢谢{host}|谢谢|感谢|好嘞|可以|行|懂了|原来如此|有道理|没毛病|OK|ok|加油|冲|冲冲冲|冲鸭|稳|
        顶|支持|路过|飘过|再见|先走了|下了下了|晚安|明天见|回来了|刚去洗澡错过了什么|人呢|怎么没声音了|
        我这边没声音|重进就好了|有人在{city}吗|上次说的福利呢|几点抽奖|什么时候抽奖|我从来没中过|欧皇是谁|
        沾沾欧气|这个弹幕好快|关注了|点赞了|点点赞啊家人们|家人们冲
    """,
    "EMOJI": """
        ❤️|🌹|🌹🌹🌹|👍|👍👍👍|😂|😍|🥰|🔥|🎉|💪|[玫瑰]|[比心]|[赞]|[捂脸]|[呲牙]|[爱心]|[鼓掌]|[看]|[流泪]|😭|
        😭😭|🙏|👏|✨|🐶|😄|👀|1️⃣
    """,
    # ---- complaints in the chat
    "COMPLAIN": """
        上次买的还没发货|{noun}收到是坏的|质量不行|有色差，不值|退款{days}了还没到|客服不回消息|发错货了|
        少发一件|{noun}掉色|{noun}用两次就坏了|和直播说的不一样|虚假宣传|快递{days}没动|尺码偏小|假货吧|
        套路太多|每次都抢不到，假的吧|先涨价再打折|不会再买了|差评|取关了|上次的{noun}有味道|缩水严重|
        申请售后没人理|说好的赠品呢
    """,
    "days": "三天|五天|一周|十天|半个月",
    # ---- what a raid, a campus, relatives, colleagues say
    "RAID": """
        {name}家的来了|隔壁直播间来的|连麦过来的|从{other}那边过来的|{other}让我来的|大部队来了|
        {other}的粉丝报到|来支持一下|{other}家人来串门|串门串门|刚从{other}那过来|打扰了|这边卖啥的
    """,
    "other": "小杨|阿豪|雪姐|可可|大鹏|糖糖|老王|北北",
    "CAMPUS": """
        同学们都在啊|宿舍集体围观|舍友推荐的|我们宿舍都在看|下课了下课了|快熄灯了|{noun}宿舍能用吗|
        学生党买得起吗|学生有优惠吗|我们学校的都在|寄学校能收到吗|驿站几点关门|一起拼一单吗|室友快来|班长你也在|
        老师别点名|食堂吃完就来了
    """,
    "FAMILY": """
        妈你也看啊|给爸买一个|老婆你看这个|我姐在直播{emoj}|大姨来了|表妹加油|支持自家人|家里人都来了|
        给奶奶看看|我儿子教我怎么发弹幕|我侄女播的，支持一下|弟弟拍了没|一家人整整齐齐|我用我妈手机看的|
        二姑来啦|闺女加油
    """,
    "OFFICE": """
        公司团购的|我们办公室一起买|行政让我来下单|同事快拍|拍到一个地址可以吗|开发票吗|能开公司抬头吗|部门福利|
        都寄公司|我帮同事拍的|组长拍了没
    """,
}
"""Intents: HOST, PRODUCT, QUESTION, ORDER, HELLO, LAUGH, WOW, CHAT, EMOJI, COMPLAIN, RAID, CAMPUS, FAMILY, OFFICE."""

MALE: dict[str, str] = {
    "pretty": "帅|好看|有型|精神|阳光|养眼|有气质|酷|迷人|耐看",
    "pretty1": "帅翻了|帅炸了|帅哭了|帅呆了|帅爆|帅到犯规|又帅又飒|帅得不像话",
    "pretty2": "好帅|帅|帅呆|太帅了|真好看|绝了|帅死了|爱了爱了",
    "star": "明星|男明星|模特|电视里的人|古装剧男主|我们学校的校草|混血|画报里的人",
    "part": "眼睛|笑容|侧脸|脸|五官|鼻子|发型|手|酒窝|眉毛|肩膀|下颌线|眼神|喉结",
    "dear": "男神|偶像|理想型|快乐|光|小太阳|电子榨菜|意难平",
    "love2": "心疼|辛苦了|心疼哥|注意身体|多喝水|抱抱|支持|早点休息",
    "adj": "帅|甜|飒|温柔|可爱|真诚|有型|大方|幽默|有才|聪明|好看|酷|潮",
    "enadj": "nice|handsome|cool|sweet|hot|charming|good|专业",
}
"""Where the host is a man these alternatives replace the ones above."""
HOST_WOMAN = "主播|姐姐|小姐姐|姐|老师|播播|主播姐姐|美女|妹妹|咱家主播|主播小姐姐|宝|∅"
HOST_MAN = "主播|哥|小哥哥|哥哥|老师|帅哥|播播|主播小哥|弟弟|咱家主播|老铁|∅"
HOST_WORD = "主播|小姐姐|女孩子|人"
HOST_WORD_MAN = "主播|小哥哥|男孩子|人"
NAMES_WOMAN = "小鹿|婷婷|阿May|可欣|思雨|果果|雅琪|小满|晚晚|佳佳|棠棠|Lina|阿柠|露露"
NAMES_MAN = "阿杰|大川|小北|浩哥|志远|Leo|阿诚|东东|大飞|子墨"
NOUNS: dict[str, str] = {
    "apparel": "裙子|外套|衬衫|牛仔裤|毛衣|卫衣|连衣裙|风衣|T恤|半身裙|西装|阔腿裤",
    "beauty": "口红|面霜|精华|粉底|眼影|面膜|防晒|气垫|洗面奶|眼霜|腮红|卸妆油",
    "food": "坚果|牛肉干|蛋糕|米线|咖啡|水果|火腿|饼干|大米|酱|螺蛳粉|茶叶",
    "home": "被子|锅|收纳箱|拖把|枕头|四件套|杯子|台灯|毛巾|垃圾袋|地毯|刀具",
    "jewellery": "项链|手镯|耳环|戒指|手串|吊坠|珍珠|胸针",
    "gadgets": "耳机|充电宝|音箱|键盘|手表|手机壳|吹风机|剃须刀|数据线|小风扇",
    "baby": "纸尿裤|奶瓶|积木|婴儿车|童装|绘本|湿巾|爬爬垫|水杯|书包",
}
SIZES = "S码|M码|L码|XL|大码|小码|加大|均码|36码|38码|大号|小号|L的"
PROMPTS: tuple[tuple[str, str], ...] = (
    ("想要的扣1", "1|1|1|1|11|111|1111|扣1|1|1！|111111|一"),
    ("要的打想要", "想要|想要|想要！|要|想要想要|要要要|我想要|想要111|想要～"),
    ("没抢到的扣666", "666|666|6666|66|666！|没抢到666|6"),
    ("听得到的打听得到", "听得到|听得到|能听到|听到了|可以|听得见|1"),
    ("第一次来的扣新人", "新人|新人|新人报到|新来的|第一次来|新人1"),
    ("喜欢黑色扣1，喜欢白色扣2", "1|2|1|2|11|22|黑色|白色|12|都要"),
    ("家人们把拍了打在公屏上", "拍了|拍了|拍了拍了|已拍|拍|拍了！"),
)
"""What the host asks for, and how it comes back."""

LOTTERIES: tuple[tuple[str, str], ...] = (
    ("弹幕发 我要中奖 抽三位免单", "我要中奖|我要中奖|我要中奖！|我要中奖我要中奖|我要中奖🙏|中奖|我要中奖啊啊"),
    ("扣 好运来 参与抽奖", "好运来|好运来|好运来好运来|好运来！|好运来🍀|来好运"),
    ("发送 宠粉 抽口红一支", "宠粉|宠粉|宠粉宠粉|宠粉！|宠粉❤️"),
)
PRAISE_PROMPTS: tuple[str, ...] = (
    "夸夸主播，夸得好的送小样",
    "家人们夸我一句我就上链接",
    "公屏夸夸今天的妆",
    "主播好不好看？好看的打在公屏上",
)
TYPOS: tuple[tuple[str, str], ...] = (
    ("主播", "猪播"),
    ("主播", "主啵"),
    ("喜欢", "稀饭"),
    ("真的", "真滴"),
    ("什么", "神马"),
    ("怎么", "肿么"),
    ("可爱", "口爱"),
    ("了", "惹"),
    ("没有", "木有"),
    ("这个", "介个"),
    ("姐姐", "姐几"),
    ("好看", "好康"),
    ("漂亮", "飘亮"),
    ("宝", "饱"),
    ("的", "滴"),
    ("支持", "滋瓷"),
    ("开心", "开森"),
    ("我", "偶"),
)
"""How people mistype, or play with, common words."""
