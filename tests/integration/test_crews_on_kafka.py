"""A moderator confirms a crew of one room; from then on a room of another partition knows it. On a real broker."""

from collections.abc import AsyncIterator, Sequence

import msgspec
import pytest
from builders import audience, crew, in_order, marker
from cluster import Cluster, until

from streams.alerts import Alert
from streams.events import Event, KnownCrew, Verdict

pytestmark = pytest.mark.integration

HOUR_MS = 3_600_000


@pytest.fixture
async def cluster(broker, prefix, tmp_path) -> AsyncIterator[Cluster]:
    async with Cluster(broker.bootstrap, prefix, tmp_path, quiet_s=60) as made:
        yield made


def show_in(room_id: str, hours_later: int) -> list[Event]:
    """A show of an hour with the same crew in it, in another room at another time."""
    events = in_order(audience(300, seed=hours_later), crew(12, ip_prefix="n"), [marker("ended", 3_400)])
    return [
        msgspec.structs.replace(
            event,
            event_id=f"{room_id} {event.event_id}",
            ts=event.ts + hours_later * HOUR_MS,
            room_id=room_id,
            show_id=f"show of {room_id}",
        )
        for event in events
    ]


def of_room(alerts: Sequence[Alert], room_id: str) -> list[Alert]:
    return [a for a in alerts if a.room_id == room_id and a.scheme == "coordinated_purchases"]


async def test_a_crew_that_is_confirmed_in_one_room_is_known_by_its_id_in_a_room_of_another_partition(cluster):
    here = "room"
    there = next(
        name for name in map("room{}".format, range(9)) if cluster.partition_of(name) != cluster.partition_of(here)
    )
    worker = cluster.worker("ingest,detect")
    await cluster.send(show_in(here, 0))

    async def raised(room_id: str) -> list[Alert]:
        return of_room(await cluster.alerts(), room_id)

    first, *_ = await until(lambda: raised(here))
    confirmed = Verdict(
        event_id="v1",
        ts=first.event_ts + 2 * HOUR_MS,
        room_id=here,
        show_id=first.show_id,
        incident_id=first.incident_id,
        action="verdict",
        verdict="confirmed",
        moderator="mo",
    )
    await cluster.send([confirmed, *show_in("bystander", 3)])  # time goes on by what comes after it

    async def published() -> list[tuple[int, KnownCrew]]:
        return [
            (record.partition, msgspec.json.decode(record.value, type=KnownCrew))
            for record in await cluster.read("live.crews")
        ]

    copies = await until(published)
    assert [number for number, _ in copies] == [0, 1]
    assert {crew.crew_id for _, crew in copies} == {first.crew_id}
    assert {crew.revision for _, crew in copies} == {1}

    async def in_both_logs() -> bool:
        return all(any(record.kind == "crews" for record in log) for log in (await cluster.log()).values())

    await until(in_both_logs)
    await cluster.send(show_in(there, 6))
    again, *_ = await until(lambda: raised(there))

    assert again.crew_id == first.crew_id
    assert again.title.endswith("confirmed by a moderator")
    assert await worker.stop() == 0
    tables = await cluster.table()
    assert [[crew.crew_id for crew in table.header.crews] for table in tables.values()] == [[first.crew_id]] * 2
