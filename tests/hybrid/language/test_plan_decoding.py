"""Covers decoding of plans: always a plan for the table, whatever the weights; beams are sorted and distinct."""

from __future__ import annotations

import pytest
import torch

from hybrid.language.plan_decoding import decoded
from hybrid.language.plan_network import told
from hybrid.language.plan_wire import FORMS, TOKEN_ID, allowed, plan_of
from hybrid.language.plans import MAX_PLAN
from tests.hybrid.language.small import small_plans
from tests.hybrid.language.tables import table

TEXT = "put the red cube on the blue one"
TABLE = table(("red", "cube", 0.0, 0.1), ("blue", "cube", 0.0, -0.1), ("white", "bowl", 0.1, 0.0)).things


def teacher_forced(plans, tokens, form):
    """Log-probability of a plan from one pass without a cache, masked at every position."""
    begin = torch.tensor([[TOKEN_ID[FORMS[form]], *(TOKEN_ID[token] for token in tokens[:-1])]])
    with torch.inference_mode():
        scores = plans.network.scores(plans.network.read(told(plans.tokenizer, [(TEXT, TABLE)])), begin)[0]
    total = 0.0
    for k, token in enumerate(tokens):
        able = [TOKEN_ID[other] for other in allowed(tokens[:k], form, TABLE)]
        total += (scores[k, TOKEN_ID[token]] - torch.logsumexp(scores[k, able], 0)).item()
    return total


@pytest.mark.parametrize("form", ["steps", "numbers"])
@pytest.mark.parametrize("seed", range(6))
def test_an_untrained_network_still_writes_plans_for_the_table(seed, form):
    for plan in decoded(small_plans(seed), TEXT, TABLE, form, 3):
        assert len(plan_of(plan.tokens, form, TABLE)) <= MAX_PLAN


@pytest.mark.parametrize("form", ["steps", "numbers"])
def test_probabilities_match_a_pass_without_cache(form):
    plans = small_plans(2)
    for plan in decoded(plans, TEXT, TABLE, form, 3):
        assert plan.log_probability == pytest.approx(teacher_forced(plans, plan.tokens, form), abs=1e-2)


def test_a_beam_is_sorted_and_distinct():
    found = decoded(small_plans(1), TEXT, TABLE, "steps", 4)
    chances = [plan.log_probability for plan in found]
    assert chances == sorted(chances, reverse=True)
    assert len({plan.tokens for plan in found}) == len(found) > 1
