"""Where a step of an action plan moves which thing: words and numbers of a language model as a move in metres.

Pure geometry over things as perceived, or as they truly are where a plan is judged. Free places are looked for in a
fixed order, so that the same step on the same table is the same move. Knows nothing of goals.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from hybrid.errors import LanguageError
from hybrid.evaluation.base import Place, Step
from simulator.base import CONTAINERS, MOVABLE, WORK_HALF_WIDTH, Thing
from simulator.goals import Move, Point, above, fits
from simulator.places import PLACE_RADIUS, PLACES
from simulator.predicates import footprint_gap, rests_on
from simulator.scene import resting_height

DIRECTIONS: Final = {"left_of": (0.0, 1.0), "right_of": (0.0, -1.0), "behind": (1.0, 0.0), "in_front_of": (-1.0, 0.0)}
BESIDE: Final = (0.02, 0.03, 0.035, 0.05, 0.07, 0.09)
"""Gaps tried between things put beside one another, metres; neighbours are at most 4 cm apart."""
GRID: Final = tuple(round(0.01 * k, 2) for k in range(-20, 21))
"""Coordinates among which free places are looked for, metres."""
ROOM: Final = 0.03
"""Free space around a thing that is put aside, metres."""
WITHIN: Final = 0.03
"""A hold is taken of the thing whose centre is nearest to where it was asked for, at most this far off, metres."""
COVERED: Final = 0.0
"""Margin above which one thing rests on another, metres."""


def resolved(step: Step, things: Sequence[Thing]) -> Move:
    """Return the move that ``step`` means on the table of ``things``.

    Raises:
        LanguageError: it names what is not there or cannot be moved, or says no place.
    """
    if step.act == "carry":
        return _carried(step, things)
    thing = _thing(step, step.thing, things)
    if thing.kind not in MOVABLE:
        raise LanguageError(words(step), f"{thing.id} cannot be moved", "Move a cube, a cylinder or a ball.")
    others = [other for other in things if other.id != thing.id]
    first: Point | None = None
    for spot in _spots(step, thing, others):
        first = first or spot
        if fits(thing, spot, others):
            return Move(thing.id, spot)
    if first is None:
        raise LanguageError(words(step), "it says no place on this table", "Name a thing, a place or metres.")
    return Move(thing.id, first)


def movable(thing: str, things: Sequence[Thing]) -> bool:
    """Whether nothing rests on the thing called ``thing``."""
    moved = next(other for other in things if other.id == thing)
    return all(rests_on(other, moved) < COVERED for other in things if other.id != thing)


def words(step: Step) -> str:
    """Return ``step`` as one line of a plan."""
    if step.act == "carry":
        start, end = (" ".join(f"{float(v):g}" for v in point) for point in step.to)
        return f"carry {start} to {end}"
    to = " ".join(p if isinstance(p, str) else " ".join(f"{v:g}" for v in p) for p in step.to)
    return f"{step.act} {step.thing} {step.relation} {to}".rstrip()


def _carried(step: Step, things: Sequence[Thing]) -> Move:
    start, end = step.to
    if isinstance(start, str) or isinstance(end, str) or len(end) not in (2, 3):
        raise LanguageError("carry", "it needs two points in metres", "Say: carry x y to x y z.")
    near = [thing for thing in things if thing.kind in MOVABLE and math.dist(thing.position[:2], start[:2]) <= WITHIN]
    if not near:
        raise LanguageError(words(step), "there is nothing to take hold of", "Name the centre of a thing.")
    if len(start) == 3:
        thing = min(near, key=lambda thing: math.dist(thing.position, start))
    else:
        thing = max(near, key=lambda thing: (thing.top, -math.dist(thing.position[:2], start)))
    height = end[2] if len(end) == 3 else _standing(thing, end, things)
    return Move(thing.id, (end[0], end[1], max(height, thing.size[2] / 2)))


def _standing(thing: Thing, spot: tuple[float, ...], things: Sequence[Thing]) -> float:
    """Height of the centre of ``thing`` on whatever is highest at ``spot``, metres."""
    under = replace(thing, size=(0.001, 0.001, 0.001), position=(spot[0], spot[1], 0.0), yaw=0.0)
    bases = [other for other in things if other.id != thing.id and footprint_gap(under, other) < 0.0]
    base = max(bases, key=lambda other: other.top, default=None)
    return resting_height(thing.kind, thing.size, base)


def _thing(step: Step, name: Place, things: Sequence[Thing]) -> Thing:
    for thing in things:
        if thing.id == name:
            return thing
    known = ", ".join(thing.id for thing in things) or "nothing"
    raise LanguageError(words(step), f"nothing is called {name}", f"There is {known}.")


def _spots(step: Step, thing: Thing, others: Sequence[Thing]) -> Iterator[Point]:
    """Places the step allows, best first."""
    if step.relation == "aside":
        yield from _aside(thing, others)
    elif step.relation in ("on", "in"):
        yield from _onto(thing, _thing(step, step.to[0], others))
    elif step.relation == "at":
        yield from _at(step.to[0], thing)
    elif step.relation == "between":
        one, other = (_thing(step, name, others) for name in step.to)
        yield _down(thing, *((a + b) / 2 for a, b in zip(one.position[:2], other.position[:2], strict=True)))
    else:
        ways = DIRECTIONS.values() if step.relation == "next_to" else (DIRECTIONS[step.relation],)
        yield from _beside(thing, _thing(step, step.to[0], others), list(ways))


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


def _at(place: Place, thing: Thing) -> Iterator[Point]:
    if isinstance(place, str):
        if place not in PLACES:
            return
        x, y = PLACES[place]
        around = [(x + u, y + v) for u in GRID for v in GRID if math.hypot(u, v) < 0.8 * PLACE_RADIUS]
        for spot in sorted(around, key=lambda spot: (round(math.dist(spot, (x, y)), 4), spot)):
            yield _down(thing, *spot)
    elif all(abs(value) <= WORK_HALF_WIDTH for value in place[:2]):
        yield _down(thing, place[0], place[1])


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
                yield _down(thing, x, y)


def _aside(thing: Thing, others: Sequence[Thing]) -> Iterator[Point]:
    """Free places of the table, nearest first."""
    here = thing.position[:2]
    for x, y in sorted(((x, y) for x in GRID for y in GRID), key=lambda spot: (round(math.dist(spot, here), 4), spot)):
        put = replace(thing, position=_down(thing, x, y))
        if all(footprint_gap(put, other) >= ROOM for other in others) and footprint_gap(put, thing) > 0.0:
            yield put.position


def _down(thing: Thing, x: float, y: float) -> Point:
    return (x, y, thing.size[2] / 2)
