"""Do things fit together: penetration and support of upright things, by geometry alone.

Every solid of a thing is taken as a vertical prism whose footprint is a convex polygon or a disc.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from simulator.base import Thing
from simulator.shapes import ROUND, parts

Point = tuple[float, float]

TOUCH = 0.002
"""Largest interpenetration that counts as touching, metres."""
REST_GAP = 0.003
"""Largest gap between a thing and what it rests on, metres."""

_CONTACT = 0.001
"""Overlap of two footprints from which one thing can carry the other, metres."""


@dataclass(frozen=True)
class Prism:
    """A vertical prism, metres: a disc when ``corners`` is one point, else a convex polygon (counter-clockwise)."""

    corners: tuple[Point, ...]
    radius: float
    bottom: float
    top: float


def prisms(thing: Thing) -> tuple[Prism, ...]:
    """Return the solids of ``thing`` as prisms in the world frame."""
    return tuple(
        _prism(thing, part.extents, part.offset, part.yaw, part.solid == "box")
        for part in parts(thing.kind, thing.size)
    )


def _prism(
    thing: Thing, extents: tuple[float, float, float], offset: tuple[float, float, float], yaw: float, is_box: bool
) -> Prism:
    cos, sin = math.cos(thing.yaw), math.sin(thing.yaw)
    x = thing.position[0] + cos * offset[0] - sin * offset[1]
    y = thing.position[1] + sin * offset[0] + cos * offset[1]
    z = thing.position[2] + offset[2]
    bottom, top = z - extents[2] / 2, z + extents[2] / 2
    if not is_box:
        return Prism(((x, y),), extents[0] / 2, bottom, top)
    cos, sin = math.cos(thing.yaw + yaw), math.sin(thing.yaw + yaw)
    a, b = extents[0] / 2, extents[1] / 2
    corners = tuple((x + cos * u - sin * v, y + sin * u + cos * v) for u, v in ((a, b), (-a, b), (-a, -b), (a, -b)))
    return Prism(corners, 0.0, bottom, top)


def separation(one: Prism, other: Prism) -> float:
    """Signed horizontal distance of two prisms' footprints, metres; negative is the depth by which they overlap."""
    if len(one.corners) == 1 and len(other.corners) == 1:
        distance = math.dist(one.corners[0], other.corners[0])
    elif len(one.corners) == 1:
        distance = _point_to_polygon(one.corners[0], other.corners)
    elif len(other.corners) == 1:
        distance = _point_to_polygon(other.corners[0], one.corners)
    else:
        distance = max(_separating_axis(one.corners, other.corners), _separating_axis(other.corners, one.corners))
    return distance - one.radius - other.radius


def _edges(corners: tuple[Point, ...]) -> list[tuple[Point, Point]]:
    return list(zip(corners, corners[1:] + corners[:1], strict=True))


def _separating_axis(polygon: tuple[Point, ...], other: tuple[Point, ...]) -> float:
    """Largest gap along the outward normals of ``polygon`` (separating axis theorem); exact when they overlap."""
    best = -math.inf
    for (ax, ay), (bx, by) in _edges(polygon):
        length = math.hypot(bx - ax, by - ay)
        nx, ny = (by - ay) / length, (ax - bx) / length
        best = max(best, min((x - ax) * nx + (y - ay) * ny for x, y in other))
    return best


def _point_to_polygon(point: Point, polygon: tuple[Point, ...]) -> float:
    inside = _separating_axis(polygon, (point,))
    if inside <= 0:
        return inside
    return min(_point_to_segment(point, a, b) for a, b in _edges(polygon))


def _point_to_segment(point: Point, a: Point, b: Point) -> float:
    dx, dy = b[0] - a[0], b[1] - a[1]
    along = ((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / (dx * dx + dy * dy)
    along = min(1.0, max(0.0, along))
    return math.dist(point, (a[0] + along * dx, a[1] + along * dy))


def footprint_radius(thing: Thing) -> float:
    """Radius of the smallest upright cylinder about the thing's axis that holds it, metres."""
    return thing.size[0] / 2 if thing.kind in ROUND else math.hypot(thing.size[0], thing.size[1]) / 2


def _near(one: Thing, other: Thing, gap: float = 0.0) -> bool:
    reach = footprint_radius(one) + footprint_radius(other)
    return math.dist(one.position[:2], other.position[:2]) <= reach + gap


def penetration(one: Thing, other: Thing) -> float:
    """Depth in metres by which two things share space; 0 when they do not. A zone lies under anything but a zone."""
    if not _near(one, other):
        return 0.0
    zones = (one.kind == "zone") + (other.kind == "zone")
    if zones == 1:
        return 0.0
    if zones == 2:
        return max(0.0, -separation(prisms(one)[0], prisms(other)[0]))
    deepest = 0.0
    for a in prisms(one):
        for b in prisms(other):
            tall = min(a.top, b.top) - max(a.bottom, b.bottom)
            if tall > deepest:
                deepest = max(deepest, min(tall, -separation(a, b)))
    return deepest


def clear_of(thing: Thing, others: tuple[Thing, ...], gap: float) -> bool:
    """Whether the footprint of ``thing`` keeps ``gap`` metres from every other thing's; containers count as filled."""
    return all(not _near(thing, other, gap) or separation(_hull(thing), _hull(other)) >= gap for other in others)


def _hull(thing: Thing) -> Prism:
    is_box = thing.kind in ("cube", "tray", "zone")
    return _prism(thing, thing.size, (0.0, 0.0, 0.0), 0.0, is_box)


def support_height(thing: Thing, others: tuple[Thing, ...]) -> float:
    """Height in metres of the highest surface below ``thing`` that can carry it; the table's is 0."""
    highest = 0.0
    under = _hull(thing)
    for other in others:
        if other.kind == "zone" or other.id == thing.id or not _near(thing, other):
            continue
        for prism in prisms(other):
            if highest < prism.top <= thing.bottom + TOUCH and separation(under, prism) < -_CONTACT:
                highest = prism.top
    return highest


def balanced(thing: Thing, others: tuple[Thing, ...]) -> bool:
    """Whether the centre of ``thing`` lies over one solid that carries it, or several carry it."""
    if thing.bottom <= REST_GAP:
        return True
    under = _hull(thing)
    centre = Prism((thing.position[:2],), 0.0, under.bottom, under.top)
    carriers = [
        prism
        for other in others
        if other.kind != "zone" and other.id != thing.id and _near(thing, other)
        for prism in prisms(other)
        if abs(prism.top - thing.bottom) <= REST_GAP and separation(under, prism) < -_CONTACT
    ]
    return len(carriers) >= 2 or any(separation(centre, prism) < 0 for prism in carriers)
