"""Wire tokens read back: from the compact token form to a program of the schema.

The other direction, the language itself and its masks are ``hybrid.language.wire``; this page only builds.
"""

from __future__ import annotations

from typing import Final, cast, get_args

from hybrid.errors import LanguageError
from hybrid.language import schema
from hybrid.language.schema import Anchor, AnyStep, Noun, Program, Pronoun, Selector, Term
from hybrid.language.wire import CENTIMETRES, END, LINK_TOKENS, PLACE_TOKENS, TOPIC_TOKENS, Stack

_PAIRINGS: Final = get_args(schema.Pairing)
_FORMS: Final = get_args(schema.Form)
_COURSES: Final = tuple(f"row_{course}" for course in get_args(schema.Course))


def from_tokens(tokens: tuple[str, ...]) -> Program:
    """Read wire tokens back; raises ``LanguageError`` naming the token that is out of place."""
    stack = Stack()
    for token in tokens:
        stack = stack.after(token)
    if stack.allowed():
        raise LanguageError("program", "it ends too early", "Give a whole program of the wire language.")
    try:
        return _Reader(tokens).program()
    except ValueError as error:
        raise LanguageError("program", f"it breaks the schema ({error})", "Ask for fewer things at once.") from error


class _Reader:
    """Builds a program from tokens already known to be in the language."""

    def __init__(self, tokens: tuple[str, ...]) -> None:
        self._tokens = tokens
        self._at = 0

    def _next(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]

    def _take(self, *options: str) -> str | None:
        return self._next() if self._tokens[self._at] in options else None

    def program(self) -> Program:
        if self._tokens[0].startswith("refuse_"):
            return Program.model_validate({"refuse": self._next().removeprefix("refuse_")})
        if self._tokens[0].startswith("ask_"):
            return Program(ask=self._question())
        steps = [self._step()]
        while self._take(";"):
            steps.append(self._step())
        keep: list[Selector] = []
        while self._take("keep"):
            keep.append(self._selector())
        return Program(steps=tuple(steps), keep=tuple(keep))

    def _question(self) -> schema.AnyQuestion:
        topic = self._next()
        if topic not in TOPIC_TOKENS:
            return schema.Claim(claim=schema.Pair.model_validate(self._pair(self._next())))
        count = schema.ABOUT.get(topic.removeprefix("ask_"), 1)
        about = tuple(self._selector() for _ in range(count))
        return schema.Asked(topic=cast(schema.Topic, topic.removeprefix("ask_")), about=about)

    def _step(self) -> AnyStep:
        push = self._take("push") is not None
        act = self._next()
        if act in _PAIRINGS:
            return schema.Pair.model_validate({"push": push, **self._pair(act)})
        fields: dict[str, object] = {"push": push}
        if act in _FORMS:
            fields |= {"form": act, "a": self._terms(), "around": self._part("around"), "place": self._place()}
            return schema.Shape.model_validate(fields)
        if act in _WITHOUT_TERMS:
            return self._spoken(act, fields)
        if act == "match":
            fields |= {"relation": self._next(), "a": self._terms(), "b": self._terms()}
            return schema.Match.model_validate(fields)
        return self._moving(act, fields | {"a": self._terms()})

    def _pair(self, act: str) -> dict[str, object]:
        distance = self._take(*CENTIMETRES)
        centimetres = None if distance is None else int(distance.removesuffix("cm"))
        return {"relation": act, "centimetres": centimetres, "a": self._terms(), "b": self._term()}

    def _spoken(self, act: str, fields: dict[str, object]) -> AnyStep:
        """A step that speaks of the conversation."""
        if act == "undo":
            return schema.Undo.model_validate(fields)
        if act == "again":
            some = self._tokens[self._at] not in (";", "keep", END)
            return schema.Again.model_validate(fields | ({"a": self._terms()} if some else {}))
        return schema.Further.model_validate(fields | {"less": act == "less", "by": self._amount()})

    def _moving(self, act: str, fields: dict[str, object]) -> AnyStep:
        """A step whose things have been read already."""
        match act:
            case "between":
                return schema.Between.model_validate(fields | {"b": self._term(), "c": self._term()})
            case "shift":
                direction = self._next().removeprefix("to_")
                return schema.Shift.model_validate(fields | {"direction": direction, "by": self._amount()})
            case "approach" | "retreat":
                fields |= {"b": self._term(), "by": self._amount(), "away": act == "retreat"}
                return schema.Approach.model_validate(fields)
            case "swap":
                return schema.Swap.model_validate(fields | {"b": self._term()})
            case "sort":
                return schema.Sort.model_validate(fields | {"by": self._next().removeprefix("by_")})
            case "line":
                course = self._take(*_COURSES)
                course = None if course is None else course.removeprefix("row_")
                return schema.Line.model_validate(fields | {"course": course, "place": self._place()})
            case "tower":
                return self._tower(fields)
            case _:
                fields |= {"place": self._place()} if act == "at" else {}
                return cast(AnyStep, _PLAIN[act].model_validate(fields))

    def _tower(self, fields: dict[str, object]) -> AnyStep:
        end = self._take("base", "peak", *get_args(schema.Floors))
        if end in ("base", "peak"):
            fields |= {str(end): self._selector()}
            fields |= {"peak": self._part("peak")} if end == "base" else {}
        elif end is not None:
            fields |= {"floors": end}
        return schema.Tower.model_validate(fields | {"place": self._place()})

    def _part(self, word: str) -> Selector | None:
        return self._selector() if self._take(word) else None

    def _place(self) -> str | None:
        place = self._take(*PLACE_TOKENS)
        return None if place is None else place.removeprefix("@")

    def _amount(self) -> str | int:
        token = self._next()
        return int(token.removesuffix("cm")) if token in CENTIMETRES else token

    def _terms(self) -> tuple[Term, ...]:
        terms = [self._term()]
        while self._take("+"):
            terms.append(self._term())
        return tuple(terms)

    def _term(self) -> Term:
        return Pronoun() if self._take("it") else self._selector()

    def _selector(self) -> Selector:
        noun = self._noun()
        anchor = self._anchor()
        excluding: list[Noun] = []
        while self._take("except"):
            excluding.append(self._noun())
        return Selector(**noun.model_dump(), anchor=anchor, excluding=tuple(excluding))

    def _anchor(self) -> Anchor | None:
        if self._take(".place"):
            return Anchor(place=cast(schema.Place, self._next().removeprefix("@")))
        link = self._take(*LINK_TOKENS)
        if link is None:
            return None
        mark = Pronoun() if self._take("it") else self._noun()
        return Anchor(link=cast(schema.Link, link.removeprefix(".")), noun=mark)

    def _noun(self) -> Noun:
        fields: dict[str, str | None] = {"quantifier": self._next()}
        fields["extreme"] = self._take(*get_args(schema.Extreme))
        fields["bulk"] = self._take(*get_args(schema.Bulk))
        fields["colour"] = self._take(*get_args(schema.Colour))
        fields["kind"] = self._next()
        return Noun.model_validate(fields)


_WITHOUT_TERMS: Final = ("undo", "again", "further", "less")
_PLAIN: Final[dict[str, type[schema.Step]]] = {
    "at": schema.At,
    "clear": schema.Clear,
    "hold": schema.Hold,
    "down": schema.Down,
    "spread": schema.Spread,
    "gather": schema.Gather,
    "back": schema.Back,
    "instead": schema.Instead,
}
