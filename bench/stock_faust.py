"""The same job on a stock agent, event by event, `python -m bench.stock_faust COUNT`: for comparison.

Panes are kept in a dict; nothing survives a crash. Prints {"cpu_s", "took_s"} of COUNT orders.
"""

import json
import logging
import os
import sys
import tempfile
import time
from typing import Any

import faust
import msgspec

from agents.settings import load
from bench.bare_loop import Order
from bench.orders import LATENESS_MS, MIN_ACCOUNTS, PANE_MS

Goods = dict[str, list[str]]  # accounts that ordered, by sku


def closed(panes: dict[int, dict[str, Goods]], watermark: int) -> list[bytes]:
    """Take out the panes that the watermark has passed -> their alerts."""
    alerts = []
    for start in sorted(start for start in panes if start + PANE_MS <= watermark):
        for room, goods in panes.pop(start).items():
            total = sum(map(len, goods.values()))
            alerts += [
                msgspec.json.encode([room, sku, start, len(set(accounts)), len(accounts), total])
                for sku, accounts in goods.items()
                if len(set(accounts)) >= MIN_ACCOUNTS and 2 * len(accounts) >= total
            ]
    return alerts


def main(count: int) -> None:
    settings = load()
    logging.disable(logging.ERROR)
    app = faust.App(
        f"{settings.app_id}-stock",
        broker=f"kafka://{settings.broker}",
        datadir=tempfile.mkdtemp(prefix="claquewatch-"),
        web_enabled=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        consumer_auto_offset_reset="earliest",
    )
    raw: dict[str, Any] = {"value_type": bytes, "value_serializer": "raw", "key_type": bytes, "key_serializer": "raw"}
    orders = app.topic(settings.named("live.orders"), **raw)
    alerts = app.topic(settings.named("live.alerts"), **raw)

    @app.agent(orders)
    async def detect(stream: Any) -> None:
        decode = msgspec.json.Decoder(Order).decode
        partitions: dict[int, dict[int, dict[str, Goods]]] = {}
        newest: dict[int, int] = {}
        left, cpu_s, began_s = count, time.process_time(), time.perf_counter()
        async for event in stream.events():
            number, order = event.message.partition, decode(event.value)
            panes = partitions.setdefault(number, {})
            goods = panes.setdefault(order.ts // PANE_MS * PANE_MS, {}).setdefault(order.room_id, {})
            goods.setdefault(order.sku, []).append(order.account_id)
            if order.ts > newest.get(number, 0):
                newest[number] = order.ts
                for alert in closed(panes, order.ts - LATENESS_MS):
                    await alerts.send(value=alert, partition=number)
            left -= 1
            if not left:
                measured = {"cpu_s": time.process_time() - cpu_s, "took_s": time.perf_counter() - began_s}
                os.write(1, b"\n" + json.dumps(measured).encode())  # faust makes log lines of what is printed
                os._exit(0)

    sys.argv = ["faust", "worker", "-l", "error", "--without-web"]
    app.main()


if __name__ == "__main__":
    main(int(sys.argv[1]))
