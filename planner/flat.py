"""The planner without its upper level: control steps towards what the facts suggest, and no look-ahead.

The same proposals name aims, level 1 imagines control steps towards each of them, and the energy of the subgoal at the
end of the imagined control steps chooses. No manipulation is imagined as a whole, and none is imagined after another:
what two levels buy is the difference to ``planner.two_level``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from planner.base import Budget, Candidate, Dynamics, Manipulation, Plan, Searched, TraceEntry
from planner.candidates import propose
from planner.configurator import AS_IT_IS, Switches, configure
from planner.cost import STEP_PRICE, moved
from planner.level1 import ControlPlan, rested, select
from planner.level2 import varied, words
from planner.spending import Spending
from planner.stopping import reached
from simulator.base import Subgoal
from world_model.base import Belief, seeded
from world_model.energies import disturbance, goal_energy, table_of

AIMS = 12
"""Most aims that control steps are imagined towards."""


@dataclass(frozen=True)
class Towards:
    """Control steps towards one aim, with the energy of the subgoal imagined at their end, metres."""

    aim: Manipulation
    chosen: ControlPlan
    energy: float

    @property
    def rank(self) -> float:
        """The subgoal's energy and level 1's own cost of getting there, metres."""
        return self.energy + self.chosen.energy


@dataclass(frozen=True)
class FlatPlanner:
    """Plans with level 1 alone; implements ``planner.base.Planner``.

    Attributes:
        model: imagines control steps.
        switches: what of the search is switched off or resized.
    """

    model: Dynamics
    switches: Switches = AS_IT_IS

    def plan(
        self, belief: Belief, subgoal: Subgoal, *, budget: Budget, tabu: tuple[Manipulation, ...] = (), seed: int = 0
    ) -> Searched:
        """Search for the plan of lowest energy at the end of its control steps; there is none when none lowers it.

        Raises:
            PerceptionError: the subgoal names a thing that is not believed to be there.
        """
        spending, rng, generator = Spending(budget), np.random.default_rng(seed), seeded(seed)
        settings = configure(belief, subgoal, budget, tabu, self.switches)
        now = float(goal_energy(subgoal.facts, table_of(belief.scene.things))[0])
        found: list[Towards] = []
        for proposal in propose(belief.scene.things, subgoal, rng, settings.level2.breadth)[:AIMS]:
            if not spending.affords(settings.level1.candidates):
                break
            aim = varied(proposal, tabu, rng)
            chosen = select(self.model, belief, aim, settings.level1, generator, spending.late)
            if not chosen.cut:
                found.append(Towards(aim, chosen, energy_of(belief, subgoal, aim, chosen)))
        better = sorted((one for one in found if one.energy < now - STEP_PRICE), key=lambda one: one.rank)
        if not better:
            return Searched((), best_of(belief, found), spending.exhausted)
        lowest = tuple(round(one.rank, 4) for one in better[:5])
        trace = TraceEntry(1, settings.level1.candidates * len(found), lowest, words((better[0].aim,)))
        return Searched((plan_of(belief, subgoal, better[0], trace, spending.milliseconds),))

    def reached(self, belief: Belief, subgoal: Subgoal) -> bool:
        """Whether every fact holds in ``belief`` with some room to spare."""
        return reached(belief, subgoal)


@torch.no_grad()
def energy_of(belief: Belief, subgoal: Subgoal, aim: Manipulation, chosen: ControlPlan) -> float:
    """Return the energy of ``subgoal`` at the end of the imagined control steps, disturbances included, metres."""
    things = belief.scene.things
    before, after = table_of(things), table_of(things, chosen.positions[None])
    free = torch.zeros(1, len(things), dtype=torch.bool)
    free[0, belief.index(aim.thing)] = True
    keep = [row for row, thing in enumerate(things) if thing.id in subgoal.keep]
    return float((goal_energy(subgoal.facts, after) + disturbance(after, before.positions, free, keep))[0])


def best_of(belief: Belief, found: list[Towards]) -> Candidate | None:
    """Return the best of what was imagined, None where nothing was."""
    best = min(found, key=lambda one: one.rank, default=None)
    return (
        None if best is None else Candidate((best.aim,), best.energy, moved(belief.scene.things, best.chosen.positions))
    )


def plan_of(belief: Belief, subgoal: Subgoal, best: Towards, trace: TraceEntry, milliseconds: float) -> Plan:
    """Return the plan that carries ``best`` out."""
    positions = best.chosen.positions
    return Plan(
        manipulations=(best.aim,),
        actions=rested(best.chosen.actions),
        energy=best.energy,
        first_energy=best.energy,
        imagined=moved(belief.scene.things, positions),
        trace=(trace, best.chosen.trace),
        milliseconds=milliseconds,
        finishes=reached(belief, subgoal, positions),
    )
