"""Both levels together: a search keeps its budget, and tells of the best that it imagined where it has no plan."""

from __future__ import annotations

import time

import pytest
import torch

from planner.base import Budget, Exhausted, Plan
from planner.configurator import Switches
from planner.geometry import GeometricDynamics
from planner.two_level import TwoLevelPlanner
from simulator.base import Fact, Scene, Subgoal, Thing
from world_model.base import Belief
from world_model.checkpoint import load_checkpoint


class Tallied(GeometricDynamics):
    """The hand-written transition, which counts what it is asked to imagine."""

    manipulations = 0
    blocks = 0

    def after_manipulation(self, state, manipulation):
        self.manipulations += len(manipulation)
        return super().after_manipulation(state, manipulation)

    def after_block(self, state, actions):
        self.blocks += 1
        return super().after_block(state, actions)


@pytest.fixture
def model() -> Tallied:
    return Tallied(load_checkpoint()[0].proposals)


def cube(name: str, x: float, y: float, z: float = 0.02) -> Thing:
    return Thing(name, "cube", "red", (0.04, 0.04, 0.04), (x, y, z))


def belief_of(*things: Thing) -> Belief:
    count = len(things)
    tool = torch.tensor([0.24, 0.0, 0.3, 0.0, 0.0])
    return Belief(torch.zeros(count, 4), tool, Scene("b", things), torch.ones(count).bool(), torch.ones(count))


TOWERS = belief_of(cube("a", 0.1, 0.1), cube("b", -0.1, -0.1), cube("c", 0.1, 0.1, 0.06), cube("d", -0.1, -0.1, 0.06))
A_ON_B = Subgoal((Fact("on", ("a", "b")),))
FREE = belief_of(cube("a", 0.1, 0.1), cube("b", -0.1, -0.1))


def imagined(plan: Plan) -> int:
    return sum(entry.candidates for entry in plan.trace)


@pytest.mark.parametrize("candidates", [25, 30, 37, 60, 200])
def test_no_more_candidates_are_imagined_than_the_budget_allows(candidates: int, model: Tallied) -> None:
    (plan,) = TwoLevelPlanner(model).plan(TOWERS, A_ON_B, budget=Budget(60_000, candidates)).plans
    assert imagined(plan) <= candidates
    assert model.manipulations == imagined(plan) - plan.trace[-1].candidates


@pytest.mark.parametrize("candidates", [1, 5, 24])
def test_too_few_candidates_leave_no_plan_and_the_best_is_told(candidates: int, model: Tallied) -> None:
    searched = TwoLevelPlanner(model).plan(TOWERS, A_ON_B, budget=Budget(60_000, candidates))
    assert (searched.plans, model.blocks) == ((), 0)
    assert model.manipulations <= candidates
    assert searched.best is not None
    assert searched.best.manipulations[0].thing in ("c", "d")
    assert searched.exhausted is not None
    assert searched.exhausted.bound == "candidates"


def test_what_a_budget_is_said_to_need_is_enough(model: Tallied) -> None:
    searched = TwoLevelPlanner(model).plan(FREE, A_ON_B, budget=Budget(60_000, candidates=1))
    assert searched.exhausted == Exhausted("candidates", 1, 25)
    enough = Budget(60_000, candidates=int(searched.exhausted.needed))
    assert TwoLevelPlanner(model).plan(FREE, A_ON_B, budget=enough).plans


def test_a_search_without_time_stops_after_the_first_batch(model: Tallied) -> None:
    searched = TwoLevelPlanner(model).plan(TOWERS, A_ON_B, budget=Budget(1e-6))
    assert (searched.plans, model.blocks) == ((), 0)
    assert searched.best is not None
    assert len(searched.best.manipulations) == 1
    assert searched.exhausted is not None
    assert searched.exhausted.bound == "milliseconds"


class Slow(Tallied):
    """Takes 0.2 s to imagine a block of control steps."""

    def after_block(self, state, actions):
        time.sleep(0.2)
        return super().after_block(state, actions)


def test_control_steps_that_come_too_late_are_no_plan(model: Tallied) -> None:
    slow = Slow(model.proposals)
    searched = TwoLevelPlanner(slow).plan(FREE, A_ON_B, budget=Budget(500.0))
    assert searched.plans == ()
    assert slow.blocks <= 3
    assert searched.best is not None
    assert searched.exhausted is not None
    assert searched.exhausted.bound == "milliseconds"


def test_where_nothing_can_be_done_the_best_is_told_and_no_budget_is_blamed(model: Tallied) -> None:
    planner = TwoLevelPlanner(model, switches=Switches(clearing=False))
    searched = planner.plan(TOWERS, A_ON_B, budget=Budget(60_000))
    assert (searched.plans, searched.exhausted) == ((), None)


def test_where_there_is_no_room_the_nearest_free_place_is_told(model: Tallied) -> None:
    bowl = Thing("w", "bowl", "white", (0.1, 0.1, 0.04), (0.0, -0.1, 0.02))
    full = belief_of(bowl, cube("a", 0.0, -0.1, 0.024), cube("b", -0.2, 0.2))
    searched = TwoLevelPlanner(model).plan(full, Subgoal((Fact("in", ("b", "w")),)), budget=Budget(60_000))
    assert (searched.plans, searched.exhausted) == ((), None)
    assert searched.best is not None
    (move,) = searched.best.manipulations
    assert move.thing == "b"
    x, y, _ = move.target
    assert 0.05 < ((x - 0.0) ** 2 + (y + 0.1) ** 2) ** 0.5 < 0.16
    places = {thing.id: thing.position for thing in searched.best.imagined}
    assert places["b"][:2] == pytest.approx((x, y), abs=0.01)
