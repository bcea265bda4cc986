"""Clauses of the training grammar that arrange several things at once: exchanges, sorting, shapes, rows, approaches.

Every clause is said as a whole; each template family is one way in which people ask for it. Knows noun phrases and the
schema.
"""

from __future__ import annotations

import random
from typing import Final

from hybrid.language import schema
from hybrid.language.grammar_nouns import Nouns
from hybrid.language.grammar_plain import WEIGHTS as PLAIN
from hybrid.language.grammar_plain import Plain
from hybrid.language.grammar_singles import CONTAINERS, LANDMARKS, MOVERS, SUPPORTS, ZONES, Phrase
from hybrid.language.grammar_told import Told
from hybrid.language.grammar_voices import WEIGHTS as VOICED
from hybrid.language.grammar_voices import Voices
from hybrid.language.schema import AnyStep, Course, Form, KindWord, Pairing, Selector

Said = tuple[AnyStep, str]
"""A step with its words."""

_CENTRES: Final = (
    "center {a}", "centre {a}", "center {a} on the table", "centre {a} on the table", "{a} centred", "{a} dead center",
)  # fmt: skip
_SWAPS: Final = (
    "swap {a} and {b}", "swap {a} and {b}", "swap {a} with {b}", "swap {a} for {b}", "exchange {a} and {b}",
    "exchange {a} with {b}", "exchange the positions of {a} and {b}", "exchange the places of {a} and {b}",
    "swap the positions of {a} and {b}", "swap the places of {a} and {b}", "switch {a} and {b}", "switch {a} with {b}",
    "switch the places of {a} and {b}", "{a} and {b} should swap places", "{a} and {b} should change places",
    "{a} and {b} should trade places", "{a} and {b} should switch places", "make {a} and {b} change places",
    "let {a} and {b} swap places", "let {a} and {b} trade positions", "interchange {a} and {b}",
    "trade {a} with {b}", "put {a} where {b} is and {b} where {a} is", "put {a} where {b} is and the other way round",
    "move {a} to where {b} is and vice versa", "have {a} and {b} trade spots", "i want {a} and {b} swapped",
    "{a} goes where {b} is and {b} goes where {a} is", "reverse the positions of {a} and {b}", "{a} <-> {b}",
    "{a} in {b}'s place and {b} in {a}'s place", "{a} and {b} swapped please", "flip {a} and {b} around",
    "swap round {a} and {b}", "switch round {a} and {b}", "put {a} where {b} is and {b} where {a} is",
    "{a} where {b} is, {b} where {a} is", "{a} and {b} want to change places", "trade {a} for {b}",
    "get {a} and {b} to swap over", "swap {a} over with {b}", "{a} and {b} the other way round",
    "replace {a} by {b} and {b} by {a}", "change {a} over with {b}",
)  # fmt: skip
_MATCHES: Final = (
    "put {a} {in} {b} of {their} colour", "put {a} {in} {b} of {their} own colour",
    "put {a} {in} {b} of the same colour", "put {a} {in} {b} that {has} the same colour",
    "put {a} {in} {b} with the same colour", "put {a} {in} {b} with {their} colour",
    "{a} should go {in} {b} of {their} colour", "{a} go {in} {b} of the same colour",
    "{a} belong {in} {b} of {their} colour", "match {a} to {b} by colour", "match {a} with {b} of the same colour",
    "match {a} and {b} by colour", "move {a} {in} {b} that {match} {their} colour",
    "place {a} {in} {b} that {match} in colour", "{a} {in} the matching {b1}", "put {a} {in} the matching {b1}",
    "put {a} {in} the {b1} of matching colour", "sort {a} into {b} of the same colour", "sort {a} by colour into {b}",
    "sort {a} into {b} by colour", "distribute {a} over {b} by colour", "put {a} {in} the same coloured {b1}",
    "put {a} {in} the {b1} that look the same", "every colour in its own {b1}: {a}", "{a} to {b} of {their} colour",
    "match up {a} with {b}", "pair {a} with {b} of the same colour",
    "each colour goes in its own {b1}, so do that for {a}", "bring {a} to {b} of {their} colour",
    "drop {a} {in} {b} that {has} {their} colour",
)  # fmt: skip
_SORTS: Final[dict[schema.Trait, tuple[str, ...]]] = {
    "colour": (
        "sort {a} by colour", "sort {a} by colour", "sort {a} by colour", "sort {a} according to colour",
        "colour sort {a}", "sort {a} by their colours", "sort the colours", "group {a} by colour",
        "group {a} according to their colour", "organise {a} by colour", "order {a} by colour", "arrange {a} by colour",
        "separate {a} by colour", "put {a} where their colour is", "put things of the same colour together",
        "things of one colour belong together", "put same colours together", "same colours together please",
        "put like with like by colour", "tidy up by colour", "tidy {a} by colour", "clean up by colour",
        "put {a} with their own colour", "colour code {a}", "sort {a} so that same colours are together",
        "things go where their colour is", "everything goes where its colour is", "put everything with its colour",
        "match the colours", "make groups of the same colour", "bring {a} of the same colour together",
    ),
    "kind": (
        "sort {a} by shape", "sort {a} by kind", "sort {a} by type", "group {a} by shape", "group {a} by kind",
        "separate {a} by shape", "put {a} of the same shape together", "organise {a} by type", "arrange {a} by shape",
        "put things of the same shape together", "same shapes together please", "keep {a} together by kind",
    ),
    "size": (
        "sort {a} by size", "sort {a} by size", "order {a} by size", "arrange {a} by size",
        "arrange {a} in order of size", "line up {a} by size", "line {a} up from small to big",
        "put {a} in a row by size", "put {a} in order of size", "put {a} in a row from smallest to biggest",
        "sort {a} from small to large", "rank {a} by size", "order {a} from the smallest to the biggest",
        "order {a} by size in a row", "line up {a} from smallest to largest",
    ),
}  # fmt: skip
_SHAPES: Final[dict[str, tuple[str, ...]]] = {
    "form": (
        "arrange {a} in a {f}", "arrange {a} in a {f}", "put {a} in a {f}", "put {a} in a {f}", "place {a} in a {f}",
        "make a {f} out of {a}", "make a {f} with {a}", "make a {f} of {a}", "form a {f} with {a}",
        "form a {f} from {a}", "build a {f} from {a}", "{a} should form a {f}", "{a} should be in a {f}",
        "{a} in a {f}", "let {a} form a {f}", "set {a} up in a {f}", "lay out {a} as a {f}", "lay {a} out in a {f}",
        "i want a {f} of {a}", "i want {a} in a {f}", "{a} should make a {f}", "a {f} of {a} please",
        "create a {f} with {a}", "draw a {f} with {a}", "position {a} so that they form a {f}",
        "arrange {a} into a {f}", "turn {a} into a {f}", "shape {a} into a {f}",
    ),
    "around": (
        "put {a} in a {f} around {b}", "arrange {a} in a {f} around {b}", "arrange {a} in a {f} round {b}",
        "make a {f} of {a} around {b}", "form a {f} around {b} with {a}", "place {a} around {b} in a {f}",
    ),
    "circle": (
        "arrange {a} around {b}", "put {a} around {b}", "put {a} all around {b}", "surround {b} with {a}",
        "surround {b} by {a}", "place {a} around {b}", "{a} should surround {b}", "{a} around {b}", "{a} round {b}",
        "put {a} round {b}", "gather {a} in a ring around {b}", "encircle {b} with {a}", "put {a} on all sides of {b}",
        "ring {b} with {a}", "let {a} surround {b}", "{b} should be surrounded by {a}",
        "build a ring of {a} around {b}",
    ),
    "place": (
        "make a {f} of {a} {p}", "arrange {a} in a {f} {p}", "put {a} in a {f} {p}", "form a {f} with {a} {p}",
    ),
}  # fmt: skip
_FORM_WORDS: Final[dict[Form, tuple[str, ...]]] = {
    "circle": ("circle", "circle", "circle", "ring", "round circle", "circular shape", "big circle"),
    "square": ("square", "square", "rectangle", "four sided square", "box shape"),
    "triangle": ("triangle", "triangle", "three sided shape"),
}
_SPREADS: Final = (
    "spread out {a}", "spread {a} out", "spread {a}", "spread {a} over the table", "spread {a} out over the table",
    "spread {a} across the table", "spread {a} apart", "scatter {a}", "scatter {a} over the table",
    "scatter {a} around", "distribute {a} over the table", "distribute {a} evenly", "separate {a}",
    "separate {a} from each other", "move {a} apart", "move {a} away from each other", "put {a} far apart",
    "put {a} far from each other", "{a} should be far apart", "{a} should be spread out",
    "{a} should not be near each other", "disperse {a}", "space out {a}", "space {a} out", "give {a} more room",
    "leave some room between {a}", "{a} need more space between them", "{a} should all be away from one another",
    "keep {a} apart from each other", "put as much space as possible between {a}",
    "no two of {a} should be close together", "don't leave {a} next to each other",
    "break up {a}, they are too close",
)  # fmt: skip
_GATHERS: Final = (
    "gather {a}", "gather {a} together", "bring {a} together", "move {a} together", "push {a} together",
    "put {a} together", "put {a} close together", "move {a} closer together", "{a} should be close together",
    "{a} should be together", "collect {a} in one spot", "collect {a} in one place", "huddle {a} together",
    "bunch up {a}", "cluster {a}", "group {a} together", "{a} should all be next to each other",
    "keep {a} close together", "assemble {a}", "put {a} in one group", "put {a} all next to each other",
    "round up {a}", "put {a} side by side",
)  # fmt: skip
_APPROACHES: Final = (
    "move {a} {n}closer to {b}", "bring {a} {n}closer to {b}", "bring {a} {n}nearer to {b}", "move {a} {n}towards {b}",
    "move {a} {n}nearer to {b}", "push {a} {n}towards {b}", "{a} should be {n}closer to {b}", "{a} {n}closer to {b}",
    "get {a} {n}closer to {b}", "take {a} {n}towards {b}", "shift {a} {n}toward {b}",
    "slide {a} {n}in the direction of {b}", "nudge {a} {n}towards {b}", "{a} is too far from {b}, move it {n}closer",
    "move {a} {n}in {b}'s direction",
)  # fmt: skip
_RETREATS: Final = (
    "move {a} {n}further from {b}", "move {a} {n}away from {b}", "move {a} {n}farther away from {b}",
    "push {a} {n}away from {b}", "{a} should be {n}further from {b}", "take {a} {n}further away from {b}",
    "{a} {n}further from {b}", "get {a} {n}farther from {b}", "shift {a} {n}away from {b}", "pull {a} {n}back from {b}",
)  # fmt: skip
_ROWS: Final = (
    "put {a} in a row {c}", "arrange {a} in a row {c}", "line up {a} {c}", "line {a} up {c}", "put {a} in a line {c}",
    "make a row {c} with {a}", "make a line {c}: {a}", "a row {c}: {a}", "set {a} in a row {c}", "{a} in a row {c}",
    "form a row of {a} {c}", "order {a} {c}", "{c}: {a}, in a row", "{a} should be in a row {c}",
    "lay {a} out {c} in a line", "arrange {a} {c}", "form a line of {a} {c}", "place {a} {c} in a row",
    "sort {a} {c} in a line", "row {c}: {a}",
)  # fmt: skip
_COURSE_WORDS: Final[dict[Course, tuple[str, ...]]] = {
    "rightwards": (
        "from left to right",
        "from left to right",
        "left to right",
        "starting at the left",
        "going from the left to the right",
    ),
    "leftwards": (
        "from right to left",
        "from right to left",
        "right to left",
        "starting at the right",
        "going from the right to the left",
    ),
    "backwards": (
        "from front to back",
        "front to back",
        "from the front to the back",
        "going away from me",
        "starting close to me",
    ),
    "forwards": (
        "from back to front",
        "back to front",
        "from the back to the front",
        "coming towards me",
        "starting at the far end",
    ),
    "across": ("from side to side", "horizontally", "across the table", "sideways", "parallel to the front edge"),
    "lengthwise": (
        "as a column",
        "in a column",
        "vertically",
        "one behind the other",
        "in depth",
        "one behind another",
    ),
    "diagonal": ("diagonally", "on the diagonal", "from corner to corner", "in a diagonal"),
}
_COLUMNS: Final = (
    "put {a} in a column", "arrange {a} in a column", "make a column of {a}", "{a} one behind the other",
    "put {a} one behind the other", "i want {a} in a column", "line up {a} one behind the other",
)  # fmt: skip
_ACROSS: Final = (
    "put {a} in a horizontal row", "make a horizontal line of {a}", "put {a} in a horizontal line",
    "arrange {a} side by side in a row", "a horizontal row of {a}",
)  # fmt: skip
_DIAGONALS: Final = (
    "put {a} on a diagonal", "arrange {a} diagonally", "make a diagonal line of {a}", "a diagonal of {a}",
)  # fmt: skip
_ROW_PLACES: Final = (
    "make a row {p} with {a}", "line up {a} {p}", "line {a} up {p}", "put {a} in a row {p}",
    "arrange {a} in a line {p}", "a row of {a} {p}", "set up {a} in a row {p}", "form a line {p} with {a}",
    "{p} make a row of {a}",
)  # fmt: skip
_ALONG: Final[dict[schema.Place, tuple[str, ...]]] = {
    "left": ("along the left edge", "along the left side", "at the left", "on the left"),
    "right": ("along the right edge", "along the right side", "at the right", "on the right"),
    "top": ("along the back edge", "along the back", "at the back", "along the far side"),
    "bottom": ("along the front edge", "along the front", "at the front", "close to me", "along the near side"),
    "center": ("in the middle", "in the middle of the table", "in the centre", "through the middle"),
}
_TOWER_PLACES: Final = (
    "build a tower of {a} {p}", "stack {a} {p}", "tower {p}: {a} from bottom to top", "make a stack of {a} {p}",
    "build a tower {p} with {a}", "{p} build a tower of {a}", "a tower {p}: {a}", "pile up {a} {p}",
)  # fmt: skip
_FLOORS: Final[dict[schema.Floors, tuple[str, ...]]] = {
    "biggest_below": (
        "stack {a} with the biggest at the bottom", "stack {a} with the bigger one below", "stack {a} by size",
        "stack {a}, biggest at the bottom", "stack {a} from big to small",
        "build a tower of {a}, large ones at the bottom", "pile up {a} with the largest below",
        "make a tower of {a} from biggest to smallest", "stack {a}, small ones on top",
        "stack {a} with the smallest on top", "tower of {a} ordered by size", "stack {a} in order of size",
    ),
    "smallest_below": (
        "stack {a} with the smallest at the bottom", "stack {a} with the biggest on top", "stack {a} from small to big",
        "build a tower of {a}, small ones at the bottom", "make a tower of {a} from smallest to biggest, bottom to top",
    ),
}  # fmt: skip
WEIGHTS: Final = {
    "centre": 1, "swap": 8, "match": 6, "sort": 6, "shape": 9, "spread": 4, "gather": 3, "approach": 6,
    "row": 6, "tower_more": 4,
    "told_row": 8, "told_tower": 8, **VOICED, **PLAIN,
}  # fmt: skip


