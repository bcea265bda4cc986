"""When a goal is declared reached: every fact holds as believed, with some room to spare, of things that are seen.

A thing that rolled or fell off the table is imagined where it was to be, and does not count where that is seen empty.
"""

from __future__ import annotations

import torch
from torch import Tensor

from simulator.base import MOVABLE, Fact, Subgoal, Thing
from world_model.base import Belief
from world_model.energies import fact_energy, table_of

CONTENT = 0.25
"""Share of the planning comfort that must remain for a goal to be declared reached."""

LIKELY = 0.2
"""Perception's confidence below which a thing that is not seen is gone."""


def reached(belief: Belief, subgoal: Subgoal, positions: Tensor | None = None) -> bool:
    """Whether every fact holds with some room to spare, in ``belief`` or once things are at ``positions [N, 3]``.

    In ``belief`` nothing counts as placed that the tool still holds or that is gone.
    """
    table = table_of(belief.scene.things, None if positions is None else positions[None])
    with torch.no_grad():
        if not all(float(fact_energy(fact, table, CONTENT)[0]) <= 0.0 for fact in subgoal.facts):
            return False
    return positions is not None or not doubtful(belief, subgoal)


def failing(belief: Belief, subgoal: Subgoal) -> bool:
    """Whether some fact does not hold in ``belief`` even with nothing to spare, or may not, because of what it places.

    Between this and ``reached`` lies what holds with little to spare.
    """
    table = table_of(belief.scene.things)
    short = any(float(fact_energy(fact, table, 0.0)[0]) > 0.0 for fact in subgoal.facts)
    return short or doubtful(belief, subgoal)


def doubtful(belief: Belief, subgoal: Subgoal) -> bool:
    """Whether something that ``subgoal`` places may not be where it is believed: it is held, or gone."""
    names = {name for fact in subgoal.facts for name in placed(fact)}
    movable = [t for t in belief.scene.things if t.id in names and t.kind in MOVABLE]
    return any(gone(belief, thing) or belief.held == belief.index(thing.id) for thing in movable)


def placed(fact: Fact) -> tuple[str, ...]:
    """Return the things that ``fact`` says are somewhere."""
    if fact.relation == "clear":
        return ()
    return tuple(str(name) for name in (fact.arguments[:1] if fact.relation == "at" else fact.arguments))


def gone(belief: Belief, thing: Thing) -> bool:
    """Whether ``thing`` is not seen and there is little reason to believe that it is where it was to be."""
    row = belief.index(thing.id)
    return not bool(belief.visible[row]) and float(belief.confidence[row]) < LIKELY
