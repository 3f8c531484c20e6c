"""The broker runs from exactly the jars that were committed to, fetched once, or not at all."""

import hashlib
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from jgo.env import LockFile

from agents.local import artifacts
from agents.local.artifacts import LOCK, fetch, java, locked_jars
from agents.local.errors import CannotFetch, WrongJar
from agents.local.relock import WANTED

HAMMER, NAIL = b"hammer" * 50_000, b"nail" * 50_000


class Repository(ThreadingHTTPServer):
    """A Maven repository of two jars on loopback that records what it was asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.jars = {"hammer": HAMMER, "nail": NAIL}
        self.pause_s = 0.0  # before each answer
        self.breaks = 0  # so many jars are cut off in the middle
        self.served: list[str] = []

    @property
    def address(self) -> dict[str, str]:
        return {"loopback": f"http://127.0.0.1:{self.server_port}"}


class _Answer(BaseHTTPRequestHandler):
    server: Repository

    def do_GET(self) -> None:
        name = self.path.split("/")[-3]
        if name not in self.server.jars or not self.path.endswith(".jar"):
            self.send_error(404)
            return
        self.server.served.append(name)
        time.sleep(self.server.pause_s)
        content = self.server.jars[name]
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.server.breaks:
            self.server.breaks -= 1
            content = content[: len(content) // 2]
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def repository() -> Iterator[Repository]:
    with Repository() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        yield server
        server.shutdown()


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    """A lock of the two jars."""
    path = tmp_path / "tools.lock.toml"
    path.write_text(
        "".join(
            f'[[dependencies]]\ngroupId = "org.tools"\nartifactId = "{name}"\nversion = "1.0"\n'
            f'sha256 = "{hashlib.sha256(content).hexdigest()}"\nsize_bytes = {len(content)}\n'
            for name, content in (("hammer", HAMMER), ("nail", NAIL))
        )
    )
    return path


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every request goes to a port where nothing listens."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
        monkeypatch.setenv(name.upper(), "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)


# The lock that is committed


def test_the_lock_names_every_jar_with_its_digest_and_no_place():
    jars = locked_jars()

    assert {f"{jar.group}:{jar.name}:{jar.version}" for jar in jars} >= set(WANTED)
    assert all(len(jar.sha256) == 64 and jar.size_bytes > 0 for jar in jars)
    assert len({jar.path for jar in jars}) == len(jars)
    assert "://" not in LOCK.read_text()
    assert '"/' not in LOCK.read_text()


def test_jgo_reads_the_lock_as_its_own():
    assert [dep.sha256 for dep in LockFile.load(LOCK).dependencies] == [jar.sha256 for jar in locked_jars()]


def test_java_is_the_one_in_the_wheel():
    answer = subprocess.run([java(), "-version"], capture_output=True, text=True, check=True).stderr

    assert java().is_relative_to(Path(sys.prefix))
    assert "25." in answer.splitlines()[0]


@pytest.mark.integration
@pytest.mark.usefixtures("broker")  # has fetched, unless it is somebody else's
def test_what_was_fetched_is_reused_without_network(no_network):
    if not artifacts.cache_folder().exists():
        pytest.skip("Nothing was fetched here: CLAQUEWATCH_TEST_BROKER names a broker elsewhere.")

    started_s = time.monotonic()
    jars = fetch()

    assert time.monotonic() - started_s < 2
    assert [jar.name for jar in jars] == [jar.path.name for jar in locked_jars()]


def test_no_network_is_said_in_one_sentence_with_the_ways_out(tmp_path, no_network):
    with pytest.raises(CannotFetch) as failure:
        fetch(tmp_path)

    sentence = str(failure.value)
    assert "Could not fetch kafka_2.13-4.3.1.jar of Apache Kafka (no connection)" in sentence
    assert "CLAQUEWATCH_BROKER=host:port" in sentence
    assert "`claquewatch scan` works without one" in sentence
    assert "\n" not in sentence
    assert "://" not in sentence


# How fetching goes, on a repository of our own


def test_each_jar_is_fetched_once_and_then_reused(tmp_path, repository, lock):
    first = fetch(tmp_path, lock=lock, repositories=repository.address)
    again = fetch(tmp_path, lock=lock, repositories=repository.address)

    assert [jar.read_bytes() for jar in first] == [HAMMER, NAIL]
    assert again == first
    assert repository.served == ["hammer", "nail"]


def test_only_a_missing_jar_is_fetched(tmp_path, repository, lock):
    _, nail = fetch(tmp_path, lock=lock, repositories=repository.address)
    nail.unlink()

    fetch(tmp_path, lock=lock, repositories=repository.address)

    assert repository.served == ["hammer", "nail", "nail"]


def test_a_jar_that_was_changed_is_refused_by_name(tmp_path, repository, lock):
    hammer, _ = fetch(tmp_path, lock=lock, repositories=repository.address)
    hammer.write_bytes(HAMMER[:-1] + b"!")

    with pytest.raises(
        WrongJar, match=r"^hammer-1\.0\.jar is not the file that .* names .*: delete .* and start again"
    ):
        fetch(tmp_path, lock=lock, repositories=repository.address)


def test_another_jar_from_the_repository_is_refused_and_not_kept(tmp_path, repository, lock):
    repository.jars["nail"] = b"screw"
    with pytest.raises(WrongJar, match=r"^nail-1\.0\.jar is not the file"):
        fetch(tmp_path, lock=lock, repositories=repository.address)
    assert list(tmp_path.rglob("*.jar")) == []

    repository.jars["nail"] = NAIL
    assert len(fetch(tmp_path, lock=lock, repositories=repository.address)) == 2


def test_a_broken_transfer_is_tried_once_more(tmp_path, repository, lock):
    repository.breaks = 1
    fetch(tmp_path, lock=lock, repositories=repository.address)
    assert repository.served == ["hammer", "hammer", "nail"]

    repository.breaks = 2
    with pytest.raises(CannotFetch, match=r"^Could not fetch hammer-1\.0\.jar .*\(no connection\)"):
        fetch(tmp_path / "anew", lock=lock, repositories=repository.address)


def test_a_jar_that_the_repository_does_not_have_is_named(tmp_path, repository, lock):
    del repository.jars["nail"]

    with pytest.raises(CannotFetch, match=r"^Could not fetch nail-1\.0\.jar .*\(the repository does not have it"):
        fetch(tmp_path, lock=lock, repositories=repository.address)


def test_two_processes_at_once_fetch_once(tmp_path, repository, lock):
    repository.pause_s = 0.5
    script = (
        "import pathlib, sys\n"
        "from agents.local.artifacts import fetch\n"
        "cache, lock, address = sys.argv[1:]\n"
        "fetch(pathlib.Path(cache), lock=pathlib.Path(lock), repositories={'loopback': address})\n"
    )
    words = [sys.executable, "-c", script, str(tmp_path), str(lock), repository.address["loopback"]]

    both = [subprocess.Popen(words), subprocess.Popen(words)]

    assert [process.wait(30) for process in both] == [0, 0]
    assert sorted(repository.served) == ["hammer", "nail"]


def test_what_a_kill_left_in_the_middle_is_cleared_away(tmp_path, repository, lock):
    half = tmp_path / "maven" / "new-killed" / "org" / "half.jar"
    half.parent.mkdir(parents=True)
    half.write_bytes(b"ha")

    fetch(tmp_path, lock=lock, repositories=repository.address)

    assert list(tmp_path.rglob("new-*")) == []


def test_progress_ends_at_everything(tmp_path, repository, lock):
    seen: list[artifacts.Progress] = []

    fetch(tmp_path, lock=lock, repositories=repository.address, progress=seen.append)

    total_bytes = len(HAMMER) + len(NAIL)
    assert seen[-1] == artifacts.Progress(jars=2, jars_total=2, size_bytes=total_bytes, total_bytes=total_bytes)
    assert [p.size_bytes for p in seen] == sorted(p.size_bytes for p in seen)
    assert not any(p.waiting for p in seen)


def test_fetching_can_be_broken_off(tmp_path, repository, lock):
    abandon = threading.Event()

    with pytest.raises(CannotFetch, match="broken off"):
        fetch(
            tmp_path,
            lock=lock,
            repositories=repository.address,
            abandon=abandon,
            progress=lambda _: abandon.set(),
        )

    assert list(tmp_path.rglob("*.jar")) == []


def test_a_cache_folder_that_cannot_be_written_is_named(tmp_path, repository, lock):
    (tmp_path / "file").write_text("not a folder")

    with pytest.raises(CannotFetch, match=r"^The folder .*file/maven .* cannot be used .*CLAQUEWATCH_CACHE"):
        fetch(tmp_path / "file", lock=lock, repositories=repository.address)
