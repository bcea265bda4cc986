"""The program schema: what any language backend answers, before it is resolved on a scene.

A program is a list of steps over selectors. It names no ids and no positions: *the leftmost red block*, *all blocks
except the yellow one*, *5 cm to the left*. Nothing recursive, everything bounded, whole numbers in fixed units: the
JSON schema of ``Program`` can constrain a decoder and always ends. ``hybrid.language.wire`` is its compact, lossless
token form.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

PROGRAM_VERSION: Literal[2] = 2
"""Version 2 adds shapes, swapping, sorting, approaching, conversation and questions; all of 1 is valid in it."""
MAX_STEPS = 12
MAX_TERMS = 6
MAX_KEEP = 4
MAX_CENTIMETRES = 30
"""The longest offset one can ask for, centimetres: a little over half the work area."""

Quantifier = Literal["the", "a", "all", "two", "three", "four", "five"]
Extreme = Literal[
    "leftmost", "rightmost", "nearest", "farthest", "highest", "lowest", "biggest", "smallest", "middle", "other",
    "tallest", "shortest", "second_left", "second_right", "third_left", "third_right",
]  # fmt: skip
"""*nearest* and *farthest* are seen from the viewer; *other* is one that no earlier selector meant; *second_left* is
the second from the left."""
Bulk = Literal["big", "small"]
Colour = Literal[
    "red", "green", "blue", "yellow", "orange", "purple", "pink", "cyan", "brown", "white", "black", "gray"
]  # fmt: skip
KindWord = Literal["cube", "block", "cylinder", "ball", "bowl", "tray", "container", "zone", "thing", "unknown"]
"""*block* is a cube, or else a cylinder; *container* a bowl or tray; *unknown* a noun that names nothing we know."""
Link = Literal[
    "on", "in", "under", "left_of", "right_of", "in_front_of", "behind", "next_to", "nearest_to", "farthest_from"
]
Place = Literal[
    "center", "left", "right", "top", "bottom", "top_left", "top_right", "bottom_left", "bottom_right",
    "corner", "edge", "free",
]  # fmt: skip
"""Of the table; *corner* and *edge* are the nearest free one, *free* is anywhere out of the way."""
Direction = Literal["left", "right", "away", "closer"]
"""Seen from the viewer: *away* is +x, *left* is +y."""
Amount = Literal["bit", "some", "far"]
Pairing = Literal["on", "in", "left_of", "right_of", "in_front_of", "behind", "next_to", "apart"]
Refusal = Literal["action", "scope", "unsafe"]
Course = Literal["rightwards", "leftwards", "backwards", "forwards", "across", "lengthwise", "diagonal"]
"""How a line runs: *rightwards* begins at the left, *backwards* at the viewer; the last three leave the order open."""
Form = Literal["circle", "square", "triangle"]
Trait = Literal["colour", "kind", "size"]
Floors = Literal["biggest_below", "smallest_below"]


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
    noun: Noun | Pronoun | None = None
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
    """All of ``a`` in a straight row, in the order said where ``course`` gives one."""

    act: Literal["line"] = "line"
    a: Terms
    course: Course | None = None
    place: Place | None = None


class Tower(Step):
    """All of ``a`` on top of each other, from the bottom up unless ``base``, ``peak`` or ``floors`` says otherwise."""

    act: Literal["tower"] = "tower"
    a: Terms
    base: Selector | None = None
    peak: Selector | None = None
    floors: Floors | None = None
    place: Place | None = None

    @model_validator(mode="after")
    def _ends_or_sizes(self) -> Tower:
        if self.floors is not None and (self.base is not None or self.peak is not None):
            raise ValueError("a tower names its ends or the order of sizes, not both")
        return self


class Swap(Step):
    """``a`` where ``b`` is now, and ``b`` where ``a`` is now; one term in ``a``."""

    act: Literal["swap"] = "swap"
    a: Annotated[tuple[Term, ...], Field(min_length=1, max_length=1)]
    b: Term


class Match(Step):
    """Each of ``a`` in a relation to the one of ``b`` that has its colour: *each block in the bowl of its colour*."""

    act: Literal["match"] = "match"
    relation: Pairing
    a: Terms
    b: Terms


class Sort(Step):
    """``a`` sorted: by colour into holders of that colour, if there are such, or else into groups; by size in a row."""

    act: Literal["sort"] = "sort"
    a: Terms
    by: Trait


class Shape(Step):
    """``a`` at the corners of a form, round ``around`` or the middle of a place."""

    act: Literal["shape"] = "shape"
    form: Form
    a: Terms
    around: Selector | None = None
    place: Place | None = None


class Spread(Step):
    """All of ``a`` far from each other."""

    act: Literal["spread"] = "spread"
    a: Terms


class Gather(Step):
    """All of ``a`` close together."""

    act: Literal["gather"] = "gather"
    a: Terms


class Approach(Step):
    """``a`` nearer to ``b`` than it is, or with ``away`` farther from it, by whole centimetres or a rough amount."""

    act: Literal["approach"] = "approach"
    a: Terms
    b: Term
    away: bool = False
    by: Annotated[int, Field(ge=1, le=MAX_CENTIMETRES)] | Amount = "some"


class Undo(Step):
    """Take back what the last request of this conversation did."""

    act: Literal["undo"] = "undo"


class Back(Step):
    """``a`` where it was before it was moved."""

    act: Literal["back"] = "back"
    a: Terms


class Again(Step):
    """The last request once more, with ``a`` instead of what it moved where some are named."""

    act: Literal["again"] = "again"
    a: Annotated[tuple[Term, ...], Field(max_length=MAX_TERMS)] = ()


class Further(Step):
    """What was last moved a little further the same way, or with ``less`` some of the way back."""

    act: Literal["further"] = "further"
    by: Annotated[int, Field(ge=1, le=MAX_CENTIMETRES)] | Amount = "bit"
    less: bool = False


class Instead(Step):
    """A correction or an answer: ``a`` was meant (*no, the blue one*)."""

    act: Literal["instead"] = "instead"
    a: Terms


AnyStep = Annotated[
    Pair | Between | At | Shift | Clear | Hold | Down | Line | Tower | Swap | Match | Sort | Shape | Spread | Gather
    | Approach | Undo | Back | Again | Further | Instead,
    Field(discriminator="act"),
]  # fmt: skip
DIRECTED: frozenset[str] = frozenset({"left_of", "right_of", "in_front_of", "behind"})
Topic = Literal["count", "where", "which", "colour", "exists", "distance", "table", "help", "history"]


class Asked(Page):
    """A question about the scene: *how many*, *where*, *which*, *what colour*, *is there*, *how far*, *what is there*.

    ``about`` holds no selector for *table*, *help* and *history*, two for *distance* and one for the others.
    """

    topic: Topic
    about: Annotated[tuple[Selector, ...], Field(max_length=2)] = ()

    @model_validator(mode="after")
    def _about_so_many(self) -> Asked:
        if len(self.about) != ABOUT.get(self.topic, 1):
            raise ValueError(f"a question of topic {self.topic} is about {ABOUT.get(self.topic, 1)} selectors")
        return self


class Claim(Page):
    """A question whether a pair of things is so: *is the red block on the tray*."""

    topic: Literal["true"] = "true"
    claim: Pair


ABOUT: dict[str, int] = {"distance": 2, "table": 0, "help": 0, "history": 0}
AnyQuestion = Annotated[Asked | Claim, Field(discriminator="topic")]


class Program(Page):
    """What was asked for: steps in the order in which they are to be done and what to keep, a question, or a no.

    Attributes:
        version: of this schema; an unknown one is refused.
        steps: in order of execution, not of mention.
        keep: what must not be touched.
        refuse: the request is not about arranging these things: another physical act, another topic, or unsafe.
        ask: a question about the scene.
    """

    version: Literal[1, 2] = PROGRAM_VERSION
    steps: Annotated[tuple[AnyStep, ...], Field(max_length=MAX_STEPS)] = ()
    keep: Annotated[tuple[Selector, ...], Field(max_length=MAX_KEEP)] = ()
    refuse: Refusal | None = None
    ask: AnyQuestion | None = None

    @model_validator(mode="after")
    def _one_of_three(self) -> Program:
        if sum((bool(self.steps), self.refuse is not None, self.ask is not None)) != 1:
            raise ValueError("a program has steps, a question or a refusal, and only one of them")
        if self.keep and not self.steps:
            raise ValueError("only steps keep things")
        return self
