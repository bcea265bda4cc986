"""Level 2: which manipulations, in which order, by beam search in the latent space.

From every state in the beam manipulations are proposed, the world model imagines them, and the energy of the subgoal
ranks the outcomes; clearing an obstacle pays off one or two manipulations later, so the search looks ahead until the
goal is met.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import torch

from planner.base import Candidate, Dynamics, Manipulation, TraceEntry
from planner.candidates import LANDMARKED, Breadth, propose
from planner.cost import STEP_PRICE, imagine_manipulations, moved
from planner.spending import Spending
from planner.stopping import failing
from simulator.base import Subgoal, Thing
from world_model.base import Belief
from world_model.energies import goal_energy, table_of
from world_model.model import LatentState, stacked

SAME_TARGET = 0.012
"""Targets closer than this are one attempt to whoever remembers failures, metres."""
RETRY_JITTER = 0.006
"""How far a retried manipulation is varied, metres (EVIDENCE 4b: after an observed no-change, jitter the retry)."""
HELD = 0.06
"""Energy of still holding something when the plan begins, metres: putting it down where it belongs is worth a plan."""
LANDMARK_PRICE = 0.01
"""Energy of moving once what something else is to stand beside, metres: people mean the other one."""
MET = 1e-3
"""Imagined energy below which the search looks no further, metres."""
AHEAD = 0.5
"""Share of the time after which the search looks no further ahead: the rest is for control steps."""


@dataclass(frozen=True)
class Sequence:
    """A node of the beam: manipulations and where they are imagined to lead.

    Attributes:
        manipulations: so far.
        state: latent afterwards, a batch of one.
        things: as imagined afterwards.
        energy: of the subgoal, metres, with the price of every manipulation.
        goal: of the subgoal alone, metres.
        first_energy: the energy after the first manipulation.
        first_things: the things as imagined after the first manipulation.
    """

    manipulations: tuple[Manipulation, ...]
    state: LatentState
    things: tuple[Thing, ...]
    energy: float
    goal: float
    first_energy: float
    first_things: tuple[Thing, ...]


@dataclass(frozen=True)
class ManipulationSearch:
    """How level 2 searches: manipulations ahead, nodes kept, targets suggested."""

    depth: int = 3
    beam: int = 6
    breadth: Breadth = field(default_factory=Breadth)


@dataclass(frozen=True)
class Lookahead:
    """What level 2 found.

    Attributes:
        better: sequences worth doing, best first, at most one for each first thing and place.
        best: of all that were imagined the one of lowest energy, None where none was.
        trace: of the search.
    """

    better: list[Sequence]
    best: Candidate | None
    trace: tuple[TraceEntry, ...]


@torch.inference_mode()
def search(
    model: Dynamics,
    belief: Belief,
    subgoal: Subgoal,
    settings: ManipulationSearch,
    *,
    spending: Spending,
    reserve: int = 0,
    tabu: tuple[Manipulation, ...],
    seed: int,
) -> Lookahead:
    """Return sequences that lower the energy.

    Where none does, and the subgoal does not hold, those that bring it nearer at whatever risk: to try is better than
    to give up, and the check still has to accept it. What holds with little to spare is not put at risk. ``reserve``
    candidates are left to level 1.
    """
    rng, things = np.random.default_rng(seed), belief.scene.things
    row = belief.held
    held = None if row is None else things[row].id
    goal = float(goal_energy(subgoal.facts, table_of(things))[0])
    now = goal + HELD * (held is not None)
    beam = [Sequence((), model.begin(belief), things, now, goal, now, things)]
    complete: list[Sequence] = []
    trace: list[TraceEntry] = []
    for depth in range(settings.depth):
        parents, children = children_of(beam, subgoal, settings.breadth, rng, None if depth else held)
        children = [varied(child, tabu, rng) for child in children] if depth == 0 else children
        count = 0 if depth and spending.late(AHEAD) else spending.granted(len(children), reserve)
        if not count:
            break
        beam = expand(model, parents[:count], children[:count], subgoal, settings.beam)
        complete += beam
        lowest = tuple(round(s.energy, 4) for s in beam[:5])
        trace.append(TraceEntry(2, count, lowest, words(beam[0].manipulations)))
        if beam[0].energy < MET + STEP_PRICE * (depth + 1):
            break
    better = [s for s in complete if s.energy < now - STEP_PRICE]
    if not better and failing(belief, subgoal):
        better = [s for s in complete if s.goal < goal - STEP_PRICE]
    if not complete:
        complete = makeshift(model, beam[0], subgoal, settings, spending, rng)
    best = min(complete, key=lambda s: s.energy, default=None)
    told = None if best is None else Candidate(best.manipulations, best.energy, best.things)
    return Lookahead(distinct(sorted(better, key=lambda s: s.energy)), told, tuple(trace))


def makeshift(
    model: Dynamics,
    start: Sequence,
    subgoal: Subgoal,
    settings: ManipulationSearch,
    spending: Spending,
    rng: np.random.Generator,
) -> list[Sequence]:
    """Imagine the free places nearest to where there is no room; they are worth telling of and not worth doing."""
    breadth = replace(settings.breadth, named=False, free=True)
    parents, children = children_of([start], subgoal, breadth, rng, None)
    count = spending.granted(min(len(children), spending.left))
    return expand(model, parents[:count], children[:count], subgoal, settings.beam) if count else []


def children_of(
    beam: list[Sequence], subgoal: Subgoal, breadth: Breadth, rng: np.random.Generator, held: str | None
) -> tuple[list[Sequence], list[Manipulation]]:
    """Return the proposals from every node, with the node each came from; ``held`` is what the tool holds there."""
    parents: list[Sequence] = []
    children: list[Manipulation] = []
    for node in beam:
        proposals = propose(node.things, subgoal, rng, breadth, held)
        parents += [node] * len(proposals)
        children += proposals
    return parents, children


def expand(
    model: Dynamics, parents: list[Sequence], children: list[Manipulation], subgoal: Subgoal, count: int
) -> list[Sequence]:
    """Imagine all children in one batch; return the best ``count``, lowest energy first."""
    things = parents[0].things
    outcome = imagine_manipulations(model, stacked([parent.state for parent in parents]), children, things, subgoal)
    landmarks, goals = reference_things(subgoal), outcome.goal.tolist()
    taken = [(*parent.manipulations, child) for parent, child in zip(parents, children, strict=True)]
    price = torch.tensor([LANDMARK_PRICE * sum(m.thing in landmarks for m in manipulations) for manipulations in taken])
    energies = (outcome.energy + price + STEP_PRICE * len(taken[0])).tolist()
    found: list[Sequence] = []
    for row in kept(energies, [child.thing for child in children], count):
        parent, energy, imagined = parents[row], energies[row], moved(things, outcome.positions[row])
        first = not parent.manipulations
        found.append(
            Sequence(
                taken[row],
                outcome.state.row(row),
                imagined,
                energy,
                goals[row],
                energy if first else parent.first_energy,
                imagined if first else parent.first_things,
            )
        )
    return found


def reference_things(subgoal: Subgoal) -> frozenset[str]:
    """Return what others are to stand beside and is not to move itself: *the cylinder* of *put it by the cylinder*."""
    beside = [fact for fact in subgoal.facts if fact.relation in LANDMARKED]
    return frozenset(str(fact.arguments[1]) for fact in beside) - {str(fact.arguments[0]) for fact in subgoal.facts}


def kept(energies: list[float], names: list[str], count: int) -> list[int]:
    """Return the ``count`` rows of lowest energy, at most half of them moving one thing so that the beam is diverse.

    ``names`` of the things that were moved last.
    """
    taken: list[int] = []
    for row in sorted(range(len(energies)), key=energies.__getitem__):
        alike = sum(names[other] == names[row] for other in taken)
        if alike < max(2, count // 2) and len(taken) < count:
            taken.append(row)
    return taken


def distinct(sequences: list[Sequence]) -> list[Sequence]:
    """Return the sequences whose first manipulations differ."""
    taken: list[Sequence] = []
    for sequence in sequences:
        if not any(same(sequence.manipulations[0], other.manipulations[0]) for other in taken):
            taken.append(sequence)
    return taken


def same(a: Manipulation, b: Manipulation) -> bool:
    """Whether two manipulations are one attempt."""
    return (
        a.thing == b.thing and a.kind == b.kind and float(np.linalg.norm(np.subtract(a.target, b.target))) < SAME_TARGET
    )


def varied(proposal: Manipulation, tabu: tuple[Manipulation, ...], rng: np.random.Generator) -> Manipulation:
    """Return ``proposal``, varied a little if it has failed before."""
    if not any(same(proposal, failed) for failed in tabu):
        return proposal
    start, target = rng.normal(0, RETRY_JITTER, 2), rng.normal(0, RETRY_JITTER, 2)
    return replace(
        proposal,
        start=(proposal.start[0] + float(start[0]), proposal.start[1] + float(start[1]), proposal.start[2]),
        target=(proposal.target[0] + float(target[0]), proposal.target[1] + float(target[1]), proposal.target[2]),
    )


def words(manipulations: tuple[Manipulation, ...]) -> str:
    """Return manipulations in words, for the trace."""
    return "; ".join(
        f"{m.kind} {m.thing} to ({m.target[0]:.3f}, {m.target[1]:.3f}, {m.target[2]:.3f})" for m in manipulations
    )
