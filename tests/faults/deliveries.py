"""Webhooks: deliver killed at random, and what a receiver has got by the end."""

import contextlib
from collections import defaultdict
from typing import Any

from counted import Differences
from killed import at_random
from stage import Stage

from agents.local.process import Child
from agents.receiver import Answer, Receiver
from streams.alerts import decode_alert
from streams.topics import ALERTS, UNDELIVERED

SECRET = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
WITHIN_S = 60.0
ENDPOINTS = """[[endpoint]]
name = "moderators"
url = "{url}"
secret_env = "MODERATORS_SECRET"
allow_private = true
"""


async def kill_deliver(stage: Stage) -> None:
    """Two of them; meanwhile a detect dies with alerts on the broker that are never committed."""
    children = await delivering(stage)
    await stage.supervised("ingest")
    await stage.send(0.1)
    await stage.dies("alerts_half", 2, "detect")
    await stage.supervised("detect")
    await at_random(stage, children)
    await stage.send(1.0)


async def delivering(stage: Stage) -> list[Child]:
    """Workers that deliver to a receiver of ours, which refuses a few times; its books are checked at the end."""
    receiver = Receiver(SECRET, answers=[Answer(), Answer(503), Answer(), Answer(503)])
    await stage.lasting.enter_async_context(receiver)
    endpoints = stage.cluster.folder / "endpoints.toml"
    endpoints.write_text(ENDPOINTS.format(url=receiver.url))
    stage.cluster.env["MODERATORS_SECRET"] = f"whsec_{SECRET}"
    how: dict[str, Any] = {"endpoints": endpoints}
    ready = await stage.worker("deliver", **how).ready()  # from here on the group has its positions
    children = [await stage.supervised("deliver", **how) for _ in range(2)]
    await ready.stop()

    async def check(found: Differences) -> None:
        worker = stage.worker("deliver", **how)
        alerts = [decode_alert(record.value) for record in await stage.cluster.read(ALERTS)]
        wanted = {alert.alert_id for alert in alerts}
        with contextlib.suppress(TimeoutError):
            await receiver.until(lambda its: wanted <= set(its.accepted), WITHIN_S)
        await worker.stop()
        stage.says(f"{len(receiver.accepted):,} webhooks, {receiver.duplicates} of them again")
        found.compare("webhooks", set(receiver.accepted), wanted)
        place = {id: number for number, id in enumerate(receiver.accepted)}
        by_incident: dict[str, list[int]] = defaultdict(list)
        for alert in alerts:
            by_incident[alert.incident_id].append(place.get(alert.alert_id, -1))
        for incident_id, places in by_incident.items():
            if -1 not in places and places != sorted(places):
                found.add("webhooks in another order", incident_id)
        if receiver.bad:
            found.add("webhooks with a wrong signature", "", receiver.bad)
        for record in await stage.cluster.read(UNDELIVERED):
            found.add("webhooks that were given up", record.value[:100])

    stage.checks.append(check)
    return children
