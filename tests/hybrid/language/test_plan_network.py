"""Covers the network of plans: what it is told of a table, and that neighbours in a batch change nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from hybrid.errors import LanguageError
from hybrid.language.plan_network import TEXT_ROOM, told
from hybrid.language.plan_wire import BIN, FORMS, MOST_THINGS, PLAN_TOKENS, TOKEN_ID
from simulator.base import COLOURS, KINDS
from tests.hybrid.language.small import small_plans, small_tokenizer
from tests.hybrid.language.tables import table

STACKED = table(
    ("red", "cube", 0.1, 0.0),
    ("green", "cube", 0.1, 0.0, 0.04),
    ("blue", "cube", 0.1, 0.0, 0.08),
    ("white", "bowl", -0.1, 0.0),
).things
LONE = table(("red", "ball", 0.0, 0.0)).things


def scores(requests):
    plans = small_plans()
    tokens = torch.tensor([[TOKEN_ID[FORMS["steps"]], TOKEN_ID["t0"]]] * len(requests))
    with torch.inference_mode():
        return plans.network.scores(plans.network.read(told(plans.tokenizer, requests)), tokens)


def test_what_rests_on_what_is_told():
    made = told(small_tokenizer(), [("stack", STACKED)])
    assert made.below.tolist() == [[0, 1, 2, 0]]
    assert made.above.tolist() == [[2, 3, 0, 0]]


def test_colours_and_kinds_are_told_apart():
    tokenizer = small_tokenizer()
    called = [tokenizer.token_to_id(word) or 0 for word in (*COLOURS, *KINDS)]
    assert len(set(called)) == len(called), "one word at most may have no piece of its own"


def test_a_request_scores_the_same_alone_and_beside_a_longer_one():
    alone = scores([("put red aside", LONE)])
    both = scores(
        [("put the red ball on the blue one, then everything else in the bowl", STACKED), ("put red aside", LONE)]
    )
    assert torch.allclose(alone[0], both[1], atol=1e-5)


def test_where_things_are_and_what_they_are_called_both_count():
    here = scores([("put red aside", LONE)])
    there = scores([("put red aside", (replace(LONE[0], position=(0.2, 0.1, 0.02)),))])
    other = scores([("put red aside", (replace(LONE[0], colour="blue"),))])
    assert not torch.allclose(here, there, atol=1e-4)
    assert not torch.allclose(here, other, atol=1e-4)


def test_where_a_thing_is_seen_can_be_copied():
    plans = small_plans()
    with torch.inference_mode():
        read = plans.network.read(told(plans.tokenizer, [("x", (replace(LONE[0], position=(0.1, -0.05, 0.02)),))]))
    best_x, best_y = read.kernel[0, 0].view(2, -1).argmax(-1).tolist()
    assert (BIN * (best_x - 50), BIN * (best_y - 50)) == (100, -50)
    assert read.kernel.shape[-1] == sum(token[0] in "xy" and token[1:].lstrip("-").isdigit() for token in PLAN_TOKENS)


def test_too_much_to_tell_is_refused():
    full = table(*(("red", "cube", 0.0, 0.0) for _ in range(MOST_THINGS + 1))).things
    with pytest.raises(LanguageError, match=rf"scene: it has 13 things\. Keep at most {MOST_THINGS}"):
        told(small_tokenizer(), [("x", full)])
    with pytest.raises(LanguageError, match=f"in at most {TEXT_ROOM} tokens"):
        told(small_tokenizer(), [("red " * 300, LONE)])


def test_a_full_table_can_be_told():
    full = table(*(("red", "cube", 0.01 * k, 0.0) for k in range(MOST_THINGS))).things
    assert scores([("red " * (TEXT_ROOM - 2), full)]).isfinite().all()
