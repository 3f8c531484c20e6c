"""The services of docker-compose.yml as processes of this machine: the same commands, other addresses and folders."""

import asyncio
import contextlib
import json
import math
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaProducer
from deploy_helpers import DEPLOY, GIVEN, RUNBOOKS, services, tool

from agents.endpoints import new_secret
from agents.kafka import admin
from agents.local import process
from agents.local.ports import HeldPorts
from agents.receiver import Receiver
from agents.settings import Settings
from agents.topics import delete_all
from worlds.bazaar.evening import evening

PARTITIONS = 2
WINDOW = "1m"
_CLI = [sys.executable, "-m", "agents.cli"]


class Stack:
    """Everything of the compose file but Grafana, on free ports of loopback. `close` ends it and removes its topics."""

    def __init__(self, bootstrap: str, prefix: str, folder: Path) -> None:
        self.folder = folder
        self.services = services(GIVEN)
        self.bootstrap = bootstrap
        self.settings = Settings(broker=bootstrap, prefix=prefix, partitions=PARTITIONS)
        self._ports = HeldPorts(4)
        names = ("worker-1", "worker-2", "prometheus", "alertmanager")
        self.ports = dict(zip(names, self._ports.numbers, strict=True))
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def prometheus(self) -> str:
        return f"http://127.0.0.1:{self.ports['prometheus']}"

    @property
    def alertmanager(self) -> str:
        return f"http://127.0.0.1:{self.ports['alertmanager']}"

    # Starting

    def make_topics(self) -> str:
        """The one-shot: ends with 0, and can be run again."""
        words = [*_CLI, *self.services["topics"]["command"]]
        done = subprocess.run(words, env=self._env("topics"), capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stderr

    def start_monitoring(self) -> None:
        """Prometheus and Alertmanager with the command lines and the files of compose, a second for every scrape."""
        there = self.folder / "prometheus"
        shutil.copytree(DEPLOY / "prometheus", there)
        self._rewrite(
            there / "prometheus.yml",
            {
                "scrape_interval: 5s": "scrape_interval: 1s",
                "scrape_timeout: 4s": "scrape_timeout: 1s",
                "evaluation_interval: 15s": "evaluation_interval: 1s",
                "alertmanager:9093": f"127.0.0.1:{self.ports['alertmanager']}",
            },
        )
        self._rewrite(
            there / "targets" / "workers.yml",
            {f"{name}:9108": f"127.0.0.1:{self.ports[name]}" for name in ("worker-1", "worker-2")},
        )
        self._write_swift_rule(there / "rules")
        self._spawn(
            "alertmanager",
            tool("prometheus-alertmanager"),
            {"/etc/alertmanager": DEPLOY / "alertmanager", "/alertmanager": self.folder / "alertmanager"},
        )
        self._spawn(
            "prometheus",
            tool("prometheus"),
            {
                "/etc/prometheus": there,
                "/etc/claquewatch/runbooks": RUNBOOKS,
                "/prometheus": self.folder / "prometheus-data",
            },
        )

    def start_worker(self, name: str, endpoints: Path) -> None:
        words = [*_CLI, *self.services[name]["command"]]
        env = self._env(name) | {"CLAQUEWATCH_ENDPOINTS": str(endpoints)}
        self.processes[name] = process.spawn(words, log=self.folder / f"{name}.log", env=env)

    def is_well(self, name: str) -> bool:
        """What its health check in the compose file says."""
        check = self.services[name]["healthcheck"]["test"][1:]
        port = self.ports.get(name) or int(self.bootstrap.rpartition(":")[2])
        words = [re.sub(r"127\.0\.0\.1([:/])\d+", rf"127.0.0.1\g<1>{port}", word) for word in check]
        if words[0] == "python":
            words[0] = sys.executable
        elif words[0] == "wget":  # of the images; a machine need not have it
            words = [sys.executable, "-c", f"import urllib.request as u; u.urlopen({words[-1]!r}, timeout=3)"]
        return subprocess.run(words, capture_output=True, timeout=10).returncode == 0

    def log(self, name: str) -> str:
        path = self.folder / f"{name}.log"
        return path.read_text(encoding="utf-8", errors="replace")[-3000:] if path.exists() else ""

    def close(self) -> None:
        for running in self.processes.values():
            process.end(running, 15)
        self._ports.release()
        asyncio.run(self._delete_topics())

    # Asking

    def ask(self, query: str) -> list[dict[str, Any]]:
        """The series that Prometheus answers with now; raises on a query that it does not take."""
        answer = get_json(f"{self.prometheus}/api/v1/query?{urllib.parse.urlencode({'query': query})}")
        assert answer["status"] == "success", answer
        result: list[dict[str, Any]] = answer["data"]["result"]
        return result

    def numbers(self, query: str) -> list[float]:
        """The values of a query that are numbers."""
        values = [float(one["value"][1]) for one in self.ask(query)]
        return [value for value in values if math.isfinite(value)]

    def at_least(self, query: str, value: float) -> bool:
        return any(number >= value for number in self.numbers(query))

    # Pieces

    def _env(self, name: str) -> dict[str, str]:
        """The environment of compose, at other addresses; saved every second instead of every ten."""
        env = {key: str(value) for key, value in self.services[name]["environment"].items()}
        env |= {
            "CLAQUEWATCH_BROKER": self.bootstrap,
            "CLAQUEWATCH_PREFIX": self.settings.prefix,
            "CLAQUEWATCH_PARTITIONS": str(PARTITIONS),
            "CLAQUEWATCH_SNAPSHOT_S": "1",
            "PATH": str(Path(sys.executable).parent),
            "PYTHONPATH": str(DEPLOY.parent),
        }
        if name in self.ports:
            env |= {"CLAQUEWATCH_METRICS_HOST": "127.0.0.1", "CLAQUEWATCH_METRICS_PORT": str(self.ports[name])}
        return env

    def _spawn(self, name: str, program: str, folders: dict[str, Path]) -> None:
        words = [program]
        for word in self.services[name]["command"]:
            option, _, value = word.partition("=")
            for there, here in folders.items():
                if value == there or value.startswith(f"{there}/"):
                    value = str(here) + value.removeprefix(there)
                    break
            words.append(f"{option}={re.sub(r'127.0.0.1:[0-9]+', f'127.0.0.1:{self.ports[name]}', value)}")
        words.append(f"--web.listen-address=127.0.0.1:{self.ports[name]}")
        self.processes[name] = process.spawn(words, log=self.folder / f"{name}.log")

    def _rewrite(self, path: Path, changes: dict[str, str]) -> None:
        text = path.read_text(encoding="utf-8")
        for old, new in changes.items():
            assert old in text, f"{path.name} does not say {old!r} any more"
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")

    def _write_swift_rule(self, folder: Path) -> None:
        """The first rule once more, with seconds for minutes: a test cannot wait for three minutes."""
        text = (folder / "claquewatch.yml").read_text(encoding="utf-8")
        start, end = (
            text.index("      - alert: ClaquewatchWorkerDown"),
            text.index("      - alert: ClaquewatchNotJudging"),
        )
        swift = text[start:end].replace("[2m]", "[3s]").replace("for: 3m", "for: 2s")
        assert swift.count("[3s]") == swift.count("for: 2s") == 1
        (folder / "swift.yml").write_text(f"groups:\n  - name: swift\n    rules:\n{swift}", encoding="utf-8")

    async def _delete_topics(self) -> None:
        async with admin(self.settings) as client:
            await delete_all(client, self.settings)


async def play_evening(settings: Settings) -> int:
    """A small evening with a crew in every show, then what goes wrong: records that are none, repeats, latecomers."""
    played = evening(
        7,
        shows=4,
        viewers=(150, 300),
        plants=("coordinated_purchases",),
        strength="blatant",
        share=1.0,
        negatives=(),
        hours=1.0,
        tail_hours=0.2,
    )
    records = [(topic, value["room_id"], json.dumps(value).encode()) for _, topic, value in played.events]
    comments = [record for record in records if record[0] == "live.comments"]
    bad = [(topic, room, b"{no json") for topic, room, _ in comments[:30]]
    async with AIOKafkaProducer(bootstrap_servers=settings.broker) as producer:
        for topic, room, value in [*records, *bad, *comments[:50]]:
            await producer.send(settings.named(topic), value, key=room.encode())
        await producer.flush()
    return len(records)


@contextlib.contextmanager
def receiving(folder: Path) -> Iterator[tuple[Receiver, Path]]:
    """A receiver of webhooks in a thread of its own, and the endpoints.toml that names it."""
    secret = new_secret()
    receiver = Receiver(secret)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(receiver.start(), loop).result(10)
        (folder / "moderators.secret").write_text(secret, encoding="utf-8")
        path = folder / "endpoints.toml"
        path.write_text(
            f'[[endpoint]]\nname = "moderators"\nurl = "{receiver.url}"\nsecret_file = "moderators.secret"\n'
            "allow_private = true\nmax_age_s = 86400\n",
            encoding="utf-8",
        )
        yield receiver, path
    finally:
        asyncio.run_coroutine_threadsafe(receiver.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        text: str = answer.read().decode()
        return text


def get_json(url: str) -> Any:
    return json.loads(get(url))


def until(what: str, holds: Callable[[], bool], within_s: float, told: Callable[[], str] = str) -> None:
    """Wait for something; says what, and what `told` tells, where it does not come."""
    deadline = time.monotonic() + within_s
    while True:
        with contextlib.suppress(OSError):
            if holds():
                return
        assert time.monotonic() < deadline, f"{what} did not come within {within_s:.0f} s; {told()}"
        time.sleep(0.2)
