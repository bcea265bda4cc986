"""Sayings: whole sentences with the programs they mean, written for training by many writers.

Each writer had an emphasis of their own, and none had seen the phrasings used for measuring. A file of
``hybrid/language/sayings`` holds one writer's, a line each: the sentence, a tab, its wire tokens. This page reads them;
``grammar_sayings`` draws from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from hybrid.errors import LanguageError

FOLDER: Final = Path(__file__).parent / "sayings"


@dataclass(frozen=True)
class Saying:
    """A sentence and the wire tokens of its program, without the token that ends it."""

    text: str
    tokens: tuple[str, ...]


def emphases() -> tuple[str, ...]:
    """Return what each writer gave most room to: the names of the files, in order."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.tsv")))


@cache
def sayings(emphasis: str) -> tuple[Saying, ...]:
    """Read the sentences of one writer; raises ``LanguageError`` naming the line that has another form."""
    path, found = FOLDER / f"{emphasis}.tsv", list[Saying]()
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        text, tab, wire = line.partition("\t")
        if not text.strip() or not tab or not wire.split():
            raise LanguageError(
                f"{path.name}, line {number}", "is not a sentence and its program", "Put a tab between."
            )
        found.append(Saying(text.strip(), tuple(wire.split())))
    return tuple(found)


@cache
def all_sayings() -> tuple[Saying, ...]:
    """Return the sentences of all writers."""
    return tuple(saying for emphasis in emphases() for saying in sayings(emphasis))
