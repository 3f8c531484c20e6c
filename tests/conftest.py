"""What several tests need: a real broker, a name space of one's own on it, the real data."""

import asyncio
import os
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from missing import cannot_be_had

from agents.local.broker import Broker
from agents.local.errors import CannotFetch

_DATA_BESIDE_THE_CHECKOUT = Path(__file__).resolve().parents[2] / "shared" / "data"


class OtherBroker(NamedTuple):
    """A broker that somebody else runs."""

    bootstrap: str


@pytest.fixture(scope="session")
def broker() -> Iterator[Broker | OtherBroker]:
    """One real broker for the whole session, or the one that CLAQUEWATCH_TEST_BROKER names; use its `.bootstrap`.

    It is everybody's: name topics and groups with `prefix`. Who kills or restarts a broker starts one of their own.
    """
    named = os.environ.get("CLAQUEWATCH_TEST_BROKER")
    if named:
        yield OtherBroker(named)
        return
    try:
        with Broker() as started:
            yield started
    except CannotFetch as why:
        cannot_be_had(str(why))


@pytest.fixture
def prefix(request: pytest.FixtureRequest) -> Iterator[str]:
    """A prefix for topics, groups and transactional ids that no other test has; such topics are deleted afterwards."""
    unique = f"t{uuid.uuid4().hex[:8]}."
    yield unique
    if "broker" in request.fixturenames:
        bootstrap = request.getfixturevalue("broker").bootstrap
        with ThreadPoolExecutor(1) as thread:  # the loop of an asynchronous test may still belong to this thread
            thread.submit(asyncio.run, _delete_topics(bootstrap, unique)).result()


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of real data: CLAQUEWATCH_DATA, or ../shared/data beside the checkout."""
    folder = Path(os.environ.get("CLAQUEWATCH_DATA") or _DATA_BESIDE_THE_CHECKOUT)
    if not folder.is_dir():
        cannot_be_had(f"There is no real data in {folder}: name its folder with CLAQUEWATCH_DATA.")
    return folder


async def _delete_topics(bootstrap: str, prefix: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        topics = [topic for topic in await admin.list_topics() if topic.startswith(prefix)]
        if topics:
            await admin.delete_topics(topics)
    finally:
        await admin.close()
