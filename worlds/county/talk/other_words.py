"""Greetings, banter, laughter, thanks, and what the chat echoes."""

GREET_ZH = (
    "{来了|来啦|我来了|又来了|刚下班|路过|签到|报到|打卡}@tail",
    "{晚上好|大家好|@call好|各位好|家人们好|下午好}@tail",
    "{新人|第一次来|朋友推荐来的|刷到的|从隔壁过来}{报到|，看看|，你好|支持一下|}@tail",
    "{@city|@city的}{来了|老乡|报到|下雨了|朋友在吗}@tail",
    "{潜水很久|第三次来|一直看回放|闹钟叫我来的}，{冒个泡|签个到|今天赶上了|来凑热闹}@tail",
    "{@city|外地|楼下}{的姐妹|的兄弟|网友}{在不在|举手|问好}@tail",
)

BANTER_ZH = (
    "{今天|这两天|@city}{好冷|好热|下大雨|降温了|堵车|停电了}@tail",
    "{吃了吗|在做饭|刚哄睡孩子|边洗碗边看|加班中|躺着看|火车上看}@tail",
    "{有没有|哪位是}{@city的|老客|新来的|考研的|带娃的}@tail",
    "{我家猫|我家狗|我儿子|我同桌|隔壁大爷}{也在看|抢手机|睡着了|笑死|比我积极}@tail",
    "{哈哈|笑死|不行了|绷不住}，{太真实|又来了|别逗我|这都行|演我呢}@tail",
    "{刚才|前面}{那首歌|那段|那个包袱}{叫什么|再来一遍|笑死我|错过了}@tail",
    "{十点了|快下播了吗|还播多久|明天几点播|周末播吗}@tail",
    "{刷屏的|前面的}{别急|慢点|让一让|说的对|在理}@tail",
    "{工资没发|钱包空了|又要吃土|再买剁手|信用卡见底}@tail",
    "{足球开始了|下雪了|停播那天我哭了|作业没写|地铁到站了}@tail",
    "{村口|学校门口|我们小区}{那棵树|那家面馆|那条路}{还在吗|修好了|去年拆了}@tail",
    "{小时候|上学那会|我们老家}{也有这个|五毛钱一个|天天吃|赶集才有}@tail",
    "{锅里的|汤|面}{糊了|溢出来了|忘关火}，{都怪直播|等我一下|老公喊我}@tail",
    "{网|wifi|手机}{太慢|没电了|发烫|只剩百分之五}@tail",
    "{背景|身后|窗外}{那只鸡|那盆花|是谁|好像下雪了|的狗叫了}@tail",
    "{你们|大家}{都|一般}{几点睡|做什么工作|怎么做|放糖吗|吃辣吗}@ask",
    "{听口音|看样子}{像@city的|是老乡|在山里|是大学生}@ask",
    "{排队|蹲点|熬夜|请假}{的举个手|第一名|值得吗|只为这一下}@tail",
    "{股票跌了|考试挂了|相亲失败|快递丢了}，{来散心|求安慰|给点好运}@tail",
    "{弟弟|奶奶|班主任|领导}{进来了|看着呢|问我笑啥}，{快躲|保持严肃|哈哈}@tail",
    "{镜头|音乐|灯}{歪了|小声点|太亮|换一首|好听}@tail",
)

SHORT_ZH = ("666", "哈哈哈", "哈哈哈哈哈", "。", "1", "好", "在", "嗯嗯", "来", "冲", "可以", "对", "懂了",
            "厉害", "?", "牛", "赞", "收到", "哇", "真的假的", "nb", "绝了", "笑死", "支持", "好的", "走起",
            "可", "顶", "+1", "加油")  # fmt: skip

EMOJI = ("😂", "👍", "❤️", "🌹", "🔥", "🎉", "😍", "👏", "🙏", "🥰", "😭", "💪", "🤣", "🍉", "✨", "[鼓掌]",
         "[玫瑰]", "[笑哭]", "[爱心]", "[送心]", "[强]", "[捂脸]", "[比心]", "[派对]")  # fmt: skip

BYE_ZH = (
    "{先走了|睡了|撤了|明天再来|孩子醒了先下}@tail",
    "{谢谢|多谢|感谢}{@call|老板|大家|客服|解答}@tail",
    "{拜拜|晚安|回见|改天聊}@tail",
    "{没电了|到站了|开会了|接娃去}{先闪|下次聊|你们慢慢抢}@tail",
)

