"""Where a step of an action plan moves which thing: words and numbers of a language model as a move in metres.

Pure geometry over things as perceived, or as they truly are where a plan is judged. Free places are looked for in a
fixed order, so that the same step on the same table is the same move. Knows nothing of goals.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from hybrid.errors import LanguageError
from hybrid.evaluation.base import Place, Step
from simulator.base import MOVABLE, Thing
from simulator.goals import Move
from simulator.predicates import rests_on
from simulator.spots import best_spot, standing

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
    named = step.relation not in ("at", "aside")
    marks = tuple(_thing(step, mark, others) if named else mark for mark in step.to)
    spot = best_spot(thing, step.relation, marks, others)
    if spot is None:
        raise LanguageError(words(step), "it says no place on this table", "Name a thing, a place or metres.")
    return Move(thing.id, spot)


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
    height = end[2] if len(end) == 3 else standing(thing, end, things)
    return Move(thing.id, (end[0], end[1], max(height, thing.size[2] / 2)))


def _thing(step: Step, name: Place, things: Sequence[Thing]) -> Thing:
    for thing in things:
        if thing.id == name:
            return thing
    known = ", ".join(thing.id for thing in things) or "nothing"
    raise LanguageError(words(step), f"nothing is called {name}", f"There is {known}.")
