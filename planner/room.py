"""Where there is room on the table: free places, and what touches what, with things as believed."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simulator.base import CONTAINERS, WORK_HALF_WIDTH, Thing
from world_model.outline import SQUARE

EDGE = WORK_HALF_WIDTH - 0.03
"""Largest coordinate of a target on the table, metres."""
ROUND = ("cylinder", "ball", "bowl")
"""Kinds whose outline is a disc."""
GAP = 0.012
"""Least gap to other things of a target on the table, metres."""
FLOOR = 0.004
"""Thickness of a container's floor, metres."""

Spot = tuple[float, float, float]
"""Where the centre of a thing could go, metres."""


def free_spots(things: Sequence[Thing], mover: Thing, rng: np.random.Generator, count: int) -> list[Spot]:
    """Return up to ``count`` random centres on the table at which ``mover`` touches nothing, metres."""
    points = rng.uniform(-EDGE, EDGE, (max(200, 2 * count), 2))
    spots = np.column_stack([points, np.full(len(points), mover.size[2] / 2)])
    return [(x, y, z) for x, y, z in spots[~crowded(things, mover, spots)][:count].tolist()]


def roomy(things: Sequence[Thing], mover: Thing, spots: list[Spot], gap: float = GAP) -> list[Spot]:
    """Return those of ``spots`` at which ``mover`` keeps ``gap`` metres from everything."""
    full = crowded(things, mover, np.array(spots).reshape(-1, 3), gap)
    return [spot for spot, taken in zip(spots, full.tolist(), strict=True) if not taken]


def crowded(things: Sequence[Thing], mover: Thing, spots: NDArray[np.float64], gap: float = GAP) -> NDArray[np.bool_]:
    """Return ``[S]``: whether ``mover`` at ``spots [S, 3]`` comes closer than ``gap`` to anything at its height."""
    return clearance(things, mover, spots) < gap


def clearance(things: Sequence[Thing], mover: Thing, spots: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ``[S]``: the gap between ``mover`` at ``spots [S, 3]`` and the nearest thing at its height, metres.

    Zones are flat and never in the way, nor is a container that it lies in.
    """
    others = [thing for thing in things if thing.id != mover.id and thing.kind != "zone"]
    low, high = spots[:, 2] - mover.size[2] / 2, spots[:, 2] + mover.size[2] / 2
    least = np.full(len(spots), np.inf)
    for other in others:
        way = spots[:, :2] - np.array(other.position[:2])
        level = (low < other.top - 0.002) & (high > other.bottom)
        if other.kind in CONTAINERS:
            level &= low <= other.bottom + FLOOR / 2
        gaps = np.hypot(*way.T) - extent(mover, way) - extent(other, way)
        least = np.minimum(least, np.where(level, gaps, np.inf))
    return least


def extent(thing: Thing, way: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ``[S]``: how far the outline of ``thing`` reaches from its centre along ``way [S, 2]``, metres.

    Two outlines whose centres are further apart than the sum of these, measured along the line between them, are apart.
    The heading of what is nearly square is not known, so that it counts as a disc.
    """
    if thing.kind in ROUND or max(thing.size[:2]) < SQUARE * min(thing.size[:2]):
        return np.full(len(way), outer(thing))
    angle = np.arctan2(way[:, 1], way[:, 0]) - thing.yaw
    return (thing.size[0] * np.abs(np.cos(angle)) + thing.size[1] * np.abs(np.sin(angle))) / 2


def outer(thing: Thing) -> float:
    """Return the radius of the circle around the outline, metres."""
    if thing.kind in ROUND:
        return max(thing.size[:2]) / 2
    return math.hypot(thing.size[0], thing.size[1]) / 2


def inner(thing: Thing) -> float:
    """Return the radius of the circle inside the outline, metres."""
    return min(thing.size[:2]) / 2
