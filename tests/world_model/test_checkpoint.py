"""Checkpoints: what is saved comes back, and what does not fit is refused by name."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from simulator.camera import DEFAULT_CAMERAS
from world_model.card import Card
from world_model.checkpoint import DEFAULT, load_checkpoint, save_checkpoint
from world_model.errors import CheckpointError
from world_model.model import ModelConfig, WorldModel


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(1)
    folder = tmp_path_factory.mktemp("written")
    model = WorldModel(ModelConfig(DEFAULT_CAMERAS))
    save_checkpoint(folder, model, Card("test-0", model.config, {}, {}, {}))
    return folder


@pytest.fixture
def saved(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(written, tmp_path / "saved"))


def edited(folder: Path, **changes: object) -> Path:
    card = json.loads((folder / "card.json").read_text())
    (folder / "card.json").write_text(json.dumps({**card, **changes}))
    return folder


def test_a_checkpoint_comes_back_in_half_precision(saved: Path) -> None:
    torch.manual_seed(1)
    model, (again, card) = WorldModel(ModelConfig(DEFAULT_CAMERAS)), load_checkpoint(saved)
    assert card.name == "test-0"
    assert not again.training
    for one, two in zip(model.parameters(), again.parameters(), strict=True):
        assert torch.allclose(one, two, atol=2e-3)


def test_the_shipped_checkpoint_loads_for_the_default_cameras() -> None:
    _, card = load_checkpoint(DEFAULT, cameras=DEFAULT_CAMERAS)
    assert card.metrics["perception_cm"]


def test_a_missing_checkpoint_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="hybrid train"):
        load_checkpoint(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("index", "change", "named"),
    [
        (0, {"fov": 40.0}, r"cameras\[0\]\.fov: .*fov 26\.3 of the overhead camera, not 40\.0"),
        (
            1,
            {"eye": (0.0, 0.0, 1.0)},
            r"cameras\[1\]\.eye: .*\(-1\.04, 0\.0, 0\.92\) of the oblique camera, not \(0\.0, 0",
        ),
        (1, {"width": 64, "height": 64}, r"cameras\[1\]\.width: .*width 96 of the oblique camera, not 64"),
        (0, {"name": "side"}, r"cameras\[0\]\.name: .*name overhead of the overhead camera, not side"),
    ],
)
def test_another_camera_is_refused_value_against_value(
    saved: Path, index: int, change: dict[str, Any], named: str
) -> None:
    others = list(DEFAULT_CAMERAS)
    others[index] = replace(others[index], **change)
    with pytest.raises(CheckpointError, match=named):
        load_checkpoint(saved, cameras=tuple(others))


def test_another_number_of_cameras_is_refused(saved: Path) -> None:
    with pytest.raises(CheckpointError, match="trained with 2 cameras, not with 1"):
        load_checkpoint(saved, cameras=DEFAULT_CAMERAS[:1])


def test_weights_of_another_architecture_are_refused(saved: Path) -> None:
    card = json.loads((saved / "card.json").read_text())
    with pytest.raises(CheckpointError, match="architecture"):
        load_checkpoint(edited(saved, config={**card["config"], "width": 32}))


def test_damaged_weights_are_refused(saved: Path) -> None:
    weights = saved / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[: weights.stat().st_size // 2])
    with pytest.raises(CheckpointError, match="weights"):
        load_checkpoint(saved)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_weights_that_are_not_finite_are_refused_by_name(saved: Path, value: float) -> None:
    weights = load_file(saved / "weights.safetensors")
    weights["level1.enter.weight"][0, 0] = value
    save_file(weights, saved / "weights.safetensors")
    with pytest.raises(CheckpointError, match=r"checkpoint\.weights: level1\.enter\.weight is not finite"):
        load_checkpoint(saved)
