"""How stacks stand: what the closer look cannot see of a covered thing follows from what it carries and stands on.

The side of a covered block is hardly seen and its upper face not at all, so the closer look mistakes it for a post, and
its centre is known to half a centimetre only. But things in a stack share faces: the lowest stands on the table, each
other one on what carries it. Faces that agree best with the centres and heights that were seen, each trusted as far as
such a thing can be seen, are a small least-squares problem. Along the table, a covered thing is most likely where what
it carries is, unless it plainly sticks out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from simulator.base import CONTAINERS, MOVABLE, Thing

FLAT = ("cube", "cylinder")
"""Kinds whose upper face is flat."""
OVERLAP = 0.6
"""Centres closer than this share of the mean extent, measured along the table, lie above each other."""
STEP = 0.01
"""Least difference in height between the centres of what lies above each other, metres."""
REACH = 0.13
"""Largest one, metres."""
Sight = Literal["open", "carrying", "between"]
"""How well a thing of a stack is seen: nothing lies on it; it carries something; it does and stands on something."""
CENTRE: dict[Sight, float] = {"open": 0.002, "carrying": 0.0035, "between": 0.007}
HEIGHT: dict[Sight, float] = {"open": 0.002, "carrying": 0.0035, "between": 0.006}
"""Standard deviations of centres and heights, metres; between two others the height is taken to be the breadth."""
HIDDEN = 0.02
"""Where there is this much room between two things of a stack, another one is hidden, metres."""
USUAL = 0.04
"""Height of a thing that nothing is known of, metres."""
CONTACT = 0.0005
"""Standard deviation of where faces meet, metres."""
FLOOR = 0.004
"""Thickness of a container's floor, metres."""
WALLED = 0.005
"""Standard deviation of the lower face of what lies in a container, whose walls may hold it off the floor, metres."""
LOWEST = 0.02
"""No thing is lower than this, metres."""
NEAR = 0.028
"""What seems this near to what it could stand on stands on it, metres."""
ON_TABLE = 0.04
"""What is lower than this and stands on nothing stands on the table, metres."""
BALLS = (0.024, 0.064)
"""Diameters between which balls lie, metres."""
ODD, FITS = 0.006, 0.05
"""How far from its breadth a block of a stack must seem to be tall, metres, and how well their breadths must add up to
the height of the stack, for all of its blocks to be believed as tall as broad."""
TWICE = (1.6, 2.4)
"""Room for two blocks of a stack, as a multiple of the breadth of one."""
ALIGNED, STICKS_OUT = 0.35, 0.009
"""Share of a covered thing's seen offset from what it carries that is believed; more than this is believed, metres."""


def standing(things: Sequence[Thing]) -> tuple[Thing, ...]:
    """Return ``things`` with the heights and centres of those that can be moved made to fit what they stand on.

    What stands alone stands on the table, or in its container, and ends where its upper face is seen; a stack is fitted
    as a whole.
    """
    under = carriers(things)
    stacked = sorted({*under, *under.values()})
    fitting = [thing if row in stacked else grounded(things, thing) for row, thing in enumerate(things)]
    faces = fitted(things, under, stacked)
    for row in sorted(stacked, key=lambda row: -things[row].position[2]):
        low, high = faces[row]
        above = [other for other, carrier in under.items() if carrier == row]
        x, y = things[row].position[:2] if len(above) != 1 else beneath(things[row], fitting[above[0]])
        size = (*things[row].size[:2], max(LOWEST, high - low)) if above else things[row].size
        fitting[row] = replace(things[row], size=size, position=(x, y, (low + high) / 2))
    return tuple(fitting)


def evened(things: Sequence[Thing]) -> list[Thing]:
    """Return ``things`` with those of a stack as tall as they are broad where that fits and they seem quite otherwise.

    How high a stack is altogether is seen well; where one block of it ends and the next begins is not.
    """
    found = list(things)
    for stack in stacks(carriers(things)):
        broad = [sum(things[row].size[:2]) / 2 for row in stack]
        odd = max(abs(things[row].size[2] - width) for row, width in zip(stack, broad, strict=True))
        scale = (things[stack[-1]].top - things[stack[0]].bottom) / sum(broad)
        if odd > ODD and abs(scale - 1) < FITS:
            found = piled(found, stack, [width * scale for width in broad])
    return found


