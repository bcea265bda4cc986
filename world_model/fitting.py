"""One optimisation loop for every phase of training: cosine schedule, progress, and a checkpoint to resume from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

CLIP = 5.0
"""Largest gradient norm."""

Step = Callable[[int, torch.Generator], tuple[Tensor, dict[str, float]]]
Progress = Callable[[str, int, int, dict[str, float]], None]


@dataclass(frozen=True)
class Fit:
    """How long and how fast one phase is trained.

    Attributes:
        name: of the phase; also names its checkpoint.
        iterations: optimiser steps.
        rate: peak learning rate; warmed up for 3 %, then cosine to 0.
        decay: weight decay.
        every: iterations between checkpoints.
    """

    name: str
    iterations: int
    rate: float
    decay: float = 0.01
    every: int = 100


def fit(
    plan: Fit,
    module: nn.Module,
    parameters: Iterable[nn.Parameter],
    step: Step,
    *,
    folder: Path,
    seed: int,
    progress: Progress,
) -> list[dict[str, float]]:
    """Minimise ``step(iteration, generator)`` over ``parameters`` of ``module``, resuming from ``folder``.

    Batches are drawn from a generator seeded by the iteration, so a resumed run sees the same ones. Returns the
    curve: the parts of the loss averaged over every checkpoint interval, with their iteration.
    """
    path = folder / f"{plan.name}.pt"
    optimiser = torch.optim.AdamW(list(parameters), lr=plan.rate, weight_decay=plan.decay)
    warm = max(1, plan.iterations * 3 // 100)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, plan.rate, total_steps=plan.iterations + 1, pct_start=warm / plan.iterations, div_factor=10
    )
    start, curve = 0, []
    if path.exists():
        kept = torch.load(path, weights_only=True)
        module.load_state_dict(kept["module"])
        optimiser.load_state_dict(kept["optimiser"])
        schedule.load_state_dict(kept["schedule"])
        start, curve = int(kept["iteration"]), list(kept["curve"])
    sums: dict[str, float] = {}
    for iteration in range(start, plan.iterations):
        generator = torch.Generator().manual_seed(seed * 1_000_003 + iteration)
        loss, parts = step(iteration, generator)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(optimiser.param_groups[0]["params"], CLIP)
        optimiser.step()
        schedule.step()
        for name, value in parts.items():
            sums[name] = sums.get(name, 0.0) + value
        done = iteration + 1
        if done % plan.every == 0 or done == plan.iterations:
            count = plan.every if done % plan.every == 0 else done % plan.every
            means = {name: value / count for name, value in sums.items()}
            curve.append({"iteration": float(done), **means})
            sums = {}
            save(path, module, optimiser, schedule, done, curve)
            progress(plan.name, done, plan.iterations, means)
    return curve


def save(
    path: Path,
    module: nn.Module,
    optimiser: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LRScheduler,
    iteration: int,
    curve: list[dict[str, float]],
) -> None:
    """Write a resumable checkpoint; a torn write never replaces a whole one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    torch.save(
        {
            "module": module.state_dict(),
            "optimiser": optimiser.state_dict(),
            "schedule": schedule.state_dict(),
            "iteration": iteration,
            "curve": curve,
        },
        part,
    )
    part.replace(path)
