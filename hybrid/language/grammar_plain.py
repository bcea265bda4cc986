"""Wholes of the training grammar said plainly: what is already announced, told from the top, or said twice.

*line the blocks up: red, then blue, then green*, *from top to bottom: red, blue, green*, *stack them all, red at the
bottom and yellow on top*, *whatever is on the tray into the bowl*. Knows noun phrases and the schema.
"""

from __future__ import annotations

import random
from typing import Final

from hybrid.language import schema
from hybrid.language.grammar_nouns import Nouns
from hybrid.language.grammar_singles import CONTAINERS, LANDMARKS, MOVERS, SUPPORTS, ZONES, Phrase
from hybrid.language.lexicon import KIND_WORDS, LINK_WORDS, plural
from hybrid.language.schema import Anchor, AnyStep, Course, KindWord, Link, Noun, Pair, Place, Selector

_ALL_OF: Final = ("the {k}", "all the {k}", "all {k}", "these {k}", "them", "them up", "those {k}", "my {k}", "the {k}")
_FROM_TOP: Final = (
    "from top to bottom: {a}", "top to bottom: {a}", "{a}, from top to bottom", "{a}, top to bottom",
    "a tower, from the top down: {a}", "tower from top to bottom: {a}", "stack from the top down: {a}",
    "build a tower that reads {a} from top to bottom", "i want a tower, top to bottom: {a}", "top down: {a}",
    "in a tower from top to bottom {a}", "from the top down it should be {a}", "stacked, top first: {a}",
    "tower with {a}, listed from the top", "stack {all}, from top to bottom {a}", "the tower from the top: {a}",
)  # fmt: skip
_FROM_BOTTOM: Final = (
    "from bottom to top: {a}", "bottom to top: {a}", "{a}, from bottom to top", "{a}, bottom to top",
    "a tower, from the bottom up: {a}", "tower from bottom to top: {a}", "stack from the bottom up: {a}",
    "build a tower that reads {a} from bottom to top", "i want a tower, bottom to top: {a}", "bottom up: {a}",
    "in a tower from bottom to top {a}", "from the bottom up it should be {a}", "stacked, bottom first: {a}",
    "stack {all}: {a}", "stack {all} up: {a}", "make a tower of {all}: {a}", "stack {all} in this order: {a}",
    "stack {all}, first {a}", "build a tower out of {all}: {a}", "stack {all}, from bottom to top {a}",
    "pile {all} up in the order {a}",
)  # fmt: skip
_THEN: Final = (", ", ", then ", " then ", ", and then ", ", after that ", " ")
_CROWNS: Final = (
    "{0} on top", "{0} at the top", "{0} at the very top", "{0} crowning it", "{0} to crown it", "and {0} crowning it",
    "{0} goes on top", "{0} up top", "and {0} last", "{0} right on top", "finished with {0}", "capped with {0}",
    "and finally {0} on top", "top is {0}", "{0} as the top",
)  # fmt: skip
_MIDDLES: Final = (
    "{0} in the middle", "{0} above it", "{0} on that", "then {0}", "{0} in between", "next {0}", "{0} on top of it",
    "middle is {0}", "{0} goes on it", "{0} second", "{0} over that", "{0} after that", "above that {0}", "on that {0}",
)  # fmt: skip
_FEET: Final = (
    "{0} at the base", "{0} at the bottom", "{0} right at the bottom", "{0} at the very bottom", "bottom is {0}",
    "{0} as the base", "{0} goes at the bottom", "{0} at the foot", "{0} lowest", "{0} first", "{0} down below",
    "{0} on the ground", "{0} being the base", "{0} is the base", "{0} forms the base", "{0} underneath",
)  # fmt: skip
_UNDERS: Final = (
    "underneath that {0}", "{0} underneath that", "below that {0}", "{0} below it", "under that {0}", "{0} under it",
    "{0} in the middle", "then {0}", "beneath it {0}", "{0} beneath that", "supported by {0}", "it sits on {0}",
    "which sits on {0}", "resting on {0}",
)  # fmt: skip
_TOWERS: Final = (
    "", "", "", "tower please! ", "tower please: ", "a tower: ", "i need a tower: ", "let's build: ", "build this: ",
    "make a tower, ", "stack them so: ", "stack with ", "build a tower, ", "i'd like a tower, ", "one tower: ",
    "a tower where ", "tower time: ", "make it a tower, ", "pile them: ",
)  # fmt: skip
_BOTH_ENDS: Final = (
    "{t}, {b} at the bottom and {p} on top", "{t}, {b} at the bottom n {p} on top", "{t} with {b} at the bottom and {p}"
    " on top", "{t}, {p} on top and {b} at the bottom", "{t} from {b} at the bottom to {p} at the top",
    "{t} with {p} at the top and {b} at the base", "{t}, {b} lowest and {p} highest", "{t}, {b} below, {p} on top",
    "{t}, starting with {b} and ending with {p}", "{t}, {b} being the base and {p} the top",
    "{t}, {b} first and {p} last", "{t} so that {b} is at the bottom and {p} on top", "{t}: {b} bottom, {p} top",
)  # fmt: skip
_ALL_STACKED: Final = (
    "stack {a}", "stack up {a}", "stack {a} up", "pile up {a}", "make a tower of {a}", "build a tower of {a}",
    "one tower of {a}", "put {a} in one stack", "a tower from {a}", "pile {a} up", "make one pile of {a}",
)  # fmt: skip
_ROWS: Final = (
    "line {all} up {p}{x} first, then {y}", "line {all} up {p}: {x}, {y}", "line up {all} {p}: {x}, then {y}",
    "line up {all} {p} in this order: {x}, {y}", "put {all} in a row {p}: {x}, {y}",
    "put {all} in a line {p}, first {x}"
    ", then {y}", "arrange {all} in a row {p}, {x} first then {y}", "a row {p}: {x}, then {y}",
    "line {all} up {p} with {x} first, then {y}", "{all} in a line {p}: {x}, {y}", "set {all} in a row {p}, {x}, {y}",
    "line them up {p}, {x} first, then {y}",
)  # fmt: skip
_STARTS: Final[dict[Course, tuple[str, ...]]] = {
    "rightwards": ("{x} on the left", "{x} first on the left", "{x} at the left end", "starting on the left with {x}",
    "from left to right {x}", "left to right: {x}"),
    "leftwards": ("{x} on the right", "{x} first on the right", "{x} at the right end", "from right to left {x}",
    "starting on the right with {x}"),
    "backwards": ("{x} nearest me", "{x} first at the front", "from front to back {x}"),
    "forwards": ("{x} furthest from me", "{x} first at the back", "from back to front {x}"),
}  # fmt: skip
_ALONG: Final[dict[Place, tuple[str, ...]]] = {
    "top": ("along the back edge", "along the back", "at the back", "along the far edge", "on the far side"),
    "bottom": ("along the front edge", "along the front", "at the front", "along the near edge",
    "right in front of me"),
    "center": ("in the middle", "across the middle of the table", "through the middle"),
}  # fmt: skip
_BY_SIZE: Final = (
    "put {a} in a row from the smallest on the left to the largest on the right", "line {a} up, smallest on the left",
    "arrange {a} in a row, smallest on the left and biggest on the right", "line up {a} by size, smallest left",
    "arrange {a} in a line from the smallest on the left to the biggest on the right", "{a} in order, small to large",
    "order {a} from little to big", "{a} from smallest to largest, left to right", "{a} in a row, the little one first",
    "line {a} up from the smallest to the largest", "sort {a} in a row with the smallest on the left",
    "arrange {a} from smallest to biggest in a row", "row of {a}, small on the left, big on the right",
)  # fmt: skip
_BARE: Final = (
    "i don't want anything on top of {a} any more", "i don't want anything on {a}", "nothing left on {a}, please",
    "i need {a} free, nothing sitting on it", "i want nothing on {a} any more", "nothing on {a} please",
    "get that stuff off {a}", "make room on {a}, get that thing off it", "whatever's on {a}, get it off",
    "strip {a} bare", "there's something on top of {a}, get it off", "i can't have anything on {a}",
    "take that off {a}",
    "{a} has something on it that shouldn't be there, take it off", "make sure {a} is bare, nothing on top of it",
    "{a} should be clear, with nothing on it", "leave {a} with nothing on it", "free {a} so that i can use it",
    "i'd like there to be nothing on {a}", "i don't want to see anything on {a}", "no more things on {a}",
    "clear {a}, there must be nothing on it", "i want {a} free, take off what's on it", "make {a} clear",
    "unstack everything on {a}", "get rid of what's on top of {a}", "could we have nothing on {a}",
)  # fmt: skip
_HELD: Final = (
    "pick up {a} and just keep hold of it", "pick up {a}, please, and just keep hold of it for a moment",
    "hold {a} for a moment", "hold {a} for a second", "hold {a} for me a sec", "hold on to {a} for a bit",
    "grab {a} for a sec", "pick {a} up and don't let go", "keep hold of {a} for a minute", "lift {a} and hold it there",
    "lift {a} up so i can dust under it", "pick {a} up for a moment so that i can wipe the table", "take hold of {a}"
    " and keep it", "lift up {a} and keep holding it", "pick up {a} and hold it for a while",
    "have {a} held up a moment",
    "i need {a} held for a moment", "take {a} and hold it", "pick up {a} and hold on", "raise {a} and keep it raised",
)  # fmt: skip
_APARTS: Final = (
    "i'd rather {a} weren't so near {b}", "i'd rather {a} wasn't so close to {b}; could you keep them apart",
    "{a} is too near {b}; keep them apart", "{a} and {b} are too close together, get them apart",
    "{a} and {b} shouldn't be near each other, keep them apart", "move {a} away from {b}, they're too close",
    "i don't want {a} anywhere near {b}", "{a} shouldn't be anywhere near {b}, get it well away",
    "keep {a} and {b} well"
    " apart", "{a} is too close to {b}, move it away from it", "put {a} somewhere away from {b}",
    "i'd prefer {a} and {b} not to be so close", "{a} ought to be well away from {b}", "get {a} well clear of {b}",
)  # fmt: skip
_EXCEPTS: Final = (
    "apart from {x}, put everything {r}", "apart from {x} everything goes {r}", "except for {x}, everything goes {r}",
    "bar {x}, the lot {r}", "with the exception of {x} put everything {r}", "leaving {x} out, put everything {r}",
    "not counting {x}, everything {r}", "everything {r}, everything but {x}, that is", "minus {x}, put the lot {r}",
    "everything {r}, well, everything but {x}", "all of them {r} apart from {x}", "all of them go {r} apart from {x}",
    "put them all {r}, just not {x}", "put everything {r} besides {x}", "they all go {r} except {x}",
    "everything goes {r}, {x} doesn't", "all of them {r}, {x} excepted", "other than {x}, everything {r}",
    "put all of it {r}, only {x} stays here", "the whole lot {r} but not {x}", "everything that isn't {x} goes {r}",
    "put all of them {r} except for {x}", "everything {r}, all but {x}", "everything bar {x} {r}",
    "everything minus {x} {r}", "aside from {x}, move everything {r}", "the lot goes {r}, minus {x}",
)  # fmt: skip
_BETWEEN: Final = (
    "put {a} between the two {k}", "{a} between the two {k}", "put {a} in between the two {k}",
    "{a} goes between the {k}",
    "{a}, put that in between the two {k}", "{a} between both {k}", "stick {a} between the {k}",
    "nestle {a} between the"
    " two {k}", "place {a} in the middle of the two {k}", "{a} should be in between the two {k}",
    "squeeze {a} in between"
    " the {k}", "move {a} to between the two {k}",
)  # fmt: skip
_GAPS: Final = (
    "put {a} {w} {b}, leaving a gap of {n}", "put {a} {w} {b} with a gap of {n}", "{a} {w} {b}, {n} apart",
    "put {a} {w} {b} at a distance of {n}", "put {a} {w} {b} with {n} between them",
    "{a} {w} {b}, leave {n} in between",
    "place {a} {w} {b}, {n} away from it", "{a} goes {w} {b}, {n} away", "put {a} {w} {b}, {n} from it",
    "set {a} {w} {b}, leaving {n} between them",
)  # fmt: skip
WEIGHTS: Final = {
    "plain_tower": 9, "plain_row": 4, "plain_size": 2, "plain_bare": 3, "plain_held": 3, "plain_apart": 2,
    "plain_except": 4, "plain_between": 3, "plain_gap": 2, "plain_contents": 3, "plain_self": 3,
}  # fmt: skip


