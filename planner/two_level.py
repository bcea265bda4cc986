"""The planner: level 2 chooses manipulations, level 1 the control steps of the first of them."""

from __future__ import annotations

import time
from dataclasses import dataclass

import torch

from planner.base import Budget, Dynamics, Manipulation, Plan
from planner.configurator import configure
from planner.cost import moved
from planner.level1 import select
from planner.level2 import search
from simulator.base import Subgoal
from world_model.base import Belief, seeded
from world_model.energies import fact_energy, table_of

CONTENT = 0.25
"""Share of the planning comfort that must remain for a goal to be declared reached."""


@dataclass(frozen=True)
class TwoLevelPlanner:
    """Plans with a world model; implements ``planner.base.Planner``.

    Attributes:
        model: imagines.
        plans: how many alternatives are worked out to control steps.
    """

    model: Dynamics
    plans: int = 1

    def plan(
        self, belief: Belief, subgoal: Subgoal, *, budget: Budget, tabu: tuple[Manipulation, ...] = (), seed: int = 0
    ) -> tuple[Plan, ...]:
        """Return up to ``plans`` plans, lowest energy first; empty when nothing imagined lowers the energy.

        Raises:
            PerceptionError: the subgoal names a thing that is not believed to be there.
        """
        began = time.perf_counter()
        settings = configure(belief, subgoal, budget, tabu)
        sequences, trace = search(self.model, belief, subgoal, settings.level2, budget=budget, tabu=tabu, seed=seed)
        generator = seeded(seed)
        found: list[Plan] = []
        for sequence in sequences[: self.plans]:
            chosen = select(self.model, belief, sequence.manipulations[0], settings.level1, generator)
            found.append(
                Plan(
                    manipulations=sequence.manipulations,
                    actions=chosen.actions,
                    energy=sequence.energy,
                    first_energy=sequence.first_energy,
                    imagined=moved(belief.scene.things, chosen.positions),
                    trace=(*trace, chosen.trace),
                    milliseconds=1000 * (time.perf_counter() - began),
                )
            )
        return tuple(found)

    def reached(self, belief: Belief, subgoal: Subgoal) -> bool:
        """Whether every fact holds in ``belief`` with some room to spare."""
        table = table_of(belief.scene.things)
        with torch.no_grad():
            return all(float(fact_energy(fact, table, CONTENT)[0]) <= 0.0 for fact in subgoal.facts)
