"""Random valid scenes: mixed kinds, sizes and colours, things of one colour and kind, stacks, things in containers.

The same generator gives the same scene. What is sampled always passes ``simulator.scene.validate``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from simulator.base import COLOURS, CONTAINERS, MOVABLE, WORK_HALF_WIDTH, Kind, Scene, Thing
from simulator.overlap import clear_of, footprint_radius
from simulator.scene import next_id, resting_height, validate
from simulator.shapes import DEFAULT_SIZES, Size, inner_radius

HIGHEST_STACK = 5
"""Things in the tallest stack."""
TALLEST = 0.25
"""Height of the tallest stack, metres: what elevation images can show."""
MOST_STANDING = 3
"""Containers and zones in one scene at most, together."""
GAP = 0.012
"""Free space left between things on the table, metres; the tool needs some to pass."""
TRIES = 60
LONG_EXTENT, SHORT_EXTENT = (0.08, 0.12), (0.028, 0.04)
"""Long and short extents of planks, posts and tall cylinders, metres."""
LYING = 0.7
"""Share of long blocks that lie rather than stand."""

DEFAULT_WEIGHTS: dict[Kind, float] = {
    "cube": 0.50, "cylinder": 0.18, "ball": 0.07, "bowl": 0.09, "tray": 0.06, "zone": 0.10,
}  # fmt: skip
"""How often each kind is drawn."""


@dataclass
class _Draft:
    """A scene in the making: its things and what rests directly on or in what."""

    things: list[Thing] = field(default_factory=list["Thing"])
    support: dict[str, str | None] = field(default_factory=dict[str, "str | None"])

    def add(self, thing: Thing, support: Thing | None) -> None:
        self.things.append(thing)
        self.support[thing.id] = None if support is None else support.id

    def standing(self) -> tuple[Thing, ...]:
        """Things that stand on the table itself."""
        return tuple(thing for thing in self.things if self.support[thing.id] is None)

    def level(self, thing: Thing) -> int:
        """How many things high the stack is whose uppermost is ``thing``."""
        below = self.support[thing.id]
        return 1 if below is None else 1 + self.level(next(other for other in self.things if other.id == below))

    def loaded(self, thing: Thing) -> bool:
        return thing.id in self.support.values()


def sample_scene(
    rng: np.random.Generator,
    *,
    count: tuple[int, int] = (2, 8),
    stacked: float = 0.3,
    duplicates: float = 0.3,
    weights: dict[Kind, float] | None = None,
    long: float = 0.0,
    name: str = "sampled",
) -> Scene:
    """Draw a valid scene.

    Args:
        rng: the only source of randomness.
        count: smallest and largest number of things, both included; crowded draws may end with fewer.
        stacked: probability that a movable thing is put on or in another one, when there is one to take it.
        duplicates: probability that a movable thing repeats the colour and kind of an earlier one.
        weights: how often each kind is drawn; ``DEFAULT_WEIGHTS`` when left out.
        long: probability that a cube is a plank or post, and a cylinder a tall thin one.
        name: the scene's name.

    Returns:
        A scene with at least one movable thing.
    """
    draft = _Draft()
    wanted = int(rng.integers(count[0], count[1] + 1))
    kinds = _kinds(rng, wanted, weights or DEFAULT_WEIGHTS)
    for kind in kinds:
        _add_one(rng, draft, kind, stacked, duplicates, long)
    order = rng.permutation(len(draft.things))
    scene = Scene(name, _renamed([draft.things[k] for k in order]))
    validate(scene)
    return scene


def _kinds(rng: np.random.Generator, wanted: int, weights: dict[Kind, float]) -> list[Kind]:
    """Draw kinds, what stands still first (it is largest), with at least one movable thing."""
    names = list(weights)
    chances = np.array([weights[kind] for kind in names])
    movable: list[Kind] = [kind for kind in names if kind in MOVABLE and weights[kind] > 0]
    kinds: list[Kind] = []
    for index in rng.choice(len(names), size=wanted, p=chances / chances.sum()):
        kind = names[int(index)]
        full = sum(other not in MOVABLE for other in kinds) >= min(MOST_STANDING, wanted - 1)
        if kind not in MOVABLE and full:
            kind = movable[int(rng.integers(len(movable)))]
        kinds.append(kind)
    return sorted(kinds, key=lambda kind: kind in MOVABLE)


def _add_one(
    rng: np.random.Generator, draft: _Draft, kind: Kind, stacked: float, duplicates: float, long: float
) -> None:
    """Add a thing of ``kind`` if there is room for it."""
    colour = list(COLOURS)[int(rng.integers(len(COLOURS)))]
    alike = [thing for thing in draft.things if thing.kind in MOVABLE]
    if kind in MOVABLE and alike and rng.random() < duplicates:
        twin = alike[int(rng.integers(len(alike)))]
        kind, colour = twin.kind, twin.colour
    stretched = long > 0 and kind in ("cube", "cylinder") and rng.random() < long
    size = long_size(rng, kind) if stretched else _size(rng, kind)
    yaw = float(rng.uniform(-math.pi, math.pi))
    if kind in MOVABLE and rng.random() < stacked:
        for support in _supports(rng, draft, kind, size):
            thing = _on(rng, draft, Thing("", kind, colour, size, (0.0, 0.0, 0.0), yaw), support)
            if thing is not None:
                draft.add(thing, support)
                return
    for _ in range(TRIES):
        thing = _on_table(rng, draft, kind, colour, size, yaw)
        if clear_of(thing, draft.standing(), GAP):
            draft.add(thing, None)
            return


def _size(rng: np.random.Generator, kind: Kind) -> Size:
    """Half of the things have their usual size, the others one within narrower limits than a scene allows."""
    if rng.random() < 0.5:
        return DEFAULT_SIZES[kind]
    if kind == "cube":
        if rng.random() < 0.6:
            side = float(rng.uniform(0.03, 0.055))
            return (side, side, side)
        x, y, z = (float(extent) for extent in rng.uniform(0.03, 0.055, 3))
        return (x, y, z)
    if kind in ("cylinder", "ball"):
        across = float(rng.uniform(0.03, 0.05))
        return (across, across, across if kind == "ball" else float(rng.uniform(0.03, 0.05)))
    if kind == "bowl":
        across = float(rng.uniform(0.10, 0.14))
        return (across, across, float(rng.uniform(0.03, 0.045)))
    if kind == "tray":
        return (float(rng.uniform(0.11, 0.17)), float(rng.uniform(0.10, 0.14)), float(rng.uniform(0.02, 0.03)))
    return (float(rng.uniform(0.08, 0.14)), float(rng.uniform(0.08, 0.14)), 0.001)


def long_size(rng: np.random.Generator, kind: Kind) -> Size:
    """Return the extents of a tall thin cylinder, or of a block that is long one way: lying (a plank) or standing."""
    length, across = float(rng.uniform(*LONG_EXTENT)), float(rng.uniform(*SHORT_EXTENT))
    if kind == "cylinder":
        return (across, across, length)
    other = float(rng.uniform(*SHORT_EXTENT))
    return (length, across, other) if rng.random() < LYING else (across, other, length)


def _supports(rng: np.random.Generator, draft: _Draft, kind: Kind, size: Size) -> list[Thing]:
    """Things that may take one more of ``kind`` and ``size``, in random order."""
    fitting: list[Thing] = []
    for thing in draft.things:
        if thing.kind == "zone":
            fitting.append(thing)
        elif thing.kind in CONTAINERS:
            if math.hypot(size[0], size[1]) / 2 < inner_radius(thing.kind, thing.size) - 0.004:
                fitting.append(thing)
        elif kind != "ball" and thing.kind != "ball" and not draft.loaded(thing):
            broad = min(thing.size[0], thing.size[1]) >= 0.75 * max(size[0], size[1])
            if broad and draft.level(thing) < HIGHEST_STACK and thing.top + size[2] < TALLEST:
                fitting.append(thing)
    return [fitting[int(k)] for k in rng.permutation(len(fitting))]


def _on(rng: np.random.Generator, draft: _Draft, thing: Thing, support: Thing) -> Thing | None:
    """Put ``thing`` on, in or (zone) within ``support``; None when there is no room."""
    spread = 0.004
    if support.kind in CONTAINERS:
        spread = max(0.0, inner_radius(support.kind, support.size) - footprint_radius(thing) - 0.004)
    elif support.kind == "zone":
        spread = min(support.size[0], support.size[1]) / 4
    for _ in range(TRIES // 4):
        angle, reach = rng.uniform(0, 2 * math.pi), spread * math.sqrt(rng.random())
        x = support.position[0] + reach * math.cos(angle)
        y = support.position[1] + reach * math.sin(angle)
        z = resting_height(thing.kind, thing.size, support)
        placed = _named(draft, thing, (float(x), float(y), z))
        if support.kind == "zone":
            neighbours = tuple(other for other in draft.things if other.kind != "zone")
        else:
            neighbours = tuple(other for other in draft.things if draft.support[other.id] == support.id)
        if clear_of(placed, neighbours, GAP / 2):
            return placed
    return None


def _on_table(rng: np.random.Generator, draft: _Draft, kind: Kind, colour: str, size: Size, yaw: float) -> Thing:
    """Put a thing somewhere on the table, all of it within the work area."""
    if kind in ("tray", "zone"):
        yaw = float(rng.choice([0.0, math.pi / 2]) + rng.normal(0.0, 0.15))
    thing = Thing("", kind, colour, size, (0.0, 0.0, 0.0), yaw)
    room = WORK_HALF_WIDTH - footprint_radius(thing)
    x, y = rng.uniform(-room, room, 2)
    return _named(draft, thing, (float(x), float(y), resting_height(kind, size, None)))


def _named(draft: _Draft, thing: Thing, position: tuple[float, float, float]) -> Thing:
    """Give the thing a place and a draft id, unique within the draft."""
    draft_id = f"{len(draft.things)}"
    return Thing(draft_id, thing.kind, thing.colour, thing.size, position, thing.yaw)


def _renamed(things: Sequence[Thing]) -> tuple[Thing, ...]:
    """Give every thing its final id, counted in the scene's order."""
    named: list[Thing] = []
    for thing in things:
        thing_id = next_id(thing.colour, thing.kind, named)
        named.append(Thing(thing_id, thing.kind, thing.colour, thing.size, thing.position, thing.yaw))
    return tuple(named)
