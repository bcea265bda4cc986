"""What is said of a search that found no plan: the unmet fact, the best that was imagined, and what ended it."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from hybrid.base import Json
from hybrid.carrying import rehearsal_record
from hybrid.cli.contracts import result_json
from hybrid.engine import PlanningEngine, never
from hybrid.shortfall import best_candidate, moving, unplanned
from hybrid.store.episodes import SqlStore, open_store
from hybrid.store.records import plain
from planner.base import Budget, Candidate, Exhausted, Manipulation, Searched
from simulator.base import Fact, Scene, Subgoal, Thing
from simulator.camera import DEFAULT_CAMERAS
from simulator.scene import load_scene, parse_scene
from tests.hybrid.store.samples import empty_database
from tests.hybrid.test_pipeline import ON as RED_ON_BLUE
from tests.hybrid.test_pipeline import engine, planned
from world_model.base import Belief
from world_model.checkpoint import load_checkpoint
from world_model.model import WorldModel


def cube(colour: str, x: float, y: float, z: float = 0.02) -> Thing:
    return Thing(f"{colour}_cube_1", "cube", colour, (0.04, 0.04, 0.04), (x, y, z))


RED, BLUE, GREEN = cube("red", -0.1, 0.0), cube("blue", 0.1, 0.0), cube("green", 0.0, 0.2)
ON = Subgoal((Fact("on", ("red_cube_1", "blue_cube_1")),))
CARRY = Manipulation("pick_place", "red_cube_1", (-0.1, 0.0, 0.04), (0.1, 0.0, 0.06), 0.1)
PUSH = Manipulation("push", "green_cube_1", (0.0, 0.2, 0.04), (0.12, -0.2, 0.02), 0.1)
KNOWN = Belief(torch.zeros(3, 4), torch.zeros(5), Scene("b", (RED, BLUE, GREEN)), torch.ones(3).bool(), torch.ones(3))


def imagined(*moves: Manipulation, red: tuple[float, float, float]) -> Searched:
    return Searched((), Candidate(moves, 0.12, (replace(RED, position=red), BLUE, GREEN)))


def test_the_best_is_told_with_what_it_leaves_unmet() -> None:
    searched = imagined(PUSH, CARRY, red=(0.04, 0.0, 0.02))
    best = best_candidate(KNOWN, ON, searched)
    assert best is not None
    assert (best.manipulations, best.energy, best.fact) == ((PUSH, CARRY), 0.12, ("on", "red_cube_1", "blue_cube_1"))
    assert best.margin == pytest.approx(-0.05, abs=0.02)
    assert best.words == (
        "the best that was imagined, pushing the green cube to x 12 cm, y -20 cm and then carrying the red cube to the "
        f"blue cube, leaves it unmet by {-100 * best.margin:.1f} cm"
    )
    assert unplanned(KNOWN, ON, searched).endswith(f"cm; {best.words}")


def test_a_best_that_would_do_is_said_to() -> None:
    best = best_candidate(KNOWN, ON, imagined(CARRY, red=(0.1, 0.0, 0.06)))
    assert best is not None
    assert best.margin > 0
    assert best.words.endswith("carrying the red cube to the blue cube, would reach it")


def test_without_a_best_only_what_is_unmet_is_said() -> None:
    assert best_candidate(KNOWN, ON, Searched()) is None
    said = unplanned(KNOWN, ON, Searched())
    assert said.startswith("no plan was found: on(red_cube_1, blue_cube_1) is unmet by ")
    assert "best" not in said


@pytest.mark.parametrize(
    ("exhausted", "said"),
    [
        (Exhausted("milliseconds", 20.0, 31.4), "raise HYBRID_PLAN_MILLISECONDS, which is 20; the default is 5000"),
        (Exhausted("candidates", 12, 36), "raise HYBRID_PLAN_CANDIDATES, which is 12, to 36 or more"),
    ],
)
def test_what_ended_the_search_is_named_with_what_to_do(exhausted: Exhausted, said: str) -> None:
    assert f"within the budget of the search ({said}): on(" in unplanned(KNOWN, ON, Searched((), None, exhausted))


def test_a_manipulation_is_said_by_the_highest_thing_below_its_target() -> None:
    mat = Thing("white_zone_1", "zone", "white", (0.2, 0.2, 0.001), (0.1, 0.0, 0.0005))
    assert moving(Scene("s", (mat, RED, BLUE)), CARRY) == "carrying the red cube to the blue cube"
    assert moving(Scene("s", (mat, RED)), CARRY) == "carrying the red cube to the white zone"


@pytest.fixture(scope="module")
def model() -> WorldModel:
    return load_checkpoint(cameras=DEFAULT_CAMERAS)[0]


@pytest.fixture
def store(tmp_path: Path) -> Generator[SqlStore]:
    opened = open_store(empty_database(tmp_path), tmp_path / "artifacts")
    yield opened
    opened.close()


FULL = parse_scene(
    {
        "version": 1,
        "name": "full",
        "things": [
            {"kind": "bowl", "colour": "white", "position": [0, -0.1]},
            {"kind": "cube", "colour": "green", "position": [0, -0.1], "on": "white_bowl_1"},
            {"kind": "cube", "colour": "red", "position": [-0.2, 0.2]},
        ],
    }
)
"""A bowl in which there is no room for another cube."""
RED_IN = Subgoal((Fact("in", ("red_cube_1", "white_bowl_1")),), "put the red cube in the bowl")


def test_a_failure_tells_the_best_that_was_imagined_and_says_nothing_twice(model: WorldModel, store: SqlStore) -> None:
    told: list[dict[str, Json]] = []
    made = engine(model, store, planned(RED_IN))
    result = made.run("fill", FULL, 3, lambda name, data: told.append(data) if name == "plan" else None)
    best, reason = result.outcome.best, result.outcome.reason or ""
    assert result.outcome.status == "unmet"
    assert best is not None
    assert [move.thing for move in best.manipulations] == ["red_cube_1"]
    assert best.fact == ("in", "red_cube_1", "white_bowl_1")
    assert -0.2 < best.margin < 0 < best.energy
    assert (
        f"the best that was imagined, carrying the red cube to x {100 * best.manipulations[0].target[0]:.0f}" in reason
    )
    assert f"leaves it unmet by {-100 * best.margin:.1f} cm" in reason
    assert reason.count("in(red_cube_1, white_bowl_1) is unmet") == 1
    assert told[-1]["best"] == plain(best)
    assert store.episode(result.episode)["outcome"]["best"] == plain(best)
    assert result_json(result, None)["best"] == plain(best)


def test_a_rehearsal_that_fails_tells_the_best_that_was_imagined(model: WorldModel, store: SqlStore) -> None:
    rehearsal = engine(model, store, planned(RED_IN)).rehearse("fill", FULL, 3, never)
    assert rehearsal.status == "unmet"
    assert rehearsal.best is not None
    assert rehearsal.best.words in (rehearsal.reason or "")
    assert rehearsal_record(rehearsal)["best"] == plain(rehearsal.best)


@pytest.mark.parametrize(
    ("budget", "said"),
    [
        (Budget(1e-6), "raise HYBRID_PLAN_MILLISECONDS, which is 1e-06; the default is 5000"),
        (Budget(60_000, candidates=1), "raise HYBRID_PLAN_CANDIDATES, which is 1, to 25 or more"),
    ],
    ids=["time", "candidates"],
)
def test_a_search_that_runs_out_fails_honestly_and_says_what_to_raise(
    budget: Budget, said: str, model: WorldModel, store: SqlStore
) -> None:
    made = engine(model, store, planned(RED_ON_BLUE))
    result = PlanningEngine(replace(made.parts, budget=budget)).run("stack", load_scene("demo"), 3)
    assert (result.outcome.status, result.outcome.attempts) == ("unmet", 0)
    assert said in (result.outcome.reason or "")
    assert result.outcome.best is not None
    assert "carrying the red cube to the blue cube, would reach it" in (result.outcome.reason or "")
