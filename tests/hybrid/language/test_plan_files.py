"""Covers the network of plans on disk: it comes back as it was, and whatever is missing or broken is named."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest
import torch

from hybrid.errors import CheckpointError
from hybrid.language.network import CARD_FILE, TOKENIZER_FILE, WEIGHTS_FILE
from hybrid.language.plan_files import SHIPPED_PLANS, load_plans, save_plans
from hybrid.language.plan_network import told
from hybrid.language.plan_wire import FORMS, MOST_TOKENS, TOKEN_ID
from tests.hybrid.language.small import small_architecture, small_plans
from tests.hybrid.language.tables import table

TABLE = table(("red", "cube", 0.0, 0.1), ("blue", "cube", 0.0, -0.1)).things
CARD = {"architecture": asdict(replace(small_architecture(), wire_positions=MOST_TOKENS + 1))}


@pytest.fixture
def folder(tmp_path):
    save_plans(tmp_path, small_plans(), CARD)
    return tmp_path


def test_a_network_comes_back_as_it_was_but_for_half_precision(folder):
    tokens = torch.tensor([[TOKEN_ID[FORMS["numbers"]]]])
    with torch.inference_mode():
        was, now = (
            plans.network.scores(plans.network.read(told(plans.tokenizer, [("put red on blue", TABLE)])), tokens)
            for plans in (small_plans(), load_plans(folder))
        )
    assert torch.allclose(was, now, atol=2e-2)


@pytest.mark.parametrize("name", [WEIGHTS_FILE, TOKENIZER_FILE, CARD_FILE])
def test_a_missing_file_is_named_with_its_remedy(folder, name):
    (folder / name).unlink()
    with pytest.raises(CheckpointError, match=r"plan .*python -m hybrid\.language\.plan_train"):
        load_plans(folder)


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("version", 99, "its version is unknown"),
        ("weights_sha256", "0" * 64, "not the ones the card names"),
        ("output", ["<pad>"], "plans in another form"),
        ("architecture", None, "plans in another form"),
    ],
)
def test_a_card_that_does_not_fit_is_refused(folder, field, value, problem):
    card = json.loads((folder / CARD_FILE).read_text())
    (folder / CARD_FILE).write_text(json.dumps({**card, field: value}))
    with pytest.raises(CheckpointError, match=problem):
        load_plans(folder)


def test_the_shipped_network_says_what_it_learned_from_and_is_small():
    card = load_plans().card
    assert (SHIPPED_PLANS / WEIGHTS_FILE).stat().st_size <= 25_000_000
    assert all(first >= 0 and last < 490_000 for first, last in card["seeds"].values())
    assert len(card["stages"]) == 2
    assert all(stage["cpu_seconds"] > 0 for stage in card["stages"])
