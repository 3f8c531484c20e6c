"""English lines of a live-commerce chat, as a grammar; the format is that of `zh`; `_` is a leading blank."""

RULES: dict[str, str] = {
    "HOST": "{HOST_LOOKS}*3|{HOST_VOICE}|{HOST_CHARACTER}*2|{HOST_LOVE}*2|{HOST_CALL}",
    "HOST_LOOKS": """
        you look {very} {pretty} {time}{end}|you look {pretty}{end}|{she} looks {very} {pretty} {time}|
        {name} is {very} {pretty}{end}|{she} is {very} {pretty}{end}|{very} {pretty} {host}|
        omg {she} is {pretty}|your {part1} {is} {very} {nice}{end}|your {parts} are {very} {nice}{end}|
        that {part1} {host}{end}|{name}'s {part1} is {nice}|can we talk about {name}'s {part1}|
        how are you this {pretty}|how is {she} so {pretty}??|{name} could be {star}|you could be {star}|
        is {name} {star}? looks like one|those eyes tho|that smile {end}|that smile just made my day|
        you're {very} {pretty} {host}|{name} you are {very} {pretty}|glowing {time}{end}|you are glowing {host}|
        skin goals {host}|what is your skincare, you're {pretty}|{pretty} as always {host}|
        {name} looking {pretty} {time}|can't stop looking at {name}|only here to look at {name} lol|
        not even watching the {noun}, just {name}|who is this, so {pretty}|new hair? {nice} on you|
        love the hair {host}|{she} makes everything look {nice}|prettier every time i tune in|10/10 {host}|
        the camera loves {name}|{name} has the best {part1}|natural beauty{end}|drop dead {pretty}|
        what a {pretty} human|{open} {she} is {very} {pretty}|{open} you look {pretty}|
        have you seen {name}'s {part1}|that {part1} is {nice}|{open} that {part1}|
        {name}'s {part1} is {nice} {time}|how do you keep your {part1} so {pretty}|
        is it me or is {she} more {pretty} {time}|if i had {name}'s {part1}|
        that color makes your {part1} look {nice}|{open} {name} is like {star}|you'd pass for {star}|
        {she} looks like {star} {time}|{very} {pretty} {time}|you look like {star}|
        my {person} says you are {very} {pretty}|{very} {pretty}, those {parts}
    """,
    "HOST_VOICE": """
        your voice is {very} {voice}{end}|{name}'s voice is {voice}|love your voice {host}|that voice {end}|
        could listen to {name} all night|{name} has such a {voice} voice|i could fall asleep to this voice|
        you should do podcasts {host}|sing again pls {name}|{name} can SING|so {voice} to listen to|
        voice of an angel|the accent is {very} {nice}|{name}'s laugh is {nice}|that laugh {end}|asmr voice fr|
        {open} your voice|{voice} voice {host}|that {voice} voice {time}|{name} has a {voice} way of talking|
        your voice is {very} {voice} {time}|{she} sounds {very} {voice}|my {person} loves your voice|
        i could listen to that {voice} voice for hours
    """,
    "HOST_CHARACTER": """
        you are {very} {good} {host}|{she} is {very} {good}{end}|{name} is {very} {good}|
        {name} seems {very} {good}|such a {good} {human}|best host{end}|best host on here {hands}|
        {name} explains things {very} well|{name} never gets annoyed, {good}|{very} {good} and {good}|
        you're {good} AND {good}|love how {good} {name} is|love your energy {host}|the energy {time} {end}|
        your vibe is {nice}|good vibes only with {name}|{name} always makes me laugh|{she} cracks me up|
        {name} is hilarious|you work so hard {name}|been on for hours, respect {hands}|{name} you're the {best}|
        {she} is the {best}{end}|most {good} host i've seen|rare to see a host this {good}|{name} keeps it real|
        so genuine{end}|a real sweetheart|i trust {name} tbh|{name} knows {her} stuff|
        {open} {she} is {very} {good}|you come across as {very} {good}|{name} stays {good} even with trolls|
        {very} {good} {human}|thank you for being so {good} {host}|never met a more {good} {human}|
        {open} love how {good} you are|you are {good}, {good} and {good}|
        my {person} thinks {name} is {very} {good}|{she} is {good} to everyone|
        we need more {good} hosts like {name}
    """,
    "HOST_LOVE": """
        love you {host}{end}|we love you {name}{end}|i {love} {name}|{love} {host}|came just for {name}|
        here for {name} {hands}|{name} made my day|always here for you {name}|
        watching from {city} love you {host}|my favourite host{end}|my fav host {hands}|marry me {name} lol|
        {name} fan club|new follower, {love} {name}|followed bc of {name}|big fan {name}{end}|
        {name} deserves more viewers|so happy to see you {name}|missed you {host}|{name} for president|
        obsessed with {name}|can't believe i just found {name}|your biggest fan from {city}|
        {open} i {love} {name}|{love} you {host} {hands}|{name} is my fav {hands}|
        i tune in for {name} every week|my {person} and i {love} you|{open} we {love} {name}|
        {city} {love}s {name}|{name} you are the reason i'm here
    """,
    "HOST_CALL": """
        queen{end}|QUEEN {hands}|slay {host}|slayyy|go {name}{end}|{name} {name} {name}|{hands}{hands} {name}|
        yesss {host}|icon|legend{end}|{name} ftw|goat|wow {host}|wow just wow|stunning|gorgeous|beautiful|
        adorable|so cute|cutie|{pretty}{end}|{pretty} {hands}|主播 so {pretty}
    """,
    "open": "omg|ok but|ngl|honestly|wow|guys|not gonna lie|damn|seriously|ok|tbh|i swear|yo",
    "very": "so|so so|really|very|super|sooo|absolutely|just|too|incredibly|always|honestly|∅|actually|truly",
    "pretty": """
        pretty|beautiful|gorgeous|stunning|amazing|lovely|cute|radiant|fabulous|elegant|fresh|flawless|perfect|
        hot|classy|dreamy
    """,
    "time": "today|tonight|this evening|as always|again|∅*2|rn|in that light",
    "parts": "eyes|dimples|lashes|lips",
    "part1": "smile|face|hair|skin|glow|style|jawline|look|laugh",
    "is": "is*2|looks",
    "her": "her",
    "she": "she*2|{name}*2|the host|this girl|our host|this lady",
    "nice": """
        gorgeous|amazing|everything|so good|perfect|unreal|insane|beautiful|so pretty|top notch|unmatched|goals|
        cute
    """,
    "star": "a movie star|a model|an actress|a celebrity|a princess|a k-drama lead|a disney princess",
    "voice": "soothing|sweet|calming|lovely|soft|relaxing|nice|beautiful|warm|pleasant",
    "good": """
        kind|sweet|genuine|patient|funny|honest|charming|lovely|professional|humble|nice|warm|down to earth|
        smart|polite|cheerful
    """,
    "person": "mom|husband|wife|sister|roommate|dad|boyfriend|daughter|coworker|cat|neighbor|kid|mother in law",
    "human": "person|host|soul|human|lady|girl",
    "best": "best|sweetest|nicest|funniest|cutest|real mvp|greatest|goat",
    "love": "love|adore|luv|stan|really like|heart|like",
    "hands": "❤️|🔥|👏|😍|💕|🙌|✨|💯|🥰|∅",
    "end": "∅*4|!|!!|!!!|_😍|_❤️|_omg|_fr|...|_🔥|_ngl|_✨|_lol",
    "PRODUCT": """
        this {noun} is {very} {pnice}|{noun} is {pnice}|love this {noun}|love the colour|love that color|
        i have this {noun}, {very} {pnice}|got mine last week, {pnice}|bought two already|this is my third one|
        quality is {pnice}|good price|great deal|what a steal|cheaper than {shop}|my mom loves hers|
        best {noun} i've had|it's {pnice} irl|worth it|that {noun} on you is {pnice}|{name}'s {noun} is {pnice}|
        need this {noun}|want want want|adding to cart|the packaging is {pnice}|10/10 would buy again|
        {noun} looks {pnice}|wearing mine now, {pnice}|been using it for a month, {pnice}|gorgeous {noun}|
        beautiful color|my {person} says {pnice}|{size} fits perfectly|got it for my {person}, {pnice}|
        {pnice}, trust me|number {no} is {pnice}|the {noun} is actually {pnice}|mine came {when}, {pnice}
    """,
    "shop": "amazon|the store|the website|last time|target|the mall",
    "QUESTION": """
        how much|how much is it|price?|do you have {size}|any {size} left?|is {size} true to size|
        ship to {city}?|how long is shipping|free shipping?|is there black|does it come in white|
        can you show the {noun}|can you show the back|link?|where's the link|which number|
        what number is the {noun}|number {no} please|can we see {no} again|return policy?|can i return it|
        any coupon|code not working|how do i use the coupon|is this the same as last time|restock when|
        when is the next drop|what time do you end|will you be live tomorrow|just got here what did i miss|
        what are we selling|can i combine orders|what lipstick are you wearing|what shade are you wearing|
        how tall is {name}|where is that top from|why can't i pay|is it authentic|{ask}*12|{host} {ask}|
        how about {size}|@{nick} which one did you get|{no} or {no}, which is better|is {no} back|
        {ask} asking for my {person}|good gift for my {person}?|would this fit my {person}|
        third time asking, {ask}|pls answer, {ask}|sorry, {ask}|is the {noun} coming back|how many {noun}s left|
        when will {size} be back
    """,
    "cm": "5'3|5'4 120lb|5'6|a size 8|5'2 petite|160cm|5'9|size 12",
    "no": "1|2|3|5|6|8|9|12|15|18|21",
    "city": "canada|texas|uk|singapore|malaysia|nyc|florida|australia|philippines|hk|california|toronto",
    "ORDER": """
        bought|got it|ordered|just ordered|got mine|in cart|paid|done|got {n2}|ordered {n2}|sold out??|
        it's gone already|missed it again|sold out in seconds|too slow|restock pls|add more please|
        one more please|checkout is stuck|payment failed|just need ${yuan} more for the deal|
        wrong size can i change|bought one for my mom|got the {noun}|ordered the {noun}|drop the link|
        link please|link link link|bring it back|number {no} got it|got {size}|{size} ordered|
        just paid for {no} and {no}|ordered one for my {person}|last one yay|my {person} ordered too|
        ok fine i bought it|i caved and got the {noun}|2 {noun}s otw
    """,
    "n2": "1|2|two|3|three|5",
    "yuan": "3|4|5|6|8|10",
    "HELLO": """
        hi|hello|hey|hi everyone|hey {host}|hi {name}|hello from {city}|good evening|first time here|i'm back|
        just joined|made it|finally caught you live|evening all|hiii|heyyy|here|sup|early today|
        long time no see|lurker saying hi|first|hi from my {person} too|{did}, hi all|hey {nick}|{city} here|
        my {person} sent me|what's up everyone|ok i'm here|alarm got me here|day {no} of showing up|
        hi all, {did}
    """,
    "LAUGH": """
        lol*2|LOL|lmao|haha|hahaha|hahahaha|😂|😂😂|🤣|omg|dead|i'm dead|💀|lmaooo|what|wait what|???|no way|
        bruh|again again|missed it|i can't|clip it|rofl
    """,
    "WOW": """
        wow*2|woow|amazing|nice|👏👏👏|👏|🔥|🔥🔥|❤️|omg|yes|yesss|bravo|encore|so good|beautiful|cool|dope|
        insane|whoa|W|😍|👍
    """,
    "CHAT": """
        it's so cold here|raining in {city}|watching from work lol|watching in bed|kids finally asleep|
        audio is low|can't hear|lagging|is it lagging for anyone|blurry|what song is this|turn the music down|
        where's the assistant|drink some water {name}|my wallet is crying|i can't buy more|payday is friday|
        hubby said no more|just looking|maybe next time|waiting for the {noun}|slow down|too fast|same|+1|this|
        true|fr|facts|agreed|right|ok|okay|thank you|thanks|ty|got it|good to know|makes sense|really?|
        for real?|brb|back|refresh works|no sound for me|who else is from {city}|when is the giveaway|
        i never win|chat is fast|liked and shared|tap the screen guys|smash that like|come on|let's go|
        let's goooo|hype|soon|patience people|anyone got theirs yet|mine arrived monday|i'm new here|idk|maybe|
        nah|yup|yep|no|@{nick} {reply}*8|my {person} {says}*7|{did}*6|{when} i {past}*6|the {noun} {feel}*5|
        {feel}*2|anyone from {city}|{nick} you're here too|{nick} lol|{reply}|{city} is {weather}|
        it's {weather} here|number {no} {feel}|i need {n2} more|told my {person} about this|who else {past}|
        @{nick} {feel}?
    """,
    "feel": """
        is a bit much|looks ok|is tempting|went so fast|seems small|is not for me|i already have one|
        is always gone|might be next|can't decide|nah i'm good|hmm|meh|tempted|was cheaper before|
        looks different
    """,
    "weather": "snowing|so hot|freezing|pouring|windy|humid|sunny for once",
    "did": """
        on the bus rn|eating ramen and watching|cooking while watching|just got home|on my lunch break|
        doing laundry|folding clothes to this|procrastinating|sick in bed|waiting for payday|
        supposed to be studying|walking the dog
    """,
    "past": """
        missed the whole thing|bought too much|fell asleep|got three packages|was at work|lost wifi|
        ordered twice by accident|got stuck in traffic|forgot the code|returned one|came late
    """,
    "when": "today|yesterday|last time|last week|tonight|on monday|this morning|just now",
    "says": """
        is watching too|bought one already|says i have too many|is laughing at me|wants one|
        is asleep next to me|hid my card|thinks it's too much|is so hooked|won't believe this price|
        made me order|stole my phone
    """,
    "reply": """
        same|no way|i got it last week|not that expensive|yes it is|check the bottom left|it was number {no}|
        she already showed it|you can return it|lol right|did yours come|go for it|wait for the coupon|thanks|
        ask again|it's in the cart|i think so|nope|true|exactly what i said
    """,
    "nick": """
        sunny88|Karen|mike_t|jojo|LizzyB|user2041|catmom|Dee|tofu|Nana_J|big_al|Priya|kiki|soccermom3|Ben|momo|
        QT|Sarah M
    """,
    "BYE": """
        bye|gotta go|good night|gn all|see you tomorrow|bye all|night {host}|heading out|my phone is dying|
        back to work|off to bed|laters|ttyl
    """,
    "EMOJI": "❤️|🔥|😂|😍|👏|🥰|🎉|💪|👍|🙏|😭|✨|👀|💕|🙌|😅|❤️❤️❤️|🔥🔥🔥|💯",
    "COMPLAIN": """
        still waiting for my last order|never got my {noun}|mine came broken|quality was bad|color is different|
        refund still not here|support never answers|wrong item sent|missing one item|{noun} fell apart|
        not as shown|fake?|shipping took 3 weeks|runs small|never again|scam|raised the price first lol|
        unfollowing|it smells|where's my free gift|always sold out, fishy
    """,
    "RAID": """
        {other} raid|{other} sent us|raid raid raid|here from {other}|{other} army|hi from {other}'s live|RAID|
        we come in peace|what do you sell here|sup from {other}'s chat|{other} gang|incoming|
        raiders in the house|just following {other}
    """,
    "other": "Mia|Coach Dan|Kelly|Tasha|BigJay|Nora",
    "CAMPUS": """
        whole dorm is watching|roommate sent me|student discount?|does it ship to campus|dorm gang|
        class just ended|we're all on campus wifi lol|can i use it in a dorm|anyone from my uni|
        broke student here|my RA is watching too|mailroom closes at 5
    """,
    "FAMILY": """
        hi sis|mom is watching too|that's my cousin|proud of you sis|the whole family is here|grandma says hi|
        get one for dad|honey look at this|my niece is live|aunt joined|using mom's phone|go sis|family support
    """,
    "OFFICE": """
        ordering for the office|can i get an invoice|group order from work|ship all to one address?|team gift|
        my coworkers want it too|boss is paying|company card ok?|12 of us here|did everyone order
    """,
}
MALE: dict[str, str] = {
    "pretty": """
        handsome|good looking|hot|amazing|sharp|cool|fresh|dapper|stylish|perfect|fine|charming|gorgeous|
        attractive|clean|classy
    """,
    "star": "a movie star|a model|an actor|a celebrity|a prince|a k-drama lead|a superhero",
    "her": "his",
    "she": "he*2|{name}*2|the host|this guy|our host|this man",
    "parts": "eyes|dimples|shoulders|arms",
    "human": "person|host|soul|human|guy|gentleman",
    "HOST_CALL": """
        king{end}|KING {hands}|go {name}{end}|{name} {name} {name}|{hands}{hands} {name}|yesss {host}|icon|
        legend{end}|{name} ftw|goat|wow {host}|wow just wow|handsome|what a man|so cool|{pretty}{end}|
        {pretty} {hands}|my guy|主播 so {pretty}
    """,
}
HOST_WOMAN = "girl|queen|sis|host|babe|love|hun|{name}|{name}|lady|sweetie|∅"
HOST_MAN = "bro|king|man|host|dude|boss|{name}|{name}|sir|buddy|∅"
NAMES_WOMAN = "Amy|Lina|Grace|Chloe|Mei|Jess|Nina|Zoe|Bella|Kat"
NAMES_MAN = "Leo|Jay|Ryan|Marcus|Ken|Alex|Tom|Dre"
GOODS: dict[str, dict[str, str]] = {
    "apparel": {
        "noun": "dress|jacket|shirt|jeans|sweater|hoodie|skirt|coat|tee|blazer",
        "size": "small|medium|large|XL|XS|plus size|size 6|size 8|2XL",
        "pnice": """
            nice|great|amazing|so good|worth it|perfect|legit|lovely|flattering*2|soft*2|comfy*2|good quality*2|
            true to size*2|warm*2
        """,
        "ask": """
            what size for {cm}|is it cotton|does it shrink|does it run small|can you machine wash it|
            is it see through|what's the material|is it lined
        """,
    },
    "beauty": {
        "noun": "lipstick|cream|serum|foundation|palette|mask|sunscreen|cleanser|blush|toner",
        "size": "minis|full size|travel size|shade 2|the warm shade",
        "pnice": """
            nice|great|amazing|so good|worth it|perfect|legit|lovely|hydrating*2|smooth*2|pigmented*2|gentle*2|
            long lasting*2|lightweight*2
        """,
        "ask": """
            good for sensitive skin?|ok for oily skin?|is it vegan|does it smell|which shade for me|spf?|
            cruelty free?|expiry date?|safe while pregnant?
        """,
    },
    "food": {
        "noun": "nuts|jerky|cake|noodles|coffee|fruit box|cookies|rice|sauce|tea",
        "size": "a small box|family pack|1kg|2 pack|the big one",
        "pnice": """
            nice|great|amazing|so good|worth it|perfect|legit|lovely|tasty*2|fresh*2|delicious*2|crunchy*2|
            addictive*2|yum*2
        """,
        "ask": """
            is it spicy|how sweet is it|any nuts in it|best before?|gluten free?|where is it from|
            how do you cook it|is it halal|needs fridge?
        """,
    },
    "home": {
        "noun": "blanket|pan|storage box|mop|pillow|bedding set|mug|lamp|towel|rug",
        "size": "queen|king|twin|large|small|set of 4",
        "pnice": """
            nice|great|amazing|so good|worth it|perfect|legit|lovely|sturdy*2|soft*2|handy*2|easy to clean*2|
            solid*2|cozy*2
        """,
        "ask": """
            what are the dimensions|dishwasher safe?|works on induction?|does it shed|how heavy is it|
            machine washable?|easy to assemble?|what colors
        """,
    },
    "jewellery": {
        "noun": "necklace|bracelet|earrings|ring|pendant|pearls|brooch|anklet",
        "size": "size 6|size 7|the long one|adjustable",
        "pnice": """
            nice|great|amazing|so good|worth it|perfect|legit|lovely|shiny*2|dainty*2|elegant*2|sparkly*2|
            well made*2|classy*2
        """,
        "ask": """
            does it tarnish|is it real gold|hypoallergenic?|what metal is it|is it adjustable|
            how long is the chain|comes with a box?|nickel free?
        """,
    },
    "gadgets": {
        "noun": "earbuds|power bank|speaker|keyboard|watch|case|hair dryer|shaver|cable|fan",
        "size": "black|white|128gb|usb c|the pro one|iphone 15",
        "pnice": """
            nice|great|amazing|so good|worth it|perfect|legit|lovely|solid*2|fast*2|loud*2|handy*2|reliable*2|
            well built*2
        """,
        "ask": """
            works with iphone?|android ok?|battery life?|is it waterproof|warranty?|usb c?|how loud is it|
            is it bluetooth 5|can i fly with it
        """,
    },
    "baby": {
        "noun": "diapers|bottle|blocks|stroller|onesie|picture book|wipes|play mat|cup|backpack",
        "size": "newborn|6 months|size 2T|size 4|large",
        "pnice": """
            nice|great|amazing|so good|worth it|perfect|legit|lovely|soft*2|safe*2|cute*2|sturdy*2|leakproof*2|
            adorable*2
        """,
        "ask": """
            safe for newborns?|what age|bpa free?|does it leak|washable?|any smell|is it cotton|for boys too?|
            choking hazard?
        """,
    },
}
PROMPTS: tuple[tuple[str, str], ...] = (
    ("type 1 if you want it", "1|1|1|1|11|111|1!|1 1 1|one|1 please"),
    ("say want", "want|want|WANT|want!|want want|i want|me|want it"),
    ("drop a heart if you can hear me", "❤️|❤️|❤️❤️|💕|heart|yes|❤️ yes|can hear"),
    ("new here? say new", "new|new|new here|new!|NEW|first time"),
    ("1 for black, 2 for white", "1|2|1|2|black|white|11|22|both"),
    ("tell me sold when you got it", "sold|sold|SOLD|sold!|got it|sold sold"),
)
LOTTERIES: tuple[tuple[str, str], ...] = (
    ("comment LUCKY to win", "lucky|LUCKY|LUCKY|lucky!|lucky lucky|LUCKY 🍀|Lucky"),
    ("type pick me for the giveaway", "pick me|pick me|PICK ME|pick me!!|pick me 🙏|pick meee"),
)
PRAISE_PROMPTS: tuple[str, ...] = (
    "say something nice and i drop the link",
    "how do i look tonight? tell me",
    "compliment of the night wins a sample",
)
TYPOS: tuple[tuple[str, str], ...] = (
    ("you", "u"),
    ("your", "ur"),
    ("are", "r"),
    ("please", "pls"),
    ("beautiful", "beautifull"),
    ("gorgeous", "gorgous"),
    ("the", "teh"),
    ("love", "luv"),
    ("really", "rly"),
    ("because", "bc"),
    ("pretty", "prety"),
    ("what", "wht"),
    ("tonight", "tonite"),
    ("amazing", "amazin"),
    ("so ", "soo "),
    ("thanks", "thx"),
)
