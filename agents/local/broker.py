"""A real Kafka broker on this machine: one KRaft node on loopback, in a temporary folder, gone when we are gone.

    async with Broker() as broker:      # or: with Broker() as broker
        AIOKafkaProducer(bootstrap_servers=broker.bootstrap)

No Docker, Java or root is needed (see artifacts). Measured on 2 cores: 0.8 s to format, 2 s to start, 0.3 s to stop,
5 s to be back after kill -9 (3 s of it until its former self's session is over), 230 MiB resident.
"""

import asyncio
import base64
import os
import socket
import struct
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from agents.local import artifacts, process
from agents.local.errors import BrokerFailed
from agents.local.folder import OwnedFolder
from agents.local.ports import LOOPBACK, HeldPorts
from agents.local.server_properties import server_properties

_TRIES = 3  # on other ports each time, where somebody else took one
_START_S = 60.0
_STOP_S = 10.0
_TAIL_LINES = 20

_JVM = (
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",  # the second compiler costs more than it gains within minutes
    "-XX:-UsePerfData",  # else a file in the system's temporary folder outlives kill -9
    "--enable-native-access=ALL-UNNAMED",  # these two: no warnings about Kafka's own libraries in the log
    "--sun-misc-unsafe-memory-access=allow",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS",
)


