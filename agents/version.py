"""Which version runs: the package's, and a fingerprint of what decides."""

import functools
import hashlib
from importlib.metadata import version
from pathlib import Path

import streams

PACKAGE = version("claquewatch")


@functools.cache
def code() -> str:
    """Package version and a short hash over the sources of `streams/`: two codes that decide alike have one name."""
    sources = hashlib.sha256()
    root = Path(streams.__file__).parent
    for path in sorted(root.rglob("*")):
        if path.suffix in (".py", ".txt", ".toml", ".json", ".tsv"):
            sources.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return f"{PACKAGE}+{sources.hexdigest()[:12]}"
