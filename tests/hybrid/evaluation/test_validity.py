"""Whether a decomposition states a task's goal, however it is put."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hybrid.base import Decomposition
from hybrid.evaluation.validity import canonical, states_the_goal
from hybrid.language.embedded import load_embedded
from simulator.base import Fact, Scene, Subgoal, Thing
from simulator.tasks import Task, make_task

CUBE, OTHER, THIRD = "red_cube_1", "blue_cube_1", "green_cube_1"
SCENE = Scene(
    "tidy",
    (
        Thing(CUBE, "cube", "red", (0.04, 0.04, 0.04), (0.0, 0.1, 0.02)),
        Thing(OTHER, "cube", "blue", (0.04, 0.04, 0.04), (0.0, -0.1, 0.02)),
        Thing(THIRD, "cube", "green", (0.04, 0.04, 0.04), (0.1, -0.1, 0.02)),
        Thing("white_bowl_1", "bowl", "white", (0.11, 0.11, 0.04), (0.1, 0.1, 0.02)),
    ),
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Fact("on", (CUBE, "white_bowl_1")), Fact("in", (CUBE, "white_bowl_1"))),
        (Fact("right_of", (CUBE, OTHER)), Fact("left_of", (OTHER, CUBE))),
        (Fact("in_front_of", (CUBE, OTHER)), Fact("behind", (OTHER, CUBE))),
        (Fact("next_to", (CUBE, OTHER)), Fact("next_to", (OTHER, CUBE))),
        (Fact("at", (CUBE, "top_left")), Fact("at", (CUBE, 0.17, 0.17))),
        (Fact("between", (CUBE, OTHER, THIRD)), Fact("between", (CUBE, THIRD, OTHER))),
        (Fact("line", (CUBE, OTHER, THIRD)), Fact("line", (THIRD, OTHER, CUBE))),
        (Fact("line", (CUBE, OTHER, THIRD)), Fact("line", (CUBE, THIRD, OTHER))),
    ],
)
def test_two_ways_of_saying_one_thing_are_one(one: Fact, other: Fact) -> None:
    assert canonical(one, SCENE) == canonical(other, SCENE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Fact("on", (CUBE, OTHER)), Fact("on", (OTHER, CUBE))),
        (Fact("on", (CUBE, OTHER)), Fact("in", (CUBE, OTHER))),
        (Fact("left_of", (CUBE, OTHER)), Fact("left_of", (OTHER, CUBE))),
        (Fact("at", (CUBE, "top_left")), Fact("at", (CUBE, "top_right"))),
        (Fact("between", (CUBE, OTHER, THIRD)), Fact("between", (OTHER, CUBE, THIRD))),
        (Fact("line", (CUBE, OTHER)), Fact("line", (CUBE, THIRD))),
    ],
)
def test_two_different_wishes_stay_different(one: Fact, other: Fact) -> None:
    assert canonical(one, SCENE) != canonical(other, SCENE)


@pytest.fixture(scope="module")
def task() -> Task:
    return make_task("stack", 500_000)


def test_the_tasks_own_subgoals_state_its_goal(task: Task) -> None:
    assert states_the_goal(Decomposition("planned", task.subgoals), task)


def test_a_step_left_out_does_not_state_the_goal(task: Task) -> None:
    assert not states_the_goal(Decomposition("planned", task.subgoals[1:]), task)


def test_a_thing_that_is_not_on_the_table_does_not_state_the_goal(task: Task) -> None:
    invented = Subgoal((Fact("on", ("red_cube_9", "red_cube_8")),))
    assert not states_the_goal(Decomposition("planned", (*task.subgoals, invented)), task)


@pytest.mark.parametrize("suite", ["tower", "rearrange", "blocksworld", "dynamics"])
def test_the_embedded_language_model_states_the_goals_of_the_suites(suite: str) -> None:
    language = load_embedded()
    tasks = [make_task(suite, seed) for seed in range(4000, 4010)]
    stated = [states_the_goal(language.decompose(task.instruction, task.scene), task) for task in tasks]
    assert sum(stated) >= 9, [task.instruction for task, right in zip(tasks, stated, strict=True) if not right]


def test_what_must_be_left_alone_has_to_be_said_as_a_constraint_or_with_a_subgoal(task: Task) -> None:
    spared = replace(task, subgoals=tuple(replace(subgoal, keep=(CUBE,)) for subgoal in task.subgoals))
    assert not states_the_goal(Decomposition("planned", task.subgoals), spared)
    assert states_the_goal(Decomposition("planned", task.subgoals, (("keep", CUBE),)), spared)
    assert states_the_goal(Decomposition("planned", spared.subgoals), spared)
