"""Room in containers and on zones: where a thing goes there so that others still fit, and how room is made for it.

Three of a kind that stand on a circle, a third of it apart, take the least room round a middle; so what is put on a
zone goes on that circle, near what is there already. Where nothing is free, what is there is moved within its holder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from planner.room import FLOOR, Spot, clearance, outer
from simulator.base import CONTAINERS, MOVABLE, Thing

WALL = 0.006
"""Least distance of an outline from the outside of a container's wall, metres."""
BOWL = 0.93
"""Radius of the room in a bowl as a share of half its breadth: it is a ring of flat walls."""
BRINK = 0.0152
"""How near the edge of a zone a centre is put on purpose, metres: no nearer than the energy asks for."""
SNUG = 0.002
"""Least gap between things in one container or on one zone, metres."""
BESIDE = 0.006
"""Gap wanted there, metres."""
PITCH = 0.007
"""Distance of neighbouring places that are tried, metres."""
ANGLES = 24
"""Places tried on a circle."""

Spots = NDArray[np.float64]
"""Centres ``[S, 3]``, metres, world frame."""


def occupants(things: Sequence[Thing], holder: Thing, mover: Thing) -> list[Thing]:
    """Return the movable things within the outline of ``holder``, less ``mover``."""
    others = [t for t in things if t.kind in MOVABLE and t.id != mover.id and t.bottom < holder.top + FLOOR]
    return [t for t in others if np.hypot(*np.subtract(t.position, holder.position)[:2]) < max(holder.size[:2]) / 2]


def beside(things: Sequence[Thing], holder: Thing, mover: Thing, count: int = 4) -> list[Spot]:
    """Return up to ``count`` free centres for ``mover`` in or on ``holder``, best first, metres."""
    if holder.kind == "zone":
        ring = circle(holder, mover)
        gaps = clearance(things, mover, ring)
        near = np.where(gaps >= SNUG, np.minimum(gaps, 2 * outer(mover)), np.inf)
        best = [k for k in np.argsort(near, kind="stable")[:count] if np.isfinite(near[k])]
        if best:
            return listed(ring[best])
    grid, walls = inside(holder, mover)
    room = np.minimum(clearance(things, mover, grid), walls + SNUG)
    best = [k for k in np.argsort(-room, kind="stable")[:count] if room[k] >= SNUG]
    return listed(grid[best])


def circle(holder: Thing, mover: Thing) -> Spots:
    """Return centres ``[S, 3]`` round the middle of a zone on which three like ``mover`` stand ``BESIDE`` apart."""
    wanted = (2 * outer(mover) + BESIDE) / np.sqrt(3)
    radius = max(0.0, min(wanted, min(holder.size[:2]) / 2 - BRINK))
    angles = np.linspace(0, 2 * np.pi, ANGLES, endpoint=False)
    around = radius * np.column_stack([np.cos(angles), np.sin(angles)])
    return placed(holder, mover, around)


def inside(holder: Thing, mover: Thing) -> tuple[Spots, NDArray[np.float64]]:
    """Return a grid of centres ``[S, 3]`` at which ``mover`` is in or on ``holder``, and ``[S]`` what is left.

    The limit is where it comes too near the wall of a container or the edge of a zone; all in metres.
    """
    margin = BRINK / 2 if holder.kind == "zone" else outer(mover) + WALL
    half = np.maximum(np.array(holder.size[:2]) / 2 - margin, 0.0)
    if holder.kind == "bowl":
        half = np.maximum(BOWL * np.array(holder.size[:2]) / 2 - outer(mover), 0.0)
    steps = [np.arange(-np.floor(h / PITCH), np.floor(h / PITCH) + 1) * PITCH for h in half]
    u, v = (axis.ravel() for axis in np.meshgrid(*steps))
    limits = half.min() - np.hypot(u, v) if holder.kind != "tray" else np.minimum(half[0] - abs(u), half[1] - abs(v))
    within = limits >= 0
    return placed(holder, mover, np.column_stack([u, v])[within]), limits[within]


def placed(holder: Thing, mover: Thing, offsets: NDArray[np.float64]) -> Spots:
    """Return the centres ``[S, 3]`` of ``mover`` at rest at ``offsets [S, 2]`` along the axes of ``holder``, metres."""
    cos, sin = float(np.cos(holder.yaw)), float(np.sin(holder.yaw))
    base = holder.bottom + FLOOR if holder.kind in CONTAINERS else 0.0
    x, y = holder.position[:2]
    u, v = offsets.T
    return np.column_stack([x + cos * u - sin * v, y + sin * u + cos * v, np.full(len(u), base + mover.size[2] / 2)])


def repacked(things: Sequence[Thing], holder: Thing, mover: Thing, count: int = 3) -> list[tuple[Thing, Spot]]:
    """Return what in ``holder`` could be moved where within it, so that there is room for ``mover``, roomiest first."""
    found: list[tuple[float, Thing, Spot]] = []
    for other in occupants(things, holder, mover):
        grid, walls = inside(holder, other)
        rest = [thing for thing in things if thing.id not in (other.id, mover.id)]
        own = np.minimum(clearance([*rest, other], other, grid), walls + SNUG)
        for spot in listed(grid[own >= SNUG]):
            moved = [*rest, replace(other, position=spot), mover]
            places, limits = inside(holder, mover)
            room = np.minimum(clearance(moved, mover, places), limits + SNUG)
            if len(room) and float(room.max()) >= SNUG:
                found.append((float(room.max()), other, spot))
    return [(other, spot) for _, other, spot in sorted(found, key=lambda one: -one[0])[:count]]


def listed(spots: Spots) -> list[Spot]:
    """Return ``spots [S, 3]`` as a list."""
    return [(float(x), float(y), float(z)) for x, y, z in spots]
