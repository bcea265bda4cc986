"""From nothing to a checkpoint: play in the simulator, then train the world model on what was recorded.

The one place where the rooms of playing and of learning meet; neither knows the other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import cast

from hybrid.base import Json
from simulator.collect import collect
from world_model.train import preset_named, train


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
    preset: str, data: Path, out: Path, *, seed: int, progress: Callable[[str, int, int, dict[str, float]], None]
) -> dict[str, Json]:
    """Train ``preset`` on the play in ``data``, resuming what lies unfinished in ``out``.

    Returns:
        The checkpoint's card as JSON: what it was trained on, and its figures beside the controls.

    Raises:
        HybridError: there is no such preset, or the play cannot be used.
    """
    card = train(preset_named(preset), data, out, seed=seed, progress=progress)
    return {
        "name": card.name,
        "checkpoint": str(out),
        "data": cast("Json", card.data),
        "metrics": cast("Json", card.metrics),
        "config": {key: str(value) for key, value in asdict(card.config).items()},
    }
