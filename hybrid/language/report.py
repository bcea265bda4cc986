"""How well a language model understands phrasings by people: ``python -m hybrid.language.report FILE``.

A phrasing file holds scenes, texts and the accepted readings as facts. Every answer is *right* (accepted at once), a
*question*, *refused*, or *wrong*: planned, not accepted, and so acted on.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, cast

from rich.console import Console
from rich.table import Table as Grid

from hybrid.base import Decomposition, Json, LanguageModel
from hybrid.errors import ConfigError
from hybrid.language.embedded import load_embedded
from simulator.base import CONTAINERS, Fact, Kind, Relation, Scene, Thing

Outcome = Literal["right", "question", "refused", "wrong"]
OUTCOMES: Final[tuple[Outcome, ...]] = ("right", "question", "refused", "wrong")
CUBE: Final = 0.04
"""Side of a thing whose size a phrasing file leaves out, metres."""
_SIZES: Final[dict[Kind, tuple[float, float, float]]] = {
    "bowl": (0.11, 0.11, 0.05),
    "tray": (0.14, 0.14, 0.03),
    "zone": (0.12, 0.12, 0.002),
}
_TOLERANCE: Final = 0.006
"""Largest difference of a point's coordinates, metres."""


@dataclass(frozen=True)
class Phrasing:
    """One request with its scene and the readings that count as right."""

    kind: str
    text: str
    scene: Scene
    accept: tuple[str, ...]

    @property
    def steps(self) -> int:
        """Number of subgoals of the first accepted reading; 0 for a question or a refusal."""
        return 0 if self.accept[0] in ("question", "refused") else 1 + self.accept[0].count(" ; ")


@dataclass(frozen=True)
class Scored:
    """A phrasing with the answer it got and how that counts."""

    phrasing: Phrasing
    answer: Decomposition
    outcome: Outcome
    milliseconds: float


def load_phrasings(path: Path) -> list[Phrasing]:
    """Read a phrasing file; raises ``ConfigError`` when it is none."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        scenes = {name: _scene(name, rows) for name, rows in data["scenes"].items()}
        return [Phrasing(p["kind"], p["text"], scenes[p["scene"]], tuple(p["accept"])) for p in data["phrasings"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(
            f"phrasings {path}", f"they cannot be read ({error!r})", "Give a phrasing file of version 1."
        ) from error


def _scene(name: str, rows: list[list[str | float]]) -> Scene:
    """A scene from rows of colour, kind, x, y and, for what stands on something, the height of its lower face."""
    things: list[Thing] = []
    for row in rows:
        colour, kind, x, y = str(row[0]), cast(Kind, row[1]), float(row[2]), float(row[3])
        size = _SIZES.get(kind, (CUBE, CUBE, CUBE))
        bottom = float(row[4]) - size[2] / 2 if len(row) > 4 else 0.0
        number = 1 + sum((thing.colour, thing.kind) == (colour, kind) for thing in things)
        things.append(Thing(f"{colour}_{kind}_{number}", kind, colour, size, (x, y, bottom + size[2] / 2)))
    return Scene(name, tuple(things))


def score(language: LanguageModel, phrasings: Iterable[Phrasing]) -> list[Scored]:
    """Ask ``language`` every phrasing and judge the answers."""
    scored: list[Scored] = []
    for phrasing in phrasings:
        began = time.perf_counter()
        answer = language.decompose(phrasing.text, phrasing.scene)
        scored.append(Scored(phrasing, answer, judge(phrasing, answer), 1000.0 * (time.perf_counter() - began)))
    return scored


def judge(phrasing: Phrasing, answer: Decomposition) -> Outcome:
    """Say how an answer counts."""
    if answer.status != "planned":
        return "right" if answer.status in phrasing.accept else answer.status
    return "right" if any(_same(reading, answer, phrasing.scene) for reading in phrasing.accept) else "wrong"


def _same(reading: str, answer: Decomposition, scene: Scene) -> bool:
    if reading in ("question", "refused"):
        return False
    words, _, kept = reading.partition(" keep ")
    steps = words.split(" ; ")
    if sorted(kept.split()) != sorted(thing for _, thing in answer.constraints) or len(steps) != len(answer.subgoals):
        return False
    for step, subgoal in zip(steps, answer.subgoals, strict=True):
        pushed = step.endswith(" !push")
        relation, *arguments = step.removesuffix(" !push").split()
        fact = Fact(cast(Relation, relation), tuple(arguments))
        if pushed != (subgoal.manner == "push") or len(subgoal.facts) != 1 or not _alike(fact, subgoal.facts[0], scene):
            return False
    return True


def _alike(wanted: Fact, given: Fact, scene: Scene) -> bool:
    """Whether two facts are one; *on* and *in* are for containers and zones, points may differ by a rounding."""
    kinds = {thing.id: thing.kind for thing in scene.things}
    holder = kinds.get(str(wanted.arguments[-1]))
    relations = {"on", "in"} if holder in CONTAINERS or holder == "zone" else {wanted.relation}
    if given.relation not in relations | {wanted.relation} or len(given.arguments) != len(wanted.arguments):
        return False
    if wanted.relation == "at" and len(wanted.arguments) == 3:
        close = (
            math.isclose(float(a), float(b), abs_tol=_TOLERANCE)
            for a, b in zip(wanted.arguments[1:], given.arguments[1:], strict=True)
        )
        return wanted.arguments[0] == given.arguments[0] and all(close)
    return wanted.arguments == given.arguments


def summary(scored: list[Scored]) -> dict[str, Json]:
    """Counts of the outcomes over all, by kind and by number of steps, with the median time in milliseconds."""
    rows: dict[str, list[Scored]] = {"all": scored}
    for item in scored:
        rows.setdefault(item.phrasing.kind, []).append(item)
        rows.setdefault(f"{item.phrasing.steps} steps", []).append(item)
    return {name: _counts(items) for name, items in rows.items()}


def _counts(items: list[Scored]) -> dict[str, Json]:
    counts: dict[str, Json] = {outcome: sum(item.outcome == outcome for item in items) for outcome in OUTCOMES}
    times = sorted(item.milliseconds for item in items)
    return {"n": len(items), **counts, "p50_ms": round(times[len(times) // 2], 1)}


def main() -> None:
    """Print the table of a phrasing file, and every answer that was not right."""
    parser = argparse.ArgumentParser(description="Score the embedded language model on phrasings by people.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--weights", type=Path, default=None, help="folder of other weights than the shipped ones")
    parser.add_argument("--json", type=Path, default=None, help="write the summary here")
    given = parser.parse_args()
    scored = score(load_embedded(given.weights), load_phrasings(given.file))
    table = summary(scored)
    console = Console()
    for item in scored:
        if item.outcome != "right":
            facts = " ; ".join(" ".join(map(str, f.as_list())) for s in item.answer.subgoals for f in s.facts)
            console.print(
                f"{item.outcome}: {item.phrasing.text} -> {facts} {item.answer.message or ''}", highlight=False
            )
    grid = Grid("phrasings", "n", *OUTCOMES, "p50 ms")
    for name, row in table.items():
        grid.add_row(name, *(str(value) for value in cast("dict[str, Json]", row).values()))
    console.print(grid)
    if given.json is not None:
        given.json.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
