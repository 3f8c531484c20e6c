"""Accounts: who they are, what they share with others, how they write."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from worlds.bazaar import laws
from worlds.bazaar.ids import Ids


@dataclass(slots=True, frozen=True)
class Account:
    """One identity: the ids that its events carry, and its manners."""

    number: int
    account_id: str
    device_id: str
    ip_prefix: str
    inviter_id: str
    pay_account_id: str
    address_id: str
    age_ms: int
    tongue: float  # 0..1: where it falls among the scripts of a room
    emoji: float  # how often a line ends in an emoji
    ending: str  # how it likes to end a line
    sloppy: float  # how often it mistypes

    def field(self, name: str, now_ms: int) -> str | int:
        """An optional field of an account event; the account's age counts from the world's first evening."""
        return now_ms - self.age_ms if name == "account_created_ts" else getattr(self, name)


class People:
    """The platform's accounts, made when they are first asked for; the same number is always the same account."""

    def __init__(self, seed: int, ids: Ids) -> None:
        self.seed = seed
        self._ids = ids
        self._known: dict[int, Account] = {}

    def account(self, number: int) -> Account:
        known = self._known.get(number)
        if known is None:
            known = self._known[number] = self._make(number)
        return known

    def stranger(self, random: Random) -> Account:
        """Somebody of the whole platform, the busy ones more often."""
        draw = random.random()
        for share, size in laws.POOL_TIERS:
            if draw < share:
                return self.account(int(random.random() * size))
            draw -= share
        return self.account(int(random.random() * laws.POOL))

    def outsider(self, number: int) -> Account:
        """An account that no honest draw reaches, made by the same law as all others."""
        return self.account(laws.POOL + number)

    def household(self, account: Account) -> list[Account]:
        """Those who live with this account, itself left out."""
        block, size = account.number // 4, self._household_size(account.number // 4)
        if account.number % 4 >= size:
            return []
        return [self.account(block * 4 + i) for i in range(size) if block * 4 + i != account.number]

    def inviter(self, random: Random) -> str:
        """Who brought an account in: a creator or campaign that brought many, or a friend who brought few."""
        if random.random() < 0.4:
            return self._ids.of("account", f"creator {int(2_500 * random.random() ** 1.8)}")
        return self._ids.of("account", int(random.random() * laws.POOL))

    def network(self, random: Random) -> str:
        """A carrier's prefix, which many share, or one of a home line."""
        if random.random() < 0.55:
            return self._ids.of("network", int(3_000 * random.random() ** 1.6))
        return self._ids.of("network", 10_000 + int(random.random() * 150_000))

    def _household_size(self, block: int) -> int:
        random = Random((self.seed * 1_000_003 + block) * 8 + 5)
        return random.choice((2, 2, 3, 4)) if random.random() < laws.HOUSEHOLD_SHARE else 0

    def _make(self, number: int) -> Account:
        # An own stream for each account: who is asked for first changes nothing.
        random = Random((self.seed * 1_000_003 + number) * 8 + 3)
        account = Account(
            number=number,
            account_id=self._ids.of("account", number),
            device_id=self._ids.of("device", number),
            ip_prefix=self.network(random),
            inviter_id=self.inviter(random),
            pay_account_id=self._ids.of("pay_account", number),
            address_id=self._ids.of("address", number),
            age_ms=int((0.2 + random.expovariate(1 / laws.ACCOUNT_AGE_DAYS_MEAN)) * laws.DAY),
            tongue=random.random(),
            emoji=random.choice((0.0, 0.03, 0.08, 0.15, 0.3, 0.6)),
            ending=random.choice(("", "", "", "", "！", "～", "。", "!", "...", "!!")),
            sloppy=random.choice((0.0, 0.0, 0.02, 0.05, 0.12)),
        )
        size = self._household_size(number // 4)
        if number % 4 < size:
            home = Random((self.seed * 1_000_003 + number // 4) * 8 + 6)
            account = replace(
                account,
                ip_prefix=self.network(home),
                address_id=self._ids.of("address", f"home {number // 4}"),
                pay_account_id=self._ids.of("pay_account", f"home {number // 4}")
                if random.random() < 0.45
                else account.pay_account_id,
                device_id=self._ids.of("device", f"home {number // 4}") if random.random() < 0.3 else account.device_id,
            )
        return account


def share(account: Account, **fields: str) -> Account:
    """The same account with something that it has in common with others."""
    return replace(account, **fields)  # type: ignore[arg-type]
