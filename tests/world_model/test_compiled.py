"""The compiled search path computes what the model computes, and refuses graphs that are not its own."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import get_args

import numpy as np
import onnx
import pytest
import torch
from onnx import numpy_helper
from torch import Tensor

from simulator.camera import DEFAULT_CAMERAS
from world_model.base import BLOCK, seeded
from world_model.card import Card, GraphName, read_card
from world_model.checkpoint import DEFAULT, load_checkpoint, save_checkpoint
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


def bare(folder: Path) -> Path:
    """Take the digests out of the card in ``folder``, as in one written before they were kept."""
    card = json.loads((folder / "card.json").read_text())
    del card["graphs"]
    (folder / "card.json").write_text(json.dumps(card))
    return folder


@pytest.fixture
def copied(folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder, tmp_path / "copied"))


def flipped(path: Path) -> None:
    """Flip the bits of one byte of a weight, which leaves the graph readable and its mark intact."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def test_a_missing_damaged_or_foreign_graph_is_refused_by_name(model: WorldModel, copied: Path) -> None:
    bare(copied)
    whole = (copied / "block.onnx").read_bytes()
    (copied / "block.onnx").write_bytes(whole[:1000])
    with pytest.raises(CheckpointError, match=r"checkpoint\.block.*cannot be read"):
        CompiledModel(model, copied)
    (copied / "block.onnx").unlink()
    with pytest.raises(CheckpointError, match=r"checkpoint\.block.*no block\.onnx"):
        CompiledModel(model, copied)
    torch.manual_seed(3)
    save_checkpoint(copied, WorldModel(model.config), Card("test-1", model.config, {}, {}, {}))
    (bare(copied) / "block.onnx").write_bytes(whole)
    with pytest.raises(CheckpointError, match=r"checkpoint\.block.*other weights"):
        CompiledModel(model, copied)


@pytest.mark.parametrize("name", get_args(GraphName))
def test_a_graph_that_has_changed_since_it_was_written_is_refused_by_name(
    model: WorldModel, copied: Path, name: str
) -> None:
    flipped(copied / f"{name}.onnx")
    with pytest.raises(
        CheckpointError, match=rf"checkpoint\.{name}: {name}\.onnx is not the graph that the card names"
    ):
        CompiledModel(model, copied)


@pytest.mark.parametrize(
    ("graph", "given", "problem"),
    [
        ("where", "block", "does not take what it is given"),
        ("block", "where", "does not compute what the model does"),
        ("block", "manipulation", "does not take what it is given"),
        ("proposals", "where", "does not take what it is given"),
    ],
)
def test_without_a_digest_one_graph_is_not_taken_for_another(
    model: WorldModel, copied: Path, graph: str, given: str, problem: str
) -> None:
    shutil.copy(bare(copied) / f"{given}.onnx", copied / f"{graph}.onnx")
    with pytest.raises(CheckpointError, match=rf"checkpoint\.{graph}: {graph}\.onnx {problem}"):
        CompiledModel(model, copied)


def test_without_a_digest_a_changed_weight_is_seen_in_what_the_graph_computes(model: WorldModel, copied: Path) -> None:
    graph = onnx.load(str(bare(copied) / "block.onnx"))
    (bias,) = (value for value in graph.graph.initializer if value.name.endswith("level1.leave.1.bias"))
    bias.CopyFrom(numpy_helper.from_array(np.full(bias.dims, np.nan, np.float32), bias.name))
    onnx.save(graph, str(copied / "block.onnx"))
    with pytest.raises(CheckpointError, match=r"checkpoint\.block: .* does not compute what the model does"):
        CompiledModel(model, copied)


def test_a_checkpoint_from_before_digests_were_kept_is_still_used(model: WorldModel, copied: Path) -> None:
    before = state(2, 3)
    old = CompiledModel(model, bare(copied))
    assert torch.allclose(old.where(before.tokens), model.where(before.tokens), atol=1e-6)


def test_the_card_names_the_digest_of_every_graph(folder: Path) -> None:
    for checkpoint in (folder, DEFAULT):
        digests = read_card(checkpoint).graphs
        assert set(digests) == set(get_args(GraphName))
        for name, digest in digests.items():
            assert digest == hashlib.sha256((checkpoint / f"{name}.onnx").read_bytes()).hexdigest()
