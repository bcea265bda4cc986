"""One step of the training grammar: a clause as a verb, what it moves, and where that goes.

A clause is kept in parts so that sentences can say it in any mood: an order, a wish, a state, a telegram. Knows noun
phrases and the schema; nothing about how clauses are joined.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal, cast

from hybrid.language import schema
from hybrid.language.grammar_frames import FAR_RESTS, PILES, SLIGHTLY
from hybrid.language.grammar_nouns import Nouns
from hybrid.language.grammar_singles import CONTAINERS, LANDMARKS, MOVERS, SUPPORTS, ZONES, Phrase
from hybrid.language.grammar_verbs import (
    ACTS,
    AFTERTHOUGHTS,
    BOTTOMS,
    CARRY,
    DOWNWARD,
    ENDS,
    PUSH,
    RESTS,
    TO_PLACE,
    UPWARD,
    VERBS,
    WHOLE,
    Verb,
)
from hybrid.language.grammar_whole import WEIGHTS, Wholes
from hybrid.language.lexicon import DIRECTION_WORDS, OPEN_PLACES
from hybrid.language.schema import AnyStep, Pairing, Term


@dataclass(frozen=True)
class Clause:
    """One step with its words in parts.

    Attributes:
        step: what is meant.
        subject: the words of what is moved, or the whole clause when ``rest`` is empty.
        many: whether the subject is plural.
        verb: base form, gerund, participle.
        rest: where it goes (*on the blue block*); empty when ``subject`` is a whole sentence.
        target: the words of the destination alone, for *there* and telegrams; empty when there is none.
    """

    step: AnyStep
    subject: str
    many: bool = False
    verb: Verb = ("put", "putting", "put")
    rest: str = ""
    target: str = ""


class Clauses:
    """Draws clauses from a random source and a drawer of noun phrases."""

    def __init__(self, rng: random.Random, nouns: Nouns) -> None:
        self._rng = rng
        self._nouns = nouns
        self._wholes = Wholes(rng, nouns)

    def draw(self, subject: Phrase | None = None, *, parted: bool = False, push: bool | None = None) -> Clause:
        """Draw one clause; ``subject`` fixes what is moved, ``parted`` asks for one that has a ``rest``."""
        while True:
            act = self._rng.choices(tuple(_SHARES), weights=tuple(_SHARES.values()))[0]
            whole = act in WEIGHTS or act in _WHOLE_ACTS
            if not (whole and (parted or subject is not None)):
                return self._whole(act) if whole else self._parted(act, subject, push=push)

    def repeat(self, act: str, *, push: bool) -> Clause:
        """Draw a clause of the kind ``act``, for lists that say the verb once."""
        return self._parted(act, None, push=push)

    def _subject(self, share: float = 0.16) -> Phrase:
        group = self._rng.random() < share
        return self._nouns.group(MOVERS) if group else self._nouns.phrase(MOVERS)

    def _parted(self, act: str, subject: Phrase | None, *, push: bool | None) -> Clause:
        group = 0.04 if act in ("on", "between", "shift") else 0.22 if act in ("in", "zone") else 0.10
        a = subject if subject is not None else self._subject(group)
        drawn = self._rng.random() < 0.18
        push = act not in ("on", "in", "down") and (drawn if push is None else push)
        verb = self._rng.choice(PUSH if push else VERBS.get(act, VERBS["side"]))
        step, rest, target = self._where(act, a, push)
        if subject is None and self._rng.random() < 0.25:
            a, step, rest = self._afterthought(a, step, rest)
        if push and self._rng.random() < 0.03:
            verb = self._rng.choice(CARRY)
            rest += self._rng.choice(
                (" by pushing", " by pushing it", " without lifting it", ", don't lift it, just push")
            )
        return Clause(step, a.text, a.many, verb, rest, target)

    def _afterthought(self, a: Phrase, step: AnyStep, rest: str) -> tuple[Phrase, AnyStep, str]:
        """An exception said last: *all cubes in the bowl, not the yellow one though*."""
        term = a.terms[0]
        if len(a.terms) > 1 or not isinstance(term, schema.Selector) or term.quantifier != "all" or term.excluding:
            return a, step, rest
        out = self._nouns.excluded()
        left = tuple(t for t in out.terms if isinstance(t, schema.Selector))
        nouns = tuple(schema.Noun(**t.model_dump(exclude={"anchor", "excluding"})) for t in left)
        terms = (term.model_copy(update={"excluding": nouns}),)
        words = self._rng.choice(AFTERTHOUGHTS).format(x=out.text)
        text = a.text
        if term == schema.Selector(quantifier="all") and self._rng.random() < 0.3:
            text = self._rng.choice(("all of them", "them all", "all", "all of these"))
        return Phrase(terms, text, a.many), step.model_copy(update={"a": terms}), rest + words

    def _where(self, act: str, a: Phrase, push: bool) -> tuple[AnyStep, str, str]:
        if act == "at" and self._rng.random() < 0.14:
            anywhere: schema.Place = self._rng.choice(tuple(OPEN_PLACES))
            return schema.At(push=push, a=a.terms, place=anywhere), self._rng.choice(OPEN_PLACES[anywhere]), ""
        if act == "at":
            place, words = self._nouns.place()
            rest = f"{self._rng.choice(TO_PLACE)} {words}"
            return schema.At(push=push, a=a.terms, place=place), rest, words
        if act == "shift":
            return self._shift(a, push)
        if act == "between":
            b, c = self._nouns.phrase(LANDMARKS), self._nouns.phrase(LANDMARKS)
            rest = f"{self._rng.choice(('between', 'between', 'in between', 'midway between'))} {b.text} and {c.text}"
            return schema.Between(push=push, a=a.terms, b=b.term, c=c.term), rest, ""
        if act == "down":
            rest = self._rng.choice(
                ("on the table", "down on the table", "down", "back on the table", "onto the table")
            )
            return schema.Down(push=push, a=a.terms), rest, ""
        return self._pair(act, a, push)

    def _pair(self, act: str, a: Phrase, push: bool) -> tuple[AnyStep, str, str]:
        kinds = {"on": SUPPORTS, "in": CONTAINERS, "zone": ZONES}.get(act, LANDMARKS)
        if act in ("in", "zone") and self._rng.random() < 0.08:
            kinds = ("thing",)
        b = self._nouns.phrase(kinds)
        if act == "on" and self._rng.random() < 0.03:
            b = Phrase((schema.Selector(extreme="highest"),), self._rng.choice(PILES))
        words = self._rng.choice(RESTS[act] + FAR_RESTS.get(act, ()))
        held = act == "zone" or (_holds(b.term) and act == "on")
        relation = cast(Pairing, "in" if held else act)
        distance = None
        if act in schema.DIRECTED and self._rng.random() < 0.12:
            distance, spoken = self._nouns.distance()
            words = f"{spoken} {words}"
        step = schema.Pair(push=push, relation=relation, centimetres=distance, a=a.terms, b=b.term)
        if act in ("left_of", "right_of") and distance is None and self._rng.random() < 0.05:
            return step, f"{self._rng.choice(('to', 'on', 'at'))} {b.text}'s {act.removesuffix('_of')}", ""
        return step, f"{words} {b.text}", b.text

    def _shift(self, a: Phrase, push: bool) -> tuple[AnyStep, str, str]:
        direction: schema.Direction = self._rng.choice(tuple(DIRECTION_WORDS))
        words = self._rng.choice(DIRECTION_WORDS[direction])
        draw = self._rng.random()
        if draw < 0.62:
            by, spoken = self._nouns.distance()
            rest = self._rng.choice(
                (f"{spoken} {words}", f"{spoken} {words}", f"{words} {spoken}", f"{words} by {spoken}")
            )
            return schema.Shift(push=push, a=a.terms, direction=direction, by=by), rest, ""
        if draw < 0.82:
            spoken = self._rng.choice(SLIGHTLY)
            rest = self._rng.choice((f"{spoken} {words}", f"{words} {spoken}"))
            return schema.Shift(push=push, a=a.terms, direction=direction, by="bit"), rest, ""
        if draw < 0.9:
            rest = f"{self._rng.choice(('far', 'a lot', 'a long way', 'much further', 'way'))} {words}"
            return schema.Shift(push=push, a=a.terms, direction=direction, by="far"), rest, ""
        sides = {
            "left": ("leftwards", "further left", "more to the left"),
            "right": ("rightwards", "further right", "more to the right"),
        }
        rest = self._rng.choice(sides.get(direction, DIRECTION_WORDS[direction][:5]))
        return schema.Shift(push=push, a=a.terms, direction=direction, by="some"), rest, ""

    def _whole(self, act: str) -> Clause:
        if act in WEIGHTS:
            return Clause(*self._wholes.draw(act), many=True)
        if act == "tower":
            return self._tower()
        if act in ("off", "apart_whole", "under", "together"):
            return self._whole_pair(act)
        if act == "line":
            a = (
                self._nouns.listing(MOVERS, self._rng.choice((2, 3, 3, 4)))
                if self._rng.random() < 0.5
                else self._nouns.group(MOVERS)
            )
            return Clause(schema.Line(a=a.terms), self._rng.choice(WHOLE["line"]).format(a=a.text), a.many)
        if act == "clear":
            a = self._nouns.phrase(CONTAINERS + ZONES * 3 + SUPPORTS[:8])
            return Clause(schema.Clear(a=a.terms), self._rng.choice(WHOLE["clear"]).format(a=a.text))
        a = self._nouns.phrase(MOVERS)
        return Clause(schema.Hold(a=a.terms), self._rng.choice(WHOLE["hold"]).format(a=a.text))

    def _whole_pair(self, act: str) -> Clause:
        a, b = self._nouns.phrase(MOVERS), self._nouns.phrase(SUPPORTS + CONTAINERS if act == "off" else LANDMARKS)
        if act == "under":
            b = self._nouns.phrase(SUPPORTS)
            words = self._rng.choice(
                (
                    "put {b} under {a}",
                    "{b} goes under {a}",
                    "{b} under {a}",
                    "place {b} underneath {a}",
                    "slide {b} below {a}",
                    "slip {b} under {a}",
                    "{b} goes underneath {a}",
                    "{b} should be under {a}",
                    "get {b} underneath {a}",
                    "i want {b} beneath {a}",
                )
            )
            return Clause(schema.Pair(relation="on", a=a.terms, b=b.term), words.format(a=a.text, b=b.text))
        words = self._rng.choice(WHOLE["apart" if act == "apart_whole" else act]).format(a=a.text, b=b.text)
        return Clause(schema.Pair(relation="next_to" if act == "together" else "apart", a=a.terms, b=b.term), words)

    def _tower(self) -> Clause:
        draw = self._rng.random()
        if draw < 0.45:
            return self._described_tower()
        a = self._nouns.listing(SUPPORTS[:7], self._rng.choice((2, 3, 3, 3, 4, 5)))
        if draw < 0.60:
            a = self._nouns.group(SUPPORTS[:8])
        words = self._rng.choice(WHOLE["tower"]).format(a=a.text)
        if draw > 0.9 and len(a.terms) > 1:
            upward = self._rng.random() < 0.5
            words += self._rng.choice(UPWARD if upward else DOWNWARD)
            return Clause(schema.Tower(a=a.terms if upward else a.terms[::-1]), words, many=True)
        if draw > 0.7:
            b = self._nouns.phrase(SUPPORTS[:8])
            end: Literal["base", "peak"] = self._rng.choice(("base", "peak"))
            words += self._rng.choice(ENDS[end]).format(b=b.text)
            return Clause(schema.Tower.model_validate({"a": a.terms, end: b.term}), words, many=True)
        return Clause(schema.Tower(a=a.terms), words, many=True)

    def _described_tower(self) -> Clause:
        """A tower told floor by floor: *red at the bottom, blue in the middle and green on top*."""
        floors = [self._nouns.phrase(SUPPORTS[:8]) for _ in range(self._rng.choice((2, 3, 3, 4)))]
        names = [floor.text for floor in floors]
        middle = [
            f"{name} {self._rng.choice(('in the middle', 'next', 'on that', 'above that', 'on top of that'))}"
            for name in names[1:-1]
        ]
        bottom = f"{names[0]} {self._rng.choice(BOTTOMS)}"
        top = f"{names[-1]} {self._rng.choice(('on top', 'on top', 'at the top', 'last', 'on the top'))}"
        listed = [bottom, *middle, top]
        if self._rng.random() < 0.3:
            listed = [top, *middle[::-1], bottom]
            listed[1:-1] = [f"{name} in the middle" for name in names[1:-1][::-1]]
        head = self._rng.choice(
            (
                "build a tower with ",
                "make a tower: ",
                "a tower with ",
                "stack them: ",
                "i want a tower, ",
                "make a stack with ",
            )
        )
        if len(floors) > 2 and self._rng.random() < 0.5:
            chain = self._rng.choice((" on ", " on ", " on top of ", " atop ", ", which goes on ")).join(names[::-1])
            chain = " under ".join(names) if self._rng.random() < 0.2 else chain
            text = self._rng.choice(("stack ", "put ", "", "i want ", "build a tower: ", "tower: ", "place ")) + chain
        else:
            text = head + ", ".join(listed[:-1]) + self._rng.choice((" and ", ", ", " and then ")) + listed[-1]
        return Clause(schema.Tower(a=tuple(floor.term for floor in floors)), text, many=True)


def _holds(term: Term) -> bool:
    """Whether a term names a container or a zone, where *on* and *in* are one."""
    return isinstance(term, schema.Selector) and term.kind in ("bowl", "tray", "container", "zone")


_WHOLE_ACTS: frozenset[str] = frozenset({"clear", "hold", "line", "tower", "off", "apart_whole", "under", "together"})
_SHARES: dict[str, int] = ACTS | WEIGHTS
"""Kinds of clauses and how often each is drawn."""
