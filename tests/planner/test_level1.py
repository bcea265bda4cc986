"""Level 1: only what a manipulation can meet is imagined, whole rollouts are judged as if watched block by block."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from planner.base import Manipulation, Striding
from planner.contact import ABOVE
from planner.cost import (
    BLOCK_PRICE,
    DOUBT,
    FAR,
    GRIP,
    LOW,
    PRESSED,
    RETREAT,
    SCRAPE,
    STRUCK,
    TIP,
    UNFINISHED,
    ControlCost,
    Recorder,
    Rollout,
)
from planner.focus import focused
from planner.geometry import GeometricDynamics
from planner.level1 import ControlSearch, imagine, led, rested, select
from simulator.base import Scene, Thing
from world_model.base import BLOCK, Belief, seeded
from world_model.checkpoint import DEFAULT, load_checkpoint
from world_model.compiled import CompiledModel
from world_model.model import WorldModel, path


def cube(name: str, x: float, y: float, z: float = 0.02) -> Thing:
    return Thing(name, "cube", "red", (0.04, 0.04, 0.04), (x, y, z))


A, NEAR, TARGET, LANE, FAR_OFF = (
    cube("a", 0.1, 0.1),
    cube("near", 0.1, 0.16),
    cube("target", -0.1, -0.1),
    cube("lane", 0.0, 0.01),
    cube("far", 0.2, -0.2),
)
CARRY = Manipulation("pick_place", "a", (0.1, 0.1, 0.04), (-0.1, -0.1, 0.06), 0.1)
PUSH = Manipulation("push", "a", (0.1, 0.1, 0.04), (-0.1, -0.1, 0.02), 0.1)


def belief_of(*things: Thing) -> Belief:
    count = len(things)
    tool = torch.tensor([0.1, 0.05, 0.15, 0.0, 0.0])
    return Belief(torch.zeros(count, 6), tool, Scene("b", things), torch.ones(count).bool(), torch.ones(count))


@pytest.fixture(scope="module")
def model() -> WorldModel:
    return load_checkpoint()[0]


@pytest.fixture(scope="module")
def geometry(model: WorldModel) -> GeometricDynamics:
    return GeometricDynamics(model.proposals)


def test_a_carried_thing_meets_its_neighbours_at_both_ends_only() -> None:
    near, rows = focused(belief_of(FAR_OFF, LANE, TARGET, NEAR, A), CARRY)
    assert [thing.id for thing in near.scene.things] == ["target", "near", "a"]
    assert rows == [2, 3, 4]
    assert len(near.tokens) == len(near.visible) == len(near.confidence) == 3


def test_a_pushed_thing_meets_what_stands_in_its_lane_too() -> None:
    near, _ = focused(belief_of(FAR_OFF, LANE, TARGET, NEAR, A), PUSH)
    assert [thing.id for thing in near.scene.things] == ["lane", "target", "near", "a"]


def test_what_is_far_away_changes_no_control_step_and_stays_where_it_is(geometry: GeometricDynamics) -> None:
    alone = select(geometry, belief_of(A, TARGET), CARRY, ControlSearch(), seeded(3))
    among = select(geometry, belief_of(FAR_OFF, A, LANE, TARGET), CARRY, ControlSearch(), seeded(3))
    assert among.actions.tobytes() == alone.actions.tobytes()
    assert torch.equal(among.positions[[1, 3]], alone.positions)
    assert among.positions[0].tolist() == pytest.approx(FAR_OFF.position)
    assert among.positions[2].tolist() == pytest.approx(LANE.position)


def test_the_selected_sequence_brings_the_thing_to_its_target(geometry: GeometricDynamics) -> None:
    chosen = select(geometry, belief_of(A, TARGET), CARRY, ControlSearch(), seeded(0))
    assert float((chosen.positions[0] - torch.tensor(CARRY.target)).norm()) < 0.02
    assert len(chosen.actions) % BLOCK == 0
    assert chosen.actions[-1, 3] == 0
    assert chosen.energy < UNFINISHED


def deepest(cost: ControlCost, tip: torch.Tensor) -> float:
    """How deep the tip is in one of the other things, all of which stand upright."""
    inside = [0.0]
    for other, outline in zip(cost.before[0, 1:], cost.start.size[0, 1:], strict=True):
        if float(tip[2]) < float(other[2] + outline[2] / 2) + LOW:
            inside.append(float(outline[0]) / 2 + TIP - float((tip - other)[:2].norm()))
    return max(inside)


def watched(cost: ControlCost, rollout: Rollout, s: int) -> float:
    """The cost of one sequence, told block by block as a person would watch it."""
    reach = 0.0 if cost.pushing else FAR
    doubt, depth, scraped, worked, length, end = 0.0, 0.0, 0.0, False, 0, rollout.positions[0, s]
    struck = 0.0
    for block, tool, place, before in zip(
        rollout.actions[:, s], rollout.tools[1:, s], rollout.positions[1:, s], rollout.tools[:-1, s], strict=True
    ):
        if not worked and not cost.pushing:
            for tip, action in zip(path(before[None, :3], block[None])[0], block, strict=True):
                aside = tip - (cost.before[0, cost.row] + torch.tensor([0.0, 0.0, cost.half - GRIP]))
                distance = 0.5 * float(aside[:2].norm()) + max(0.0, float(aside[2]))
                reach = min(reach, distance) if action[3] > 0.5 else reach
                if float(aside[:2].norm()) < cost.broad + TIP:
                    depth = max(depth, -float(aside[2]) - PRESSED)
                    scraped = max(scraped, float(action[:2].norm()) if float(aside[2]) < ABOVE else 0.0)
        struck = max(struck, *(deepest(cost, tip) for tip in path(before[None, :3], block[None])[0]))
        length, end, top = length + 1, place, float(place[cost.row, 2]) + cost.half
        worked = worked or bool(tool[2] < top if cost.pushing else tool[4] > 0.5)
        if worked and tool[3] > 0.5:
            doubt = max(doubt, 1 - float(tool[4]))
        if worked and tool[3] < 0.5 and float(tool[2]) > top + RETREAT:
            break
    else:
        doubt += UNFINISHED / DOUBT
    moved = [max(0.0, float(d) - 0.01) for d in (end - cost.before[0]).norm(dim=-1)]
    miss = float((end[cost.row] - cost.target).norm())
    strain = miss + reach + depth + SCRAPE * scraped + (STRUCK + struck if struck > 0 else 0.0)
    return strain + DOUBT * doubt + sum(moved) - moved[cost.row] + BLOCK_PRICE * length


@pytest.mark.parametrize("manipulation", [CARRY, PUSH], ids=lambda m: m.kind)
@torch.no_grad()
def test_a_whole_rollout_is_judged_as_if_watched_block_by_block(model: WorldModel, manipulation: Manipulation) -> None:
    belief = belief_of(A, TARGET, NEAR)
    generator = seeded(1)
    cost = ControlCost(
        GeometricDynamics(model.proposals), GeometricDynamics(model.proposals).begin(belief), 0, manipulation
    )
    rollout = imagine(cost, ControlSearch(candidates=12, blocks=9, quorum=1.1), generator)
    shaken = Rollout(
        rollout.actions,
        (rollout.tools + 0.3 * torch.rand(rollout.tools.shape, generator=generator).sub(0.5)).clamp(0, 1),
        rollout.positions + 0.02 * torch.randn(rollout.positions.shape, generator=generator),
    )
    for one in (rollout, shaken):
        judged = cost.judge(one)
        expected = [watched(cost, one, s) for s in range(len(judged.cost))]
        assert judged.cost.tolist() == pytest.approx(expected, abs=1e-5)


@torch.no_grad()
def test_scoring_the_imagined_actions_again_gives_the_same_cost(geometry: GeometricDynamics) -> None:
    cost = ControlCost(geometry, geometry.begin(belief_of(A, TARGET)), 0, CARRY)
    rollout = imagine(cost, ControlSearch(candidates=6), seeded(2))
    actions = rollout.actions.transpose(0, 1).flatten(1, 2)[None]
    assert torch.allclose(cost(actions)[0], cost.judge(rollout).cost, atol=1e-6)


@torch.no_grad()
def test_the_worse_half_is_dropped_once_the_thing_is_held(geometry: GeometricDynamics) -> None:
    cost = ControlCost(geometry, geometry.begin(belief_of(A, TARGET)), 0, CARRY)
    assert imagine(cost, ControlSearch(candidates=10, kept=4), seeded(0)).actions.shape[1] == 4
    pushing = ControlCost(geometry, geometry.begin(belief_of(A, TARGET)), 0, PUSH)
    assert imagine(pushing, ControlSearch(candidates=10, kept=4), seeded(0)).actions.shape[1] == 10


def test_a_recorder_keeps_the_rows_it_is_told_to() -> None:
    def rows(*values: float) -> Tensor:
        return torch.tensor(values)[:, None]

    seen = Recorder(rows(0, 1, 2), rows(3, 4, 5))
    seen.add(rows(6, 7, 8), rows(9, 10, 11), rows(12, 13, 14))
    seen.keep(torch.tensor([2, 0]))
    kept = seen.rollout()
    assert kept.actions.tolist() == [[[8], [6]]]
    assert kept.tools.tolist() == [[[2], [0]], [[11], [9]]]
    assert kept.positions.tolist() == [[[5], [3]], [[14], [12]]]


def test_a_plan_ends_with_a_block_of_standing_still() -> None:
    actions = np.full((4, 4), 0.5, dtype=np.float32)
    longer = rested(actions)
    assert longer.shape == (4 + BLOCK, 4)
    assert (longer[:4] == actions).all()
    assert not longer[4:].any()


@torch.no_grad()
def test_some_candidates_are_first_led_over_what_is_to_be_gripped(geometry: GeometricDynamics) -> None:
    search = ControlSearch(candidates=6, blocks=1, kept=6)
    for height, manipulation, count in ((0.05, CARRY, 3), (0.3, CARRY, 3), (0.05, PUSH, 0)):
        belief = replace(belief_of(A, TARGET), tool=torch.tensor([0.2, 0.2, height, 0.0, 0.0]))
        cost = ControlCost(geometry, geometry.begin(belief), 0, manipulation)
        approach = led(belief, manipulation, cost, search)
        assert (approach is not None) == (count > 0)
        free, first = (imagine(cost, search, seeded(0), way).actions[0] for way in (None, approach))
        assert (first != free).any(-1).any(-1).tolist() == [True] * count + [False] * (6 - count)
        assert torch.equal(first[..., 3], free[..., 3])


def test_a_tool_that_holds_the_thing_is_not_led(geometry: GeometricDynamics) -> None:
    belief = replace(belief_of(A, TARGET), tool=torch.tensor([0.1, 0.1, 0.05, 1.0, 1.0]))
    cost = ControlCost(geometry, geometry.begin(belief), 0, CARRY)
    assert led(belief, CARRY, cost, ControlSearch()) is None


@pytest.mark.parametrize("height", [0.25, 0.05])
@pytest.mark.parametrize("manipulation", [CARRY, PUSH], ids=lambda m: m.kind)
def test_whole_strides_choose_the_control_steps_that_their_parts_choose(
    model: WorldModel, manipulation: Manipulation, height: float
) -> None:
    things = (A, NEAR, TARGET, FAR_OFF)
    places = torch.tensor([thing.position for thing in things])
    tokens = model.relocated(torch.zeros(len(things), model.config.width), places).detach()
    tool = torch.tensor([0.1, 0.05, height, 0.0, 0.0])
    belief = replace(belief_of(*things), tokens=tokens, tool=tool)
    compiled = CompiledModel(model, DEFAULT)
    assert isinstance(compiled, Striding)
    assert not isinstance(model, Striding)
    whole, parts = (select(one, belief, manipulation, ControlSearch(), seeded(5)) for one in (compiled, model))
    assert whole.actions.shape == parts.actions.shape
    assert float(np.abs(whole.actions - parts.actions).max()) < 1e-5
    assert whole.energy == pytest.approx(parts.energy, abs=1e-5)
    assert torch.allclose(whole.positions, parts.positions, atol=1e-5)
