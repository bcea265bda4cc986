"""Refinement lowers level 1's own cost, whatever the rule, and leaves suction as it was selected."""

from __future__ import annotations

import pytest
import torch

from planner.base import Manipulation
from planner.geometry import GeometricDynamics
from planner.level1 import ControlSearch, select
from planner.refinement import RULES, Refinement, RuleName, refined
from simulator.base import Scene, Thing
from world_model.base import Belief, seeded
from world_model.checkpoint import load_checkpoint

A = Thing("a", "cube", "red", (0.04, 0.04, 0.04), (0.1, 0.05, 0.02))
BELIEF = Belief(
    torch.zeros(1, 4), torch.tensor([0.1, 0.0, 0.12, 0.0, 0.0]), Scene("b", (A,)), torch.ones(1).bool(), torch.ones(1)
)
MOVE = Manipulation("pick_place", "a", (0.1, 0.05, 0.04), (0.0, -0.05, 0.02), 0.05)


@pytest.mark.parametrize("rule", list(RULES))
def test_a_refined_sequence_costs_less_and_grips_when_it_did(rule: RuleName) -> None:
    model = GeometricDynamics(load_checkpoint()[0].proposals)
    chosen = select(model, BELIEF, MOVE, ControlSearch(candidates=2), seeded(0))
    better = refined(model, BELIEF, MOVE, chosen, Refinement(rule, 3, samples=64, spread=0.001), seeded(1))
    assert better.energy < chosen.energy
    assert better.actions.shape == chosen.actions.shape
    assert ((better.actions[:, 3] > 0.5) == (chosen.actions[:, 3] > 0.5)).all()
    assert (better.actions != chosen.actions).any()
    assert better.trace.candidates == 2 + 3 * 64
    assert float((better.positions[0] - torch.tensor(MOVE.target)).norm()) < 0.02


def test_no_rounds_change_nothing() -> None:
    model = GeometricDynamics(load_checkpoint()[0].proposals)
    chosen = select(model, BELIEF, MOVE, ControlSearch(candidates=8), seeded(0))
    same = refined(model, BELIEF, MOVE, chosen, Refinement("cem", rounds=0), seeded(1))
    assert same.actions.tobytes() == chosen.actions.tobytes()
    assert same.energy == pytest.approx(chosen.energy, abs=1e-6)
