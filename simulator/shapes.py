"""What each kind of thing is made of: default sizes, limits, and the simple solids its body consists of.

The same solids make the bodies in ``simulator.physics`` and decide in ``simulator.overlap`` whether a scene fits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from simulator.base import Kind

Size = tuple[float, float, float]

DEFAULT_SIZES: dict[Kind, Size] = {
    "cube": (0.04, 0.04, 0.04),
    "cylinder": (0.04, 0.04, 0.04),
    "ball": (0.04, 0.04, 0.04),
    "bowl": (0.11, 0.11, 0.04),
    "tray": (0.14, 0.11, 0.025),
    "zone": (0.10, 0.10, 0.001),
}
"""Full extents of a thing whose scene states no size, metres."""

SIZE_LIMITS: dict[Kind, tuple[Size, Size]] = {
    "cube": ((0.025, 0.025, 0.025), (0.12, 0.12, 0.12)),
    "cylinder": ((0.025, 0.025, 0.025), (0.06, 0.06, 0.12)),
    "ball": ((0.025, 0.025, 0.025), (0.06, 0.06, 0.06)),
    "bowl": ((0.08, 0.08, 0.03), (0.14, 0.14, 0.05)),
    "tray": ((0.08, 0.08, 0.02), (0.20, 0.20, 0.05)),
    "zone": ((0.06, 0.06, 0.0005), (0.20, 0.20, 0.002)),
}
"""Smallest and largest extents of each kind, metres."""

LONG = 0.06
"""A block may have one extent above this, metres: it is then a plank or a post."""

ROUND: frozenset[Kind] = frozenset({"cylinder", "ball", "bowl"})
"""Kinds whose two horizontal extents are one diameter."""

WALL = 0.004
"""Thickness of a container's floor and walls, metres."""
BOWL_SIDES = 12
"""Boxes in the ring that is a bowl's wall."""

Solid = Literal["box", "cylinder", "sphere"]


@dataclass(frozen=True)
class Part:
    """One convex solid of a thing, upright in the thing's own frame.

    Attributes:
        solid: which solid.
        extents: full extents, metres.
        offset: centre of the solid from the centre of the thing, metres.
        yaw: rotation about the thing's z axis, radians.
    """

    solid: Solid
    extents: Size
    offset: Size = (0.0, 0.0, 0.0)
    yaw: float = 0.0


def parts(kind: Kind, size: Size) -> tuple[Part, ...]:
    """Return the solids a thing of ``kind`` and full extents ``size`` (metres) consists of."""
    if kind == "cylinder":
        return (Part("cylinder", size),)
    if kind == "ball":
        return (Part("sphere", size),)
    if kind == "bowl":
        return _bowl(size)
    if kind == "tray":
        return _tray(size)
    return (Part("box", size),)


def inner_floor(size: Size) -> float:
    """Height of a container's floor above the centre of its extents, metres (negative)."""
    return WALL - size[2] / 2


def inner_radius(kind: Kind, size: Size) -> float:
    """Radius of the largest circle that fits inside a container's walls, metres."""
    shrink = math.cos(math.pi / BOWL_SIDES) if kind == "bowl" else 1.0
    return min(size[0], size[1]) / 2 * shrink - WALL


def _bowl(size: Size) -> tuple[Part, ...]:
    """A round floor that carries a regular ring of upright boxes whose corners lie on the stated diameter.

    Only the floor touches the table: walls that reach down to it triple the contacts and the cost of a step.
    """
    radius, height = size[0] / 2, size[2]
    apothem = radius * math.cos(math.pi / BOWL_SIDES)
    side = 2 * radius * math.sin(math.pi / BOWL_SIDES)
    solids = [Part("cylinder", (2 * apothem, 2 * apothem, WALL), (0.0, 0.0, WALL / 2 - height / 2))]
    for k in range(BOWL_SIDES):
        angle = 2 * math.pi * k / BOWL_SIDES
        reach = apothem - WALL / 2
        offset = (reach * math.cos(angle), reach * math.sin(angle), WALL / 2)
        solids.append(Part("box", (WALL, side, height - WALL), offset, angle))
    return tuple(solids)


def _tray(size: Size) -> tuple[Part, ...]:
    """A flat floor that carries four walls."""
    x, y, z = size
    tall, lift = z - WALL, WALL / 2
    return (
        Part("box", (x, y, WALL), (0.0, 0.0, WALL / 2 - z / 2)),
        Part("box", (WALL, y, tall), (x / 2 - WALL / 2, 0.0, lift)),
        Part("box", (WALL, y, tall), (WALL / 2 - x / 2, 0.0, lift)),
        Part("box", (x - 2 * WALL, WALL, tall), (0.0, y / 2 - WALL / 2, lift)),
        Part("box", (x - 2 * WALL, WALL, tall), (0.0, WALL / 2 - y / 2, lift)),
    )
