"""What each ingredient of understanding is worth: ``python -m hybrid.language.controls FILE --part held_out``.

The product beside itself without one ingredient at a time, beside retrieval, and beside other weights.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

from rich.console import Console
from rich.table import Table as Grid

from hybrid.base import Json, LanguageModel
from hybrid.language.embedded import PRODUCT, load_embedded
from hybrid.language.phrasings import OUTCOMES, load_phrasings
from hybrid.language.report import score, summary
from hybrid.language.retrieval import RetrievalLanguageModel

_WITHOUT = ("speller", "barring", "guards", "parting", "asking")


def arms(others: dict[str, Path]) -> Iterator[tuple[str, LanguageModel]]:
    """Yield what is compared, by name; ``others`` are folders of other weights."""
    yield "product", load_embedded()
    for ingredient in _WITHOUT:
        yield f"without {ingredient}", load_embedded(ingredients=replace(PRODUCT, **{ingredient: False}))
    yield "retrieval", RetrievalLanguageModel()
    for name, folder in others.items():
        yield name, load_embedded(folder)


def main() -> None:
    """Print one row an arm."""
    parser = argparse.ArgumentParser(description="Compare the embedded language model with its controls.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--part", default=None, help="only this part of the file: tuning, held_out or second")
    parser.add_argument(
        "--weights", action="append", default=[], metavar="NAME=FOLDER", help="other weights to compare"
    )
    parser.add_argument(
        "--every", type=int, default=1, metavar="N", help="only every Nth phrasing, where time is short"
    )
    parser.add_argument("--json", type=Path, default=None, help="write the rows here")
    given = parser.parse_args()
    phrasings = [item for item in load_phrasings(given.file) if given.part in (None, item.part)][:: given.every]
    others = {name: Path(folder) for name, _, folder in (entry.partition("=") for entry in given.weights)}
    rows: dict[str, Json] = {}
    grid = Grid("arm", "n", *OUTCOMES, "after one question", "p50 ms")
    for name, language in arms(others):
        counts = cast("dict[str, Json]", summary(score(language, phrasings))["all"])
        rows[name] = counts
        grid.add_row(name, *(str(value) for value in counts.values()))
    Console().print(grid)
    if given.json is not None:
        given.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
