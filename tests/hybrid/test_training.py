"""From nothing to a checkpoint: what the commands refuse, and that errors of workers arrive whole."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from hybrid.errors import HybridError, SceneError
from hybrid.training import collect_play, train_preset
from world_model.checkpoint import load_checkpoint
from world_model.train import PRESETS, Preset

TINY = Preset(
    "tiny", episodes=26, practice=1, encoder=2, refine=2, control=2, fovea=2, level1=3, level2=3, proposals=2,
    practised=2, pairs=2,
)  # fmt: skip
"""Enough to run through every phase; the first and the last episode are held out."""


def quietly(phase: str, done: int, total: int, parts: dict[str, float]) -> None:
    """Tell nobody of progress."""


def practised(out: Path) -> list[Path]:
    """Return the shards of practice of a run."""
    return sorted((out / "run" / "practice").iterdir())


def test_an_unknown_preset_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(HybridError) as caught:
        collect_play("huge", tmp_path / "play", workers=1, seed=0, progress=lambda done, total: None)
    assert caught.value.field == "preset"
    assert not (tmp_path / "play").exists()


def test_training_without_play_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(HybridError) as caught:
        train_preset("smoke", (tmp_path / "play" / "shard_0_0000",), tmp_path / "out", seed=0, progress=quietly)
    assert caught.value.remedy
    assert not (tmp_path / "out" / "card.json").exists()


def test_training_ends_in_a_checkpoint_and_goes_on_only_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PRESETS, "tiny", TINY)
    play, out = tmp_path / "play", tmp_path / "out"
    shards = collect_play("tiny", play, workers=1, seed=0, progress=lambda done, total: None)
    shutil.copytree(shards[0], play / "shard_1_0000")
    train_preset("tiny", shards, out, seed=0, progress=quietly)
    model, kept = load_checkpoint(out)
    assert kept.name == "tiny-0"
    states = sum(len(np.load(shard / "image.npy")) for shard in (*shards, *practised(out)))
    assert kept.data["states"] == states, "it learns from its own play and nothing else that lies there"
    assert set(kept.curve) >= {"encoder", "refine", "random", "fovea", "proposals", "level1", "level2", "practised"}
    assert all(bool(torch.isfinite(value).all()) for value in model.state_dict().values())
    before = (out / "weights.safetensors").read_bytes()
    train_preset("tiny", shards, out, seed=0, progress=quietly)
    assert (out / "weights.safetensors").read_bytes() == before, "a finished run is not trained further"
    with pytest.raises(HybridError) as caught:
        train_preset("tiny", shards, out, seed=1, progress=quietly)
    assert caught.value.field == "out"
    assert "holds another run" in str(caught.value)
    assert (out / "weights.safetensors").read_bytes() == before
    shutil.rmtree(out / "run")  # which is what that error advises
    assert not list(out.rglob("shard_*")), "another run would learn from practice that is not its own"


def test_an_error_of_a_worker_process_arrives_whole() -> None:
    sent = SceneError("scene.things[1].position", "outside the work area", "Keep it inside.")
    arrived = pickle.loads(pickle.dumps(sent))
    assert type(arrived) is SceneError
    assert (arrived.field, arrived.problem, arrived.remedy) == (sent.field, sent.problem, sent.remedy)
    assert str(arrived) == str(sent)
