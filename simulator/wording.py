"""How the tasks of the suites are asked for: plain, unambiguous sentences, several for each kind of request.

Written for evaluation, so it must not be read by whatever trains the language model of the product (DESIGN 11: held-out
tests). The writer of plans that the product is compared with learns these words: that is an advantage it is given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

import numpy as np

from simulator.base import Relation, Thing

_Item = TypeVar("_Item")

TEMPLATES: Final[dict[str, tuple[str, ...]]] = {
    "on": (
        "Put the {a} on the {b}.",
        "Place the {a} on top of the {b}.",
        "Move the {a} onto the {b}.",
        "Set the {a} on the {b}.",
        "Pick up the {a} and put it on the {b}.",
        "I want the {a} on the {b}.",
    ),
    "in": (
        "Put the {a} in the {b}.",
        "Place the {a} in the {b}.",
        "Move the {a} into the {b}.",
        "Drop the {a} into the {b}.",
        "Pick up the {a} and put it in the {b}.",
        "I want the {a} inside the {b}.",
    ),
    "zone": (
        "Put the {a} on the {b}.",
        "Place the {a} on the {b}.",
        "Move the {a} to the {b}.",
        "Bring the {a} to the {b}.",
        "Pick up the {a} and put it on the {b}.",
        "I want the {a} on the {b}.",
    ),
    "at": (
        "Move the {a} to {b}.",
        "Bring the {a} to {b}.",
        "Take the {a} to {b}.",
        "Put the {a} at {b}.",
        "Place the {a} at {b}.",
        "Pick up the {a} and put it at {b}.",
    ),
    "relation": (
        "Put the {a} {r} the {b}.",
        "Place the {a} {r} the {b}.",
        "Move the {a} {r} the {b}.",
        "Set the {a} down {r} the {b}.",
        "Pick up the {a} and put it {r} the {b}.",
        "I want the {a} {r} the {b}.",
    ),
    "push_at": (
        "Push the {a} to {b}.",
        "Slide the {a} to {b}.",
        "Push the {a} over to {b}.",
        "Shove the {a} to {b}.",
        "Please push the {a} to {b}.",
        "Without lifting it, push the {a} to {b}.",
    ),
    "push_relation": (
        "Push the {a} {r} the {b}.",
        "Slide the {a} {r} the {b}.",
        "Shove the {a} {r} the {b}.",
        "Please push the {a} {r} the {b}.",
        "Push the {a} until it is {r} the {b}.",
        "Without lifting it, push the {a} {r} the {b}.",
    ),
    "stack": (
        "Stack the {a} on the {b} and the {b} on the {c}.",
        "Put the {b} on the {c} and then the {a} on the {b}.",
        "Put the {b} on the {c}, then put the {a} on the {b}.",
        "First place the {b} on the {c}, then place the {a} on the {b}.",
        "Build a tower with the {c} at the bottom, the {b} in the middle and the {a} on top.",
        "Stack the {c}, the {b} and the {a} from bottom to top.",
        "Make a stack with the {a} on top of the {b} and the {b} on top of the {c}.",
    ),
    "tower": (
        "{steps}.",
        "First {steps}.",
        "Please {steps}.",
        "Build a tower of {list} from bottom to top.",
        "Make a stack of {list} from bottom to top.",
        "Stack {list} from bottom to top.",
    ),
    "blocksworld": (
        "{steps}.",
        "First {steps}.",
        "Put {facts}.",
        "I want {facts}.",
        "Move the blocks so that {stated}.",
        "Rearrange the blocks so that {stated}.",
    ),
    "sort": (
        "{steps}.",
        "First {steps}.",
        "Please {steps}.",
        "{steps}, please.",
    ),
    "line": (
        "Put {list} in a row.",
        "Set {list} in a row.",
        "Place {list} in a row.",
        "Arrange {list} in a row.",
        "Line up {list}.",
        "Line {list} up.",
    ),
    "swap": (
        "Move the {a} to {to_a} and the {b} to {to_b}.",
        "Put the {b} at {to_b} and the {a} at {to_a}.",
        "Take the {a} to {to_a} and the {b} to {to_b}.",
        "Bring the {b} to {to_b} and the {a} to {to_a}.",
        "Move the {b} to {to_b}, then the {a} to {to_a}.",
        "First move the {a} to {to_a}, then move the {b} to {to_b}.",
    ),
    "clear_container": (
        "Empty the {a}.",
        "Clear the {a}.",
        "Clear out the {a}.",
        "Empty out the {a}.",
        "Take everything out of the {a}.",
        "Remove everything from the {a}.",
    ),
    "clear_zone": (
        "Clear the {a}.",
        "Clear off the {a}.",
        "Get everything off the {a}.",
        "Take everything off the {a}.",
        "Clear everything off the {a}.",
        "Remove everything from the {a}.",
    ),
    "push_past": (
        "Push the {a} to {b} without touching the {c}.",
        "Push the {a} to {b}, but do not touch the {c}.",
        "Push the {a} to {b} and leave the {c} alone.",
        "Slide the {a} to {b} without moving the {c}.",
        "Shove the {a} to {b}, but don't move the {c}.",
        "Without touching the {c}, push the {a} to {b}.",
    ),
    "roll": (
        "Push the {a} into the {b}.",
        "Push the {a} onto the {b}.",
        "Push the {a} to the {b}.",
        "Roll the {a} into the {b}.",
        "Roll the {a} onto the {b}.",
        "Please roll the {a} to the {b}.",
    ),
}
"""Sentences for each kind of request.

