"""Which seeds are held out: evaluation claims nothing of smaller ones, and training is not given larger ones."""

from __future__ import annotations

from typing import Final

from hybrid.errors import ConfigError
from hybrid.training import PRACTICE

TEST_SEEDS: Final = 500_000
"""First seed of the held-out range: training and tuning use smaller ones."""
A_SEED: Final = 1000
"""Play seeds that one seed of ``hybrid collect`` stands for: shard k plays with 1000 x seed + k, practice likewise."""


def refuse_training(seed: int) -> None:
    """Refuse a ``seed`` of ``hybrid collect`` or ``hybrid train`` whose play or practice reaches the held-out range.

    Raises:
        ConfigError: it does.
    """
    practised = seed + PRACTICE
    if A_SEED * (practised + 1) > TEST_SEEDS:
        problem = f"{seed} practises with seeds from {A_SEED * practised} on, which are held out for tests"
        raise ConfigError("seed", problem, f"Take a seed below {TEST_SEEDS // A_SEED - PRACTICE}.")


def refuse_testing(seed: int, *, tuning: bool) -> None:
    """Refuse a first ``seed`` of an evaluation that training and tuning may have seen, unless it is for ``tuning``.

    Raises:
        ConfigError: it is negative, or lies in the range of training and tuning.
    """
    if seed < 0:
        raise ConfigError("seed", f"{seed} is negative", f"Test seeds start at {TEST_SEEDS}.")
    if seed < TEST_SEEDS and not tuning:
        remedy = f"Take a seed of at least {TEST_SEEDS}, or say --tuning and claim nothing of the result."
        raise ConfigError("seed", f"{seed} lies in the range of training and tuning", remedy)