class Wholes:
    """Draws whole clauses from a random source and a drawer of noun phrases."""

    def __init__(self, rng: random.Random, nouns: Nouns) -> None:
        self._rng = rng
        self._nouns = nouns
        self._told = Told(rng, nouns)
        self._voices = Voices(rng, nouns)
        self._plain = Plain(rng, nouns)

    def draw(self, act: str) -> Said:
        """Draw a clause of ``act``, a key of ``WEIGHTS``."""
        if act in VOICED:
            return self._voices.draw(act)
        if act in PLAIN:
            return self._plain.draw(act)
        return {
            "centre": self._centre, "swap": self._swap, "match": self._match, "sort": self._sort,
            "shape": self._shape, "spread": self._spread,
            "gather": self._gather, "approach": self._approach, "row": self._row, "tower_more": self._tower,
            "told_row": self._told.row, "told_tower": self._told.tower,
        }[act]()  # fmt: skip

    def _pick(self, templates: tuple[str, ...], **parts: str) -> str:
        return self._rng.choice(templates).format(**parts)

    def _crowd(self, kinds: tuple[KindWord, ...] = MOVERS, count: int | None = None) -> Phrase:
        """Several things, or all of a kind; never a single one."""
        if count is not None or self._rng.random() < 0.45:
            return self._nouns.listing(kinds, count or self._rng.choice((2, 3, 3, 4)))
        return self._nouns.everything(kinds)

    def _centre(self) -> Said:
        a = self._nouns.phrase(MOVERS)
        return schema.At(a=a.terms, place="center"), self._pick(_CENTRES, a=a.text)

    def _swap(self) -> Said:
        a, b = self._nouns.phrase(MOVERS), self._nouns.phrase(MOVERS)
        return schema.Swap(a=(a.term,), b=b.term), self._pick(_SWAPS, a=a.text, b=b.text)

    def _match(self) -> Said:
        several: tuple[KindWord, ...] = ("bowl", "tray")
        kinds = self._rng.choice((CONTAINERS, CONTAINERS, ZONES, several, SUPPORTS[:7]))
        holder = self._nouns.holders(kinds)
        each = self._rng.random() < 0.5
        a = self._nouns.each(MOVERS) if each else self._nouns.everything(MOVERS)
        rests: dict[str, Pairing] = {"in": "in", "into": "in", "inside": "in"}
        kind = holder.term.kind if isinstance(holder.term, Selector) else "container"
        if kind not in ("bowl", "tray", "container"):
            rests = {"on": "on", "onto": "on", "on top of": "on"}
        if kind == "zone":
            rests = {"on": "in", "onto": "in", "in": "in", "to": "in"}
        if self._rng.random() < 0.12:
            rests = {"next to": "next_to", "beside": "next_to"}
        word = self._rng.choice(tuple(rests))
        forms = {"their": "its", "has": "has", "match": "matches"} if each else {"their": "their", "has": "have"}
        parts = {"match": "match", **forms, "in": word, "a": a.text, "b": holder.text}
        words = self._pick(_MATCHES, b1=holder.text.removeprefix("the "), **parts)
        if self._rng.random() < 0.3:
            words = words.replace("colour", "color")
        return schema.Match(relation=rests[word], a=a.terms, b=holder.terms), words

    def _sort(self) -> Said:
        by: schema.Trait = self._rng.choices(("colour", "kind", "size"), (6, 1, 2))[0]
        template = self._rng.choice(_SORTS[by])
        a = self._nouns.everything(MOVERS)
        if "{a}" not in template or self._rng.random() < 0.4:
            words = self._rng.choice(
                ("everything", "everything", "all things", "the things", "it all", "the objects", "all of it")
            )
            a = Phrase((Selector(quantifier="all"),), words, many=True)
        words = template.format(a=a.text)
        if self._rng.random() < 0.3:
            words = words.replace("colour", "color").replace("organise", "organize")
        if by == "colour" and self._rng.random() < 0.35:
            return self._sorted_into(a, words)
        return schema.Sort(a=a.terms, by=by), words

    def _sorted_into(self, a: Phrase, words: str) -> Said:
        """Sorting into holders that are named one by one."""
        listed = self._nouns.mixed(self._rng.choice((CONTAINERS + ZONES, CONTAINERS)), self._rng.choice((2, 2, 3)))
        words += self._rng.choice((" into ", " into ", " in ", " onto ", ", use ", ": ")) + listed.text
        return schema.Match(relation="in", a=a.terms, b=listed.terms), words

    def _shape(self) -> Said:
        form: Form = self._rng.choices(("circle", "square", "triangle"), (5, 2, 2))[0]
        word = self._rng.choice(_FORM_WORDS[form])
        a = self._crowd(count=self._rng.choice((None, None, {"square": 4, "triangle": 3}.get(form, 3))))
        draw = self._rng.random()
        if draw < 0.45:
            b = self._nouns.phrase(LANDMARKS + CONTAINERS)
            if form == "circle" and self._rng.random() < 0.7:
                words = self._pick(_SHAPES["circle"], a=a.text, b=b.text)
            else:
                words = self._pick(_SHAPES["around"], a=a.text, b=b.text, f=word)
            around = b.term if isinstance(b.term, Selector) else None
            return schema.Shape(form=form, a=a.terms, around=around), words
        if draw < 0.55:
            place, said = self._along()
            return schema.Shape(form=form, a=a.terms, place=place), self._pick(
                _SHAPES["place"], a=a.text, f=word, p=said
            )
        return schema.Shape(form=form, a=a.terms), self._pick(_SHAPES["form"], a=a.text, f=word)

    def _along(self) -> tuple[schema.Place, str]:
        if self._rng.random() < 0.4:
            place, words = self._nouns.place()
            return place, f"{self._rng.choice(('in the', 'at the', 'on the'))} {words}"
        place = self._rng.choice(tuple(_ALONG))
        return place, self._rng.choice(_ALONG[place])

    def _spread(self) -> Said:
        a = self._crowd()
        return schema.Spread(a=a.terms), self._pick(_SPREADS, a=a.text)

    def _gather(self) -> Said:
        a = self._crowd(count=None if self._rng.random() < 0.6 else 3)
        return schema.Gather(a=a.terms), self._pick(_GATHERS, a=a.text)

    def _approach(self) -> Said:
        a, b = self._nouns.phrase(MOVERS), self._nouns.phrase(LANDMARKS)
        away = self._rng.random() < 0.4
        by: int | schema.Amount = "some"
        words = ""
        draw = self._rng.random()
        if draw < 0.3:
            by, words = "bit", self._rng.choice(("a bit ", "a little ", "slightly ", "a little bit ", "somewhat "))
        elif draw < 0.65 or away:
            by, words = self._nouns.distance()
            words += " "
        elif draw < 0.72:
            by, words = "far", self._rng.choice(("much ", "a lot ", "way "))
        elif draw < 0.8:
            by, words = "bit", self._rng.choice(("a few centimetres ", "a few cm ", "a couple of centimeters "))
        step = schema.Approach(a=a.terms, b=b.term, away=away, by=by)
        after = by != "far" and bool(words) and self._rng.random() < 0.35
        said = self._pick(_RETREATS if away else _APPROACHES, a=a.text, b=b.text, n="" if after else words)
        return step, said + (self._rng.choice((" by ", " ", " by ")) + words.strip() if after else "")

    def _row(self) -> Said:
        a = self._crowd()
        draw = self._rng.random()
        if draw < 0.25:
            place, words = self._along()
            return schema.Line(a=a.terms, place=place), self._pick(_ROW_PLACES, a=a.text, p=words)
        if draw < 0.45:
            course: Course = self._rng.choice(("lengthwise", "lengthwise", "across", "diagonal"))
            templates = {"lengthwise": _COLUMNS, "across": _ACROSS}.get(course, _DIAGONALS)
            return schema.Line(a=a.terms, course=course), self._pick(templates, a=a.text)
        course = self._rng.choice(tuple(_COURSE_WORDS))
        words = self._pick(_ROWS, a=a.text, c=self._rng.choice(_COURSE_WORDS[course]))
        return schema.Line(a=a.terms, course=course), words

    def _tower(self) -> Said:
        if self._rng.random() < 0.5:
            a = self._nouns.listing(SUPPORTS[:7], self._rng.choice((2, 3, 3, 4)))
            place, words = self._along()
            return schema.Tower(a=a.terms, place=place), self._pick(_TOWER_PLACES, a=a.text, p=words)
        a = self._crowd(SUPPORTS[:7])
        floors: schema.Floors = self._rng.choice(("biggest_below", "biggest_below", "smallest_below"))
        return schema.Tower(a=a.terms, floors=floors), self._pick(_FLOORS[floors], a=a.text)
