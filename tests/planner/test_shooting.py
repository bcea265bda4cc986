"""The sampling loop and its rules against brute force on a toy energy, and what every rule must keep."""

from __future__ import annotations

import pytest
import torch

from planner.rules import Distribution, Rule, cem, elites, icem, mppi
from planner.shooting import shoot

RULES = {"cem": cem(), "icem": icem(), "mppi": mppi(temperature=0.05)}


def bumpy(variables: torch.Tensor) -> torch.Tensor:
    """Cost ``[B, S]`` of ``[B, S, 2]``: a bowl with ripples, lowest near (0.3, -0.2)."""
    x, y = variables[..., 0] - 0.3, variables[..., 1] + 0.2
    return x.square() + y.square() + 0.02 * (1 - torch.cos(12 * x)) + 0.02 * (1 - torch.cos(12 * y))


def brute_force() -> float:
    axis = torch.linspace(-1, 1, 401)
    grid = torch.cartesian_prod(axis, axis)
    return float(bumpy(grid[None]).min())


def wide(batch: int) -> Distribution:
    return Distribution(torch.zeros(batch, 2), torch.full((batch, 2), 0.5), torch.zeros(batch, 0, 2))


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_rule_finds_the_minimum_that_brute_force_finds(rule: Rule) -> None:
    found = shoot(bumpy, wide(3), rule, samples=128, rounds=12, generator=torch.Generator().manual_seed(1))
    assert (found.cost < brute_force() + 5e-3).all()
    assert torch.allclose(bumpy(found.best[:, None])[:, 0], found.cost)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_the_lowest_cost_never_rises(rule: Rule) -> None:
    found = shoot(bumpy, wide(2), rule, samples=16, rounds=8, generator=torch.Generator().manual_seed(2))
    assert (found.trace.diff(dim=0) <= 0).all()


def test_the_same_seed_finds_the_same_bytes() -> None:
    one, two = (
        shoot(bumpy, wide(2), icem(), samples=16, rounds=4, generator=torch.Generator().manual_seed(3))
        for _ in range(2)
    )
    assert torch.equal(one.best, two.best)


def test_elites_are_the_cheapest_samples() -> None:
    samples = torch.arange(10.0).view(1, 10, 1)
    assert sorted(elites(samples, (samples[..., 0] - 6).abs(), 3).flatten().tolist()) == [5.0, 6.0, 7.0]


def test_a_start_that_is_already_best_is_kept() -> None:
    at_minimum = Distribution(torch.tensor([[0.3, -0.2]]), torch.full((1, 2), 0.5), torch.zeros(1, 0, 2))
    found = shoot(bumpy, at_minimum, cem(), samples=8, rounds=2, generator=torch.Generator().manual_seed(4))
    assert torch.equal(found.best, at_minimum.mean)
