"""What a declared scene settles about a first look by names, kinds and colours alone: what is left over on each side.

Declared positions are never compared. A cylinder and a cube of seven pixels are confused now and then, and so is the
colour of what peeps out from under something; but a thing that was declared and not recognised, and one that was
hardly seen and not declared, are one when each is the only one. And where one thing is missing and there is room for
just one inside a stack, it is there.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import product

from simulator.base import COLOURS, MOVABLE, Thing
from world_model.seeing import DOUBLE, STRANGER, Seen
from world_model.stature import FLOOR, HIDDEN, USUAL, carriers, lies_in_one, rooms

RISEN = 0.01
"""What seems to be a mat and ends higher than this is something on it, metres."""


def no_doubles(declared: Sequence[Thing], seen: Seen) -> list[int]:
    """Return the columns of ``seen`` without those that are too light to be what was declared.

    Of more things of one colour and kind than were declared, those lighter than ``DOUBLE`` of the heaviest are shadows
    and fringes: they may not take the name of what is plainly seen.
    """
    looks = [(thing.colour, thing.kind) for thing in seen.things]
    wanted = Counter((thing.colour, thing.kind) for thing in declared)
    kept: list[int] = []
    for column, look in enumerate(looks):
        masses = sorted((float(seen.mass[c]) for c, other in enumerate(looks) if other == look), reverse=True)
        least = DOUBLE * masses[wanted[look] - 1] if len(masses) > wanted[look] > 0 else 0.0
        if seen.mass[column] >= least:
            kept.append(column)
    return kept


def leftovers(declared: Sequence[Thing], seen: Seen, match: dict[int, Thing]) -> dict[int, Thing]:
    """Return columns of ``seen`` with the declared things they are: the one left over of its colour.

    Of small things and of those that hold others, each for itself. Light ghosts count only where nothing else of the
    colour is left over.
    """
    taken = {thing.id for thing in match.values()}
    settled: dict[int, Thing] = {}
    for colour, small in product(COLOURS, (True, False)):
        left = [t for t in declared if t.id not in taken and t.colour == colour]
        missing = [t for t in left if (t.kind in MOVABLE) is small]
        spare = [c for c in spare_columns(seen, match, small=small) if seen.things[c].colour == colour]
        heavy = [column for column in spare if seen.mass[column] >= STRANGER]
        if len(missing) == 1 == len(heavy or spare):
            settled[(heavy or spare)[0]] = missing[0]
    return settled


def misread(declared: Sequence[Thing], seen: Seen, match: dict[int, Thing]) -> dict[int, Thing]:
    """Return the column of ``seen`` whose colour must be wrong: the one doubtful thing left over is the one missing.

    What is plainly seen and was not declared is something else, unless it seems to be a piece of a mat.
    """
    taken = {thing.id for thing in match.values()}
    missing = [t for t in declared if t.id not in taken and t.kind in MOVABLE]
    pieces = risen(seen, match)
    spare = spare_columns(seen, match) or pieces
    alone = len(missing) == 1 == len(spare) and (seen.mass[spare[0]] < STRANGER or spare[0] in pieces)
    return {spare[0]: missing[0]} if alone else {}


def risen(seen: Seen, match: dict[int, Thing]) -> list[int]:
    """Return the columns of ``seen`` that seem to be pieces of a mat of their colour and rise from it.

    Mats are flat, so they are something that takes the mat's colour in the image.
    """
    mats = [seen.things[column] for column, thing in match.items() if thing.kind == "zone"]
    return [
        column
        for column, thing in enumerate(seen.things)
        if column not in match
        and thing.top > RISEN
        and any(
            mat.colour == thing.colour and math.dist(mat.position[:2], thing.position[:2]) < min(mat.size[:2]) / 2
            for mat in mats
        )
    ]


def spare_columns(seen: Seen, match: dict[int, Thing], *, small: bool = True) -> list[int]:
    """Return the columns of things in ``seen`` that are not matched: the ``small`` ones, or those that hold others."""
    return [c for c, thing in enumerate(seen.things) if c not in match and (thing.kind in MOVABLE) is small]


def hidden(declared: Sequence[Thing], things: Sequence[Thing]) -> tuple[Thing, int] | None:
    """Return the one declared thing that is not among ``things``, in the one place with room for it, if so.

    There is room between two things of a stack, and under a thing that nothing seems to carry. With it comes the row of
    what lies on it. None when more or fewer are missing, or room is nowhere or in two places.
    """
    known = {thing.id for thing in things}
    missing = [thing for thing in declared if thing.id not in known]
    found = [(row, things[below].top, things[below].size[0], things[below].position) for row, below in rooms(things)]
    found += [(row, floor, things[row].size[0], things[row].position) for row, floor in hovering(things)]
    if not len(missing) == 1 == len(found) or missing[0].kind not in MOVABLE:
        return None
    row, low, breadth, where = found[0]
    upper, broad = things[row], min(things[row].size[0], breadth)
    x, y = ((a + b) / 2 for a, b in zip(upper.position[:2], where[:2], strict=True))
    high = upper.bottom
    between = replace(missing[0], size=(broad, broad, high - low), position=(x, y, (low + high) / 2), yaw=0.0)
    return between, row


def hovering(things: Sequence[Thing]) -> list[tuple[int, float]]:
    """Return the rows of things that nothing carries, with room for one other under them, and the height below it."""
    under = carriers(things)
    found: list[tuple[int, float]] = []
    for row, thing in enumerate(things):
        floor = FLOOR if lies_in_one(things, thing) else 0.0
        if thing.kind in MOVABLE and row not in under and HIDDEN < thing.bottom - floor < USUAL + HIDDEN:
            found.append((row, floor))
    return found
