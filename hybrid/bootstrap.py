"""The composition root: the one place where concrete parts are chosen and put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch

from hybrid.base import Perceiver
from hybrid.check import check_plan
from hybrid.config import Settings
from hybrid.engine import PlanningEngine
from hybrid.language.backends import Brought, language_backend
from hybrid.language.embedded import EmbeddedLanguageModel
from hybrid.language.prompted import PromptedLanguageModel
from hybrid.session import Limits, Parts
from hybrid.store.episodes import open_store
from planner.base import Budget, Dynamics, Plan, Planner
from planner.configurator import AS_IT_IS, Switches
from planner.flat import FlatPlanner
from planner.geometry import GeometricDynamics
from planner.two_level import TwoLevelPlanner
from simulator.base import Subgoal, Verdict
from simulator.camera import DEFAULT_CAMERAS
from simulator.world import PhysicalWorld
from world_model.base import Belief
from world_model.checkpoint import DEFAULT, load_checkpoint
from world_model.compiled import CompiledModel
from world_model.model import WorldModel
from world_model.perception import TokenPerceiver

MANIPULATIONS_AN_ATTEMPT = 3
"""Manipulations a subgoal may take for each plan that may fail: clearing the way takes some."""


def learned(dynamics: Dynamics) -> Dynamics:
    """Imagine with the learned world model."""
    return dynamics


def geometric(dynamics: Dynamics) -> Dynamics:
    """Imagine with the hand-written transition, proposing control steps as the learned model does."""
    return GeometricDynamics(dynamics.proposals)


@dataclass(frozen=True)
class Variant:
    """What an engine is composed of otherwise than the product, for comparisons; the defaults are the product.

    Attributes:
        model: what the search imagines with, given the learned model.
        upper: what level 2 imagines with, where it is not the same.
        flat: plan with level 1 alone.
        switches: what of the search is switched off or resized.
        imagines: hidden things are believed where they were imagined rather than where they were last seen.
        inventory: the declared scene settles the kind of a lone leftover of a colour.
        perceiver: what perceives and remembers, given the learned model and the perceiver of the product.
        check: what tries plans before anything moves.
        unhurried: no search and no task ends for want of time, because imagining is slow.
    """

    model: Callable[[Dynamics], Dynamics] = learned
    upper: Callable[[Dynamics], Dynamics] | None = None
    flat: bool = False
    switches: Switches = AS_IT_IS
    imagines: bool = True
    inventory: bool = True
    perceiver: Callable[[WorldModel, Perceiver], Perceiver] | None = None
    check: Callable[[Belief, Plan, Subgoal], Verdict] = check_plan
    unhurried: bool = False


PRODUCT = Variant()
"""The product as it ships."""
AGES = {"plan_milliseconds": 600_000.0, "task_seconds": 86_400.0}
"""Settings under which nothing ends for want of time."""


def build_engine(settings: Settings, variant: Variant = PRODUCT) -> PlanningEngine:
    """Compose the engine that ``settings`` describe, with what ``variant`` composes otherwise.

    Raises:
        CheckpointError: the world model's checkpoint is missing or does not fit.
        ConfigError: the language backend is unknown.
        StoreError: the database cannot be used.
    """
    settings = settings.model_copy(update=AGES) if variant.unhurried else settings
    torch.set_num_threads(settings.threads)
    folder = Path(settings.checkpoint or DEFAULT)
    model, card = load_checkpoint(folder, cameras=DEFAULT_CAMERAS)
    language = build_language(settings)
    store = open_store(settings.database_url, Path(settings.artifact_dir), settings.embeddings)
    parts = Parts(
        language=language,
        perceiver=build_perceiver(model, variant),
        planner=build_planner(CompiledModel(model, folder), variant),
        store=store,
        memory=store.memory if settings.memory else None,
        world=partial(PhysicalWorld, robot="tool"),
        check=variant.check,
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


def build_language(settings: Settings) -> EmbeddedLanguageModel | PromptedLanguageModel:
    """Compose the language backend that ``settings`` name.

    Raises:
        CheckpointError: the embedded model's weights are missing or do not fit.
        ConfigError: the backend is unknown.
        LanguageError: the model brought along cannot be used.
    """
    brought = Brought(
        settings.language_url,
        settings.language_key,
        settings.language_repairs,
        settings.language_seconds,
        settings.language_fallback,
        settings.language_transcript,
    )
    return language_backend(settings.language, settings.language_weights, brought)


def build_perceiver(model: WorldModel, variant: Variant) -> Perceiver:
    """Compose the perceiver of ``variant`` around the learned ``model``."""
    perceiver = TokenPerceiver(model, imagines=variant.imagines, inventory=variant.inventory)
    return perceiver if variant.perceiver is None else variant.perceiver(model, perceiver)


def build_planner(dynamics: Dynamics, variant: Variant) -> Planner:
    """Compose the planner of ``variant`` around the learned ``dynamics``."""
    if variant.flat:
        return FlatPlanner(variant.model(dynamics), variant.switches)
    upper = None if variant.upper is None else variant.upper(dynamics)
    return TwoLevelPlanner(variant.model(dynamics), upper=upper, switches=variant.switches)
