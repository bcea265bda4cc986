"""Suites of tasks for evaluation: a start, an instruction in plain words, and the facts that make it a success.

``make_task(suite, seed)`` is deterministic. Every task carries a witness, the moves that solve it, by which it is
known to be feasible; no planner sees it. Knows the true geometry of scenes, never a running simulator.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

import numpy as np

from simulator.base import (
    CONTAINERS,
    MOVABLE,
    Disturbance,
    Fact,
    Manner,
    Physics,
    Relation,
    Scene,
    Subgoal,
    Thing,
    WorldState,
)
from simulator.errors import SceneError
from simulator.overlap import penetration
from simulator.places import PLACES, place_words
from simulator.predicates import footprint_gap, holds, margin
from simulator.sampler import sample_scene
from simulator.scene import resting_height, validate
from simulator.wording import RELATION_WORDS, names, pick, sentence, told_apart

Point = tuple[float, float, float]

USUAL: Final = Physics()
"""Constants of a world that is like the twin."""
SUITES: Final = ("place", "push", "stack")
"""Names of the suites; the order is part of the seeding."""
COUNTS: Final = (4, 8)
"""Least and largest number of things in a start (DESIGN 12)."""
STACKED: Final = 0.3
"""Probability that a movable thing of a start is put on or in another."""
DUPLICATES: Final = 0.3
"""Probability that a movable thing of a start repeats the colour and kind of another."""
MOST_DRAWS: Final = 2000
"""Draws after which a suite is declared impossible rather than searched on."""
UNDECIDED: Final = 0.01
"""A start within this of satisfying the goal is redrawn, because a picture could not tell, metres."""
COMFORT: Final = 0.008
"""Least margin of every fact once the witness is carried out, metres."""
ROOM: Final = {"relation": 0.012, "push_relation": 0.02}
"""Least margin of a witness beside another thing, metres: what is pushed ends less exactly than what is put."""
SPARE: Final = 0.012
"""Free space on every side of a spot where a thing is put down, metres."""
SPARE_INSIDE: Final = 0.005
"""Free space on every side of a thing inside a container, metres."""
SPARE_PUSHED: Final = 0.02
"""Free space on either side of the lane of a pushed thing, metres."""
TOOL_ROOM: Final = 0.055
"""Free lane behind a thing for the tool to come down and push, metres."""
OVERRUN: Final = 0.02
"""Free lane beyond the target of a push, metres."""
PUSH_LENGTHS: Final = (0.08, 0.20)
"""Least and largest distance of a push, metres."""
REACH: Final = 0.20
"""Largest coordinate of a target that is not a named place, metres."""
REACH_TOOL: Final = 0.24
"""Largest coordinate where the tool starts a push, metres."""
LEAST_SUPPORT: Final = 0.03
"""Least horizontal extent of what carries another thing, metres."""
SUPPORT_SHARE: Final = 0.7
"""Least extent of a support as a share of the extent of what it carries."""
SPOTS: Final = 60
"""Random spots tried beside a thing before the start is redrawn."""
SKY: Final = 0.4
"""Height of the free column above a spot, metres: the ceiling of the tool."""


@dataclass(frozen=True)
class Move:
    """One move of a witness: the thing's id and where its centre ends, metres, world frame."""

    thing: str
    target: Point


@dataclass(frozen=True)
class Task:
    """A start, what is asked, and what it means.

    Attributes:
        suite: one of ``SUITES``.
        seed: what ``make_task`` was given.
        scene: the start.
        instruction: the request in plain words.
        subgoals: what the request means, in an order that can be carried out.
        witness: moves that solve the task one after the other; proof that it is feasible, never an input of planning.
        kind: which of the suite's kinds of request it is.
        physics: of the world it is attempted in, which may be unlike the twin's.
        disturbances: what happens to that world meanwhile.
        parts: of a chain, the tasks asked for one after the other in one world; empty otherwise.
    """

    suite: str
    seed: int
    scene: Scene
    instruction: str
    subgoals: tuple[Subgoal, ...]
    witness: tuple[Move, ...]
    kind: str = ""
    physics: Physics = USUAL
    disturbances: tuple[Disturbance, ...] = ()
    parts: tuple[Task, ...] = ()


