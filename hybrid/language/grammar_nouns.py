"""Noun phrases of the training grammar: selectors drawn together with the words for them.

Knows the schema and the lexicon; nothing about verbs or sentences.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final, get_args

from hybrid.language.lexicon import (
    COLOUR_WORDS,
    EXTREME_AFTER,
    EXTREME_BEFORE,
    KIND_WORDS,
    LINK_WORDS,
    PLACE_WORDS,
    UNKNOWN_NOUNS,
    plural,
)
from hybrid.language.schema import (
    Anchor,
    Bulk,
    Colour,
    Extreme,
    KindWord,
    Link,
    Noun,
    Place,
    Pronoun,
    Quantifier,
    Selector,
    Term,
)

COLOURS: Final[tuple[Colour, ...]] = get_args(Colour)
PLACES: Final[tuple[Place, ...]] = get_args(Place)
LINKS: Final[tuple[Link, ...]] = get_args(Link)
BULK_WORDS: Final[dict[Bulk, tuple[str, ...]]] = {
    "big": ("big", "large", "bigger"),
    "small": ("small", "little", "tiny", "smaller"),
}
MOVERS: Final[tuple[KindWord, ...]] = (
    "cube",
    "cube",
    "cube",
    "block",
    "block",
    "block",
    "ball",
    "cylinder",
    "thing",
    "thing",
)
SUPPORTS: Final[tuple[KindWord, ...]] = (
    "cube",
    "cube",
    "cube",
    "block",
    "block",
    "block",
    "cylinder",
    "thing",
    "thing",
    "ball",
)
CONTAINERS: Final[tuple[KindWord, ...]] = ("bowl", "bowl", "bowl", "tray", "tray", "container")
ZONES: Final[tuple[KindWord, ...]] = ("zone",)
LANDMARKS: Final[tuple[KindWord, ...]] = (
    "cube",
    "cube",
    "block",
    "block",
    "ball",
    "cylinder",
    "bowl",
    "tray",
    "thing",
    "zone",
)


@dataclass(frozen=True)
class Phrase:
    """Coordinated noun phrases and their words.

    Attributes:
        terms: what is meant.
        text: how it is said.
        many: whether it is grammatically plural.
    """

    terms: tuple[Term, ...]
    text: str
    many: bool = False

    @property
    def term(self) -> Term:
        """The only term of a single phrase."""
        return self.terms[0]


class Nouns:
    """Draws noun phrases; ``words`` are further unknown nouns, for instance from the tokenizer's word list."""

    def __init__(self, rng: random.Random, words: tuple[str, ...] = ()) -> None:
        self._rng = rng
        self._words = words

    def phrase(self, kinds: tuple[KindWord, ...]) -> Phrase:
        """Draw one thing of ``kinds`` in one of the ways people name it."""
        draw = self._rng.random()
        if draw < 0.035:
            return self._unknown()
        if draw < 0.13:
            return self._extreme(kinds)
        if draw < 0.20:
            return self._anchored(kinds)
        if draw < 0.26:
            return self._a(kinds)
        return self._plain(kinds)

    def group(self, kinds: tuple[KindWord, ...]) -> Phrase:
        """Draw several things: *all the red blocks*, *the red and blue cubes*, *everything except the ball*."""
        draw = self._rng.random()
        if draw < 0.45:
            return self._all(kinds)
        if draw < 0.55:
            return self._count(kinds)
        return self.listing(kinds, self._rng.choice((2, 2, 2, 3, 3, 4)))

    def listing(self, kinds: tuple[KindWord, ...], count: int) -> Phrase:
        """Draw ``count`` coordinated things: *the red and blue cubes*, *the ball and the red cube*."""
        draw = self._rng.random()
        if draw < 0.35:
            phrases = [self._plain(kinds) for _ in range(count)]
            return Phrase(tuple(p.term for p in phrases), self._join([p.text for p in phrases]), many=True)
        kind = self._rng.choice(kinds)
        colours = self._rng.sample(COLOURS, count)
        terms = tuple(Selector(colour=colour, kind=kind) for colour in colours)
        names = [self._rng.choice(COLOUR_WORDS[colour]) for colour in colours]
        if kind == "thing" and self._rng.random() < 0.6:
            return Phrase(terms, self._rng.choice(("", "the ")) + self._join(names), many=True)
        word = self._rng.choice(KIND_WORDS[kind])
        noun = plural(word) if self._rng.random() < 0.8 else word
        if self._rng.random() < 0.25:
            return Phrase(terms, self._join([f"the {name}" for name in names]) + " " + noun, many=True)
        return Phrase(terms, self._rng.choice(("the ", "the ", "")) + self._join(names) + " " + noun, many=True)

    def it(self, *, many: bool = False) -> Phrase:
        """Draw a pronoun for what the last step moved."""
        words = ("them", "them", "those", "all of them") if many else ("it", "it", "it", "that", "this")
        return Phrase((Pronoun(),), self._rng.choice(words), many)

    def place(self) -> tuple[Place, str]:
        """Draw a named place and its words, without article."""
        place = self._rng.choice(PLACES)
        words = self._rng.choice(PLACE_WORDS[place])
        if "table" not in words and "me" not in words.split() and self._rng.random() < 0.15:
            words += self._rng.choice((" of the table", " of the table", " of the work area", " of the desk"))
        return place, words

    def colour(self) -> Colour:
        """Draw a colour."""
        return self._rng.choice(COLOURS)

    def _join(self, words: list[str]) -> str:
        last = self._rng.choice((" and ", " and ", " and ", ", ", " & ", ", and ", " plus "))
        return ", ".join(words[:-1]) + last + words[-1]

    def _base(
        self, kinds: tuple[KindWord, ...], *, many: bool = False
    ) -> tuple[KindWord, Colour | None, Bulk | None, str]:
        """Kind, colour and bulk with the words for them, without determiner; a thing always has an adjective."""
        kind = self._rng.choice(kinds)
        bare = 0.0 if kind == "thing" else 0.55 if kind not in ("cube", "block") else 0.08
        colour = None if self._rng.random() < bare else self.colour()
        bulk: Bulk | None = self._rng.choice(("big", "small")) if self._rng.random() < 0.06 else None
        word = self._rng.choice(KIND_WORDS[kind])
        parts = [] if bulk is None else [self._rng.choice(BULK_WORDS[bulk])]
        parts += [] if colour is None else [self._rng.choice(COLOUR_WORDS[colour])]
        if self._rng.random() < 0.01:
            parts.insert(0, self._rng.choice(("wooden", "plastic", "shiny", "nice", "lovely", "damn", "old", "toy")))
        return kind, colour, bulk, " ".join([*parts, plural(word) if many else word])

    def _determiner(self) -> str:
        draw = self._rng.random()
        if draw < 0.86:
            return "the "
        return "" if draw < 0.96 else self._rng.choice(("that ", "this ", "my ", "our "))

    def _plain(self, kinds: tuple[KindWord, ...]) -> Phrase:
        kind, colour, bulk, text = self._base(kinds)
        if kind == "thing" and colour is not None and bulk is None and self._rng.random() < 0.45:
            return Phrase(
                (Selector(colour=colour),), self._rng.choice(("", "", "the ")) + self._rng.choice(COLOUR_WORDS[colour])
            )
        return Phrase((Selector(kind=kind, colour=colour, bulk=bulk),), self._determiner() + text)

    def _a(self, kinds: tuple[KindWord, ...]) -> Phrase:
        kind, colour, bulk, text = self._base(kinds)
        if self._rng.random() < 0.4:
            word = plural(self._rng.choice(KIND_WORDS[kind]))
            name = "" if colour is None else self._rng.choice(COLOUR_WORDS[colour]) + " "
            text = self._rng.choice(("one of the ", "any of the ", "any one of the ", "either of the ")) + name + word
            return Phrase((Selector(quantifier="a", kind=kind, colour=colour),), text)
        article = self._rng.choice(("an " if text[0] in "aeiou" else "a ", "any ", "some ", "one "))
        return Phrase((Selector(quantifier="a", kind=kind, colour=colour, bulk=bulk),), article + text)

    def _extreme(self, kinds: tuple[KindWord, ...]) -> Phrase:
        kind, colour, bulk, text = self._base(kinds)
        if kind == "thing" and self._rng.random() < 0.2:
            colour, bulk, text = None, None, self._rng.choice(KIND_WORDS["thing"])
        if self._rng.random() < 0.35:
            after: Extreme = self._rng.choice(tuple(EXTREME_AFTER))
            words = f"the {text} {self._rng.choice(('', '', 'that is ')) if kind != 'thing' else ''}"
            return Phrase(
                (Selector(extreme=after, kind=kind, colour=colour, bulk=bulk),),
                words + self._rng.choice(EXTREME_AFTER[after]),
            )
        before: Extreme = self._rng.choice(tuple(EXTREME_BEFORE))
        text = f"the {self._rng.choice(EXTREME_BEFORE[before])} {text}"
        return Phrase((Selector(extreme=before, kind=kind, colour=colour, bulk=bulk),), text)

    def _anchored(self, kinds: tuple[KindWord, ...]) -> Phrase:
        kind, colour, bulk, text = self._base(kinds)
        if colour is not None and kind in ("cube", "block", "thing") and self._rng.random() < 0.3:
            colour, bulk, text = None, None, self._rng.choice(KIND_WORDS[kind])
        determiner, quantifier = self._rng.choice((("the ", "the"), ("the ", "the"), ("the ", "the"), ("a ", "a")))
        if self._rng.random() < 0.25:
            place, words = self.place()
            text += self._rng.choice((" at the ", " in the ", " that is in the ")) + words
            anchor = Anchor(place=place)
            if place == "center" and words in ("middle", "very middle"):
                return Phrase((Selector(extreme="middle", kind=kind, colour=colour, bulk=bulk),), "the " + text)
        else:
            noun, words, link = self._landmark()
            text += f" {self._rng.choice(LINK_WORDS[link])} {words}"
            anchor = Anchor(link=link, noun=noun)
        literal: Quantifier = "a" if quantifier == "a" else "the"
        return Phrase(
            (Selector(quantifier=literal, kind=kind, colour=colour, bulk=bulk, anchor=anchor),), determiner + text
        )

    def _landmark(self) -> tuple[Noun, str, Link]:
        link = self._rng.choice(LINKS)
        kinds = CONTAINERS + ZONES if link == "in" else SUPPORTS + ("tray",) if link in ("on", "under") else LANDMARKS
        kind, colour, bulk, text = self._base(kinds)
        return Noun(kind=kind, colour=colour, bulk=bulk), f"the {text}", link

    def _all(self, kinds: tuple[KindWord, ...]) -> Phrase:
        kind, colour, bulk, text = self._base(kinds, many=True)
        if kind == "thing" and colour is not None and self._rng.random() < 0.5:
            name = self._rng.choice(COLOUR_WORDS[colour])
            text, bulk = (
                self._rng.choice((f"everything {name}", f"all {name}s", f"anything {name}", f"all that's {name}")),
                None,
            )
            return Phrase((Selector(quantifier="all", colour=colour),), text, many=text.startswith("all"))
        draw = self._rng.random()
        if draw < 0.12:
            text = self._rng.choice(
                ("everything", "all things", "all objects", "all of it", "every thing", "everything here")
            )
            selector = Selector(quantifier="all", excluding=())
            return self._excluding(selector, text, 0.4)
        if draw < 0.24:
            text = self._rng.choice(("all the other ", "the other ", "the remaining ", "all remaining ")) + text
            return Phrase(
                (Selector(quantifier="all", extreme="other", kind=kind, colour=colour, bulk=bulk),), text, many=True
            )
        if draw < 0.32:
            text = self._rng.choice(
                ("the others", "the rest", "all the others", "everything else", "the remaining ones")
            )
            return Phrase((Selector(quantifier="all", extreme="other"),), text, many=True)
        if self._rng.random() < 0.5 and colour is not None and kind != "thing":
            colour, bulk, text = None, None, plural(self._rng.choice(KIND_WORDS[kind]))
        determiner = self._rng.choice(
            ("all the ", "all the ", "all ", "the ", "the ", "both ", "all of the ", "both the ", "each of the ")
        )
        selector = Selector(quantifier="all", kind=kind, colour=colour, bulk=bulk)
        if self._rng.random() < 0.12:
            noun, words, link = self._landmark()
            anchor = Anchor(link=link, noun=noun)
            selector = Selector(quantifier="all", kind=kind, colour=colour, bulk=bulk, anchor=anchor)
            text += f" {self._rng.choice(LINK_WORDS[link]).replace('is ', 'are ')} {words}"
        return self._excluding(selector, determiner + text, 0.2)

    def _excluding(self, selector: Selector, text: str, share: float) -> Phrase:
        """Add *except the yellow one* to a share of the phrases."""
        if self._rng.random() > share:
            return Phrase((selector,), text, many=text != "everything")
        excluded = self.listing(MOVERS, 2) if self._rng.random() < 0.15 else self._plain(MOVERS + CONTAINERS)
        words = self._rng.choice(
            (" except ", " except for ", " but ", " but not ", " other than ", " apart from ", " excluding ")
        )
        nouns = tuple(
            Noun(**t.model_dump(exclude={"anchor", "excluding"})) for t in excluded.terms if isinstance(t, Selector)
        )
        return Phrase((selector.model_copy(update={"excluding": nouns}),), text + words + excluded.text, many=True)

    def _count(self, kinds: tuple[KindWord, ...]) -> Phrase:
        kind, colour, bulk, text = self._base(kinds, many=True)
        quantifier: Quantifier = self._rng.choice(("two", "two", "three", "four"))
        number = self._rng.choice((quantifier, quantifier, {"two": "2", "three": "3", "four": "4"}[quantifier]))
        text = number + self._rng.choice((" ", " ", " of the ")) + text
        return Phrase((Selector(quantifier=quantifier, kind=kind, colour=colour, bulk=bulk),), text, many=True)

    def _unknown(self) -> Phrase:
        noun = self._rng.choice(UNKNOWN_NOUNS)
        if self._words and self._rng.random() < 0.5:
            noun = self._rng.choice(self._words)
        noun = noun.replace("-", " ")
        colour = self.colour() if self._rng.random() < 0.2 else None
        name = "" if colour is None else self._rng.choice(COLOUR_WORDS[colour]) + " "
        determiner = self._rng.choice(("the ", "the ", "the ", "the ", "my ", "that ", "a ", ""))
        quantifier: Quantifier = "a" if determiner == "a " else "the"
        return Phrase((Selector(quantifier=quantifier, colour=colour, kind="unknown"),), determiner + name + noun)
