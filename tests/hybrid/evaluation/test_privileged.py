"""What privileged arms see is the truth, and what they imagine is what then happens, chance aside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch

from hybrid.evaluation.privileged import ExactTwin, SimulatedDynamics, TruePerceiver, Window, met
from planner.base import Manipulation, Plan
from planner.cost import encoded
from simulator.base import Fact, Physics, Scene, Subgoal, Thing
from simulator.disturbed import DisturbedWorld
from simulator.script import Intent, Phase, scripted_action
from simulator.world import PhysicalWorld
from world_model.base import BLOCK
from world_model.proposals import ProposalPolicy

A = Thing("red_cube_1", "cube", "red", (0.04, 0.04, 0.04), (0.1, 0.05, 0.02))
B = Thing("blue_cube_1", "cube", "blue", (0.05, 0.05, 0.05), (-0.05, 0.0, 0.025))
GHOST = Thing("green_cube_1", "cube", "green", (0.04, 0.04, 0.04), (0.0, 0.2, 0.02))
"""What is believed and does not exist."""
SCENE = Scene("two", (A, B))
ON = Subgoal((Fact("on", (A.id, B.id)),))
MOVE = Manipulation("pick_place", A.id, (0.1, 0.05, 0.04), (-0.05, 0.0, 0.07), 0.1)


@pytest.fixture
def world() -> Iterator[PhysicalWorld]:
    made = PhysicalWorld(SCENE, physics=Physics(friction=0.4, slip=0.02))
    made.restart(3)
    yield made
    made.close()


@pytest.fixture
def window(world: PhysicalWorld) -> Window:
    opened = Window()
    opened.open(DisturbedWorld(world, ()))
    return opened


def acted_out(world: PhysicalWorld) -> np.ndarray:
    """Return the actions ``[T, A]`` with which the script puts A on B, executed in ``world``."""
    phase, actions, intent = Phase(), [], Intent(False, A.id, MOVE.target, MOVE.clearance)
    while not phase.done:
        action, phase = scripted_action(world.state(), intent, phase)
        world.step(action)
        actions.append(action)
    return np.array(actions, dtype=np.float32)


def plan_of(actions: np.ndarray, things: tuple[Thing, ...] = SCENE.things, thing: str = A.id) -> Plan:
    move = Manipulation("pick_place", thing, MOVE.start, MOVE.target, MOVE.clearance)
    return Plan((move,), actions, 0.0, 0.0, things, (), 1.0)


def test_true_perception_tells_the_state_now_whatever_was_seen(world: PhysicalWorld, window: Window) -> None:
    perceiver = TruePerceiver(window)
    seen = world.observe()
    first = perceiver.look(seen)
    world.place(A.id, (0.0, -0.15, 0.02))
    assert first.scene.thing(A.id).position == pytest.approx(A.position, abs=1e-3)
    assert perceiver.predict(first, np.zeros((3, 4), np.float32)).scene.things == world.state().things
    assert perceiver.look(seen, expected=first).scene.things == world.state().things


def test_imagined_blocks_are_what_then_happens(window: Window) -> None:
    calm = PhysicalWorld(SCENE)
    calm.restart(0)
    try:
        window.open(calm)
        dynamics = SimulatedDynamics(window, ProposalPolicy())
        before = calm.snapshot()
        actions = acted_out(calm)
        actions = actions[: len(actions) // BLOCK * BLOCK]
        calm.restore(before)
        state = dynamics.begin(TruePerceiver(window).look(calm.observe())).repeat(2)
        for block in torch.from_numpy(actions).split(BLOCK):
            (state,) = dynamics.after_block(state, torch.stack([block, 0 * block]))
        for action in actions:
            calm.step(action)
        truth = np.array([thing.position for thing in calm.state().things])
    finally:
        calm.close()
    imagined = dynamics.where(state.tokens).numpy()
    assert np.abs(imagined[0] - truth).max() < 1e-6
    assert np.abs(imagined[1] - [A.position, B.position]).max() < 1e-3
    assert state.tool[0].numpy() == pytest.approx(calm_tool(actions), abs=1e-6)


def calm_tool(actions: np.ndarray) -> np.ndarray:
    """Return the proprioception after ``actions`` in a world of its own."""
    world = PhysicalWorld(SCENE)
    world.restart(0)
    try:
        return [world.step(action) for action in actions][-1]
    finally:
        world.close()


def test_an_imagined_manipulation_is_carried_out_and_the_world_stays_as_it_is(
    world: PhysicalWorld, window: Window
) -> None:
    dynamics = SimulatedDynamics(window, ProposalPolicy())
    believed = TruePerceiver(window).look(world.observe())
    before = world.state()
    state = dynamics.begin(believed)
    (after,) = dynamics.after_manipulation(state.repeat(2), encoded([MOVE, MOVE]))
    positions = dynamics.where(after.tokens)
    assert torch.allclose(positions[0], positions[1], atol=0.02)
    assert float((positions[0, 0] - torch.tensor(MOVE.target)).norm()) < 0.01
    for thing, old in zip(world.state().things, before.things, strict=True):
        assert thing.position == pytest.approx(old.position, abs=1e-4)


def test_what_is_believed_and_does_not_exist_stays_where_it_is_believed(world: PhysicalWorld, window: Window) -> None:
    believed = TruePerceiver(window).look(world.observe())
    believed = type(believed)(
        torch.zeros(2, 3), believed.tool, Scene("b", (GHOST, A)), torch.ones(2).bool(), torch.ones(2)
    )
    dynamics = SimulatedDynamics(window, ProposalPolicy())
    (after,) = dynamics.after_manipulation(dynamics.begin(believed), encoded([MOVE]))
    positions = dynamics.where(after.tokens)[0]
    assert torch.allclose(positions[0], torch.tensor(GHOST.position))
    assert float((positions[1] - torch.tensor(MOVE.target)).norm()) < 0.01


def test_the_copy_does_not_foresee_chance(window: Window) -> None:
    unlucky = PhysicalWorld(SCENE, physics=Physics(slip=0.5))
    unlucky.restart(0)
    try:
        window.open(unlucky)
        dynamics = SimulatedDynamics(window, ProposalPolicy())
        believed = TruePerceiver(window).look(unlucky.observe())
        chances = []
        for seed in (1, 2):
            unlucky.restart(seed)
            (after,) = dynamics.after_manipulation(dynamics.begin(believed), encoded([MOVE]))
            chances.append(dynamics.where(after.tokens))
    finally:
        unlucky.close()
    assert torch.equal(*chances)


@pytest.fixture
def calm(window: Window) -> Iterator[PhysicalWorld]:
    """A world in which chance plays no part, open to the window."""
    made = PhysicalWorld(SCENE)
    made.restart(0)
    window.open(made)
    yield made
    made.close()


def rehearsed(world: PhysicalWorld) -> np.ndarray:
    """Return the actions ``[T, A]`` of ``MOVE``, and leave ``world`` as it was."""
    start = world.snapshot()
    actions = acted_out(world)
    world.restore(start)
    return actions


def test_the_exact_twin_judges_from_the_true_state_and_not_from_the_belief(calm: PhysicalWorld, window: Window) -> None:
    actions = rehearsed(calm)
    believed = TruePerceiver(window).look(calm.observe())
    assert ExactTwin(window)(believed, plan_of(actions), ON).accepted
    calm.place(A.id, (0.1, -0.1, 0.02))
    verdict = ExactTwin(window)(believed, plan_of(actions), ON)
    assert (verdict.accepted, verdict.code) == (False, "unmet")


@pytest.mark.parametrize(("kind", "accepted"), [("push", True), ("pick_place", False)])
def test_the_exact_twin_demands_what_the_check_does(
    calm: PhysicalWorld, window: Window, kind: str, *, accepted: bool
) -> None:
    (x, y, _), (u, v, z) = A.position, MOVE.target
    further = replace(MOVE, kind=kind, target=(x + 1.5 * (u - x), y + 1.5 * (v - y), z))
    plan = replace(plan_of(rehearsed(calm)), manipulations=(further,))
    verdict = ExactTwin(window)(TruePerceiver(window).look(calm.observe()), plan, ON)
    assert verdict.accepted is accepted, "a push need only come nearer"


@pytest.mark.parametrize(
    ("fact", "accepted"), [(Fact("clear", (GHOST.id,)), True), (Fact("next_to", (A.id, GHOST.id)), False)]
)
def test_the_exact_twin_minds_a_thing_that_does_not_exist_only_where_the_check_demands_it(
    calm: PhysicalWorld, window: Window, fact: Fact, *, accepted: bool
) -> None:
    believed = TruePerceiver(window).look(calm.observe())
    believed = replace(believed, scene=Scene("b", (*believed.scene.things, GHOST)))
    verdict = ExactTwin(window)(believed, plan_of(rehearsed(calm)), Subgoal((*ON.facts, fact)))
    assert verdict.accepted is accepted


def test_the_exact_twin_rejects_what_moves_a_thing_that_does_not_exist(world: PhysicalWorld, window: Window) -> None:
    believed = TruePerceiver(window).look(world.observe())
    verdict = ExactTwin(window)(believed, plan_of(np.zeros((3, 4), np.float32), thing="green_cube_1"), ON)
    assert not verdict.accepted
    assert "green_cube_1" in verdict.reason


def test_the_thing_met_is_the_one_whose_upper_face_is_nearest(world: PhysicalWorld) -> None:
    assert met(world, (0.1, 0.05, 0.04)).id == A.id
    assert met(world, (-0.04, 0.0, 0.05)).id == B.id
