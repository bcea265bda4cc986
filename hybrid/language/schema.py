"""The program schema: what any language backend answers, before it is resolved on a scene.

A program is a list of steps over selectors. It names no ids and no positions: *the leftmost red block*, *all blocks
except the yellow one*, *5 cm to the left*. Nothing recursive, everything bounded, whole numbers in fixed units: the
JSON schema of ``Program`` can constrain a decoder and always ends. ``hybrid.language.wire`` is its compact, lossless
token form.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

PROGRAM_VERSION: Literal[1] = 1
MAX_STEPS = 12
MAX_TERMS = 6
MAX_KEEP = 4
MAX_CENTIMETRES = 30
"""The longest offset one can ask for, centimetres: a little over half the work area."""

Quantifier = Literal["the", "a", "all", "two", "three", "four"]
Extreme = Literal[
    "leftmost", "rightmost", "nearest", "farthest", "highest", "lowest", "biggest", "smallest", "middle", "other"
]  # fmt: skip
"""*nearest* and *farthest* are seen from the viewer; *other* is one that no earlier selector meant."""
Bulk = Literal["big", "small"]
Colour = Literal[
    "red", "green", "blue", "yellow", "orange", "purple", "pink", "cyan", "brown", "white", "black", "gray"
]  # fmt: skip
KindWord = Literal["cube", "block", "cylinder", "ball", "bowl", "tray", "container", "zone", "thing", "unknown"]
"""*block* is a cube, or else a cylinder; *container* a bowl or tray; *unknown* a noun that names nothing we know."""
Link = Literal[
    "on", "in", "under", "left_of", "right_of", "in_front_of", "behind", "next_to", "nearest_to", "farthest_from"
]
Place = Literal["center", "left", "right", "top", "bottom", "top_left", "top_right", "bottom_left", "bottom_right"]
Direction = Literal["left", "right", "away", "closer"]
"""Seen from the viewer: *away* is +x, *left* is +y."""
Amount = Literal["bit", "some", "far"]
Pairing = Literal["on", "in", "left_of", "right_of", "in_front_of", "behind", "next_to", "apart"]
Refusal = Literal["action", "scope", "unsafe"]


class Page(BaseModel):
    """Base of every part of a program: frozen, and unknown fields are an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Pronoun(Page):
    """*it* or *them*: what the previous step moved."""

    pronoun: Literal["it"] = "it"


class Noun(Page):
    """A noun phrase without a nested one, for instance *the leftmost big red block*."""

    quantifier: Quantifier = "the"
    extreme: Extreme | None = None
    bulk: Bulk | None = None
    colour: Colour | None = None
    kind: KindWord = "thing"


class Anchor(Page):
    """Where a selected thing is: *the block on the tray*, *the ball nearest the bowl*, *the cube on the left*."""

    link: Link | None = None
    noun: Noun | None = None
    place: Place | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Anchor:
        linked = self.link is not None and self.noun is not None and self.place is None
        placed = self.link is None and self.noun is None and self.place is not None
        if not linked and not placed:
            raise ValueError("an anchor is either a link with a noun, or a place")
        return self


class Selector(Noun):
    """A noun phrase with what it may carry: *all blocks on the tray except the yellow one*."""

    anchor: Anchor | None = None
    excluding: Annotated[tuple[Noun, ...], Field(max_length=MAX_TERMS)] = ()


Term = Pronoun | Selector
Terms = Annotated[tuple[Term, ...], Field(min_length=1, max_length=MAX_TERMS)]
"""Coordinated phrases: *the red block and the ball*."""


class Step(Page):
    """Base of the steps; ``push`` says that the thing must be pushed rather than carried."""

    push: bool = False


class Pair(Step):
    """``a`` in a relation to ``b``; ``centimetres`` is how far to the side, for the four directions only."""

    act: Literal["pair"] = "pair"
    relation: Pairing
    centimetres: Annotated[int, Field(ge=1, le=MAX_CENTIMETRES)] | None = None
    a: Terms
    b: Term

    @model_validator(mode="after")
    def _distance_fits(self) -> Pair:
        if self.centimetres is not None and self.relation not in DIRECTED:
            raise ValueError(f"{self.relation} takes no distance")
        return self


class Between(Step):
    """``a`` between ``b`` and ``c``."""

    act: Literal["between"] = "between"
    a: Terms
    b: Term
    c: Term


class At(Step):
    """``a`` at a named place of the table."""

    act: Literal["at"] = "at"
    a: Terms
    place: Place


class Shift(Step):
    """``a`` moved from where it is, by whole centimetres or a rough amount."""

    act: Literal["shift"] = "shift"
    a: Terms
    direction: Direction
    by: Amount | Annotated[int, Field(ge=1, le=MAX_CENTIMETRES)]


class Clear(Step):
    """Nothing on or in ``a``."""

    act: Literal["clear"] = "clear"
    a: Terms


class Hold(Step):
    """``a`` picked up and held."""

    act: Literal["hold"] = "hold"
    a: Terms


class Down(Step):
    """``a`` put on the bare table."""

    act: Literal["down"] = "down"
    a: Terms


class Line(Step):
    """All of ``a`` in a straight row."""

    act: Literal["line"] = "line"
    a: Terms


class Tower(Step):
    """All of ``a`` on top of each other, said from the bottom up unless ``base`` or ``peak`` says otherwise."""

    act: Literal["tower"] = "tower"
    a: Terms
    base: Selector | None = None
    peak: Selector | None = None

    @model_validator(mode="after")
    def _one_end(self) -> Tower:
        if self.base is not None and self.peak is not None:
            raise ValueError("a tower names its base or its peak, not both")
        return self


AnyStep = Annotated[Pair | Between | At | Shift | Clear | Hold | Down | Line | Tower, Field(discriminator="act")]
DIRECTED: frozenset[str] = frozenset({"left_of", "right_of", "in_front_of", "behind"})


class Program(Page):
    """What was asked for: steps in the order in which they are to be done and things to leave alone, or a refusal.

    Attributes:
        version: of this schema; an unknown one is refused.
        steps: in order of execution, not of mention.
        keep: what must not be touched.
        refuse: the request is not about arranging these things: another physical act, another topic, or unsafe.
    """

    version: Literal[1] = PROGRAM_VERSION
    steps: Annotated[tuple[AnyStep, ...], Field(max_length=MAX_STEPS)] = ()
    keep: Annotated[tuple[Selector, ...], Field(max_length=MAX_KEEP)] = ()
    refuse: Refusal | None = None

    @model_validator(mode="after")
    def _steps_or_refusal(self) -> Program:
        if (self.refuse is None) == (not self.steps):
            raise ValueError("a program has steps or a refusal, and not both")
        if self.refuse is not None and self.keep:
            raise ValueError("a refusal keeps nothing")
        return self
