"""How well a language model understands phrasings by people: ``python -m hybrid.language.report FILE``.

Every answer is *right* (accepted at once), a *question*, *refused*, or *wrong*: planned, not accepted, and so acted on.
Of the questions it counts those one of whose offered answers leads to the right reading.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from rich.console import Console
from rich.table import Table as Grid

from hybrid.base import Decomposition, Json, LanguageModel, Turn
from hybrid.language.backends import Brought, language_backend
from hybrid.language.phrasings import OUTCOMES, Outcome, Phrasing, judge, load_phrasings


@dataclass(frozen=True)
class Scored:
    """A phrasing with the answer it got and how that counts.

    Attributes:
        asked_right: the answer is a question, and one of its choices leads to an accepted reading.
    """

    phrasing: Phrasing
    answer: Decomposition
    outcome: Outcome
    milliseconds: float
    asked_right: bool = False


def score(language: LanguageModel, phrasings: Iterable[Phrasing]) -> list[Scored]:
    """Ask ``language`` every phrasing and judge the answers."""
    scored: list[Scored] = []
    for phrasing in phrasings:
        began = time.perf_counter()
        answer = language.decompose(phrasing.text, phrasing.scene, turns=phrasing.turns)
        spent, outcome = 1000.0 * (time.perf_counter() - began), judge(phrasing, answer)
        asked = outcome == "question" and _asked_right(language, phrasing, answer)
        scored.append(Scored(phrasing, answer, outcome, spent, asked))
    return scored


def _asked_right(language: LanguageModel, phrasing: Phrasing, answer: Decomposition) -> bool:
    """Whether somebody who picks the best of the offered answers is understood."""
    for choice in answer.choices:
        turns = (*phrasing.turns, Turn(phrasing.text, answer, phrasing.scene, phrasing.scene))
        if judge(phrasing, language.decompose(choice, phrasing.scene, turns=turns)) == "right":
            return True
    return False


def mistyped(phrasing: Phrasing, seed: int) -> Phrasing:
    """Return a phrasing with one slip of the keyboard in one of its longer words, drawn from ``seed``."""
    rng = random.Random(f"{seed} {phrasing.text}")
    words = list(re.finditer(r"[A-Za-z]{4,}", phrasing.text))
    if not words:
        return phrasing
    word = rng.choice(words)
    at = word.start() + rng.randrange(1, len(word.group()) - 1)
    text = phrasing.text
    slips = (
        text[:at] + text[at + 1] + text[at] + text[at + 2 :],
        text[:at] + text[at + 1 :],
        text[:at] + text[at] + text[at:],
    )
    return replace(phrasing, text=rng.choice(slips))


def summary(scored: list[Scored]) -> dict[str, Json]:
    """Counts of the outcomes over all, by kind and by number of steps, with the median time in milliseconds."""
    rows: dict[str, list[Scored]] = {"all": scored}
    for item in scored:
        rows.setdefault(item.phrasing.kind, []).append(item)
        rows.setdefault(f"{item.phrasing.steps} steps", []).append(item)
        rows.setdefault(_sort_of(item.phrasing), []).append(item)
    return {name: _counts(items) for name, items in rows.items()}


def _counts(items: list[Scored]) -> dict[str, Json]:
    counts: dict[str, Json] = {outcome: sum(item.outcome == outcome for item in items) for outcome in OUTCOMES}
    times = sorted(item.milliseconds for item in items)
    after = sum(item.outcome == "right" or item.asked_right for item in items)
    return {"n": len(items), **counts, "after_one_question": after, "p50_ms": round(times[len(times) // 2], 1)}


def _sort_of(phrasing: Phrasing) -> str:
    """Whether something is to be done, or asked back or refused."""
    return "to be asked or refused" if phrasing.accept[0] in ("question", "refused") else "to be done or answered"


def main() -> None:
    """Print the table of a phrasing file, and every answer that was not right."""
    parser = argparse.ArgumentParser(description="Score the embedded language model on phrasings by people.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--weights", type=Path, default=None, help="folder of other weights than the shipped ones")
    parser.add_argument("--language", default="embedded", help="backend: embedded, local:FOLDER or chat:MODEL")
    parser.add_argument("--url", default="", help="address of an OpenAI-compatible server for chat:MODEL")
    parser.add_argument("--part", default=None, help="only this part of the file: tuning, held_out or second")
    parser.add_argument("--typos", type=int, default=None, metavar="SEED", help="one slip of the keyboard a sentence")
    parser.add_argument("--quiet", action="store_true", help="do not show the answers that were not right")
    parser.add_argument("--json", type=Path, default=None, help="write the summary here")
    given = parser.parse_args()
    phrasings = [item for item in load_phrasings(given.file) if given.part in (None, item.part)]
    phrasings = phrasings if given.typos is None else [mistyped(item, given.typos) for item in phrasings]
    language = language_backend(given.language, given.weights, Brought(url=given.url, fallback="refuse"))
    scored = score(language, phrasings)
    table = summary(scored)
    console = Console()
    for item in scored:
        if item.outcome != "right" and not given.quiet:
            asked = " +" if item.asked_right else ""
            facts = " ; ".join(" ".join(map(str, f.as_list())) for s in item.answer.subgoals for f in s.facts)
            console.print(
                f"{item.outcome}{asked}: {item.phrasing.text} -> {facts} {item.answer.message or ''}",
                highlight=False,
                markup=False,
            )
    grid = Grid("phrasings", "n", *OUTCOMES, "after one question", "p50 ms")
    for name, row in table.items():
        grid.add_row(name, *(str(value) for value in cast("dict[str, Json]", row).values()))
    console.print(grid)
    if given.json is not None:
        given.json.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
