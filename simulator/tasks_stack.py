"""The suites stack, tower and blocksworld: blocks on blocks, by one request or from stacks to stated stacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

import numpy as np

from simulator.base import COLOURS, Fact, Scene, Thing
from simulator.errors import SceneError
from simulator.goals import Goal, Move, above, after, carries, find, nameable, on_table, spot_on_table, without
from simulator.overlap import clear_of
from simulator.sampler import GAP, TALLEST, sample_scene
from simulator.scene import resting_height, validate
from simulator.wording import listed, names, sentence

TOWER_KINDS: Final = ("four", "five")
"""Kinds of request of the suite tower: how many blocks it is made of."""
HEIGHTS: Final = {"four": 4, "five": 5}
ATTEMPTS: Final = 40
"""Random orders of blocks tried before a start is redrawn."""
BLOCKSWORLD_KINDS: Final = ("four", "five")
"""Kinds of request of the suite blocksworld: how many blocks there are."""
SIDE: Final = 0.04
"""Side of a block of blocksworld, metres."""
BASES: Final = 0.16
"""Largest coordinate of the lowest block of a stack of blocksworld, metres."""


def propose_stack(rng: np.random.Generator, scene: Scene, kind: str) -> Goal | None:
    """Propose to stack three blocks on one another, all of them clear at the start and the lowest on the table."""
    blocks = [t for t in nameable(scene.things) if t.kind == "cube"]
    if len(blocks) < 3:
        return None
    top, middle, base = (blocks[i] for i in rng.permutation(len(blocks))[:3])
    if not (on_table(base, scene.things) and carries(base, middle) and carries(middle, top)):
        return None
    lifted = replace(middle, position=above(middle, base))
    words = dict(zip("abc", names(rng, (top, middle, base), scene.things), strict=True))
    facts = (Fact("on", (middle.id, base.id)), Fact("on", (top.id, middle.id)))
    moves = (Move(middle.id, lifted.position), Move(top.id, above(top, lifted)))
    return Goal(sentence(rng, kind, words), facts, moves)


def tower_start(rng: np.random.Generator, kind: str) -> Scene | None:
    """Return a start with many blocks beside one another, or None when too few were placed."""
    wanted = HEIGHTS[kind]
    try:
        scene = sample_scene(
            rng, count=(wanted + 1, 8), stacked=0.1, duplicates=0.1, weights={"cube": 0.8, "cylinder": 0.1, "zone": 0.1}
        )
    except SceneError:
        return None
    return scene if sum(thing.kind == "cube" for thing in scene.things) >= wanted else None


def propose_tower(rng: np.random.Generator, scene: Scene, kind: str) -> Goal | None:
    """Propose a tower of four or five blocks, all clear at the start and the lowest on the table."""
    blocks = [t for t in nameable(scene.things) if t.kind == "cube"]
    wanted = HEIGHTS[kind]
    if len(blocks) < wanted:
        return None
    for _ in range(ATTEMPTS):
        order = [blocks[int(k)] for k in rng.permutation(len(blocks))[:wanted]]
        stands = on_table(order[0], scene.things) and sum(block.size[2] for block in order) <= TALLEST
        if stands and all(carries(lower, upper) for lower, upper in pairwise(order)):
            return _tower(rng, scene, order)
    return None


def _tower(rng: np.random.Generator, scene: Scene, order: Sequence[Thing]) -> Goal:
    """The request for a tower of the blocks ``order``, from the lowest to the highest."""
    moves: list[Move] = []
    below = order[0]
    for block in order[1:]:
        moves.append(Move(block.id, above(block, below)))
        below = replace(block, position=moves[-1].target)
    called = names(rng, order, scene.things)
    steps = [f"the {upper} on the {lower}" for lower, upper in pairwise(called)]
    words = {
        "steps": listed([f"put {step}" for step in steps], ", then "),
        "list": listed([f"the {name}" for name in called], ", ", " and "),
    }
    facts = tuple(Fact("on", (upper.id, lower.id)) for lower, upper in pairwise(order))
    return Goal(sentence(rng, "tower", words), facts, tuple(moves))


def blocksworld_start(rng: np.random.Generator, kind: str) -> Scene | None:
    """Return four or five blocks of one size and different colours in random stacks; None when they do not fit."""
    count = HEIGHTS[kind]
    colours = [str(colour) for colour in rng.choice(list(COLOURS), size=count, replace=False)]
    things: list[Thing] = []
    for stack in _partition(rng, count):
        base = None
        for k in stack:
            thing = Thing(f"{colours[k]}_cube_1", "cube", colours[k], (SIDE, SIDE, SIDE), (0.0, 0.0, 0.0))
            x, y = rng.uniform(-BASES, BASES, 2) if base is None else base.position[:2]
            thing = replace(thing, position=(float(x), float(y), resting_height("cube", thing.size, base)))
            if base is None and not clear_of(thing, tuple(things), 2 * GAP):
                return None
            base = replace(thing, yaw=float(rng.uniform(-np.pi, np.pi)))
            things.append(base)
    scene = Scene("blocksworld", tuple(things[int(k)] for k in rng.permutation(count)))
    try:
        validate(scene)
    except SceneError:
        return None
    return scene


def propose_blocksworld(rng: np.random.Generator, scene: Scene, _: str) -> Goal | None:
    """Propose other stacks of the same blocks, stated by two to four facts; the witness takes the old ones apart."""
    things = scene.things
    stacks = [[things[k] for k in stack] for stack in _partition(rng, len(things))]
    facts = tuple(Fact("on", (upper.id, lower.id)) for stack in stacks for lower, upper in pairwise(stack))
    if not 2 <= len(facts) <= 4:
        return None
    moves = _rebuilt(rng, things, stacks)
    if moves is None:
        return None
    called = {thing.id: name for thing, name in zip(things, names(rng, things, things), strict=True)}
    pairs = [fact.arguments for fact in facts]
    said = [f"the {called[str(a)]} on the {called[str(b)]}" for a, b in pairs]
    words = {
        "facts": listed(said, ", ", " and "),
        "stated": listed([f"the {called[str(a)]} is on the {called[str(b)]}" for a, b in pairs], ", ", " and "),
        "steps": listed([f"put {step}" for step in said], ", then "),
    }
    return Goal(sentence(rng, "blocksworld", words), facts, moves, least=2)


def _partition(rng: np.random.Generator, count: int) -> list[list[int]]:
    """Random stacks of the numbers below ``count``: each goes on a new stack or on top of a random one."""
    stacks: list[list[int]] = []
    for k in rng.permutation(count):
        choice = int(rng.integers(len(stacks) + 1))
        if choice == len(stacks):
            stacks.append([])
        stacks[choice].append(int(k))
    return stacks


def _rebuilt(
    rng: np.random.Generator, things: tuple[Thing, ...], stacks: Sequence[Sequence[Thing]]
) -> tuple[Move, ...] | None:
    """Moves that put every block above the table on the table, highest first, and then build ``stacks``."""
    moves: list[Move] = []
    for thing in sorted(things, key=lambda thing: -thing.top):
        if not on_table(thing, things):
            spot = spot_on_table(rng, thing, without(after(things, moves), thing))
            if spot is None:
                return None
            moves.append(Move(thing.id, spot))
    for stack in stacks:
        for lower, upper in pairwise(stack):
            below = find(after(things, moves), lower.id)
            moves.append(Move(upper.id, above(upper, below)))
    return tuple(moves)
