"""The world model's shapes, its promises about imagination, and that it sees no simulator."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from simulator.base import MAX_STEP
from simulator.camera import DEFAULT_CAMERAS
from world_model.base import seeded
from world_model.model import LatentState, ModelConfig, WorldModel, commanded, stacked
from world_model.proposals import Aim
from world_model.sigreg import sigreg


@pytest.fixture(scope="module")
def model() -> WorldModel:
    torch.manual_seed(0)
    return WorldModel(ModelConfig(DEFAULT_CAMERAS)).eval()


def states(count: int, things: int = 3) -> LatentState:
    generator = seeded(1)
    return LatentState.of(
        torch.randn(count, things, 48, generator=generator),
        torch.full((count, things, 4), 0.04),
        torch.tensor([[0.0, 0.0, 0.1, 0.0, 0.0]]).expand(count, -1),
        torch.ones(count, things, dtype=torch.bool),
    )


@torch.no_grad()
def test_images_become_votes_of_both_views(model: WorldModel) -> None:
    rgb = torch.randint(0, 255, (1, 2, 96, 96, 3), generator=seeded(0)).to(torch.uint8)
    votes = model.votes(rgb, torch.zeros(1, 2, 96, 96, dtype=torch.uint8))
    assert votes.centres.shape == (1, 2 * 48 * 48, 3)
    assert (votes.weight > 0).all()


@torch.no_grad()
def test_imagination_does_not_depend_on_the_order_of_things(model: WorldModel) -> None:
    state, action = states(2), torch.zeros(2, 3, 4)
    order = [2, 0, 1]
    shuffled = LatentState.of(state.tokens[:, order], state.size[:, order], state.tool, state.present[:, order])
    one, two = model.after_block(state, action)[0].tokens, model.after_block(shuffled, action)[0].tokens
    assert torch.allclose(one[:, order], two, atol=1e-5)


@torch.no_grad()
def test_absent_rows_do_not_change_what_is_imagined(model: WorldModel) -> None:
    state = states(1)
    more = LatentState.of(
        torch.cat([state.tokens, torch.randn(1, 2, 48, generator=seeded(5))], 1),
        torch.cat([state.size, torch.ones(1, 2, 4)], 1),
        state.tool,
        torch.cat([state.present, torch.zeros(1, 2, dtype=torch.bool)], 1),
    )
    leap = torch.tensor([[0.0, 0.0, 0.0, 0.04, 0.1, 0.1, 0.02, 0.1]])
    alone, beside = (model.after_manipulation(s, leap)[0].tokens[:, :3] for s in (state, more))
    assert torch.allclose(alone, beside, atol=1e-5)


def test_the_tool_stays_within_reach_and_moves_at_most_a_step() -> None:
    tip = torch.tensor([[0.26, 0.0, 0.01]])
    end = commanded(tip, torch.tensor([[[1.0, 0.01, -1.0, 0.0]] * 3]))
    assert torch.allclose(end, torch.tensor([[0.27, 0.03, 0.004]]))
    assert float((commanded(tip, torch.full((1, 3, 4), -0.5)) - tip).abs().max()) <= 3 * MAX_STEP + 1e-6


def test_proposals_respect_the_limits_and_the_seed(model: WorldModel) -> None:
    aim = Aim(
        torch.zeros(8, 3), torch.full((8, 4), 0.04), torch.full((8, 3), 0.1), torch.full((8,), 0.1), torch.zeros(8)
    )
    tool = torch.zeros(8, 5)
    with torch.no_grad():
        one, two = (model.proposals.sample(tool, aim, temperature=0.5, generator=seeded(7)) for _ in range(2))
    assert torch.equal(one, two)
    assert one[..., :3].abs().max() <= MAX_STEP
    assert set(one[..., 3].unique().tolist()) <= {0.0, 1.0}


def test_states_are_stacked_and_taken_apart_again() -> None:
    state = states(3)
    again = stacked([state.row(k) for k in range(3)])
    assert torch.equal(again.tokens, state.tokens)


def test_sigreg_prefers_a_normal_cloud_to_a_collapsed_one() -> None:
    normal = torch.randn(512, 16, generator=seeded(2))
    assert sigreg(normal, seeded(3)) < 0.2 * sigreg(torch.full((512, 16), 0.3), seeded(3))


def test_planner_and_world_model_cannot_reach_the_running_simulator() -> None:
    code = (
        "import importlib, pkgutil, sys, planner, world_model\n"
        "for package in (planner, world_model):\n"
        "    for module in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):\n"
        "        importlib.import_module(module.name)\n"
        "allowed = {'simulator', 'simulator.base', 'simulator.errors', 'simulator.pinhole', 'simulator.places'}\n"
        "reached = {n for n in sys.modules if n == 'pybullet' or n.split('.')[0] == 'simulator'} - allowed\n"
        "sys.exit(', '.join(sorted(reached)) or 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
