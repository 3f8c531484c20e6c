"""The corpus of the intent model: a file for each manner of writing, a line for each line of chat."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from streams.evidence import intent_model
from streams.evidence.intent_model import KINDS

FOLDER: Final = Path(intent_model.__file__).parents[1] / "data" / "intent"
LEXICON: Final = "lexicon.tsv"
LANGUAGES: Final = ("zh-Hans", "zh-Hant", "en", "mixed", "emoji")


class Line(msgspec.Struct, frozen=True):
    """One line of chat and what it is about. `kind`: its number in KINDS."""

    manner: str
    kind: int
    language: str
    text: str


def files(folder: Path = FOLDER) -> list[Path]:
    """The manners' files, by name."""
    return sorted(path for path in folder.glob("*.tsv") if path.name != LEXICON)


def read(folder: Path = FOLDER) -> list[Line]:
    """All lines of all manners, in the files' order."""
    return [line for path in files(folder) for line in _lines(path)]


def _lines(path: Path) -> Iterator[Line]:
    for number, row in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not row:
            continue
        kind, language, text = row.split("\t")
        if kind not in KINDS or language not in LANGUAGES or not text.strip():
            raise ValueError(f"{path.name}, line {number}: not a class, a language and a text.")
        yield Line(path.stem, KINDS.index(kind), language, text)


def digest(folder: Path = FOLDER) -> str:
    """What the corpus and the lexicon are, in short: the weights name it, so that a test sees whether they are old."""
    whole = hashlib.sha256()
    for path in [folder / LEXICON, *files(folder)]:
        whole.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return whole.hexdigest()[:32]


def manners(lines: Sequence[Line]) -> list[str]:
    """The manners of lines, in their order."""
    return list(dict.fromkeys(line.manner for line in lines))
