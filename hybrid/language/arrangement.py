"""Where several things go when a shape, an exchange or an order is asked for: words such as *circle* as points.

Deterministic geometry on the predicted table, world frame, metres. Points are free of other things where that can be;
which thing goes to which point keeps the ways short. Knows things and facts, no words.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from scipy.optimize import linear_sum_assignment

from hybrid.language.prediction import free_spot, inside
from hybrid.language.selection import Unresolvable
from simulator.base import CONTAINERS, Fact, Scene, Thing
from simulator.places import PLACE_RADIUS, PLACES
from simulator.predicates import rests_on

Point = tuple[float, float]

CLEARANCE: Final = 0.035
"""Least gap between neighbours of a shape, metres: the tool and a cube's slack."""
TURNS: Final = 12
"""Rotations and offsets tried for a free place of a shape."""
_WIDEST: Final = 0.2
"""Farthest a shape's centre is looked for from the middle of the table along an axis, metres."""


def carrier(thing: Thing, scene: Scene) -> Thing | None:
    """Return what ``thing`` rests on or in, None on the bare table."""
    under = [other for other in scene.things if other.id != thing.id and rests_on(thing, other) >= 0.0]
    return max(under, key=lambda other: other.top) if under else None


def at(thing: Thing, point: Point) -> Fact:
    """The fact that ``thing`` stands at a point, metres to a millimetre."""
    return Fact("at", (thing.id, round(point[0], 3), round(point[1], 3)))


def place_of(thing: Thing, other: Thing, scene: Scene) -> Fact:
    """The fact that ``thing`` takes the place ``other`` has in ``scene``: on or in its support, or its point."""
    support = carrier(other, scene)
    if support is None or support.id == thing.id:
        return at(thing, (other.position[0], other.position[1]))
    held = support.kind in CONTAINERS or support.kind == "zone"
    return Fact("in" if held else "on", (thing.id, support.id))


def swapped(a: Thing, b: Thing, scene: Scene) -> list[Fact]:
    """Facts that exchange the places of two things; of a stack, its order."""
    upper = carrier(a, scene), carrier(b, scene)
    if upper[0] is not None and upper[0].id == b.id:
        return [place_of(a, b, scene), Fact("on", (b.id, a.id))]
    if upper[1] is not None and upper[1].id == a.id:
        return [place_of(b, a, scene), Fact("on", (a.id, b.id))]
    return [place_of(a, b, scene), place_of(b, a, scene)]


def grouped(things: Sequence[Thing]) -> list[Fact]:
    """Facts that bring things together, each beside the one before it."""
    return [Fact("next_to", (after.id, before.id)) for before, after in pairwise(things)]


def row(things: Sequence[Thing], scene: Scene, course: str, place: str | None = None) -> list[Fact]:
    """Points of a straight row.

    Args:
        things: in the order said; kept where ``course`` gives a direction.
        scene: the predicted table.
        course: as in ``schema.Course``.
        place: named place of the row's middle, None for a free one nearest the things.

    Raises:
        Unresolvable: the row is longer than the table.
    """
    ux, uy = _COURSES[course]
    if course in ("across", "lengthwise", "diagonal"):
        things = sorted(things, key=lambda thing: ux * thing.position[0] + uy * thing.position[1])
    pitch = max(max(thing.size[:2]) for thing in things) + CLEARANCE
    offsets = [(index - (len(things) - 1) / 2) * pitch for index in range(len(things))]
    shape = [(ux * offset, uy * offset) for offset in offsets]
    points = _fitted(shape, things, scene, place)
    if points is None:
        raise Unresolvable(f"a row of {len(things)} things does not fit on the table")
    return [at(thing, point) for thing, point in zip(things, points, strict=True)]


