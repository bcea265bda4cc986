"""Cheating: an arm that reads the true state and acts on it fails, and is shown neither witness nor poses."""

from __future__ import annotations

import numpy as np
import pytest

from hybrid.errors import HybridError
from hybrid.evaluation.attempting import attempted
from hybrid.evaluation.base import Attempt
from hybrid.evaluation.guard import GuardedWorld, blindfolded
from simulator.base import World
from simulator.script import Intent, Phase, scripted_action
from simulator.tasks import Task, make_task
from simulator.world import PhysicalWorld

SEED = 3


class PeekingArm:
    """Knows the true state at every step and the witness beforehand: it would succeed."""

    def __init__(self, *, hides: bool = False) -> None:
        self._hides = hides

    def attempt(self, task: Task, world: World) -> Attempt:
        try:
            for move in make_task(task.suite, task.seed).witness:
                phase, intent = Phase(), Intent(False, move.thing, move.target, 0.15)
                while not phase.done:
                    action, phase = scripted_action(world.state(), intent, phase)
                    world.step(action)
        except HybridError:
            if not self._hides:
                raise
        return Attempt("reached", None)


class RestartingArm:
    """Starts the world anew."""

    def attempt(self, task: Task, world: World) -> Attempt:
        world.reset(task.seed)
        return Attempt("reached", None)


def test_the_cheat_would_succeed_if_it_were_allowed_to() -> None:
    assert attempted(make_task("place", SEED), PeekingArm(), privileged=True).row.success


@pytest.mark.parametrize("arm", [PeekingArm(), PeekingArm(hides=True), RestartingArm()])
def test_an_arm_that_reads_the_true_state_and_moves_fails(arm: PeekingArm | RestartingArm) -> None:
    row = attempted(make_task("place", SEED), arm).row
    assert (row.success, row.partial, row.status) == (False, 0.0, "failed")
    assert (row.reason or "").startswith("it cheated")


def test_reading_the_true_state_after_the_last_move_is_no_cheating() -> None:
    task = make_task("place", SEED)
    world = PhysicalWorld(task.scene)
    try:
        guard = GuardedWorld(world)
        guard.step(np.zeros(4, dtype=np.float32))
        assert guard.state() == world.state()
        assert guard.foul is None
        assert guard.actions.shape == (1, 4)
        guard.close()
        assert world.observe().step == 1, "closing is not the arm's to do"
    finally:
        world.close()


@pytest.mark.parametrize("name", ["physical", "snapshot", "restore", "place", "_world", "world", "scene"])
def test_nothing_behind_the_guard_can_be_reached_by_name(name: str) -> None:
    task = make_task("place", SEED)
    world = PhysicalWorld(task.scene)
    try:
        assert not hasattr(GuardedWorld(world), name)
    finally:
        world.close()


def test_an_arm_is_told_what_things_there_are_and_not_where() -> None:
    task = make_task("place", SEED)
    shown = blindfolded(task)
    assert shown.witness == ()
    assert all(goal.facts == () for goal in shown.subgoals)
    assert [thing.id for thing in shown.scene.things] == [thing.id for thing in task.scene.things]
    looks = [(thing.colour, thing.kind) for thing in task.scene.things]
    for before, after in zip(task.scene.things, shown.scene.things, strict=True):
        alone = looks.count((before.colour, before.kind)) == 1
        assert (after.position[:2] == (0.0, 0.0)) == alone
