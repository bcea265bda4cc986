"""Planning with one level: it finds one-step plans, never two, and knows whether a plan finishes."""

from __future__ import annotations

import pytest
import torch

from planner.base import Budget, Exhausted, Planner
from planner.configurator import Switches
from planner.flat import FlatPlanner
from planner.geometry import GeometricDynamics
from planner.two_level import TwoLevelPlanner
from simulator.base import Fact, Scene, Subgoal, Thing
from world_model.base import Belief
from world_model.checkpoint import load_checkpoint
from world_model.model import WorldModel


@pytest.fixture(scope="module")
def geometry() -> GeometricDynamics:
    model: WorldModel = load_checkpoint()[0]
    return GeometricDynamics(model.proposals)


def cube(name: str, x: float, y: float, z: float = 0.02) -> Thing:
    return Thing(name, "cube", "red", (0.04, 0.04, 0.04), (x, y, z))


def belief_of(*things: Thing) -> Belief:
    count = len(things)
    tool = torch.tensor([0.24, 0.0, 0.3, 0.0, 0.0])
    return Belief(torch.zeros(count, 4), tool, Scene("b", things), torch.ones(count).bool(), torch.ones(count))


A, B, ON_A = cube("a", 0.1, 0.05), cube("b", -0.1, -0.05), cube("c", 0.1, 0.05, 0.06)
A_ON_B = Subgoal((Fact("on", ("a", "b")),))
BUDGET = Budget(60_000)


def test_a_free_thing_is_brought_to_where_the_fact_holds(geometry: GeometricDynamics) -> None:
    (plan,) = FlatPlanner(geometry).plan(belief_of(A, B), A_ON_B, budget=BUDGET).plans
    assert plan.manipulations[0].thing == "a"
    assert plan.finishes
    imagined = {thing.id: thing.position for thing in plan.imagined}
    assert imagined["a"][2] == pytest.approx(0.06, abs=0.002)
    assert imagined["b"] == pytest.approx(B.position)


def test_clearing_the_way_is_a_plan_of_its_own_that_does_not_finish(geometry: GeometricDynamics) -> None:
    covered = belief_of(A, B, ON_A)
    (flat,) = FlatPlanner(geometry).plan(covered, A_ON_B, budget=BUDGET).plans
    assert [m.thing for m in flat.manipulations] == ["c"]
    assert not flat.finishes
    (deep,) = TwoLevelPlanner(geometry).plan(covered, A_ON_B, budget=BUDGET).plans
    assert [m.thing for m in deep.manipulations] == ["c", "a"]


@pytest.mark.parametrize("kind", [FlatPlanner, TwoLevelPlanner])
def test_without_clearing_nothing_betters_a_covered_thing(kind: type, geometry: GeometricDynamics) -> None:
    planner: Planner = kind(geometry, switches=Switches(clearing=False))
    assert planner.plan(belief_of(A, B, ON_A), A_ON_B, budget=BUDGET, tabu=(), seed=0).plans == ()


@pytest.mark.parametrize("kind", [FlatPlanner, TwoLevelPlanner])
def test_equal_seeds_plan_alike(kind: type, geometry: GeometricDynamics) -> None:
    planner: Planner = kind(geometry)
    first, again, other = (
        planner.plan(belief_of(A, B), A_ON_B, budget=BUDGET, tabu=(), seed=seed).plans[0].actions for seed in (3, 3, 4)
    )
    assert first.tobytes() == again.tobytes() != other.tobytes()


def test_a_goal_that_holds_is_reached_and_one_that_does_not_is_not(geometry: GeometricDynamics) -> None:
    planner = FlatPlanner(geometry)
    assert planner.reached(belief_of(cube("a", -0.1, -0.05, 0.06), B), A_ON_B)
    assert not planner.reached(belief_of(A, B), A_ON_B)


def test_no_aim_is_worked_out_that_the_budget_does_not_allow(geometry: GeometricDynamics) -> None:
    (plan,) = FlatPlanner(geometry).plan(belief_of(A, B), A_ON_B, budget=Budget(60_000, candidates=47)).plans
    assert plan.trace[0].candidates == 24
    nothing = FlatPlanner(geometry).plan(belief_of(A, B), A_ON_B, budget=Budget(60_000, candidates=23))
    assert (nothing.plans, nothing.best) == ((), None)
    assert nothing.exhausted == Exhausted("candidates", 23, 24)


def test_where_nothing_lowers_the_energy_the_best_that_was_imagined_is_told(geometry: GeometricDynamics) -> None:
    nearly = belief_of(cube("a", -0.087, -0.05, 0.06), B)
    searched = FlatPlanner(geometry).plan(nearly, A_ON_B, budget=BUDGET)
    assert (searched.plans, searched.exhausted) == ((), None)
    assert searched.best is not None
    assert searched.best.manipulations[0].thing == "a"
