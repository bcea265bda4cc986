"""Ways along which things are pushed: what bars the straight one, and ways round it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from planner.room import EDGE, GAP, Spot, inner, outer, roomy
from simulator.base import Thing

DETOUR = 0.02
"""How much further than touching a detour leads past what is in the way, metres."""


def detours(things: Sequence[Thing], mover: Thing, targets: list[Spot]) -> list[Spot]:
    """Return free places on either side of what bars the straight way of ``mover`` to each target."""
    spots: list[Spot] = []
    for target in targets:
        x, y = target[0] - mover.position[0], target[1] - mover.position[1]
        length = float(np.hypot(x, y))
        for other in barring(things, mover, target):
            aside = (outer(other) + outer(mover) + GAP + DETOUR) / max(length, 1e-6)
            ox, oy, _ = other.position
            spots += [(ox - aside * y, oy + aside * x, target[2]), (ox + aside * y, oy - aside * x, target[2])]
    inside = [spot for spot in spots if max(abs(spot[0]), abs(spot[1])) < EDGE]
    return [spot for spot in roomy(things, mover, inside) if not barring(things, mover, spot)]


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
