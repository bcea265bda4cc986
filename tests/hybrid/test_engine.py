"""The engine's seam to the world: one that stands is acted on as it is; what lies out of reach is said."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest

from hybrid.engine import PlanningEngine, never
from hybrid.store.episodes import open_store
from simulator.base import FloatArray, Observation
from simulator.camera import DEFAULT_CAMERAS
from simulator.predicates import holds
from simulator.scene import load_scene
from simulator.world import PhysicalWorld
from tests.hybrid.store.samples import empty_database
from tests.hybrid.test_pipeline import IN, ON, ToldLanguage, engine, planned
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


class StrewnWorld(PhysicalWorld):
    """The blue cube lies where the arm does not reach."""

    def reset(self, seed: int) -> Observation:
        super().reset(seed)
        self.place("blue_cube_1", (0.32, 0.0, 0.02))
        return self.observe()


def test_what_lies_out_of_reach_is_refused_before_anything_moves(made: PlanningEngine) -> None:
    parts = replace(made.parts, world=StrewnWorld, language=ToldLanguage([planned(IN, ON)]))
    result = PlanningEngine(parts).run("tidy, then stack", load_scene("demo"), 7)
    assert (result.outcome.status, result.outcome.attempts) == ("refused", 0)
    assert (result.outcome.reason or "").startswith("the blue cube lies outside the work area (x 0.3")
    assert "the robot reaches 0.27 m" in (result.outcome.reason or "")
    assert parts.store.episode(result.episode)["steps"] == []


def test_a_rehearsal_refuses_what_lies_out_of_reach(made: PlanningEngine) -> None:
    strewn = PlanningEngine(replace(made.parts, world=StrewnWorld))
    rehearsal = strewn.rehearse("stack", load_scene("demo"), 7, never)
    assert (rehearsal.status, rehearsal.plans) == ("refused", ())
    assert "the blue cube lies outside the work area" in (rehearsal.reason or "")


def test_what_comes_to_lie_out_of_reach_on_the_way_ends_unmet(made: PlanningEngine) -> None:
    class Snatched(PhysicalWorld):
        """Somebody moves the blue cube away while the first thing is tidied up."""

        count = 0

        def step(self, action: FloatArray) -> FloatArray:
            self.count += 1
            if self.count == 6:
                self.place("blue_cube_1", (0.32, 0.0, 0.02))
            return super().step(action)

    parts = replace(made.parts, world=Snatched, language=ToldLanguage([planned(IN, ON)]))
    result = PlanningEngine(parts).run("tidy, then stack", load_scene("demo"), 7)
    assert (result.outcome.status, result.outcome.message) == ("unmet", None)
    assert "the blue cube lies outside the work area" in (result.outcome.reason or "")


@pytest.mark.parametrize("x", [0.28, 0.29])
def test_what_lies_at_the_rim_is_not_refused(x: float, made: PlanningEngine) -> None:
    scene = load_scene("demo")
    world = PhysicalWorld(scene)
    world.reset(7)
    world.place("blue_cube_1", (x, 0.0, 0.02))
    try:
        result = made.run("stack", scene, 7, world=world)
    finally:
        world.close()
    assert result.outcome.status == "reached"
