"""Level 2: the beam keeps what is best, and more than one idea; of alike beginnings only the best is returned."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from planner.base import Budget, Manipulation
from planner.cost import STEP_PRICE
from planner.geometry import GeometricDynamics
from planner.level2 import (
    LANDMARK_PRICE,
    ManipulationSearch,
    Sequence,
    distinct,
    expand,
    kept,
    reference_things,
    search,
    varied,
)
from planner.spending import Spending
from simulator.base import Fact, Scene, Subgoal, Thing
from world_model.base import Belief
from world_model.energies import goal_energy, table_of
from world_model.model import LatentState
from world_model.proposals import ProposalPolicy

MODEL = GeometricDynamics(ProposalPolicy())
MOVE = Manipulation("pick_place", "a", (0.1, 0.1, 0.04), (0.0, 0.0, 0.02), 0.1)


def cube(name: str, x: float, y: float, z: float = 0.02) -> Thing:
    return Thing(name, "cube", "red", (0.04, 0.04, 0.04), (x, y, z))


TOWER = (cube("a", 0.1, 0.1), cube("b", -0.1, -0.1), cube("c", 0.1, 0.1, 0.06), cube("d", -0.1, -0.1, 0.06))
A_ON_B = Subgoal((Fact("on", ("a", "b")),))


def found(depth: int) -> list[Sequence]:
    tool = torch.tensor([0.0, 0.0, 0.2, 0.0, 0.0])
    belief = Belief(torch.zeros(4, 6), tool, Scene("b", TOWER), torch.ones(4).bool(), torch.ones(4))
    settings = ManipulationSearch(depth=depth)
    return search(MODEL, belief, A_ON_B, settings, spending=Spending(Budget(60_000)), tabu=(), seed=0).better


def test_the_beam_keeps_the_lowest_energies_in_order() -> None:
    assert kept([0.3, 0.1, 0.2, 0.4], ["a", "b", "c", "d"], 3) == [1, 2, 0]


def test_at_most_half_of_the_beam_moves_one_thing() -> None:
    assert kept([0.1, 0.2, 0.3, 0.4, 0.5], ["a", "a", "a", "b", "a"], 4) == [0, 1, 3]


def test_both_obstacles_are_cleared_before_the_goal_is_reached() -> None:
    best = found(depth=3)[0]
    assert {m.thing for m in best.manipulations[:2]} == {"c", "d"}
    assert best.manipulations[2].thing == "a"
    assert float(goal_energy(A_ON_B.facts, table_of(best.things))[0]) == pytest.approx(0.0, abs=1e-6)


def test_the_first_step_is_remembered_with_where_it_leads() -> None:
    for sequence in found(depth=3):
        first = sequence.manipulations[0]
        positions = {thing.id: thing.position for thing in sequence.first_things}
        assert positions[first.thing] == pytest.approx(first.target, abs=0.002)
        assert sequence.energy <= sequence.first_energy + 1e-6 or len(sequence.manipulations) == 1


def test_of_sequences_that_begin_alike_only_the_best_is_returned() -> None:
    sequences = found(depth=2)
    assert len(sequences) > 1
    assert distinct([sequences[0], *sequences]) == distinct(sequences)


def test_what_failed_before_is_varied_and_nothing_else() -> None:
    other = replace(MOVE, target=(0.1, -0.1, 0.02))
    rng = np.random.default_rng(0)
    assert varied(other, (MOVE,), rng) is other
    again = varied(MOVE, (MOVE,), rng)
    assert 0 < np.hypot(*np.subtract(again.target, MOVE.target)[:2]) < 0.05
    assert again.target[2] == MOVE.target[2]


@pytest.mark.parametrize("relation", ["next_to", "left_of", "in_front_of"])
def test_what_something_is_to_stand_beside_stays_where_it_is(relation: str) -> None:
    things = (cube("a", 0.15, -0.1), cube("b", -0.1, 0.1))
    tool = torch.tensor([0.0, 0.0, 0.2, 0.0, 0.0])
    belief = Belief(torch.zeros(2, 6), tool, Scene("s", things), torch.ones(2).bool(), torch.ones(2))
    wanted, settings = Subgoal((Fact(relation, ("a", "b")),)), ManipulationSearch(depth=1)
    sequences = search(MODEL, belief, wanted, settings, spending=Spending(Budget(60_000)), tabu=(), seed=0).better
    lowest = {name: min(s.energy for s in sequences if s.manipulations[0].thing == name) for name in ("a", "b")}
    assert lowest["b"] == pytest.approx(lowest["a"] + LANDMARK_PRICE, abs=1e-4)
    line = Subgoal((Fact("line", ("a", "b")),))
    assert reference_things(wanted) == {"b"}
    assert reference_things(line) == frozenset()


def test_a_landmark_costs_its_price_however_early_it_is_moved() -> None:
    things = (cube("a", 0.15, -0.1), cube("b", -0.1, 0.1), cube("c", 0.0, -0.2))
    tool = torch.tensor([0.0, 0.0, 0.2, 0.0, 0.0])
    belief = Belief(torch.zeros(3, 6), tool, Scene("s", things), torch.ones(3).bool(), torch.ones(3))
    wanted = Subgoal((Fact("next_to", ("a", "b")),))
    now = float(goal_energy(wanted.facts, table_of(things))[0])
    root = Sequence((), MODEL.begin(belief), things, now, now, now, things)
    first = [lifted("b", (-0.1, 0.1), (-0.1, 0.15)), lifted("c", (0.0, -0.2), (0.0, -0.25))]
    beam = expand(MODEL, [root, root], first, wanted, 2)
    then = [lifted("a", (0.15, -0.1), (-0.1, 0.0))] * 2
    extra = {
        sequence.manipulations[0].thing: sequence.energy - sequence.goal - 2 * STEP_PRICE
        for sequence in expand(MODEL, beam, then, wanted, 2)
    }
    assert extra["b"] - extra["c"] == pytest.approx(LANDMARK_PRICE, abs=1e-4)


def lifted(thing: str, start: tuple[float, float], target: tuple[float, float]) -> Manipulation:
    """Return a manipulation that lifts a cube of the table from ``start`` to ``target``."""
    return Manipulation("pick_place", thing, (*start, 0.04), (*target, 0.02), 0.1)


class Wary(GeometricDynamics):
    """Foresees that whatever is moved falls or strays."""

    def after_manipulation(self, state: LatentState, manipulation: Tensor) -> tuple[LatentState]:
        (after,) = super().after_manipulation(state, manipulation)
        return (replace(after, fate=torch.full_like(after.fate, 9.0)),)


@pytest.mark.parametrize(("off", "tries"), [(0.03, True), (0.021, True), (0.0185, False), (0.012, False)])
def test_what_is_unmet_is_tried_at_a_risk_rather_than_given_up(off: float, *, tries: bool) -> None:
    things = (cube("a", off, 0.0, 0.06), cube("b", 0.0, 0.0))
    tool = torch.tensor([0.0, 0.0, 0.2, 0.0, 0.0])
    belief = Belief(torch.zeros(2, 6), tool, Scene("s", things), torch.ones(2).bool(), torch.ones(2))
    wary, settings = Wary(ProposalPolicy()), ManipulationSearch(depth=1)
    sequences = search(wary, belief, A_ON_B, settings, spending=Spending(Budget(60_000)), tabu=(), seed=0).better
    now = float(goal_energy(A_ON_B.facts, table_of(things))[0])
    assert bool(sequences) is tries
    assert all(s.energy > now > s.goal for s in sequences)