@dataclass(frozen=True)
class Score:
    """How well a task ended: whether every fact holds, and the share of facts that do."""

    success: bool
    partial: float


@dataclass(frozen=True)
class _Goal:
    """What a suite asks of a start, before it is known to be sound."""

    instruction: str
    facts: tuple[Fact, ...]
    moves: tuple[Move, ...]
    manner: Manner = "any"


_Propose = Callable[[np.random.Generator, Scene, str], _Goal | None]


def make_task(suite: str, seed: int) -> Task:
    """Return task number ``seed`` of ``suite``; the same arguments give the same task.

    Raises:
        SceneError: there is no such suite, ``seed`` is negative, or no start could be found.
    """
    for task in islice(draws(suite, seed), MOST_DRAWS):
        if task is not None:
            return task
    raise SceneError("suite", f"no task of {suite} was found in {MOST_DRAWS} draws", "Choose another seed.")


def draws(suite: str, seed: int) -> Iterator[Task | None]:
    """Yield one entry a draw: None when it is rejected, so that redraws can be counted; errors as in ``make_task``."""
    if suite not in SUITES:
        raise SceneError("suite", f"{suite!r} is unknown", f"Use one of {', '.join(SUITES)}.")
    if seed < 0:
        raise SceneError("seed", f"{seed} is negative", "Use 0 or more.")
    rng = np.random.default_rng([SUITES.index(suite), seed])
    propose, kinds = _PROPOSALS[suite]
    kind = pick(rng, kinds)
    while True:
        scene = _start(rng)
        goal = None if scene is None else propose(rng, scene, kind)
        if scene is None or goal is None or not _sound(scene, goal):
            yield None
            continue
        subgoals = tuple(Subgoal((fact,), _said(fact, goal), manner=goal.manner) for fact in goal.facts)
        named = replace(scene, name=f"{suite}-{seed}")
        yield Task(suite, seed, named, goal.instruction, subgoals, goal.moves, kind)


def _start(rng: np.random.Generator) -> Scene | None:
    """A start, or None when the draw ended with too few things or with one that does not fit the work area."""
    try:
        scene = sample_scene(rng, count=COUNTS, stacked=STACKED, duplicates=DUPLICATES)
    except SceneError:
        return None
    return scene if len(scene.things) >= COUNTS[0] else None


def score(task: Task, state: WorldState) -> Score:
    """Score a true final state: success when all facts of all subgoals hold, partial is the share that do."""
    facts = [fact for subgoal in task.subgoals for fact in subgoal.facts]
    met = [holds(fact, state.things, state.held) for fact in facts]
    return Score(all(met), sum(met) / len(met))


def ideal(task: Task) -> WorldState:
    """Return the state in which the witness has been carried out exactly; the oracle of the suite's own tests."""
    things = _after(task.scene.things, task.witness)
    return WorldState(things, (1.0,) * len(things), (0.0, 0.0, SKY), None)


def _said(fact: Fact, goal: _Goal) -> str:
    """The subgoal in words: the instruction itself when it has one fact, the fact's arguments otherwise."""
    if len(goal.facts) == 1:
        return goal.instruction
    names = [str(argument).rsplit("_", 1)[0].replace("_", " ") for argument in fact.arguments]
    return f"Put the {names[0]} {fact.relation} the {names[1]}."


def _after(things: tuple[Thing, ...], moves: Sequence[Move]) -> tuple[Thing, ...]:
    for move in moves:
        things = tuple(replace(t, position=move.target) if t.id == move.thing else t for t in things)
    return things


def _sound(scene: Scene, goal: _Goal) -> bool:
    """Whether no fact holds yet, the witness can be carried out, and every fact then holds comfortably."""
    if any(margin(fact, scene.things) > -UNDECIDED for fact in goal.facts):
        return False
    things = scene.things
    for move in goal.moves:
        moved = _find(things, move.thing)
        others = _without(things, moved)
        if not _pickable(moved, things) or not _fits(moved, move.target, others):
            return False
        things = _after(things, (move,))
    try:
        validate(replace(scene, things=things))
    except SceneError:
        return False
    return all(margin(fact, things) >= COMFORT for fact in goal.facts)


