"""What a suite asks of a start, and whether that can be done: nouns and geometry shared by all proposals of tasks.

Knows the true geometry of scenes, never a running simulator.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from simulator.base import CONTAINERS, MOVABLE, Disturbance, Fact, Manner, Physics, Scene, Subgoal, Thing
from simulator.errors import SceneError
from simulator.overlap import penetration
from simulator.predicates import footprint_gap, margin
from simulator.sampler import sample_scene
from simulator.scene import resting_height, validate
from simulator.wording import told_apart

Point = tuple[float, float, float]

USUAL: Final = Physics()
"""Constants of a world that is like the twin."""
COUNTS: Final = (4, 8)
"""Least and largest number of things in a start (DESIGN 12)."""
STACKED: Final = 0.3
"""Probability that a movable thing of a start is put on or in another."""
DUPLICATES: Final = 0.3
"""Probability that a movable thing of a start repeats the colour and kind of another."""
UNDECIDED: Final = 0.01
"""A start within this of satisfying the goal is redrawn, because a picture could not tell, metres."""
COMFORT: Final = 0.008
"""Least margin of every fact once the witness is carried out, metres."""
SPARE: Final = 0.012
"""Free space on every side of a spot where a thing is put down, metres."""
SPARE_INSIDE: Final = 0.005
"""Free space on every side of a thing inside a container, metres."""
INSIDE: Final = 0.01
"""Least margin of a random spot in a container or zone, metres; heights allow no more than 1.2 cm."""
REACH: Final = 0.20
"""Largest coordinate of a target that is not a named place, metres."""
LEAST_SUPPORT: Final = 0.03
"""Least horizontal extent of what carries another thing, metres."""
SUPPORT_SHARE: Final = 0.7
"""Least extent of a support as a share of the extent of what it carries."""
SPOTS: Final = 60
"""Random spots tried for a thing before the start is redrawn."""
SKY: Final = 0.4
"""Height of the free column above a spot, metres: the ceiling of the tool."""


@dataclass(frozen=True)
class Move:
    """One move of a witness.

    Attributes:
        thing: its id.
        target: where its centre ends, metres, world frame.
        along: it is shoved there by the next move instead of by the tool.
    """

    thing: str
    target: Point
    along: bool = False


@dataclass(frozen=True)
class Goal:
    """What a suite asks of a start, before it is known to be sound.

    Attributes:
        instruction: the request in plain words.
        facts: what it means, in an order that can be carried out.
        moves: the witness.
        manner: whether the way of moving is asked for.
        keep: ids of things that must not move.
        least: facts that must not hold at the start; None for all of them.
        physics: of the world it is attempted in.
        disturbances: what happens to that world meanwhile.
        kind: of request, where it is not the one that was asked for.
        natural: the request as people would say it, where ``instruction`` spells it out; else empty.
    """

    instruction: str
    facts: tuple[Fact, ...]
    moves: tuple[Move, ...]
    manner: Manner = "any"
    keep: tuple[str, ...] = ()
    least: int | None = None
    physics: Physics = USUAL
    disturbances: tuple[Disturbance, ...] = ()
    kind: str = ""
    natural: str = ""


Propose = Callable[[np.random.Generator, Scene, str], Goal | None]
"""Proposes a goal of a kind of request on a start; None when that start offers none."""
Start = Callable[[np.random.Generator, str], Scene | None]
"""Draws a start for a kind of request; None when the draw came to nothing."""


@dataclass(frozen=True)
class Suite:
    """How one suite makes tasks.

    Attributes:
        start: draws starts.
        propose: proposes goals on them.
        kinds: of request it holds, each equally often.
        length: requests in a row in one world.
        in_turn: kinds take turns with the seed instead of being drawn, so that every run of seeds has them evenly.
    """

    start: Start
    propose: Propose
    kinds: tuple[str, ...]
    length: int = 1
    in_turn: bool = True


def usual_start(rng: np.random.Generator, _: str) -> Scene | None:
    """Return a start of mixed things, or None when too few were placed or one does not fit the work area."""
    try:
        scene = sample_scene(rng, count=COUNTS, stacked=STACKED, duplicates=DUPLICATES)
    except SceneError:
        return None
    return scene if enough(scene) else None


def enough(scene: Scene) -> bool:
    """Return whether a start has neither too few things nor too many."""
    return COUNTS[0] <= len(scene.things) <= COUNTS[1]


def sound(scene: Scene, goal: Goal) -> bool:
    """Whether enough is still to be done, the witness can be carried out, and every fact then holds comfortably."""
    before = [margin(fact, scene.things) for fact in goal.facts]
    undone = sum(slack <= -UNDECIDED for slack in before)
    undecided = any(-UNDECIDED < slack < COMFORT for slack in before)
    if undecided or undone < (len(goal.facts) if goal.least is None else goal.least):
        return False
    things = scene.things
    shoved = {move.thing for move in goal.moves if move.along}
    for move in goal.moves:
        moved = find(things, move.thing)
        around = [other for other in without(things, moved) if other.id not in shoved]
        if not move.along and not (pickable(moved, things) and fits(moved, move.target, around)):
            return False
        things = after(things, (move,))
    try:
        validate(replace(scene, things=things))
    except SceneError:
        return False
    return all(margin(fact, things) >= COMFORT for fact in goal.facts)


def subgoals(goal: Goal) -> tuple[Subgoal, ...]:
    """Return one subgoal a fact; in words it is the instruction itself when there is one fact only."""
    single = len(goal.facts) == 1
    said = (goal.instruction if single else _said(fact) for fact in goal.facts)
    return tuple(
        Subgoal((fact,), words, keep=goal.keep, manner=goal.manner)
        for fact, words in zip(goal.facts, said, strict=True)
    )


def _said(fact: Fact) -> str:
    named = [str(argument).rsplit("_", 1)[0].replace("_", " ") for argument in fact.arguments]
    return f"Put the {named[0]} {fact.relation} the {named[1]}."


def after(things: tuple[Thing, ...], moves: Sequence[Move]) -> tuple[Thing, ...]:
    """Return ``things`` once ``moves`` were carried out exactly."""
    for move in moves:
        things = tuple(replace(t, position=move.target) if t.id == move.thing else t for t in things)
    return things


def find(things: Sequence[Thing], name: str) -> Thing:
    """Return the thing called ``name``; raises ``StopIteration`` when absent."""
    return next(thing for thing in things if thing.id == name)


def without(things: Sequence[Thing], one: Thing) -> list[Thing]:
    """Return all things but ``one``."""
    return [thing for thing in things if thing.id != one.id]


def _column(thing: Thing, base: Point, spare: float) -> Thing:
    """The space ``thing`` needs to come down from above with its lower face at ``base``, widened by ``spare``."""
    size = (thing.size[0] + 2 * spare, thing.size[1] + 2 * spare, SKY)
    return replace(thing, id="column", size=size, position=(base[0], base[1], base[2] + 0.002 + SKY / 2))


def _free(column: Thing, others: Sequence[Thing]) -> bool:
    return all(penetration(column, other) == 0.0 for other in others)


def pickable(thing: Thing, things: Sequence[Thing]) -> bool:
    """Whether the tool can lift ``thing`` straight up: nothing on it, nothing hanging over it."""
    column = _column(thing, (*thing.position[:2], thing.bottom), 0.0)
    return margin(Fact("clear", (thing.id,)), things) > 0.0 and _free(column, without(things, thing))


def fits(thing: Thing, target: Point, others: Sequence[Thing]) -> bool:
    """Whether ``thing`` can be put down with its centre at ``target`` without touching what stands around."""
    inside = any(o.kind in CONTAINERS and footprint_gap(replace(thing, position=target), o) < 0.0 for o in others)
    base = (target[0], target[1], target[2] - thing.size[2] / 2)
    return _free(_column(thing, base, SPARE_INSIDE if inside else SPARE), others)


def on_table(thing: Thing, things: Sequence[Thing]) -> bool:
    """Whether ``thing`` stands on the table or a zone, not in a container."""
    boxed = any(margin(Fact("in", (thing.id, o.id)), things) >= 0.0 for o in things if o.kind in CONTAINERS)
    return thing.bottom < 0.003 and not boxed


def clear(thing: Thing, things: Sequence[Thing]) -> bool:
    """Whether nothing rests on or in ``thing``."""
    return margin(Fact("clear", (thing.id,)), things) > 0.0


def nameable(things: Sequence[Thing]) -> list[Thing]:
    """Return what a request may name as the thing to move."""
    return [t for t in told_apart(things) if t.kind in MOVABLE and pickable(t, things)]


def carries(support: Thing, thing: Thing) -> bool:
    """Whether ``thing`` stands safely on ``support``: both flat, and the support wide enough."""
    extent = min(support.size[:2])
    flat = support.kind in ("cube", "cylinder") and thing.kind != "ball"
    return flat and extent >= max(LEAST_SUPPORT, SUPPORT_SHARE * max(thing.size[:2]))


def above(thing: Thing, support: Thing) -> Point:
    """Return where the centre of ``thing`` is when it rests centred on or in ``support``."""
    return (*support.position[:2], resting_height(thing.kind, thing.size, support))


def spot_on_table(
    rng: np.random.Generator, thing: Thing, others: Sequence[Thing], *, taken: Sequence[Thing] = ()
) -> Point | None:
    """Return a random free spot of the bare table for ``thing``, off every container and zone; None when there is none.

    ``taken`` are things to keep away from as if they stood on the table.
    """
    for _ in range(SPOTS):
        x, y = (float(value) for value in rng.uniform(-REACH, REACH, 2))
        target = (x, y, thing.size[2] / 2)
        put = replace(thing, position=target)
        far = all(footprint_gap(put, other) >= SPARE for other in (*others, *taken))
        if far and fits(thing, target, others):
            return target
    return None


def spot_in(rng: np.random.Generator, thing: Thing, holder: Thing, others: Sequence[Thing]) -> Point | None:
    """Return a random free spot in ``holder``, a container or zone, beside what is there; None when there is none."""
    half = max(holder.size[:2]) / 2
    around = without(others, holder)
    height = resting_height(thing.kind, thing.size, holder)
    for _ in range(SPOTS):
        angle, reach = rng.uniform(-math.pi, math.pi), half * math.sqrt(rng.random())
        x, y = holder.position[0] + reach * math.cos(angle), holder.position[1] + reach * math.sin(angle)
        put = replace(thing, position=(float(x), float(y), height))
        within = margin(Fact("in", (thing.id, holder.id)), [put, holder]) >= INSIDE
        if within and max(abs(x), abs(y)) <= REACH and fits(thing, put.position, [holder, *around]):
            return put.position
    return None


def angular(rng: np.random.Generator, length: float) -> tuple[float, float]:
    """Return a horizontal displacement of ``length`` metres in a random direction."""
    angle = rng.uniform(-math.pi, math.pi)
    return (float(length * math.cos(angle)), float(length * math.sin(angle)))