class Broker:
    """One broker; `start` it, use `bootstrap`, `stop` it.

    `settings` are lines of server.properties that win over ours; `cache`, `progress`: see `artifacts.fetch`.
    Methods may be called from any thread and any event loop, one at a time.
    """

    def __init__(
        self,
        *,
        settings: Mapping[str, object] | None = None,
        cache: Path | None = None,
        progress: Callable[[artifacts.Progress], None] | None = None,
        hold_ports: Callable[[int], HeldPorts] = HeldPorts,
    ) -> None:
        self._settings = settings or {}
        self._cache, self._progress = cache, progress
        self._hold_ports = hold_ports
        self._jars: list[Path] = []
        self._folder: OwnedFolder | None = None
        self._ports: HeldPorts | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._abandon = threading.Event()

    # What it is

    @property
    def bootstrap(self) -> str:
        """`127.0.0.1:port`, the same after kill and restart."""
        if self._ports is None:
            raise RuntimeError("the broker has no address before it is started")
        return f"{LOOPBACK}:{self._ports.numbers[0]}"

    @property
    def pid(self) -> int | None:
        """None where it does not run."""
        return self._process.pid if self._process and self._process.poll() is None else None

    @property
    def folder(self) -> Path | None:
        """Holds data, settings and broker.log; None before `start` and after `stop`."""
        return self._folder.path if self._folder else None

    # For asyncio

    async def start(self) -> None:
        """Fetch the jars if need be, format, start, and wait until it answers. Raises LocalError."""
        await self._in_thread(self._start)

    async def restart(self) -> None:
        """Start again on the same ports and data, after `kill` or (with SIGTERM first) as it runs."""
        await self._in_thread(self._restart)

    async def stop(self) -> None:
        """SIGTERM, SIGKILL after 10 s; its folder is removed. Idempotent."""
        await asyncio.to_thread(self._stop)

    def kill(self) -> None:
        """SIGKILL; data and ports are kept for `restart`."""
        if self._process:
            process.kill(self._process)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _in_thread(self, step: Callable[[], None]) -> None:
        """Run a blocking step; cancelled, it is broken off and what it made is removed before this returns."""
        self._abandon.clear()
        running = asyncio.ensure_future(asyncio.to_thread(step))
        try:
            await asyncio.shield(running)
        except asyncio.CancelledError:
            self._abandon.set()
            await asyncio.wait([running])
            await asyncio.to_thread(self._stop)
            raise

    # Without asyncio

    def __enter__(self) -> Self:
        self._abandon.clear()
        self._start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop()

    def _start(self) -> None:
        if self._folder:
            raise RuntimeError("the broker was started before; restart it, or stop it first")
        try:
            self._jars = artifacts.fetch(self._cache, progress=self._progress, abandon=self._abandon)
            for tries_left in reversed(range(_TRIES)):
                self._folder, self._ports = OwnedFolder(), self._hold_ports(2)
                self._format()
                try:
                    return self._run()
                except BrokerFailed as failure:
                    if not tries_left or not _is_bind_clash(failure):
                        raise
                    self._stop()
        except BaseException:
            self._stop()
            raise

    def _restart(self) -> None:
        if not self._folder:
            raise RuntimeError("the broker was not started, or was stopped and its data removed")
        if self._process:
            process.end(self._process, _STOP_S)
        self._run()

    def _stop(self) -> None:
        if self._process:
            process.end(self._process, _STOP_S)
            self._process = None
        if self._ports:
            self._ports.release()
            self._ports = None
        if self._folder:
            self._folder.remove()
            self._folder = None

    # Steps

    def _format(self) -> None:
        """Write the settings and make the data folder as a cluster of its own."""
        folder, ports = self._at()
        (folder / "tmp").mkdir()
        (folder / "server.properties").write_text(
            server_properties(ports[0], ports[1], folder / "data", self._settings), encoding="utf-8"
        )
        cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        # with "=": an id may begin with a dash
        formatting = self._java(
            "kafka.tools.StorageTool", "format", f"--cluster-id={cluster_id}", "--config=server.properties"
        )
        self._await(formatting, lambda: formatting.poll() == 0, "format its folder")
        (folder / "broker.log").unlink()  # every setting there is, at the top of the log of what happens

    def _run(self) -> None:
        _, ports = self._at()
        self._process = started = self._java("kafka.Kafka", "server.properties")
        self._await(started, lambda: _answers(ports[0]), "answer")

    def _java(self, main: str, *arguments: str) -> subprocess.Popen[bytes]:
        """Jars and Java are ours and no variable of the user's reaches them (JAVA_TOOL_OPTIONS, CLASSPATH, ...)."""
        folder, _ = self._at()
        class_path = os.pathsep.join(str(jar) for jar in self._jars)
        return process.spawn(
            [artifacts.java(), *_JVM, f"-Djava.io.tmpdir={folder / 'tmp'}", "-cp", class_path, main, *arguments],
            log=folder / "broker.log",
            env={"PATH": os.defpath, "LANG": "C.UTF-8"},
            cwd=folder,
        )

    def _await(self, running: subprocess.Popen[bytes], done: Callable[[], bool], doing: str) -> None:
        """Until it is done; whatever comes in between (Ctrl-C too), the process does not stay behind."""
        deadline_s = time.monotonic() + _START_S
        try:
            while True:
                code = running.poll()  # before asking whether it is done, which may be why it ended
                if done():
                    return
                if code is not None:
                    raise self._failure(f"The broker ended with exit code {code} before it could {doing}")
                if time.monotonic() > deadline_s:
                    raise self._failure(f"The broker did not {doing} within {_START_S:.0f} s")
                if self._abandon.is_set():
                    raise self._failure("Starting the broker was broken off")
                time.sleep(0.02)
        except BaseException:
            process.kill(running)
            raise

    def _failure(self, what: str) -> BrokerFailed:
        return BrokerFailed(f"{what}; its log ends with:\n{self.log_tail()}")

    def log_tail(self, lines: int = _TAIL_LINES) -> str:
        """The end of its log; empty where there is none."""
        log = self.folder and self.folder / "broker.log"
        if not log or not log.exists():
            return ""
        return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])

    def _at(self) -> tuple[Path, list[int]]:
        assert self._folder is not None, "started"
        assert self._ports is not None, "started"
        return self._folder.path, self._ports.numbers


def _is_bind_clash(failure: BrokerFailed) -> bool:
    return "BindException" in str(failure) or "Address already in use" in str(failure)


def _answers(port: int) -> bool:
    """Whether a broker speaks there: it opens its port only when it has been let into the cluster.

    Asked in 14 bytes (ApiVersions, version 0, which every broker understands): a client that tries until it gets
    through waits longer between its tries than the start takes.
    """
    request = struct.pack(">hhih", 18, 0, 1, -1)  # key, version, correlation id, no client id
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1.0) as connection:
            connection.sendall(struct.pack(">i", len(request)) + request)
            reply = connection.recv(10)  # size, correlation id, error
    except OSError:
        return False
    return len(reply) == 10 and struct.unpack(">iih", reply)[1:] == (1, 0)
