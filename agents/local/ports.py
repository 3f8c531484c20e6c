"""Free ports on loopback that stay ours for as long as we want them, also while nothing listens there."""

import socket
import sys

LOOPBACK = "127.0.0.1"


class HeldPorts:
    """Ports chosen by the kernel and kept back from everybody else until `release`.

    A port that was merely found free can be gone before the broker binds it, or, while a killed broker is away, be
    given to somebody's outgoing connection. On Linux a socket that is bound with SO_REUSEADDR and does not listen keeps
    the kernel from handing the port out, yet lets a listener with the same option (Java's) have it. Elsewhere that does
    not work, so there the ports are only found; whoever starts a broker tries again on a clash.
    """

    def __init__(self, count: int) -> None:
        self._sockets = [socket.socket() for _ in range(count)]
        for held in self._sockets:
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            held.bind((LOOPBACK, 0))
        self.numbers = [held.getsockname()[1] for held in self._sockets]
        if sys.platform != "linux":
            self.release()

    def release(self) -> None:
        """Idempotent."""
        for held in self._sockets:
            held.close()
