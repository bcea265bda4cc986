"""Suites of tasks for evaluation: a start, an instruction in plain words, and the facts that make it a success.

``make_task(suite, seed)`` is deterministic. Every task carries a witness, the moves that solve it, by which it is
known to be feasible; no planner sees it. Knows the true geometry of scenes, never a running simulator. What each suite
asks for is proposed by the modules ``simulator.tasks_*``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

import numpy as np

from simulator.base import Disturbance, Physics, Scene, Subgoal, WorldState
from simulator.errors import SceneError
from simulator.goals import SKY, USUAL, Goal, Move, Suite, after, sound, subgoals, usual_start
from simulator.predicates import holds
from simulator.tasks_chains import LENGTH, propose_link
from simulator.tasks_disturbed import DISTURBED_KINDS, propose_disturbed
from simulator.tasks_dynamics import DYNAMICS_KINDS, dynamics_start, propose_dynamics
from simulator.tasks_place import PLACE_KINDS, PUSH_KINDS, propose_place, propose_push
from simulator.tasks_rearrange import REARRANGE_KINDS, propose_rearrange, rearrange_start
from simulator.tasks_stack import (
    BLOCKSWORLD_KINDS,
    TOWER_KINDS,
    blocksworld_start,
    propose_blocksworld,
    propose_stack,
    propose_tower,
    tower_start,
)
from simulator.wording import pick

_SUITES: Final[dict[str, Suite]] = {
    "place": Suite(usual_start, propose_place, PLACE_KINDS, in_turn=False),
    "push": Suite(usual_start, propose_push, PUSH_KINDS, in_turn=False),
    "stack": Suite(usual_start, propose_stack, ("stack",), in_turn=False),
    "tower": Suite(tower_start, propose_tower, TOWER_KINDS),
    "rearrange": Suite(rearrange_start, propose_rearrange, REARRANGE_KINDS),
    "blocksworld": Suite(blocksworld_start, propose_blocksworld, BLOCKSWORLD_KINDS),
    "chains": Suite(usual_start, propose_link, ("chain",), LENGTH),
    "dynamics": Suite(dynamics_start, propose_dynamics, DYNAMICS_KINDS),
    "disturbed": Suite(usual_start, propose_disturbed, DISTURBED_KINDS),
}
"""Every suite but ``undisturbed``; the order is part of the seeding, so new ones go last."""
SUITES: Final = (*_SUITES, "undisturbed")
"""Names of the suites; ``undisturbed`` has the tasks of ``disturbed`` in the usual world."""
MOST_DRAWS: Final = 2000
"""Draws after which a suite is declared impossible rather than searched on."""
LINKS: Final = 30
"""Proposals for one link of a chain before the chain is redrawn."""
STAYED: Final = 0.015
"""What must be left alone may end this far from where it stood, metres, as in ``simulator.check``."""


@dataclass(frozen=True)
class Task:
    """A start, what is asked, and what it means.

    Attributes:
        suite: one of ``SUITES``.
        seed: what ``make_task`` was given.
        scene: the start.
        instruction: the request in plain words; of a chain, all requests.
        subgoals: what the request means, in an order that can be carried out; of a chain, of its last request.
        witness: moves that solve the task one after the other; proof that it is feasible, never an input of planning.
        kind: which of the suite's kinds of request it is.
        physics: of the world it is attempted in, which may be unlike the twin's.
        disturbances: what happens to that world meanwhile.
        parts: of a chain, the tasks asked for one after the other in one world; empty otherwise. The scene of a part
            is the table as the witnesses of those before it leave it.
        natural: the request as people would say it in one sentence, where ``instruction`` spells it out; else empty.
    """

    suite: str
    seed: int
    scene: Scene
    instruction: str
    subgoals: tuple[Subgoal, ...]
    witness: tuple[Move, ...]
    kind: str = ""
    physics: Physics = USUAL
    disturbances: tuple[Disturbance, ...] = ()
    parts: tuple[Task, ...] = ()
    natural: str = ""


@dataclass(frozen=True)
class Score:
    """How well a task ended: whether all that was asked holds, and the share of its facts that do."""

    success: bool
    partial: float


def make_task(suite: str, seed: int) -> Task:
    """Return task number ``seed`` of ``suite``; the same arguments give the same task.

    Raises:
        SceneError: there is no such suite, ``seed`` is negative, or no start could be found.
    """
    for task in islice(draws(suite, seed), MOST_DRAWS):
        if task is not None:
            return task
    raise SceneError("suite", f"no task of {suite} was found in {MOST_DRAWS} draws", "Choose another seed.")


def draws(suite: str, seed: int) -> Iterator[Task | None]:
    """Yield one entry a draw: None when it is rejected, so that redraws can be counted; errors as in ``make_task``."""
    if suite not in SUITES:
        raise SceneError("suite", f"{suite!r} is unknown", f"Use one of {', '.join(SUITES)}.")
    if seed < 0:
        raise SceneError("seed", f"{seed} is negative", "Use 0 or more.")
    if suite == "undisturbed":
        for task in draws("disturbed", seed):
            yield None if task is None else replace(task, suite=suite, physics=USUAL, disturbances=())
        return
    made = _SUITES[suite]
    rng = np.random.default_rng([SUITES.index(suite), seed])
    kind = made.kinds[seed % len(made.kinds)] if made.in_turn else pick(rng, made.kinds)
    while True:
        scene = made.start(rng, kind)
        goals = None if scene is None else _goals(rng, made, scene, kind)
        if scene is None or goals is None:
            yield None
            continue
        tasks = _tasks(suite, seed, replace(scene, name=f"{suite}-{seed}"), goals, kind)
        yield tasks[0] if made.length == 1 else _chain(tasks, kind)


def _goals(rng: np.random.Generator, suite: Suite, scene: Scene, kind: str) -> tuple[Goal, ...] | None:
    """Sound goals, each on the table as the witnesses of those before it leave it; None when one is not found.

    A lone goal is proposed once, because its start can be redrawn; a link of a chain several times.
    """
    goals: list[Goal] = []
    for _ in range(suite.length):
        for _ in range(LINKS if suite.length > 1 else 1):
            goal = suite.propose(rng, scene, kind)
            if goal is not None and sound(scene, goal):
                goals.append(goal)
                scene = replace(scene, things=after(scene.things, goal.moves))
                break
        else:
            return None
    return tuple(goals)


def _tasks(suite: str, seed: int, scene: Scene, goals: tuple[Goal, ...], kind: str) -> tuple[Task, ...]:
    """One task a goal, each from the table as the one before leaves it."""
    tasks: list[Task] = []
    for goal in goals:
        tasks.append(
            Task(
                suite,
                seed,
                scene,
                goal.instruction,
                subgoals(goal),
                goal.moves,
                kind=goal.kind or kind,
                physics=goal.physics,
                disturbances=goal.disturbances,
                natural=goal.natural,
            )
        )
        scene = replace(scene, things=after(scene.things, goal.moves))
    return tuple(tasks)


def _chain(parts: tuple[Task, ...], kind: str) -> Task:
    """All ``parts`` as one task."""
    said = " ".join(part.instruction for part in parts)
    moves = tuple(move for part in parts for move in part.witness)
    first = parts[0]
    return Task(first.suite, first.seed, first.scene, said, parts[-1].subgoals, moves, kind=kind, parts=parts)


def score(task: Task, state: WorldState) -> Score:
    """Score a true final state: success when every fact holds and what must be left alone is where it stood."""
    facts = [fact for subgoal in task.subgoals for fact in subgoal.facts]
    met = [holds(fact, state.things, state.held) for fact in facts]
    kept = {name for subgoal in task.subgoals for name in subgoal.keep}
    ended = {thing.id: thing.position for thing in state.things}
    stayed = all(math.dist(ended[t.id], t.position) <= STAYED for t in task.scene.things if t.id in kept)
    return Score(all(met) and stayed, sum(met) / len(met))


def ideal(task: Task) -> WorldState:
    """Return the state in which the witness has been carried out exactly; the oracle of the suite's own tests."""
    things = after(task.scene.things, task.witness)
    return WorldState(things, (1.0,) * len(things), (0.0, 0.0, SKY), None)
