"""Energies of imagined states against the relations of the language on the same poses, written another way."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from simulator.base import RELATIONS, Fact, Thing
from simulator.places import PLACES
from simulator.predicates import margin
from simulator.sampler import sample_scene
from world_model.energies import BLOCKER, disturbance, fact_energy, goal_energy, table_of
from world_model.errors import PerceptionError

ROUND = ("cylinder", "ball")


def cube(name: str, x: float, y: float, z: float = 0.02) -> Thing:
    return Thing(name, "cube", "red", (0.04, 0.04, 0.04), (x, y, z))


def scattered(seed: int) -> tuple[Thing, ...]:
    """Cylinders (whose outlines have no corners, so circles are exact) on a table, some stacked."""
    rng = np.random.default_rng(seed)
    spots = rng.uniform(-0.15, 0.15, (4, 2))
    things = [
        Thing(f"t{k}", "cylinder", "red", (0.04, 0.04, 0.04), (float(x), float(y), 0.02))
        for k, (x, y) in enumerate(spots)
    ]
    if rng.random() < 0.5:
        x, y = spots[1] + rng.normal(0, 0.012, 2)
        things[0] = Thing("t0", "cylinder", "red", (0.04, 0.04, 0.04), (float(x), float(y), 0.06))
    return tuple(things)


def facts_over(things: tuple[Thing, ...]) -> list[Fact]:
    a, b, c = (thing.id for thing in things[:3])
    arguments: dict[str, tuple[str | float, ...]] = {
        "at": (a, 0.05, 0.05), "between": (a, b, c), "line": (a, b, c), "clear": (b,),
    }  # fmt: skip
    return [Fact(r, arguments.get(r, (a, b))) for r in RELATIONS if r not in ("held", "in")] + [Fact("at", (a, "left"))]


@pytest.mark.parametrize("seed", range(40))
def test_an_energy_of_zero_means_that_the_relation_holds_and_a_far_miss_costs(seed: int) -> None:
    things = scattered(seed)
    table = table_of(things)
    for fact in facts_over(things):
        true = margin(fact, things)
        content, comfortable = float(fact_energy(fact, table, 0.0)[0]), float(fact_energy(fact, table, 1.0)[0])
        assert comfortable >= content
        if content == 0:
            assert true >= -1e-6, fact
        if true < -1e-6:
            assert content > 0, fact


@pytest.mark.parametrize("relation", ["on", "left_of", "behind", "next_to", "at"])
def test_an_energy_falls_on_the_way_to_the_goal(relation: str) -> None:
    goals = {
        "on": (0.1, 0.1, 0.06), "left_of": (0.1, 0.18, 0.02), "behind": (0.18, 0.1, 0.02),
        "next_to": (0.1, 0.16, 0.02), "at": (*PLACES["left"], 0.02),
    }  # fmt: skip
    start, goal = np.array([-0.15, -0.15, 0.02]), np.array(goals[relation])
    path = [start + share * (goal - start) for share in np.linspace(0, 1, 5)]
    fact = Fact(relation, ("a", "left")) if relation == "at" else Fact(relation, ("a", "b"))
    energies = [float(fact_energy(fact, table_of((cube("a", *p), cube("b", 0.1, 0.1))))[0]) for p in path]
    assert energies[-1] == 0
    assert energies[-2] < energies[0] or energies[0] == pytest.approx(0.3)


def test_a_thing_on_what_must_move_costs_a_blocker() -> None:
    free = (cube("a", 0, 0), cube("b", 0.1, 0.1), cube("c", -0.1, 0.1))
    covered = (*free[:2], cube("c", 0, 0, 0.06))
    facts = [Fact("on", ("a", "b"))]
    gap = float(goal_energy(facts, table_of(covered))[0] - goal_energy(facts, table_of(free))[0])
    assert gap == pytest.approx(BLOCKER)


def test_moving_what_must_be_kept_costs_more_than_moving_something_else() -> None:
    things = (cube("a", 0, 0), cube("b", 0.1, 0.1))
    table = table_of(things, torch.tensor([[[0.0, 0.0, 0.02], [0.15, 0.1, 0.02]]]))
    before = torch.tensor([[[0.0, 0.0, 0.02], [0.1, 0.1, 0.02]]])
    free = torch.tensor([[True, False]])
    kept, other = (float(disturbance(table, before, free, keep)[0]) for keep in ([1], []))
    assert kept > other > 0


def test_a_batch_scores_each_state_on_its_own() -> None:
    scene = sample_scene(np.random.default_rng(3), count=(4, 4))
    movable = [t for t in scene.things if t.kind not in ("bowl", "tray", "zone")][:1] or list(scene.things[:1])
    fact = Fact("at", (movable[0].id, 0.1, 0.1))
    positions = torch.randn(5, len(scene.things), 3) * 0.1
    together = fact_energy(fact, table_of(scene.things, positions))
    alone = torch.cat([fact_energy(fact, table_of(scene.things, positions[k : k + 1])) for k in range(5)])
    assert torch.allclose(together, alone)


def test_a_thing_that_is_not_seen_is_named() -> None:
    with pytest.raises(PerceptionError, match="green_cube_9"):
        fact_energy(Fact("on", ("a", "green_cube_9")), table_of((cube("a", 0, 0),)))


def test_every_thing_above_one_that_is_to_be_clear_costs() -> None:
    base, first, second = (
        Thing(n, "cube", "red", (0.04, 0.04, 0.04), (0.0, 0.0, z)) for n, z in (("a", 0.02), ("b", 0.06), ("c", 0.10))
    )
    goal = (Fact("clear", ("a",)),)
    two, one = (float(goal_energy(goal, table_of(things))[0]) for things in ((base, first, second), (base, first)))
    assert two == pytest.approx(one + BLOCKER, abs=1e-6)
    assert float(goal_energy(goal, table_of((base,)))[0]) == 0


@pytest.mark.parametrize(("x", "z"), [(0.0, 0.043), (0.0206, 0.058)], ids=["reaching into it", "over its edge"])
def test_what_is_seen_a_little_wrong_still_stands_on_what_is_to_be_clear(x: float, z: float) -> None:
    stacked, beside = ((cube("a", 0.0, 0.0), cube("b", where, 0.0, z)) for where in (x, 0.041))
    goal = (Fact("clear", ("a",)),)
    assert float(goal_energy(goal, table_of(stacked))[0]) > 0.99 * BLOCKER
    assert float(goal_energy(goal, table_of(beside))[0]) < 0.99 * BLOCKER


def test_what_stands_where_a_thing_should_stand_costs_until_it_is_gone() -> None:
    subject = Thing("a", "cube", "red", (0.04, 0.04, 0.04), (0.15, 0.15, 0.02))
    there, gone = (Thing("b", "cube", "blue", (0.04, 0.04, 0.04), (x, 0.0, 0.02)) for x in (0.02, 0.1))
    goal = (Fact("at", ("a", "center")),)
    occupied, free = (float(goal_energy(goal, table_of((subject, other)))[0]) for other in (there, gone))
    assert occupied == pytest.approx(free + BLOCKER, abs=1e-6)


def test_a_zone_over_which_something_seems_to_hover_is_not_clear() -> None:
    zone = Thing("z", "zone", "blue", (0.1, 0.1, 0.001), (0.0, 0.0, 0.0005))
    over, beside = (Thing("a", "cube", "red", (0.04, 0.04, 0.04), (x, 0.0, 0.065)) for x in (0.01, 0.15))
    assert float(fact_energy(Fact("clear", ("z",)), table_of((zone, over)))[0]) > 0.01
    assert float(fact_energy(Fact("clear", ("z",)), table_of((zone, beside)))[0]) == 0.0