def halved(things: Sequence[Thing]) -> list[Thing]:
    """Return ``things`` with those of a stack that fill the room of two in the upper half of it.

    The side of a block that another one covers on both ends is hardly seen: two are taken for one. The upper one is
    taken to be the one that is seen; in four such first looks out of four it was.
    """
    under, found = carriers(things), list(things)
    for carried, row in under.items():
        low = rest_of(things, row, under)
        room, (x, y, _) = things[carried].bottom - low, things[row].position
        broad = sum(things[row].size[:2]) / 2
        if things[row].kind in FLAT and TWICE[0] * broad < room < TWICE[1] * broad:
            upper = (*things[row].size[:2], room / 2)
            found[row] = replace(things[row], size=upper, position=(x, y, low + 3 * room / 4))
    return found


def stretched(things: Sequence[Thing]) -> list[Thing]:
    """Return ``things`` with the covered blocks of stacks as tall together as the place of the uppermost leaves them.

    They were read too low or too high together, or the lowest is seen to hover where the others leave it no room to;
    where there is room for a hidden one they stay as they are.
    """
    found, under = list(things), carriers(things)
    for stack in stacks(under):
        lowest, uppermost = things[stack[0]], things[stack[-1]]
        heights = [things[row].size[2] for row in stack[:-1]]
        bases = (lowest.bottom, rest_of(things, stack[0], under))
        base = min(bases, key=lambda base: abs(uppermost.bottom - base - sum(heights)))
        room = uppermost.bottom - base
        misfit = abs(room - sum(heights))
        if misfit < HIDDEN and (misfit > ODD or abs(base - lowest.bottom) > ODD):
            found[stack[0]] = replace(lowest, position=(*lowest.position[:2], base + lowest.size[2] / 2))
            heights = [height * room / sum(heights) for height in heights]
            found = piled(found, stack, [*heights, uppermost.size[2]])
    return found


def stacks(under: Mapping[int, int]) -> list[list[int]]:
    """Return the rows of things that stand straight on one another, from the bottom up."""
    found: list[list[int]] = []
    for bottom in sorted(set(under.values()) - set(under)):
        rows = [bottom]
        while len(above := [row for row, carrier in under.items() if carrier == rows[-1]]) == 1:
            rows.append(above[0])
        if not above:
            found.append(rows)
    return found


def slimmed(things: Sequence[Thing]) -> list[Thing]:
    """Return ``things`` with blocks in bowls no broader than tall: the wall around them is read into their breadth."""
    bowls = [thing for thing in things if thing.kind == "bowl"]
    found: list[Thing] = []
    for thing in things:
        x, y, height = thing.size
        square = thing.kind in FLAT and abs(x - y) < ODD and (x + y) / 2 > height + ODD
        slim = replace(thing, size=(height,) * 3) if square and lies_in_one([thing, *bowls], thing) else thing
        found.append(slim)
    return found


def closed(things: Sequence[Thing]) -> list[Thing]:
    """Return ``things`` without room in or under stacks, where it is known that nothing is hidden.

    They were read too low. Two of a stack share the room as they are broad; what stands alone reaches down.
    """
    found = [rooted(things, thing) for thing in things]
    for row, below in rooms(things):
        upper, lower = sum(things[row].size[:2]), sum(things[below].size[:2])
        height = found[row].top - found[below].bottom
        found = piled(found, (below, row), (height * lower / (upper + lower), height * upper / (upper + lower)))
    return found


def rooted(things: Sequence[Thing], thing: Thing) -> Thing:
    """Return ``thing`` down to the table or the floor of its container, where it seems to hover over it."""
    base = FLOOR if lies_in_one(things, thing) else 0.0
    hovers = thing.kind in FLAT and carrier_of(things, thing) is None and thing.bottom - base > HIDDEN
    return reaching(thing, base) if hovers else thing


def piled(things: list[Thing], stack: Sequence[int], heights: Sequence[float]) -> list[Thing]:
    """Return ``things`` with those of ``stack``, from the bottom up, of such ``heights``, each on the one below."""
    found, low = list(things), things[stack[0]].bottom
    for row, height in zip(stack, heights, strict=True):
        size, (x, y, _) = found[row].size[:2], found[row].position
        found[row] = replace(found[row], size=(*size, height), position=(x, y, low + height / 2))
        low += height
    return found


def grounded(things: Sequence[Thing], thing: Thing) -> Thing:
    """Return ``thing``, which nothing lies on, from where it stands up to where its upper face is seen.

    Its upper face is seen best; where its lower one seems far from what it could stand on, it is left as it is.
    """
    base = FLOOR if lies_in_one(things, thing) else 0.0
    if thing.kind not in MOVABLE or abs(thing.bottom - base) > NEAR or thing.top - base < LOWEST:
        return thing
    return reaching(thing, base)


