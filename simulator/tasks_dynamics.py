"""The suite dynamics: where geometry alone fails: contact, rolling, toppling, overhangs and noisy release."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from simulator.base import COLOURS, MOVABLE, Fact, Kind, Physics, Scene, Thing
from simulator.errors import SceneError
from simulator.goals import (
    SPOTS,
    USUAL,
    Goal,
    Move,
    Point,
    above,
    carries,
    clear,
    enough,
    nameable,
    on_table,
    without,
)
from simulator.overlap import clear_of, footprint_radius
from simulator.places import PLACES, place_words
from simulator.predicates import margin, rests_on
from simulator.sampler import GAP, sample_scene
from simulator.scene import next_id, resting_height, validate
from simulator.shapes import DEFAULT_SIZES, Size
from simulator.tasks_place import PUSH_LENGTHS, SPARE_PUSHED, lane_free, propose_push, to_place
from simulator.wording import names, pick, sentence, told_apart

DYNAMICS_KINDS: Final = ("push_past", "push_contact", "roll", "push_tall", "push_shifted", "plank", "tall", "overhang")
"""Kinds of request of the suite.

``push_past`` leaves what stands in the straight lane alone, ``push_contact`` shoves it along, ``push_shifted`` is a
push with another mass and friction; ``plank`` and ``tall`` end on small supports and ``overhang`` on one that sticks
out, all three with noisy release.
"""
OTHERS: Final = (3, 5)
"""Least and largest number of things besides those the kind is about."""
RELEASE: Final = (0.002, 0.004)
"""Range of the standard deviation of noisy release, metres."""
FRICTION: Final = (0.3, 1.2)
"""Range of shifted friction: half to twice the usual one."""
MASS: Final = (0.5, 3.0)
"""Range of shifted mass, as a factor."""
LONG: Final = (0.09, 0.12)
"""Least and largest extent of a plank and height of a tall thing, metres."""
STICKING_OUT: Final = (0.5, 0.7)
"""How far off centre what sticks out lies, as a share of half the extent of what carries it."""
BACK: Final = 0.03
"""How far short of the middle of its place a thing that shoves another one stops, metres."""
DETOUR: Final = 0.08
"""How far a detour leads past what is in the way, metres."""


def dynamics_start(rng: np.random.Generator, kind: str) -> Scene | None:
    """Return a start with what ``kind`` is about, or None when the draw came to nothing."""
    try:
        blocked = kind in ("push_past", "push_contact")
        scene = None if blocked else sample_scene(rng, count=OTHERS, stacked=0.1, duplicates=0.1)
        things = _blocked(rng) if scene is None else _special(rng, scene.things, kind)
        if things is None:
            return None
        scene = Scene("dynamics", _shuffled(rng, things))
        validate(scene)
    except SceneError:
        return None
    return scene if enough(scene) else None


def _special(rng: np.random.Generator, things: tuple[Thing, ...], kind: str) -> tuple[Thing, ...] | None:
    """``things`` and those that a request of ``kind`` is about; None when there is no room."""
    match kind:
        case "roll":
            side = float(rng.uniform(0.12, 0.16))
            return _with(rng, _with(rng, things, "zone", (side, side, 0.001)), "ball", DEFAULT_SIZES["ball"])
        case "push_tall":
            return _with(rng, things, "cylinder", _tall(rng))
        case "push_shifted":
            return _with(rng, things, "cube", _block(rng))
        case "plank":
            plank = (float(rng.uniform(*LONG)), float(rng.uniform(0.03, 0.04)), float(rng.uniform(0.025, 0.035)))
            return _with(rng, _with(rng, things, "cube", plank), "cube", _small(rng))
        case "tall":
            return _with(rng, _with(rng, things, "cylinder", _tall(rng)), "cube", _small(rng))
        case _:
            return _with_overhang(rng, _with(rng, things, "cube", _small(rng)))


def _block(rng: np.random.Generator) -> Size:
    side = float(rng.uniform(0.035, 0.05))
    return (side, side, side)


def _small(rng: np.random.Generator) -> Size:
    side = float(rng.uniform(0.033, 0.042))
    return (side, side, side)


def _tall(rng: np.random.Generator) -> Size:
    across = float(rng.uniform(0.028, 0.034))
    return (across, across, float(rng.uniform(*LONG)))


def _with(
    rng: np.random.Generator, things: tuple[Thing, ...] | None, kind: Kind, size: Size
) -> tuple[Thing, ...] | None:
    """``things`` and one more of a colour that no other of its kind has, at a random free spot of the table."""
    if things is None:
        return None
    thing = _new(rng, things, kind, size)
    room = 0.24 - footprint_radius(thing)
    for _ in range(SPOTS):
        x, y = (float(value) for value in rng.uniform(-room, room, 2))
        put = replace(thing, position=(x, y, resting_height(kind, size, None)))
        if clear_of(put, things, GAP):
            return (*things, put)
    return None


def _new(rng: np.random.Generator, things: Sequence[Thing], kind: Kind, size: Size) -> Thing:
    """A thing of a free colour, turned at random, not yet anywhere."""
    taken = {thing.colour for thing in things if thing.kind == kind}
    colour = pick(rng, [colour for colour in COLOURS if colour not in taken])
    yaw = float(rng.uniform(-math.pi, math.pi)) if kind in MOVABLE else 0.0
    return Thing(next_id(colour, kind, things), kind, colour, size, (0.0, 0.0, 0.0), yaw)


def _blocked(rng: np.random.Generator) -> tuple[Thing, ...] | None:
    """A block, another on its way to a named place, and others beside; None when there is no room."""
    things = _with(rng, (), "cube", _block(rng))
    if things is None:
        return None
    pushed, place = things[0], PLACES[pick(rng, tuple(PLACES))]
    if not PUSH_LENGTHS[0] + BACK <= math.dist(pushed.position[:2], place) <= PUSH_LENGTHS[1] + BACK:
        return None
    share = float(rng.uniform(0.45, 0.6))
    x, y = (a + share * (b - a) for a, b in zip(pushed.position[:2], place, strict=True))
    block = _new(rng, things, "cube", _block(rng))
    block = replace(block, position=(x, y, block.size[2] / 2), yaw=math.atan2(place[1] - y, place[0] - x))
    if not clear_of(block, things, GAP):
        return None
    grown: tuple[Thing, ...] | None = (*things, block)
    for _ in range(int(rng.integers(2, 4))):
        kind = pick(rng, _BESIDE)
        grown = _with(rng, grown, kind, DEFAULT_SIZES[kind])
    return grown


_BESIDE: Final[tuple[Kind, ...]] = ("cube", "cylinder", "ball", "bowl", "zone")


def _with_overhang(rng: np.random.Generator, things: tuple[Thing, ...] | None) -> tuple[Thing, ...] | None:
    """``things`` and a block or plank that sticks out over another block."""
    side = float(rng.uniform(0.045, 0.05))
    grown = _with(rng, things, "cube", (side, side, side))
    if grown is None:
        return None
    base = grown[-1]
    size = _small(rng) if rng.random() < 0.5 else (0.10, 0.04, 0.03)
    upper = _new(rng, grown, "cube", size)
    dx, dy = _along(base.yaw + pick(rng, (0.0, math.pi / 2)), float(rng.uniform(*STICKING_OUT)) * side / 2)
    x, y, z = above(upper, base)
    return (*grown, replace(upper, position=(x + dx, y + dy, z), yaw=math.atan2(dy, dx)))


def _along(angle: float, length: float) -> tuple[float, float]:
    return length * math.cos(angle), length * math.sin(angle)


def _shuffled(rng: np.random.Generator, things: Sequence[Thing]) -> tuple[Thing, ...]:
    """``things`` in random order with their ids counted in it."""
    named: list[Thing] = []
    for k in rng.permutation(len(things)):
        thing = things[int(k)]
        named.append(replace(thing, id=next_id(thing.colour, thing.kind, named)))
    return tuple(named)


def propose_dynamics(rng: np.random.Generator, scene: Scene, kind: str) -> Goal | None:
    """Propose a request of ``kind`` (one of ``DYNAMICS_KINDS``) with the physics it is about."""
    match kind:
        case "push_past" | "push_contact":
            return _push_blocked(rng, scene, kind)
        case "roll":
            return _roll(rng, scene)
        case "push_tall":
            return _push_tall(rng, scene)
        case "push_shifted":
            goal = propose_push(rng, scene, "push_at")
            return None if goal is None else replace(goal, physics=_shifted(rng))
        case _:
            return _put_unstable(rng, scene, kind)


def _shifted(rng: np.random.Generator) -> Physics:
    """Another friction and mass, each uniform on a logarithmic scale."""
    friction, mass = (float(np.exp(rng.uniform(*np.log(span)))) for span in (FRICTION, MASS))
    return replace(USUAL, friction=friction, mass_scale=mass)


def _push_tall(rng: np.random.Generator, scene: Scene) -> Goal | None:
    """A tall thin thing along a free lane to a named place, upright."""
    able = [t for t in nameable(scene.things) if t.size[2] >= LONG[0] and on_table(t, scene.things)]
    if not able:
        return None
    thing = pick(rng, able)
    goal = to_place(rng, scene, thing, "push_at", pick(rng, tuple(PLACES)))
    free = lane_free(thing, goal.moves[0].target, without(scene.things, thing))
    return replace(goal, manner="push") if free else None


def _roll(rng: np.random.Generator, scene: Scene) -> Goal | None:
    """A ball along a free lane into a zone."""
    balls = [t for t in nameable(scene.things) if t.kind == "ball" and on_table(t, scene.things)]
    zones = [t for t in told_apart(scene.things) if t.kind == "zone" and clear(t, scene.things)]
    if not balls or not zones:
        return None
    ball, zone = pick(rng, balls), pick(rng, zones)
    around = [thing for thing in without(scene.things, ball) if thing.kind != "zone"]
    if not lane_free(ball, above(ball, zone), around):
        return None
    words = dict(zip("ab", names(rng, (ball, zone), scene.things), strict=True))
    fact = Fact("in", (ball.id, zone.id))
    return Goal(sentence(rng, "roll", words), (fact,), (Move(ball.id, above(ball, zone)),), manner="push")


def _put_unstable(rng: np.random.Generator, scene: Scene, kind: str) -> Goal | None:
    """A plank or tall thing on a small support, or a block on one that sticks out, with noisy release."""
    things = scene.things
    supports = [t for t in told_apart(things) if t.kind == "cube" and clear(t, things)]
    if kind == "overhang":
        supports = [t for t in supports if not on_table(t, things) and _sticks_out(t, things)]
        able = [t for t in nameable(things) if t.kind == "cube" and on_table(t, things) and max(t.size) <= 0.042]
    else:
        supports = [t for t in supports if max(t.size) <= 0.042 and on_table(t, things)]
        able = [t for t in nameable(things) if max(t.size) >= LONG[0] and (t.size[2] >= LONG[0]) == (kind == "tall")]
    if not able or not supports:
        return None
    thing, support = pick(rng, able), pick(rng, supports)
    if thing.id == support.id or (kind == "overhang" and not carries(support, thing)):
        return None
    words = dict(zip("ab", names(rng, (thing, support), things), strict=True))
    physics = replace(USUAL, release_noise=float(rng.uniform(*RELEASE)))
    fact, move = Fact("on", (thing.id, support.id)), Move(thing.id, above(thing, support))
    return Goal(sentence(rng, "on", words), (fact,), (move,), physics=physics)


def _sticks_out(thing: Thing, things: Sequence[Thing]) -> bool:
    """Whether ``thing`` lies off the centre of what carries it by as much as the suite wants."""
    under = [other for other in without(things, thing) if other.kind != "zone" and rests_on(thing, other) >= 0.0]
    apart = [math.dist(thing.position[:2], o.position[:2]) / (min(o.size[:2]) / 2) for o in under]
    return bool(apart) and min(apart) >= STICKING_OUT[0] - 0.01


def _push_blocked(rng: np.random.Generator, scene: Scene, kind: str) -> Goal | None:
    """A block to a named place although another stands on the straight way there."""
    blocks = [t for t in nameable(scene.things) if t.kind == "cube" and on_table(t, scene.things)]
    pairs = [(a, b, place) for a in blocks for b in blocks if a is not b for place in PLACES]
    for k in rng.permutation(len(pairs)):
        pushed, other, place = pairs[int(k)]
        around = [t for t in without(without(scene.things, pushed), other) if t.kind != "zone"]
        target: Point = (*PLACES[place], pushed.size[2] / 2)
        if not _in_the_way(pushed, other, target):
            continue
        moves = _past(pushed, other, target, around) if kind == "push_past" else _shoved(pushed, other, target, around)
        if moves is None:
            continue
        words = dict(zip("ac", names(rng, (pushed, other), scene.things), strict=True)) | {"b": place_words(place)}
        fact = Fact("at", (pushed.id, place))
        if kind == "push_past":
            return Goal(sentence(rng, kind, words), (fact,), moves, manner="push", keep=(other.id,))
        return Goal(sentence(rng, "push_at", words), (fact,), moves, manner="push")
    return None


def _in_the_way(pushed: Thing, other: Thing, target: Point) -> bool:
    """Whether ``other`` stands squarely between ``pushed`` and ``target``."""
    return (
        margin(
            Fact("between", (other.id, pushed.id, "end")), [pushed, other, replace(pushed, id="end", position=target)]
        )
        >= 0.015
    )


def _past(pushed: Thing, other: Thing, target: Point, around: Sequence[Thing]) -> tuple[Move, ...] | None:
    """Two straight pushes round ``other``, on the side where there is room."""
    dx, dy = target[0] - pushed.position[0], target[1] - pushed.position[1]
    length = math.hypot(dx, dy)
    aside = DETOUR + max(other.size[:2]) / 2
    for side in (1.0, -1.0):
        x = other.position[0] - side * aside * dy / length
        y = other.position[1] + side * aside * dx / length
        corner = (x, y, target[2])
        turned = replace(pushed, position=corner)
        if lane_free(pushed, corner, [other, *around]) and lane_free(turned, target, [other, *around]):
            return (Move(pushed.id, corner), Move(pushed.id, target))
    return None


def _shoved(pushed: Thing, other: Thing, target: Point, around: Sequence[Thing]) -> tuple[Move, ...] | None:
    """One straight push that shoves ``other`` on, past the target."""
    dx, dy = target[0] - pushed.position[0], target[1] - pushed.position[1]
    length = math.hypot(dx, dy)
    target = (target[0] - BACK * dx / length, target[1] - BACK * dy / length, target[2])
    apart = (max(pushed.size[:2]) + max(other.size[:2])) / 2 * 1.25
    end = (target[0] + apart * dx / length, target[1] + apart * dy / length, other.position[2])
    free = all(abs(value) <= 0.23 for value in end[:2]) and lane_free(pushed, target, around)
    beyond = all(clear_of(replace(other, position=end), (thing,), SPARE_PUSHED) for thing in around)
    return (Move(other.id, end, along=True), Move(pushed.id, target)) if free and beyond else None
