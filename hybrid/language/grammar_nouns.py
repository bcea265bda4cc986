"""Noun phrases of the training grammar for several things, beside those for one: *all the red blocks*, *each ball*.

Knows the schema and the lexicon; nothing about verbs or sentences.
"""

from __future__ import annotations

from typing import Final

from hybrid.language.grammar_singles import COLOURS, CONTAINERS, MOVERS, Phrase, Singles
from hybrid.language.lexicon import COLOUR_WORDS, KIND_WORDS, LINK_WORDS, plural
from hybrid.language.schema import Anchor, Colour, KindWord, Noun, Quantifier, Selector

_ALL_OF: Final = (
    "all the ", "all the ", "all ", "the ", "the ", "both ", "all of the ", "both the ", "each of the ", "the two ",
    "the three ", "the four ", "all three ", "all four ", "all my ", "every one of the ", "", "the pair of ", "those ",
    "these ", "all these ",
    "every single one of the ", "all of those ", "all five ", "the five ", "those three ", "all of my ",
)  # fmt: skip
"""Words before a plural that mean all of a kind."""
_KINDS: Final[tuple[KindWord, ...]] = ("cube", "block", "ball", "cylinder")


class Nouns(Singles):
    """Draws noun phrases for one thing or several."""

    def group(self, kinds: tuple[KindWord, ...]) -> Phrase:
        """Draw several things: *all the red blocks*, *the red and blue cubes*, *everything except the ball*."""
        draw = self._rng.random()
        if draw < 0.45:
            return self._all(kinds)
        if draw < 0.55:
            return self._count(kinds)
        if draw < 0.60:
            return self.both(kinds)
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

    def everything(self, kinds: tuple[KindWord, ...]) -> Phrase:
        """Draw a phrase for all of a kind: *all the blocks*, *the red cubes*, *everything except the ball*."""
        return self._all(kinds)

    def both(self, kinds: tuple[KindWord, ...]) -> Phrase:
        """Draw two things as a pair: *both the red cube and the ball*."""
        phrase = self.listing(kinds, 2)
        return Phrase(phrase.terms, f"both {phrase.text}", many=True)

    def each(self, kinds: tuple[KindWord, ...]) -> Phrase:
        """Draw *each block*, *every ball*: all of a kind, grammatically one."""
        kind = self._rng.choice(kinds)
        word = self._rng.choice([word for word in KIND_WORDS[kind] if word != "one"])
        text = f"{self._rng.choice(('each', 'each', 'every', 'each of the', 'every single'))} "
        return Phrase((Selector(quantifier="all", kind=kind),), text + (plural(word) if "of" in text else word))

    def holders(self, kinds: tuple[KindWord, ...]) -> Phrase:
        """Draw *the bowl*, *the trays*, *the containers*: all of a kind, said in the singular or plural."""
        kind = self._rng.choice(kinds)
        kind = "block" if kind == "thing" else kind
        word = self._rng.choice(KIND_WORDS[kind])
        many = self._rng.random() < 0.35
        text = "the " if many else self._rng.choice(("the ", "the ", "the ", "a "))
        return Phrase((Selector(quantifier="all", kind=kind),), text + (plural(word) if many else word), many)

    def kinds(self, count: int) -> Phrase:
        """Draw all of one kind and ``count`` others beside them: *the two cubes, the ball and the cylinder*."""
        kind, *rest = self._rng.sample(_KINDS, count + 1)
        others = [self._plain((other,)) for other in rest]
        terms = (Selector(quantifier="all", kind=kind), *(other.term for other in others))
        return Phrase(terms, self._join([self._counted(kind), *(other.text for other in others)]), many=True)

    def mixed(self, kinds: tuple[KindWord, ...], count: int) -> Phrase:
        """Draw things of different colours and kinds, listed: *the red bowl, the blue tray and the green mat*."""
        drawn: list[tuple[Colour, KindWord]] = [(c, self._rng.choice(kinds)) for c in self._rng.sample(COLOURS, count)]
        names = [f"the {self._rng.choice(COLOUR_WORDS[c])} {self._rng.choice(KIND_WORDS[k])}" for c, k in drawn]
        return Phrase(tuple(Selector(colour=c, kind=k) for c, k in drawn), self._join(names), many=True)

    def _counted(self, kind: KindWord) -> str:
        """Say all of a kind, with a number or without: *the two cubes*, *both balls*, *all the blocks*."""
        words = ("the two ", "both ", "the three ", "all the ", "the ", "all ", "both the ")
        return self._rng.choice(words) + plural(self._rng.choice(KIND_WORDS[kind]))

    def bare(self, kinds: tuple[KindWord, ...], *, many: bool = True) -> tuple[Selector, str]:
        """Draw a kind without a determiner, with or without a colour: *red blocks*; meant are all of them."""
        kind = self._rng.choice(kinds)
        colour = self.colour() if self._rng.random() < 0.45 else None
        word = self._rng.choice([word for word in KIND_WORDS[kind] if word != "one"])
        name = "" if colour is None else self._rng.choice(COLOUR_WORDS[colour]) + " "
        return Selector(quantifier="all", kind=kind, colour=colour), name + (plural(word) if many else word)

    def excluded(self) -> Phrase:
        """Draw what an exception names."""
        return self.listing(MOVERS, 2) if self._rng.random() < 0.25 else self._plain(MOVERS + CONTAINERS)

    def _all(self, kinds: tuple[KindWord, ...]) -> Phrase:
        kind, colour, bulk, text = self._base(kinds, many=True)
        if kind == "thing" and colour is not None and self._rng.random() < 0.5:
            name = self._rng.choice(COLOUR_WORDS[colour])
            text, bulk = (
                self._rng.choice(
                    (
                        f"everything {name}",
                        f"all {name}s",
                        f"anything {name}",
                        f"all that's {name}",
                        f"whatever is {name}",
                        f"the {name}s",
                        f"{name}s",
                        f"all the {name}s",
                        f"every {name} thing",
                        f"everything that's {name}",
                    )
                ),
                None,
            )
            return Phrase(
                (Selector(quantifier="all", colour=colour),), text, many=text.startswith(("all", "the ", name))
            )
        draw = self._rng.random()
        if draw < 0.13:
            text = self._rng.choice(
                ("everything", "everything", "all things", "all objects", "all of it", "every thing", "everything here",
                 "everything movable", "all you can move", "every single thing", "all this stuff",
                 "each and every thing",
                 "all the stuff", "all", "the lot", "the lot", "the whole lot", "everything on the table",
                 "all the things",
                 "absolutely everything", "everything you see", "the whole bunch", "anything")
            )  # fmt: skip
            return self._excluding(Selector(quantifier="all"), text, 1.0 if text in ("all", "anything") else 0.4)
        if draw < 0.21 and kind != "thing":
            return self._unlike(kind) if draw < 0.18 else self._that_is(kind)
        if draw < 0.27:
            text = self._rng.choice(("all the other ", "the other ", "the remaining ", "all remaining ")) + text
            return Phrase(
                (Selector(quantifier="all", extreme="other", kind=kind, colour=colour, bulk=bulk),), text, many=True
            )
        if draw < 0.35:
            text = self._rng.choice(
                ("the others", "the rest", "all the others", "everything else", "the remaining ones")
            )
            return Phrase((Selector(quantifier="all", extreme="other"),), text, many=True)
        if self._rng.random() < 0.5 and colour is not None and kind != "thing":
            colour, bulk, text = None, None, plural(self._rng.choice(KIND_WORDS[kind]))
        determiner = self._rng.choice(_ALL_OF)
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
        excluded = self.excluded()
        words = self._rng.choice(
            (" except ", " except ", " except for ", " but ", " but ", " but not ", " other than ", " apart from ",
             " excluding ", " save for ", " save ", " bar ", " without ", ", not ", " aside from ", " besides ",
             ", only not ", " with the exception of ", " minus ")
        )  # fmt: skip
        nouns = tuple(
            Noun(**t.model_dump(exclude={"anchor", "excluding"})) for t in excluded.terms if isinstance(t, Selector)
        )
        return Phrase((selector.model_copy(update={"excluding": nouns}),), text + words + excluded.text, many=True)

    def _unlike(self, kind: KindWord) -> Phrase:
        """All of a kind but those of a colour, said by what they are not: *the cubes that aren't green*."""
        colour = self.colour()
        name, word = self._rng.choice(COLOUR_WORDS[colour]), self._rng.choice(KIND_WORDS[kind])
        out = (Noun(colour=colour),)
        if self._rng.random() < 0.3:
            text = f"the {word} {self._rng.choice(('that is not', 'which is not', 'that is no', 'that isnt'))} {name}"
            return Phrase((Selector(kind=kind, excluding=out),), text)
        single = self._rng.random() < 0.25
        if single:
            text = self._rng.choice((f"every {word} that is not {name}", f"every {word} that isn't {name}"))
        else:
            said = self._rng.choice(("that aren't", "that are not", "which are not", "which aren't", "that arent"))
            text = f"{self._rng.choice(('all ', 'all the ', 'the ', 'the '))}{plural(word)} {said} {name}"
        return Phrase((Selector(quantifier="all", kind=kind, excluding=out),), text, many=not single)

    def _that_is(self, kind: KindWord) -> Phrase:
        """All of a kind said by what they are: *everything that is a cube*."""
        words = ("everything that is a", "everything that's a", "anything that is a", "whatever is a", "every last")
        text = f"{self._rng.choice(words)} {self._rng.choice(KIND_WORDS[kind])}"
        return Phrase((Selector(quantifier="all", kind=kind),), text)

    def _count(self, kinds: tuple[KindWord, ...]) -> Phrase:
        kind, colour, bulk, text = self._base(kinds, many=True)
        quantifier: Quantifier = self._rng.choice(("two", "two", "three", "four", "five"))
        digits = {"two": "2", "three": "3", "four": "4", "five": "5"}[quantifier]
        number = self._rng.choice(("", "", "", "any ", "some ")) + self._rng.choice((quantifier, quantifier, digits))
        text = number + self._rng.choice((" ", " ", " of the ")) + text
        return Phrase((Selector(quantifier=quantifier, kind=kind, colour=colour, bulk=bulk),), text, many=True)
