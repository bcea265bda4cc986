"""Update rules of sampling-based optimisation: pure functions from scored samples to the next distribution.

* CEM: Rubinstein, "The Cross-Entropy Method", 1999.
* iCEM: Pinneri et al., "Sample-efficient Cross-Entropy Method for Real-time Planning", 2020 (elites are kept).
* MPPI: Williams et al., "Information Theoretic MPC", 2017.

Shapes: ``[B]`` problems, ``[S]`` samples, ``[X]`` variables.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Distribution:
    """A diagonal Gaussian over variables, and samples worth trying again.

    Attributes:
        mean, std: ``[B, X]``.
        kept: ``[B, E, X]`` samples carried over, possibly none (``E`` = 0).
    """

    mean: Tensor
    std: Tensor
    kept: Tensor


Rule = Callable[[Distribution, Tensor, Tensor], Distribution]
"""``rule(distribution, samples [B, S, X], costs [B, S])`` returns the next distribution."""


def elites(samples: Tensor, costs: Tensor, count: int) -> Tensor:
    """Return the ``count`` samples of lowest cost, ``[B, count, X]``."""
    best = costs.topk(count, dim=1, largest=False).indices
    return samples.gather(1, best[..., None].expand(-1, -1, samples.shape[-1]))


def cem(share: float = 0.125, floor: float = 1e-4) -> Rule:
    """Fit the distribution to the elites; ``share`` of the samples are elites, ``floor`` bounds the std from below."""

    def update(distribution: Distribution, samples: Tensor, costs: Tensor) -> Distribution:
        best = elites(samples, costs, max(2, int(share * samples.shape[1])))
        return Distribution(best.mean(1), best.std(1).clamp(min=floor), distribution.kept[:, :0])

    return update


def icem(share: float = 0.125, keep: float = 0.3, momentum: float = 0.1, floor: float = 1e-4) -> Rule:
    """CEM with momentum that carries the ``keep`` share of its elites into the next round."""

    def update(distribution: Distribution, samples: Tensor, costs: Tensor) -> Distribution:
        count = max(2, int(share * samples.shape[1]))
        best = elites(samples, costs, count)
        mean = momentum * distribution.mean + (1 - momentum) * best.mean(1)
        std = momentum * distribution.std + (1 - momentum) * best.std(1)
        return Distribution(mean, std.clamp(min=floor), best[:, : max(1, int(keep * count))])

    return update


def mppi(temperature: float = 0.01) -> Rule:
    """Weigh all samples by ``exp(-cost / temperature)``; the std stays as it is."""

    def update(distribution: Distribution, samples: Tensor, costs: Tensor) -> Distribution:
        weight = torch.softmax(-(costs - costs.amin(1, keepdim=True)) / temperature, dim=1)
        return Distribution((weight[..., None] * samples).sum(1), distribution.std, distribution.kept[:, :0])

    return update
