"""Plain words for things, facts and tables: what people read in questions, refusals and subgoals.

Knows the nouns of the simulator only; parses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from simulator.base import Fact, Manner, Scene, Thing
from simulator.places import PLACES, place_words

_RELATION_WORDS: Final = {
    "on": "on",
    "in": "in",
    "left_of": "to the left of",
    "right_of": "to the right of",
    "in_front_of": "in front of",
    "behind": "behind",
    "next_to": "next to",
}


def name(thing: Thing, scene: Scene) -> str:
    """Name one thing: *the red cube*; of several alike by where it is, *the leftmost red cube*, or else by number."""
    alike = [other for other in scene.things if (other.kind, other.colour) == (thing.kind, thing.colour)]
    if len(alike) < 2:
        return f"the {thing.colour} {thing.kind}"
    words = {
        max(alike, key=lambda other: other.position[0]).id: "farthest",
        min(alike, key=lambda other: other.position[0]).id: "nearest",
        min(alike, key=lambda other: other.position[1]).id: "rightmost",
        max(alike, key=lambda other: other.position[1]).id: "leftmost",
    }
    if thing.id in words:
        return f"the {words[thing.id]} {thing.colour} {thing.kind}"
    return f"the {thing.colour} {thing.kind} {1 + [other.id for other in alike].index(thing.id)}"


def inventory(scene: Scene) -> str:
    """List what is on the table: *a red cube, two blue balls and a white bowl*."""
    counts: dict[tuple[str, str], int] = {}
    for thing in scene.things:
        counts[thing.colour, thing.kind] = counts.get((thing.colour, thing.kind), 0) + 1
    said = [_counted(colour, kind, count) for (colour, kind), count in counts.items()]
    return joined(said) if said else "nothing"


def joined(words: Sequence[str], link: str = "and") -> str:
    """Join words with commas and a last ``link``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {link} {words[-1]}"


def place(x: float, y: float) -> str:
    """Say roughly where a point of the table is: the nearest named place."""
    nearest = min(PLACES, key=lambda key: (PLACES[key][0] - x) ** 2 + (PLACES[key][1] - y) ** 2)
    return place_words(nearest)


def say(facts: Iterable[Fact], scene: Scene, manner: Manner) -> str:
    """Say a subgoal as an order: *put the red cube on the blue cube*."""
    return joined([_order(fact, scene, manner) for fact in facts])


def _counted(colour: str, kind: str, count: int) -> str:
    if count == 1:
        return f"{'an' if colour[0] in 'aeiou' else 'a'} {colour} {kind}"
    number = {2: "two", 3: "three", 4: "four"}.get(count, str(count))
    return f"{number} {colour} {kind}s"


def _order(fact: Fact, scene: Scene, manner: Manner) -> str:
    names = [name(scene.thing(str(a)), scene) if any(t.id == a for t in scene.things) else a for a in fact.arguments]
    verb = "push" if manner == "push" else "put"
    match fact.relation:
        case "at" if len(names) == 2:
            return f"{'push' if manner == 'push' else 'move'} {names[0]} to {place_words(str(names[1]))}"
        case "at":
            x, y = float(names[1]), float(names[2])
            return f"{'push' if manner == 'push' else 'move'} {names[0]} to x {100 * x:.0f} cm, y {100 * y:.0f} cm"
        case "between":
            return f"{verb} {names[0]} between {names[1]} and {names[2]}"
        case "apart":
            return f"move {names[0]} away from {names[1]}"
        case "clear":
            return f"clear {names[0]}"
        case "line":
            return f"line up {joined([str(n) for n in names])}"
        case "held":
            return f"pick up {names[0]}"
        case _:
            return f"{verb} {names[0]} {_RELATION_WORDS[fact.relation]} {names[1]}"
