"""Covers the token form of plans: nothing is lost in it, and nothing but plans for the table can be written."""

from __future__ import annotations

import random

import pytest

from hybrid.errors import LanguageError
from hybrid.language.plan_wire import END, MOST_TOKENS, PLAN_TOKENS, allowed, parted, plan_of, written
from hybrid.language.plans import MAX_PLAN, Amid, Aside, NamedStep, NumberStep, Placed, Point, Related
from tests.hybrid.language.tables import table

TABLE = table(
    ("red", "cube", 0.0, 0.1), ("blue", "cube", 0.0, -0.1), ("white", "bowl", 0.1, 0.0), ("green", "ball", -0.1, 0.0)
).things
RED, BLUE, BOWL, BALL = (thing.id for thing in TABLE)


def test_a_plan_in_steps_is_read_back_as_it_was_written():
    steps = (
        NamedStep(pick=RED, place=Related(relation="on", of=BLUE)),
        NamedStep(pick=BALL, place=Related(relation="in", of=BOWL)),
        NamedStep(pick=RED, place=Placed(at="top_left"), push=True),
        NamedStep(pick=RED, place=Point(x=-100, y=35)),
        NamedStep(pick=BALL, place=Amid(between=(RED, BLUE))),
        NamedStep(pick=BLUE, place=Aside(aside=True)),
    )
    tokens = written(steps, TABLE)
    assert tokens[:3] == ("t0", "on", "t1")
    assert plan_of(tokens, "steps", TABLE) == steps
    assert [part[0] for part in parted(tokens[:-1])] == ["t0", "t3", "push", "t0", "t3", "t1"]


def test_a_plan_in_numbers_is_read_back_to_the_bin():
    steps = (NumberStep(pick=Point(x=102, y=-249), place=Point(x=0, y=33)),)
    tokens = written(steps, TABLE)
    assert tokens == ("x20", "y-50", "x0", "y7", END)
    assert plan_of(tokens, "numbers", TABLE) == (NumberStep(pick=Point(x=100, y=-250), place=Point(x=0, y=35)),)


@pytest.mark.parametrize("form", ["steps", "numbers"])
@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_allowed_is_a_plan_for_the_table(form, seed):
    rng, tokens = random.Random(seed), []
    while choices := allowed(tokens, form, TABLE):
        assert set(choices) <= set(PLAN_TOKENS)
        going = [token for token in choices if token != END]
        tokens.append(rng.choice(going) if going and rng.random() < 0.97 else rng.choice(choices))
    assert len(tokens) <= MOST_TOKENS
    plan = plan_of(tokens, form, TABLE)
    assert len(plan) <= MAX_PLAN
    if form == "steps":
        assert all(step.pick != BOWL for step in plan), "a bowl is not moved"
        related = [step.place for step in plan if isinstance(step.place, Related)]
        assert all(place.of == BOWL for place in related if place.relation == "in")
    assert list(written(plan, TABLE)) == tokens


@pytest.mark.parametrize(
    ("tokens", "problem"),
    [
        (("t2", "aside", END), "'t2' cannot stand at position 0"),
        (("t0", "on", "t0", END), "'t0' cannot stand at position 2"),
        (("t0", "in", "t1", END), "'t1' cannot stand at position 2"),
        (("t0", "on", "t7", END), "'t7' cannot stand at position 2"),
        (("t0", "on", "t1"), "it has no end"),
        ((), "it has no end"),
    ],
)
def test_what_is_no_plan_for_the_table_is_refused(tokens, problem):
    with pytest.raises(LanguageError, match=problem):
        plan_of(tokens, "steps", TABLE)


def test_on_a_table_with_nothing_to_move_there_is_only_the_empty_plan():
    bare = table(("white", "bowl", 0.1, 0.0)).things
    assert allowed((), "steps", bare) == (END,)
    assert plan_of((END,), "steps", bare) == ()


def test_a_lone_thing_goes_to_places_only():
    lone = table(("red", "cube", 0.1, 0.0)).things
    assert allowed(("t0",), "steps", lone) == ("at", "aside")
