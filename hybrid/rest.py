"""Believed things at rest: what is seen a few millimetres above or inside what carries it is set down on it.

Pure geometry over believed things; no physics.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from simulator.base import CONTAINERS, MOVABLE, Thing
from simulator.overlap import penetration
from world_model.base import Belief

SETTLES = 0.015
"""A believed gap or overlap up to this is perception's error, and is closed, metres."""
CLEAR = 0.001
"""Gap left between things that are moved out of each other, metres."""
STEADY = 0.75
"""What stands on one thing has its centre within this share of that thing's half width, or it would have fallen."""
FLOOR = 0.004
"""Thickness of a container's floor, metres."""


def held_thing(belief: Belief) -> str | None:
    """Return the id of the thing under the tool when the vacuum is sealed."""
    if float(belief.tool[4]) < 0.5:
        return None
    tip = [float(v) for v in belief.tool[:3]]
    movable = [thing for thing in belief.scene.things if thing.kind in MOVABLE]
    return min(movable, key=lambda t: math.dist((*t.position[:2], t.top), tip)).id if movable else None


def at_rest(things: Sequence[Thing], held: str | None) -> tuple[Thing, ...]:
    """Return ``things`` set down on what carries them, lowest first, and last what must carry one of them unseen."""
    settled: list[Thing] = []
    unseen: list[Thing] = []
    for thing in sorted(things, key=lambda t: (t.kind in MOVABLE, t.position[2])):
        if thing.id == held:
            settled.append(thing)
            continue
        height = support_height(thing, settled)
        if abs(height - thing.bottom) < SETTLES or thing.kind not in MOVABLE:
            settled.append(steadied(lowered(thing, height), settled))
            continue
        settled.append(thing)
        if thing.bottom > height:
            unseen.append(pedestal(thing, height))
    order = {thing.id: k for k, thing in enumerate(things)}
    return (*sorted(settled, key=lambda t: order[t.id]), *unseen)


def spaced(things: Sequence[Thing], held: str | None, moved: str) -> tuple[Thing, ...]:
    """Return ``things`` with those that carry nothing moved out of what stands beside them.

    How a block that is square from above is turned is not seen, so that things that touch are believed a little in each
    other: jammed, so that none of them could be lifted. What a plan is to have ``moved`` gives way last: the plan was
    made for where it is believed.
    """
    found = list(things)
    for row in sorted(range(len(found)), key=lambda row: found[row].id == moved):
        thing = found[row]
        if thing.kind in MOVABLE and thing.id != held and not any(bears(thing, other) for other in found):
            found[row] = parted(thing, found)
    return tuple(found)


def parted(thing: Thing, others: Sequence[Thing]) -> Thing:
    """Return ``thing`` moved out of those of ``others`` that stand beside it, in all no further than out of one."""
    place = thing
    for other in [*others, *others]:
        beside = min(thing.top, other.top) - max(thing.bottom, other.bottom) > SETTLES
        if other.id != thing.id and other.kind in MOVABLE and beside:
            away = shoved(place, other, penetration(place, other))
            place = away if math.dist(away.position, thing.position) <= SETTLES + CLEAR else place
    return place


def bears(thing: Thing, other: Thing) -> bool:
    """Whether the middle of ``other`` is above ``thing``, which it stands on."""
    apart = math.dist(thing.position[:2], other.position[:2])
    return near(other.bottom, [thing.top]) and apart < min(thing.size[:2]) / 2


def shoved(thing: Thing, other: Thing, depth: float) -> Thing:
    """Return ``thing``, moved straight away from ``other`` where it is ``depth`` in it, metres."""
    (x, y, z), way = thing.position, np.subtract(thing.position[:2], other.position[:2])
    apart = float(np.hypot(*way))
    if not 0 < depth < SETTLES or not apart:
        return thing
    ahead, sideways = ((depth + CLEAR) * way / apart).tolist()
    return replace(thing, position=(x + ahead, y + sideways, z))


def support_height(thing: Thing, below: Sequence[Thing]) -> float:
    """Return the height nearest to the lower face of ``thing`` at which the table or a thing below could carry it."""
    if thing.kind not in MOVABLE:
        return 0.0
    heights = [0.0] + [height for other in below for height in carrying(other, thing)]
    return min(heights, key=lambda height: abs(height - thing.bottom))


def pedestal(thing: Thing, height: float) -> Thing:
    """Return a block that stands in for whatever hidden thing carries ``thing`` above ``height``."""
    extent = thing.bottom - height
    where = (thing.position[0], thing.position[1], height + extent / 2)
    return Thing(f"hidden_under_{thing.id}", "cube", "gray", (thing.size[0], thing.size[1], extent), where)


def carrying(other: Thing, thing: Thing) -> tuple[float, ...]:
    """Return the height at which ``other`` would carry ``thing``, if it is under it."""
    apart = math.dist(other.position[:2], thing.position[:2])
    if other.kind in CONTAINERS:
        return (other.bottom + FLOOR,) if apart < min(other.size[:2]) / 2 else ()
    if other.kind in MOVABLE:
        return (other.top,) if apart < (min(other.size[:2]) + min(thing.size[:2])) / 2 else ()
    return ()


def near(height: float, heights: Sequence[float]) -> bool:
    """Whether ``height`` is one of ``heights``, to a millimetre."""
    return any(abs(height - other) < 0.001 for other in heights)


def lowered(thing: Thing, height: float) -> Thing:
    """Return ``thing`` with its lower face at ``height``, metres."""
    return replace(thing, position=(thing.position[0], thing.position[1], height + thing.size[2] / 2))


def steadied(thing: Thing, below: Sequence[Thing]) -> Thing:
    """Return ``thing`` moved towards the middle of the one thing that carries it, if it could not stand where it is.

    A thing that stands where it is seen does not topple; that it would in the twin is an error of perception.
    """
    carriers = [other for other in below if other.kind in MOVABLE and near(thing.bottom, carrying(other, thing))]
    if len(carriers) != 1 or thing.kind == "ball":
        return thing
    (support,) = carriers
    apart = math.dist(thing.position[:2], support.position[:2])
    most = STEADY * min(support.size[:2]) / 2
    if apart <= most:
        return thing
    x, y = (s + (t - s) * most / apart for t, s in zip(thing.position[:2], support.position[:2], strict=True))
    return replace(thing, position=(x, y, thing.position[2]))
