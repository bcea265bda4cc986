"""The hand-written transition: grips, carries, drops, pushes as geometry says; agrees with physics on clean moves."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from planner.base import Manipulation
from planner.cost import encoded
from planner.geometry import GeometricDynamics
from simulator.base import FloatArray, Scene, Thing, WorldState
from simulator.script import Intent, Phase, scripted_action
from simulator.tabletop import Tabletop
from world_model.base import BLOCK, Belief
from world_model.model import LatentState
from world_model.proposals import ProposalPolicy

CUBE = (0.04, 0.04, 0.04)
GEOMETRY = GeometricDynamics(ProposalPolicy())


def cube(name: str, x: float, y: float, z: float = 0.02) -> Thing:
    return Thing(name, "cube", "red", CUBE, (x, y, z))


def belief_of(*things: Thing, tool: tuple[float, float, float] = (0.1, 0.0, 0.1), sealed: bool = False) -> Belief:
    count = len(things)
    proprioception = torch.tensor([*tool, float(sealed), float(sealed)])
    tokens = torch.zeros(count, 4)
    return Belief(tokens, proprioception, Scene("b", things), torch.ones(count).bool(), torch.ones(count))


def after(belief: Belief, actions: FloatArray) -> LatentState:
    state = GEOMETRY.begin(belief)
    for block in torch.from_numpy(actions).float().split(BLOCK):
        still = torch.cat([torch.zeros(BLOCK - len(block), 3), block[-1:, 3:].expand(BLOCK - len(block), 1)], dim=-1)
        (state,) = GEOMETRY.after_block(state, torch.cat([block, still])[None])
    return state


def moved_to(belief: Belief, manipulation: Manipulation) -> torch.Tensor:
    (state,) = GEOMETRY.after_manipulation(GEOMETRY.begin(belief), encoded([manipulation]))
    return GEOMETRY.where(state.tokens)[0]


def scripted(
    things: tuple[Thing, ...], intent: Intent, start: tuple[float, float, float]
) -> tuple[np.ndarray, WorldState]:
    table, phase, actions = Tabletop(things, tool=start), Phase(), []
    try:
        for _ in range(80):
            action, phase = scripted_action(table.state(), intent, phase)
            table.step(action)
            actions.append(action)
            if phase.done:
                return np.array(actions), table.state()
    finally:
        table.close()
    pytest.fail("the script never finished")


def pick(thing: Thing, target: tuple[float, float, float]) -> Manipulation:
    return Manipulation("pick_place", thing.id, (*thing.position[:2], thing.top), target, 0.1)


def test_a_manipulation_puts_the_topmost_thing_under_the_grip_on_the_highest_thing_under_the_target() -> None:
    low, top, base = cube("low", 0.1, 0.0), cube("top", 0.1, 0.0, 0.06), cube("base", -0.1, 0.0)
    positions = moved_to(belief_of(low, top, base), pick(low, (-0.1, 0.0, 0.02)))
    assert torch.allclose(positions[1], torch.tensor([-0.1, 0.0, 0.06]), atol=1e-6)
    assert torch.allclose(positions[[0, 2]], torch.tensor([low.position, base.position]))


def test_a_manipulation_that_misses_moves_nothing() -> None:
    one = cube("one", 0.1, 0.0)
    missing = Manipulation("pick_place", "one", (0.12, 0.0, 0.04), (-0.1, 0.0, 0.02), 0.1)
    assert torch.allclose(moved_to(belief_of(one), missing), torch.tensor([one.position]))


def test_what_goes_into_a_container_lies_on_its_floor() -> None:
    tray = Thing("tray", "tray", "red", (0.12, 0.12, 0.02), (-0.1, 0.0, 0.01))
    positions = moved_to(belief_of(cube("one", 0.1, 0.0), tray), pick(cube("one", 0.1, 0.0), (-0.1, 0.0, 0.05)))
    assert float(positions[0, 2]) == pytest.approx(0.024)


def test_a_pushed_thing_goes_to_its_target_at_its_height_and_pushes_nothing_else() -> None:
    one, other = cube("one", 0.1, 0.0), cube("other", 0.0, 0.0)
    push = Manipulation("push", "one", (0.1, 0.0, 0.04), (-0.1, 0.0, 0.5), 0.1)
    positions = moved_to(belief_of(one, other), push)
    assert torch.allclose(positions, torch.tensor([(-0.1, 0.0, 0.02), other.position]))


@pytest.mark.parametrize("target", [(-0.1, 0.05, 0.02), (0.0, -0.1, 0.06)], ids=["table", "stack"])
def test_carrying_agrees_with_physics(target: tuple[float, float, float]) -> None:
    things, start = (cube("a", 0.1, 0.0), cube("b", 0.0, -0.1)), (0.1, 0.05, 0.15)
    actions, truth = scripted(things, Intent(False, "a", target, 0.1), start)
    state = after(belief_of(*things, tool=start), actions)
    imagined = GEOMETRY.where(state.tokens)[0].numpy()
    assert np.abs(imagined - [thing.position for thing in truth.things]).max() < 0.006
    assert np.abs(state.tool[0, :3].numpy() - truth.tool).max() < 0.01
    assert float(state.tool[0, 4]) == 0.0


def test_pushing_straight_agrees_with_physics() -> None:
    things, start = (cube("a", 0.1, 0.0),), (0.16, 0.0, 0.1)
    actions, truth = scripted(things, Intent(True, "a", (-0.02, 0.0, 0.02), 0.1), start)
    imagined = GEOMETRY.where(after(belief_of(*things, tool=start), actions).tokens)[0, 0].numpy()
    assert np.abs(imagined - truth.things[0].position).max() < 0.01


def test_a_held_thing_is_recognised_and_let_go_of_onto_what_is_below() -> None:
    held, below = cube("held", 0.0, 0.0, 0.16), cube("below", 0.005, 0.0)
    belief = belief_of(held, below, tool=(0.0, 0.0, 0.18), sealed=True)
    state = after(belief, np.array([[0, 0, 0, 1.0]] * 3, dtype=np.float32))
    assert float(state.tool[0, 4]) == 1.0
    assert float(GEOMETRY.where(state.tokens)[0, 0, 2]) == pytest.approx(0.16)
    dropped = after(belief, np.zeros((3, 4), dtype=np.float32))
    assert float(GEOMETRY.where(dropped.tokens)[0, 0, 2]) == pytest.approx(0.06)
    assert float(dropped.tool[0, 4]) == 0.0


def test_the_tip_does_not_sink_into_what_it_comes_down_on_and_seals_there() -> None:
    one = cube("one", 0.0, 0.0)
    down = np.array([[0, 0, -0.02, 1.0]] * 6, dtype=np.float32)
    state = after(belief_of(one, tool=(0.005, 0.0, 0.1)), down)
    assert float(state.tool[0, 2]) == pytest.approx(0.04, abs=1e-6)
    assert float(state.tool[0, 4]) == 1.0


def test_an_empty_table_only_moves_the_tool() -> None:
    state = after(belief_of(tool=(0.0, 0.0, 0.1)), np.array([[0.02, 0, 0, 0.0]] * 3, dtype=np.float32))
    assert torch.allclose(state.tool[0], torch.tensor([0.06, 0.0, 0.1, 0.0, 0.0]))
    assert GEOMETRY.where(state.tokens).shape == (1, 0, 3)
