"""A link to one broker that can hold the end of a transaction back and deliver it later, as a slow network does.

The client loses its connection when that happens, and repeats the request on a new one; the first one comes late.
It can also cut every connection at once.
"""

import asyncio
import contextlib
import struct

END_TXN = 26  # Kafka's number of the request


class LateLink:
    """Listens on a port of its own; clients that come through it stay with it, whatever address the broker names."""

    def __init__(self, bootstrap: str) -> None:
        host, port = bootstrap.rsplit(":", 1)
        self._host, self._port = host, int(port)
        self.to_hold = 0  # so many ends of transactions are held back, the next ones
        self.held: list[bytes] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._open: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> "LateLink":
        self._server = await asyncio.start_server(self._serve, self._host, 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        self.bootstrap = f"{self._host}:{self.port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()
        for task in self._tasks:
            task.cancel()

    def close(self) -> None:
        """Let nobody in any more."""
        self._server.close()

    def cut(self) -> int:
        """Cut every connection, whatever is under way on it -> how many there were."""
        cut, self._open = self._open, set()
        for writer in cut:
            writer.transport.abort()
        return len(cut) // 2

    async def release(self) -> list[int]:
        """Deliver what was held back -> what the broker answers each, an error code."""
        codes = []
        held, self.held = self.held, []
        for request in held:
            reader, writer = await asyncio.open_connection(self._host, self._port)
            writer.write(request)
            answer = await _frame(reader)
            codes.append(struct.unpack_from(">h", answer, 4 + 4 + 4)[0])  # after length, correlation id, throttle time
            writer.close()
        return codes

    async def _serve(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        try:
            broker, to_broker = await asyncio.open_connection(self._host, self._port)
        except OSError:  # no broker there now
            to_client.close()
            return
        self._open |= {to_client, to_broker}
        there = f"{self._host}".encode() + struct.pack(">i", self._port)
        here = f"{self._host}".encode() + struct.pack(">i", self.port)

        async def answers() -> None:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                while True:
                    to_client.write((await _frame(broker)).replace(there, here))
                    await to_client.drain()
            to_client.close()

        task = asyncio.create_task(answers())
        self._tasks.add(task)
        try:
            while True:
                request = await _frame(client)
                if struct.unpack_from(">h", request, 4)[0] == END_TXN and self.to_hold:
                    self.to_hold -= 1
                    self.held.append(request)
                    return
                to_broker.write(request)
                await to_broker.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            task.cancel()
            self._tasks.discard(task)
            self._open -= {to_client, to_broker}
            to_broker.close()
            to_client.close()


async def _frame(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readexactly(4)
    return head + await reader.readexactly(struct.unpack(">i", head)[0])
