"""Which of the things seen is which of those expected, and what of them cannot be as it was believed.

Things of one colour are matched by nearness; what holds others stays where it was while it is seen there; a height that
was read of a covered thing is read anew when nothing covers it any more.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
from scipy.optimize import linear_sum_assignment

from simulator.base import MOVABLE, Thing
from world_model.inventory import leftovers
from world_model.seeing import LONG, STRANGER, Seen
from world_model.stature import FLAT, HIDDEN, carriers, lies_in_one

NEAR = 0.06
"""A thing seen this close to where it was expected is that thing, metres."""
ELSEWHERE = 10.0
"""Matching cost of another kind or colour, metres."""
SHORTER = 0.7
"""What is seen to be lower than this share of what it was believed to be was two things, or has fallen."""
UNLIKE = 0.006
"""Difference of heights from which what plainly stands alone is believed to be as tall as it looks now, metres."""
ON_FLOOR = 0.012
"""What ends lower than this stands on the table or on a container's floor, metres."""
LEVEL = 0.01
"""Upper faces this close to each other are equally high, metres."""
SURE = 0.9
"""Confidence in a kind from which it is believed although another was known."""
STILL = 0.012
"""What holds something and is seen this near to where it was expected has not moved, metres."""


def matched(expected: Sequence[Thing], seen: Sequence[Thing]) -> dict[int, int]:
    """Return rows of ``expected`` with the columns of ``seen`` that are the same things.

    The assignment of least total distance; another colour never matches, another kind only at the same place.
    """
    if not expected or not seen:
        return {}
    costs = np.array([[difference(e, s) for s in seen] for e in expected])
    rows, columns = linear_sum_assignment(costs)
    return {int(r): int(c) for r, c in zip(rows, columns, strict=True) if costs[r, c] < ELSEWHERE}


def uncovered(expected: Sequence[Thing], seen: Sequence[Thing], match: dict[int, int]) -> dict[int, int]:
    """Return those of ``match`` that carried something when they were last seen and carry nothing now."""
    before, now = set(carriers(expected).values()), set(carriers(seen).values())
    return {row: column for row, column in match.items() if row in before and column not in now}


def otherwise_tall(expected: Sequence[Thing], seen: Sequence[Thing], match: dict[int, int]) -> dict[int, int]:
    """Return those of ``match`` that carry nothing and are not as tall as believed.

    What stands alone on the table or in a container is measured from there, a ball only on the table; of a block that
    stands on something only much less height tells: two were taken for one. What seems to hover, as high as it was, has
    had its lower part overlooked.
    """
    under = carriers(seen)
    found: dict[int, int] = {}
    for row, column in match.items():
        before, now = expected[row].size[2], seen[column].size[2]
        grounded = seen[column].bottom < ON_FLOOR
        ball = expected[row].kind == seen[column].kind == "ball"
        plain = seen[column].kind in FLAT or (ball and not lies_in_one(seen, seen[column]))
        alone = column not in under and plain and grounded
        hovers = column not in under and not grounded and abs(seen[column].top - expected[row].top) < LEVEL
        shorter = now < SHORTER * before and not hovers and not ball
        if column not in under.values() and (shorter or (alone and abs(now - before) > UNLIKE)):
            found[row] = column
    return found


def upper_parts(expected: Sequence[Thing], seen: Sequence[Thing], match: dict[int, int]) -> dict[int, Thing]:
    """Return those columns of ``match`` that are seen to reach through what carries them, each without what is below.

    Of two blocks of like colours on one another the lower is not always told from the upper: what ends as high as
    expected, while what is expected to carry it is not seen, still stands on that.
    """
    under = carriers(expected)
    found: dict[int, Thing] = {}
    for row, column in match.items():
        thing, there = expected[row], seen[column]
        through = row in under and under[row] not in match and there.bottom < thing.bottom - HIDDEN
        if through and abs(there.top - thing.top) < LEVEL:
            found[column] = as_tall(there, thing)
    return found


def united(expected: Sequence[Thing], seen: Seen) -> tuple[dict[int, Thing], list[int]]:
    """Return columns of ``seen`` that are whole only with others, as wholes, and those others.

    Nothing comes from nowhere: of two things of one colour in one stack, or within the length of a long one, where
    fewer of that colour are expected and one of the two is not, one is part of the other or of what stands between.
    """
    under, wholes, parts = carriers(seen.things), dict[int, Thing](), list[int]()
    recognised = set(matched(expected, seen.things).values())
    for one, other in combinations(range(len(seen.things)), 2):
        pair = seen.things[one], seen.things[other]
        known, alike = of_colour(expected, pair[0].colour), of_colour(seen.things, pair[0].colour)
        gone = sum(seen.things[column].colour == pair[0].colour for column in parts)
        if not 0 < len(known) < len(alike) - gone or any(thing not in alike for thing in pair):
            continue
        if {one, other} <= recognised or not {one, other}.isdisjoint(parts):
            continue
        thing = min(known, key=lambda t: min(difference(t, part) for part in pair))
        heavier, lighter = sorted((one, other), key=lambda column: -seen.mass[column])
        upper, lower = sorted((one, other), key=lambda column: -seen.things[column].position[2])
        if under.get(upper) == lower:
            wholes[upper] = as_tall(seen.things[upper], thing)
            parts.append(lower)
        elif lower in beneath(under, upper):
            parts.append(lighter)
        elif ends(thing, *pair):
            wholes[heavier] = between(thing, *pair)
            parts.append(lighter)
    return wholes, parts