def ring(
    things: Sequence[Thing], scene: Scene, form: str, around: Thing | None = None, place: str | None = None
) -> list[Fact]:
    """Points of a circle, square or triangle; ``around`` is its middle, else a named ``place`` or a free one.

    Raises:
        Unresolvable: too few or too many things for the form, or no room.
    """
    corners = {"square": 4, "triangle": 3}.get(form, len(things))
    if len(things) != corners or corners < 3:
        wanted = f"{corners} things" if corners >= 3 else "at least three things"
        raise Unresolvable(f"a {form} needs {wanted}, and {len(things)} are meant")
    widest = max(max(thing.size[:2]) for thing in things)
    least = (widest + CLEARANCE) / (2 * math.sin(math.pi / corners))
    if around is not None:
        least = max(least, max(around.size[:2]) * (0.5 if around.kind == "bowl" else 0.71) + widest / 2 + CLEARANCE)
    points: list[Point] | None = None
    for radius in (max(least, 0.09), least):
        for turn in range(TURNS if form == "circle" else 1):
            start = turn * 2 * math.pi / corners / TURNS + (math.pi / 4 if form == "square" else 0.0)
            angles = [start + 2 * math.pi * index / corners for index in range(corners)]
            shape = [(radius * math.cos(angle), radius * math.sin(angle)) for angle in angles]
            points = points or _fitted(shape, things, scene, place, around)
    if points is None and around is not None:
        points = _arc(things, scene, around, max(least, 0.09))
    if points is None:
        room = "round it " if around is not None else ""
        raise Unresolvable(f"there is no room {room}for a {form} of {len(things)} things")
    return _assigned(things, points)


def _arc(things: Sequence[Thing], scene: Scene, around: Thing, radius: float) -> list[Point] | None:
    """As much of a circle round a thing near an edge as lies in the work area; None when too little does."""
    others = [t for t in scene.things if t.id not in {thing.id for thing in things} and t is not around]
    x, y = around.position[:2]
    ring_points = [
        (x + radius * math.cos(math.radians(a)), y + radius * math.sin(math.radians(a))) for a in range(0, 720, 5)
    ]
    free = [
        all(inside(px, py, thing) for thing in things) and all(_gap((px, py), other) > CLEARANCE for other in others)
        for px, py in ring_points
    ]
    begin, length = max(((s, _run(free, s)) for s in range(72)), key=lambda pair: pair[1])
    count = len(things)
    chosen = (
        [ring_points[begin + round(k * (length - 1) / (count - 1))] for k in range(count)] if length > count else []
    )
    widest = max(max(thing.size[:2]) for thing in things)
    tight = any(math.dist(p, q) < widest + CLEARANCE / 2 for p, q in pairwise(chosen))
    return chosen if chosen and not tight else None


def _run(free: Sequence[bool], start: int) -> int:
    """How many places in a row are free from ``start`` on, once round at most."""
    return next((k for k in range(72) if not free[start + k]), 72)


def spread(things: Sequence[Thing], scene: Scene) -> list[Fact]:
    """Points far from each other: the named places, corners first, that nothing else occupies where there are such."""
    if len(things) > len(_SPREAD):
        raise Unresolvable(f"there is no room to spread {len(things)} things")
    others = [other for other in scene.things if other.id not in {thing.id for thing in things}]
    free = [name for name in _SPREAD if all(_gap(PLACES[name], other) > PLACE_RADIUS for other in others)]
    names = [*free, *(name for name in _SPREAD if name not in free)][: len(things)]
    return _assigned(things, [PLACES[name] for name in names])


def nearest_place(thing: Thing, scene: Scene, kind: str, taken: frozenset[str]) -> Fact:
    """The nearest corner or edge that nothing else occupies; for *free* a free point of the table."""
    if kind == "free":
        return at(thing, free_spot(scene, thing))
    names = [name for name in PLACES if name != "center" and ("_" in name) == (kind == "corner") and name not in taken]
    if not names:
        raise Unresolvable(f"the table has only four {kind}s")
    others = [other for other in scene.things if other.id != thing.id]
    free = [name for name in names if all(_gap(PLACES[name], other) > PLACE_RADIUS / 2 for other in others)]
    best = min(free or names, key=lambda name: math.dist(PLACES[name], thing.position[:2]))
    return Fact("at", (thing.id, best))


