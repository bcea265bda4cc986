"""Single things in the training grammar: selectors drawn together with the words for them.

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
    NUMBER_WORDS,
    ORDINALS,
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
PLACES: Final[tuple[Place, ...]] = tuple(PLACE_WORDS)
LINKS: Final[tuple[Link, ...]] = get_args(Link)
BULK_WORDS: Final[dict[Bulk, tuple[str, ...]]] = {
    "big": ("big", "large", "bigger", "huge", "great big"),
    "small": ("small", "little", "tiny", "smaller", "wee", "mini"),
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


class Singles:
    """Draws noun phrases for one thing; ``words`` are further unknown nouns, for instance from the tokenizer's list."""

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
        if draw < 0.30:
            return self._apposed(kinds)
        return self._plain(kinds)

    def _apposed(self, kinds: tuple[KindWord, ...]) -> Phrase:
        """Draw a thing named twice: *the ball, the green one,*, *the white cube, the one at the back,*."""
        named: tuple[KindWord, ...] = tuple(kind for kind in kinds if kind != "thing")
        kind = self._rng.choice(named or ("block",))
        colour, end = self.colour(), self._rng.choice((",", ",", "", " i mean,", " that is,"))
        name, word = self._rng.choice(COLOUR_WORDS[colour]), self._rng.choice(KIND_WORDS[kind])
        draw = self._rng.random()
        if draw < 0.5:
            forms = (
                f"the {word}, the {name} one{end}", f"the {name} one, the {word}{end}",
                f"the {word} - the {name} one -",
                f"that {name} thing, the {word}{end}", f"the {word} (the {name} one)",
                f"the {name} {word}, that one{end}",
                f"the {word}, you know, the {name} one{end}", f"the {word}, the one that's {name}{end}",
                f"the {word}, {name} one{end}", f"the {word}, you know, the {name} thing{end}", f"the {word}, {name},",
            )  # fmt: skip
            return Phrase((Selector(kind=kind, colour=colour),), self._rng.choice(forms))
        coloured = self._rng.random() < 0.6
        thing = Selector(kind=kind, colour=colour if coloured else None)
        said = f"the {name} {word}" if coloured else f"the {word}"
        if draw < 0.8:
            before = self._rng.random() < 0.4
            extreme: Extreme = self._rng.choice(tuple(EXTREME_BEFORE)[:-1] if before else tuple(EXTREME_AFTER))
            words = f"{self._rng.choice(EXTREME_BEFORE[extreme])} one" if before else ""
            words = words or f"one {self._rng.choice(EXTREME_AFTER[extreme])}"
            return Phrase((thing.model_copy(update={"extreme": extreme}),), f"{said}, the {words}{end}")
        noun, words, link = self._landmark()
        anchored = thing.model_copy(update={"anchor": Anchor(link=link, noun=noun)})
        return Phrase((anchored,), f"{said}, the one {self._rng.choice(LINK_WORDS[link])} {words}{end}")

    def it(self, *, many: bool = False) -> Phrase:
        """Draw a pronoun for what the last step moved."""
        words = ("them", "them", "those", "all of them") if many else ("it", "it", "it", "that", "this")
        return Phrase((Pronoun(),), self._rng.choice(words), many)

    def link(self) -> tuple[Anchor, str]:
        """Draw where something is: *left of the bowl*, *on it*."""
        if self._rng.random() < 0.08:
            near: Link = self._rng.choice(("on", "in", "under", "next_to"))
            return Anchor(link=near, noun=Pronoun()), f"{self._rng.choice(LINK_WORDS[near][:2])} it"
        noun, words, link = self._landmark()
        said = [word for word in LINK_WORDS[link] if "that" not in word and "which" not in word]
        return Anchor(link=link, noun=noun), f"{self._rng.choice(said)} {words}"

    def landmark(self, kinds: tuple[KindWord, ...]) -> tuple[Noun, str]:
        """Draw a definite noun without anything attached: *the brown tray*."""
        kind, colour, bulk, text = self._base(kinds)
        return Noun(kind=kind, colour=colour, bulk=bulk), f"the {text}"

    def unknown(self) -> str:
        """Draw *a banana*, something that is on no such table."""
        noun = self._rng.choice(UNKNOWN_NOUNS).replace("-", " ")
        return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"

    def distance(self) -> tuple[int, str]:
        """Draw a distance in whole centimetres and its words."""
        draw = self._rng.random()
        if draw < 0.12:
            inches = self._rng.choice((1, 2, 2, 3, 4, 5))
            word = self._rng.choice((str(inches), NUMBER_WORDS[inches - 1]))
            return round(inches * 2.54), "an inch" if inches == 1 else f"{word} inches"
        count = self._rng.choice((5, 10, 3, 2, 4, 8, 15, 20, self._rng.randint(1, 30)))
        if draw < 0.17:
            return 2, f"a couple of {self._rng.choice(('cm', 'centimetres', 'centimeters'))}"
        if draw < 0.28:
            return count, f"{count * 10}{self._rng.choice((' mm', 'mm', ' millimetres', ' millimeters'))}"
        word = f"{count}" + self._rng.choice((" ", " ", ""))
        word = NUMBER_WORDS[count - 1] + " " if count <= len(NUMBER_WORDS) and draw < 0.5 else word
        if self._rng.random() < 0.12:
            word = self._rng.choice(("about ", "around ", "roughly ", "exactly ", "some ", "a good ")) + word
        unit = self._rng.choice(("cm", "cm", "cm", "centimetres", "centimeters", "centimeter" if count == 1 else "cms"))
        return count, word + unit

    def place(self) -> tuple[Place, str]:
        """Draw a named place and its words, without article."""
        place = self._rng.choice(PLACES)
        words = self._rng.choice(PLACE_WORDS[place])
        if "table" not in words and "me" not in words.split() and self._rng.random() < 0.15:
            words += self._rng.choice((" of the table", " of the table", " of the work area", " of the desk"))
        return place, words

    def name(self) -> str:
        """Draw the word for a colour."""
        return self._rng.choice(COLOUR_WORDS[self.colour()])

    def colour(self) -> Colour:
        """Draw a colour."""
        return self._rng.choice(COLOURS)

    def _join(self, words: list[str]) -> str:
        last = self._rng.choice(
            (" and ", " and ", " and ", " and ", ", ", " & ", ", and ", " plus ", " n ", " as well as ", " and also ")
        )
        if len(words) > 2 and self._rng.random() < 0.15:
            return " ".join(words[:-1]) + last + words[-1]
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
        if colour is not None and bulk is None and kind != "thing" and self._rng.random() < 0.05:
            return Phrase((Selector(kind=kind, colour=colour),), self._coloured_after(kind, colour))
        return Phrase((Selector(kind=kind, colour=colour, bulk=bulk),), self._determiner() + text)

    def _coloured_after(self, kind: KindWord, colour: Colour) -> str:
        """Say a coloured thing with its colour behind it: *the cube that's white*, *the white coloured cube*."""
        name, word = self._rng.choice(COLOUR_WORDS[colour]), self._rng.choice(KIND_WORDS[kind])
        forms = (
            f"the {word} that's {name}", f"the {word} that is {name}", f"the {word} which is {name}",
            f"the {name} coloured {word}", f"the {name}-coloured {word}", f"the {word}, the {name} one",
            f"the {name} {word} over there", f"the {name} {word} here", f"the {word} in {name}",
        )  # fmt: skip
        return self._rng.choice(forms)

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
            said = self._rng.choice(EXTREME_AFTER[after])
            bare = kind == "thing" or said.startswith(("that", "what"))
            words = f"the {text} {'' if bare else self._rng.choice(('', '', 'that is '))}{said}"
            return Phrase((Selector(extreme=after, kind=kind, colour=colour, bulk=bulk),), words)
        if self._rng.random() < 0.25:
            return self._ordinal(Selector(kind=kind, colour=colour, bulk=bulk), text)
        before: Extreme = self._rng.choice(tuple(EXTREME_BEFORE))
        word = self._rng.choice(EXTREME_BEFORE[before])
        if before not in ("other", "middle") and bulk is None and self._rng.random() < 0.2:
            many = plural(text) if colour is None else " ".join((text.split()[0], plural(text.split(" ", 1)[-1])))
            of = self._rng.choice(
                ("of the two", "of the", "one of the", "one of the two", "of the three", "of all the")
            )
            text = f"the {word} {of} {many}"
        else:
            text = f"the {word} {text}"
        return Phrase((Selector(extreme=before, kind=kind, colour=colour, bulk=bulk),), text)

    def _ordinal(self, selector: Selector, text: str) -> Phrase:
        """Draw *the second block from the left*."""
        ordinal: Extreme = self._rng.choice(tuple(ORDINALS))
        count, side = ORDINALS[ordinal]
        forms = (f"the {count} {text} from the {side}", f"the {text} that is {count} from the {side}")
        digits = {"second": "2", "third": "3"}[count]
        bare = (f"the {count} from the {side}", f"number {digits} from the {side}", f"{count} one from the {side}")
        short = (f"the {digits}{'nd' if digits == '2' else 'rd'} {text} from the {side}", f"{count} {text} from {side}")
        words = self._rng.choice((*forms, *forms, f"the {count} {side}most {text}", *bare, *short))
        if text not in words:
            selector = Selector()
        words = words.removeprefix("the ") if self._rng.random() < 0.15 else words
        return Phrase((selector.model_copy(update={"extreme": ordinal}),), words)

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
            mark: Noun | Pronoun = noun
            if self._rng.random() < 0.08 and link not in ("nearest_to", "farthest_from"):
                mark, words = Pronoun(), self._rng.choice(("it", "it", "that"))
            text += f" {self._rng.choice(LINK_WORDS[link])} {words}"
            anchor = Anchor(link=link, noun=mark)
        literal: Quantifier = "a" if quantifier == "a" else "the"
        return Phrase(
            (Selector(quantifier=literal, kind=kind, colour=colour, bulk=bulk, anchor=anchor),), determiner + text
        )

    def _landmark(self) -> tuple[Noun, str, Link]:
        link = self._rng.choice(LINKS)
        kinds = CONTAINERS + ZONES if link == "in" else SUPPORTS + ("tray",) if link in ("on", "under") else LANDMARKS
        kind, colour, bulk, text = self._base(kinds)
        return Noun(kind=kind, colour=colour, bulk=bulk), f"the {text}", link

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
