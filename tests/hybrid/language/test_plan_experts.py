"""Covers expert plans: they make facts true, free what is covered first, and say so when they do not know how."""

from __future__ import annotations

import pytest

from hybrid.errors import LanguageError
from hybrid.language.plan_experts import by_way_of, expert_plan
from hybrid.language.plans import Aside, Placed, Point, Related
from simulator.base import Fact, Subgoal
from simulator.goals import Move
from simulator.predicates import holds
from simulator.tasks import make_task
from tests.hybrid.language.tables import table

TABLE = table(
    ("red", "cube", 0.1, 0.0),
    ("green", "cube", 0.1, 0.0, 0.04),
    ("blue", "cube", -0.1, 0.1),
    ("white", "bowl", -0.1, -0.12),
).things
RED, GREEN, BLUE, BOWL = (thing.id for thing in TABLE)


def asked(*facts: Fact, manner: str = "any") -> tuple[Subgoal, ...]:
    return tuple(Subgoal((fact,), manner=manner) for fact in facts)


def test_what_stands_on_a_thing_is_put_aside_before_it_moves():
    plan = expert_plan(TABLE, asked(Fact("on", (RED, BLUE))))
    assert [(step.pick, step.place) for step in plan.steps] == [
        (GREEN, Aside(aside=True)),
        (RED, Related(relation="on", of=BLUE)),
    ]
    assert holds(Fact("on", (RED, BLUE)), plan.things)
    assert plan.numbers[1].place == Point(x=-100, y=100)


def test_what_is_so_already_takes_no_step():
    assert expert_plan(TABLE, asked(Fact("on", (GREEN, RED)))).steps == ()


def test_things_that_change_places_wait_aside():
    swapped = table(("red", "cube", 0.0, 0.17), ("blue", "cube", 0.0, -0.17)).things
    plan = expert_plan(swapped, asked(Fact("at", (RED, "right")), Fact("at", (BLUE, "left"))))
    assert [step.pick for step in plan.steps] == [BLUE, RED, BLUE]
    assert plan.steps[-1].place == Placed(at="left")


def test_a_push_is_pushed_and_only_that():
    plan = expert_plan(TABLE, asked(Fact("at", (RED, "top_left")), manner="push"))
    assert [(step.pick, step.push) for step in plan.steps] == [(GREEN, False), (RED, True)]


def test_a_way_round_is_pushed_point_by_point():
    moves = (Move(BLUE, (0.0, 0.15, 0.02)), Move(BLUE, (0.17, 0.17, 0.02)))
    plan = by_way_of(TABLE, moves, Fact("at", (BLUE, "top_left")))
    assert [step.place for step in plan.steps] == [Point(x=0, y=150), Placed(at="top_left")]
    assert all(step.push for step in plan.steps)


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        ((Fact("held", (BLUE,)),), "kept hanging"),
        ((Fact("on", (BLUE, RED)), Fact("on", (RED, BOWL))), "expert plan"),
        ((Fact("on", (BOWL, RED)),), "cannot go on"),
    ],
)
def test_what_the_expert_does_not_know_is_said(facts, problem):
    with pytest.raises(LanguageError, match=problem):
        expert_plan(TABLE, asked(*facts))


def test_a_plan_that_moves_what_is_to_stay_is_none():
    kept = (Subgoal((Fact("on", (RED, BLUE)),), keep=(GREEN,)),)
    with pytest.raises(LanguageError, match="left alone"):
        expert_plan(TABLE, kept)


@pytest.mark.parametrize("suite", ["place", "stack", "tower", "rearrange", "blocksworld"])
def test_expert_plans_solve_their_tasks(suite):
    for seed in range(491_000, 491_010):
        task = make_task(suite, seed)
        plan = expert_plan(task.scene.things, task.subgoals)
        assert all(holds(fact, plan.things) for subgoal in task.subgoals for fact in subgoal.facts)
        assert len(plan.steps) == len(plan.numbers) > 0
