"""The stage that tries a plan in PyBullet before anything moves: a twin is rebuilt from what perception believes.

It never sees the acted-on world. Believed poses are a few millimetres off, so things are set down on what carries them
before physics takes over.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from planner.base import Plan
from simulator.base import CONTAINERS, MOVABLE, Subgoal, Thing, Verdict
from simulator.check import check
from simulator.twin import Twin
from world_model.base import Belief

SETTLES = 0.015
"""A believed gap or overlap up to this is perception's error, and is closed, metres."""
FLOOR = 0.004
"""Thickness of a container's floor, metres."""


def check_plan(belief: Belief, plan: Plan, subgoal: Subgoal) -> Verdict:
    """Simulate the control steps of ``plan`` in a twin of ``belief`` and judge them.

    The facts of ``subgoal`` are demanded only when the plan's first manipulation is meant to be its last.
    """
    tip = (float(belief.tool[0]), float(belief.tool[1]), float(belief.tool[2]))
    held = held_thing(belief)
    twin = Twin(at_rest(belief.scene.things, held), tool=tip, held=held)
    try:
        first = plan.manipulations[0]
        return check(
            twin,
            plan.actions,
            subgoal,
            plan.imagined,
            require=len(plan.manipulations) == 1,
            moved=first.thing,
            target=first.target,
        )
    finally:
        twin.close()


def held_thing(belief: Belief) -> str | None:
    """Return the id of the thing under the tool when the vacuum is sealed."""
    if float(belief.tool[4]) < 0.5:
        return None
    tip = [float(v) for v in belief.tool[:3]]
    movable = [thing for thing in belief.scene.things if thing.kind in MOVABLE]
    return min(movable, key=lambda t: math.dist((*t.position[:2], t.top), tip)).id if movable else None


def at_rest(things: Sequence[Thing], held: str | None) -> tuple[Thing, ...]:
    """Return ``things`` set down on what carries them, from the lowest up."""
    settled: list[Thing] = []
    for thing in sorted(things, key=lambda t: (t.kind in MOVABLE, t.position[2])):
        settled.append(thing if thing.id == held else set_down(thing, settled))
    order = {thing.id: k for k, thing in enumerate(things)}
    return tuple(sorted(settled, key=lambda t: order[t.id]))


def set_down(thing: Thing, below: Sequence[Thing]) -> Thing:
    """Return ``thing`` with its lower face on the table or on the thing under it, where that is a small correction."""
    if thing.kind not in MOVABLE:
        return lowered(thing, 0.0)
    heights = [0.0] + [height for other in below for height in carrying(other, thing)]
    nearest = min(heights, key=lambda height: abs(height - thing.bottom))
    return lowered(thing, nearest) if abs(nearest - thing.bottom) < SETTLES else thing


def carrying(other: Thing, thing: Thing) -> tuple[float, ...]:
    """Return the height at which ``other`` would carry ``thing``, if it is under it."""
    apart = math.dist(other.position[:2], thing.position[:2])
    if other.kind in CONTAINERS:
        return (other.bottom + FLOOR,) if apart < min(other.size[:2]) / 2 else ()
    if other.kind in MOVABLE:
        return (other.top,) if apart < (min(other.size[:2]) + min(thing.size[:2])) / 2 else ()
    return ()


def lowered(thing: Thing, height: float) -> Thing:
    """Return ``thing`` with its lower face at ``height``, metres."""
    return replace(thing, position=(thing.position[0], thing.position[1], height + thing.size[2] / 2))
