"""Level-2 proposals: which manipulations are worth imagining for a subgoal, from geometry as believed.

For every unmet fact: the thing it is about goes to places where the fact would hold, and whatever stands on it, or on
where it must go, goes to a free place first. The proposals only suggest; the world model imagines each and the energy
chooses.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from planner.base import Manipulation
from planner.lanes import barring, detours
from planner.packing import BESIDE, WALL, beside, listed, occupants, placed, repacked
from planner.room import EDGE, GAP, Spot, free_spots, outer, roomy
from simulator.base import CONTAINERS, MOVABLE, Fact, Subgoal, Thing
from world_model.energies import above, fact_energy, occupying, point_of, table_of

OVER = 0.03
"""How far above everything else a thing is carried, metres."""
LANDMARKED = ("next_to", "left_of", "right_of", "behind", "in_front_of")
"""Relations that say where the first thing is to stand by the second."""
MUTUAL = ("line", "apart", *LANDMARKED)
"""Relations that moving any of their things can make hold."""
AWAY = 4
"""Places looked at for each that is not in the way of a push."""
SLENDER = 2.0
"""Height over width from which a thing is pushed by bites."""
BITE = 0.07
"""How far what is tall and thin is pushed before it is looked at again, metres."""
IN_LINE = (0.02, 0.05)
"""Gaps between things put in a line, metres."""
UNMET = 1e-6


@dataclass(frozen=True)
class Breadth:
    """How many targets are suggested, and from which sources; the sources are switched off in ablations only.

    Attributes:
        goal: targets for a thing that must move.
        aside: targets for a thing in the way; 0 never clears the way.
        named: places that facts name themselves are a source.
        free: random free places are a source.
    """

    goal: int = 6
    aside: int = 3
    named: bool = True
    free: bool = True


def propose(
    things: Sequence[Thing], subgoal: Subgoal, rng: np.random.Generator, breadth: Breadth, held: str | None = None
) -> list[Manipulation]:
    """Return manipulations worth imagining for ``subgoal`` from believed ``things``, without repetitions.

    What is ``held`` is not where it belongs until it is let go of there.
    """
    table = table_of(things)
    found: dict[tuple[str, int, int, int], Manipulation] = {}
    for fact in subgoal.facts:
        if float(fact_energy(fact, table)[0]) <= UNMET and held not in fact.arguments:
            continue
        for manipulation in for_fact(things, fact, subgoal, rng, breadth):
            x, y, z = (round(c * 250) for c in manipulation.target)
            key = (manipulation.thing, x, y, z)
            found.setdefault(key, manipulation)
    return [m for m in found.values() if m.thing not in subgoal.keep]


def for_fact(
    things: Sequence[Thing], fact: Fact, subgoal: Subgoal, rng: np.random.Generator, breadth: Breadth
) -> Iterable[Manipulation]:
    """Yield manipulations for one unmet fact: clear the way, or move what the fact is about."""
    obstacles = in_the_way(things, fact)
    for thing in (*obstacles, *taken_off(things, fact)):
        for spot in aside(things, thing, rng, breadth.aside):
            yield manipulation(things, thing, spot, push=False)
    if fact.relation == "clear" or buried(things, fact):
        return
    for mover in movers_of(things, fact):
        if mover.id in {t.id for t in obstacles} or covered(things, mover):
            continue
        push = subgoal.manner == "push"
        yield from (manipulation(things, *move, push=False) for move in made_room(things, mover, fact))
        spots = goal_spots(things, mover, fact, rng, breadth, push)
        if push and breadth.aside:
            yield from unbarred(things, mover, spots[:1], subgoal, rng, breadth.aside)
            spots = [bitten(mover, spot) for spot in spots if not kept_out(things, mover, spot, subgoal)]
        for spot in spots:
            yield manipulation(things, mover, spot, push=push)


def bitten(mover: Thing, spot: Spot) -> Spot:
    """Return ``spot``, or for what is tall and thin a place on the way there: it strays and has to be watched."""
    way = np.subtract(spot, mover.position)
    share = BITE / max(float(np.hypot(*way[:2])), BITE)
    if mover.size[2] < SLENDER * min(mover.size[:2]):
        return spot
    x, y, _ = np.add(mover.position, share * way).tolist()
    return x, y, spot[2]


def unbarred(
    things: Sequence[Thing], mover: Thing, targets: list[Spot], subgoal: Subgoal, rng: np.random.Generator, count: int
) -> Iterable[Manipulation]:
    """Yield what helps where the straight way of a push is barred: round what bars it, or carrying that away first."""
    for spot in detours(things, mover, targets, subgoal.keep):
        yield manipulation(things, mover, spot, push=True)
    for goal, other in [(target, other) for target in targets for other in barring(things, mover, target)]:
        if other.kind in MOVABLE and other.id not in subgoal.keep and not covered(things, other):
            spots = aside(things, other, rng, AWAY * count)
            free = [s for s in spots if not barring([mover, replace(other, position=s)], mover, goal)]
            yield from (manipulation(things, other, spot, push=False) for spot in free[:count])


def aside(things: Sequence[Thing], thing: Thing, rng: np.random.Generator, count: int) -> list[Spot]:
    """Return up to ``count`` free places for a ``thing`` that is in the way, beside all zones where there is room."""
    spots = free_spots(things, thing, rng, 8 * count)
    zones = [other for other in things if other.kind == "zone"]
    apart = [
        s for s in spots if all(np.hypot(*np.subtract(s, z.position)[:2]) > outer(z) + outer(thing) for z in zones)
    ]
    return (apart or spots)[:count]


def kept_out(things: Sequence[Thing], mover: Thing, spot: Spot, subgoal: Subgoal) -> bool:
    """Whether pushing ``mover`` straight to ``spot`` would shove what must stay where it is."""
    return any(other.id in subgoal.keep for other in barring(things, mover, spot))


def movers_of(things: Sequence[Thing], fact: Fact) -> list[Thing]:
    """Return the things that may move to make ``fact`` hold: what it is about, or any of them where it is mutual."""
    named = [t for name in fact.arguments for t in things if t.id == name]
    movers = [t for t in named if t.kind in MOVABLE]
    return movers if fact.relation in MUTUAL else movers[:1]


def buried(things: Sequence[Thing], fact: Fact) -> bool:
    """Whether something else than what ``fact`` puts on a thing stands on that thing."""
    if fact.relation != "on":
        return False
    table = table_of(things)
    subject, support = table.row(fact.arguments[0]), table.row(fact.arguments[1])
    standing = above(table, support)[0]
    standing[subject] = False
    return things[support].kind in MOVABLE and bool(standing.any())


def taken_off(things: Sequence[Thing], fact: Fact) -> list[Thing]:
    """Return what ``fact`` is about when it stands on the very things that bury where it is to stand."""
    if not buried(things, fact):
        return []
    table = table_of(things)
    subject, support = table.row(fact.arguments[0]), table.row(fact.arguments[1])
    upon = bool(above(table, support)[0, subject])
    return [things[subject]] if upon and not covered(things, things[subject]) else []


def in_the_way(things: Sequence[Thing], fact: Fact) -> list[Thing]:
    """Return the topmost things that stand on what ``fact`` is about, or on where it should go."""
    if fact.relation in ("line", "held"):
        return []
    names = fact.arguments[:2] if fact.relation in ("on", "in") else fact.arguments[:1]
    table, subject, found = table_of(things), fact.arguments[0], dict[str, Thing]()
    if fact.relation == "at":
        occupants = [t for t, there in zip(things, occupying(table, fact)[0], strict=True) if bool(there)]
        found = {t.id: t for t in occupants if not covered(things, t)}
    for name in names:
        row = table.row(name)
        if things[row].kind not in MOVABLE and fact.relation != "clear":
            continue
        standing = above(table, row)[0]
        for index, thing in enumerate(things):
            if bool(standing[index]) and thing.id != subject and not covered(things, thing):
                found[thing.id] = thing
    return list(found.values())


def covered(things: Sequence[Thing], thing: Thing) -> bool:
    """Whether something stands on ``thing``."""
    table = table_of(things)
    return bool(above(table, table.row(thing.id)).any())


def goal_spots(
    things: Sequence[Thing], mover: Thing, fact: Fact, rng: np.random.Generator, breadth: Breadth, push: bool
) -> list[Spot]:
    """Return up to ``breadth.goal`` centres for ``mover`` with the lowest energy of ``fact``, metres."""
    named = special_spots(things, mover, fact, push=push) if breadth.named else []
    anywhere = breadth.free and not (breadth.named and fact.relation in ("on", "in"))
    spots = named + (free_spots(things, mover, rng, 160) if anywhere else [])
    if not spots:
        return []
    table = table_of(things)
    positions = table.positions.expand(len(spots), -1, -1).clone()
    positions[:, table.row(mover.id)] = torch.tensor(spots)
    energies = fact_energy(fact, replace(table, positions=positions))
    order = energies.argsort(stable=True)
    return [spots[int(i)] for i in order[: breadth.goal]]


def special_spots(things: Sequence[Thing], mover: Thing, fact: Fact, *, push: bool) -> list[Spot]:
    """Return the places a fact names itself: on a thing, at a place, at a point, beside a thing."""
    if fact.relation in ("on", "in"):
        return upon(things, mover, next(t for t in things if t.id == fact.arguments[1]), push=push)
    if fact.relation == "at":
        x, y = point_of(fact)
        spots = [(x + dx, y + dy, mover.size[2] / 2) for dx in (0, 0.02, -0.02) for dy in (0, 0.02, -0.02)]
        return roomy(things, mover, spots)
    others = [t for t in things if t.id in fact.arguments and t.id != mover.id]
    spots = [spot for other in others for spot in around(other, mover)]
    if fact.relation == "line" and len(others) > 1:
        spots = aligned(others, mover) + spots
    return roomy(things, mover, [s for s in spots if max(abs(s[0]), abs(s[1])) < EDGE])


def aligned(others: Sequence[Thing], mover: Thing) -> list[Spot]:
    """Return centres for ``mover`` on the line through ``others``: on either side of each of them, near and further."""
    points = np.array([other.position[:2] for other in others])
    way = np.linalg.svd(points - points.mean(0))[2][0]
    return [
        (*(point + side * (outer(other) + outer(mover) + gap) * way).tolist(), mover.size[2] / 2)
        for gap in IN_LINE
        for other, point in zip(others, points, strict=True)
        for side in (1, -1)
    ]


def around(other: Thing, mover: Thing) -> list[Spot]:
    """Return centres for ``mover`` on the table beside ``other``, near and a little further, all round."""
    touching = outer(other) + outer(mover) + GAP + 0.002
    angles = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    x, y, half = other.position[0], other.position[1], mover.size[2] / 2
    return [
        (x + distance * float(np.cos(a)), y + distance * float(np.sin(a)), half)
        for distance in (touching, touching + 0.03)
        for a in angles
    ]


def upon(things: Sequence[Thing], mover: Thing, support: Thing, *, push: bool = False) -> list[Spot]:
    """Return centres for ``mover`` on or in ``support``; none where it holds others and there is no room beside them.

    Where it can lie at either end of a tray it does: the middle would take the room of two. What is pushed strays and
    is given the middle.
    """
    x, y, _ = support.position
    half = mover.size[2] / 2
    if support.kind not in (*CONTAINERS, "zone"):
        return [(x, y, support.top + half)]
    lone = not occupants(things, support, mover)
    if support.kind == "zone":
        return listed(placed(support, mover, np.zeros((1, 2)))) if lone and push else beside(things, support, mover)
    long, short = (max(0.0, extent / 2 - outer(mover) - WALL) for extent in support.size[:2])
    ends = np.array([(0.0, 0.0), (long, 0.0), (-long, 0.0), (0.0, short), (0.0, -short)])
    shared = support.kind == "tray" and max(long, short) >= outer(mover)
    spots = listed(placed(support, mover, ends[1:] if shared else ends))
    return roomy(things, mover, spots, BESIDE) or (spots if lone else beside(things, support, mover))


def made_room(things: Sequence[Thing], mover: Thing, fact: Fact) -> list[tuple[Thing, Spot]]:
    """Return what could be moved where within its holder so that ``mover`` finds room there; none where it does."""
    if fact.relation not in ("on", "in"):
        return []
    holder = next(t for t in things if t.id == fact.arguments[1])
    if holder.kind not in (*CONTAINERS, "zone") or upon(things, mover, holder):
        return []
    return repacked(things, holder, mover)


def manipulation(things: Sequence[Thing], mover: Thing, target: Spot, *, push: bool) -> Manipulation:
    """Return the manipulation that brings ``mover`` to ``target``, over everything else."""
    highest = max([t.top for t in things if t.id != mover.id], default=0.0)
    start = (mover.position[0], mover.position[1], mover.top)
    clearance = min(0.30, max(highest, mover.bottom, target[2] - mover.size[2] / 2) + OVER)
    return Manipulation("push" if push else "pick_place", mover.id, start, target, clearance)
