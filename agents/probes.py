"""/metrics, /livez and /readyz of a worker."""

import os
from collections.abc import Callable

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from agents import metrics
from agents.errors import ClaquewatchError


class Probes:
    """A small HTTP server. `alive` and `ready` answer None where all is well, or a sentence."""

    def __init__(self, host: str, port: int, alive: Callable[[], str | None], ready: Callable[[], str | None]) -> None:
        self.host, self.port = host, port
        self._alive, self._ready = alive, ready
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Bind; with port 0 a free one is taken and `port` says which."""
        app = web.Application()
        app.router.add_get("/metrics", self._metrics)
        app.router.add_get("/livez", lambda _: self._answer(self._alive()))
        app.router.add_get("/readyz", lambda _: self._answer(self._ready()))
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port)
        try:
            await site.start()
        except OSError as error:
            raise ClaquewatchError(
                f"/metrics cannot be served at {self.host}:{self.port} ({os.strerror(error.errno or 0)}): "
                "name another port with CLAQUEWATCH_METRICS_PORT, or 0 for a free one"
            ) from error
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _metrics(self, _: web.Request) -> web.Response:
        return web.Response(body=generate_latest(metrics.REGISTRY), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _answer(self, trouble: str | None) -> web.Response:
        return web.Response(text=(trouble or "ok") + "\n", status=200 if trouble is None else 503)
