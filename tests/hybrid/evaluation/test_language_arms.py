"""Language models alone, in a real world: the fixed controller on perceived poses, verdicts, and what is kept."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import pytest

from hybrid.bootstrap import build_engine
from hybrid.config import Settings
from hybrid.evaluation.attempting import attempted
from hybrid.evaluation.base import Step
from hybrid.evaluation.language_arms import LanguageArm
from hybrid.evaluation.rehearsing import rehearsed
from hybrid.evaluation.writing import PromptedWriter
from hybrid.session import Parts
from simulator.base import Fact, Scene, Subgoal, Thing
from simulator.goals import Move
from simulator.tasks import Task
from simulator.world import PhysicalWorld

CUBE = (0.04, 0.04, 0.04)
THINGS = (
    Thing("red_cube_1", "cube", "red", CUBE, (0.1, 0.0, 0.02)),
    Thing("green_cube_1", "cube", "green", CUBE, (0.1, 0.0, 0.06)),
    Thing("blue_cube_1", "cube", "blue", CUBE, (-0.08, 0.1, 0.02)),
)
GOAL = (Subgoal((Fact("on", ("red_cube_1", "blue_cube_1")),)),)
TASK = Task(
    "own", 5, Scene("own", THINGS), "Put the red cube on the blue cube.", GOAL, (Move("red_cube_1", (0, 0, 0)),)
)
GOOD = "put green_cube_1 aside\nput red_cube_1 on blue_cube_1"
BAD = "put red_cube_1 on blue_cube_1"


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    folder = tmp_path_factory.mktemp("store")
    return build_engine(Settings(database_url=f"sqlite:///{folder / 'x.db'}", artifact_dir=folder)).parts


def arm(parts: Parts, *answers: str, form: str = "names", retries: int = 0) -> LanguageArm:
    given = iter(answers)
    return LanguageArm(PromptedWriter("told", lambda _: next(given)), parts.perceiver, form, retries, parts.language)


def test_a_good_plan_is_carried_out_on_perceived_poses(parts: Parts) -> None:
    kept = attempted(TASK, arm(parts, GOOD))
    assert kept.row.success
    assert (kept.row.plan_valid, kept.row.status, kept.row.language_calls, kept.row.checks) == (True, "reached", 1, 0)
    written = kept.log[0]
    seen = re.search(r"red_cube_1: centre at (\S+) (\S+)", str(written["prompt"]))
    assert seen is not None, "the table is described"
    assert math.dist([float(v) for v in seen.groups()], (0.1, 0.0)) < 0.01, "as it is seen"
    assert written["output"] == GOOD


def test_a_plan_in_metres_is_carried_out_too(parts: Parts) -> None:
    kept = attempted(TASK, arm(parts, "carry 0.1 0 to 0 -0.1\ncarry 0.1 0 to -0.08 0.1", form="numbers"))
    assert (kept.row.success, kept.row.plan_valid) == (True, True)


def test_a_plan_that_forgets_what_is_in_the_way_is_invalid(parts: Parts) -> None:
    kept = attempted(TASK, arm(parts, BAD))
    assert kept.row.plan_valid is False
    assert kept.row.failure in (None, "language")


def test_a_verdict_is_told_and_another_plan_may_be_written(parts: Parts) -> None:
    kept = attempted(TASK, arm(parts, "put green_cube_1 on blue_cube_1", GOOD, retries=3))
    assert kept.row.success
    assert (kept.row.language_calls, kept.row.checks) == (2, 2)
    verdicts = [entry for entry in kept.log if entry["event"] == "verdict"]
    assert [entry["accepted"] for entry in verdicts] == [False, True]
    assert "on(red_cube_1, blue_cube_1) does not hold" in str(verdicts[0]["reason"])
    second = [entry for entry in kept.log if entry["event"] == "written"][1]
    assert str(verdicts[0]["reason"]) in str(second["prompt"])


def test_the_simulator_says_which_step_fails_and_why(parts: Parts) -> None:
    world = PhysicalWorld(TASK.scene)
    try:
        belief = parts.perceiver.look(world.reset(5), names=TASK.scene)
    finally:
        world.close()
    verdict = rehearsed((Step("put", "red_cube_1", "on", ("pink_cube_1",)),), belief, ())
    assert verdict is not None
    assert verdict.startswith("step 1 (put red_cube_1 on pink_cube_1) fails: ")
    assert rehearsed((Step("put", "green_cube_1", "aside"),), belief, ()) is None


def test_an_answer_nobody_can_read_fails_for_language(parts: Parts) -> None:
    kept = attempted(TASK, arm(parts, "I am a language model."))
    assert (kept.row.success, kept.row.failure, kept.row.steps) == (False, "language", 0)


def test_a_pushed_thing_arrives(parts: Parts) -> None:
    goal = (Subgoal((Fact("at", ("blue_cube_1", -0.08, 0.0)),)),)
    task = replace(TASK, subgoals=goal, instruction="Push the blue cube to the right.")
    kept = attempted(task, arm(parts, "push blue_cube_1 at -0.08 0.0"))
    assert kept.row.success
