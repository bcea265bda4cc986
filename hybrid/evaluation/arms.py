"""The ways of attempting a task that are compared: same tasks, same world, same control steps, same success check.

An arm is given the task and its world, standing at the start. What it leaves behind is the world's true final state,
which the runner scores; an arm never scores itself, and neither resets nor closes the world.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from hybrid.base import Engine, EpisodeStatus
from hybrid.bootstrap import MANIPULATIONS_AN_ATTEMPT, build_engine
from hybrid.config import Settings
from hybrid.errors import ConfigError
from hybrid.evaluation.privileged import Window
from hybrid.evaluation.validity import states_the_goal
from hybrid.evaluation.variants import UNCHECKED, VARIANTS
from simulator.base import MAX_STEP, World, WorldState
from simulator.tasks import Task

ARMS = ("random", *VARIANTS)
"""Every arm by name, floors first."""
STEPS_A_MANIPULATION = 60
"""Control steps after which a manipulation is given up; scripted play needs about half of them."""


@dataclass(frozen=True)
class Attempt:
    """What an arm did with one task.

    Attributes:
        status: how the arm itself says it ended.
        reason: in words, when it did not reach the goal.
        final: the world's true state at the end; None when nothing was moved.
        plan_valid: whether the plan, carried out ideally, would state the goal; None for arms without a plan.
        planner_share: share of executed actions that the planner chose; None when nothing was executed.
        plan_milliseconds: time of each search, milliseconds.
        language_calls: calls of the language backend.
        checks: candidates checked in the simulator.
        milliseconds: time of the whole attempt.
        episode: its id in the arm's store, empty when it keeps none.
    """

    status: EpisodeStatus
    reason: str | None
    final: WorldState | None
    plan_valid: bool | None
    planner_share: float | None
    plan_milliseconds: tuple[float, ...] = ()
    language_calls: int = 0
    checks: int = 0
    milliseconds: float = 0.0
    episode: str = ""


class Arm(Protocol):
    """One way of attempting tasks; built once a process, used for many, carrying nothing from one to the next."""

    def attempt(self, task: Task, world: World) -> Attempt:
        """Attempt ``task`` in ``world`` as it stands; the same task and world give the same final state."""
        ...


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
        actions = rng.uniform(low, high, size=(steps, 4)).astype(np.float32)
        for action in actions:
            world.step(action)
        final = world.state()
        spent = 1000 * (time.perf_counter() - began)
        return Attempt("unmet", "the actions were random", final, None, planner_share=0.0, milliseconds=spent)


class EngineArm:
    """The whole service: words, world model, search, physics check, closed loop.

    Args:
        engine: attempts; it may be composed otherwise than the product.
        window: opened into the world of every attempt, for engines that are given the true state.
        checks: whether the engine's check tries anything.
    """

    def __init__(self, engine: Engine, window: Window | None = None, *, checks: bool = True) -> None:
        self._engine, self._window, self._checks = engine, window, checks

    def attempt(self, task: Task, world: World) -> Attempt:
        """Run the task's instruction on its scene, as a person would ask for it."""
        began = time.perf_counter()
        if self._window is not None:
            self._window.open(world)
        result = self._engine.run(task.instruction, task.scene, task.seed, world=world)
        outcome = result.outcome
        return Attempt(
            status=outcome.status,
            reason=outcome.reason or outcome.message,
            final=result.final,
            plan_valid=result.decomposition is not None and states_the_goal(result.decomposition, task),
            planner_share=outcome.planner_share if outcome.attempts else None,
            plan_milliseconds=result.plan_milliseconds,
            language_calls=result.language_calls,
            checks=outcome.checks if self._checks else 0,
            milliseconds=1000 * (time.perf_counter() - began),
            episode=result.episode,
        )


def build_arm(name: str, settings: Settings) -> Arm:
    """Compose the arm called ``name``.

    Raises:
        ConfigError: there is no such arm.
    """
    if name == "random":
        return RandomArm(settings.max_attempts * MANIPULATIONS_AN_ATTEMPT)
    if name not in VARIANTS:
        raise ConfigError("arms", f"there is no arm {name!r}", f"Known arms: {', '.join(ARMS)}.")
    window = Window()
    return EngineArm(build_engine(settings, VARIANTS[name](window)), window, checks=name not in UNCHECKED)
