"""The Faust app: one agent on the log, its state in a fenced table."""

from collections.abc import Sequence
from typing import Any, cast

import faust
from faust.types import TP

from agents.settings import Settings
from agents.tables import FencedStore
from streams.detectors import DETECTORS
from streams.finding import Detector
from streams.topics import LOG


class Claquewatch(faust.App):
    """A Faust app that knows its deployment."""

    settings: Settings
    detectors: Sequence[type[Detector]]
    rooms: FencedStore


def create_app(settings: Settings, datadir: str, detectors: Sequence[type[Detector]] = DETECTORS) -> Claquewatch:
    """The app with its agent `detect` and its table `rooms`."""
    app = Claquewatch(
        settings.app_id,
        broker=[f"kafka://{address}" for address in settings.broker.split(",")],
        store="fenced://",
        datadir=datadir,
        recovery_consistency_check=False,
        web_enabled=False,
        topic_allow_declare=False,  # `claquewatch topics --create` makes them, as declared
        topic_disable_leader=True,
        topic_partitions=settings.partitions,
        topic_replication_factor=settings.replication,
        table_standby_replicas=0,  # a standby would read the changelog for nothing: who takes over loads it
        broker_session_timeout=settings.session_s,
        broker_heartbeat_interval=max(0.3, min(1.0, settings.session_s / 6)),
        broker_rebalance_timeout=20.0,
        broker_commit_interval=1.0,
        broker_max_poll_interval=300.0,
        consumer_max_fetch_size=1024 * 1024,  # of one partition; more only waits in memory
        stream_buffer_maxsize=8,  # counts batches of up to 1,000 events
        stream_wait_empty=False,  # events stay unacknowledged on purpose
        logging_config=None,
        loghandlers=[],
    )
    app.settings, app.detectors = settings, detectors
    activity = app.topic(
        settings.named(LOG), key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw"
    )
    table = app.Table("rooms", key_type=bytes, value_type=bytes, partitions=settings.partitions)
    app.rooms = cast(FencedStore, table.data)

    @app.agent(activity, name="detect")
    async def detect(stream: Any) -> None:
        """Step each room through the log; hand what it finds to the partition's transaction."""
        async for event in stream.noack().events():
            message = event.message
            owned = app.rooms.owned.get(message.partition)
            if owned is None:
                continue  # left over from before a rebalance
            if message.offset <= owned.partition.offset:
                owned.acknowledge_old(message.offset, event)
            elif owned.expects(message.offset):
                headers, value = _taken_out_of(event)
                await owned.take(message.offset, headers, value, event)
            else:  # a hole: never step over it
                await app.consumer.seek(TP(message.topic, message.partition), owned.partition.offset + 1)

    # Faust's own look at stalled partitions asks for positions that a rebalance has not set yet, and crashes the
    # consumer (seen); ours is agents/watchdog.py
    app.finalize()
    cast(Any, app.consumer).verify_all_partitions_active = _watched_elsewhere
    return app


def _taken_out_of(event: Any) -> tuple[list[tuple[str, bytes]], bytes | None]:
    """A record's headers and value, which its event gives up.

    Events wait for the next snapshot to be acknowledged: with all that was read of a backlog, that is 100 MiB and more.
    """
    message = event.message
    headers, value = message.headers, message.value
    message.headers, message.value = [], None
    event.headers, event.value = {}, None
    return headers, value


async def _watched_elsewhere() -> None:
    """Nothing stands still unseen: see `Progress`."""
