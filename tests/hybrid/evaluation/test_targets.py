"""From steps of a plan to moves in metres, by geometry alone; and whether a plan carried out ideally reaches a goal."""

from __future__ import annotations

import pytest

from hybrid.errors import LanguageError
from hybrid.evaluation.base import Step
from hybrid.evaluation.targets import movable, resolved, words
from hybrid.evaluation.truth import true
from hybrid.evaluation.validity import reaches_the_goal
from simulator.base import Fact, Scene, Subgoal, Thing, WorldState
from simulator.goals import after
from simulator.tasks import Task, make_task

CUBE = (0.04, 0.04, 0.04)
RED = Thing("red_cube_1", "cube", "red", CUBE, (0.1, 0.0, 0.02))
BLUE = Thing("blue_cube_1", "cube", "blue", CUBE, (0.0, 0.1, 0.02))
GREEN = Thing("green_cube_1", "cube", "green", CUBE, (0.0, 0.1, 0.06))
BOWL = Thing("white_bowl_1", "bowl", "white", (0.11, 0.11, 0.05), (-0.1, -0.1, 0.025))
ZONE = Thing("gray_zone_1", "zone", "gray", (0.12, 0.12, 0.002), (0.15, -0.15, 0.001))
THINGS = (RED, BLUE, GREEN, BOWL, ZONE)


@pytest.mark.parametrize(
    ("relation", "to"),
    [
        ("on", ("green_cube_1",)),
        ("in", ("white_bowl_1",)),
        ("in", ("gray_zone_1",)),
        ("at", ("top_left",)),
        ("at", ((-0.05, 0.12),)),
        ("left_of", ("white_bowl_1",)),
        ("right_of", ("blue_cube_1",)),
        ("behind", ("blue_cube_1",)),
        ("in_front_of", ("blue_cube_1",)),
        ("next_to", ("white_bowl_1",)),
        ("between", ("blue_cube_1", "white_bowl_1")),
    ],
)
def test_a_step_that_is_carried_out_exactly_makes_its_relation_true(relation: str, to: tuple) -> None:
    step = Step("put", "red_cube_1", relation, to)
    things = after(THINGS, (resolved(step, THINGS),))
    arguments = to[0] if relation == "at" and isinstance(to[0], tuple) else to
    fact = Fact(relation, ("red_cube_1", *arguments))
    assert true(fact, WorldState(things, (1.0,) * 5, (0.0, 0.0, 0.3), None))


def test_aside_is_a_free_place_near_by() -> None:
    move = resolved(Step("put", "green_cube_1", "aside"), THINGS)
    things = after(THINGS, (move,))
    state = WorldState(things, (1.0,) * 5, (0.0, 0.0, 0.3), None)
    assert all(true(Fact("clear", (name,)), state) for name in ("blue_cube_1", "white_bowl_1", "red_cube_1"))
    assert move.target[2] == pytest.approx(0.02)
    assert resolved(Step("put", "green_cube_1", "aside"), THINGS) == move, "the same step is the same move"


def test_metres_take_hold_of_what_is_there_and_stand_it_on_what_is_there() -> None:
    top = resolved(Step("carry", to=((0.0, 0.1), (0.1, 0.0))), THINGS)
    assert (top.thing, top.target) == ("green_cube_1", (0.1, 0.0, pytest.approx(0.06)))
    below = resolved(Step("carry", to=((0.0, 0.1, 0.02), (0.1, 0.1, 0.02))), THINGS)
    assert below.thing == "blue_cube_1"


@pytest.mark.parametrize(
    "step",
    [
        Step("put", "pink_cube_1", "aside"),
        Step("put", "white_bowl_1", "aside"),
        Step("put", "red_cube_1", "on", ("pink_cube_1",)),
        Step("put", "red_cube_1", "at", ("nowhere",)),
        Step("put", "red_cube_1", "at", ((3.0, 0.0),)),
        Step("carry", to=((-0.2, 0.2), (0.0, 0.0))),
    ],
)
def test_what_cannot_be_meant_is_refused_in_the_words_of_the_step(step: Step) -> None:
    with pytest.raises(LanguageError) as caught:
        resolved(step, THINGS)
    assert caught.value.field in (words(step), "carry")
    assert caught.value.remedy


def test_a_plan_is_valid_when_it_can_be_done_step_by_step_and_ends_at_the_goal() -> None:
    goal = (Subgoal((Fact("on", ("blue_cube_1", "red_cube_1")),)),)
    task = Task("own", 1, Scene("x", THINGS), "Put the blue cube on the red cube.", goal, ())
    onto = Step("put", "blue_cube_1", "on", ("red_cube_1",))
    assert not movable("blue_cube_1", THINGS)
    assert not reaches_the_goal((onto,), task), "something stands on the blue cube"
    assert reaches_the_goal((Step("put", "green_cube_1", "aside"), onto), task)
    assert not reaches_the_goal((Step("put", "green_cube_1", "aside"),), task)
    assert not reaches_the_goal((Step("put", "pink_cube_1", "aside"),), task)


@pytest.mark.parametrize("suite", ["place", "stack", "blocksworld", "rearrange"])
def test_the_witness_of_a_task_is_a_valid_plan(suite: str) -> None:
    for seed in range(4):
        task = make_task(suite, seed)
        where = {thing.id: thing for thing in task.scene.things}
        steps = []
        for move in task.witness:
            steps.append(Step("carry", to=(where[move.thing].position, move.target)))
            where = {t.id: t for t in after(tuple(where.values()), (move,))}
        assert reaches_the_goal(tuple(steps), task), (suite, seed)