def _find(things: Sequence[Thing], name: str) -> Thing:
    return next(thing for thing in things if thing.id == name)


def _without(things: Sequence[Thing], one: Thing) -> list[Thing]:
    return [thing for thing in things if thing.id != one.id]


def _column(thing: Thing, base: Point, spare: float) -> Thing:
    """The space ``thing`` needs to come down from above with its lower face at ``base``, widened by ``spare``."""
    size = (thing.size[0] + 2 * spare, thing.size[1] + 2 * spare, SKY)
    return replace(thing, id="column", size=size, position=(base[0], base[1], base[2] + 0.002 + SKY / 2))


def _free(column: Thing, others: Sequence[Thing]) -> bool:
    return all(penetration(column, other) == 0.0 for other in others)


def _pickable(thing: Thing, things: Sequence[Thing]) -> bool:
    """Whether the tool can lift ``thing`` straight up: nothing on it, nothing hanging over it."""
    column = _column(thing, (*thing.position[:2], thing.bottom), 0.0)
    return margin(Fact("clear", (thing.id,)), things) > 0.0 and _free(column, _without(things, thing))


def _fits(thing: Thing, target: Point, others: Sequence[Thing]) -> bool:
    """Whether ``thing`` can be put down with its centre at ``target`` without touching what stands around."""
    inside = any(o.kind in CONTAINERS and footprint_gap(replace(thing, position=target), o) < 0.0 for o in others)
    base = (target[0], target[1], target[2] - thing.size[2] / 2)
    return _free(_column(thing, base, SPARE_INSIDE if inside else SPARE), others)


def _on_table(thing: Thing, things: Sequence[Thing]) -> bool:
    """Whether ``thing`` stands on the table or a zone, not in a container."""
    boxed = any(margin(Fact("in", (thing.id, o.id)), things) >= 0.0 for o in things if o.kind in CONTAINERS)
    return thing.bottom < 0.003 and not boxed


def _movable(things: Sequence[Thing]) -> list[Thing]:
    """What a request may name as the thing to move."""
    return [t for t in told_apart(things) if t.kind in MOVABLE and _pickable(t, things)]


def _carries(support: Thing, thing: Thing) -> bool:
    """Whether ``thing`` stands safely on ``support``: both flat, and the support wide enough."""
    extent = min(support.size[:2])
    flat = support.kind in ("cube", "cylinder") and thing.kind != "ball"
    return flat and extent >= max(LEAST_SUPPORT, SUPPORT_SHARE * max(thing.size[:2]))


def _above(thing: Thing, support: Thing) -> Point:
    """Where the centre of ``thing`` is when it rests centred on or in ``support``."""
    return (*support.position[:2], resting_height(thing.kind, thing.size, support))


def _propose_place(rng: np.random.Generator, scene: Scene, kind: str) -> _Goal | None:
    """One thing onto, into or beside another, or to a named place."""
    movable = _movable(scene.things)
    if not movable:
        return None
    thing = pick(rng, movable)
    if kind == "at":
        return _to_place(rng, scene, thing, "at", pick(rng, tuple(PLACES)))
    for relation in RELATION_WORDS:
        if kind == relation:
            return _beside(rng, scene, thing, "relation", relation)
    supports = [t for t in told_apart(scene.things) if t.id != thing.id and _receives(kind, t, thing, scene.things)]
    if not supports:
        return None
    support = pick(rng, supports)
    words = dict(zip("ab", names(rng, (thing, support), scene.things), strict=True))
    fact = Fact("on" if kind == "on" else "in", (thing.id, support.id))
    return _Goal(sentence(rng, kind, words), (fact,), (Move(thing.id, _above(thing, support)),))


def _receives(kind: str, support: Thing, thing: Thing, things: Sequence[Thing]) -> bool:
    """Whether ``support`` is a clear thing of the sort that ``kind`` asks for."""
    if kind == "zone":
        suits = support.kind == "zone"
    elif kind == "in":
        suits = support.kind in CONTAINERS
    else:
        suits = _carries(support, thing)
    return suits and margin(Fact("clear", (support.id,)), things) > 0.0


