"""The stage that tries a plan in PyBullet before anything moves: a twin is rebuilt from what perception believes.

It never sees the acted-on world. Believed poses are a few millimetres off, so things are set down on what carries them
before physics takes over.
"""

from __future__ import annotations

import math
from collections.abc import Collection

from hybrid.rest import at_rest, held_thing, spaced
from planner.base import Plan
from simulator.base import MOVABLE, Fact, Subgoal, Thing, Verdict
from simulator.check import MISSED, check
from simulator.twin import Twin
from world_model.base import Belief

PROGRESS = 0.4
"""Share of its way that a push must bring a thing."""
INTERLOCKED = 0.7
"""Centres closer than this share of the mean extent mean that one of the two is a ghost."""


def check_plan(belief: Belief, plan: Plan, subgoal: Subgoal) -> Verdict:
    """Simulate the control steps of ``plan`` in a twin of ``belief`` and judge them."""
    tip = (float(belief.tool[0]), float(belief.tool[1]), float(belief.tool[2]))
    held = held_thing(belief)
    moved = plan.manipulations[0].thing
    needed = {moved} | {str(name) for fact in subgoal.facts for name in fact.arguments}
    twin = Twin(spaced(at_rest(solid(belief, needed), held), held, moved), tool=tip, held=held)
    try:
        return judged(twin, belief, plan, subgoal)
    finally:
        twin.close()


def judged(twin: Twin, belief: Belief, plan: Plan, subgoal: Subgoal) -> Verdict:
    """Simulate the control steps of ``plan``, made for ``belief``, in ``twin`` and judge them."""
    first = plan.manipulations[0]
    return check(
        twin,
        plan.actions,
        subgoal,
        plan.imagined,
        facts_required=demanded(plan, subgoal),
        moved=first.thing,
        target=first.target,
        near=pushed_near(belief, plan) if first.kind == "push" else MISSED,
    )


def demanded(plan: Plan, subgoal: Subgoal) -> tuple[Fact, ...]:
    """Return the facts of ``subgoal`` that must hold when the first manipulation of ``plan`` is over.

    They are demanded only of what it moves, and only when it is meant to be the last: taking something out of the way
    is progress, though there be more than was believed. A push need only come nearer: what is pushed strays, and is
    looked at and pushed again.
    """
    first = plan.manipulations[0]
    if not plan.finishes or len(plan.manipulations) > 1 or first.kind == "push":
        return ()
    return tuple(fact for fact in subgoal.facts if first.thing in fact.arguments)


def pushed_near(belief: Belief, plan: Plan) -> float:
    """Return how far from its target a pushed thing may end, metres."""
    first = plan.manipulations[0]
    way = math.dist(belief.scene.thing(first.thing).position, first.target)
    return max(MISSED, (1 - PROGRESS) * way)


def solid(belief: Belief, needed: Collection[str]) -> tuple[Thing, ...]:
    """Return the believed things less those that share the room of a surer one and are not ``needed``."""
    order = sorted(
        range(len(belief.scene.things)),
        key=lambda row: (belief.scene.things[row].id not in needed, -float(belief.confidence[row])),
    )
    kept: list[Thing] = []
    for row in order:
        thing = belief.scene.things[row]
        if thing.id in needed or not any(interlocked(thing, other) for other in kept):
            kept.append(thing)
    known = {thing.id for thing in kept}
    return tuple(thing for thing in belief.scene.things if thing.id in known)


def interlocked(one: Thing, other: Thing) -> bool:
    """Whether two small things are believed so deep in each other that physics would throw them apart."""
    if one.kind not in MOVABLE or other.kind not in MOVABLE:
        return False
    room = INTERLOCKED * (min(one.size) + min(other.size)) / 2
    return math.dist(one.position, other.position) < room
