"""Decoding of plans: a beam that may only write what is a plan for the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import DynamicCache, EncoderDecoderCache

from hybrid.language.plan_files import LoadedPlans
from hybrid.language.plan_network import told
from hybrid.language.plan_wire import END, FORMS, MOST_TOKENS, TOKEN_ID, allowed
from hybrid.language.plans import PlanForm
from simulator.base import Thing


@dataclass(frozen=True)
class DecodedPlan:
    """A plan as tokens, its form left out, and the natural logarithm of its probability among all plans."""

    tokens: tuple[str, ...]
    log_probability: float


def decoded(
    plans: LoadedPlans, text: str, things: Sequence[Thing], form: PlanForm, width: int = 1
) -> list[DecodedPlan]:
    """Return up to ``width`` different plans, most probable first; one is the greedy plan.

    Raises:
        LanguageError: the request is too long, or the table holds too much.
    """
    with torch.inference_mode():
        read = plans.network.read(told(plans.tokenizer, [(text, things)]))
        cache = EncoderDecoderCache(DynamicCache(), DynamicCache())
        live, ended = [DecodedPlan((), 0.0)], list[DecodedPlan]()
        tokens = torch.tensor([[TOKEN_ID[FORMS[form]]]])
        for _ in range(MOST_TOKENS):
            scores = plans.network.scores(read.repeated(len(live)), tokens, cache)[:, -1]
            grown = _grown(live, scores, things, form, width)
            ended += [plan for _, plan in grown if plan.tokens[-1] == END]
            ended = sorted(ended, key=lambda plan: -plan.log_probability)[:width]
            going = [(row, plan) for row, plan in grown if plan.tokens[-1] != END]
            if not going or (len(ended) == width and ended[-1].log_probability >= going[0][1].log_probability):
                break
            if [row for row, _ in going] != list(range(len(live))):
                cache.reorder_cache(torch.LongTensor([row for row, _ in going]))
            live = [plan for _, plan in going]
            tokens = torch.tensor([[TOKEN_ID[plan.tokens[-1]]] for plan in live])
    return ended


def _grown(
    live: Sequence[DecodedPlan], scores: Tensor, things: Sequence[Thing], form: PlanForm, width: int
) -> list[tuple[int, DecodedPlan]]:
    """The best ``width`` continuations of all plans, each with the row it came from; ``scores`` is ``[B, V]``."""
    found: list[tuple[int, DecodedPlan]] = []
    for row, plan in enumerate(live):
        able = allowed(plan.tokens, form, things)
        logs = torch.log_softmax(scores[row, [TOKEN_ID[token] for token in able]], dim=-1)
        best = logs.topk(min(width, len(able)))
        for score, index in zip(best.values.tolist(), best.indices.tolist(), strict=True):
            found.append((row, DecodedPlan((*plan.tokens, able[index]), plan.log_probability + score)))
    return sorted(found, key=lambda pair: -pair[1].log_probability)[:width]
