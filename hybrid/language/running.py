"""A resumable training run of an embedded network: optimiser and schedule, its state on disk, and how far it is.

Rates rise over the first few steps and fall along a cosine to 2 %. The state is written every few minutes and read
back when the run is begun again. Knows torch; knows nothing of what is learned.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Generic, TypeVar

import torch
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from torch import Tensor, nn

STATE_FILE: Final = "state.pt"
_FLOOR: Final = 0.02
"""Share of the peak rate at the end."""
_WORDS: Final = "embeddings.word_embeddings.weight"
Batch = TypeVar("Batch")
Model = TypeVar("Model", bound=nn.Module)


@dataclass(frozen=True)
class Schedule:
    """How long and how fast; rates as in the prototype of EVIDENCE 7."""

    samples: int = 80_000
    batch: int = 32
    seed: int = 1
    encoder_rate: float = 2.5e-4
    decoder_rate: float = 1.3e-3
    warmup: float = 0.03
    """Share of the steps over which the rates rise."""
    short_share: float = 0.3
    """Share of the pools, from the start, whose samples are short."""
    threads: int = 1
    save_seconds: float = 150.0

    @property
    def total(self) -> int:
        """Number of steps."""
        return self.samples // self.batch


@dataclass
class Run(Generic[Model]):
    """Everything a resumed run needs."""

    model: Model
    optimiser: torch.optim.Optimizer
    step: int
    seconds: float
    losses: list[float]

    @property
    def loss(self) -> float:
        """Mean loss of a token over the last hundred steps."""
        return round(sum(self.losses[-100:]) / len(self.losses[-100:]), 4)


def begun(out: Path, model: Model, encoder: nn.Module, schedule: Schedule, *, words: bool = False) -> Run[Model]:
    """Return a run of ``model``, continued where ``out`` holds its state.

    ``encoder`` is the part of the model with its own rate; its word embeddings are learned only with ``words``.
    """
    encoder.get_parameter(_WORDS).requires_grad_(words)
    inside = {id(parameter) for parameter in encoder.parameters()}
    groups = [
        {"params": [p for p in encoder.parameters() if p.requires_grad], "peak": schedule.encoder_rate},
        {"params": [p for p in model.parameters() if id(p) not in inside], "peak": schedule.decoder_rate},
    ]
    optimiser = torch.optim.AdamW(groups, lr=schedule.encoder_rate, weight_decay=0.01, betas=(0.9, 0.98))
    run = Run(model.train(), optimiser, 0, 0.0, [])
    if (out / STATE_FILE).is_file():
        state = torch.load(out / STATE_FILE, weights_only=True)
        model.load_state_dict(state["model"])
        optimiser.load_state_dict(state["optimiser"])
        run.step, run.seconds, run.losses = state["step"], state["seconds"], state["losses"]
    return run


def driven(
    out: Path, run: Run[Model], schedule: Schedule, batches: Iterable[Batch], update: Callable[[Batch], float]
) -> None:
    """Take one step a batch, telling of progress and writing the state to ``out`` now and then and at the end."""
    began, saved = time.process_time() - run.seconds, time.monotonic()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns) as progress:
        bar = progress.add_task("training", total=schedule.total, completed=run.step)
        for batch in batches:
            run.losses.append(update(batch))
            run.step += 1
            run.seconds = time.process_time() - began
            mean = sum(run.losses[-50:]) / len(run.losses[-50:])
            progress.update(bar, completed=run.step, description=f"loss {mean:.3f}")
            if time.monotonic() - saved > schedule.save_seconds:
                _save(out, run)
                saved = time.monotonic()
    _save(out, run)


def stepped(run: Run[Model], schedule: Schedule, loss: Tensor) -> float:
    """Take one step down ``loss``, at the rate of the schedule; return its value."""
    share = (run.step + 1) / schedule.total
    fallen = _FLOOR + (1.0 - _FLOOR) * 0.5 * (1.0 + math.cos(math.pi * min(share, 1.0)))
    for group in run.optimiser.param_groups:
        group["lr"] = group["peak"] * min(share / schedule.warmup, 1.0) * fallen
    run.optimiser.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(run.model.parameters(), 1.0)
    run.optimiser.step()
    return loss.item()


def _save(out: Path, run: Run[Model]) -> None:
    state = {
        "model": run.model.state_dict(),
        "optimiser": run.optimiser.state_dict(),
        "step": run.step,
        "seconds": run.seconds,
        "losses": run.losses[-1000:],
    }
    torch.save(state, out / "state.tmp")
    (out / "state.tmp").replace(out / STATE_FILE)
