"""Foresight: intervals by whole episodes, what each model is told, and both tables over fresh play."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from hybrid.evaluation import foresight
from hybrid.evaluation.foresight import HAND_WRITTEN, between, hand_written, imagined
from simulator.collect import collect
from world_model.batches import label_film
from world_model.checkpoint import load_checkpoint
from world_model.data import read_play
from world_model.train_predictors import encode_all, start_state
from world_model.views import Geometry


def test_an_interval_resamples_whole_episodes() -> None:
    values, groups = np.repeat([0.0, 1.0], 500), np.repeat([0, 1], 500)
    assert between(lambda rows: float(values[rows].mean()), groups) == (0.0, 1.0), "two episodes say little"
    low, high = between(lambda rows: float(values[rows].mean()), np.arange(1000))
    assert 0.45 < low < 0.5 < high < 0.55
    assert between(lambda _: None, groups) == (0.0, 1.0), "nothing is known"


def test_both_models_start_from_what_is_read_off_the_same_tokens(tmp_path: Path) -> None:
    play, (model, _) = read_play(collect(tmp_path, episodes=4, workers=1, seed=3)), load_checkpoint()
    with torch.inference_mode():
        cache = encode_all(model, label_film(play, Geometry(play.cameras)))
        pairs = play.manipulations()
        state = start_state(play, cache, pairs[:, 0])
        plain = hand_written(model, play, state, pairs[:, 0])
        assert torch.equal(plain.tokens[..., :3], model.where(state.tokens))
        places = imagined(model, play, cache, pairs[:, 0], level=2)
    kind = play.of_episode("kind", pairs[:, 0])
    assert torch.equal(plain.tokens[..., 4] > 0, torch.from_numpy((kind >= 0) & (kind < 3)))
    truth = play.floats("position", pairs[:, 1])
    about = torch.from_numpy(play["intent"][pairs[:, 0], 1].astype(np.int64))
    error = {name: (where - truth).norm(dim=-1)[torch.arange(len(pairs)), about] for name, where in places.items()}
    assert error["learned"].median() < 0.02 < 0.05 < error["copy-last"].median()
    assert error[HAND_WRITTEN].median() < 0.02


def test_the_command_prints_both_tables(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(foresight, "DRAWS", 10)
    monkeypatch.setattr("sys.argv", ["foresight", "--seed", "5", "--episodes", "3", "--workers", "1", "--tuning"])
    foresight.main()
    out = capsys.readouterr().out
    assert all(word in out for word in ("one manipulation", "toppled", "strayed", HAND_WRITTEN, "copy-last"))


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (["--seed", "5"], "seed"),
        (["--seed", "900", "--episodes", "0"], "episodes"),
        (["--seed", "900", "--workers", "-1"], "workers"),
    ],
)
def test_bad_arguments_and_training_seeds_are_refused_by_name(
    asked: list[str], field: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["foresight", *asked])
    with pytest.raises(SystemExit) as ended:
        foresight.main()
    assert ended.value.code == 2
    assert field in capsys.readouterr().err
