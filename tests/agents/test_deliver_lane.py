"""One partition of one endpoint, told as timelines, against real receivers and with waits of tenths of a second."""

import asyncio
import contextlib
from typing import NamedTuple

import msgspec
import pytest
from webhooks_helpers import SECRET, an_alert, an_endpoint, now_ms

from agents.receiver import Answer as Says
from agents.receiver import Receiver
from agents.webhooks.lane import Closing, Lane, Line
from agents.webhooks.patience import Patience
from agents.webhooks.posting import Poster
from streams.alerts import Alert, encode_alert

pytestmark = pytest.mark.integration

QUICK = Patience(delays_ms=(100, 200), jitter_ratio=0.0, timeout_ms=500)


class Record(NamedTuple):
    """A record of live.alerts."""

    value: bytes | None
    offset: int = 0
    partition: int = 0
    timestamp: int = 0


class Filed:
    """Takes what live.undelivered would."""

    def __init__(self) -> None:
        self.rows: list[tuple[bytes | None, dict]] = []

    async def __call__(self, key, undelivered) -> None:
        self.rows.append((key, msgspec.json.decode(msgspec.json.encode(undelivered))))

    @property
    def reasons(self) -> list[str]:
        return [row["reason"] for _, row in self.rows]


async def test_an_alert_is_delivered_and_may_be_committed():
    async with a_lane() as (lane, receiver, filed):
        assert await lane.settle(record(an_alert())) is True

        assert receiver.accepted == [an_alert().alert_id]
        assert filed.rows == []


async def test_500_then_200_is_the_same_id_twice():
    async with a_lane(Says(500)) as (lane, receiver, filed):
        await lane.settle(record(an_alert()))

        assert [one.webhook_id for one in receiver.received] == [an_alert().alert_id] * 2
        assert receiver.verified == 2
        assert filed.rows == []


async def test_what_is_given_up_is_filed_with_its_attempts_and_the_next_flows():
    async with a_lane(Says(500), Says(500, hang_s=9), Says(503), max_age_ms=1_000) as (lane, receiver, filed):
        await lane.settle(record(an_alert(1), offset=7))
        await lane.settle(record(an_alert(2), offset=8))

        [(key, row)] = filed.rows
        assert key == an_alert(1).incident_id.encode()
        assert (row["endpoint"], row["reason"], row["offset"]) == ("moderators", "max_age", 7)
        assert [(one["outcome"], one["status"]) for one in row["attempts"]] == [
            ("answered", 500),
            ("timeout", None),
            ("answered", 503),
        ]
        assert row["alert"]["alert_id"] == an_alert(1).alert_id
        assert receiver.accepted == [an_alert(2).alert_id]


async def test_an_alert_that_is_too_old_at_first_sight_is_filed_without_an_attempt():
    async with a_lane(max_age_ms=60_000) as (lane, receiver, filed):
        await lane.settle(record(an_alert(), age_ms=60_500))

        assert receiver.received == []
        assert (filed.reasons, filed.rows[0][1]["attempts"]) == (["max_age"], [])


async def test_410_stops_the_endpoint():
    async with a_lane(Says(410)) as (lane, receiver, filed):
        for number in range(3):
            await lane.settle(record(an_alert(number)))

        assert len(receiver.received) == 1
        assert filed.reasons == ["disabled"] * 3
        assert [len(row["attempts"]) for _, row in filed.rows] == [1, 0, 0]


async def test_410_wakes_a_lane_that_waits():
    async with a_lane(Says(500), Says(410), patience=Patience((60_000,))) as (lane, receiver, filed):
        waiting = asyncio.create_task(lane.settle(record(an_alert(1))))
        await receiver.until(lambda one: len(one.received) == 1)
        await another(lane).settle(record(an_alert(2)))

        async with asyncio.timeout(2):
            await waiting
        assert filed.reasons == ["disabled"] * 2


async def test_too_much_holds_every_lane_of_the_endpoint():
    async with a_lane(Says(429), patience=Patience((600,), 0.0)) as (lane, receiver, _):
        first = asyncio.create_task(lane.settle(record(an_alert(1))))
        await receiver.until(lambda one: len(one.received) == 1)
        began_ms = now_ms()
        await asyncio.sleep(0.05)
        await another(lane).settle(record(an_alert(2)))

        assert now_ms() - began_ms > 400
        await first
        assert sorted(receiver.accepted) == sorted([an_alert(1).alert_id, an_alert(2).alert_id])


