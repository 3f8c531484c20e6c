"""Turns an intent into a line that somebody could have typed: grammar, then the manners of the one who types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from random import Random
from types import ModuleType

from worlds.bazaar.people import Account
from worlds.bazaar.words import en, zh
from worlds.bazaar.words.hant import traditional

Parts = tuple[tuple[bool, str], ...]  # (is a name, text)
EMOJI = ("❤️", "🌹", "😍", "👍", "🔥", "😂", "🥰", "✨", "💕", "😊", "🎉", "😭", "💪", "👏", "😁", "🤩")
EMOJI_ZH = (*EMOJI, "[玫瑰]", "[比心]", "[赞]", "[爱心]")
_STRETCHED = {
    "哈哈": "哈",
    "哈哈哈": "哈",
    "哈哈哈哈": "哈",
    "hhh": "h",
    "233": "3",
    "666": "6",
    "66": "6",
    "？？？": "？",
    "haha": "ha",
    "hahaha": "ha",
    "lmao": "o",
    "yesss": "s",
    "wow": "w",
    "omg": "g",
    "???": "?",
    "let's go": "o",
}
"""Lines that people draw out as they like."""
_WESTERN = str.maketrans("！。～", "!.~")


@cache
def _grammar(language: str, man: bool) -> dict[str, tuple[Parts, ...]]:
    module = _module(language)
    rules: dict[str, str] = module.RULES | (module.MALE if man else {})
    return {name: alternatives(text) for name, text in rules.items()}


@cache
def alternatives(text: str) -> tuple[Parts, ...]:
    """Read "a|b {c}*3|∅" into alternatives, each a sequence of literal pieces and names; `*3` counts for three."""
    options: list[Parts] = []
    for piece in text.split("|"):
        body, _, times = piece.strip().partition("*")
        options += [_parts(body)] * int(times or 1)
    return tuple(options)


def _parts(piece: str) -> Parts:
    if piece == "∅":
        return ()
    parts: list[tuple[bool, str]] = []
    for i, chunk in enumerate(piece.replace("}", "{").split("{")):
        if chunk:
            parts.append((True, chunk) if i % 2 else (False, " " + chunk[1:] if chunk[0] == "_" else chunk))
    return tuple(parts)


def _module(language: str) -> ModuleType:
    return zh if language == "zh" else en


@dataclass(slots=True, frozen=True)
class Host:
    """What people call the host, and what is sold: what the lines of a room are about."""

    category: str
    man: bool
    names: Mapping[str, str]  # by language


class Talk:
    """The lines of one room."""

    def __init__(self, language: str, host: Host) -> None:
        self.language = language
        self._host = host
        self._bound: dict[str, dict[str, tuple[Parts, ...]]] = {}
        for tongue in ("zh", "en"):
            module = _module(tongue)
            goods: dict[str, str] = module.GOODS[host.category]
            self._bound[tongue] = _grammar(tongue, host.man) | {
                **{name: alternatives(text) for name, text in goods.items()},
                "host": alternatives(module.HOST_MAN if host.man else module.HOST_WOMAN),
                "name": alternatives(host.names[tongue]),
                "hostw": alternatives(zh.HOST_WORD_MAN if host.man else zh.HOST_WORD),
            }

    def tongue(self, account: Account) -> str:
        """The script that this account writes in this room: zh, hant or en."""
        if self.language == "en":
            return "en" if account.tongue < 0.91 else ("zh" if account.tongue < 0.98 else "hant")
        if self.language == "hant":
            return "hant" if account.tongue < 0.72 else ("zh" if account.tongue < 0.90 else "en")
        return "zh" if account.tongue < 0.90 else ("hant" if account.tongue < 0.95 else "en")

    def line(self, intent: str, account: Account, random: Random) -> str:
        """A line of this intent in the account's own script and manner."""
        tongue = self.tongue(account)
        return self.typed(self.compose(intent, "en" if tongue == "en" else "zh", random), tongue, account, random)

    def compose(self, intent: str, language: str, random: Random) -> str:
        """A line of the grammar, as yet in nobody's manner."""
        # Where nothing was said between two words one blank is left.
        return " ".join(expand(self._bound[language], intent, random).split()) or "1"

    def idea(self, intent: str, language: str, random: Random) -> Parts:
        """One alternative of an intent, to be said in several ways."""
        return random.choice(self._bound[language][intent])

    def say(self, idea: Parts, language: str, random: Random) -> str:
        """One way of saying an idea."""
        return " ".join(_spoken(self._bound[language], idea, random).split()) or "1"

    def echo(self, answers: str, account: Account, random: Random) -> str:
        """How somebody answers a prompt."""
        line = expand({"ECHO": alternatives(answers)}, "ECHO", random)
        if random.random() < account.emoji * 0.3:
            line += random.choice(EMOJI)
        return traditional(line) if self.tongue(account) == "hant" else line

    def typed(self, line: str, tongue: str, account: Account, random: Random) -> str:
        """The line as this account types it: slips, endings, emoji, the other script."""
        module = zh if tongue != "en" else en
        if random.random() < account.sloppy * 2:
            right, wrong = random.choice(module.TYPOS)
            line = line.replace(right, wrong, 1)
        if line in _STRETCHED and random.random() < 0.6:
            line += _STRETCHED[line] * int(random.expovariate(0.4))
        if tongue == "en" and random.random() < 0.25:
            line = line[:1].upper() + line[1:] if random.random() < 0.8 else line.upper()
        if random.random() < 0.06 and len(line) > 1 and line[-1].isalpha():
            line += (
                line[-1] * random.randint(1, 3)
                if tongue == "en"
                else random.choice(("啊啊啊", "哈哈", "～～", "！！！", line[-1]))
            )
        elif account.ending and random.random() < 0.35:
            line += account.ending if tongue != "en" else account.ending.translate(_WESTERN)
        if random.random() < account.emoji:
            line += random.choice(EMOJI if tongue == "en" else EMOJI_ZH) * random.choice((1, 1, 1, 2, 3))
        if tongue == "hant":
            line = traditional(line)
        return line

    def prompts(self) -> tuple[tuple[str, str], ...]:
        return self._script("PROMPTS")

    def lotteries(self) -> tuple[tuple[str, str], ...]:
        return self._script("LOTTERIES")

    def praise_prompts(self) -> tuple[str, ...]:
        texts: tuple[str, ...] = _module("en" if self.language == "en" else "zh").PRAISE_PROMPTS
        return tuple(map(traditional, texts)) if self.language == "hant" else texts

    def tier(self, threshold: int, off: int) -> str:
        """How the host announces "spend so much, get something"; `off` 0 is a gift."""
        if self.language == "en":
            return f"spend {threshold} get {off} off" if off else f"free gift over {threshold}"
        text = f"满{threshold}减{off}" if off else f"满{threshold}送小样"
        return traditional(text) if self.language == "hant" else text

    def clearance(self) -> str:
        """How the host announces that a season's last pieces go for less than they cost."""
        if self.language == "en":
            return "clearance, last pieces below cost"
        return "清倉，虧本處理" if self.language == "hant" else "清仓，亏本处理"

    def _script(self, name: str) -> tuple[tuple[str, str], ...]:
        pairs = getattr(_module("en" if self.language == "en" else "zh"), name)
        if self.language == "hant":
            return tuple((traditional(text), traditional(answers)) for text, answers in pairs)
        return tuple(pairs)


def expand(rules: Mapping[str, tuple[Parts, ...]], name: str, random: Random) -> str:
    """One way of saying `name`, every alternative alike likely."""
    options = rules[name]
    return _spoken(rules, options[int(random.random() * len(options))], random)


def _spoken(rules: Mapping[str, tuple[Parts, ...]], parts: Parts, random: Random) -> str:
    return "".join([expand(rules, text, random) if named else text for named, text in parts])
