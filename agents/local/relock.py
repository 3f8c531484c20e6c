"""Makes kafka.lock.toml anew: resolves the broker's jars on Maven Central and writes down what came.

    python -m agents.local.relock

Downloads 43 MiB into a temporary folder. Review the difference like code: from then on these are the only jars used.
"""

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory

from jgo.maven import MavenContext, PythonResolver

from agents.local.artifacts import LOCK

WANTED = ("org.apache.kafka:kafka_2.13:4.3.1", "org.slf4j:slf4j-simple:1.7.36")
_SCOPES = (None, "compile", "runtime")  # None: named above

_HEAD = """\
# The jars of the broker that tests and `claquewatch demo` start: {wanted}.
# Written by `python -m agents.local.relock`, readable by jgo; agents/local/artifacts.py checks every jar against it.

[environment]
name = "kafka"
"""


def main() -> None:
    with TemporaryDirectory() as folder:
        context = MavenContext(repo_cache=Path(folder), resolver=PythonResolver())
        named, needed = context.resolver.resolve([context.create_dependency(wanted) for wanted in WANTED])
        artifacts = {dep.artifact.key: dep.artifact for dep in [*named, *needed] if dep.scope in _SCOPES}
        rows = []
        for artifact in artifacts.values():
            if artifact.packaging != "jar" or artifact.classifier:
                raise SystemExit(f"{artifact} is not a plain jar; artifacts.Jar knows only those.")
            content = artifact.resolve().read_bytes()
            rows.append(
                f'\n[[dependencies]]\ngroupId = "{artifact.groupId}"\nartifactId = "{artifact.artifactId}"\n'
                f'version = "{artifact.version}"\nsha256 = "{hashlib.sha256(content).hexdigest()}"\n'
                f"size_bytes = {len(content)}\n"
            )
    LOCK.write_text(_HEAD.format(wanted=" and ".join(WANTED)) + "".join(rows), encoding="utf-8")
    print(f"{len(rows)} jars written to {LOCK.name}")


if __name__ == "__main__":
    main()
