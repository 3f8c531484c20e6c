"""A receiver of webhooks on loopback, for the demo and the tests: says of each request whether its signature is right.

    async with Receiver(secret, answers=[Answer(500)]) as receiver:      # then 204 for ever
        ...send to receiver.url...
    assert receiver.verified == 2

It does what the standard asks of one: the library verifies the raw body, and a `webhook-id` seen before is a duplicate.
"""

import asyncio
import binascii
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Any, Final, Self

import msgspec
from aiohttp import web
from standardwebhooks import Webhook, WebhookVerificationError

PATH: Final = "/claquewatch"
MAX_BODY_BYTES: Final = 1024 * 1024


class Answer(msgspec.Struct, frozen=True):
    """What to answer. `hang_s`: be silent for so long before."""

    status: int = 204
    headers: Mapping[str, str] = {}
    hang_s: float = 0.0


class Received(msgspec.Struct, frozen=True):
    """One request. `body` is None where it is no JSON; `answered` is what it was told."""

    webhook_id: str
    verified: bool
    duplicate: bool
    body: Any
    raw: bytes
    headers: Mapping[str, str]
    answered: int


class Receiver:
    """Listens from `start` to `stop`. `answers` are used up one a request, then it is `otherwise`.

    `on_received` is called with each request before it is answered (a callback for each alert).
    """

    def __init__(
        self,
        secret: str,
        *,
        answers: Iterable[Answer] = (),
        otherwise: Answer = Answer(),  # noqa: B008 - frozen
        on_received: Callable[[Received], None] | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self._webhook = Webhook(secret)
        self._answers = list(answers)
        self._otherwise = otherwise
        self._on_received = on_received
        self._host, self._port = host, port
        self._runner: web.AppRunner | None = None
        self._accepted: set[str] = set()
        self._arrived = asyncio.Event()
        self.received: list[Received] = []

    @property
    def url(self) -> str:
        """Where to send; there after `start`."""
        return f"http://{self._host}:{self._port}{PATH}"

    @property
    def verified(self) -> int:
        """Requests whose signature is right."""
        return sum(one.verified for one in self.received)

    @property
    def bad(self) -> int:
        """Requests whose signature is not."""
        return len(self.received) - self.verified

    @property
    def duplicates(self) -> int:
        """Verified requests whose id had been accepted before."""
        return sum(one.duplicate for one in self.received)

    @property
    def accepted(self) -> list[str]:
        """Ids in the order in which they were first verified and answered with 2xx."""
        firsts = (one for one in self.received if one.verified and 200 <= one.answered < 300)
        return list(dict.fromkeys(one.webhook_id for one in firsts))

    async def start(self) -> None:
        app = web.Application(client_max_size=MAX_BODY_BYTES)
        app.router.add_route("*", "/{path:.*}", self._take)
        # what hangs on purpose is cut off when it stops
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2, handler_cancellation=True)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def until(self, enough: Callable[["Receiver"], bool], within_s: float = 10.0) -> None:
        """Wait for what arrives to be enough; raises TimeoutError."""
        async with asyncio.timeout(within_s):
            while not enough(self):
                self._arrived.clear()
                await self._arrived.wait()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.stop()

    async def _take(self, request: web.Request) -> web.Response:
        raw = await request.read()
        answer = self._answers.pop(0) if self._answers else self._otherwise
        webhook_id = request.headers.get("webhook-id", "")
        verified = self._is_right(raw, dict(request.headers))
        received = Received(
            webhook_id=webhook_id,
            verified=verified,
            duplicate=verified and webhook_id in self._accepted,
            body=_decoded(raw),
            raw=raw,
            headers=dict(request.headers),
            answered=answer.status if verified else 401,
        )
        if verified and 200 <= answer.status < 300:
            self._accepted.add(webhook_id)
        self.received.append(received)
        self._arrived.set()
        if self._on_received is not None:
            self._on_received(received)
        if answer.hang_s:
            await asyncio.sleep(answer.hang_s)
        return web.Response(status=received.answered, headers=answer.headers)

    def _is_right(self, raw: bytes, headers: dict[str, str]) -> bool:
        try:
            self._webhook.verify(raw, headers, json_parse=False)
        # the library raises ValueError and its kin for signatures and bodies that have no form
        except (WebhookVerificationError, ValueError, IndexError, binascii.Error):
            return False
        return True


def _decoded(raw: bytes) -> Any:
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
