"""Ways along which things are pushed: what bars the straight one, and ways round it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import shortest_path

from planner.room import EDGE, GAP, Spot, inner, outer, roomy
from simulator.base import Thing

DETOUR = 0.02
"""How much further than touching a detour leads past what is in the way, metres."""
CORNERS = 12
"""Points round each thing at which a way may turn."""
WIDE = 0.03
"""A gap that is worth a longer way: what is pushed strays by a centimetre or two, metres."""
TIGHT = 2.0
"""How many times as long a way without any gap may be as one with a wide one."""
SEPARATE = 0.03
"""Least distance of corners that are worth imagining both, metres."""
SPARE = 0.006
"""Least gap between what is pushed and what it is pushed past, metres: it strays."""
SLIP = 0.001
"""How much nearer to what it touches a thing may come, metres."""
BEHIND, TOOL = 0.012, 0.012
"""How far behind a thing the tool comes down to push it, and the room that it needs there, metres."""

Points = NDArray[np.float64]
"""Points on the table ``[Q, 2]``, metres."""


def detours(
    things: Sequence[Thing], mover: Thing, targets: list[Spot], keep: Collection[str] = (), count: int = 4
) -> list[Spot]:
    """Return where the shortest ways of ``mover`` round what bars it from the first target turn, best first.

    Ways lead along straight lanes from corner to corner; the corners stand round everything that could be met. Among
    things that must ``keep`` their place a way counts as longer the nearer it leads past them.
    """
    walls = [t for t in things if t.id != mover.id and t.kind != "zone" and t.bottom < mover.top]
    if not targets or not (barring(things, mover, targets[0]) or nearing(things, mover, targets[0], keep)):
        return []
    target = targets[0]
    around = [(*corner, target[2]) for wall in walls for corner in ring(wall, mover, wide=wall.id in keep)]
    inside = [spot for spot in roomy(things, mover, around) if max(abs(spot[0]), abs(spot[1])) < EDGE]
    points = np.array([mover.position[:2], *(spot[:2] for spot in inside), target[:2]])
    length = np.hypot(*(points[:, None] - points[None]).T).T
    length *= 1 + (TIGHT - 1) * (1 - gaps(points, [wall for wall in walls if wall.id in keep], mover) / WIDE)
    lanes = np.where(passable(points, walls, mover), length, 0.0)
    lanes[0] *= pushable(points, walls, mover)
    left = shortest_path(lanes.T, indices=len(points) - 1)
    cost = np.where(lanes[0] > 0, lanes[0], np.inf) + left
    found: list[Spot] = []
    for k in np.argsort(cost[1:-1], kind="stable"):
        apart = all(np.hypot(*np.subtract(inside[k], other)[:2]) > SEPARATE for other in found)
        if np.isfinite(cost[k + 1]) and apart and len(found) < count:
            found.append(inside[k])
    return found


def ring(wall: Thing, mover: Thing, *, wide: bool = False) -> list[tuple[float, float]]:
    """Return points round ``wall`` at which ``mover`` is well past it, metres; ``wide``, also some further off."""
    touching, angles = outer(wall) + outer(mover), np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    x, y, _ = wall.position
    radii = [touching + gap for gap in ([GAP + DETOUR / 2, WIDE + DETOUR / 2] if wide else [GAP + DETOUR / 2])]
    return [(x + radius * float(np.cos(a)), y + radius * float(np.sin(a))) for radius in radii for a in angles]


def passing(points: Points, wall: Thing) -> tuple[Points, Points]:
    """Return how near the straight way between each two of ``points [Q, 2]`` leads past the middle of ``wall``.

    ``[Q, Q]`` metres, and ``[Q]`` from where it begins.
    """
    way, offset = points[None] - points[:, None], np.array(wall.position[:2]) - points
    length = np.maximum(np.hypot(way[..., 0], way[..., 1]), 1e-9)
    ahead = np.clip(np.einsum("qx,qpx->qp", offset, way) / length, 0.0, length)
    nearest = offset[:, None] - (ahead / length)[..., None] * way
    return np.hypot(nearest[..., 0], nearest[..., 1]), np.hypot(offset[:, 0], offset[:, 1])


def passable(points: Points, walls: Sequence[Thing], mover: Thing) -> NDArray[np.bool_]:
    """Return ``[Q, Q]``: whether ``mover`` can be pushed straight from each of ``points [Q, 2]`` to each other.

    It keeps clear of all ``walls`` on the way; from where it already touches one it may be pushed along and away.
    """
    free = ~np.eye(len(points), dtype=np.bool_)
    for wall in walls:
        nearest, begin = passing(points, wall)
        free &= nearest >= np.minimum(outer(wall) + inner(mover) + SPARE, begin[:, None] - SLIP)
    return free


def gaps(points: Points, walls: Sequence[Thing], mover: Thing) -> Points:
    """Return ``[Q, Q]``: the least gap to ``walls`` straight between ``points [Q, 2]``, at most ``WIDE``, metres."""
    least = np.full((len(points), len(points)), WIDE)
    for wall in walls:
        least = np.minimum(least, passing(points, wall)[0] - outer(wall) - outer(mover))
    return np.maximum(least, 0.0)


def pushable(points: Points, walls: Sequence[Thing], mover: Thing) -> NDArray[np.bool_]:
    """Return ``[Q]``: whether the tool finds room behind ``mover`` to push it towards each of ``points [Q, 2]``."""
    way = points - np.array(mover.position[:2])
    along = way / np.maximum(np.hypot(way[:, 0], way[:, 1]), 1e-9)[:, None]
    behind = np.array(mover.position[:2]) - along * (outer(mover) + BEHIND)
    room = np.ones(len(points), dtype=np.bool_)
    for wall in walls:
        room &= np.hypot(*(behind - np.array(wall.position[:2])).T) > inner(wall) + TOOL
    return room


def barring(things: Sequence[Thing], mover: Thing, target: Spot) -> list[Thing]:
    """Return what stands in the straight lane along which ``mover`` would be pushed to ``target``."""
    way = np.subtract(target, mover.position)[:2]
    length = float(np.hypot(*way))
    if length < GAP:
        return []
    found: list[Thing] = []
    for other in things:
        if other.id == mover.id or other.kind == "zone" or other.bottom > mover.top:
            continue
        offset = np.subtract(other.position, mover.position)[:2]
        ahead, aside = float(offset @ way) / length, abs(float(offset[0] * way[1] - offset[1] * way[0])) / length
        if 0 < ahead < length + outer(other) and aside < outer(other) + inner(mover):
            found.append(other)
    return found


def nearing(things: Sequence[Thing], mover: Thing, target: Spot, keep: Collection[str]) -> bool:
    """Whether the straight way of ``mover`` to ``target`` comes nearer than ``WIDE`` to what must ``keep`` its place.

    Where it begins nearer still, it must not come nearer than that.
    """
    points = np.array([mover.position[:2], target[:2]])
    kept = [t for t in things if t.id in keep and t.id != mover.id and t.bottom < mover.top]
    near = gaps(points, kept, mover)[0, 1]
    return bool(near < min(WIDE, gaps(points[:1].repeat(2, 0), kept, mover)[0, 1] - SLIP))
