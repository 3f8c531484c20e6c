"""Occasions on which many people write the same, or praise the host, of their own accord."""

from __future__ import annotations

from random import Random

from worlds.bazaar import laws
from worlds.bazaar.audience import add, stay_ms
from worlds.bazaar.negatives.base import Negative
from worlds.bazaar.show import Show
from worlds.bazaar.stage import Moment, Prompt, Stage


class Lottery(Negative):
    """Who types the words may win: a third of the room does."""

    def plan(self, stage: Stage, random: Random) -> None:
        for _ in range(random.randint(1, 3)):
            at = stage.some_time(random, 3 * laws.MINUTE)
            stage.prompt(at, random, random.uniform(0.35, 0.6), heard=1.0, lottery=True)


class Prompting(Negative):
    """A host who has the room type something every few minutes."""

    def plan(self, stage: Stage, random: Random) -> None:
        at = stage.start + int(random.uniform(2, 5) * laws.MINUTE)
        while at < stage.end - laws.MINUTE:
            stage.prompt(at, random, random.uniform(0.25, 0.55))
            at += int(random.uniform(2.5, 6) * laws.MINUTE)


class PromptedPraise(Negative):
    """The host asks to be praised, for a sample or a link, and the room does."""

    def plan(self, stage: Stage, random: Random) -> None:
        for _ in range(random.randint(1, 4)):
            at = stage.some_time(random, 3 * laws.MINUTE)
            until = at + random.choice((60, 90, 120)) * laws.SECOND
            stage.prompts.append(Prompt(at, until, None, random.uniform(0.12, 0.35), 2))
            text = random.choice(stage.room.talk.praise_prompts())
            stage.mark(at, "prompt", text=text, until_ts=until if random.random() < 0.6 else None)


class FanClub(Negative):
    """Fans come together at the opening, praise the host a lot, and cheer at the same moments."""

    def plan(self, stage: Stage, random: Random) -> None:
        for _ in range(random.randint(3, 6)):
            stage.moments.append(Moment(stage.some_time(random, 2 * laws.MINUTE), "HOST", random.uniform(0.05, 0.14)))

    def people(self, show: Show, random: Random) -> None:
        stage = show.stage
        present = {visit.account.number for visit in show.visits}
        for _ in range(min(160, max(8, int(stage.room.audience * random.uniform(0.05, 0.15))))):
            account = show.people.account(stage.room.follower(random))
            if account.number in present:
                continue
            present.add(account.number)
            came = stage.start + int(random.expovariate(1 / (75 * laws.SECOND)))
            level = 5 + int(random.expovariate(1 / 4.5))
            visit = add(show, account, came, max(5 * laws.MINUTE, stay_ms(random, True) * 2), "follow", level, random)
            visit.follows, visit.talks = True, 1.8
