"""The configurator: how far ahead is looked follows from what the facts ask for and from what is in the way."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from planner.base import Budget
from planner.configurator import configure
from planner.geometry import GeometricDynamics
from planner.two_level import TwoLevelPlanner
from simulator.base import Fact, Scene, Subgoal, Thing
from world_model.base import Belief
from world_model.energies import goal_energy, table_of
from world_model.proposals import ProposalPolicy

BOWL = Thing("bowl", "bowl", "white", (0.11, 0.11, 0.04), (0.0, 0.15, 0.02))


def block(name: str, x: float, y: float, z: float = 0.02) -> Thing:
    return Thing(name, "cube", "red", (0.04, 0.04, 0.04), (x, y, z))


def can(name: str, x: float, y: float, z: float = 0.02) -> Thing:
    return replace(block(name, x, y, z), kind="cylinder")


def belief_of(*things: Thing) -> Belief:
    seen = torch.ones(len(things))
    return Belief(
        torch.zeros(len(things), 6), torch.tensor([0.0, 0.0, 0.3, 0.0, 0.0]), Scene("b", things), seen.bool(), seen
    )


FAR = (block("a", 0.2, 0.2), block("b", -0.2, -0.2), block("c", 0.2, -0.2))


@pytest.mark.parametrize(
    ("things", "fact", "depth"),
    [
        (FAR, Fact("on", ("a", "b")), 1),
        (FAR, Fact("line", ("a", "b", "c")), 2),
        ((can("a", -0.1, -0.1), BOWL), Fact("in", ("a", "bowl")), 1),
        ((can("a", -0.1, -0.1), can("b", 0.0, 0.15, 0.024), BOWL), Fact("in", ("a", "bowl")), 2),
    ],
    ids=["free", "line", "empty bowl", "full bowl"],
)
def test_the_search_looks_as_far_ahead_as_the_goal_asks_for(things: tuple[Thing, ...], fact: Fact, depth: int) -> None:
    assert configure(belief_of(*things), Subgoal((fact,)), Budget(), ()).level2.depth == depth


def test_a_line_of_three_far_apart_is_met_by_two_manipulations() -> None:
    line = Fact("line", ("a", "b", "c"))
    planner = TwoLevelPlanner(GeometricDynamics(ProposalPolicy()))
    plan = planner.plan(belief_of(*FAR), Subgoal((line,)), budget=Budget(60_000), seed=0).plans[0]
    assert len(plan.manipulations) == 2
    moved = {m.thing: m.target for m in plan.manipulations}
    after = [replace(thing, position=moved.get(thing.id, thing.position)) for thing in FAR]
    assert float(goal_energy((line,), table_of(after))[0]) < 0.004


def test_each_level_is_searched_more_widely_when_it_was_surprised() -> None:
    goal, calm = Subgoal((Fact("on", ("a", "b")),)), belief_of(*FAR)
    usual = configure(calm, goal, Budget(), ())
    careful = configure(replace(calm, surprise=1.5), goal, Budget(), ())
    wide = configure(replace(calm, leap_surprise=1.5), goal, Budget(), ())
    assert careful.level1.candidates > usual.level1.candidates
    assert careful.level2 == usual.level2
    assert wide.level2.breadth.goal > usual.level2.breadth.goal
    assert wide.level1 == usual.level1
