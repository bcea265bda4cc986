"""How tall things are that carry others: what the closer look cannot see of a stack follows from where its things lie.

The side of a covered block is hardly seen and its upper face not at all, so the closer look mistakes it for a post.
But things in a stack share faces: the lowest stands on the table, each other one on what carries it. Faces that agree
best with the centres that were seen, and with the heights of what is uncovered, are a small least-squares problem.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from simulator.base import CONTAINERS, MOVABLE, Thing

OVERLAP = 0.6
"""Centres closer than this share of the mean extent, measured along the table, lie above each other."""
STEP = 0.01
"""Least difference in height between the centres of what lies above each other, metres."""
REACH = 0.13
"""Largest one, metres."""
CONTACT, CENTRE, SEEN, COVERED = 0.001, 0.005, 0.004, 0.02
"""Standard deviations of where faces meet, of centres, of heights that are seen and of heights that are not, metres."""
USUAL = 0.04
"""Height of what is covered, as far as nothing else says, metres."""
FLOOR = 0.004
"""Thickness of a container's floor, metres."""
LOWEST = 0.02
"""No thing is lower than this, metres."""


def standing(things: Sequence[Thing]) -> tuple[Thing, ...]:
    """Return ``things`` with the heights of those that carry others made to fit what they carry and stand on."""
    under = {row: carrier for row, thing in enumerate(things) if (carrier := carrier_of(things, thing)) is not None}
    stacked = sorted({*under, *under.values()})
    if not stacked:
        return tuple(things)
    column = {row: 2 * k for k, row in enumerate(stacked)}
    rows: list[tuple[dict[int, float], float, float]] = []
    for row in stacked:
        low, high, thing = column[row], column[row] + 1, things[row]
        covered = row in under.values()
        rows.append(({low: 0.5, high: 0.5}, thing.position[2], CENTRE))
        rows.append(({high: 1.0, low: -1.0}, USUAL if covered else thing.size[2], COVERED if covered else SEEN))
        if row in under:
            rows.append(({low: 1.0, column[under[row]] + 1: -1.0}, 0.0, CONTACT))
        elif thing.bottom < USUAL:
            inside = lies_in_one(things, thing)
            rows.append(({low: 1.0}, FLOOR if inside else 0.0, CENTRE if inside else CONTACT))
    system, wanted = np.zeros((len(rows), 2 * len(stacked))), np.zeros(len(rows))
    for k, (terms, value, deviation) in enumerate(rows):
        for where, factor in terms.items():
            system[k, where] = factor / deviation
        wanted[k] = value / deviation
    faces = np.linalg.lstsq(system, wanted, rcond=None)[0]
    heights = {row: max(LOWEST, float(faces[column[row] + 1] - faces[column[row]])) for row in set(under.values())}
    return tuple(
        replace(thing, size=(*thing.size[:2], heights.get(row, thing.size[2]))) for row, thing in enumerate(things)
    )


def carrier_of(things: Sequence[Thing], thing: Thing) -> int | None:
    """Return the row of the highest thing under ``thing`` that can be moved, None where there is none."""
    if thing.kind not in MOVABLE:
        return None
    found: list[tuple[float, int]] = []
    for row, other in enumerate(things):
        apart = float(np.hypot(*np.subtract(thing.position, other.position)[:2]))
        step = thing.position[2] - other.position[2]
        reach = OVERLAP * (min(thing.size[:2]) + min(other.size[:2])) / 2
        if other.kind in MOVABLE and STEP < step < REACH and apart < reach:
            found.append((other.position[2], row))
    return max(found)[1] if found else None


def lies_in_one(things: Sequence[Thing], thing: Thing) -> bool:
    """Whether ``thing`` lies in a container, whose walls may hold it off the floor."""
    inside = [
        other
        for other in things
        if other.kind in CONTAINERS
        and float(np.hypot(*np.subtract(thing.position, other.position)[:2])) < max(other.size[:2]) / 2
    ]
    return bool(inside)