def ends(known: Thing, one: Thing, other: Thing) -> bool:
    """Whether ``one`` and ``other`` are near enough for ends of the ``known`` thing, and neither is all of it."""
    length = max(known.size[:2])
    whole = max(*one.size[:2], *other.size[:2]) > SHORTER * length
    return length > LONG and not whole and math.dist(one.position, other.position) < length


def as_tall(thing: Thing, known: Thing) -> Thing:
    """Return ``thing`` as tall as it is ``known`` to be, its upper face where it is."""
    (x, y, _), height = thing.position, known.size[2]
    return replace(thing, size=(*thing.size[:2], height), position=(x, y, thing.top - height / 2))


def between(known: Thing, one: Thing, other: Thing) -> Thing:
    """Return the ``known`` long thing of which ``one`` and ``other`` are the ends: half-way, along the way between."""
    x, y, z = (float(a + b) / 2 for a, b in zip(one.position, other.position, strict=True))
    way = np.subtract(other.position, one.position)
    return replace(known, position=(x, y, z), yaw=math.atan2(way[1], way[0]))


def beneath(under: Mapping[int, int], row: int) -> list[int]:
    """Return the rows of what carries that of ``row``, the nearest first, by ``carriers``."""
    found: list[int] = []
    while row in under and under[row] not in found:
        row = under[row]
        found.append(row)
    return found


def of_colour(things: Sequence[Thing], colour: str) -> list[Thing]:
    """Return the ``things`` of a ``colour`` that can be moved."""
    return [thing for thing in things if thing.colour == colour and thing.kind in MOVABLE]


def holding(expected: Sequence[Thing], seen: Sequence[Thing], match: dict[int, int]) -> list[int]:
    """Return those rows of ``match`` that hold something, of which only a part is seen, and lie about as expected.

    Of a zone, tray or bowl that is partly covered the middle and the heading seem to be elsewhere.
    """
    found: list[int] = []
    for row, column in match.items():
        thing, there = expected[row], seen[column]
        apart = float(np.hypot(*np.subtract(thing.position, there.position)[:2]))
        if thing.kind not in MOVABLE and apart < STILL:
            reach = max(thing.size[:2]) / 2
            within = [np.hypot(*np.subtract(s.position, thing.position)[:2]) < reach for s in seen if s.kind in MOVABLE]
            found += [row] if any(within) else []
    return found


def difference(expected: Thing, seen: Thing) -> float:
    """Return how unlike two things are, metres."""
    distance = float(np.linalg.norm(np.subtract(expected.position, seen.position)))
    if expected.colour != seen.colour:
        return ELSEWHERE + distance
    return (
        distance if expected.kind == seen.kind else (distance + NEAR if distance < NEAR / 2 else ELSEWHERE + distance)
    )


def followed(expected: Sequence[Thing], seen: Seen) -> dict[int, int]:
    """Return rows of ``expected`` with the columns of ``seen`` that are the same things.

    A thing that is missed while one plain thing of its colour is left over has gone there and looks different: it fell.
    """
    match = matched(expected, seen.things)
    rows = {thing.id: row for row, thing in enumerate(expected)}
    lone = leftovers(expected, seen, {column: expected[row] for row, column in match.items()})
    return match | {rows[thing.id]: column for column, thing in lone.items() if seen.mass[column] >= STRANGER}


def renamed(expected: Sequence[Thing], seen: Seen, match: dict[int, int]) -> tuple[Thing, ...]:
    """Return ``expected`` with the names and kinds of two of a colour exchanged where each is plainly of the other's.

    In a stack, a cube and a cylinder of one colour are confused now and then; what stands free is told apart.
    """
    under = set(carriers(seen.things).values())
    plain = [
        row
        for row, column in match.items()
        if column not in under and seen.mass[column] >= STRANGER and float(seen.confidence[column]) >= SURE
    ]
    things = list(expected)
    for one, other in combinations(plain, 2):
        kinds = things[one].kind, things[other].kind
        crosswise = kinds == (seen.things[match[other]].kind, seen.things[match[one]].kind)
        if crosswise and kinds[0] != kinds[1] and things[one].colour == things[other].colour:
            names = things[one].id, things[other].id
            things[one], things[other] = (
                replace(things[row], id=name, kind=kind)
                for row, name, kind in zip((one, other), reversed(names), reversed(kinds), strict=True)
            )
    return tuple(things)


def matched_alike(declared: Sequence[Thing], seen: Sequence[Thing]) -> dict[int, int]:
    """Return the match of declared and seen things of the same colour and kind."""
    match = matched(declared, seen)
    return {row: column for row, column in match.items() if declared[row].kind == seen[column].kind}
