"""The suites place and push: one thing onto, into or beside another, or to a named place."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from simulator.base import CONTAINERS, Fact, Relation, Scene, Thing
from simulator.goals import (
    REACH,
    SPOTS,
    Goal,
    Move,
    Point,
    above,
    carries,
    clear,
    fits,
    nameable,
    on_table,
    without,
)
from simulator.places import PLACES, place_words
from simulator.predicates import footprint_gap, margin
from simulator.wording import RELATION_WORDS, names, pick, sentence, told_apart

PLACE_KINDS: Final = ("on", "in", "zone", "at", *RELATION_WORDS)
"""Kinds of request of the suite place."""
PUSH_KINDS: Final = ("push_at", "push_relation")
"""Kinds of request of the suite push."""
ROOM: Final = {"relation": 0.012, "push_relation": 0.02}
"""Least margin of a witness beside another thing, metres: what is pushed ends less exactly than what is put."""
SPARE_PUSHED: Final = 0.02
"""Free space on either side of the lane of a pushed thing, metres."""
TOOL_ROOM: Final = 0.055
"""Free lane behind a thing for the tool to come down and push, metres."""
OVERRUN: Final = 0.02
"""Free lane beyond the target of a push, metres."""
PUSH_LENGTHS: Final = (0.08, 0.20)
"""Least and largest distance of a push, metres."""
REACH_TOOL: Final = 0.24
"""Largest coordinate where the tool starts a push, metres."""


def propose_place(rng: np.random.Generator, scene: Scene, kind: str) -> Goal | None:
    """Propose to put one thing onto, into or beside another, or at a named place."""
    able = nameable(scene.things)
    if not able:
        return None
    thing = pick(rng, able)
    if kind == "at":
        return to_place(rng, scene, thing, "at", pick(rng, tuple(PLACES)))
    for relation in RELATION_WORDS:
        if kind == relation:
            return beside(rng, scene, thing, "relation", relation)
    supports = [t for t in told_apart(scene.things) if t.id != thing.id and receives(kind, t, thing, scene.things)]
    if not supports:
        return None
    support = pick(rng, supports)
    words = dict(zip("ab", names(rng, (thing, support), scene.things), strict=True))
    fact = Fact("on" if kind == "on" else "in", (thing.id, support.id))
    return Goal(sentence(rng, kind, words), (fact,), (Move(thing.id, above(thing, support)),))


def receives(kind: str, support: Thing, thing: Thing, things: Sequence[Thing]) -> bool:
    """Return whether ``support`` is a clear thing of the sort that ``kind`` asks for."""
    if kind == "zone":
        suits = support.kind == "zone"
    elif kind == "in":
        suits = support.kind in CONTAINERS
    else:
        suits = carries(support, thing)
    return suits and clear(support, things)


def to_place(rng: np.random.Generator, scene: Scene, thing: Thing, kind: str, place: str) -> Goal:
    """Propose to bring ``thing`` to a named place, in the words of ``kind``."""
    words = {"a": names(rng, (thing,), scene.things)[0], "b": place_words(place)}
    move = Move(thing.id, (*PLACES[place], thing.size[2] / 2))
    return Goal(sentence(rng, kind, words), (Fact("at", (thing.id, place)),), (move,))


def beside(rng: np.random.Generator, scene: Scene, thing: Thing, kind: str, relation: Relation) -> Goal | None:
    """Propose ``thing`` on the table beside another that stands on the table, at a random free spot."""
    others = [t for t in told_apart(scene.things) if t.id != thing.id and on_table(t, scene.things)]
    if not others:
        return None
    other = pick(rng, others)
    fact = Fact(relation, (thing.id, other.id))
    words = dict(zip("ab", names(rng, (thing, other), scene.things), strict=True))
    words["r"] = pick(rng, RELATION_WORDS[relation])
    request = sentence(rng, kind, words)
    around = without(scene.things, thing)
    for _ in range(SPOTS):
        angle, distance = rng.uniform(-math.pi, math.pi), rng.uniform(0.03, 0.16)
        x = other.position[0] + distance * math.cos(angle)
        y = other.position[1] + distance * math.sin(angle)
        target = (float(x), float(y), thing.size[2] / 2)
        moved = replace(thing, position=target)
        if (
            max(abs(x), abs(y)) <= REACH
            and margin(fact, [moved, *around]) >= ROOM[kind]
            and fits(thing, target, around)
        ):
            return Goal(request, (fact,), (Move(thing.id, target),))
    return None


def propose_push(rng: np.random.Generator, scene: Scene, kind: str) -> Goal | None:
    """Propose to push a thing that stands free on the table along a free lane, to a place or beside another thing."""
    able = [t for t in nameable(scene.things) if t.kind != "ball" and on_table(t, scene.things)]
    if not able:
        return None
    thing = pick(rng, able)
    if kind == "push_at":
        goal = to_place(rng, scene, thing, kind, pick(rng, tuple(PLACES)))
    else:
        goal = beside(rng, scene, thing, kind, pick(rng, ("left_of", "right_of")))
    if goal is None or not lane_free(thing, goal.moves[0].target, without(scene.things, thing)):
        return None
    return replace(goal, manner="push")


def lane_free(thing: Thing, target: Point, others: Sequence[Thing]) -> bool:
    """Return whether a straight push to ``target`` is free behind, along and beyond, and within the tool's reach."""
    dx, dy = target[0] - thing.position[0], target[1] - thing.position[1]
    length = math.hypot(dx, dy)
    if not PUSH_LENGTHS[0] <= length <= PUSH_LENGTHS[1]:
        return False
    back, ahead = TOOL_ROOM / length, 1.0 + OVERRUN / length
    start = thing.position[0] - back * dx, thing.position[1] - back * dy
    half = max(thing.size[:2]) / 2
    if max(abs(start[0]), abs(start[1])) + half > REACH_TOOL:
        return False
    for share in np.linspace(-back, ahead, 16):
        spot = (thing.position[0] + share * dx, thing.position[1] + share * dy, thing.position[2])
        moved = replace(thing, position=spot)
        if any(footprint_gap(moved, other) < SPARE_PUSHED for other in others):
            return False
    return True
