"""Covers the embedded writer of plans: what it knows as shipped, what it does with verdicts, and what it refuses."""

from __future__ import annotations

from functools import cache

import pytest

from hybrid.language.plan_experts import expert_plan
from hybrid.language.plan_samples import HELD_OUT_SEEDS
from hybrid.language.plan_wire import MOST_THINGS
from hybrid.language.plan_writer import EmbeddedPlanWriter, load_plan_writer, said
from hybrid.language.plans import NamedStep, NumberStep, Placed, Related
from simulator.base import MOVABLE, Scene
from simulator.tasks import make_task
from tests.hybrid.language.small import small_plans
from tests.hybrid.language.tables import table

TABLE = table(("red", "cube", 0.0, 0.1), ("blue", "cube", 0.0, -0.1), ("white", "bowl", 0.1, 0.0))


@cache
def shipped() -> EmbeddedPlanWriter:
    return load_plan_writer()


def test_a_plain_request_is_a_plain_plan():
    made = shipped().action_plan("Put the red cube on the blue cube.", TABLE, "steps")
    assert made.steps == (NamedStep(pick="red_cube_1", place=Related(relation="on", of="blue_cube_1")),)
    assert (made.problem, made.calls) == (None, 1)
    assert made.backend == shipped().name
    assert made.backend.startswith("embedded-plans-")


def test_a_plan_in_numbers_takes_hold_of_what_is_named_and_ends_where_it_should():
    (step,) = shipped().action_plan("Put the red cube on the blue cube.", TABLE, "numbers").steps
    assert isinstance(step, NumberStep)
    for point, (x, y) in ((step.pick, (0, 100)), (step.place, (0, -100))):
        assert max(abs(point.x - x), abs(point.y - y)) <= 15


def test_what_the_network_is_given_is_kept():
    made = shipped().action_plan("Put the red  cube\nat the left edge.", TABLE, "steps")
    assert made.prompt.splitlines()[:2] == [
        "Put the red cube at the left edge.",
        "t0 red cube at 0.000 0.100 0.020, size 0.040 x 0.040 x 0.040",
    ]
    assert made.steps == (NamedStep(pick="red_cube_1", place=Placed(at="left")),)


def test_it_beats_chance_by_far_on_tasks_it_has_not_seen():
    hits, guesses = 0, 0.0
    for seed in range(HELD_OUT_SEEDS + 1000, HELD_OUT_SEEDS + 1020):
        task = make_task("place", seed)
        wanted = str(task.subgoals[0].facts[0].arguments[0])
        steps = shipped().action_plan(task.instruction, task.scene, "steps").steps
        hits += len(steps) == 1 and isinstance(steps[0], NamedStep) and steps[0].pick == wanted
        guesses += 1 / sum(thing.kind in MOVABLE for thing in task.scene.things)
    assert hits > 2 * guesses


def test_it_knows_to_free_what_is_covered_first():
    tasks = [make_task("rearrange", seed) for seed in range(HELD_OUT_SEEDS + 3, HELD_OUT_SEEDS + 33, 5)]
    freeing = 0
    for task in tasks:
        expert = expert_plan(task.scene.things, task.subgoals).steps
        steps = shipped().action_plan(task.instruction, task.scene, "steps").steps
        freeing += bool(steps) and len(steps) > 1 and steps[0].pick == expert[0].pick
    assert {task.kind for task in tasks} == {"unstack"}
    assert freeing >= len(tasks) / 2


def test_the_same_words_on_the_same_table_are_the_same_plan():
    first, second = (EmbeddedPlanWriter(small_plans(3)).action_plan("x", TABLE, "steps") for _ in range(2))
    assert first.steps == second.steps


@pytest.mark.parametrize("form", ["steps", "numbers"])
def test_a_verdict_brings_the_next_best_plan_and_never_one_it_was_told_of(form):
    writer, told, tried = EmbeddedPlanWriter(small_plans(1)), "", list[str]()
    for _ in range(4):
        steps = writer.action_plan("put red on blue", TABLE, form, told).steps
        if said(steps) in tried:
            assert said(steps) == tried[-1], "the last one again, when there is no other"
            break
        tried.append(said(steps))
        told = f"Your last plan was {tried[-1]}. It does not hold."
    assert len(tried) > 1


def test_too_much_for_the_network_is_a_problem_and_no_plan():
    full = table(*(("red", "cube", 0.01 * k, 0.0) for k in range(MOST_THINGS + 1)))
    made = EmbeddedPlanWriter(small_plans()).action_plan("x", full, "steps")
    assert made.steps == ()
    assert "scene: it has 13 things" in str(made.problem)
    assert "tokens" in str(EmbeddedPlanWriter(small_plans()).action_plan("red " * 300, TABLE, "steps").problem)


def test_an_empty_table_has_an_empty_plan():
    made = EmbeddedPlanWriter(small_plans()).action_plan("put red on blue", Scene("bare", ()), "steps")
    assert (made.steps, made.problem) == ((), None)
