"""PlanBench problems as tasks: blocks on the table, and recorded plans that the fixed controller carries out."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from hybrid.base import Json, Perceiver
from hybrid.errors import ConfigError, LanguageError
from hybrid.evaluation.base import Attempt, Step
from hybrid.evaluation.blocks import Action, Stacks, validate
from hybrid.evaluation.controller import carry_out
from hybrid.evaluation.planbench import Problem, Recording, read_planbench
from hybrid.evaluation.targets import resolved
from simulator.base import Fact, Scene, Subgoal, Thing, World
from simulator.errors import SceneError
from simulator.goals import Move, after
from simulator.overlap import clear_of
from simulator.scene import resting_height
from simulator.scene import validate as validate_scene
from simulator.tasks import Task

COLOURS: Final = {"magenta": "pink", "violet": "purple", "silver": "gray", "gold": "brown"}
"""Colours of PlanBench that are called otherwise here."""
SIDE: Final = 0.04
"""Side of a block, metres."""
BASES: Final = 0.17
"""Largest coordinate of the lowest block of a stack, metres."""
ROOM: Final = 0.03
"""Free space between stacks, metres."""
DRAWS: Final = 2000
"""Random places of the stacks tried."""
PREFIX: Final = "planbench="


@dataclass(frozen=True)
class PlanbenchSuite:
    """The problems of one file; implements ``TaskSuite``. Task k is problem k modulo their number.

    Attributes:
        file: in PlanBench's form.
    """

    file: Path

    @property
    def recording(self) -> Recording:
        """What the file holds."""
        return read_planbench(self.file)

    @property
    def name(self) -> str:
        """``planbench`` and the folder of the task, which says how large its problems are."""
        return f"planbench-{self.file.parent.parent.name or 'problems'}"

    @property
    def size(self) -> int:
        """How many problems there are."""
        return len(self.recording.problems)

    def task(self, seed: int) -> Task:
        """Return the problem of that number, its stacks at places drawn with ``seed``."""
        problem = self.recording.problems[seed % self.size]
        return task_of(problem, f"{PREFIX}{self.file}", seed)


def task_of(problem: Problem, suite: str, seed: int) -> Task:
    """Build ``problem`` on the table; raises ``ConfigError`` when its stacks do not fit there."""
    scene = built(problem.start, np.random.default_rng([problem.number, seed]), f"planbench-{problem.number}")
    goals = tuple(Subgoal((Fact("on", (id_of(upper), id_of(lower))),)) for upper, lower in lowest_first(problem.goal))
    words = problem.goal_words
    for theirs, ours in COLOURS.items():
        words = words.replace(f"{theirs} block", f"{ours} block")
    return Task(
        suite,
        seed,
        scene,
        f"My goal is to have that {words}.",
        goals,
        witness(scene, goals),
        f"{len(scene.things)} blocks",
    )


def built(start: Stacks, rng: np.random.Generator, name: str) -> Scene:
    """Return the table with the stacks of ``start`` at random places, in the order of the blocks' names."""
    below = dict(start.below)
    order = sorted(below, key=lambda block: _height(block, below))
    for _ in range(DRAWS):
        things: dict[str, Thing] = {}
        for block in order:
            base = None if below[block] is None else things[str(below[block])]
            x, y = rng.uniform(-BASES, BASES, 2) if base is None else base.position[:2]
            thing = Thing(id_of(block), "cube", colour_of(block), (SIDE, SIDE, SIDE), (0.0, 0.0, 0.0))
            thing = replace(thing, position=(float(x), float(y), resting_height("cube", thing.size, base)))
            if base is None and not clear_of(thing, tuple(things.values()), ROOM):
                break
            things[block] = thing
        else:
            scene = Scene(name, tuple(things[block] for block in below))
            try:
                validate_scene(scene)
            except SceneError:
                continue
            return scene
    raise ConfigError("suite", f"{name} does not fit on the table", "Name a file of problems with fewer stacks.")


