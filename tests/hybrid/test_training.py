"""From nothing to a checkpoint: what the commands refuse, and that errors of workers arrive whole."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from hybrid.errors import HybridError, SceneError
from hybrid.training import collect_play, train_preset


def test_an_unknown_preset_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(HybridError) as caught:
        collect_play("huge", tmp_path / "play", workers=1, seed=0, progress=lambda done, total: None)
    assert caught.value.field == "preset"
    assert not (tmp_path / "play").exists()


def test_training_without_play_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(HybridError) as caught:
        train_preset("smoke", tmp_path / "play", tmp_path / "out", seed=0, progress=lambda *_: None)
    assert caught.value.remedy
    assert not (tmp_path / "out" / "card.json").exists()


def test_an_error_of_a_worker_process_arrives_whole() -> None:
    sent = SceneError("scene.things[1].position", "outside the work area", "Keep it inside.")
    arrived = pickle.loads(pickle.dumps(sent))
    assert type(arrived) is SceneError
    assert (arrived.field, arrived.problem, arrived.remedy) == (sent.field, sent.problem, sent.remedy)
    assert str(arrived) == str(sent)
