"""The compiled search path computes what the model computes, and refuses graphs that are not its own."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from simulator.camera import DEFAULT_CAMERAS
from world_model.base import BLOCK, seeded
from world_model.card import Card
from world_model.checkpoint import load_checkpoint, save_checkpoint
from world_model.compiled import CompiledModel
from world_model.errors import CheckpointError
from world_model.model import LatentState, ModelConfig, WorldModel
from world_model.proposals import Aim


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(2)
    path = tmp_path_factory.mktemp("checkpoint")
    model = WorldModel(ModelConfig(DEFAULT_CAMERAS))
    save_checkpoint(path, model, Card("test-0", model.config, {}, {}, {}))
    return path


@pytest.fixture(scope="module")
def model(folder: Path) -> WorldModel:
    return load_checkpoint(folder)[0]


@pytest.fixture(scope="module")
def compiled(folder: Path, model: WorldModel) -> CompiledModel:
    return CompiledModel(model, folder)


def drawn(*shape: int, seed: int = 0) -> Tensor:
    return 0.1 * torch.rand(shape, generator=seeded(seed))


def state(rows: int, things: int) -> LatentState:
    present = torch.ones(rows, things, dtype=torch.bool)
    return LatentState.of(drawn(rows, things, 48), drawn(rows, things, 4), drawn(rows, 5), present)


def agree(one: LatentState, two: LatentState) -> None:
    for part in ("tokens", "size", "tool", "present", "fate"):
        assert torch.allclose(getattr(one, part), getattr(two, part), atol=1e-5), part


@pytest.mark.parametrize(("rows", "things"), [(1, 1), (24, 4), (3, 9), (5, 0)])
@torch.inference_mode()
def test_graphs_of_any_number_of_rows_and_things_agree_with_the_model(
    compiled: CompiledModel, model: WorldModel, rows: int, things: int
) -> None:
    before = state(rows, things)
    steps, whole = drawn(rows, BLOCK, 4, seed=1) - 0.05, drawn(rows, 8, seed=2)
    agree(compiled.after_block(before, steps)[0], model.after_block(before, steps)[0])
    agree(compiled.after_manipulation(before, whole)[0], model.after_manipulation(before, whole)[0])
    assert torch.allclose(compiled.where(before.tokens), model.where(before.tokens), atol=1e-6)


@pytest.mark.parametrize("temperature", [0.0, 0.7])
@torch.inference_mode()
def test_equal_chance_draws_equal_blocks(compiled: CompiledModel, model: WorldModel, temperature: float) -> None:
    tool = drawn(16, 5)
    aim = Aim(drawn(16, 3, seed=1), drawn(16, 4, seed=2), drawn(16, 3, seed=3), drawn(16, seed=4), torch.zeros(16))
    one = compiled.proposals.sample(tool, aim, temperature=temperature, generator=seeded(7))
    two = model.proposals.sample(tool, aim, temperature=temperature, generator=seeded(7))
    assert torch.allclose(one, two, atol=1e-6)
    assert one.shape == (16, BLOCK, 4)


def test_a_missing_damaged_or_foreign_graph_is_refused_by_name(model: WorldModel, tmp_path: Path) -> None:
    save_checkpoint(tmp_path, model, Card("test-0", model.config, {}, {}, {}))
    whole = (tmp_path / "block.onnx").read_bytes()
    (tmp_path / "block.onnx").write_bytes(whole[:1000])
    with pytest.raises(CheckpointError, match=r"checkpoint\.block.*cannot be read"):
        CompiledModel(model, tmp_path)
    (tmp_path / "block.onnx").unlink()
    with pytest.raises(CheckpointError, match=r"checkpoint\.block.*no block\.onnx"):
        CompiledModel(model, tmp_path)
    torch.manual_seed(3)
    save_checkpoint(tmp_path, WorldModel(model.config), Card("test-1", model.config, {}, {}, {}))
    (tmp_path / "block.onnx").write_bytes(whole)
    with pytest.raises(CheckpointError, match=r"checkpoint\.block.*other weights"):
        CompiledModel(model, tmp_path)
