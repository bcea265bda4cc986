"""Covers training of plans: it lowers the loss, a resumed run is the run that was not stopped, and its files load."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest
import torch

from hybrid.language import plan_samples
from hybrid.language import plan_train as training
from hybrid.language.network import Network
from hybrid.language.plan_files import load_plans
from hybrid.language.plan_train import PlanRecipe, tensors, train_plans
from hybrid.language.plan_wire import FORMS, TOKEN_ID
from tests.hybrid.language.small import small_architecture, small_network

RECIPE = PlanRecipe(samples=48, batch=4, encoder_rate=5e-3, decoder_rate=2e-2)


@pytest.fixture(autouse=True)
def few_samples(monkeypatch):
    monkeypatch.setattr(plan_samples, "SHARES", {"place": 2, "blocksworld": 2})
    monkeypatch.setattr(plan_samples, "SAID", 2)
    monkeypatch.setattr(training, "DRAWN", {"place": 0.4, "blocksworld": 0.3, "said": 0.3})
    monkeypatch.setattr(training, "HELD_OUT_SAMPLES", 1)


def origin():
    made = small_network()
    return Network(made.model, made.tokenizer, {"architecture": asdict(small_architecture()), "weights_sha256": "0"})


def losses(folder):
    return torch.load(folder / "state.pt", weights_only=True)["losses"]


def test_training_lowers_the_loss_and_leaves_a_network_that_loads(tmp_path):
    final = train_plans(tmp_path, replace(RECIPE, samples=96), origin())
    found = losses(tmp_path)
    assert len(found) == 24
    assert sum(found[-4:]) < 0.9 * sum(found[:4])
    card = load_plans(final).card
    assert [stage["begun_with"] for stage in card["stages"]] == ["0"]
    assert set(card["held_out"]) == {f"{source} {form}" for source in training.DRAWN for form in FORMS}


def test_a_run_stopped_and_continued_equals_one_that_was_not(tmp_path, monkeypatch):
    train_plans(tmp_path / "whole", RECIPE, origin())
    real, calls = training._update, []

    def stop_after_five(*arguments):
        if len(calls) == 5:
            raise KeyboardInterrupt
        calls.append(1)
        return real(*arguments)

    monkeypatch.setattr(training, "_update", stop_after_five)
    with pytest.raises(KeyboardInterrupt):
        train_plans(tmp_path / "parts", replace(RECIPE, save_seconds=-1.0), origin())
    monkeypatch.setattr(training, "_update", real)
    train_plans(tmp_path / "parts", RECIPE, origin())
    assert losses(tmp_path / "parts") == losses(tmp_path / "whole")


def test_training_goes_on_from_earlier_weights_and_remembers_both_stages(tmp_path):
    first = load_plans(train_plans(tmp_path / "first", RECIPE, origin()))
    begun = training._begin(training.Path("nowhere"), RECIPE, first).model
    assert all(torch.equal(begun.state_dict()[name], tensor) for name, tensor in first.network.state_dict().items())
    second = load_plans(train_plans(tmp_path / "second", replace(RECIPE, seed=8), first)).card
    assert [stage["begun_with"] for stage in second["stages"]] == ["0", first.card["weights_sha256"]]


def test_training_begins_with_what_the_decomposer_knows():
    begun = training._begin(training.Path("nowhere"), RECIPE, origin()).model
    learned = origin().model.state_dict()
    assert all(torch.equal(tensor, learned[f"encoder.{name}"]) for name, tensor in begun.encoder.state_dict().items())
    assert not begun.encoder.get_parameter("embeddings.word_embeddings.weight").requires_grad


def test_both_forms_of_a_plan_are_learned_side_by_side():
    sample = next(plan_samples.said_samples(1))
    requests, labels = tensors([sample], origin().tokenizer)
    assert requests.ids.shape[0] == 1
    assert labels[:, 0].tolist() == [TOKEN_ID[token] for token in FORMS.values()]
