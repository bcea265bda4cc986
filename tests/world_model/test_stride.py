"""A stride computes what the proposals, the level-1 predictor and the read-outs compute one after the other."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from simulator.base import MAX_STEP, TOOL_CEILING
from simulator.camera import DEFAULT_CAMERAS
from world_model.base import BLOCK, seeded
from world_model.checkpoint import load_checkpoint
from world_model.compiled import CompiledStrider, session_of
from world_model.model import TOOL_REACH, LatentState, Lead, ModelConfig, WorldModel
from world_model.proposals import Aim
from world_model.stride import stride_graph

TARGET, CLEARANCE = torch.tensor([-0.1, 0.05, 0.02]), torch.tensor(0.12)


def other_model() -> WorldModel:
    torch.manual_seed(4)
    return WorldModel(ModelConfig(DEFAULT_CAMERAS, width=32, hidden=48)).eval()


@pytest.fixture(scope="module", params=["shipped", "of other widths"])
def model(request: pytest.FixtureRequest) -> WorldModel:
    return load_checkpoint()[0] if request.param == "shipped" else other_model()


def drawn_state(model: WorldModel, rows: int, things: int) -> LatentState:
    generator = seeded(rows + 100 * things)
    tokens = 0.5 * torch.randn((rows, things, model.config.width), generator=generator)
    size = 0.03 + 0.03 * torch.rand((1, things, 4), generator=generator)
    tool = torch.rand((rows, 5), generator=generator) * 0.5 - torch.tensor([0.25, 0.25, 0.0, 0.0, 0.0])
    tool[:, 3:] = (tool[:, 3:] > 0.25).float()
    return LatentState.of(tokens, size.expand(rows, -1, -1), tool, torch.ones(rows, things, dtype=torch.bool))


def asked(state: LatentState, positions: Tensor, row: int, push: float, rows: int) -> Aim:
    parts = (state.size[0, row], TARGET, CLEARANCE, torch.tensor(push))
    return Aim(positions[:rows, row], *(part.expand(rows, *part.shape) for part in parts))


@pytest.mark.parametrize("push", [0.0, 1.0])
@pytest.mark.parametrize(("rows", "things"), [(1, 1), (24, 3), (5, 9)])
@torch.inference_mode()
def test_a_stride_of_any_number_of_rows_and_things_agrees_with_its_parts(
    model: WorldModel, rows: int, things: int, push: float
) -> None:
    state = drawn_state(model, rows, things)
    positions, row = model.where(state.tokens), things // 2
    moves = 0.01 * torch.randn((rows, BLOCK, 3), generator=seeded(4))
    aim = asked(state, positions, row, push, 1)
    stride = CompiledStrider(session_of(stride_graph(model)), state, row, aim, 0.7)
    for lead in (None, Lead(torch.arange(rows) % 2 == 0, moves)):
        led = stride(state, positions, seeded(3), lead)
        block = model.proposals.sample(
            state.tool, asked(state, positions, row, push, rows), temperature=0.7, generator=seeded(3)
        )
        if lead is not None:
            block[lead.rows, :, :3] = lead.moves[lead.rows]
        after, *_ = model.after_block(state, block)
        assert float((led.block - block).abs().max()) < 1e-6
        assert torch.equal(led.block[..., 3], block[..., 3])
        assert torch.allclose(led.state.tokens, after.tokens, atol=1e-5)
        assert torch.allclose(led.state.tool, after.tool, atol=1e-5)
        assert torch.allclose(led.positions, model.where(after.tokens), atol=1e-6)


@torch.inference_mode()
def test_a_stride_keeps_the_tool_within_its_reach(model: WorldModel) -> None:
    state = drawn_state(model, 4, 2)
    state.tool[:, :3] = torch.tensor([TOOL_REACH - 0.01, 0.0, TOOL_CEILING - 0.01])
    positions = model.where(state.tokens)
    stride = CompiledStrider(session_of(stride_graph(model)), state, 0, asked(state, positions, 0, 0.0, 1), 0.7)
    lead = Lead(torch.ones(4, dtype=torch.bool), torch.full((4, BLOCK, 3), MAX_STEP))
    led = stride(state, positions, seeded(3), lead)
    assert led.state.tool[:, 0].tolist() == pytest.approx([TOOL_REACH] * 4)
    assert led.state.tool[:, 1].tolist() == pytest.approx([3 * MAX_STEP] * 4)
    assert led.state.tool[:, 2].tolist() == pytest.approx([TOOL_CEILING] * 4)
