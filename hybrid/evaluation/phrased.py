"""The suite ``language``: requests as people phrase them, on the scenes they were said of, carried out and judged.

Taken from a phrasing file (``hybrid.language.phrasings``) are the requests that mean one arrangement: no questions, no
refusals, no conversations, no shapes, one reading (pushed or not), which can be done, and is not done already. After
the last request they begin again, on the same scenes set down a little elsewhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final, cast

from hybrid.errors import HybridError
from hybrid.evaluation.targets import resolved
from hybrid.evaluation.truth import solved
from hybrid.evaluation.writing import stated
from hybrid.language.phrasings import Phrasing, load_phrasings
from simulator.base import CONTAINERS, Fact, Relation, Scene, Subgoal
from simulator.goals import Move, after
from simulator.scene import validate
from simulator.tasks import Task

OTHERWISE: Final = ("question", "refused", "answered")
PUSHED: Final = " !push"
ELSEWHERE: Final = 0.02
"""How far a scene is set down from where it was when its request comes a second time, metres."""
DIRECTIONS: Final = 12
"""In how many directions there is looked for room."""


@dataclass(frozen=True)
class PhrasedSuite:
    """Implements ``TaskSuite``; task k is request k modulo their number, every second time round with its scene moved.

    What is asked for does not change with that: points in readings are taken to be relative to things, as a person
    names them. As many tasks in a row as there are requests hold every phrasing once, moved or not.

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
        """How many tasks there are: every request that can be carried out and judged, as it is and moved."""
        return len(_tasks(self.file))

    def task(self, seed: int) -> Task:
        """Return the request of that number."""
        tasks = _tasks(self.file)
        return replace(tasks[seed % len(tasks)], seed=seed)


@lru_cache(maxsize=8)
def _tasks(file: Path) -> tuple[Task, ...]:
    """Return the requests of ``file`` that mean one arrangement, and then once more with their scenes moved."""
    meant = [phrasing for phrasing in load_phrasings(file) if task_of(phrasing) is not None]
    again = [_elsewhere(phrasing, number) for number, phrasing in enumerate(meant)]
    return tuple(task for task in (*map(task_of, meant), *again) if task is not None)


def _elsewhere(phrasing: Phrasing, number: int) -> Task | None:
    """Return the task on the scene set down elsewhere, in the first direction in which there is room."""
    for turn in range(DIRECTIONS):
        angle = math.tau * (number + turn) / DIRECTIONS
        task = task_of(phrasing, (ELSEWHERE * math.cos(angle), ELSEWHERE * math.sin(angle)))
        if task is not None:
            return task
    return None


def task_of(phrasing: Phrasing, by: tuple[float, float] = (0.0, 0.0)) -> Task | None:
    """Return the task a phrasing asks for, None when it does not mean one arrangement that is still to be made.

    Args:
        phrasing: with its scene and readings.
        by: how far the scene, and the points of the readings with it, are moved along x and y, metres.
    """
    phrasing = replace(phrasing, scene=_moved(phrasing.scene, by))
    readings = {reading.replace(PUSHED, "") for reading in phrasing.accept}
    (reading, *others) = sorted(readings)
    if phrasing.turns or others or reading.startswith(OTHERWISE) or ": " in reading:
        return None
    words, _, kept = reading.partition(" keep ")
    try:
        facts = tuple(_fact(step.partition(" tol ")[0], phrasing, by) for step in words.split(" ; "))
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


def _moved(scene: Scene, by: tuple[float, float]) -> Scene:
    things = ((thing, thing.position) for thing in scene.things)
    return replace(
        scene, things=tuple(replace(thing, position=(x + by[0], y + by[1], z)) for thing, (x, y, z) in things)
    )


def _fact(step: str, phrasing: Phrasing, by: tuple[float, float]) -> Fact:
    """Return the fact that a step of a reading states; ``on`` and ``in`` are one for containers and zones."""
    relation, *names = step.split()
    if relation == "at" and len(names) == 3:
        return Fact("at", (names[0], float(names[1]) + by[0], float(names[2]) + by[1]))
    if relation == "on" and phrasing.scene.thing(names[1]).kind in {*CONTAINERS, "zone"}:
        relation = "in"
    return Fact(cast("Relation", relation), tuple(names))