CAUGHT_ON_ZH = ("哈哈哈哈", "666666", "主播看镜头", "再来一个", "太真实了", "上链接", "求返场", "我也是",
                "懂的都懂", "同款", "老板大气", "别停", "开播啦", "名场面", "退退退", "笑不活了", "狗狗出镜了",
                "下次一定")  # fmt: skip

GREET_EN = (
    "{hi|hello|hey|evening} {all|everyone|from @place|host|}",
    "{first time here|just joined|back again|made it|finally live}{!|, what did i miss|}",
    "{what's up|good morning|good evening} {from @place|family|folks|lovely people}",
    "{alarm woke me|friend sent me|saw the ad}, {hi|here i am|let's see}",
)

BANTER_EN = (
    "{raining|freezing|so hot|power cut} {here|again|in @place}",
    "{watching|listening} {from the bus|while cooking|at work shh|in bed}",
    "{lol|haha|omg} {same|that cat|the timing|not again|i can't}",
    "{who else|anyone} {is from @place|up this late|new here|waiting for the draw}?",
    "{my dog|my kid|my wallet} {agrees|is crying|wants it|says no}",
    "{dinner|soup|rice} {is burning|can wait|smells great} {lol|brb|haha}",
    "{wifi|phone|battery} {dying|at 3%|so slow}",
    "{that|the} {rooster|cat|dog|plant} {behind you|in the back} {is famous|wins|stole the show}",
    "{where|what} {is that accent from|song is this|time does it end}?",
    "{boss|teacher|grandma} {is watching too|walked in|says hi}",
)

SHORT_EN = ("lol", "haha", "nice", "ok", "yes", "wow", "omg", "+1", "same", "true", "go", "gg", "hmm", "cool", "yay")

BYE_EN = ("{gotta go|bye all|good night|see you tomorrow}", "{thanks|thank you|ty} {host|all|for the help|}")

CALLS = ("主播", "小姐姐", "老板娘", "掌柜的", "姐", "妹妹", "哥", "老师", "师傅", "宝", "老铁", "主播姐姐",
         "大哥", "阿姨", "团长", "家人")  # fmt: skip
VERY = ("", "", "真", "好", "太", "超", "特别", "挺", "非常", "是真", "贼", "巨", "确实", "蛮", "格外")
TAIL = ("", "", "", "", "啊", "呀", "哦", "了", "呢", "哈", "！", "~", "！！", "。", "…", "哎", "嘛", "啦")
ASK = ("", "？", "?", "呀", "呢", "啊？", "??", "，求回复", "，谢谢")
CITIES = ("绍兴", "赣州", "保定", "柳州", "南充", "洛阳", "芜湖", "泉州", "咸阳", "大理", "牡丹江", "桂林",
          "湖州", "襄阳", "临沂", "汕头", "九江", "遵义")  # fmt: skip
PLACES = ("penang", "ipoh", "leeds", "vancouver", "perth", "auckland", "johor", "dublin", "manila", "fresno")
SO = ("so", "really", "just", "very", "super", "insanely", "truly", "quite", "too", "pretty")

PROMPT_WORDS = ("1", "扣1", "想要", "要", "冲", "来了", "666", "上车", "炸", "想要的扣2", "888", "爱心", "抱走", "go")
PRAISE_PROMPTS = (
    "主播好看吗，好看的打美",
    "觉得姐漂亮的扣漂亮",
    "夸一句听听",
    "说主播辛苦了",
    "声音好听吗",
    "say something nice",
)
PRAISE_ANSWERS = (
    ("美", "真美", "美美美", "美！"),
    ("漂亮", "姐漂亮", "漂亮漂亮", "真漂亮"),
    ("主播最好看", "好看", "人美心善", "主播最棒"),
    ("主播辛苦了", "辛苦了", "辛苦啦姐", "主播辛苦"),
    ("好听", "声音好听", "好听好听", "太好听了"),
    ("you are great", "so pretty", "lovely host", "best host"),
)
LOTTERY_WORDS = ("抽我", "中奖", "我要中奖", "好运来", "抽奖", "锦鲤附体", "红包", "福袋")
