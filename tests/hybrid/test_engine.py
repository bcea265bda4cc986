"""The engine's seam to the world: one that stands already is acted on as it is, and left standing."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest

from hybrid.engine import PlanningEngine
from hybrid.store.episodes import open_store
from simulator.camera import DEFAULT_CAMERAS
from simulator.predicates import holds
from simulator.scene import load_scene
from simulator.world import PhysicalWorld
from tests.hybrid.store.samples import empty_database
from tests.hybrid.test_pipeline import IN, ON, engine, planned
from world_model.checkpoint import load_checkpoint


class WatchedWorld(PhysicalWorld):
    """Counts how often it is reset and closed."""

    resets = 0
    closes = 0

    def reset(self, seed: int):
        self.resets += 1
        return super().reset(seed)

    def close(self) -> None:
        self.closes += 1
        super().close()


@pytest.fixture
def made(tmp_path: Path) -> Generator[PlanningEngine]:
    store = open_store(empty_database(tmp_path), tmp_path / "artifacts")
    yield engine(load_checkpoint(cameras=DEFAULT_CAMERAS)[0], store, planned(ON), planned(IN))
    store.close()


def test_two_requests_are_carried_out_one_after_the_other_in_a_world_that_stands_already(made: PlanningEngine) -> None:
    scene = load_scene("demo")
    world = WatchedWorld(scene)
    try:
        world.reset(7)
        first = made.run("stack", scene, 7, world=world)
        second = made.run("tidy", scene, 7, world=world)
        assert (world.resets, world.closes) == (1, 0)
        assert [first.outcome.status, second.outcome.status] == ["reached", "reached"]
        things = world.state().things
        assert all(holds(fact, things) for subgoal in (ON, IN) for fact in subgoal.facts)
        assert second.final == world.state()
    finally:
        world.close()


def test_a_world_that_is_not_handed_over_is_made_reset_and_closed_by_the_engine(
    made: PlanningEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    worlds: list[WatchedWorld] = []

    def make(scene) -> WatchedWorld:
        worlds.append(WatchedWorld(scene))
        return worlds[-1]

    monkeypatch.setattr(made, "parts", replace(made.parts, world=make))
    made.run("stack", load_scene("demo"), 7)
    (world,) = worlds
    assert (world.resets, world.closes) == (1, 1)
