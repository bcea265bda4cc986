"""Focus: what level 1 has to imagine of a belief to choose control steps for one manipulation.

Things far from where the tool meets the thing and from where it puts it (or, pushing, from the lane in between) are
neither touched nor do they touch anything; imagining them costs time and tells nothing. What the imagination is
spared, the check in the simulator still sees.
"""

from __future__ import annotations

import math
from dataclasses import replace

from planner.base import Manipulation
from planner.room import outer
from world_model.base import Belief

MARGIN = 0.03
"""Things whose outlines come this near to the moved thing's are imagined, metres."""

Flat = tuple[float, float]
"""A point or a way on the table, metres."""


def focused(belief: Belief, manipulation: Manipulation) -> tuple[Belief, list[int]]:
    """Return ``belief`` with only the things that ``manipulation`` could meet, and their rows in it."""
    things = belief.scene.things
    moved = things[belief.index(manipulation.thing)]
    x, y, _ = moved.position
    way = manipulation.target[0] - x, manipulation.target[1] - y
    apart = from_lane if manipulation.kind == "push" else from_ends
    reach = outer(moved) + MARGIN
    rows = [
        row
        for row, thing in enumerate(things)
        if apart((thing.position[0] - x, thing.position[1] - y), way) < outer(thing) + reach
    ]
    if len(rows) == len(things):
        return belief, rows
    scene = replace(belief.scene, things=tuple(things[row] for row in rows))
    parts = {name: getattr(belief, name)[rows] for name in ("tokens", "visible", "confidence")}
    return replace(belief, scene=scene, **parts), rows


def from_ends(point: Flat, way: Flat) -> float:
    """Return the distance of ``point`` from the nearer of the origin and ``way``, metres."""
    return min(math.hypot(*point), math.hypot(point[0] - way[0], point[1] - way[1]))


def from_lane(point: Flat, way: Flat) -> float:
    """Return the distance of ``point`` from the line between the origin and ``way``, metres."""
    along = (point[0] * way[0] + point[1] * way[1]) / max(way[0] * way[0] + way[1] * way[1], 1e-9)
    share = min(max(along, 0.0), 1.0)
    return math.hypot(point[0] - share * way[0], point[1] - share * way[1])
