"""What the robot does while it plays: random but contact-rich manipulations of a random scene.

Half of the placements go onto, into or beside other things, some carelessly (off centre, a bad grasp, let go half-
way), because a model that never saw a tower fall cannot expect it (EVIDENCE 3: contact-balanced clips; 4: hard
negatives at the edge of the grab).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simulator.base import CONTAINERS, MOVABLE, WORK_HALF_WIDTH, Thing, WorldState
from simulator.script import Intent

EDGE = WORK_HALF_WIDTH - 0.04
"""Largest coordinate of a placement, metres."""
CARRY_GAP = 0.03
"""How far above the tallest thing something is carried, metres."""


def radius(thing: Thing) -> float:
    """Return the radius of the circle around the thing's footprint, metres."""
    if thing.kind in ("cube", "tray", "zone"):
        return float(np.hypot(thing.size[0], thing.size[1])) / 2
    return thing.size[0] / 2


def tops(things: Sequence[Thing]) -> list[Thing]:
    """Return the movable things with nothing on them."""
    return [thing for thing in things if thing.kind in MOVABLE and not covered(thing, things)]


def covered(thing: Thing, things: Sequence[Thing]) -> bool:
    """Whether something's centre lies above the thing's footprint."""
    return any(
        other.id != thing.id
        and other.position[2] > thing.position[2] + 0.01
        and other.bottom > thing.top - 0.012
        and np.hypot(other.position[0] - thing.position[0], other.position[1] - thing.position[1]) < radius(thing)
        for other in things
        if other.kind in MOVABLE
    )


def free_spot(rng: np.random.Generator, things: Sequence[Thing], moved: Thing) -> tuple[float, float, float]:
    """Return a place on the table for ``moved`` that touches nothing; after 40 tries, any place."""
    x = y = 0.0
    for _ in range(40):
        x, y = rng.uniform(-EDGE, EDGE, 2)
        if all(
            np.hypot(x - t.position[0], y - t.position[1]) > radius(t) + radius(moved) + 0.004
            for t in things
            if t.id != moved.id and t.kind != "zone"
        ):
            break
    return float(x), float(y), moved.size[2] / 2


def placement(rng: np.random.Generator, things: Sequence[Thing], moved: Thing) -> tuple[float, float, float]:
    """Return where ``moved`` should go: on, in or beside something, or somewhere on the table (metres)."""
    half = moved.size[2] / 2
    choice = rng.random()
    if choice < 0.55:
        supports = [t for t in things if t.id != moved.id and t.kind in ("cube", "cylinder") and not covered(t, things)]
        supports += [t for t in things if t.kind in CONTAINERS or t.kind == "zone"]
        if supports:
            return _onto(rng, supports[int(rng.integers(len(supports)))], moved)
    elif choice < 0.7:
        other = things[int(rng.integers(len(things)))]
        if other.id != moved.id:
            angle = rng.uniform(0, 2 * np.pi)
            gap = radius(other) + radius(moved) + rng.uniform(-0.005, 0.04)
            spot = np.array(other.position[:2]) + gap * np.array([np.cos(angle), np.sin(angle)])
            if np.abs(spot).max() < EDGE:
                return float(spot[0]), float(spot[1]), half
    return free_spot(rng, things, moved)


def _onto(rng: np.random.Generator, support: Thing, moved: Thing) -> tuple[float, float, float]:
    careless = rng.random() < 0.35
    spread = rng.uniform(0.2, 0.6) * max(0.04, *moved.size[:2]) if careless else 0.003
    x, y = np.array(support.position[:2]) + rng.normal(0, spread, 2)
    floor = 0.004 if support.kind in CONTAINERS else (0.0 if support.kind == "zone" else support.top)
    base = support.bottom + floor if support.kind in CONTAINERS else floor
    return float(np.clip(x, -EDGE, EDGE)), float(np.clip(y, -EDGE, EDGE)), base + moved.size[2] / 2


def clearance_over(things: Sequence[Thing], moved: Thing) -> float:
    """Return the height at which ``moved`` passes over everything else, metres."""
    return CARRY_GAP + max([t.top for t in things if t.id != moved.id] + [0.02])


def choose_intent(rng: np.random.Generator, state: WorldState) -> Intent | None:
    """Return what to do next, or None when nothing on the table can be moved."""
    reachable = [t for t in tops(state.things) if max(abs(t.position[0]), abs(t.position[1])) < WORK_HALF_WIDTH + 0.01]
    if not reachable:
        return None
    moved = reachable[int(rng.integers(len(reachable)))]
    target = placement(rng, state.things, moved)
    clearance = clearance_over(state.things, moved) + float(rng.uniform(0, 0.03))
    if moved.bottom < 0.02 and rng.random() < (0.5 if moved.kind == "ball" else 0.25):
        return _push_intent(rng, state.things, moved, clearance)
    lowest_safe = 0.04 if rng.random() < 0.15 else clearance
    return Intent(push=False, thing=moved.id, target=target, clearance=min(max(lowest_safe, 0.04), 0.30))


def _push_intent(rng: np.random.Generator, things: Sequence[Thing], moved: Thing, clearance: float) -> Intent:
    """Push ``moved`` somewhere, every other time straight at another thing."""
    angle, length = rng.uniform(0, 2 * np.pi), rng.uniform(0.04, 0.22)
    others = [t for t in things if t.id != moved.id and t.kind != "zone"]
    if others and rng.random() < 0.5:
        rest = np.subtract(others[int(rng.integers(len(others)))].position, moved.position)
        angle = float(np.arctan2(rest[1], rest[0]))
    spot = np.array(moved.position[:2]) + length * np.array([np.cos(angle), np.sin(angle)])
    spot = np.clip(spot, -EDGE, EDGE)
    return Intent(
        push=True,
        thing=moved.id,
        target=(float(spot[0]), float(spot[1]), moved.position[2]),
        clearance=min(clearance, 0.30),
    )
