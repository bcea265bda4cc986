"""The suite rearrange: what each kind of request is about, and that the words alone do not give it away."""

from __future__ import annotations

import math
from functools import cache

import pytest

from simulator.base import CONTAINERS, MOVABLE
from simulator.places import PLACES
from simulator.predicates import rests_on
from simulator.script import find
from simulator.tasks import Task, ideal, make_task

KINDS = ("sort", "line", "swap", "unstack", "clear")
known = cache(make_task)


def of_kind(kind: str) -> list[Task]:
    return [known("rearrange", seed) for seed in range(KINDS.index(kind), 40, len(KINDS))]


def test_the_kinds_take_turns() -> None:
    assert [known("rearrange", seed).kind for seed in range(5)] == list(KINDS)


def test_sorting_brings_everything_of_two_colours_to_the_holder_of_its_colour_and_leaves_the_rest() -> None:
    for task in of_kind("sort"):
        holders = [thing for thing in task.scene.things if thing.kind not in MOVABLE]
        facts = {fact.arguments for subgoal in task.subgoals for fact in subgoal.facts}
        own = {(t.id, h.id) for h in holders for t in task.scene.things if t.kind in MOVABLE and t.colour == h.colour}
        assert len(holders) == 2
        assert facts == own
        assert 3 <= len(facts) <= 4


def test_a_line_is_of_three_things_of_which_one_stays() -> None:
    for task in of_kind("line"):
        (fact,) = task.subgoals[0].facts
        assert len(set(fact.arguments)) == 3
        assert len(task.witness) == 2
        assert {move.thing for move in task.witness} < set(fact.arguments)


def test_swapped_things_end_near_where_the_other_stood() -> None:
    for task in of_kind("swap"):
        (first,), (second,) = (subgoal.facts for subgoal in task.subgoals)
        for fact, other in ((first, second), (second, first)):
            place, stood = PLACES[str(fact.arguments[1])], find(ideal(task), str(other.arguments[0])).position
            start = next(thing for thing in task.scene.things if thing.id == other.arguments[0]).position
            assert math.dist(place, start[:2]) <= 0.03
            assert math.dist(stood[:2], start[:2]) > 0.06
        assert task.natural.startswith("Swap the ")


def test_what_is_to_be_unstacked_first_is_not_mentioned() -> None:
    for task in of_kind("unstack"):
        aside, asked = task.witness
        thing, upper = (next(t for t in task.scene.things if t.id == move.thing) for move in (asked, aside))
        assert rests_on(upper, thing) >= 0.0
        (fact,) = task.subgoals[0].facts
        assert fact.arguments[0] == thing.id
        assert upper.id not in fact.arguments


@pytest.mark.parametrize("container", [True, False])
def test_clearing_empties_containers_and_zones_onto_the_bare_table(container: bool) -> None:
    tasks = []
    for task in of_kind("clear"):
        (fact,) = task.subgoals[0].facts
        holder = next(thing for thing in task.scene.things if thing.id == fact.arguments[0])
        if (holder.kind in CONTAINERS) == container:
            tasks.append(task)
            inside = {t.id for t in task.scene.things if t.kind in MOVABLE and rests_on(t, holder) >= 0.0}
            assert inside
            assert inside <= {move.thing for move in task.witness}
            assert all(find(ideal(task), name).bottom == pytest.approx(0.0, abs=1e-9) for name in inside)
    assert tasks
