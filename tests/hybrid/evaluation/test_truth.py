"""The judge against the predicates of the suites, which are written in other formulas, on random tables."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hybrid.evaluation.truth import gap, judge, solved, true
from simulator.base import RELATIONS, Fact, Relation, Thing, WorldState
from simulator.errors import SceneError
from simulator.places import PLACES
from simulator.predicates import footprint_gap, margin
from simulator.sampler import sample_scene
from simulator.tasks import SUITES, ideal, make_task

ARITY = {"at": 2, "between": 3, "clear": 1, "line": 3, "held": 1}


def table(rng: np.random.Generator, count: tuple[int, int] = (4, 8), stacked: float = 0.3) -> tuple[Thing, ...]:
    while True:
        try:
            return sample_scene(rng, count=count, stacked=stacked).things
        except SceneError:
            continue


def shaken(rng: np.random.Generator, things: tuple[Thing, ...]) -> tuple[Thing, ...]:
    """Put some things near, on or in others, a little off, so that facts come out either way."""
    moved = list(things)
    for k, thing in enumerate(things):
        if rng.random() < 0.6:
            base = moved[int(rng.integers(len(moved)))]
            x, y = np.array(base.position[:2]) + rng.normal(0.0, rng.choice([0.005, 0.02, 0.06]), 2)
            heights = (thing.size[2] / 2, base.top + thing.size[2] / 2, base.bottom + 0.004 + thing.size[2] / 2)
            z = float(rng.choice(heights)) + rng.normal(0.0, 0.006)
            moved[k] = replace(thing, position=(float(x), float(y), float(z)), yaw=float(rng.uniform(-3.0, 3.0)))
    return tuple(moved)


def lined_up(rng: np.random.Generator, things: tuple[Thing, ...]) -> tuple[Thing, ...]:
    """Put things on a line in any direction, a little off."""
    along, reach, ways = rng.uniform(-3.0, 3.0), 0.0, []
    for thing in things:
        ways.append((reach, float(rng.normal(0.0, 0.008))))
        reach += max(thing.size[:2]) + rng.uniform(-0.01, 0.1)
    turned = [(u * np.cos(along) - v * np.sin(along), u * np.sin(along) + v * np.cos(along)) for u, v in ways]
    return tuple(
        replace(t, position=(float(x), float(y), t.position[2])) for t, (x, y) in zip(things, turned, strict=True)
    )


def random_fact(rng: np.random.Generator, relation: Relation, things: tuple[Thing, ...]) -> Fact:
    names = [things[int(k)].id for k in rng.permutation(len(things))[: ARITY.get(relation, 2)]]
    if relation == "at":
        near = things[int(rng.integers(len(things)))].position
        point = (near[0] + float(rng.normal(0, 0.02)), near[1] + float(rng.normal(0, 0.02)))
        return Fact("at", (names[0], *(point if rng.random() < 0.5 else (str(rng.choice(list(PLACES))),))))
    if relation == "in":
        holders = [thing.id for thing in things if thing.kind in ("bowl", "tray", "zone")]
        return Fact("in", (names[0], holders[int(rng.integers(len(holders)))])) if holders else Fact("on", tuple(names))
    return Fact(relation, tuple(names))


@pytest.mark.parametrize("relation", RELATIONS)
def test_the_judge_agrees_with_the_predicates_on_random_tables(relation: Relation) -> None:
    rng = np.random.default_rng(RELATIONS.index(relation))
    seen = {True: 0, False: 0}
    for _ in range(60):
        drawn = table(rng)
        for _ in range(5):
            things = lined_up(rng, drawn[:3]) if relation == "line" else shaken(rng, drawn)
            held = things[int(rng.integers(len(things)))].id if rng.random() < 0.2 or relation == "held" else None
            fact = random_fact(rng, relation, things)
            slack = margin(fact, things, held)
            if abs(slack) < 1e-9:
                continue
            state = WorldState(things, (1.0,) * len(things), (0.0, 0.0, 0.3), held)
            assert true(fact, state) == (slack > 0), (fact, slack)
            seen[slack > 0] += 1
    assert min(seen.values()) >= 5, "a judge that is never asked to say no, or yes, is not tested"


def test_gaps_between_outlines_agree_with_the_other_formula() -> None:
    rng = np.random.default_rng(3)
    for _ in range(150):
        one, other = shaken(rng, table(rng, (2, 2), 0.0))
        assert gap(one, other) == pytest.approx(footprint_gap(one, other), abs=1e-9)


@pytest.mark.parametrize("suite", [suite for suite in SUITES if suite not in ("chains", "dynamics")])
def test_a_task_is_unsolved_at_its_start_and_solved_by_its_witness(suite: str) -> None:
    for seed in range(5):
        task = make_task(suite, seed)
        assert not solved(task, task.scene.things)
        assert solved(task, ideal(task).things)


def test_what_must_be_left_alone_and_was_moved_spoils_success_but_not_partial_credit() -> None:
    task = make_task("place", 1)
    spared = next(thing for thing in task.scene.things if thing.id not in {move.thing for move in task.witness})
    task = replace(task, subgoals=tuple(replace(goal, keep=(spared.id,)) for goal in task.subgoals))
    done = ideal(task)
    assert judge(task, done).success
    x, y, z = spared.position
    nudged = tuple(replace(t, position=(x + 0.02, y, z)) if t.id == spared.id else t for t in done.things)
    assert judge(task, replace(done, things=nudged)).success is False
