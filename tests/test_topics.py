"""Every topic as one row, as the contract has it."""

import pytest

from streams.events import BROADCASTS, BY_TOPIC, EVENTS
from streams.topics import BY_NAME, DAY_MS, MIB, SOURCES, TOPICS, table_changelog

RETENTION_DAYS = {
    "live.joins": 14,
    "live.comments": 14,
    "live.orders": 14,
    "live.shows": 14,
    "live.complaints": 14,
    "live.activity": 14,
    "live.checkpoints": 14,
    "live.rejected": 14,
    "live.failed": 14,
    "live.undelivered": 14,
    "live.alerts": 90,
    "live.verdicts": 90,
    "live.rules": None,
    "live.crews": None,
}


def test_the_topics_are_those_of_the_contract_with_its_retention():
    days = {topic.name: topic.retention_ms and topic.retention_ms // DAY_MS for topic in TOPICS}

    assert days == RETENTION_DAYS


def test_every_input_has_an_event_and_every_event_an_input():
    assert set(SOURCES) == set(BY_TOPIC)
    assert [topic.name for topic in TOPICS if topic.role == "input"] == [kind.TOPIC for kind in EVENTS]
    assert [topic.name for topic in TOPICS if topic.role == "broadcast"] == [kind.TOPIC for kind in BROADCASTS]


def test_every_topic_stands_once_under_its_name():
    assert len(BY_NAME) == len(TOPICS)


def test_inputs_are_stamped_on_append_and_nothing_else_is():
    assert {topic.name for topic in TOPICS if topic.stamped_on_append} == set(SOURCES)


def test_what_is_written_in_transactions_says_so():
    transactional = {topic.name for topic in TOPICS if topic.transactional}

    assert transactional == {"live.alerts", "live.failed", "live.checkpoints", "live.rules", "live.crews"}


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_a_topic_is_either_compacted_or_ages(topic):
    config = topic.config()

    assert topic.compacted == (config["cleanup.policy"] == "compact")
    assert topic.compacted == ("retention.ms" not in config)
    assert all(isinstance(value, str) for value in config.values())


def test_what_ages_says_how_long_and_when_it_is_stamped():
    assert BY_NAME["live.joins"].config() == {
        "cleanup.policy": "delete",
        "max.message.bytes": str(MIB),
        "message.timestamp.type": "LogAppendTime",
        "retention.ms": str(14 * DAY_MS),
    }


def test_the_log_keeps_the_time_of_its_writer():
    assert BY_NAME["live.activity"].config()["message.timestamp.type"] == "CreateTime"


def test_the_table_has_a_compacted_changelog_that_takes_large_rooms():
    changelog = table_changelog("evening.claquewatch")

    assert changelog.name == "evening.claquewatch-rooms-changelog"
    assert changelog.compacted
    assert changelog.config()["max.message.bytes"] == str(8 * MIB)
