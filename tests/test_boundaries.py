"""Who may import whom, and what the pure core must not touch. Read from the source, so nothing needs to run."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MAX_LINES = 600

# Modules with a clock, a network, a file, a process, or an order that no one can repeat.
IMPURE = {
    *("faust", "mode", "aiokafka", "kafka", "aiohttp", "redis", "prometheus_client", "structlog", "click", "rich"),
    *("asyncio", "threading", "multiprocessing", "concurrent", "subprocess", "signal", "socket", "ssl", "select"),
    *("time", "logging", "os", "io", "pathlib", "shutil", "tempfile", "sys", "urllib", "http", "requests", "httpx"),
    *("uuid", "secrets", "numpy", "agents", "worlds", "tests"),
    "unicodedata",  # its tables differ by version of Python: unicodedata2 is pinned
}
PURE = {"sys.intern"}  # the same string, held once
CLOCKS = {"now", "utcnow", "today"}


def sources(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, full name) of every import, also those inside functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: a relative import hides where it goes"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def by_path(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", sources("streams"), ids=by_path)
def test_the_core_imports_nothing_impure(path):
    names = [(line, name) for line, name in imported(ast.parse(path.read_text())) if name not in PURE]
    found = [(line, name) for line, name in names if name.split(".")[0] in IMPURE]

    assert found == []


@pytest.mark.parametrize("path", sources("streams"), ids=by_path)
def test_the_core_asks_no_clock_and_draws_nothing_without_a_seed(path):
    tree = ast.parse(path.read_text())
    drawn = [name for _, name in imported(tree) if name.startswith("random") and name != "random.Random"]
    asked = [
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr in CLOCKS)
        or (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "Random"
            and not node.args
        )
    ]

    assert drawn == []
    assert asked == []


@pytest.mark.parametrize("path", sources("streams"), ids=by_path)
def test_the_core_iterates_over_nothing_whose_order_depends_on_a_hash_seed(path):
    """As far as the source shows; logs replayed under two hash seeds show the rest."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.For | ast.comprehension) and is_orderless(node.iter):
            found.append(node.iter.lineno)
        if isinstance(node, ast.Call):
            if called(node) == "hash":
                found.append(node.lineno)
            if called(node) in ("list", "tuple", "next", "iter", "enumerate", "map", "zip"):
                found += [arg.lineno for arg in node.args if is_orderless(arg)]

    assert found == []


def is_orderless(node: ast.expr) -> bool:
    """Whether an expression is a set made on the spot, of more than the results of sums (numbers have no seed)."""
    if isinstance(node, ast.SetComp):
        return not isinstance(node.elt, ast.BinOp)
    return isinstance(node, ast.Set) or (isinstance(node, ast.Call) and called(node) in ("set", "frozenset"))


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""


@pytest.mark.parametrize("path", sources("worlds"), ids=by_path)
def test_the_simulators_know_nothing_of_what_judges_them(path):
    found = [name for _, name in imported(ast.parse(path.read_text())) if name.split(".")[0] in ("streams", "agents")]

    assert found == []


@pytest.mark.parametrize("package", ["streams", "agents", "worlds", "trials"])
def test_no_package_imports_the_tests(package):
    here = {path.stem for path in (ROOT / "tests").glob("*.py")} | {"tests"}
    found = [
        (by_path(path), name)
        for path in sources(package)
        for _, name in imported(ast.parse(path.read_text()))
        if name.split(".")[0] in here
    ]

    assert found == []


@pytest.mark.parametrize("package", ["streams", "agents", "worlds", "trials", "tests"])
def test_no_module_is_too_long_to_read(package):
    long = {by_path(path): lines for path in sources(package) if (lines := path.read_text().count("\n")) > MAX_LINES}

    assert long == {}


def test_every_module_says_what_it_is():
    silent = [
        by_path(path)
        for package in ("streams", "agents", "worlds", "trials", "tests")
        for path in sources(package)
        if path.read_text() and not ast.get_docstring(ast.parse(path.read_text()))
    ]

    assert silent == []
