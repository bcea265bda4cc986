"""Where things will be once a step is done, roughly: enough to resolve what later steps of a request mean.

Symbolic and deterministic: no physics, no planning. A thing that loses its support is taken to stand where it was, on
the table. Positions are metres in the world frame.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

from simulator.base import CONTAINERS, WORK_HALF_WIDTH, Fact, Scene, Thing
from simulator.places import PLACES
from simulator.predicates import footprint_gap, rests_on

SPACING: Final = 0.09
"""Distance of centres at which a thing is predicted beside another, metres: two cubes' width and room for the tool."""
FREE_GAP: Final = 0.03
"""Least gap of a free spot to everything else, metres."""
LIFTED: Final = 0.2
"""Height at which a held thing is predicted, metres."""
_GRID: Final = tuple(0.04 * k for k in range(-5, 6))


def after(scene: Scene, fact: Fact) -> Scene:
    """Return the scene as it will roughly be once ``fact`` holds."""
    a = scene.thing(str(fact.arguments[0]))
    match fact.relation:
        case "on" | "in":
            return _rested(scene, a, scene.thing(str(fact.arguments[1])))
        case "clear":
            return _cleared(scene, a)
        case "line":
            return _lined(scene, tuple(str(name) for name in fact.arguments))
        case "held":
            return _placed(scene, replace(a, position=(a.position[0], a.position[1], LIFTED)))
        case _:
            return _moved(scene, a, *_target(scene, a, fact))


def _target(scene: Scene, a: Thing, fact: Fact) -> tuple[float, float]:
    """Where a thing is to stand on the table, metres."""
    if fact.relation == "at":
        return _point(fact)
    others = [scene.thing(str(name)) for name in fact.arguments[1:]]
    if fact.relation == "apart":
        return free_spot(scene, a, away=others[0])
    if fact.relation == "between":
        b, c = others
        return (b.position[0] + c.position[0]) / 2, (b.position[1] + c.position[1]) / 2
    x, y = _SIDES[fact.relation]
    return others[0].position[0] + x * SPACING, others[0].position[1] + y * SPACING


def free_spot(scene: Scene, thing: Thing, away: Thing | None = None) -> tuple[float, float]:
    """Return the free point of the table nearest ``thing``, metres; ``away`` keeps it 15 cm from another thing.

    The nearest is by distance, then by coordinates, so that the choice is the same every time. The thing's own place is
    returned when nothing on the grid is free.
    """
    others = [other for other in scene.things if other.id != thing.id]
    here = (thing.position[0], thing.position[1])

    def free(x: float, y: float) -> bool:
        moved = replace(thing, position=(x, y, thing.position[2]))
        far = away is None or math.hypot(x - away.position[0], y - away.position[1]) >= 0.15
        return far and all(footprint_gap(moved, other) >= FREE_GAP for other in others)

    spots = sorted((math.dist((x, y), here), x, y) for x in _GRID for y in _GRID)
    return next(((x, y) for _, x, y in spots if free(x, y)), here)


def inside(x: float, y: float, thing: Thing) -> bool:
    """Whether ``thing`` centred on a point, metres, lies within the work area."""
    room = WORK_HALF_WIDTH - max(thing.size[0], thing.size[1]) / 2
    return abs(x) <= room and abs(y) <= room


def _point(fact: Fact) -> tuple[float, float]:
    if len(fact.arguments) == 2:
        return PLACES[str(fact.arguments[1])]
    return float(fact.arguments[1]), float(fact.arguments[2])


_SIDES: Final[dict[str, tuple[float, float]]] = {
    "left_of": (0.0, 1.0),
    "right_of": (0.0, -1.0),
    "behind": (1.0, 0.0),
    "in_front_of": (-1.0, 0.0),
    "next_to": (0.0, -0.7),
}


def _placed(scene: Scene, thing: Thing) -> Scene:
    """Put ``thing`` where it now says; whatever rested on its old place drops to the table there."""
    old = scene.thing(thing.id)
    things: list[Thing] = []
    for other in scene.things:
        dropped = (
            other.id != thing.id and old.kind not in CONTAINERS and old.kind != "zone" and rests_on(other, old) >= 0.0
        )
        landed = (
            replace(other, position=(other.position[0], other.position[1], other.size[2] / 2)) if dropped else other
        )
        things.append(thing if other.id == thing.id else landed)
    return replace(scene, things=tuple(things))


def _moved(scene: Scene, thing: Thing, x: float, y: float) -> Scene:
    return _placed(scene, replace(thing, position=(x, y, thing.size[2] / 2)))


def _rested(scene: Scene, a: Thing, b: Thing) -> Scene:
    if b.kind == "zone":
        return _moved(scene, a, b.position[0], b.position[1])
    bottom = b.bottom + 0.005 if b.kind in CONTAINERS else b.top
    return _placed(scene, replace(a, position=(b.position[0], b.position[1], bottom + a.size[2] / 2)))


def _cleared(scene: Scene, a: Thing) -> Scene:
    for other in scene.things:
        if other.id != a.id and rests_on(other, a) >= 0.0:
            scene = _moved(scene, other, *free_spot(scene, other, away=a))
    return scene


def _lined(scene: Scene, names: tuple[str, ...]) -> Scene:
    first = scene.thing(names[0])
    start = SPACING * (len(names) - 1) / 2
    for index, name in enumerate(names):
        scene = _moved(scene, scene.thing(name), first.position[0], start - SPACING * index)
    return scene
