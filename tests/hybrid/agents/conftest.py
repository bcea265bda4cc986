"""The real engine over a store of its own, with the shipped models loaded once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from hybrid.base import LanguageModel
from hybrid.check import check_plan
from hybrid.engine import PlanningEngine
from hybrid.language.embedded import load_embedded
from hybrid.session import Limits, Parts
from hybrid.store.episodes import open_store
from planner.base import Budget
from planner.two_level import TwoLevelPlanner
from simulator.camera import DEFAULT_CAMERAS
from simulator.world import PhysicalWorld
from world_model.checkpoint import load_checkpoint
from world_model.model import WorldModel
from world_model.perception import TokenPerceiver

Compose = Callable[..., PlanningEngine]


@pytest.fixture(scope="session")
def model() -> WorldModel:
    return load_checkpoint(cameras=DEFAULT_CAMERAS)[0]


@pytest.fixture(scope="session")
def language() -> LanguageModel:
    return load_embedded(None)


@pytest.fixture
def compose(model: WorldModel, language: LanguageModel, tmp_path: Path) -> Compose:
    """Compose an engine over the test's own store; ``url`` puts it into another database."""

    def made(url: str | None = None, said: LanguageModel = language) -> PlanningEngine:
        store = open_store(url or f"sqlite:///{tmp_path / 'hybrid.db'}", tmp_path / "artifacts")
        return PlanningEngine(
            Parts(
                language=said,
                perceiver=TokenPerceiver(model),
                planner=TwoLevelPlanner(model),
                store=store,
                world=partial(PhysicalWorld, robot="tool"),
                check=check_plan,
                budget=Budget(milliseconds=60_000),
                limits=Limits(attempts=3, manipulations=9, decompositions=2, seconds=300),
                models={"world_model": "test", "language": said.name},
            )
        )

    return made


@pytest.fixture
def engine(compose: Compose) -> PlanningEngine:
    return compose()
