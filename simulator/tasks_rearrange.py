"""The suite rearrange: sort by colour, three in a line, swap, reach what is covered, clear a container or zone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from simulator.base import COLOURS, MOVABLE, Fact, Kind, Scene, Thing
from simulator.errors import SceneError
from simulator.goals import (
    COUNTS,
    REACH,
    SPOTS,
    Goal,
    Move,
    above,
    after,
    angular,
    clear,
    enough,
    find,
    fits,
    nameable,
    on_table,
    pickable,
    spot_in,
    spot_on_table,
    usual_start,
    without,
)
from simulator.overlap import clear_of, footprint_radius
from simulator.places import PLACES, place_words
from simulator.predicates import rests_on
from simulator.sampler import GAP, sample_scene
from simulator.scene import next_id, resting_height, validate
from simulator.shapes import DEFAULT_SIZES
from simulator.tasks_place import receives
from simulator.wording import listed, names, natural, pick, sentence, told_apart

REARRANGE_KINDS: Final = ("sort", "line", "swap", "unstack", "clear")
"""Kinds of request of the suite."""
HOLDERS: Final[tuple[Kind, ...]] = ("bowl", "tray", "zone")
SORTED: Final = (3, 4)
"""Least and largest number of things to sort."""
STRAYS: Final = 2
"""Most things of a sorting task that belong nowhere."""
JITTER: Final = 0.015
"""Most that a thing to be swapped stands off the middle of its place, metres."""
PITCH: Final = (0.075, 0.11)
"""Least and largest distance of neighbouring centres in a line, metres."""
COVERED: Final = 0.6
"""Probability that a movable thing is put on another where something covered is asked for."""


def rearrange_start(rng: np.random.Generator, kind: str) -> Scene | None:
    """Return a start that may offer a request of ``kind``, or None when the draw came to nothing."""
    try:
        scene = _start(rng, kind)
    except SceneError:
        return None
    return scene if scene is not None and enough(scene) else None


def _start(rng: np.random.Generator, kind: str) -> Scene | None:
    match kind:
        case "sort":
            return _sorting_start(rng)
        case "swap":
            return _swapping_start(rng)
        case "unstack":
            return sample_scene(rng, count=(5, COUNTS[1]), stacked=COVERED)
        case "clear":
            return sample_scene(rng, count=(5, COUNTS[1]), stacked=COVERED, weights=_WITH_HOLDERS)
        case _:
            return usual_start(rng, kind)


_WITH_HOLDERS: Final[dict[Kind, float]] = {
    "cube": 0.4, "cylinder": 0.15, "ball": 0.1, "bowl": 0.12, "tray": 0.12, "zone": 0.11,
}  # fmt: skip


def propose_rearrange(rng: np.random.Generator, scene: Scene, kind: str) -> Goal | None:
    """Propose a request of ``kind`` (one of ``REARRANGE_KINDS``)."""
    match kind:
        case "sort":
            return _propose_sort(rng, scene)
        case "swap":
            return _propose_swap(rng, scene)
        case "unstack":
            return _propose_unstack(rng, scene)
        case "clear":
            return _propose_clear(rng, scene)
        case _:
            return _propose_line(rng, scene)


def _sorting_start(rng: np.random.Generator) -> Scene | None:
    """Two containers or zones of two colours, things of these colours beside them, and some of other colours."""
    colours = [str(colour) for colour in rng.choice(list(COLOURS), size=4, replace=False)]
    kinds: list[Kind] = [HOLDERS[int(k)] for k in rng.permutation(len(HOLDERS))[:2]]
    wanted: list[tuple[Kind, str]] = list(zip(kinds, colours[:2], strict=True))
    items: tuple[Kind, ...] = ("cube", "cylinder", "ball")
    own = [*colours[:2], *(pick(rng, colours[:2]) for _ in range(int(rng.integers(SORTED[0], SORTED[1] + 1)) - 2))]
    strays = [pick(rng, colours[2:]) for _ in range(int(rng.integers(STRAYS + 1)))]
    shapes: list[Kind] = [pick(rng, items) for _ in (*own, *strays)]
    wanted += zip(shapes, (*own, *strays), strict=True)
    things: list[Thing] = []
    for kind, colour in wanted:
        thing = _beside_all(
            rng, Thing(next_id(colour, kind, things), kind, colour, DEFAULT_SIZES[kind], (0.0, 0.0, 0.0)), things
        )
        if thing is None:
            return None
        things.append(thing)
    scene = Scene("sorting", tuple(things))
    validate(scene)
    return scene


def _beside_all(rng: np.random.Generator, thing: Thing, others: Sequence[Thing]) -> Thing | None:
    """``thing`` at a random free spot of the table, turned at random; None when there is none."""
    room = REACH + 0.04 - footprint_radius(thing)
    for _ in range(SPOTS):
        x, y = (float(value) for value in rng.uniform(-room, room, 2))
        yaw = float(rng.uniform(-math.pi, math.pi)) if thing.kind in MOVABLE else 0.0
        put = replace(thing, position=(x, y, resting_height(thing.kind, thing.size, None)), yaw=yaw)
        if clear_of(put, tuple(others), GAP):
            return put
    return None


def _propose_sort(rng: np.random.Generator, scene: Scene) -> Goal | None:
    """Everything of two colours into or onto the container or zone of its colour."""
    things, facts, moves, said = scene.things, list[Fact](), list[Move](), list[str]()
    holders = [thing for thing in things if thing.kind in HOLDERS]
    called = dict(zip([h.id for h in holders], names(rng, holders, things), strict=True))
    for holder in holders:
        own = [thing for thing in things if thing.colour == holder.colour and thing.kind in MOVABLE]
        for thing in own:
            now = after(things, moves)
            spot = spot_in(rng, thing, find(now, holder.id), without(now, thing))
            if spot is None:
                return None
            moves.append(Move(thing.id, spot))
            facts.append(Fact("in", (thing.id, holder.id)))
        said += [f"{steps} {'on' if holder.kind == 'zone' else 'in'} the {called[holder.id]}" for steps in _groups(own)]
    words = {
        "steps": listed([f"put {step}" for step in said], ", then "),
        "holders": listed([f"the {name}" for name in called.values()], ", ", " and "),
    }
    return Goal(sentence(rng, "sort", words), tuple(facts), tuple(moves), natural=natural("sort", words))


def _groups(things: Sequence[Thing]) -> list[str]:
    """``the red cube``, ``both red balls``, … in words: things of one colour by kind."""
    said: list[str] = []
    for kind in ("cube", "cylinder", "ball"):
        alike = [thing for thing in things if thing.kind == kind]
        if alike:
            many = "the" if len(alike) == 1 else "all"
            said.append(f"{many} {alike[0].colour} {kind}{'s' if len(alike) > 1 else ''}")
    return said


def _propose_line(rng: np.random.Generator, scene: Scene) -> Goal | None:
    """Three things in a straight row through one of them, which stays."""
    able = [thing for thing in nameable(scene.things) if on_table(thing, scene.things)]
    if len(able) < 3:
        return None
    chosen = [able[int(k)] for k in rng.permutation(len(able))[:3]]
    anchor, *others = chosen
    fact = Fact("line", tuple(thing.id for thing in chosen))
    words = {"list": listed([f"the {name}" for name in names(rng, chosen, scene.things)], ", ", " and ")}
    request = sentence(rng, "line", words)
    for _ in range(SPOTS):
        dx, dy = angular(rng, float(rng.uniform(*PITCH)))
        places = pick(rng, ((-1, 1), (1, 2), (2, 1)))
        moves: list[Move] = []
        for thing, k in zip(others, places, strict=True):
            x, y = anchor.position[0] + k * dx, anchor.position[1] + k * dy
            moves.append(Move(thing.id, (x, y, thing.size[2] / 2)))
        inside = all(max(abs(move.target[0]), abs(move.target[1])) <= REACH for move in moves)
        if inside and _sequence_fits(scene.things, moves):
            return Goal(request, (fact,), tuple(moves))
    return None


def _sequence_fits(things: tuple[Thing, ...], moves: Sequence[Move]) -> bool:
    """Whether every move fits once those before it were made."""
    for k, move in enumerate(moves):
        now = after(things, moves[:k])
        thing = find(now, move.thing)
        if not fits(thing, move.target, without(now, thing)):
            return False
    return True


def _swapping_start(rng: np.random.Generator) -> Scene | None:
    """A usual start in which two things stand at two named places."""
    scene = usual_start(rng, "swap")
    if scene is None:
        return None
    able = [thing for thing in nameable(scene.things) if on_table(thing, scene.things)]
    if len(able) < 2:
        return None
    things = scene.things
    spots = [list(PLACES)[int(k)] for k in rng.permutation(len(PLACES))[:2]]
    for k, spot in zip(rng.permutation(len(able))[:2], spots, strict=True):
        thing = able[int(k)]
        dx, dy = rng.uniform(-JITTER, JITTER, 2) / math.sqrt(2.0)
        target = (PLACES[spot][0] + float(dx), PLACES[spot][1] + float(dy), thing.size[2] / 2)
        around = tuple(other for other in without(things, thing) if other.kind != "zone")
        if not clear_of(replace(thing, position=target), around, GAP):
            return None
        things = after(things, [Move(thing.id, target)])
    scene = replace(scene, things=things)
    validate(scene)
    return scene


def _propose_swap(rng: np.random.Generator, scene: Scene) -> Goal | None:
    """Two things at two named places, each to where the other stands; one of them waits beside meanwhile."""
    at = {
        thing: place
        for thing in nameable(scene.things)
        for place, spot in PLACES.items()
        if on_table(thing, scene.things) and math.dist(thing.position[:2], spot) <= 2 * JITTER
    }
    if len(at) < 2:
        return None
    first, second = [list(at)[int(k)] for k in rng.permutation(len(at))[:2]]
    aside = spot_on_table(rng, first, without(scene.things, first))
    if aside is None:
        return None
    moves = (
        Move(first.id, aside),
        Move(second.id, (*PLACES[at[first]], second.size[2] / 2)),
        Move(first.id, (*PLACES[at[second]], first.size[2] / 2)),
    )
    words = dict(zip("ab", names(rng, (first, second), scene.things), strict=True))
    words |= {"to_a": place_words(at[second]), "to_b": place_words(at[first])}
    facts = (Fact("at", (first.id, at[second])), Fact("at", (second.id, at[first])))
    return Goal(sentence(rng, "swap", words), facts, moves, natural=natural("swap", words))


def _propose_unstack(rng: np.random.Generator, scene: Scene) -> Goal | None:
    """Something that has another thing on it, to a named place or onto, into or within another."""
    things = scene.things
    covered = [t for t in told_apart(things) if t.kind in MOVABLE and not clear(t, things)]
    if not covered:
        return None
    thing = pick(rng, covered)
    upper = [other for other in without(things, thing) if rests_on(other, thing) >= 0.0]
    if len(upper) != 1 or not pickable(upper[0], things):
        return None
    kind = pick(rng, ("on", "in", "zone", "at"))
    spot = spot_on_table(rng, upper[0], without(things, upper[0]))
    if spot is None:
        return None
    freed = after(things, [Move(upper[0].id, spot)])
    if kind == "at":
        place = pick(rng, tuple(PLACES))
        words = {"a": names(rng, (thing,), things)[0], "b": place_words(place)}
        fact, target = Fact("at", (thing.id, place)), (*PLACES[place], thing.size[2] / 2)
    else:
        supports = [
            t for t in told_apart(freed) if t.id not in (thing.id, upper[0].id) and receives(kind, t, thing, freed)
        ]
        if not supports:
            return None
        support = pick(rng, supports)
        words = dict(zip("ab", names(rng, (thing, support), things), strict=True))
        fact, target = Fact("on" if kind == "on" else "in", (thing.id, support.id)), above(thing, support)
    return Goal(sentence(rng, kind, words), (fact,), (Move(upper[0].id, spot), Move(thing.id, target)))


def _propose_clear(rng: np.random.Generator, scene: Scene) -> Goal | None:
    """A container or zone that holds something, to be emptied onto the bare table."""
    things = scene.things
    full = [t for t in told_apart(things) if t.kind in HOLDERS and not clear(t, things)]
    if not full:
        return None
    holder = pick(rng, full)
    moves: list[Move] = []
    for thing in sorted(_held_by(holder, things), key=lambda thing: -thing.top):
        spot = spot_on_table(rng, thing, without(after(things, moves), thing))
        if spot is None:
            return None
        moves.append(Move(thing.id, spot))
    words = {"a": names(rng, (holder,), things)[0]}
    kind = "clear_zone" if holder.kind == "zone" else "clear_container"
    return Goal(sentence(rng, kind, words), (Fact("clear", (holder.id,)),), tuple(moves))


def _held_by(holder: Thing, things: Sequence[Thing]) -> list[Thing]:
    """What rests on or in ``holder``, and all that rests upon that."""
    found: list[Thing] = []
    below = [holder]
    while below:
        under = below.pop()
        loads = [t for t in things if t.kind in MOVABLE and t not in found and rests_on(t, under) >= 0.0]
        found += loads
        below += loads
    return found