def lowest_first(goal: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the pairs of ``goal`` in an order in which they can be built."""
    lower_of = dict(goal)
    return sorted(goal, key=lambda pair: _height(pair[0], lower_of))


def witness(scene: Scene, goals: Sequence[Subgoal]) -> tuple[Move, ...]:
    """Return moves that take apart what is not yet as it should be, and then build the goal."""
    things, moves = scene.things, list[Move]()
    for thing in sorted(scene.things, key=lambda thing: -thing.top):
        if thing.bottom > SIDE / 2:
            moves.append(resolved(Step("put", thing.id, "aside"), things))
            things = after(things, moves[-1:])
    for goal in goals:
        upper, lower = (str(name) for name in goal.facts[0].arguments)
        moves.append(resolved(Step("put", upper, "on", (lower,)), things))
        things = after(things, moves[-1:])
    return tuple(moves)


def colour_of(block: str) -> str:
    """Return our word for a colour of PlanBench."""
    return COLOURS.get(block, block)


def id_of(block: str) -> str:
    """Return the id of the cube that stands for ``block``."""
    return f"{colour_of(block)}_cube_1"


def steps_of(plan: Sequence[Action]) -> tuple[Step, ...]:
    """Return ``plan`` as steps of the controller: what is picked up moves once it is put down or stacked."""
    steps: list[Step] = []
    for action in plan:
        if action.act == "put-down" and action.blocks:
            steps.append(Step("put", id_of(action.blocks[0]), "aside"))
        elif action.act == "stack" and len(action.blocks) == 2:
            steps.append(Step("put", id_of(action.blocks[0]), "on", (id_of(action.blocks[1]),)))
    return tuple(steps)


@dataclass(frozen=True)
class RecordedArm:
    """Carries out what a language model answered, as it is recorded; implements ``Arm``. Plans are not repaired.

    Attributes:
        perceiver: looks.
        file: of the answers; None takes those of the suite's own file.
    """

    perceiver: Perceiver
    file: Path | None = None

    def attempt(self, task: Task, world: World) -> Attempt:
        """Carry out the recorded plan of the task's problem; its validity is what the symbols say of it.

        Raises:
            ConfigError: the task is no problem of PlanBench.
            LanguageError: there is no plan, or it moves what is not there.
        """
        if not task.suite.startswith(PREFIX):
            raise ConfigError("arms", "recorded plans are for PlanBench", f"Use --suite {PREFIX}FILE.json.")
        began = time.perf_counter()
        asked = PlanbenchSuite(Path(task.suite.removeprefix(PREFIX)))
        problem = asked.recording.problems[task.seed % asked.size]
        answered = (asked.recording if self.file is None else read_planbench(self.file)).problem(problem.number)
        if answered is None or answered.plan is None:
            raise LanguageError("plan", f"no answer to problem {problem.number} is recorded", "Record one.")
        verdict = validate(problem.start, problem.goal, answered.plan)
        note: dict[str, Json] = {
            "event": "recorded",
            "problem": problem.number,
            "plan": [str(action) for action in answered.plan],
            "output": answered.answer,
            "valid": verdict.valid,
            "published": answered.published,
        }
        belief = self.perceiver.look(world.observe(), names=task.scene)
        log, reason, done = (note,), verdict.reason, False
        try:
            carried = carry_out(steps_of(answered.plan), belief, world, self.perceiver)
            log, done, reason = (note, *carried.log), carried.done, verdict.reason or carried.reason
        except LanguageError as error:
            reason = verdict.reason or str(error)
        return Attempt(
            "reached" if done else "unmet",
            reason,
            plan_valid=verdict.valid,
            planner_share=0.0,
            milliseconds=1000 * (time.perf_counter() - began),
            log=log,
        )


def _height(block: str, below: dict[str, str | None] | dict[str, str]) -> int:
    """How many blocks are below ``block``; a goal that bites its tail counts no further than its length."""
    height, under = 0, below.get(block)
    while under is not None and height <= len(below):
        height, under = height + 1, below.get(under)
    return height
