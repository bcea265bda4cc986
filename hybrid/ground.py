"""The stage where predicates meet the belief: which subgoal is unmet, and by how much.

Reads believed things only.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

from hybrid.rest import at_rest, held_thing
from planner.base import Planner
from planner.stopping import doubtful
from simulator.base import MOVABLE, Fact, Subgoal, Thing
from simulator.predicates import margin
from world_model.base import Belief
from world_model.errors import PerceptionError
from world_model.model import TOOL_REACH

PLAINLY = 0.008
"""Facts that hold with this much to spare hold, though outlines are only known as circles to the energy, metres."""
MOVED = 0.012
"""A thing that is believed to have moved less than this has not moved, metres."""
GONE = 0.3
"""Stands for the distance to where a thing should be that is not seen any more, metres."""
RIM = 0.01
"""Perception may err by this much where the tool reaches no further, metres."""
LEFT_ALONE = 0.015
"""What had to be left alone may be believed this far from where it was at first: two looks err by less, metres."""


def ground(belief: Belief, subgoals: Sequence[Subgoal], planner: Planner, settled: Collection[int] = ()) -> int | None:
    """Return the index of the first subgoal to pursue, or None when all that count hold.

    A subgoal stops counting once a later one moves the same thing elsewhere. Those ``settled`` hold with little to
    spare and cannot be bettered: they count as reached while they hold at all.

    Raises:
        PerceptionError: a subgoal names a thing that is not seen on the table.
    """
    for subgoal in subgoals:
        require_seen(belief, subgoal)
    reached = [
        planner.reached(belief, subgoal) or margins(belief, subgoal) >= (0.0 if index in settled else PLAINLY)
        for index, subgoal in enumerate(subgoals)
    ]
    latest = max((index for index, holds in enumerate(reached) if holds), default=-1)
    for index, holds in enumerate(reached):
        overtaken = any(superseded(subgoals[index], later) for later in subgoals[index + 1 : latest + 1])
        if not holds and not overtaken:
            return index
    return None


def preparation(belief: Belief, subgoals: Sequence[Subgoal], index: int) -> Subgoal | None:
    """Return what has to be done before subgoal ``index``: nothing is built on a thing that must still move.

    Where the subgoal puts something on a stack, and a later subgoal moves a thing from within that stack or puts
    another on it, what stands on that thing is cleared away first.
    """
    things = at_rest(belief.scene.things, held_thing(belief))
    later = [fact for goal in subgoals[index + 1 :] for fact in goal.facts if margin(fact, things) < 0]
    wanted = {names_of(fact)[0] for fact in later} | {str(f.arguments[1]) for f in later if f.relation == "on"}
    for fact in subgoals[index].facts:
        if fact.relation != "on":
            continue
        for below in beneath(str(fact.arguments[1]), things):
            if below in wanted and margin(Fact("clear", (below,)), things) < 0:
                words = f"clear {below} before anything else is put on what stands on it"
                return Subgoal((Fact("clear", (below,)),), words, keep=subgoals[index].keep)
    return None


def beneath(name: str, things: Sequence[Thing]) -> list[str]:
    """Return the movable things that carry ``name``, the nearest first."""
    found: list[str] = []
    for _ in things:
        carriers = [t.id for t in things if t.id not in (name, *found) and t.kind in MOVABLE]
        carriers = [other for other in carriers if margin(Fact("on", (name, other)), things) >= 0]
        if not carriers:
            break
        name = carriers[0]
        found.append(name)
    return found


def strayed(
    belief: Belief, subgoals: Sequence[Subgoal], places: Mapping[str, tuple[float, float, float]]
) -> str | None:
    """Say which of the things that had to stay where they were at first (``places``, metres) is not there; or None."""
    kept = {name for subgoal in subgoals for name in subgoal.keep}
    for thing in belief.scene.things:
        far = math.dist(thing.position, places.get(thing.id, thing.position))
        if thing.id in kept and far > LEFT_ALONE:
            return f"the {thing.colour} {thing.kind}, which had to be left alone, was moved {100 * far:.1f} cm"
    return None


def require_seen(belief: Belief, subgoal: Subgoal) -> None:
    """Raise ``PerceptionError`` for the first thing ``subgoal`` names that is not believed to be there."""
    known = {thing.id for thing in belief.scene.things}
    for fact in subgoal.facts:
        for name in names_of(fact):
            if name not in known:
                problem = "it is not seen on the table"
                raise PerceptionError(name, problem, "Name a thing that is, or uncover it and ask again.")


def out_of_reach(belief: Belief, subgoals: Sequence[Subgoal]) -> str | None:
    """Say which thing the tool would have to be above for an unmet fact lies beyond its reach; None where none does."""
    things = at_rest(belief.scene.things, held_thing(belief))
    short = [fact for subgoal in subgoals for fact in subgoal.facts if margin(fact, things) < 0]
    needed = {name for fact in short for name in handled(fact)}
    for thing in things:
        if thing.id in needed and thing.id != held_thing(belief):
            for axis, value, half in zip("xy", thing.position, half_extents(thing), strict=False):
                if abs(value) - half > TOOL_REACH + RIM:
                    where = f"{axis} {value:.2f} m; the robot reaches {TOOL_REACH:.2f} m"
                    return f"the {thing.colour} {thing.kind} lies outside the work area ({where}); bring it nearer"
    return None


def handled(fact: Fact) -> tuple[str, ...]:
    """Return the things that the tool has to be above to make ``fact`` hold; where any of several may move, none."""
    if fact.relation in ("on", "in"):
        return names_of(fact)
    return names_of(fact)[:1] if fact.relation in ("at", "held") else ()


def half_extents(thing: Thing) -> tuple[float, float]:
    """Return how far the outline of ``thing`` reaches from its centre along x and y, metres."""
    long, short = (extent / 2 for extent in thing.size[:2])
    cos, sin = abs(math.cos(thing.yaw)), abs(math.sin(thing.yaw))
    return long * cos + short * sin, long * sin + short * cos


def names_of(fact: Fact) -> tuple[str, ...]:
    """Return the things a fact names."""
    names = fact.arguments[:1] if fact.relation == "at" else fact.arguments
    return tuple(str(name) for name in names)


def superseded(subgoal: Subgoal, later: Subgoal) -> bool:
    """Whether ``later`` is about a thing that ``subgoal`` is about."""
    return bool({names_of(fact)[0] for fact in subgoal.facts} & {names_of(fact)[0] for fact in later.facts})


def margins(belief: Belief, subgoal: Subgoal) -> float:
    """Return the least margin of the subgoal's facts as believed, things set down on what carries them, metres.

    What is gone from where it is believed has none.
    """
    if doubtful(belief, subgoal):
        return -GONE
    held = held_thing(belief)
    things = at_rest(belief.scene.things, held)
    return min((margin(fact, things, held) for fact in subgoal.facts), default=0.0)


def progressed(before: Belief, after: Belief, thing: str) -> bool:
    """Whether ``thing`` is believed to have moved."""
    start, end = before.scene.things[before.index(thing)], after.scene.things[after.index(thing)]
    return math.dist(start.position, end.position) > MOVED


def broken(belief: Belief, subgoal: Subgoal) -> str:
    """Say which fact of ``subgoal`` is unmet by how much, as believed."""
    short = [(margin(fact, belief.scene.things), fact) for fact in subgoal.facts]
    worst, fact = min(short, key=lambda pair: pair[0])
    words = ", ".join(str(argument) for argument in fact.arguments)
    if doubtful(belief, subgoal):
        return f"{fact.relation}({words}) cannot be confirmed: what it places is held or no longer seen"
    if worst >= 0:
        return f"{fact.relation}({words}) holds with too little to spare ({100 * worst:.1f} cm)"
    return f"{fact.relation}({words}) is unmet by {-100 * worst:.1f} cm"
