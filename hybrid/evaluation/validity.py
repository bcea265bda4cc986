"""Whether a plan states or reaches the goal of a task: plan validity, reported apart from execution."""

from __future__ import annotations

from collections.abc import Sequence

from hybrid.base import Decomposition
from hybrid.errors import HybridError
from hybrid.evaluation.base import Step
from hybrid.evaluation.targets import movable, resolved
from hybrid.evaluation.truth import solved
from simulator.base import CONTAINERS, Fact, Scene
from simulator.goals import after
from simulator.places import PLACES
from simulator.tasks import Task

SYMMETRIC = frozenset({"next_to", "apart", "line"})
"""Relations whose things may be named in any order."""
OPPOSITES = {"right_of": "left_of", "in_front_of": "behind"}
"""Relations that are said as their opposite with the things exchanged."""


def canonical(fact: Fact, scene: Scene) -> tuple[str | float, ...]:
    """Return ``fact`` in the one form that all ways of saying the same thing share.

    ``on`` a container or zone is ``in`` it, named places are their point in whole millimetres, ``right_of(a, b)`` is
    ``left_of(b, a)``, the things of symmetric relations are sorted.
    """
    relation, arguments = fact.relation, fact.arguments
    if relation == "at":
        return ("at", *_point(arguments))
    if relation == "on" and scene.thing(str(arguments[1])).kind in {*CONTAINERS, "zone"}:
        return ("in", *arguments)
    if relation in OPPOSITES:
        return (OPPOSITES[relation], *reversed(arguments))
    if relation in SYMMETRIC:
        return (relation, *sorted(arguments, key=str))
    if relation == "between":
        return (relation, arguments[0], *sorted(arguments[1:], key=str))
    return (relation, *arguments)


def states_the_goal(decomposition: Decomposition, task: Task) -> bool:
    """Whether ``decomposition`` states every fact of the task's subgoals and all that must be left alone."""
    spared = {name for relation, name in decomposition.constraints if relation == "keep"}
    spared |= {name for subgoal in decomposition.subgoals for name in subgoal.keep}
    if not {name for subgoal in task.subgoals for name in subgoal.keep} <= spared:
        return False
    try:
        said = {canonical(fact, task.scene) for subgoal in decomposition.subgoals for fact in subgoal.facts}
    except KeyError:
        return False
    return all(canonical(fact, task.scene) in said for subgoal in task.subgoals for fact in subgoal.facts)


def reaches_the_goal(steps: Sequence[Step], task: Task) -> bool:
    """Whether ``steps``, carried out exactly from the true start, are possible one after the other and end at the goal.

    A step is possible when what it moves is free to be moved and where it goes can be said.
    """
    things = task.scene.things
    try:
        for step in steps:
            move = resolved(step, things)
            if not movable(move.thing, things):
                return False
            things = after(things, (move,))
    except HybridError:
        return False
    return solved(task, things)


def _point(arguments: tuple[str | float, ...]) -> tuple[str | float, ...]:
    thing, *where = arguments
    x, y = PLACES[str(where[0])] if len(where) == 1 else where
    return (thing, round(1000 * float(x)), round(1000 * float(y)))