async def test_500_holds_its_own_lane_only():
    async with a_lane(Says(500), patience=Patience((60_000,))) as (lane, receiver, _):
        first = asyncio.create_task(lane.settle(record(an_alert(1))))
        await receiver.until(lambda one: len(one.received) == 1)

        async with asyncio.timeout(2):
            await another(lane).settle(record(an_alert(2)))
        first.cancel()


async def test_closing_ends_the_waiting_and_leaves_the_record():
    async with a_lane(Says(500), patience=Patience((60_000,))) as (lane, receiver, filed):
        waiting = asyncio.create_task(lane.settle(record(an_alert())))
        await receiver.until(lambda one: len(one.received) == 1)
        lane.close()

        with pytest.raises(Closing):
            await waiting
        assert filed.rows == []


async def test_closing_lets_the_attempt_under_way_finish():
    async with a_lane(Says(200, hang_s=0.3)) as (lane, receiver, _):
        sending = asyncio.create_task(lane.settle(record(an_alert())))
        await receiver.until(lambda one: len(one.received) == 1)
        lane.close()

        assert await sending is True


@pytest.mark.parametrize("mode", ["shadow", "replay", "canary"])
async def test_only_live_alerts_are_sent(mode):
    async with a_lane() as (lane, receiver, filed):
        assert await lane.settle(record(an_alert(mode=mode))) is False

        assert (receiver.received, filed.rows) == ([], [])


async def test_below_the_endpoints_severity_or_of_another_scheme_nothing_is_sent():
    async with a_lane(min_severity="warning", schemes=frozenset({"paid_praise"})) as (lane, receiver, _):
        assert await lane.settle(record(an_alert(scheme="paid_praise", severity="info"))) is False
        assert await lane.settle(record(an_alert(scheme="fake_orders", severity="critical"))) is False

        assert receiver.received == []


async def test_who_was_told_of_an_incident_is_told_its_end_also_when_its_severity_fell():
    async with a_lane(min_severity="warning") as (lane, receiver, _):
        assert await lane.settle(record(an_alert(severity="warning")))
        assert await lane.settle(record(an_alert(revision=2, severity="info")))
        assert await lane.settle(record(an_alert(revision=3, severity="info", status="resolved")))
        assert not await lane.settle(record(an_alert(revision=4, severity="info", status="open")))

        assert [one.body["type"] for one in receiver.received] == ["alert.opened", "alert.updated", "alert.resolved"]


@pytest.mark.parametrize("value", [None, b"", b"{}", b"\xff", b"[" * 5_000, b'{"alert_id": 1}'])
async def test_what_is_no_alert_is_filed_and_the_next_flows(value):
    async with a_lane() as (lane, receiver, filed):
        assert await lane.settle(Record(value)) is True
        assert await lane.settle(record(an_alert())) is True

        assert filed.reasons == ["unreadable"]
        assert filed.rows[0][1]["alert"] is None
        assert len(receiver.accepted) == 1


async def test_what_cannot_be_made_into_a_webhook_is_filed_and_the_next_flows():
    async with a_lane() as (lane, receiver, filed):
        await lane.settle(record(an_alert(event_ts=2**62, detected_at=2**62)))
        await lane.settle(record(an_alert()))

        assert filed.reasons == ["failed"]
        assert len(receiver.accepted) == 1


async def test_the_oldest_that_waits_is_known():
    async with a_lane(Says(500), patience=Patience((60_000,))) as (lane, receiver, _):
        line = lane._line
        assert line.oldest_pending_s() == 0

        waiting = asyncio.create_task(lane.settle(record(an_alert(), age_ms=30_000)))
        await receiver.until(lambda one: len(one.received) == 1)
        assert 29 < line.oldest_pending_s() < 32

        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert line.oldest_pending_s() == 0


@contextlib.asynccontextmanager
async def a_lane(*answers: Says, patience: Patience = QUICK, **fields):
    """A lane to a receiver that answers so, then 204."""
    async with Receiver(SECRET, answers=answers) as receiver:
        endpoint = an_endpoint(receiver.url, **fields)
        async with Poster(endpoint, patience.timeout_ms) as poster:
            filed = Filed()
            yield Lane(Line(endpoint, poster, patience, chance=lambda: 0.0), filed), receiver, filed


def another(lane: Lane) -> Lane:
    """A further lane of the same endpoint."""
    return Lane(lane._line, lane._file)


def record(alert: Alert, age_ms: int = 0, offset: int = 0) -> Record:
    """An alert as it was made `age_ms` ago."""
    if alert.detected_at is None:
        alert = msgspec.structs.replace(alert, detected_at=now_ms() - age_ms)
    return Record(encode_alert(alert), offset)
