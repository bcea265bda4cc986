"""From nothing to a checkpoint: play in the simulator, then train the world model on what was recorded.

The one place where the rooms of playing and of learning meet; neither knows the other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import lru_cache, partial
from io import BytesIO
from pathlib import Path
from typing import cast

import numpy as np
import torch

from hybrid.base import Json
from simulator.base import FloatArray, WorldState
from simulator.collect import collect
from simulator.script import Intent, find
from world_model.base import seeded
from world_model.model import WorldModel
from world_model.outline import outlines_of
from world_model.proposals import Aim, ProposalPolicy
from world_model.train import RUN, preset_named, train
from world_model.train_predictors import POSE_BLUR

PRACTICE = 250
"""Added to the seed of play for the seed of practice; both stay below the seeds of tests."""
TEMPERATURE = 0.7
"""Sharpness with which the pupil plays, as in the search."""


@dataclass(frozen=True)
class Learner:
    """Plays by the proposal policy; implements ``simulator.collect.Pupil``.

    Attributes:
        weights: of the policy, as ``torch.save`` writes them, so that it travels to other processes.
    """

    weights: bytes

    def block(
        self, state: WorldState, proprioception: FloatArray, intent: Intent, rng: np.random.Generator
    ) -> FloatArray:
        """Return the block it would play where the thing is seen as blurred as perception sees it."""
        thing = find(state, intent.thing)
        seen = torch.tensor([thing.position], dtype=torch.float32)
        seen += torch.from_numpy(rng.normal(0, POSE_BLUR, (1, 3)).astype(np.float32))
        target = torch.tensor([intent.target], dtype=torch.float32)
        clearance, push = torch.tensor([intent.clearance]), torch.tensor([float(intent.push)])
        aim = Aim(seen, outlines_of([thing]), target, clearance, push)
        with torch.no_grad():
            block = policy(self.weights).sample(
                torch.from_numpy(proprioception)[None], aim, temperature=TEMPERATURE,
                generator=seeded(int(rng.integers(2**31))),
            )  # fmt: skip
        return block[0].numpy()


def learner(model: WorldModel) -> Learner:
    """Return the pupil that plays by the proposals of ``model``."""
    buffer = BytesIO()
    torch.save(model.proposals.state_dict(), buffer)
    return Learner(buffer.getvalue())


@lru_cache(maxsize=1)
def policy(weights: bytes) -> ProposalPolicy:
    """Return the policy with ``weights``, built once a process."""
    torch.set_num_threads(1)
    built = ProposalPolicy()
    built.load_state_dict(torch.load(BytesIO(weights), weights_only=True))
    return built.eval()


def _told(progress: Callable[[str, int, int, dict[str, float]], None], done: int, total: int) -> None:
    progress("practice", done, total, {})


def collect_play(
    preset: str, out: Path, *, workers: int, seed: int, progress: Callable[[int, int], None]
) -> tuple[Path, ...]:
    """Record as much play as ``preset`` trains on; what is already recorded in ``out`` is kept.

    Returns:
        The folders of the shards.

    Raises:
        HybridError: there is no such preset.
    """
    episodes = preset_named(preset).episodes
    return tuple(collect(out, episodes=episodes, workers=workers, seed=seed, progress=progress))


def train_preset(
    preset: str,
    data: tuple[Path, ...],
    out: Path,
    *,
    seed: int,
    progress: Callable[[str, int, int, dict[str, float]], None],
) -> dict[str, Json]:
    """Train ``preset`` on the shards ``data``, resuming what lies unfinished in ``out``.

    Practice is recorded in the folder of the run: it is of this pupil, and no other run is to learn from it.

    Returns:
        The checkpoint's card as JSON: what it was trained on, and its figures beside the controls.

    Raises:
        HybridError: there is no such preset, the play cannot be used, or ``out`` holds another run.
    """
    chosen = preset_named(preset)

    def practise(model: WorldModel) -> tuple[Path, ...]:
        played = collect(
            out / RUN / "practice", episodes=chosen.practice, workers=2, seed=PRACTICE + seed, pupil=learner(model),
            progress=partial(_told, progress),
        )  # fmt: skip
        return tuple(played)

    card = train(chosen, data, out, seed=seed, practise=practise, progress=progress)
    return {
        "name": card.name,
        "checkpoint": str(out),
        "data": cast("Json", card.data),
        "metrics": cast("Json", card.metrics),
        "config": {key: str(value) for key, value in asdict(card.config).items()},
    }
