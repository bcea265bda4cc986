"""Focus: what level 1 has to imagine of a belief to choose control steps for one manipulation.

Things far from where the tool meets the thing and from where it puts it (or, pushing, from the lane in between) are
neither touched nor do they touch anything; imagining them costs time and tells nothing. What the imagination is
spared, the check in the simulator still sees.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.base import Manipulation
from planner.room import outer
from simulator.base import FloatArray
from world_model.base import Belief

MARGIN = 0.03
"""Things whose outlines come this near to the moved thing's are imagined, metres."""


def focused(belief: Belief, manipulation: Manipulation) -> tuple[Belief, list[int]]:
    """Return ``belief`` with only the things that ``manipulation`` could meet, and their rows in it."""
    things = belief.scene.things
    moved = things[belief.index(manipulation.thing)]
    distance = np.array([t.position[:2] for t in things]) - np.array([moved.position[:2]])
    way = np.subtract(manipulation.target[:2], moved.position[:2])
    apart = from_lane(distance, way) if manipulation.kind == "push" else from_ends(distance, way)
    near = apart < np.array([outer(thing) for thing in things]) + outer(moved) + MARGIN
    rows = [int(row) for row in np.flatnonzero(near)]
    if len(rows) == len(things):
        return belief, rows
    scene = replace(belief.scene, things=tuple(things[row] for row in rows))
    parts = (belief.tokens[rows], belief.tool, scene, belief.visible[rows], belief.confidence[rows], belief.surprise)
    return Belief(*parts), rows


def from_ends(points: FloatArray, way: FloatArray) -> FloatArray:
    """Return the distances ``[N]`` of ``points [N, 2]`` from the nearer of the origin and ``way [2]``, metres."""
    return np.minimum(np.hypot(*points.T), np.hypot(*(points - way).T))


def from_lane(points: FloatArray, way: FloatArray) -> FloatArray:
    """Return the distances ``[N]`` of ``points [N, 2]`` from the line between the origin and ``way [2]``, metres."""
    share = np.clip(points @ way / max(float(way @ way), 1e-9), 0.0, 1.0)
    return np.hypot(*(points - share[:, None] * way).T)
