"""A temporary folder that goes with its owner: removed by it, or by the next one where the owner was killed."""

import fcntl
import os
import shutil
import tempfile
from pathlib import Path

_PREFIX = "claquewatch-broker-"
_LOCK = "owner"  # held by the owner for as long as it lives; the kernel lets go of it however that ends


class OwnedFolder:
    """Made in the system's temporary folder, after the folders of owners that are gone have been removed."""

    def __init__(self) -> None:
        remove_abandoned()
        while True:
            self.path = Path(tempfile.mkdtemp(prefix=_PREFIX))
            self._lock = os.open(self.path / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX)
            if (self.path / _LOCK).exists():
                return
            os.close(self._lock)  # another process took it for abandoned before we had the lock

    def remove(self) -> None:
        """Idempotent."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def remove_abandoned() -> None:
    """Remove what owners left that were killed with -9; another user's folders are left alone."""
    for path in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        try:
            lock = os.open(path / _LOCK, os.O_RDWR)
        except OSError:
            continue  # just being made or removed, or not ours
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        else:
            shutil.rmtree(path, ignore_errors=True)
        finally:
            os.close(lock)
