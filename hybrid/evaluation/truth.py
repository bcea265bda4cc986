"""Success, judged from the true state by geometry of its own.

What a fact means is written down here a second time, in other formulas than those the planner, the check and the
suites use (``simulator.predicates``, ``world_model.energies``): an error there cannot pass itself as success. A test
holds both against each other on thousands of random tables.

Outlines are compared through their Minkowski difference: two convex outlines overlap where it contains the origin, and
are as far apart as the origin is from it (Gilbert, Johnson and Keerthi, IEEE J. Robotics and Automation 4(2), 1988).
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

from simulator.base import Fact, Relation, Thing, WorldState
from simulator.places import PLACES
from simulator.tasks import Score, Task

Points = NDArray[np.float64]
LEFT_ALONE: Final = 0.015
"""What must be left alone may end this far from where it stood, metres."""
TOUCHING, FLAT, RIM, FLOOR = 0.01, 0.012, 0.8, 0.004
"""Touching faces, height on a zone or the table, inner share of a bowl's radius, wall of a tray; metres or a share."""
NEAR_POINT, NEAR_PLACE = 0.03, 0.06
"""How far a thing may be from a point, and from a named place, metres."""
SIDE, NEIGHBOUR, LEVEL, APART = 0.02, 0.04, 0.025, 0.08
"""To a side by, beside within, at one level within, apart by; metres."""
BETWEEN, OFF_LINE = (0.2, 0.8), 0.03
"""Share of the way between two things that counts, and how far beside the way, metres."""
LINE_OFF, LINE_GAP = 0.015, (0.001, 0.12)
"""How far beside a line, and how far from its neighbours, a thing of the line may be, metres."""
Names = tuple[str | float, ...]


def judge(task: Task, state: WorldState) -> Score:
    """Score the true final ``state``: every fact of the task holds, and what must be left alone stands where it stood.

    Raises:
        KeyError: a fact names what is not there.
    """
    wanted = [fact for subgoal in task.subgoals for fact in subgoal.facts]
    met = sum(true(fact, state) for fact in wanted)
    spared = {name for subgoal in task.subgoals for name in subgoal.keep}
    now = {thing.id: thing.position for thing in state.things}
    moved = [t.id for t in task.scene.things if t.id in spared and math.dist(now[t.id], t.position) > LEFT_ALONE]
    return Score(met == len(wanted) and not moved, met / len(wanted))


def true(fact: Fact, state: WorldState) -> bool:
    """Whether ``fact`` is true in ``state``; raises ``KeyError`` when it names what is not there."""
    return _TRUE[fact.relation](fact.arguments, _Table(state))


def gap(one: Thing, other: Thing) -> float:
    """Return the distance between two outlines seen from above, metres; negative when they overlap."""
    (a, first), (b, second) = _outline(one), _outline(other)
    difference = (a[:, None] - b[None]).reshape(-1, 2)
    if len(difference) == 1:
        return float(np.linalg.norm(difference)) - first - second
    hull = ConvexHull(difference)
    depth = float(hull.equations[:, 2].max())
    if depth <= 0.0:
        return depth - first - second
    corners = difference[hull.vertices]
    return _from_origin(corners, np.roll(corners, -1, axis=0)) - first - second


class _Table:
    """A true state with its things by name."""

    def __init__(self, state: WorldState) -> None:
        self.held = state.held
        self._things = {thing.id: thing for thing in state.things}

    def __getitem__(self, name: str | float) -> Thing:
        return self._things[str(name)]

    def others(self, thing: Thing) -> list[Thing]:
        return [other for other in self._things.values() if other.id != thing.id]

    def rests(self, thing: Thing, base: Thing) -> bool:
        """Whether ``thing`` is let go of and rests on or in ``base``."""
        if thing.id in (base.id, self.held):
            return False
        if base.kind == "zone":
            return _within(thing, base, 0.0) and abs(thing.bottom) <= FLAT
        if base.kind in ("bowl", "tray"):
            wall = FLOOR if base.kind == "tray" else (1 - RIM) * base.size[0] / 2
            return _within(thing, base, wall) and base.bottom - TOUCHING <= thing.bottom <= base.top
        over = abs(_plane(thing) - _plane(base)) <= min(base.size[:2]) / 2
        return over and abs(thing.bottom - base.top) <= TOUCHING

    def at_rest(self, thing: Thing) -> bool:
        """Whether ``thing`` is let go of and something carries it."""
        low = abs(thing.bottom) <= FLAT
        return thing.id != self.held and (low or any(self.rests(thing, other) for other in self.others(thing)))


