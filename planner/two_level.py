"""The planner: level 2 chooses manipulations, level 1 the control steps of the first of them."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from planner.base import Budget, Dynamics, Manipulation, Plan, Searched, TraceEntry
from planner.configurator import AS_IT_IS, Configuration, Switches, configure
from planner.cost import moved
from planner.level1 import rested, select
from planner.level2 import Sequence, search
from planner.refinement import refined
from planner.spending import Spending
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
    ) -> Searched:
        """Search for up to ``plans`` plans, lowest energy first.

        None when nothing imagined lowers the energy, nor, of a subgoal that does not hold, brings it nearer at a risk.

        Raises:
            PerceptionError: the subgoal names a thing that is not believed to be there.
        """
        spending = Spending(budget)
        settings = configure(belief, subgoal, budget, tabu, self.switches)
        ahead = search(
            self.upper or self.model, belief, subgoal, settings.level2,
            spending=spending, reserve=settings.controls, tabu=tabu, seed=seed,
        )  # fmt: skip
        generator = seeded(seed)
        found: list[Plan] = []
        for sequence in ahead.better[: self.plans]:
            plan = self.worked_out(belief, sequence, settings, spending, generator, ahead.trace)
            if plan is None:
                break
            found.append(plan)
        return Searched(tuple(found)) if found else Searched((), ahead.best, spending.exhausted)

    def worked_out(
        self,
        belief: Belief,
        sequence: Sequence,
        settings: Configuration,
        spending: Spending,
        generator: torch.Generator,
        trace: tuple[TraceEntry, ...],
    ) -> Plan | None:
        """Return ``sequence`` with control steps for its first manipulation, None where the budget does not suffice."""
        if not spending.affords(settings.controls):
            return None
        first = sequence.manipulations[0]
        chosen = select(self.model, belief, first, settings.level1, generator, spending.late)
        if chosen.cut:
            return None
        if settings.refinement is not None:
            chosen = refined(self.model, belief, first, chosen, settings.refinement, generator)
        return Plan(
            manipulations=sequence.manipulations,
            actions=rested(chosen.actions),
            energy=sequence.energy,
            first_energy=sequence.first_energy,
            imagined=moved(belief.scene.things, chosen.positions),
            trace=(*trace, chosen.trace),
            milliseconds=spending.milliseconds,
        )

    def reached(self, belief: Belief, subgoal: Subgoal) -> bool:
        """Whether every fact holds in ``belief`` with some room to spare."""
        return reached(belief, subgoal)
