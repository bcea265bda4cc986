"""The suites: deterministic, not solved at the start, solved by their witness on paper and in physics, well named."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from functools import cache
from itertools import islice

import numpy as np
import pytest

from simulator.base import MOVABLE, Thing, WorldState
from simulator.disturbed import world_of
from simulator.errors import SceneError
from simulator.predicates import holds
from simulator.scene import validate
from simulator.script import find
from simulator.tasks import SUITES, Score, Task, draws, ideal, make_task, score
from tests.simulator.acting import act_out

SEEDS = range(16)
SINGLE = tuple(suite for suite in SUITES if suite != "chains")
DIRECT = ("place", "push", "stack", "tower", "disturbed", "undisturbed")
"""Suites whose requests name all that has to be moved, and nothing of it is covered at the start."""
known = cache(make_task)


def untouched(task: Task) -> WorldState:
    return WorldState(task.scene.things, (1.0,) * len(task.scene.things), (0.24, 0.0, 0.3), None)


def named(task: Task) -> list[Thing]:
    ids = {str(a) for subgoal in task.subgoals for fact in subgoal.facts for a in fact.arguments}
    ids |= {name for subgoal in task.subgoals for name in subgoal.keep}
    return [thing for thing in task.scene.things if thing.id in ids]


@pytest.mark.parametrize("suite", SUITES)
def test_the_same_seed_gives_the_same_task_and_another_seed_another(suite: str) -> None:
    assert make_task(suite, 3) == known(suite, 3)
    assert len({repr(known(suite, seed).scene) for seed in SEEDS}) == len(SEEDS)


@pytest.mark.parametrize(
    ("suite", "digest"),
    [("place", "4b03b1d80f154870"), ("push", "d7711647cf7467b8"), ("stack", "5d831bd3fce5bcdf")],
)
def test_the_tasks_of_the_first_suites_are_those_that_figures_were_published_of(suite: str, digest: str) -> None:
    whole = hashlib.sha256()
    for seed in SEEDS:
        task = known(suite, seed)
        things = [(t.id, t.size, t.position, t.yaw) for t in task.scene.things]
        whole.update(repr((things, task.instruction, [(m.thing, m.target) for m in task.witness])).encode())
    assert whole.hexdigest()[:16] == digest


@pytest.mark.parametrize("suite", SINGLE)
def test_starts_are_valid_scenes_of_four_to_eight_things_that_do_not_meet_the_goal(suite: str) -> None:
    for seed in SEEDS:
        task = known(suite, seed)
        validate(task.scene)
        assert 4 <= len(task.scene.things) <= 8
        assert not score(task, untouched(task)).success


@pytest.mark.parametrize("suite", SUITES)
def test_the_witness_ends_in_a_valid_scene_that_scores_a_success(suite: str) -> None:
    for seed in SEEDS:
        task = known(suite, seed)
        final = ideal(task)
        validate(replace(task.scene, things=final.things))
        assert score(task, final) == Score(success=True, partial=1.0)


@pytest.mark.parametrize("suite", SUITES)
def test_the_witness_moves_only_what_can_be_moved(suite: str) -> None:
    for seed in SEEDS:
        task = known(suite, seed)
        moved = {move.thing for move in task.witness}
        assert moved <= {thing.id for thing in task.scene.things if thing.kind in MOVABLE}
        pairs = zip(task.scene.things, ideal(task).things, strict=True)
        assert {before.id for before, after in pairs if before != after} <= moved


@pytest.mark.parametrize("suite", DIRECT)
def test_what_is_to_be_moved_is_named_and_uncovered_at_the_start(suite: str) -> None:
    for seed in SEEDS:
        task = known(suite, seed)
        for move in task.witness:
            lifted = find(untouched(task), move.thing)
            assert lifted in named(task)
            above = [t for t in task.scene.things if t.id != lifted.id and t.bottom > lifted.top - 0.01]
            assert all(np.hypot(*np.subtract(t.position, lifted.position)[:2]) > lifted.size[0] / 2 for t in above)


@pytest.mark.parametrize("suite", SUITES)
def test_an_instruction_names_each_thing_by_a_colour_and_kind_it_shares_with_no_other(suite: str) -> None:
    spoken = {"block": "cube", "mat": "zone"}
    whole = [known(suite, seed) for seed in SEEDS if known(suite, seed).kind != "sort"]
    for task in [part for asked in whole for part in (asked.parts or (asked,))]:
        pairs = re.findall(r"the (\w+) (cube|block|cylinder|ball|bowl|tray|zone|mat)\b", task.instruction)
        said = {(colour, spoken.get(kind, kind)) for colour, kind in pairs}
        assert said == {(thing.colour, thing.kind) for thing in named(task)}
        for colour, kind in said:
            assert sum((t.colour, t.kind) == (colour, kind) for t in task.scene.things) == 1


def test_kinds_take_turns_with_the_seed_in_the_newer_suites() -> None:
    kinds = [known("dynamics", seed).kind for seed in range(16)]
    assert kinds[:8] == kinds[8:]
    assert len(set(kinds)) == 8


def test_place_asks_for_every_relation() -> None:
    relations = {make_task("place", seed).subgoals[0].facts[0].relation for seed in range(60)}
    assert relations == {"on", "in", "at", "next_to", "left_of", "right_of", "behind", "in_front_of"}


def test_no_task_asks_for_a_ball_on_something_or_something_on_a_ball() -> None:
    for seed in range(60):
        for fact in make_task("place", seed).subgoals[0].facts:
            if fact.relation == "on":
                assert not any("ball" in str(argument) for argument in fact.arguments)


def test_push_asks_for_a_push_of_eight_to_twenty_centimetres() -> None:
    for seed in SEEDS:
        task = known("push", seed)
        move = task.witness[0]
        start = find(untouched(task), move.thing).position
        assert task.subgoals[0].manner == "push"
        assert 0.08 <= np.hypot(start[0] - move.target[0], start[1] - move.target[1]) <= 0.20


def test_stack_asks_for_three_blocks_in_one_request_from_the_bottom_up() -> None:
    for seed in SEEDS:
        task = known("stack", seed)
        (lower,), (upper,) = (subgoal.facts for subgoal in task.subgoals)
        assert (lower.relation, upper.relation) == ("on", "on")
        assert upper.arguments[1] == lower.arguments[0]
        assert len({*lower.arguments, *upper.arguments}) == 3


def test_half_a_tower_scores_half() -> None:
    task = known("stack", 0)
    first = task.witness[0]
    start = untouched(task)
    things = tuple(replace(t, position=first.target) if t.id == first.thing else t for t in start.things)
    assert score(task, replace(start, things=things)) == Score(success=False, partial=0.5)


def test_a_thing_still_held_does_not_score_where_it_has_to_rest() -> None:
    final = ideal(known("stack", 0))
    assert not score(known("stack", 0), replace(final, held=known("stack", 0).witness[-1].thing)).success


def test_draws_reject_some_starts_and_yield_the_task_of_make_task_first() -> None:
    entries = [entry for seed in SEEDS for entry in islice(draws("stack", seed), 40)]
    assert any(entry is None for entry in entries)
    first = next(entry for entry in draws("stack", 7) if entry is not None)
    assert first == known("stack", 7)


@pytest.mark.parametrize(("suite", "seed", "field"), [("tidy", 0, "suite"), ("place", -1, "seed")])
def test_an_unknown_suite_and_a_negative_seed_are_refused(suite: str, seed: int, field: str) -> None:
    with pytest.raises(SceneError) as caught:
        make_task(suite, seed)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("suite", "seed"),
    [(suite, seed) for suite in ("place", "push", "stack") for seed in range(6)]
    + [(suite, seed) for suite in ("tower", "blocksworld") for seed in range(2)]
    + [
        (suite, seed) for suite, kinds in (("rearrange", 5), ("dynamics", 8), ("disturbed", 8)) for seed in range(kinds)
    ],
)
def test_a_scripted_manipulator_solves_the_task_in_physics(suite: str, seed: int) -> None:
    task = known(suite, seed)
    world = world_of(task.scene, task.physics, task.disturbances)
    try:
        world.reset(seed)
        assert not score(task, world.state()).success
        act_out(task, world)
        final = world.state()
        assert score(task, final).success
        assert all(holds(fact, final.things) for subgoal in task.subgoals for fact in subgoal.facts)
    finally:
        world.close()