def _to_place(rng: np.random.Generator, scene: Scene, thing: Thing, kind: str, place: str) -> _Goal:
    words = {"a": names(rng, (thing,), scene.things)[0], "b": place_words(place)}
    move = Move(thing.id, (*PLACES[place], thing.size[2] / 2))
    return _Goal(sentence(rng, kind, words), (Fact("at", (thing.id, place)),), (move,))


def _beside(rng: np.random.Generator, scene: Scene, thing: Thing, kind: str, relation: Relation) -> _Goal | None:
    """``thing`` on the table beside another that stands on the table, at a random free spot."""
    others = [t for t in told_apart(scene.things) if t.id != thing.id and _on_table(t, scene.things)]
    if not others:
        return None
    other = pick(rng, others)
    fact = Fact(relation, (thing.id, other.id))
    words = dict(zip("ab", names(rng, (thing, other), scene.things), strict=True))
    words["r"] = pick(rng, RELATION_WORDS[relation])
    request = sentence(rng, kind, words)
    around = _without(scene.things, thing)
    for _ in range(SPOTS):
        angle, distance = rng.uniform(-math.pi, math.pi), rng.uniform(0.03, 0.16)
        x = other.position[0] + distance * math.cos(angle)
        y = other.position[1] + distance * math.sin(angle)
        target = (float(x), float(y), thing.size[2] / 2)
        moved = replace(thing, position=target)
        if (
            max(abs(x), abs(y)) <= REACH
            and margin(fact, [moved, *around]) >= ROOM[kind]
            and _fits(thing, target, around)
        ):
            return _Goal(request, (fact,), (Move(thing.id, target),))
    return None


def _propose_push(rng: np.random.Generator, scene: Scene, kind: str) -> _Goal | None:
    """A thing that stands free on the table, along a free lane, to a named place or beside another thing."""
    able = [t for t in _movable(scene.things) if t.kind != "ball" and _on_table(t, scene.things)]
    if not able:
        return None
    thing = pick(rng, able)
    if kind == "push_at":
        goal = _to_place(rng, scene, thing, kind, pick(rng, tuple(PLACES)))
    else:
        goal = _beside(rng, scene, thing, kind, pick(rng, ("left_of", "right_of")))
    if goal is None or not _lane_free(thing, goal.moves[0].target, _without(scene.things, thing)):
        return None
    return replace(goal, manner="push")


def _lane_free(thing: Thing, target: Point, others: Sequence[Thing]) -> bool:
    """Whether a straight push to ``target`` is free behind, along and beyond, and within the tool's reach."""
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
        if min(footprint_gap(replace(thing, position=spot), other) for other in others) < SPARE_PUSHED:
            return False
    return True


def _propose_stack(rng: np.random.Generator, scene: Scene, kind: str) -> _Goal | None:
    """Three blocks on one another, all of them clear at the start and the lowest on the table."""
    blocks = [t for t in _movable(scene.things) if t.kind == "cube"]
    if len(blocks) < 3:
        return None
    top, middle, base = (blocks[i] for i in rng.permutation(len(blocks))[:3])
    if not (_on_table(base, scene.things) and _carries(base, middle) and _carries(middle, top)):
        return None
    lifted = replace(middle, position=_above(middle, base))
    words = dict(zip("abc", names(rng, (top, middle, base), scene.things), strict=True))
    facts = (Fact("on", (middle.id, base.id)), Fact("on", (top.id, middle.id)))
    moves = (Move(middle.id, lifted.position), Move(top.id, _above(top, lifted)))
    return _Goal(sentence(rng, kind, words), facts, moves)


_PROPOSALS: Final[dict[str, tuple[_Propose, tuple[str, ...]]]] = {
    "place": (_propose_place, ("on", "in", "zone", "at", *RELATION_WORDS)),
    "push": (_propose_push, ("push_at", "push_relation")),
    "stack": (_propose_stack, ("stack",)),
}
"""How each suite proposes goals, and the kinds of request it holds, each as often as every other."""