``a`` is what moves, ``b`` and ``c`` where to, ``r`` a relation in words; ``list`` names things in order, ``steps`` says
one step after the other, ``facts`` and ``stated`` say what is wanted in the end. To sort and to swap are spelled out in
steps, because the embedded language model knows neither word: it understood 40 of 40 spelled-out requests and none of
the 40 in the words of ``NATURAL`` (tuning seeds 4000 to 4099 of the suite rearrange).
"""

NATURAL: Final[dict[str, str]] = {
    "sort": "Sort the things by colour into {holders}.",
    "swap": "Swap the {a} and the {b}.",
}
"""How people would say what ``TEMPLATES`` spells out in steps, as the embedded language model understands it."""

RELATION_WORDS: Final[dict[Relation, tuple[str, ...]]] = {
    "left_of": ("to the left of",),
    "right_of": ("to the right of",),
    "behind": ("behind",),
    "in_front_of": ("in front of",),
    "next_to": ("next to", "beside"),
}
"""What each relation between two things is called."""


def sentence(rng: np.random.Generator, kind: str, parts: Mapping[str, str]) -> str:
    """Return a request of ``kind`` (a key of ``TEMPLATES``) with ``parts`` filled in."""
    said = pick(rng, TEMPLATES[kind]).format(**parts)
    return said[0].upper() + said[1:]


def natural(kind: str, parts: Mapping[str, str]) -> str:
    """Return the request of ``kind`` (a key of ``NATURAL``) as people would say it in one sentence."""
    return NATURAL[kind].format(**parts)


def listed(items: Sequence[str], comma: str, last: str | None = None) -> str:
    """Return ``items`` joined by ``comma``, the last of them by ``last`` where that is given."""
    if last is None or len(items) < 2:
        return comma.join(items)
    return comma.join(items[:-1]) + last + items[-1]


def told_apart(things: Sequence[Thing]) -> list[Thing]:
    """Return the things that colour and kind tell from all others, in their order."""
    return [t for t in things if sum(o.colour == t.colour and o.kind == t.kind for o in things) == 1]


def names(rng: np.random.Generator, named: Sequence[Thing], things: Sequence[Thing]) -> tuple[str, ...]:
    """Return colour and kind in words for each of ``named``, with one word a kind throughout.

    Cubes are also blocks where no cylinder among ``things`` shares a colour with one of them; zones are also mats.
    """
    round_colours = {thing.colour for thing in things if thing.kind == "cylinder"}
    plain = all(thing.colour not in round_colours for thing in named if thing.kind == "cube")
    words = {"cube": pick(rng, ("cube", "block")) if plain else "cube", "zone": pick(rng, ("zone", "mat"))}
    return tuple(f"{thing.colour} {words.get(thing.kind, thing.kind)}" for thing in named)


def pick(rng: np.random.Generator, choices: Sequence[_Item]) -> _Item:
    """Return one of ``choices``, each equally likely."""
    return choices[int(rng.integers(len(choices)))]
