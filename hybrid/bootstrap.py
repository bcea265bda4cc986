"""The composition root: the one place where concrete parts are chosen and put together."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import torch

from hybrid.check import check_plan
from hybrid.config import Settings
from hybrid.engine import PlanningEngine
from hybrid.errors import ConfigError
from hybrid.language.embedded import load_embedded
from hybrid.session import Limits, Parts
from hybrid.store.episodes import open_store
from planner.base import Budget
from planner.two_level import TwoLevelPlanner
from simulator.camera import DEFAULT_CAMERAS
from simulator.world import PhysicalWorld
from world_model.checkpoint import DEFAULT, load_checkpoint
from world_model.perception import TokenPerceiver

MANIPULATIONS_AN_ATTEMPT = 3
"""Manipulations a subgoal may take for each plan that may fail: clearing the way takes some."""


def build_engine(settings: Settings) -> PlanningEngine:
    """Compose the engine that ``settings`` describe.

    Raises:
        CheckpointError: the world model's checkpoint is missing or does not fit.
        ConfigError: the language backend is unknown.
        StoreError: the database cannot be used.
    """
    torch.set_num_threads(settings.threads)
    model, card = load_checkpoint(settings.checkpoint or DEFAULT, cameras=DEFAULT_CAMERAS)
    if settings.language != "embedded":
        raise ConfigError("language", f"{settings.language!r} is no backend", "Use `embedded`.")
    language = load_embedded(settings.language_weights)
    parts = Parts(
        language=language,
        perceiver=TokenPerceiver(model),
        planner=TwoLevelPlanner(model),
        store=open_store(settings.database_url, Path(settings.artifact_dir)),
        world=partial(PhysicalWorld, robot="tool"),
        check=check_plan,
        budget=Budget(settings.plan_milliseconds, settings.plan_candidates, settings.plan_depth),
        limits=Limits(
            settings.max_attempts,
            settings.max_attempts * MANIPULATIONS_AN_ATTEMPT,
            settings.max_decompositions,
            settings.task_seconds,
        ),
        models={"world_model": card.name, "language": language.name},
    )
    return PlanningEngine(parts)