def _plane(thing: Thing) -> complex:
    """The centre seen from above as a complex number, metres: x is real, y imaginary."""
    return complex(*thing.position[:2])


def _within(thing: Thing, base: Thing, wall: float) -> bool:
    """Whether the centre of ``thing`` is inside the outline of ``base`` less ``wall``."""
    inside = (_plane(thing) - _plane(base)) * cmath.rect(1.0, -base.yaw)
    if base.kind == "bowl":
        return abs(inside) <= base.size[0] / 2 - wall
    return abs(inside.real) <= base.size[0] / 2 - wall and abs(inside.imag) <= base.size[1] / 2 - wall


def _outline(thing: Thing) -> tuple[Points, float]:
    """The corners ``[K, 2]`` of the outline and the radius around them: a disc is a point with a radius."""
    if thing.kind in ("cylinder", "ball", "bowl"):
        return np.array([thing.position[:2]]), max(thing.size[:2]) / 2
    half = complex(thing.size[0] / 2, thing.size[1] / 2)
    turned = [corner * cmath.rect(1.0, thing.yaw) for corner in (half, -half.conjugate(), -half, half.conjugate())]
    return np.array([[(_plane(thing) + c).real, (_plane(thing) + c).imag] for c in turned]), 0.0


def _from_origin(starts: Points, ends: Points) -> float:
    """Least distance of the origin from segments ``[K, 2]`` to ``[K, 2]``, metres."""
    along = ends - starts
    share = np.clip(-(starts * along).sum(1) / np.maximum((along * along).sum(1), 1e-18), 0.0, 1.0)
    return float(np.linalg.norm(starts + share[:, None] * along, axis=1).min())


def _on(names: Names, table: _Table) -> bool:
    return table.rests(table[names[0]], table[names[1]])


def _at(names: Names, table: _Table) -> bool:
    where, reach = (PLACES[str(names[1])], NEAR_PLACE) if len(names) == 2 else (names[1:], NEAR_POINT)
    thing = table[names[0]]
    return math.dist(thing.position[:2], [float(v) for v in where]) <= reach and table.at_rest(thing)


def _side(direction: complex) -> Callable[[Names, _Table], bool]:
    def beyond(names: Names, table: _Table) -> bool:
        way = (_plane(table[names[0]]) - _plane(table[names[1]])) * direction.conjugate()
        return way.real >= SIDE and abs(way.imag) <= way.real

    return beyond


def _next_to(names: Names, table: _Table) -> bool:
    a, b = table[names[0]], table[names[1]]
    stacked = table.rests(a, b) or table.rests(b, a)
    return gap(a, b) <= NEIGHBOUR and abs(a.bottom - b.bottom) <= LEVEL and not stacked


def _between(names: Names, table: _Table) -> bool:
    a, b, c = (_plane(table[name]) for name in names)
    way = (a - b) / (c - b)
    return BETWEEN[0] <= way.real <= BETWEEN[1] and abs(way.imag) * abs(c - b) <= OFF_LINE


def _apart(names: Names, table: _Table) -> bool:
    return gap(table[names[0]], table[names[1]]) >= APART


def _clear(names: Names, table: _Table) -> bool:
    thing = table[names[0]]
    return not any(table.rests(other, thing) for other in table.others(thing))


def _line(names: Names, table: _Table) -> bool:
    things = [table[name] for name in names]
    centres = np.array([thing.position[:2] for thing in things])
    offsets = centres - centres.mean(0)
    along, across = np.linalg.svd(offsets)[2]
    order = [things[int(k)] for k in np.argsort(offsets @ along)]
    gaps = [gap(first, second) for first, second in pairwise(order)]
    return bool(np.abs(offsets @ across).max() <= LINE_OFF) and LINE_GAP[0] <= min(gaps) and max(gaps) <= LINE_GAP[1]


def _held(names: Names, table: _Table) -> bool:
    return table[names[0]].id == table.held


_TRUE: Final[dict[Relation, Callable[[Names, _Table], bool]]] = {
    "on": _on,
    "in": _on,
    "at": _at,
    "left_of": _side(1j),
    "right_of": _side(-1j),
    "behind": _side(1 + 0j),
    "in_front_of": _side(-1 + 0j),
    "next_to": _next_to,
    "between": _between,
    "apart": _apart,
    "clear": _clear,
    "line": _line,
    "held": _held,
}


def solved(task: Task, things: Sequence[Thing]) -> bool:
    """Whether ``task`` would be done with ``things`` as they stand; a start of which this is true is no task."""
    return judge(task, WorldState(tuple(things), (1.0,) * len(things), (0.0, 0.0, 0.4), None)).success
