"""Towers and blocksworld: what is asked for, that it is sound, and that starts are as varied as goals."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

from simulator.predicates import holds
from simulator.tasks import Task, ideal, make_task

known = cache(make_task)
SEEDS = range(12)


def pairs(task: Task) -> list[tuple[str, str]]:
    return [(str(a), str(b)) for subgoal in task.subgoals for a, b in (fact.arguments for fact in subgoal.facts)]


def test_a_tower_has_four_or_five_blocks_and_is_asked_for_from_the_bottom_up() -> None:
    for seed in SEEDS:
        task = known("tower", seed)
        facts = pairs(task)
        assert len(facts) + 1 == {"four": 4, "five": 5}[task.kind]
        assert all(upper == below for (upper, _), (_, below) in pairwise(facts))
        tops = [thing.top for thing in ideal(task).things if thing.id == facts[-1][0]]
        assert max(tops) <= 0.25


def test_blocksworld_states_two_to_four_facts_of_which_two_are_still_to_be_reached() -> None:
    for seed in SEEDS:
        task = known("blocksworld", seed)
        facts = [fact for subgoal in task.subgoals for fact in subgoal.facts]
        assert len(task.scene.things) == {"four": 4, "five": 5}[task.kind]
        assert 2 <= len(facts) <= 4
        assert sum(not holds(fact, task.scene.things) for fact in facts) >= 2
        assert len({upper for upper, _ in pairs(task)}) == len(facts), "nothing lies on two blocks"
        assert len({lower for _, lower in pairs(task)}) == len(facts), "no block carries two"


def test_some_blocksworld_starts_are_stacked_and_some_goals_are_several_towers() -> None:
    tasks = [known("blocksworld", seed) for seed in SEEDS]
    assert any(thing.bottom > 0.03 for task in tasks for thing in task.scene.things)
    bases = [{lower for _, lower in pairs(task)} - {upper for upper, _ in pairs(task)} for task in tasks]
    assert {len(base) for base in bases} == {1, 2}


def test_facts_of_blocksworld_are_in_an_order_in_which_no_later_one_undoes_an_earlier() -> None:
    for seed in SEEDS:
        placed: set[str] = set()
        for upper, lower in pairs(known("blocksworld", seed)):
            assert lower not in {u for u, _ in pairs(known("blocksworld", seed))} - placed
            placed.add(upper)


def test_every_block_of_blocksworld_has_a_colour_of_its_own() -> None:
    for seed in SEEDS:
        things = known("blocksworld", seed).scene.things
        assert len({thing.colour for thing in things}) == len(things)