class Plain:
    """Draws whole clauses said plainly, from a random source and a drawer of noun phrases."""

    def __init__(self, rng: random.Random, nouns: Nouns) -> None:
        self._rng = rng
        self._nouns = nouns

    def draw(self, act: str) -> tuple[AnyStep, str]:
        """Draw a clause of ``act``, a key of ``WEIGHTS``."""
        return {
            "plain_tower": self._tower, "plain_row": self._row, "plain_size": self._sizes, "plain_bare": self._bare,
            "plain_held": self._held, "plain_apart": self._apart, "plain_except": self._except,
            "plain_between": self._between, "plain_gap": self._gap, "plain_contents": self._contents,
            "plain_self": self._itself,
        }[act]()  # fmt: skip

    def _pick(self, templates: tuple[str, ...], *given: str, **parts: str) -> str:
        return self._rng.choice(templates).format(*given, **parts)

    def _them(self, kinds: tuple[KindWord, ...] = ("block", "cube", "block", "thing")) -> str:
        kind = self._rng.choice(kinds)
        return self._pick(_ALL_OF, k=plural(self._rng.choice(KIND_WORDS[kind])))

    def _tower(self) -> tuple[AnyStep, str]:
        draw = self._rng.random()
        if draw < 0.25:
            return self._both_ends()
        floors = [self._nouns.phrase(SUPPORTS[:8]) for _ in range(self._rng.choice((2, 3, 3, 3, 4)))]
        names, step = [floor.text for floor in floors], schema.Tower(a=tuple(floor.term for floor in floors))
        if draw < 0.5:
            upward = self._rng.random() < 0.5
            said = self._rng.choice(_THEN).join(names if upward else names[::-1])
            return step, self._pick(_FROM_BOTTOM if upward else _FROM_TOP, a=said, all=self._them())
        if draw < 0.75:
            listed = [self._pick(_FEET, names[0]), *(self._pick(_MIDDLES, name) for name in names[1:-1])]
            listed.append(self._pick(_CROWNS, names[-1]))
        else:
            listed = [self._pick(_CROWNS, names[-1]), *(self._pick(_UNDERS, name) for name in names[-2:0:-1])]
            last = self._rng.random() < 0.6
            listed.append(self._pick(_FEET if last else _UNDERS, names[0]))
        gap = self._rng.choice((", ", ", ", "; ", ", and ", " and "))
        return step, self._rng.choice(_TOWERS) + ", ".join(listed[:-1]) + gap + listed[-1].removeprefix("and ")

    def _both_ends(self) -> tuple[AnyStep, str]:
        a = self._nouns.everything(SUPPORTS[:7])
        base, peak = self._nouns.phrase(SUPPORTS[:8]), self._nouns.phrase(SUPPORTS[:8])
        words = self._pick(_BOTH_ENDS, t=self._pick(_ALL_STACKED, a=a.text), b=base.text, p=peak.text)
        return schema.Tower.model_validate({"a": a.terms, "base": base.term, "peak": peak.term}), words

    def _row(self) -> tuple[AnyStep, str]:
        names = [self._nouns.phrase(MOVERS) for _ in range(self._rng.choice((2, 3, 3, 4, 5)))]
        fields: dict[str, object] = {"a": tuple(name.term for name in names)}
        first, along = names[0].text, ""
        if self._rng.random() < 0.5:
            course: Course = self._rng.choice(("rightwards", "rightwards", "leftwards", "backwards", "forwards"))
            fields["course"], first = course, self._pick(_STARTS[course], x=first)
        if self._rng.random() < 0.4:
            place: Place = self._rng.choice(tuple(_ALONG))
            fields["place"], along = place, self._rng.choice(_ALONG[place])
        rest = self._rng.choice(_THEN).join(name.text for name in names[1:])
        template = self._rng.choice(_ROWS).replace("{p}{x}", "{p}, {x}")
        words = template.format(all=self._them(), p=along, x=first, y=rest).replace("  ", " ")
        return schema.Line.model_validate(fields), words.replace(" ,", ",").replace(" :", ":")

    def _sizes(self) -> tuple[AnyStep, str]:
        a = self._nouns.everything(MOVERS)
        return schema.Sort(a=a.terms, by="size"), self._pick(_BY_SIZE, a=a.text)

    def _bare(self) -> tuple[AnyStep, str]:
        a = self._nouns.phrase(CONTAINERS + ZONES * 2 + SUPPORTS[:8])
        return schema.Clear(a=a.terms), self._pick(_BARE, a=a.text)

    def _held(self) -> tuple[AnyStep, str]:
        a = self._nouns.phrase(MOVERS)
        return schema.Hold(a=a.terms), self._pick(_HELD, a=a.text)

    def _apart(self) -> tuple[AnyStep, str]:
        a, b = self._nouns.phrase(MOVERS), self._nouns.phrase(LANDMARKS)
        return Pair(relation="apart", a=a.terms, b=b.term), self._pick(_APARTS, a=a.text, b=b.text)

    def _except(self) -> tuple[AnyStep, str]:
        """All but some, the exception first or said again at the end."""
        out, target = self._nouns.excluded(), self._nouns.phrase(CONTAINERS + ZONES)
        nouns = tuple(
            Noun(**t.model_dump(exclude={"anchor", "excluding"})) for t in out.terms if isinstance(t, Selector)
        )
        rest = f"{self._rng.choice(('in', 'into', 'on', 'onto', 'inside'))} {target.text}"
        step = Pair(relation="in", a=(Selector(quantifier="all", excluding=nouns),), b=target.term)
        return step, self._pick(_EXCEPTS, x=out.text, r=rest)

    def _between(self) -> tuple[AnyStep, str]:
        """Between two of a kind, which are then said once."""
        a, (mark, words) = self._nouns.phrase(MOVERS), self._nouns.bare(LANDMARKS)
        end = mark.model_copy(update={"quantifier": "the"})
        return schema.Between(a=a.terms, b=end, c=end), self._pick(_BETWEEN, a=a.text, k=words)

    def _gap(self) -> tuple[AnyStep, str]:
        """Beside something, with so much room between."""
        sides = {
            "left_of": ("to the left of", "left of"), "right_of": ("to the right of", "right of"),
            "in_front_of": ("in front of",), "behind": ("behind",),
        }  # fmt: skip
        a, b = self._nouns.phrase(MOVERS), self._nouns.phrase(LANDMARKS)
        side, (by, words) = self._rng.choice(tuple(sides)), self._nouns.distance()
        step = Pair.model_validate({"relation": side, "centimetres": by, "a": a.terms, "b": b.term})
        return step, self._pick(_GAPS, a=a.text, b=b.text, w=self._rng.choice(sides[side]), n=words)

    def _contents(self) -> tuple[AnyStep, str]:
        """What is on or in something, wherever else: *whatever is on the tray into the bowl*."""
        link: Link = self._rng.choice(("on", "on", "in"))
        noun, mark = self._nouns.landmark(CONTAINERS + ZONES if link == "in" else SUPPORTS[:8] + CONTAINERS + ZONES)
        forms = (
            "whatever is {l} {m}", "whatever's {l} {m}", "what's {l} {m}", "everything {l} {m}", "all that's {l} {m}",
            "the stuff {l} {m}", "anything {l} {m}", "the things {l} {m}", "everything that's {l} {m}",
        )  # fmt: skip
        a = self._pick(forms, l=link, m=mark)
        target = self._nouns.phrase(CONTAINERS + ZONES)
        rest = f"{self._rng.choice(('in', 'into', 'on', 'onto', 'over to'))} {target.text}"
        words = self._pick(
            ("put {a} {r}", "{a} goes {r}", "move {a} {r}", "take {a} and put it {r}", "{a} {r}", "tip {a} {r}"),
            a=a,
            r=rest,
        )
        who = Selector(quantifier="all", anchor=Anchor(link=link, noun=noun))
        return Pair(relation="in", a=(who,), b=target.term), words

    def _itself(self) -> tuple[AnyStep, str]:
        """What is near a holder goes into that one: *the cube nearest the tray goes on it*."""
        holder, mark = self._nouns.landmark(CONTAINERS + ZONES)
        who = self._nouns.phrase(MOVERS[:-2])
        if not isinstance(who.term, Selector) or who.term.extreme or who.term.anchor or who.term.kind == "unknown":
            who = Phrase((Selector(kind="cube"),), "the cube")
        link: Link = self._rng.choice(("nearest_to", "nearest_to", "next_to", "left_of", "right_of", "behind"))
        text = f"{who.text} {self._rng.choice(LINK_WORDS[link])} {mark}"
        said = self._pick(
            ("{a} goes {w} it", "put {a} {w} it", "{a} should go {w} it", "{a} {w} it", "{a} belongs {w} it"),
            a=text, w=self._rng.choice(("in", "on", "into", "onto", "inside")),
        )  # fmt: skip
        first = who.term.model_copy(update={"anchor": Anchor(link=link, noun=holder)})
        return Pair(relation="in", a=(first,), b=Selector(**holder.model_dump())), said
