"""Tables on which a program of the training grammar may mean something: what it names is there, and some more.

Random; whether the program can be resolved there is for the resolver to say.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from pydantic import BaseModel

from hybrid.language.schema import Noun, Program, Selector
from simulator.base import COLOURS, CONTAINERS, MOVABLE, Kind, Scene, Thing
from simulator.goals import above, carries
from simulator.overlap import clear_of, footprint_radius
from simulator.sampler import GAP
from simulator.scene import next_id, resting_height
from simulator.shapes import DEFAULT_SIZES, Size

MOST: Final = 9
"""Most things of such a table."""
STACKED: Final = 0.2
"""Probability that a thing is put on another that can carry it."""
_TRIES: Final = 40
_REACH: Final = 0.24
_MANY: Final = {"two": 2, "three": 3, "four": 4, "five": 5}
_MOVERS: Final[tuple[Kind, ...]] = ("cube", "cube", "cube", "cylinder", "ball")
_ANY: Final[tuple[Kind, ...]] = (*_MOVERS, "cube", "bowl", "tray", "zone")
_KINDS: Final[dict[str, tuple[Kind, ...]]] = {
    "cube": ("cube",), "block": ("cube",), "cylinder": ("cylinder",), "ball": ("ball",), "bowl": ("bowl",),
    "tray": ("tray",), "container": ("bowl", "tray"), "zone": ("zone",), "thing": _MOVERS,
}  # fmt: skip


def scene_for(program: Program, rng: random.Random) -> Scene | None:
    """Return a table with what ``program`` names; None when it names too much, or what no table holds."""
    nouns = sorted(_nouns(program), key=lambda noun: (noun.colour is None, noun.kind == "thing"))
    if any(noun.kind == "unknown" for noun in nouns):
        return None
    looks: list[tuple[Kind, str]] = []
    for noun in nouns:
        kinds = _KINDS[noun.kind]
        present = sum(kind in kinds and noun.colour in (None, colour) for kind, colour in looks)
        missing = _wanted(noun, rng) - present
        looks.extend((rng.choice(kinds), noun.colour or rng.choice(list(COLOURS))) for _ in range(missing))
    looks.extend((rng.choice(_ANY), rng.choice(list(COLOURS))) for _ in range(rng.choice((0, 1, 1, 2, 2, 3))))
    if not 2 <= len(looks) <= MOST:
        return None
    return _laid(looks, rng)


def _wanted(noun: Noun, rng: random.Random) -> int:
    if noun.quantifier in _MANY:
        return _MANY[noun.quantifier]
    if noun.quantifier == "all":
        return rng.choice((1, 2, 2, 3))
    return 1 if noun.extreme is None and noun.bulk is None else rng.choice((2, 2, 3))


def _nouns(part: BaseModel) -> Iterator[Noun]:
    """Every noun of a program, those within selectors too."""
    if isinstance(part, Noun):
        yield Noun(**{name: getattr(part, name) for name in Noun.model_fields})
        if not isinstance(part, Selector):
            return
    for name in type(part).model_fields:
        value = getattr(part, name)
        for entry in value if isinstance(value, tuple) else (value,):
            if isinstance(entry, BaseModel):
                yield from _nouns(entry)


def _laid(looks: list[tuple[Kind, str]], rng: random.Random) -> Scene | None:
    """Things of these looks on the table and on one another, in random order; None when there is no room."""
    laid: list[Thing] = []
    for kind, colour in sorted(looks, key=lambda look: look[0] in MOVABLE):
        thing = Thing(f"{len(laid)}", kind, colour, _size(kind, rng), (0.0, 0.0, 0.0), rng.uniform(-3.14, 3.14))
        thing = replace(thing, yaw=0.0) if kind in ("tray", "zone") else thing
        placed = _stacked(thing, laid, rng) or _standing(thing, laid, rng)
        if placed is None:
            return None
        laid.append(placed)
    rng.shuffle(laid)
    named: list[Thing] = []
    for thing in laid:
        named.append(replace(thing, id=next_id(thing.colour, thing.kind, named)))
    return Scene("said", tuple(named))


def _size(kind: Kind, rng: random.Random) -> Size:
    if kind in CONTAINERS or kind == "zone" or rng.random() < 0.5:
        return DEFAULT_SIZES[kind]
    side = rng.uniform(0.03, 0.055)
    return (side, side, side)


def _stacked(thing: Thing, laid: list[Thing], rng: random.Random) -> Thing | None:
    """On, in or within something that has nothing on it yet; None when there is no such thing, or by chance."""
    if thing.kind not in MOVABLE or rng.random() > STACKED:
        return None
    taken = [(t.position[0], t.position[1]) for t in laid]
    free = [t for t in laid if taken.count((t.position[0], t.position[1])) == 1]
    able = [t for t in free if carries(t, thing) or t.kind in CONTAINERS or t.kind == "zone"]
    if not able:
        return None
    return replace(thing, position=above(thing, rng.choice(able)))


def _standing(thing: Thing, laid: list[Thing], rng: random.Random) -> Thing | None:
    room = _REACH - footprint_radius(thing)
    below = tuple(t for t in laid if t.bottom < 0.004)
    for _ in range(_TRIES):
        x, y = rng.uniform(-room, room), rng.uniform(-room, room)
        put = replace(thing, position=(x, y, resting_height(thing.kind, thing.size, None)))
        if clear_of(put, below, GAP):
            return put
    return None
