"""One attempt: a POST to one endpoint, and how it ended. It never raises for what a receiver or a network does."""

import time
from types import TracebackType
from typing import Self

import aiohttp

from agents.endpoints import Endpoint
from agents.webhooks.addresses import AddressRefused, socket_factory
from agents.webhooks.patience import Answer, retry_after_ms
from agents.webhooks.standard import Request


class Poster:
    """The connections to one endpoint: `async with Poster(endpoint) as poster: await poster.post(request)`.

    No redirects, no proxy of the environment, no cookies. Each request connects anew: the name is resolved and the
    address checked each time, and no alert is lost to a connection that the receiver had closed meanwhile.
    """

    def __init__(self, endpoint: Endpoint, timeout_ms: int = 15_000) -> None:
        self._endpoint = endpoint
        self._timeout_ms = timeout_ms
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                force_close=True,
                use_dns_cache=False,
                socket_factory=socket_factory(self._endpoint.url, self._endpoint.allow_private),
            ),
            timeout=aiohttp.ClientTimeout(total=self._timeout_ms / 1000),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def post(self, request: Request) -> Answer:
        """Send it and wait for the status; the answer's body is not read."""
        if self._session is None:
            raise RuntimeError("a Poster posts within `async with`")
        try:
            async with self._session.post(
                request.url, data=request.body, headers=request.headers, allow_redirects=False
            ) as response:
                now_ms = int(time.time() * 1000)
                return Answer("answered", response.status, retry_after_ms(response.headers, now_ms))
        except TimeoutError:
            return Answer("timeout", detail=f"no answer within {self._timeout_ms / 1000:g} s")
        except aiohttp.ClientConnectorCertificateError:
            return Answer("untrusted", detail="its certificate does not hold")
        except aiohttp.ClientSSLError:
            return Answer("untrusted", detail="no TLS connection could be made")
        except aiohttp.ClientConnectorDNSError:
            return Answer("unreachable", detail="its name cannot be resolved")
        except aiohttp.ClientConnectorError as error:
            if isinstance(error.os_error, AddressRefused):
                return Answer("refused", detail=str(error.os_error))
            return Answer("unreachable", detail=error.os_error.strerror or "no connection")
        except aiohttp.ClientError as error:
            return Answer("unreachable", detail=f"the connection broke ({type(error).__name__})")
        except OSError as error:
            return Answer("unreachable", detail=error.strerror or "no connection")
