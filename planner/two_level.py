"""The planner: level 2 chooses manipulations, level 1 the control steps of the first of them."""

from __future__ import annotations

import time
from dataclasses import dataclass

from planner.base import Budget, Dynamics, Manipulation, Plan
from planner.configurator import AS_IT_IS, Switches, configure
from planner.cost import moved
from planner.level1 import rested, select
from planner.level2 import search
from planner.refinement import refined
from planner.stopping import reached
from simulator.base import Subgoal
from world_model.base import Belief, seeded


@dataclass(frozen=True)
class TwoLevelPlanner:
    """Plans with a model of the world; implements ``planner.base.Planner``.

    Attributes:
        model: imagines control steps, and manipulations unless ``upper`` does.
        plans: how many alternatives are worked out to control steps.
        upper: imagines manipulations in the place of ``model``, for comparisons.
        switches: what of the search is switched off or resized, for comparisons.
    """

    model: Dynamics
    plans: int = 1
    upper: Dynamics | None = None
    switches: Switches = AS_IT_IS

    def plan(
        self, belief: Belief, subgoal: Subgoal, *, budget: Budget, tabu: tuple[Manipulation, ...] = (), seed: int = 0
    ) -> tuple[Plan, ...]:
        """Return up to ``plans`` plans, lowest energy first.

        Empty when nothing imagined lowers the energy, nor, of a subgoal that does not hold, brings it nearer at a risk.

        Raises:
            PerceptionError: the subgoal names a thing that is not believed to be there.
        """
        began = time.perf_counter()
        settings = configure(belief, subgoal, budget, tabu, self.switches)
        upper = self.upper or self.model
        sequences, trace = search(upper, belief, subgoal, settings.level2, budget=budget, tabu=tabu, seed=seed)
        generator = seeded(seed)
        found: list[Plan] = []
        for sequence in sequences[: self.plans]:
            first = sequence.manipulations[0]
            chosen = select(self.model, belief, first, settings.level1, generator)
            if settings.refinement is not None:
                chosen = refined(self.model, belief, first, chosen, settings.refinement, generator)
            found.append(
                Plan(
                    manipulations=sequence.manipulations,
                    actions=rested(chosen.actions),
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
        return reached(belief, subgoal)
