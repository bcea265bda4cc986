"""Arrangements of the training grammar that are told thing by thing, and steps that share one destination.

*red first, then green, in a line*, *blue, then yellow on it*, *the ball in the tray and the cylinder too*. Knows noun
phrases and the schema.
"""

from __future__ import annotations

import random
from typing import Final

from hybrid.language import schema
from hybrid.language.grammar_nouns import Nouns
from hybrid.language.grammar_singles import CONTAINERS, LANDMARKS, MOVERS, SUPPORTS, ZONES, Phrase
from hybrid.language.schema import AnyStep, Course, Pair, Pairing, Place

_ROW_HEADS: Final = (
    "line up {all}", "line {all} up", "put {all} in a line", "put {all} in one line", "put {all} in a row",
    "a row of {all}", "a line of {all}", "{all} in a row", "{all} in a line", "{all} lined up", "make a line of {all}",
    "make a row: {all}", "arrange {all} in a row", "arrange {all}", "order {all}", "i want {all} in a row",
    "set out {all} in a line", "{all} side by side", "make {all} form a line", "place {all} in a row",
)  # fmt: skip
_ENDS: Final[dict[Course, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "rightwards": (
        ("on the left", "leftmost", "at the left end", "furthest left", "at the far left"),
        ("on the right", "rightmost", "at the right end", "furthest right"),
    ),
    "leftwards": (
        ("on the right", "rightmost", "at the right end", "furthest right", "at the far right"),
        ("on the left", "leftmost", "at the left end", "furthest left"),
    ),
    "backwards": (
        ("in front", "closest to me", "nearest to me", "at the near end"),
        ("at the back", "farthest from me", "furthest away", "at the far end"),
    ),
    "forwards": (
        ("at the back", "farthest from me", "furthest away", "at the far end"),
        ("in front", "closest to me", "nearest to me", "at the near end"),
    ),
}
"""Where the first of a row is, and where the last."""
_END_WORDS: Final = (
    ", {x} {e}", " with {x} {e}", ", {x} being {e}", ", {x} should be {e}", " so that {x} is {e}", " and {x} {e}",
)  # fmt: skip
_DIRECTED: Final[dict[Course, tuple[str, ...]]] = {
    "rightwards": ("from left to right", "left to right", "from the left to the right"),
    "leftwards": ("from right to left", "right to left", "from the right to the left"),
    "backwards": ("from front to back", "front to back", "from near to far", "running away from me"),
    "forwards": ("from back to front", "back to front", "from far to near", "running towards me"),
}
_DIRECTED_WORDS: Final = (
    "{d}: {all}", "{d} {all}", "{all} {d}", "{all}, {d}", "i want {all} {d}", "{all}, in that order {d}",
    "in a row {d}: {all}", "line up {all} {d}", "line {all} up {d}", "{all} in a line {d}", "{all} in one row {d}",
    "the order {d} should be {all}", "put {all} in order {d}", "set out {all} in a row {d}", "{all} lined up {d}",
    "a line {d}: {all}", "a row of {all} {d}", "sort {all} {d}", "{d} i want {all}", "arrange {all} {d}",
)  # fmt: skip
_SEQUENCED: Final = (
    "{first} first, then {then}, in a line", "first {first}, then {then}, in a row", "a line: {first}, then {then}",
    "make a row: first {first}, then {then}", "a row: {first}, then {then}", "line them up: {first}, then {then}",
    "in a line {first}, then {then}", "{first}, then {then}, all in one line",
    "a straight line, {first} first, then {then}",
    "form a line, {first} first, then {then}", "put them in a row: {first}, {then}",
)  # fmt: skip
_ROW_PLACES: Final[dict[Place, tuple[str, ...]]] = {
    "top": ("along the back edge", "along the back", "at the back", "along the far edge"),
    "bottom": ("along the front edge", "along the front", "at the front", "along the near edge"),
    "center": ("in the middle", "across the middle of the table"),
}
_FLOORS: Final = (
    "{0}, then {1} on it", "{0}, then {1} on top", "{0} first, then {1} on it",
    "put {0} at the base, then {1} above it",
    "{0} is the base, {1} goes on it", "start with {0}, put {1} on it", "first {0}, on that {1}",
    "start with {0}, add {1}", "{0} at the bottom, {1} above", "{0} as the foundation, {1} on it",
    "{0} below, {1} above it",
    "put down {0}, {1} goes on that", "{0} at the base, {1} over it", "take {0} as the base, then {1}",
    "{0}, {1} on that",
)  # fmt: skip
_CROWNS: Final = (
    ", then {0} on that", ", then {0}", " and {0} to crown it", ", {0} on top", " and {0} on top of that",
    ", top it with {0}",
    ", and {0} at the very top", ", finally {0}", " and lastly {0}", ", {0} last", ", then {0} on top of it",
    ", and on top {0}",
)  # fmt: skip
_TOWER_HEADS: Final = (
    "",
    "",
    "",
    "tower: ",
    "a tower: ",
    "build a tower: ",
    "make a stack: ",
    "stack: ",
    "i want a tower: ",
)
_CHAINS: Final = (
    (" on top of ", " which is on top of "), (" on ", ", which is on "), (" over ", " over "), (" on ", " on "),
    (" sits on ", ", which sits on "), (" above ", " above "), (" on ", ", itself on "), (" on ", " that is on "),
)  # fmt: skip
_HIGHEST: Final = (
    "build the tallest tower you can from {a}", "build the highest tower possible with {a}", "one big tower of {a}",
    "as high a tower as you can of {a}", "pile {a} as high as you can", "{a} in one stack", "{a} in one pile",
    "{a} stacked up", "make one single stack of {a}", "put {a} one on top of another", "make {a} into one tower",
    "stack {a} one on top of the other", "{a} on top of one another", "heap {a} up", "use {a} to build a tower",
)  # fmt: skip
_PEAKS: Final = (
    " with {b} at the very top", ", {b} topmost", ", {b} uppermost", " so that {b} is on top",
    ", {b} being the top one",
    " and {b} ends up on top", ", {b} should be the highest", " with {b} as the top one",
)  # fmt: skip
_BASES: Final = (
    " with {b} at the very bottom", ", {b} lowest", ", {b} being the base", " so that {b} is at the bottom",
    ", {b} should be the lowest", " with {b} as the bottom one", " on the base of {b}", ", using {b} as the base",
)  # fmt: skip
_SHARED: Final = (
    "{put}{a} {rest} before {b}", "{put}{a} {rest}, then {b}", "first {put}{a}, then {b}, {rest}",
    "first {a} then {b} {rest}", "{put}{a} {rest}, and {b} too", "{put}{a} {rest} and {b} too",
    "{put}{a} {rest} and {b} as well",
    "{put}{a} {rest}, {b} as well", "{put}{a} {rest}, likewise {b}", "{put}{a} {rest}, {b} also",
    "{a} {rest} and so should {b}",
    "{put}{a} {rest}, the same goes for {b}", "{put}{a} {rest}, ditto {b}", "{put}{a} {rest}, afterwards {b}",
    "{put}{a} {rest} and after that {b}", "{put}{b} {rest} after {a}", "{b} {rest}, but {a} first",
    "{b} {rest} only after {a}", "{put}{a} {rest}. {b} too", "{put}{a} {rest}, next {b}",
    "{put}{a} {rest} and then {b}",
    "{put}{a} {rest}, same for {b}", "{put}{a} {rest}, same with {b}", "{put}{a} {rest} and the same for {b}",
    "{put}{a}, and afterwards {b}, {rest}", "{put}{a} and then {b} {rest}", "{a} first, then {b}, both {rest}",
    "{put}first {a} and after that {b} {rest}", "{put}{a}, then {b}, {rest}",
    "{put}{a} {rest} and do the same with {b}",
    "{put}{a} {rest}; {b} goes there too", "{put}{a} {rest}, and so does {b}", "{a} {rest}. same for {b}",
)  # fmt: skip
_PUTS: Final = ("", "put ", "put ", "put ", "place ", "move ", "bring ", "get ", "stash ", "drop ")
_OPPOSED: Final[tuple[tuple[Pairing, Pairing], ...]] = (
    ("left_of", "right_of"), ("right_of", "left_of"), ("in_front_of", "behind"), ("behind", "in_front_of"),
)  # fmt: skip
_BESIDE: Final[dict[str, tuple[str, ...]]] = {
    "left_of": ("to the left of", "left of", "on the left of", "on the left side of"),
    "right_of": ("to the right of", "right of", "on the right of", "on the right side of"),
    "in_front_of": ("in front of",),
    "behind": ("behind",),
}
_BESIDE_IT: Final[dict[str, tuple[str, ...]]] = {
    "left_of": ("to its left", "on its left", "to the left of it", "on the left", "left of it"),
    "right_of": ("to its right", "on its right", "to the right of it", "on the right", "right of it"),
    "in_front_of": ("in front of it", "in front"),
    "behind": ("behind it",),
}


class Told:
    """Draws what is told thing by thing, from a random source and a drawer of noun phrases."""

    def __init__(self, rng: random.Random, nouns: Nouns) -> None:
        self._rng = rng
        self._nouns = nouns

    def row(self) -> tuple[AnyStep, str]:
        """Draw a row whose order is told by its ends, its direction or one after another."""
        a = self._nouns.listing(MOVERS, self._rng.choice((2, 3, 3, 3, 4)))
        draw = self._rng.random()
        if draw < 0.2:
            names = [self._nouns.phrase(MOVERS) for _ in range(self._rng.choice((2, 3, 3, 4)))]
            then = self._rng.choice((", then ", ", ", " and then ")).join(name.text for name in names[1:])
            words = self._rng.choice(_SEQUENCED).format(first=names[0].text, then=then)
            return schema.Line(a=tuple(name.term for name in names)), words
        course: Course = self._rng.choice(tuple(_DIRECTED))
        if draw < 0.65:
            words = self._rng.choice(_DIRECTED_WORDS).format(all=a.text, d=self._rng.choice(_DIRECTED[course]))
        else:
            words = self._ended(a, course)
        if self._rng.random() < 0.15 and course in ("rightwards", "leftwards"):
            place: Place = self._rng.choice(tuple(_ROW_PLACES))
            words += f" {self._rng.choice(_ROW_PLACES[place])}"
            return schema.Line(a=a.terms, course=course, place=place), words
        return schema.Line(a=a.terms, course=course), words

    def _ended(self, a: Phrase, course: Course) -> str:
        """A row with one of its ends named: *red, green and blue in a line, red on the left*."""
        words = self._rng.choice(_ROW_HEADS).format(all=a.text)
        last = self._rng.random() < 0.3
        term = a.terms[-1 if last else 0]
        name = term.colour if isinstance(term, schema.Selector) and term.colour is not None else None
        if name is None:
            return words + f", {self._rng.choice(_DIRECTED[course])}"
        end = self._rng.choice(_ENDS[course][1 if last else 0])
        said = self._rng.choice(("the {x} one", "{x}", "{x}", "the {x}")).format(x=name)
        return words + self._rng.choice(_END_WORDS).format(x=said, e=end)

    def tower(self) -> tuple[AnyStep, str]:
        """Draw a tower told floor by floor, or one of all there is."""
        draw = self._rng.random()
        if draw < 0.35:
            return self._highest()
        floors = [self._nouns.phrase(SUPPORTS[:8]) for _ in range(self._rng.choice((2, 3, 3, 3, 4)))]
        names, terms = [floor.text for floor in floors], tuple(floor.term for floor in floors)
        if draw < 0.6 and len(names) > 2:
            once, more = self._rng.choice(_CHAINS)
            chain = more.join((once.join((names[-1], names[-2])), *names[-3::-1]))
            head = self._rng.choice(("", "", "put ", "stack ", "i want ", "pile ", "place "))
            return schema.Tower(a=terms), head + chain
        words = self._rng.choice(_TOWER_HEADS) + self._rng.choice(_FLOORS).format(*names[:2])
        for name in names[2:]:
            words += self._rng.choice(_CROWNS).format(name)
        return schema.Tower(a=terms), words

    def _highest(self) -> tuple[AnyStep, str]:
        a = self._nouns.everything(SUPPORTS[:7])
        words = self._rng.choice(_HIGHEST).format(a=a.text)
        if self._rng.random() < 0.6:
            return schema.Tower(a=a.terms), words
        end = self._nouns.phrase(SUPPORTS[:8])
        peak = self._rng.random() < 0.5
        words += self._rng.choice(_PEAKS if peak else _BASES).format(b=end.text)
        return schema.Tower.model_validate({"a": a.terms, "peak" if peak else "base": end.term}), words

    def shared(self) -> tuple[tuple[AnyStep, ...], str]:
        """Draw two steps that share where things go: *the ball in the tray and the cylinder too*."""
        if self._rng.random() < 0.3:
            return self._opposed()
        a, b = self._nouns.phrase(MOVERS), self._nouns.phrase(MOVERS)
        draw = self._rng.random()
        steps: tuple[AnyStep, ...]
        if draw < 0.25:
            place, words = self._nouns.place()
            rest = f"{self._rng.choice(('to the', 'in the', 'at the', 'on the'))} {words}"
            steps = schema.At(a=a.terms, place=place), schema.At(a=b.terms, place=place)
        else:
            target = self._nouns.phrase(CONTAINERS + ZONES if draw < 0.8 else LANDMARKS)
            near = draw >= 0.8
            relation: Pairing = "next_to" if near else "in"
            rest = f"{self._rng.choice(('next to', 'beside') if near else ('in', 'into', 'onto', 'on'))} {target.text}"
            first, second = (Pair(relation=relation, a=one.terms, b=target.term) for one in (a, b))
            steps = first, second
        words = self._rng.choice(_SHARED).format(put=self._rng.choice(_PUTS), a=a.text, b=b.text, rest=rest)
        return steps, words

    def _opposed(self) -> tuple[tuple[AnyStep, ...], str]:
        """Two things on opposite sides of one: *red to the left of the bowl and blue to its right*."""
        a, b, mark = self._nouns.phrase(MOVERS), self._nouns.phrase(MOVERS), self._nouns.phrase(LANDMARKS)
        one, other = self._rng.choice(_OPPOSED)
        steps = Pair(relation=one, a=a.terms, b=mark.term), Pair(relation=other, a=b.terms, b=mark.term)
        gap = self._rng.choice((" and ", " and ", ", ", " and put "))
        near = self._rng.choice((*_BESIDE_IT[other], "on the other side", "on its other side"))
        words = f"{self._rng.choice(_PUTS)}{a.text} {self._rng.choice(_BESIDE[one])} {mark.text}{gap}{b.text} {near}"
        return steps, words
