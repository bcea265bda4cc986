"""Where there is room on the table: free places, and what touches what, with things as believed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simulator.base import CONTAINERS, WORK_HALF_WIDTH, Thing

EDGE = WORK_HALF_WIDTH - 0.03
"""Largest coordinate of a target on the table, metres."""
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


def roomy(things: Sequence[Thing], mover: Thing, spots: list[Spot]) -> list[Spot]:
    """Return those of ``spots`` at which ``mover`` touches nothing."""
    full = crowded(things, mover, np.array(spots).reshape(-1, 3))
    return [spot for spot, taken in zip(spots, full.tolist(), strict=True) if not taken]


def crowded(things: Sequence[Thing], mover: Thing, spots: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return ``[S]``: whether ``mover`` at ``spots [S, 3]`` comes closer than the gap to anything at its height.

    Zones are flat and never in the way, nor is a container that it lies in.
    """
    others = [thing for thing in things if thing.id != mover.id and thing.kind != "zone"]
    low, high = spots[:, 2] - mover.size[2] / 2, spots[:, 2] + mover.size[2] / 2
    found, own = np.zeros(len(spots), dtype=np.bool_), outer(mover) + GAP
    for other in others:
        apart = np.hypot(spots[:, 0] - other.position[0], spots[:, 1] - other.position[1])
        level = (low < other.top - 0.002) & (high > other.bottom)
        if other.kind in CONTAINERS:
            level &= low <= other.bottom + FLOOR / 2
        found |= level & (apart < own + outer(other))
    return found


def outer(thing: Thing) -> float:
    """Return the radius of the circle around the outline, metres."""
    if thing.kind in ("cylinder", "ball", "bowl"):
        return max(thing.size[:2]) / 2
    return float(np.hypot(thing.size[0], thing.size[1])) / 2


def inner(thing: Thing) -> float:
    """Return the radius of the circle inside the outline, metres."""
    return min(thing.size[:2]) / 2
