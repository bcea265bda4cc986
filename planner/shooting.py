"""The one sampling loop: draw, score, update, remember the best. Rules are given to it, models are unknown to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from planner.rules import Distribution, Rule

Cost = Callable[[Tensor], Tensor]
"""Variables ``[B, S, X]`` (an action sequence is ``[B, S, H * A]``) to cost ``[B, S]``; lower is better."""


@dataclass(frozen=True)
class Found:
    """The best of a search: ``best [B, X]``, its ``cost [B]``, and the lowest cost of every round ``[R, B]``."""

    best: Tensor
    cost: Tensor
    trace: Tensor


def shoot(
    cost: Cost, start: Distribution, rule: Rule, *, samples: int, rounds: int, generator: torch.Generator
) -> Found:
    """Minimise ``cost`` by sampling.

    Args:
        cost: what to minimise.
        start: the first distribution; its mean is always tried.
        rule: how scored samples change the distribution.
        samples: drawn each round.
        rounds: how many.
        generator: the source of randomness.

    Returns:
        The lowest-cost sample ever drawn for each problem; the cost never rises from round to round.
    """
    best, lowest = start.mean, cost(start.mean[:, None])[:, 0]
    current, trace = start, [lowest]
    for _ in range(rounds):
        noise = torch.randn((len(start.mean), samples, start.mean.shape[-1]), generator=generator)
        drawn = current.mean[:, None] + current.std[:, None] * noise
        drawn = torch.cat([current.mean[:, None], current.kept, drawn], dim=1)
        scores = cost(drawn)
        value, index = scores.min(dim=1)
        winner = drawn[torch.arange(len(drawn)), index]
        better = value < lowest
        best = torch.where(better[:, None], winner, best)
        lowest = torch.where(better, value, lowest)
        trace.append(lowest)
        current = rule(current, drawn, scores)
    return Found(best, lowest, torch.stack(trace))