def named(thing: Thing, place: str, scene: Scene) -> Fact:
    """The fact that ``thing`` stands at a place of the table, the nearest of its kind where there are several."""
    return Fact("at", (thing.id, place)) if place in PLACES else nearest_place(thing, scene, place, frozenset())


def towards(a: Thing, b: Thing, metres: float, *, away: bool) -> Point:
    """Return the point ``metres`` nearer to ``b`` than ``a`` is, stopping beside it, or that much farther away."""
    dx, dy = b.position[0] - a.position[0], b.position[1] - a.position[1]
    length = math.hypot(dx, dy) or 1.0
    room = length - (max(a.size[:2]) + max(b.size[:2])) / 2 - 0.01
    way = -metres if away else max(min(metres, room), 0.0)
    return a.position[0] + way * dx / length, a.position[1] + way * dy / length


def _gap(point: Point, thing: Thing) -> float:
    return math.dist(point, thing.position[:2]) - max(thing.size[:2]) / 2


def _fitted(
    shape: Sequence[Point], things: Sequence[Thing], scene: Scene, place: str | None, around: Thing | None = None
) -> list[Point] | None:
    """Lay ``shape`` down near where it is wanted: inside the work area, and free of other things if that can be."""
    middle = _middle(things, place, around)
    fixed = place is not None or around is not None
    grid = [0.02 * k for k in range(-10, 11)]
    offsets = [(0.0, 0.0)] if fixed else sorted(((x, y) for x in grid for y in grid), key=lambda o: math.hypot(*o))
    others = [t for t in scene.things if t.id not in {thing.id for thing in things} and t is not around]
    fallback: list[Point] | None = None
    for dx, dy in offsets:
        points = [(middle[0] + dx + x, middle[1] + dy + y) for x, y in shape]
        if place is not None:
            points = _drawn_in(points, things)
        if not all(inside(x, y, thing) for (x, y), thing in zip(points, things, strict=True)):
            continue
        if all(_gap(point, other) > CLEARANCE for point in points for other in others):
            return points
        fallback = fallback or points
    return fallback


def _middle(things: Sequence[Thing], place: str | None, around: Thing | None) -> Point:
    if around is not None:
        return around.position[0], around.position[1]
    if place in PLACES:
        return PLACES[place]
    x = sum(thing.position[0] for thing in things) / len(things)
    y = sum(thing.position[1] for thing in things) / len(things)
    return max(-_WIDEST, min(_WIDEST, x)), max(-_WIDEST, min(_WIDEST, y))


def _drawn_in(points: Sequence[Point], things: Sequence[Thing]) -> list[Point]:
    """Move a shape as a whole until it lies in the work area, as far as it fits at all."""
    room = 0.25 - max(max(thing.size[:2]) for thing in things) / 2
    shift = [
        max(0.0, -room - min(p[axis] for p in points)) - max(0.0, max(p[axis] for p in points) - room)
        for axis in (0, 1)
    ]
    return [(x + shift[0], y + shift[1]) for x, y in points]


def _assigned(things: Sequence[Thing], points: Sequence[Point]) -> list[Fact]:
    """Give each thing a point so that the ways are short in all."""
    ways = np.array([[math.dist(thing.position[:2], point) for point in points] for thing in things])
    rows, columns = linear_sum_assignment(ways)
    return [at(things[int(i)], points[int(j)]) for i, j in zip(rows, columns, strict=True)]


_COURSES: Final[dict[str, Point]] = {
    "rightwards": (0.0, -1.0),
    "leftwards": (0.0, 1.0),
    "backwards": (1.0, 0.0),
    "forwards": (-1.0, 0.0),
    "across": (0.0, -1.0),
    "lengthwise": (1.0, 0.0),
    "diagonal": (math.sqrt(0.5), -math.sqrt(0.5)),
}
"""Direction from the first to the last of a row."""
_SPREAD: Final = ("top_left", "bottom_right", "bottom_left", "top_right", "center", "left", "right", "top", "bottom")
"""Places in the order in which spreading uses them."""
