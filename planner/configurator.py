"""The configurator: how much search a subgoal gets, from the energy landscape and from surprise.

A goal one free move away needs no look-ahead; covered things, several unmet facts and earlier failures ask for more,
and so does surprise, of each level for its own search. Ablations switch parts of the search off or resize them; the
default switches change nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch

from planner.base import Budget, Manipulation
from planner.candidates import Breadth, made_room, movers_of
from planner.lanes import barring
from planner.level1 import ControlSearch
from planner.level2 import ManipulationSearch
from planner.refinement import Refinement
from simulator.base import Fact, Subgoal, Thing
from world_model.base import Belief
from world_model.energies import blockers, fact_energy, point_of, table_of

CALM = 1.0
"""Surprise up to which the model is trusted as it was trained: the 99th percentile of play."""


@dataclass(frozen=True)
class Switches:
    """What ablations change of the search.

    Attributes:
        named: places that facts name are suggested to level 2.
        free: random free places are suggested to level 2.
        clearing: what is in the way may be put aside.
        ahead: several manipulations may be imagined one after the other.
        targets: suggested for each thing that must move; None leaves it to the configurator.
        controls: candidates of level 1; None leaves it to the configurator.
        refinement: of the sequence that level 1 selects; None is none.
    """

    named: bool = True
    free: bool = True
    clearing: bool = True
    ahead: bool = True
    targets: int | None = None
    controls: int | None = None
    refinement: Refinement | None = None


AS_IT_IS = Switches()
"""The search as it ships."""


@dataclass(frozen=True)
class Configuration:
    """The search settings of both levels, and the refinement of what level 1 selects."""

    level1: ControlSearch
    level2: ManipulationSearch
    refinement: Refinement | None = None

    @property
    def controls(self) -> int:
        """How many control sequences level 1 imagines for one plan."""
        refined = 0 if self.refinement is None else self.refinement.rounds * self.refinement.samples
        return self.level1.candidates + refined


def configure(
    belief: Belief,
    subgoal: Subgoal,
    budget: Budget,
    tabu: tuple[Manipulation, ...],
    switches: Switches = AS_IT_IS,
) -> Configuration:
    """Return how to search for ``subgoal`` from ``belief`` within ``budget``."""
    table = table_of(belief.scene.things)
    energies = torch.stack([fact_energy(fact, table) for fact in subgoal.facts])
    unmet = int((energies > 0).sum())
    blocked = float(blockers(subgoal.facts, table, energies)[0]) > 0
    careful, wide = belief.surprise > CALM or bool(tabu), belief.leap_surprise > CALM or bool(tabu)
    short = [fact for fact, energy in zip(subgoal.facts, energies, strict=True) if float(energy) > 0]
    several = max((moves_for(fact, belief.scene.things) for fact in short), default=1)
    depth = 1 if unmet <= 1 and not blocked else min(budget.depth, unmet + 2 * blocked)
    depth = max(depth, min(budget.depth, several))
    if subgoal.manner == "push" and barred(belief.scene.things, subgoal):
        depth = max(depth, min(budget.depth, 3))
    breadth = Breadth(goal=10, aside=5) if wide else Breadth()
    chosen = Configuration(
        level1=ControlSearch(candidates=48, kept=16) if careful else ControlSearch(),
        level2=ManipulationSearch(depth=max(1, depth), beam=8 if wide else 6, breadth=breadth),
    )
    return chosen if switches == AS_IT_IS else switched(chosen, switches)


def moves_for(fact: Fact, things: Sequence[Thing]) -> int:
    """Return how many manipulations an unmet ``fact`` may take though nothing stands in the way.

    A line takes all of its things but one, and where there is no room in a container or on a zone something else in it
    is moved first.
    """
    if fact.relation == "line":
        return max(1, len(fact.arguments) - 1)
    movers = movers_of(things, fact)[:1]
    return 2 if any(made_room(things, mover, fact) for mover in movers) else 1


def barred(things: Sequence[Thing], subgoal: Subgoal) -> bool:
    """Whether something stands in the straight way of a thing that is to be pushed to a place or thing."""
    named = {thing.id: thing for thing in things}
    for fact in subgoal.facts:
        mover = named.get(str(fact.arguments[0]))
        if mover is None or fact.relation not in ("at", "in"):
            continue
        x, y = point_of(fact) if fact.relation == "at" else named[str(fact.arguments[1])].position[:2]
        others = [thing for thing in things if thing.id not in fact.arguments]
        if barring([mover, *others], mover, (x, y, mover.position[2])):
            return True
    return False


def switched(chosen: Configuration, switches: Switches) -> Configuration:
    """Return ``chosen`` as the ``switches`` have it."""
    level1, level2 = chosen.level1, chosen.level2
    breadth = replace(
        level2.breadth,
        named=switches.named,
        free=switches.free,
        aside=level2.breadth.aside if switches.clearing else 0,
        goal=switches.targets or level2.breadth.goal,
    )
    return Configuration(
        level1=replace(level1, candidates=switches.controls or level1.candidates),
        level2=replace(level2, breadth=breadth, depth=level2.depth if switches.ahead else 1),
        refinement=switches.refinement,
    )
