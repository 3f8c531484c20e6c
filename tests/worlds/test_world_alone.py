"""The simulator knows nothing of the detectors: it imports neither them nor what moves their events."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import worlds

FILES = sorted(Path(worlds.__file__).parent.rglob("*.py"))
ALLOWED = {*sys.stdlib_module_names, "worlds", "msgspec", "zstandard"}


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively"
            names.add(node.module or "")
    return {name.split(".")[0] for name in names}


def test_the_simulator_imports_nothing_of_streams_or_agents() -> None:
    for path in FILES:
        assert not imported(path) & {"streams", "agents"}, path


def test_the_simulator_needs_the_standard_library_and_a_json_encoder() -> None:
    for path in FILES:
        assert imported(path) <= ALLOWED, path


def test_importing_the_world_loads_no_detector() -> None:
    code = "import sys, worlds; print([m for m in sys.modules if m.split('.')[0] in ('streams', 'agents', 'numpy')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
