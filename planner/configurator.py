"""The configurator: how much search a subgoal gets, from the energy landscape and from surprise.

A goal one free move away needs no look-ahead; covered things, several unmet facts, surprise and earlier failures ask
for more.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

from planner.base import Budget, Manipulation
from planner.candidates import Breadth
from planner.level1 import ControlSearch
from planner.level2 import ManipulationSearch
from simulator.base import Subgoal
from world_model.base import Belief
from world_model.energies import blockers, fact_energy, table_of

CALM = 1.0
"""Surprise up to which the model is trusted as it was trained: the 99th percentile of play."""


@dataclass(frozen=True)
class Configuration:
    """The search settings of both levels."""

    level1: ControlSearch
    level2: ManipulationSearch


def configure(belief: Belief, subgoal: Subgoal, budget: Budget, tabu: tuple[Manipulation, ...]) -> Configuration:
    """Return how to search for ``subgoal`` from ``belief`` within ``budget``."""
    table = table_of(belief.scene.things)
    energies = torch.stack([fact_energy(fact, table) for fact in subgoal.facts])
    unmet = int((energies > 0).sum())
    blocked = float(blockers(subgoal.facts, table, energies)[0]) > 0
    worried = belief.surprise > CALM or bool(tabu)
    depth = 1 if unmet <= 1 and not blocked else min(budget.depth, unmet + 2 * blocked)
    breadth = Breadth(goal=10, aside=5) if worried else Breadth()
    return Configuration(
        level1=ControlSearch(candidates=64 if worried else 40),
        level2=ManipulationSearch(depth=max(1, depth), beam=8 if worried else 6, breadth=breadth),
    )
