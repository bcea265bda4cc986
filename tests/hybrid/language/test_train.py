"""Covers training: it lowers the loss, a resumed run is the run that was not stopped, and its files load."""

from __future__ import annotations

import pytest
import torch

from hybrid.language import train as training
from hybrid.language.network import load
from hybrid.language.pretrained import Start
from hybrid.language.train import Recipe, generator_digest, train
from tests.hybrid.language.small import small_architecture, small_tokenizer

RECIPE = Recipe(samples=64, batch=4, encoder_rate=5e-3, decoder_rate=2e-2)


@pytest.fixture(autouse=True)
def small_start(monkeypatch):
    """Start from nothing rather than from the pretrained package, and spare the long final measurement."""

    def start(tokenizer=None):
        return Start(tokenizer or small_tokenizer(), ("gizmo",), {}, small_architecture())

    monkeypatch.setattr(training, "start", start)
    monkeypatch.setattr(training, "HELD_OUT_SAMPLES", 3)
    monkeypatch.setattr(training, "_SPELLED", 300)


def losses(folder):
    return torch.load(folder / "state.pt", weights_only=True)["losses"]


def test_training_lowers_the_loss_and_leaves_a_network_that_loads(tmp_path):
    final = train(tmp_path, RECIPE)
    found = losses(tmp_path)
    assert len(found) == 16
    assert sum(found[-4:]) < 0.9 * sum(found[:4])
    card = load(final).card
    assert card["generator_sha256"] == generator_digest()
    assert [stage["steps"] for stage in card["stages"]] == [16]


def test_a_run_that_begins_with_another_names_both_stages(tmp_path):
    first = train(tmp_path / "one", RECIPE)
    second = train(tmp_path / "two", RECIPE, first)
    assert len(load(second).card["stages"]) == 2


def test_a_run_stopped_and_continued_equals_one_that_was_not(tmp_path, monkeypatch):
    train(tmp_path / "whole", RECIPE)
    real, calls = training._update, []

    def stop_after_seven(*arguments):
        if len(calls) == 7:
            raise KeyboardInterrupt
        calls.append(1)
        return real(*arguments)

    monkeypatch.setattr(training, "_update", stop_after_seven)
    recipe = Recipe(samples=64, batch=4, encoder_rate=5e-3, decoder_rate=2e-2, save_seconds=-1.0)
    with pytest.raises(KeyboardInterrupt):
        train(tmp_path / "parts", recipe)
    monkeypatch.setattr(training, "_update", real)
    train(tmp_path / "parts", recipe)
    assert losses(tmp_path / "parts") == losses(tmp_path / "whole")
