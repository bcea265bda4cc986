"""Where on the table a thing may be put that is to stand in some relation to others: places tried in a fixed order.

Pure geometry over things, so that the same words on the same table mean the same place. Knows nothing of goals,
language or a running simulator.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from simulator.base import CONTAINERS, WORK_HALF_WIDTH, Thing
from simulator.goals import Point, above, fits
from simulator.overlap import footprint_radius
from simulator.places import PLACE_RADIUS, PLACES
from simulator.predicates import footprint_gap, rests_on
from simulator.scene import resting_height

DIRECTIONS: Final = {"left_of": (0.0, 1.0), "right_of": (0.0, -1.0), "behind": (1.0, 0.0), "in_front_of": (-1.0, 0.0)}
"""Relations of the four sides and the way along ``(x, y)`` in which they lie."""
BESIDE: Final = (0.02, 0.03, 0.035, 0.05, 0.07, 0.09)
"""Gaps tried between things put beside one another, metres; neighbours are at most 4 cm apart."""
GRID: Final = tuple(round(0.01 * k, 2) for k in range(-20, 21))
"""Coordinates among which free places are looked for, metres."""
ROOM: Final = 0.03
"""Free space around a thing that is put aside, metres."""
Mark = Thing | str | tuple[float, ...]
"""What a place is said relative to: a thing, the name of a place, or metres in the world frame."""


def best_spot(thing: Thing, relation: str, marks: Sequence[Mark], others: Sequence[Thing]) -> Point | None:
    """Return the first place where ``thing`` fits, else the first there is; None when there is none.

    Args:
        thing: what is put down.
        relation: ``on``, ``in``, ``at``, ``between``, ``aside``, ``next_to`` or one of ``DIRECTIONS``.
        marks: two things for ``between``, none for ``aside``, a place or metres for ``at``, otherwise one thing.
        others: everything else on the table.
    """
    first: Point | None = None
    for spot in spots(thing, relation, marks, others):
        first = first or spot
        if fits(thing, spot, others):
            return spot
    return first


def spots(thing: Thing, relation: str, marks: Sequence[Mark], others: Sequence[Thing]) -> Iterator[Point]:
    """Yield the places that a relation allows, best first; arguments as in ``best_spot``."""
    things = [mark for mark in marks if isinstance(mark, Thing)]
    if relation == "aside":
        yield from _aside(thing, others)
    elif relation == "at":
        yield from _at(marks[0], thing)
    elif relation in ("on", "in"):
        yield from _onto(thing, things[0])
    elif relation == "between":
        one, other = things
        yield down(thing, *((a + b) / 2 for a, b in zip(one.position[:2], other.position[:2], strict=True)))
    else:
        ways = DIRECTIONS.values() if relation == "next_to" else (DIRECTIONS[relation],)
        yield from _beside(thing, things[0], list(ways))


def standing(thing: Thing, spot: Sequence[float], things: Sequence[Thing]) -> float:
    """Return the height of the centre of ``thing`` on whatever of ``things`` is highest at ``spot``, metres."""
    under = replace(thing, size=(0.001, 0.001, 0.001), position=(spot[0], spot[1], 0.0), yaw=0.0)
    bases = [other for other in things if other.id != thing.id and footprint_gap(under, other) < 0.0]
    base = max(bases, key=lambda other: other.top, default=None)
    return resting_height(thing.kind, thing.size, base)


def down(thing: Thing, x: float, y: float) -> Point:
    """Return where the centre of ``thing`` is when it stands on the bare table at a point, metres."""
    return (x, y, thing.size[2] / 2)


def _onto(thing: Thing, base: Thing) -> Iterator[Point]:
    if base.kind not in CONTAINERS and base.kind != "zone":
        yield above(thing, base)
        return
    height = resting_height(thing.kind, thing.size, base)
    middle = (base.position[0], base.position[1], height)
    yield middle
    near = [(base.position[0] + x, base.position[1] + y, height) for x in GRID for y in GRID]
    inside = [spot for spot in near if rests_on(replace(thing, position=spot), base) >= min(thing.size[:2]) / 4]
    yield from sorted(inside, key=lambda spot: (round(math.dist(spot, middle), 4), spot))


def _at(place: Mark, thing: Thing) -> Iterator[Point]:
    if isinstance(place, str):
        if place not in PLACES:
            return
        x, y = PLACES[place]
        around = [(x + u, y + v) for u in GRID for v in GRID if math.hypot(u, v) < 0.8 * PLACE_RADIUS]
        for spot in sorted(around, key=lambda spot: (round(math.dist(spot, (x, y)), 4), spot)):
            yield down(thing, *spot)
    elif not isinstance(place, Thing) and all(abs(value) <= WORK_HALF_WIDTH for value in place[:2]):
        yield down(thing, place[0], place[1])


def _beside(thing: Thing, mark: Thing, ways: Sequence[tuple[float, float]]) -> Iterator[Point]:
    for gap in BESIDE:
        for dx, dy in ways:
            away = gap
            while True:
                x, y = mark.position[0] + dx * away, mark.position[1] + dy * away
                if footprint_gap(replace(thing, position=(x, y, 0.0)), mark) >= gap:
                    break
                away += 0.005
            if max(abs(x), abs(y)) <= WORK_HALF_WIDTH - 0.02:
                yield down(thing, x, y)


def _aside(thing: Thing, others: Sequence[Thing]) -> Iterator[Point]:
    """Free places of the table, nearest first."""
    here = thing.position[:2]
    for x, y in sorted(((x, y) for x in GRID for y in GRID), key=lambda spot: (round(math.dist(spot, here), 4), spot)):
        put = replace(thing, position=down(thing, x, y))
        if all(_roomy(put, other) for other in others) and footprint_gap(put, thing) > 0.0:
            yield put.position


def _roomy(thing: Thing, other: Thing) -> bool:
    """Whether there is ``ROOM`` between two outlines; circles within and around them settle most cases."""
    apart = math.dist(thing.position[:2], other.position[:2])
    if apart - min(thing.size[:2]) / 2 - min(other.size[:2]) / 2 < ROOM:
        return False
    if apart - footprint_radius(thing) - footprint_radius(other) >= ROOM:
        return True
    return footprint_gap(thing, other) >= ROOM
