"""The card of a checkpoint: whatever is wrong with it is refused under the name of the field, with a remedy."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulator.camera import DEFAULT_CAMERAS
from world_model.card import CHECKPOINT_VERSION, Card, read_card, write_card
from world_model.checkpoint import DEFAULT
from world_model.errors import CheckpointError
from world_model.model import ModelConfig

CAMERA = "checkpoint.config.cameras[0]"

Wrong = Callable[[dict[str, Any]], object]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(DEFAULT / "card.json", tmp_path)
    return tmp_path


def spoil(folder: Path, wrong: Wrong) -> None:
    content = json.loads((folder / "card.json").read_text())
    wrong(content)
    (folder / "card.json").write_text(json.dumps(content))


def refused(folder: Path) -> CheckpointError:
    with pytest.raises(CheckpointError) as caught:
        read_card(folder)
    assert "hybrid train" in caught.value.remedy
    return caught.value


def test_a_card_comes_back_as_it_was_written(tmp_path: Path) -> None:
    card = Card(
        "test-0",
        ModelConfig(DEFAULT_CAMERAS, hidden=32),
        {"states": 3},
        {"found": 0.5},
        {"a": [{"b": 1.0}]},
        {"block": "0" * 64},
    )
    write_card(tmp_path, card)
    assert read_card(tmp_path) == card


def test_another_release_is_refused_for_its_version_whatever_else_it_writes(folder: Path) -> None:
    (folder / "card.json").write_text(json.dumps({"version": 99, "architecture": "other"}))
    assert (refused(folder).field, refused(folder).problem) == (
        "checkpoint.version",
        f"99 is not {CHECKPOINT_VERSION}, which this release reads",
    )


@pytest.mark.parametrize("name", ["version", "classes", "name", "config", "data", "metrics", "curve"])
def test_a_missing_field_is_named(folder: Path, name: str) -> None:
    spoil(folder, lambda card: card.pop(name))
    assert (refused(folder).field, refused(folder).problem) == (f"checkpoint.{name}", "it is missing")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON.*recursion"),
        ("\udcff", "not JSON"),
        ("null", "an object, not None"),
        ("[]", r"an object, not \[\]"),
    ],
)
def test_what_is_no_json_object_is_no_card(folder: Path, text: str, problem: str) -> None:
    (folder / "card.json").write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(CheckpointError, match=rf"checkpoint\.card: .*{problem}"):
        read_card(folder)


@pytest.mark.parametrize(
    ("wrong", "field", "problem"),
    [
        (lambda c: c.update(version="2"), "checkpoint.version", "input should be a valid integer, not '2'"),
        (lambda c: c["classes"]["kinds"].pop(), "checkpoint.classes", "it was trained on other kinds or colours"),
        (lambda c: c.update(weights="w"), "checkpoint.weights", "there is no such field"),
        (lambda c: c["graphs"].update(block="f00"), "checkpoint.graphs.block", "not 'f00'"),
        (lambda c: c["graphs"].update(extra="0" * 64), "checkpoint.graphs.extra.[key]", "not 'extra'"),
        (lambda c: c["config"].pop("cameras"), "checkpoint.config.cameras", "it is missing"),
        (lambda c: c["config"].update(cameras="both"), "checkpoint.config.cameras", "array, not 'both'"),
        (lambda c: c["config"].update(cameras=[]), "checkpoint.config.cameras", "there is no camera"),
        (lambda c: c["config"].update(heads=4), "checkpoint.config.heads", "there is no such field"),
        (lambda c: c["config"].update(width="48"), "checkpoint.config.width", "a valid integer, not '48'"),
        (lambda c: c["config"].update(width=True), "checkpoint.config.width", "a valid integer, not True"),
        (lambda c: c["config"].update(width=-1), "checkpoint.config.width", "-1 is not a multiple of 1"),
        (lambda c: c["config"].update(trunk=50), "checkpoint.config.trunk", "50 is not a multiple of 8"),
        (lambda c: c["config"].update(depth=10**9), "checkpoint.config.depth", "1 and 16"),
        (lambda c: c["config"].update(hidden=63), "checkpoint.config.hidden", "63 is not a multiple of 4"),
        (lambda c: c["config"]["cameras"][0].pop("fov"), f"{CAMERA}.fov", "it is missing"),
        (lambda c: c["config"]["cameras"][0].update(eye=None), f"{CAMERA}.eye", "array, not None"),
        (lambda c: c["config"]["cameras"][0]["eye"].pop(), f"{CAMERA}.eye[2]", "it is missing"),
        (lambda c: c["config"]["cameras"][0].update(eye=[0, 0, float("nan")]), f"{CAMERA}.eye", "it is not finite"),
        (lambda c: c["config"]["cameras"][0].update(up=[0, 0, 1]), f"{CAMERA}.up", "along the line of sight"),
        (lambda c: c["config"]["cameras"][0].update(fov=180), f"{CAMERA}.fov", "180.0 is not between 0 and 180"),
        (lambda c: c["config"]["cameras"][0].update(width=-96), f"{CAMERA}.width", "-96 is not a multiple of 4"),
        (
            lambda c: c["config"]["cameras"][1].update(height=64),
            "checkpoint.config.cameras[1].height",
            "it is 64, not 96 as of the first camera",
        ),
    ],
)
def test_a_field_that_cannot_be_is_named(folder: Path, wrong: Wrong, field: str, problem: str) -> None:
    spoil(folder, wrong)
    assert refused(folder).field == field
    assert problem in refused(folder).problem
