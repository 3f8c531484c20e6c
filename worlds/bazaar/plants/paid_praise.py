"""Viewers are paid to praise the host: looks, voice, character; never the goods."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from random import Random

from worlds.bazaar import laws
from worlds.bazaar.audience import stay_ms
from worlds.bazaar.people import Account
from worlds.bazaar.plants.crew import Planted, admit, hire, size
from worlds.bazaar.show import Scribe, Show
from worlds.bazaar.talk import Talk


@dataclass(slots=True, frozen=True)
class Strength:
    """One row of the agreed ranges."""

    crew: tuple[int, int]
    lines: tuple[int, int]
    sheet: tuple[int, int]  # lines of the script that is handed out; 0: everybody finds own words
    verbatim: float  # share typed as it stands in the script
    chats: float


STRENGTHS = {
    "blatant": Strength((15, 60), (5, 8), (5, 10), 0.6, 0.15),
    "moderate": Strength((10, 40), (3, 5), (8, 16), 0.1, 0.5),
    "faint": Strength((8, 25), (2, 3), (0, 0), 0.0, 0.6),
}
DISGUISES = ("jitter", "paraphrase", "slow_drip", "taking_turns")
USUAL = {
    "blatant": (),
    "moderate": ("jitter", "paraphrase"),
    "faint": ("paraphrase", "slow_drip", "taking_turns"),
}
JITTER_MEAN_MS = 45 * laws.SECOND
CUE_MS = 20 * laws.SECOND


def paid_praise(show: Show, strength: str, scribe: Scribe, random: Random) -> Planted:
    """Plant a crew that praises; an act is a line."""
    row, stage = STRENGTHS[strength], show.stage
    crew = hire(show, size(show, *row.crew, random), "praise", random)
    counts = [random.randint(*row.lines) for _ in crew]
    worn = show.hiring.worn(USUAL[strength], DISGUISES)
    row, pace = disguised(row, strength, worn, show.hiring.disguises is None)
    if pace == "faint":
        times = slow_drip(show, counts, "taking_turns" in worn, random)
    else:
        times = on_cue(show, pace, counts, random)
    script = Script(stage.room.talk, random.randint(*row.sheet), row.verbatim, random)
    acts: list[int] = []
    for account, when in zip(crew, times, strict=True):
        joined = arrives(show, pace, when[0], times, random)
        leaves = when[-1] + 10 * laws.SECOND + stay_ms(random, regular=True)
        visit = admit(show, account, joined, leaves, random.random() < row.chats, True, random)
        for at in when:
            scribe.say(visit, at, script.line(account, random))
            acts.append(at)
    return Planted([account.account_id for account in crew], acts, worn)


def disguised(row: Strength, strength: str, worn: list[str], usual: bool) -> tuple[Strength, str]:
    """The row with the disguises that were asked for in place of its own, and whose times the crew keeps."""
    if usual:
        return row, strength
    sheet, verbatim = ((8, 16), 0.1) if "paraphrase" in worn else ((5, 10), 0.6)
    if "slow_drip" in worn or "taking_turns" in worn:
        return replace(row, sheet=sheet, verbatim=verbatim), "faint"
    return replace(row, sheet=sheet, verbatim=verbatim), "moderate" if "jitter" in worn else "blatant"


def on_cue(show: Show, strength: str, counts: list[int], random: Random) -> list[list[int]]:
    """Times of lines after cues: at moments when the host shines, and when somebody of the staff waves."""
    stage = show.stage
    length = stage.end - stage.start
    cues = sorted(m.at for m in stage.moments if m.kind == "HOST" and stage.start + 90_000 < m.at < stage.end - 60_000)
    cues = random.sample(cues, min(len(cues), 3))
    needed = max(counts) + random.randint(1, 4)
    spacing = min(75_000, int(0.7 * length / needed))
    for _ in range(2_000):
        if len(cues) >= needed:
            break
        cue = stage.start + int(random.uniform(0.06, 0.93) * length)
        if all(abs(cue - other) > spacing for other in cues):
            cues.append(cue)
    while len(cues) < needed:
        cues.append(stage.start + int(random.uniform(0.06, 0.93) * length))
    latest = stage.end - 3 * laws.SECOND
    times = []
    for count in counts:
        mine = []
        for cue in random.sample(cues, count):
            if strength == "blatant":
                after = 1_200 + int(random.betavariate(1.8, 3.0) * (CUE_MS - 1_500))
            else:
                after = 1_500 + int(random.expovariate(1 / JITTER_MEAN_MS))
            mine.append(min(latest - random.randint(0, 4_000), cue + after))
        times.append(sorted(mine))
    return times


def slow_drip(show: Show, counts: list[int], in_turn: bool, random: Random) -> list[list[int]]:
    """Now one, now another, over the whole show; in turn nobody speaks twice before the others have spoken."""
    stage = show.stage
    turns = [who for turn in range(max(counts)) for who in _shuffled(counts, turn, random)]
    if not in_turn:
        random.shuffle(turns)
    first, last = stage.start + 90 * laws.SECOND, stage.end - 20 * laws.SECOND
    step = (last - first) / len(turns)
    times: list[list[int]] = [[] for _ in counts]
    for slot, who in enumerate(turns):
        times[who].append(first + int((slot + random.random()) * step))
    return times


def arrives(show: Show, strength: str, first: int, times: list[list[int]], random: Random) -> int:
    """When one of them joins: before the first cue, or in its own time before it speaks."""
    if strength == "blatant":
        opening = min(when[0] for when in times)
        return max(show.stage.start + 1_000, min(first - 3_000, opening - int(random.uniform(0, 6) * laws.MINUTE)))
    ahead = int(random.lognormvariate(5.0, 0.9) * laws.SECOND)
    return max(show.stage.start + 1_000, first - 4_000 - ahead)


class Script:
    """What they were told to say. Some type it off, some put it in their own words, some have nothing but the order."""

    def __init__(self, talk: Talk, lines: int, verbatim: float, random: Random) -> None:
        self._talk = talk
        self._verbatim = verbatim
        self._language = "en" if talk.language == "en" else "zh"
        self._aspects = ("HOST_LOOKS", "HOST_LOOKS", "HOST_LOOKS", "HOST_VOICE", "HOST_CHARACTER", "HOST_CHARACTER")
        ideas = [talk.idea(self._aspect(random), self._language, random) for _ in range(lines)]
        self._sheet = [(idea, talk.say(idea, self._language, random)) for idea in ideas]

    def line(self, account: Account, random: Random) -> str:
        tongue = self._talk.tongue(account)
        language = "en" if tongue == "en" else "zh"
        if self._sheet and language == self._language and random.random() < 0.75:
            idea, text = random.choice(self._sheet)
            if random.random() >= self._verbatim:
                # the same thought in other words, or the same line with a word or two exchanged
                text = (
                    self._talk.say(idea, language, random)
                    if random.random() < 0.55
                    else reworded(text, language, random)
                )
        else:
            intent = self._aspect(random) if random.random() < 0.75 else random.choice(("HOST_LOVE", "HOST_CALL"))
            text = self._talk.compose(intent, language, random)
        return self._talk.typed(text, tongue, account, random)

    def _aspect(self, random: Random) -> str:
        return random.choice(self._aspects)


DEGREES = ["真的很", "真的好", "非常", "特别", "超级", "可真", "真心", "太", "超", "巨", "好", "真"]
SYNONYMS = [
    group.split("|")
    for group in (
        "美|漂亮|好看|惊艳|养眼|靓|有气质",
        "帅|有型|养眼|阳光|好看",
        "温柔|亲切|贴心|真诚|善良|有礼貌",
        "好听|甜|治愈|舒服|悦耳",
        "幽默|有趣|搞笑|有梗",
    )
]
ANY_HOST = ("咱家主播", "主播", "老师", "播播", "咱主播")
WOMAN = ("主播小姐姐", "主播姐姐", "小姐姐", "姐姐", "美女")
MAN = ("小哥哥", "哥哥", "帅哥")
OPENINGS = {
    "zh": ("哇，", "天呐，", "说真的，", "不得不说，", "讲真，", "我说，", "哎呀，"),
    "en": ("omg ", "wow ", "honestly ", "ngl ", "ok but ", "gotta say ", "damn "),
}
ENGLISH = [
    group.split("|")
    for group in (
        "so|really|very|super|sooo|just so|too|truly|absolutely",
        "beautiful|gorgeous|stunning|pretty|lovely|amazing",
        "handsome|good looking|charming|fine|sharp",
        "kind|sweet|warm|genuine|nice",
        "soothing|calming|relaxing|soft",
        "you are|you're|ur|u are",
        "adore|love|luv|really love",
        "today|tonight|this evening|rn",
    )
]
"""Words that people put for each other when they paraphrase a script."""
_DEGREE = re.compile(f"({'|'.join(DEGREES)})({'|'.join(word for group in SYNONYMS for word in group)})")


def reworded(text: str, language: str, random: Random) -> str:
    """The line in slightly other words, perhaps with something before it."""
    text = _reworded_english(text, random) if language == "en" else _reworded_chinese(text, random)
    if random.random() < 0.3:
        text = random.choice(OPENINGS[language]) + text
    return text


def _reworded_chinese(text: str, random: Random) -> str:
    """Another way to address the host, another degree, a synonym."""
    found = next((word for word in (*WOMAN, *MAN, *ANY_HOST) if word in text), None)
    if found is not None and random.random() < 0.7:
        own = WOMAN if found in WOMAN else MAN if found in MAN else ()
        text = text.replace(found, random.choice((*own, *ANY_HOST)), 1)

    def other(match: re.Match[str]) -> str:
        word = match[2]
        group = next(group for group in SYNONYMS if word in group)
        return random.choice(DEGREES) + (random.choice(group) if random.random() < 0.7 else word)

    return _DEGREE.sub(other, text, count=1)


def _reworded_english(text: str, random: Random) -> str:
    groups = list(ENGLISH)
    random.shuffle(groups)
    padded, left = f" {text} ", random.randint(1, 3)
    for group in groups:
        found = [word for word in group if f" {word} " in padded]
        if found and left:
            word = max(found, key=len)
            padded = padded.replace(f" {word} ", f" {random.choice([w for w in group if w != word])} ", 1)
            left -= 1
    return padded.strip()


def _shuffled(counts: list[int], turn: int, random: Random) -> list[int]:
    waiting = [who for who, count in enumerate(counts) if count > turn]
    random.shuffle(waiting)
    return waiting
