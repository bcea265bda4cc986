"""One task, one arm: the world is made, the arm is let loose on what it may see, and the true final state is judged."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hybrid.base import Decomposition, Json
from hybrid.errors import BudgetError, ConfigError, HybridError, LanguageError, PerceptionError
from hybrid.evaluation.base import Arm, Attempt
from hybrid.evaluation.failures import cause
from hybrid.evaluation.guard import GuardedWorld, blindfolded
from hybrid.evaluation.report import Row, in_a_row
from hybrid.evaluation.shards import Kept
from hybrid.evaluation.truth import judge, solved
from hybrid.evaluation.validity import reaches_the_goal, states_the_goal
from simulator.base import FloatArray, World
from simulator.disturbed import world_of
from simulator.tasks import Task

Log = tuple[dict[str, Json], ...]
Attempted = tuple[Row, FloatArray, Log]


def attempted(task: Task, arm: Arm, *, privileged: bool = False) -> Kept:
    """Let ``arm`` attempt ``task`` in the task's own world, and judge what is left of it.

    Args:
        task: with its goal; the arm is shown what ``blindfolded`` leaves.
        arm: attempts.
        privileged: the arm is shown everything, for ceilings.

    Raises:
        ConfigError: the task is solved at its start.
    """
    for part in task.parts or (task,):
        if solved(part, part.scene.things):
            problem = f"task {task.seed} is solved at its start"
            raise ConfigError("suite", problem, "Let the suite draw another start: nothing is to be done here.")
    world = world_of(task.scene, task.physics, task.disturbances)
    try:
        world.reset(task.seed)
        if not task.parts:
            row, actions, log = _once(task, arm, world, privileged=privileged)
            return Kept(row, actions, log)
        return _chain(task, arm, world, privileged=privileged)
    finally:
        world.close()


def _chain(task: Task, arm: Arm, world: World, *, privileged: bool) -> Kept:
    """Ask for one part after the other in one world, until one is not done; names are those of the chain's start."""
    done: list[Attempted] = []
    for part in task.parts:
        named = replace(part, scene=task.scene)
        done.append(_once(part, arm, world, shown=named, privileged=privileged))
        if not done[-1][0].success:
            break
    row = in_a_row([row for row, _, _ in done], task.seed, task.kind, len(task.parts))
    actions = np.concatenate([actions for _, actions, _ in done])
    return Kept(row, actions, tuple(entry for _, _, log in done for entry in log))


def _once(task: Task, arm: Arm, world: World, *, shown: Task | None = None, privileged: bool) -> Attempted:
    """Return the row of one request, the actions ``[T, A]``, and what happened on the way."""
    shown = task if shown is None else shown
    guard = GuardedWorld(world)
    try:
        made = arm.attempt(shown, world) if privileged else arm.attempt(blindfolded(shown), guard)
    except (PerceptionError, LanguageError, BudgetError) as error:
        made = _broken(error)
    except HybridError as error:
        if guard.foul is None:
            raise
        made = _broken(error)
    if guard.foul is not None:
        made = replace(made, status="failed", reason=f"it cheated: {guard.foul}")
    row = _row(task, made, world, steps=len(guard.actions), fair=guard.foul is None)
    return row, guard.actions, made.log


def _broken(error: HybridError) -> Attempt:
    entry: dict[str, Json] = {"event": "error", "kind": type(error).__name__, "reason": str(error)}
    return Attempt("failed", str(error), log=(entry,), plan_valid=False)


def _row(task: Task, made: Attempt, world: World, *, steps: int, fair: bool) -> Row:
    result = judge(task, world.state())
    valid = _valid(made, task)
    success = result.success and fair
    return Row(
        seed=task.seed,
        kind=task.kind,
        instruction=task.instruction,
        status=made.status,
        success=success,
        partial=result.partial if fair else 0.0,
        plan_valid=valid,
        planner_share=made.planner_share,
        plan_ms=made.plan_milliseconds,
        language_calls=made.language_calls,
        checks=made.checks,
        milliseconds=made.milliseconds,
        reason=made.reason,
        length=len(task.witness),
        steps=steps,
        failure=None if success else cause(made, plan_valid=valid),
    )


def _valid(made: Attempt, task: Task) -> bool | None:
    if made.plan is None:
        return made.plan_valid
    if isinstance(made.plan, Decomposition):
        return states_the_goal(made.plan, task)
    return reaches_the_goal(made.plan, task)
