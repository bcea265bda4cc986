"""The suite ``language``: requests as people phrase them, on the scenes they were said of, carried out and judged.

Taken from a phrasing file (``hybrid.language.phrasings``) are the requests that mean one arrangement: no questions, no
refusals, no conversations, no shapes, one reading (pushed or not), which can be done, and is not done already.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final, cast

from hybrid.errors import HybridError
from hybrid.evaluation.targets import resolved
from hybrid.evaluation.truth import solved
from hybrid.evaluation.writing import stated
from hybrid.language.phrasings import Phrasing, load_phrasings
from simulator.base import CONTAINERS, Fact, Relation, Subgoal
from simulator.goals import Move, after
from simulator.scene import validate
from simulator.tasks import Task

OTHERWISE: Final = ("question", "refused", "answered")
PUSHED: Final = " !push"


@dataclass(frozen=True)
class PhrasedSuite:
    """Implements ``TaskSuite``; task k is request k modulo their number.

    Attributes:
        file: of phrasings.
    """

    file: Path

    @property
    def name(self) -> str:
        """The suite's name."""
        return "language"

    @property
    def size(self) -> int:
        """How many requests can be carried out and judged."""
        return len(_tasks(self.file))

    def task(self, seed: int) -> Task:
        """Return the request of that number."""
        tasks = _tasks(self.file)
        return replace(tasks[seed % len(tasks)], seed=seed)


@lru_cache(maxsize=8)
def _tasks(file: Path) -> tuple[Task, ...]:
    """Return the requests of ``file`` that mean one arrangement."""
    return tuple(task for phrasing in load_phrasings(file) if (task := task_of(phrasing)) is not None)


def task_of(phrasing: Phrasing) -> Task | None:
    """Return the task a phrasing asks for, None when it does not mean one arrangement that is still to be made."""
    readings = {reading.replace(PUSHED, "") for reading in phrasing.accept}
    (reading, *others) = sorted(readings)
    if phrasing.turns or others or reading.startswith(OTHERWISE) or ": " in reading:
        return None
    words, _, kept = reading.partition(" keep ")
    try:
        facts = tuple(_fact(step.partition(" tol ")[0], phrasing) for step in words.split(" ; "))
        goals = tuple(Subgoal((fact,), keep=tuple(kept.split())) for fact in facts)
        moves, things = list[Move](), phrasing.scene.things
        validate(phrasing.scene)
        for fact in facts:
            moves.append(resolved(stated(fact, push=False), things))
            things = after(things, moves[-1:])
        task = Task("language", 0, phrasing.scene, phrasing.text, goals, tuple(moves), phrasing.kind)
        return task if solved(task, things) and not solved(task, phrasing.scene.things) else None
    except (HybridError, KeyError):
        return None


def _fact(step: str, phrasing: Phrasing) -> Fact:
    """Return the fact that a step of a reading states; ``on`` and ``in`` are one for containers and zones."""
    relation, *names = step.split()
    if relation == "at" and len(names) == 3:
        return Fact("at", (names[0], float(names[1]), float(names[2])))
    if relation == "on" and phrasing.scene.thing(names[1]).kind in {*CONTAINERS, "zone"}:
        relation = "in"
    return Fact(cast("Relation", relation), tuple(names))