def reaching(thing: Thing, base: float) -> Thing:
    """Return ``thing`` from the height ``base``, metres, up to where its upper face is."""
    x, y, _ = thing.position
    return replace(thing, size=(*thing.size[:2], thing.top - base), position=(x, y, (thing.top + base) / 2))


def rest_of(things: Sequence[Thing], row: int, under: Mapping[int, int]) -> float:
    """Return the height of what the thing of ``row`` rests on: a thing, a container's floor, the table; metres."""
    if row in under:
        return things[under[row]].top
    return FLOOR if lies_in_one(things, things[row]) else 0.0


def rounded(ball: Thing, peak: float | None, rest: float) -> Thing:
    """Return ``ball`` as a sphere from where it rests up to its ``peak``, metres, unless no ball is so large."""
    if peak is None or not BALLS[0] < peak - rest < BALLS[1]:
        return ball
    size = (peak - rest,) * 3
    return replace(ball, size=size, position=(*ball.position[:2], (peak + rest) / 2))


def carriers(things: Sequence[Thing]) -> dict[int, int]:
    """Return the rows of the stacked among ``things``, each with the row of what carries it."""
    return {row: carrier for row, thing in enumerate(things) if (carrier := carrier_of(things, thing)) is not None}


def fitted(things: Sequence[Thing], under: dict[int, int], stacked: Sequence[int]) -> dict[int, tuple[float, float]]:
    """Return the lower and upper faces, metres, of the ``stacked`` rows that agree best with what is seen of them."""
    column = {row: 2 * k for k, row in enumerate(stacked)}
    rows: list[tuple[dict[int, float], float, float]] = []
    for row in stacked:
        low, high, thing = column[row], column[row] + 1, things[row]
        sight = seen_as(row, under)
        rows.append(({low: 0.5, high: 0.5}, thing.position[2], CENTRE[sight]))
        rows.append(({high: 1.0, low: -1.0}, tall(thing, sight), HEIGHT[sight]))
        if row in under and gap(things, row, under) < HIDDEN:
            rows.append(({low: 1.0, column[under[row]] + 1: -1.0}, 0.0, CONTACT))
        elif row not in under and thing.bottom < ON_TABLE:
            inside = lies_in_one(things, thing)
            held_up = inside and thing.bottom > FLOOR
            rows.append(({low: 1.0}, FLOOR if inside else 0.0, WALLED if held_up else CONTACT))
    system, wanted = np.zeros((len(rows), 2 * len(stacked))), np.zeros(len(rows))
    for k, (terms, value, deviation) in enumerate(rows):
        for where, factor in terms.items():
            system[k, where] = factor / deviation
        wanted[k] = value / deviation
    faces = np.linalg.lstsq(system, wanted, rcond=None)[0]
    return {row: (float(faces[column[row]]), float(faces[column[row] + 1])) for row in stacked}


def tall(thing: Thing, sight: Sight) -> float:
    """Return how tall ``thing`` looks, metres: as tall as it is broad where neither end of it is seen."""
    return (thing.size[0] + thing.size[1]) / 2 if sight == "between" else thing.size[2]


def gap(things: Sequence[Thing], row: int, under: dict[int, int]) -> float:
    """Return the room between the thing of ``row`` and what is seen under it, metres."""
    upper, lower = things[row], things[under[row]]
    heights = tall(upper, seen_as(row, under)) + tall(lower, seen_as(under[row], under))
    return upper.position[2] - lower.position[2] - heights / 2


def rooms(things: Sequence[Thing]) -> list[tuple[int, int]]:
    """Return the rows of stacked things, and of what is seen under each, with room between them for a hidden thing."""
    under = carriers(things)
    return [(row, carrier) for row, carrier in under.items() if HIDDEN < gap(things, row, under) < USUAL + HIDDEN]


def seen_as(row: int, under: dict[int, int]) -> Sight:
    """Return how well the thing of ``row`` is seen."""
    if row not in under.values():
        return "open"
    return "between" if row in under else "carrying"


def beneath(thing: Thing, upper: Thing) -> tuple[float, float]:
    """Return where along the table ``thing`` is that carries ``upper`` alone, metres."""
    offset = np.subtract(thing.position[:2], upper.position[:2])
    share = ALIGNED if float(np.hypot(*offset)) < STICKS_OUT else 1.0
    x, y = upper.position[0] + share * float(offset[0]), upper.position[1] + share * float(offset[1])
    return x, y


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
