"""Every topic as one row: what it is for, who reads it how, how long it keeps what.

`claquewatch topics --create` makes them so, `claquewatch doctor` says where a broker differs.
Names here are without the deployment's prefix (`named` adds it).
"""

from typing import Final

import msgspec

DAY_MS: Final = 24 * 3600 * 1000
MIB: Final = 1024 * 1024

LOG: Final = "live.activity"
ALERTS: Final = "live.alerts"
FAILED: Final = "live.failed"
CHECKPOINTS: Final = "live.checkpoints"
REJECTED: Final = "live.rejected"
UNDELIVERED: Final = "live.undelivered"
RULES: Final = "live.rules"
CREWS: Final = "live.crews"
PARTITIONS: Final = 8


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """One topic as it should be. `retention_ms` is None where the topic is compacted instead."""

    name: str
    about: str
    role: str  # input, broadcast, log, output or table
    retention_ms: int | None = 14 * DAY_MS
    max_message_bytes: int = MIB
    stamped_on_append: bool = False
    transactional: bool = False  # read it with read_committed

    @property
    def compacted(self) -> bool:
        return self.retention_ms is None

    def config(self) -> dict[str, str]:
        """The topic's settings under Kafka's names."""
        config = {
            "cleanup.policy": "compact" if self.retention_ms is None else "delete",
            "max.message.bytes": str(self.max_message_bytes),
            "message.timestamp.type": "LogAppendTime" if self.stamped_on_append else "CreateTime",
        }
        if self.retention_ms is not None:
            config["retention.ms"] = str(self.retention_ms)
        return config


def _input(name: str, about: str, retention_ms: int = 14 * DAY_MS) -> Topic:
    return Topic(name=name, about=about, role="input", retention_ms=retention_ms, stamped_on_append=True)


def _broadcast(name: str, about: str) -> Topic:
    return Topic(
        name=name, about=about, role="broadcast", retention_ms=None, stamped_on_append=True, transactional=True
    )


TOPICS: Final[tuple[Topic, ...]] = (
    _input("live.joins", "viewers come and go"),
    _input("live.comments", "lines of chat"),
    _input("live.orders", "steps of orders"),
    _input("live.shows", "markers of shows: start, end, prompts, sales"),
    _input("live.complaints", "complaints of buyers"),
    _input("live.verdicts", "what moderators say of incidents", 90 * DAY_MS),
    _broadcast(RULES, "complete rule sets; one copy in every partition"),
    _broadcast(CREWS, "crews that a moderator confirmed; one copy in every partition"),
    Topic(name=LOG, about="all events of a partition in one order, with the watermark", role="log"),
    Topic(
        name=CHECKPOINTS,
        about="a room's state before the first event of a show",
        role="output",
        max_message_bytes=8 * MIB,
        transactional=True,
    ),
    Topic(
        name=ALERTS,
        about="alerts, exactly once",
        role="output",
        retention_ms=90 * DAY_MS,
        max_message_bytes=8 * MIB,  # 5,000 accounts with the longest ids
        transactional=True,
    ),
    Topic(name=REJECTED, about="records that could not be read, and why", role="output"),
    Topic(name=FAILED, about="events on which a detector raised", role="output", transactional=True),
    Topic(name=UNDELIVERED, about="webhooks that gave up, with their attempts", role="output"),
)

BY_NAME: Final[dict[str, Topic]] = {topic.name: topic for topic in TOPICS}
SOURCES: Final[tuple[str, ...]] = tuple(topic.name for topic in TOPICS if topic.role in ("input", "broadcast"))


def table_changelog(app_id: str) -> Topic:
    """The changelog of the table `rooms`, under the name that Faust gives it."""
    return Topic(
        name=f"{app_id}-rooms-changelog",
        about="the table of rooms",
        role="table",
        retention_ms=None,
        max_message_bytes=8 * MIB,
        transactional=True,
    )
