"""Floors and the engine as arms: ways of attempting a task with the same world, the same control steps, the same judge.

What an arm leaves behind is the world, which the runner scores; an arm never scores itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import numpy as np

from hybrid.base import Engine, Json
from hybrid.evaluation.base import Attempt
from hybrid.evaluation.privileged import Window
from simulator.base import MAX_STEP, World
from simulator.tasks import Task

STEPS_A_MANIPULATION = 60
"""Control steps after which a manipulation is given up; scripted play needs about half of them."""
KEPT: Final[dict[str, tuple[str, ...]]] = {
    "subgoals": ("status", "message"),
    "plan": ("subgoal", "found", "energy", "first_energy", "reason", "steps"),
    "verdict": ("subgoal", "accepted", "code", "reason", "margin", "gap"),
    "acted": ("subgoal", "steps", "left"),
    "subgoal": ("subgoal", "status"),
    "done": ("status", "reason"),
}
"""Events of an episode that are kept with the row, and what is kept of each."""


class IdleArm:
    """The lowest floor: nothing is done."""

    def attempt(self, task: Task, world: World) -> Attempt:
        """Leave the world as it is."""
        del task, world
        return Attempt("unmet", "nothing was done")


class RandomArm:
    """The floor: uniformly random control actions for as many steps as the hybrid arm may use.

    Args:
        manipulations: manipulations the hybrid arm may try for one subgoal.
    """

    def __init__(self, manipulations: int) -> None:
        self._steps = manipulations * STEPS_A_MANIPULATION

    def attempt(self, task: Task, world: World) -> Attempt:
        """Move the tool at random; displacements uniform in +-``MAX_STEP``, suction uniform in [0, 1]."""
        began = time.perf_counter()
        rng = np.random.default_rng([task.seed, len(task.subgoals)])
        steps = self._steps * len(task.subgoals)
        low, high = [-MAX_STEP, -MAX_STEP, -MAX_STEP, 0.0], [MAX_STEP, MAX_STEP, MAX_STEP, 1.0]
        for action in rng.uniform(low, high, size=(steps, 4)).astype(np.float32):
            world.step(action)
        spent = 1000 * (time.perf_counter() - began)
        return Attempt("unmet", "the actions were random", planner_share=0.0, milliseconds=spent)


class EngineArm:
    """The whole service: words, world model, search, physics check, closed loop.

    Args:
        engine: returns what attempts the next task; it may be composed otherwise than the product, and remembers
            nothing of the tasks before.
        window: opened into the world of every attempt, for engines that are given the true state.
        checks: whether the engine's check tries anything.
    """

    def __init__(self, engine: Callable[[], Engine], window: Window | None = None, *, checks: bool = True) -> None:
        self._engine, self._window, self._checks = engine, window, checks

    def attempt(self, task: Task, world: World) -> Attempt:
        """Run the task's instruction on its scene, as a person would ask for it."""
        began = time.perf_counter()
        if self._window is not None:
            self._window.open(world)
        log: list[dict[str, Json]] = []

        def listen(event: str, data: dict[str, Json]) -> None:
            if event in KEPT:
                log.append({"event": event, **{name: _rounded(data.get(name)) for name in KEPT[event]}})

        result = self._engine().run(task.instruction, task.scene, task.seed, listen, world=world)
        outcome = result.outcome
        return Attempt(
            status=outcome.status,
            reason=outcome.reason or outcome.message,
            plan=result.decomposition,
            planner_share=outcome.planner_share if outcome.attempts else None,
            plan_milliseconds=result.plan_milliseconds,
            language_calls=result.language_calls,
            checks=outcome.checks if self._checks else 0,
            milliseconds=1000 * (time.perf_counter() - began),
            episode=result.episode,
            log=tuple(log),
        )


def _rounded(value: Json) -> Json:
    return round(value, 4) if isinstance(value, float) else value
