"""One step of the training grammar: a clause as a verb, what it moves, and where that goes.

A clause is kept in parts so that sentences can say it in any mood: an order, a wish, a state, a telegram. Knows noun
phrases and the schema; nothing about how clauses are joined.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final, Literal

from hybrid.language import schema
from hybrid.language.grammar_nouns import CONTAINERS, LANDMARKS, MOVERS, SUPPORTS, ZONES, Nouns, Phrase
from hybrid.language.lexicon import DIRECTION_WORDS, NUMBER_WORDS
from hybrid.language.schema import AnyStep, Pairing, Term

Verb = tuple[str, str, str]
"""Base form, gerund, participle."""


def _verbs(text: str) -> tuple[Verb, ...]:
    forms = [entry.split("/") for entry in text.split()]
    return tuple((f[0].replace("_", " "), f[1].replace("_", " "), f[2].replace("_", " ")) for f in forms)


PUT: Final = _verbs("put/putting/put " * 6 + "place/placing/placed " * 3 + "set/setting/set lay/laying/laid position/positioning/positioned")
CARRY: Final = _verbs(
    "move/moving/moved " * 4
    + "bring/bringing/brought take/taking/taken get/getting/got send/sending/sent carry/carrying/carried "
    "transfer/transferring/transferred relocate/relocating/relocated deliver/delivering/delivered slide/sliding/slid drag/dragging/dragged "
    "shift/shifting/shifted return/returning/returned gather/gathering/gathered collect/collecting/collected"
)
STACK: Final = _verbs(
    "stack/stacking/stacked " * 3
    + "rest/resting/rested pop/popping/popped stick/sticking/stuck balance/balancing/balanced pile/piling/piled "
    "plop/plopping/plopped land/landing/landed mount/mounting/mounted perch/perching/perched sit/sitting/sat lift/lifting/lifted "
    "settle/settling/settled plonk/plonking/plonked arrange/arranging/arranged"
)
DROP: Final = _verbs(
    "drop/dropping/dropped " * 2
    + "throw/throwing/thrown toss/tossing/tossed chuck/chucking/chucked stow/stowing/stowed dump/dumping/dumped pop/popping/popped "
    "stick/sticking/stuck tuck/tucking/tucked deposit/depositing/deposited tidy/tidying/tidied insert/inserting/inserted "
    "store/storing/stored collect/collecting/collected sort/sorting/sorted tip/tipping/tipped"
)
PARK: Final = _verbs("park/parking/parked leave/leaving/left stand/standing/stood station/stationing/stationed locate/locating/located")
PUSH: Final = _verbs("push/pushing/pushed " * 5 + "shove/shoving/shoved nudge/nudging/nudged push/pushing/pushed roll/rolling/rolled")

_VERBS: Final[dict[str, tuple[Verb, ...]]] = {
    "on": PUT + PUT + STACK,
    "in": PUT + PUT + DROP + CARRY[:6],
    "zone": PUT + CARRY + PARK + DROP[:4],
    "at": PUT + CARRY + CARRY + PARK,
    "side": PUT + PUT + CARRY + PARK,
    "shift": CARRY + _verbs("shift/shifting/shifted slide/sliding/slid move/moving/moved"),
    "down": PUT,
}
_RESTS: Final[dict[str, tuple[str, ...]]] = {
    "on": ("on", "on", "on", "on", "on top of", "on top of", "onto", "onto", "atop", "upon", "over", "on to"),
    "in": ("in", "in", "in", "into", "into", "inside", "inside of", "within"),
    "zone": ("in", "on", "onto", "to", "to", "into", "over to", "inside", "within", "over into"),
    "left_of": ("to the left of", "to the left of", "left of", "left of", "on the left of", "on the left side of", "just left of"),
    "right_of": ("to the right of", "to the right of", "right of", "right of", "on the right of", "on the right side of", "just right of"),
    "in_front_of": ("in front of", "in front of", "in front of", "on the near side of", "right in front of", "directly in front of"),
    "behind": ("behind", "behind", "behind", "at the back of", "on the far side of", "right behind", "beyond", "in back of"),
    "next_to": ("next to", "next to", "next to", "beside", "beside", "near", "close to", "by", "alongside", "right next to", "adjacent to",
                "right beside", "up against", "close by"),
    "apart": ("away from", "away from", "far from", "apart from", "far away from", "further from", "clear of"),
}  # fmt: skip
_TO_PLACE: Final = ("to the", "to the", "in the", "at the", "into the", "over to the", "on the", "towards the", "up to the", "right at the")
_WHOLE: Final[dict[str, tuple[str, ...]]] = {
    "clear": (
        "clear {a}", "clear {a}", "clear off {a}", "empty {a}", "empty out {a}", "free {a}", "free up {a}", "clean {a}", "clean off {a}",
        "make sure nothing is on {a}", "make sure there is nothing on {a}", "remove everything from {a}", "take everything off {a}",
        "get everything off {a}", "take whatever is on {a} off", "take whatever is on top of {a} off it", "uncover {a}",
        "nothing should be on {a}", "nothing should be in {a}", "i need {a} free", "i want {a} empty", "i need {a} to be clear",
        "take everything out of {a}", "get everything out of {a}", "make room on {a}", "vacate {a}", "unload {a}", "let nothing stay on {a}",
        "there should be nothing on {a}", "there should be nothing in {a}", "no thing should be left on {a}", "remove whatever is in {a}",
    ),
    "hold": (
        "pick up {a}", "pick up {a}", "pick {a} up", "pick {a} up", "lift {a}", "lift up {a}", "lift {a} up", "grab {a}", "hold {a}", "take {a}",
        "raise {a}", "grasp {a}", "get hold of {a}", "lift {a} and hold on to it", "pick up {a} and hold it", "grab hold of {a}",
        "hold {a} up in the air", "keep {a} in your gripper", "i want you to hold {a}", "take hold of {a}", "lift {a} off the table",
    ),
    "line": (
        "line up {a}", "line up {a}", "line {a} up", "arrange {a} in a line", "arrange {a} in a row", "put {a} in a line", "put {a} in a row",
        "put {a} in a straight line", "make a line out of {a}", "make a row of {a}", "align {a}", "form a line with {a}", "lay {a} out in a row",
        "place {a} in a line", "i want {a} in a row", "{a} should be in a line", "set {a} up in a line", "order {a} in a row", "build a row of {a}",
    ),
    "tower": (
        "stack {a}", "stack {a}", "stack up {a}", "stack {a} up", "build a tower of {a}", "build a tower from {a}", "build a tower with {a}",
        "make a tower out of {a}", "make a stack of {a}", "pile up {a}", "pile {a} up", "put {a} on top of each other", "make a pile of {a}",
        "stack {a} on top of each other", "build a stack of {a}", "build a tower out of {a}", "tower of {a}", "i want a tower of {a}",
        "create a tower with {a}", "turn {a} into a tower", "stack {a} into a tower", "a stack of {a}", "make a tower from {a}",
    ),
    "apart": (
        "keep {a} and {b} apart", "separate {a} from {b}", "separate {a} and {b}", "{a} must not be near {b}", "{a} should not be near {b}",
        "{a} shouldn't be close to {b}", "{a} mustn't be next to {b}", "make sure {a} is not near {b}", "don't leave {a} near {b}",
        "{a} and {b} should be far apart", "put some distance between {a} and {b}", "move {a} and {b} apart", "make some space between {a} and {b}",
        "{a} should not touch {b}", "{a} must not touch {b}", "i don't want {a} next to {b}", "get {a} and {b} away from each other",
        "don't let {a} touch {b}", "spread {a} and {b} apart", "{a} can't be close to {b}", "{a} is too close to {b}", "keep {a} away from {b}",
    ),
    "together": (
        "put {a} and {b} next to each other", "put {a} and {b} side by side", "bring {a} and {b} together", "move {a} and {b} close together",
        "{a} and {b} should be side by side", "place {a} and {b} beside each other", "i want {a} and {b} next to each other",
        "{a} and {b} should be next to one another", "{a} should touch {b}", "make {a} touch {b}", "put {a} together with {b}",
    ),
    "off": (
        "take {a} off {b}", "take {a} off of {b}", "remove {a} from {b}", "get {a} off {b}", "unstack {a} from {b}", "lift {a} off {b}",
        "take {a} out of {b}", "get {a} out of {b}", "take {a} from {b}", "move {a} off {b}", "pull {a} out of {b}", "{a} shouldn't be on {b}",
        "{a} should not be in {b}", "i don't want {a} on {b}",
    ),
}  # fmt: skip
_ENDS: Final[dict[Literal["base", "peak"], tuple[str, ...]]] = {
    "base": (" with {b} at the bottom", " starting with {b}", ", {b} at the bottom", " with {b} as the base", ", {b} first", " beginning with {b}"),
    "peak": (" with {b} on top", " with {b} at the top", ", {b} on top", " ending with {b}", " and {b} goes on top", " with {b} on the top"),
}
_ACTS: Final = {
    "on": 24, "in": 15, "zone": 10, "at": 14, "left_of": 4, "right_of": 4, "in_front_of": 4, "behind": 4, "next_to": 6, "apart": 2,
    "between": 4, "shift": 7, "down": 2, "clear": 4, "hold": 4, "line": 3, "tower": 6, "off": 2, "apart_whole": 3, "together": 2, "under": 2,
}  # fmt: skip


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

    def draw(self, subject: Phrase | None = None, *, parted: bool = False, push: bool | None = None) -> Clause:
        """Draw one clause; ``subject`` fixes what is moved, ``parted`` asks for one that has a ``rest``."""
        while True:
            act = self._rng.choices(tuple(_ACTS), weights=tuple(_ACTS.values()))[0]
            whole = act in ("clear", "hold", "line", "tower", "off", "apart_whole", "under", "together")
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
        verb = self._rng.choice(PUSH if push else _VERBS.get(act, _VERBS["side"]))
        step, rest, target = self._where(act, a, push)
        if push and self._rng.random() < 0.03:
            verb = self._rng.choice(CARRY)
            rest += self._rng.choice((" by pushing", " by pushing it", " without lifting it", ", don't lift it, just push"))
        return Clause(step, a.text, a.many, verb, rest, target)

    def _where(self, act: str, a: Phrase, push: bool) -> tuple[AnyStep, str, str]:
        if act == "at":
            place, words = self._nouns.place()
            rest = f"{self._rng.choice(_TO_PLACE)} {words}"
            return schema.At(push=push, a=a.terms, place=place), rest, words
        if act == "shift":
            return self._shift(a, push)
        if act == "between":
            b, c = self._nouns.phrase(LANDMARKS), self._nouns.phrase(LANDMARKS)
            rest = f"{self._rng.choice(('between', 'between', 'in between', 'midway between'))} {b.text} and {c.text}"
            return schema.Between(push=push, a=a.terms, b=b.term, c=c.term), rest, ""
        if act == "down":
            rest = self._rng.choice(("on the table", "down on the table", "down", "back on the table", "onto the table"))
            return schema.Down(push=push, a=a.terms), rest, ""
        return self._pair(act, a, push)

    def _pair(self, act: str, a: Phrase, push: bool) -> tuple[AnyStep, str, str]:
        kinds = {"on": SUPPORTS, "in": CONTAINERS, "zone": ZONES}.get(act, LANDMARKS)
        b = self._nouns.phrase(kinds)
        words = self._rng.choice(_RESTS[act])
        relation: Pairing = "in" if act == "zone" or _holds(b.term) and act == "on" else act  # type: ignore[assignment]
        distance = None
        if act in schema.DIRECTED and self._rng.random() < 0.12:
            distance, spoken = self._distance()
            words = f"{spoken} {words}"
        step = schema.Pair(push=push, relation=relation, centimetres=distance, a=a.terms, b=b.term)
        return step, f"{words} {b.text}", b.text

    def _distance(self) -> tuple[int, str]:
        draw = self._rng.random()
        if draw < 0.12:
            inches = self._rng.choice((1, 2, 2, 3, 4, 5))
            word = self._rng.choice((str(inches), NUMBER_WORDS[inches - 1]))
            return round(inches * 2.54), "an inch" if inches == 1 else f"{word} inches"
        count = self._rng.choice((5, 10, 3, 2, 4, 8, 15, 20, self._rng.randint(1, 30)))
        if draw < 0.24:
            return count, f"{count * 10}{self._rng.choice((' mm', 'mm', ' millimetres', ' millimeters'))}"
        word = NUMBER_WORDS[count - 1] + " " if count <= len(NUMBER_WORDS) and draw < 0.5 else f"{count}" + self._rng.choice((" ", " ", ""))
        unit = self._rng.choice(("cm", "cm", "cm", "centimetres", "centimeters", "centimeter" if count == 1 else "cms"))
        return count, word + unit

    def _shift(self, a: Phrase, push: bool) -> tuple[AnyStep, str, str]:
        direction: schema.Direction = self._rng.choice(tuple(DIRECTION_WORDS))
        words = self._rng.choice(DIRECTION_WORDS[direction])
        draw = self._rng.random()
        if draw < 0.62:
            by, spoken = self._distance()
            rest = self._rng.choice((f"{spoken} {words}", f"{spoken} {words}", f"{words} {spoken}", f"{words} by {spoken}"))
            return schema.Shift(push=push, a=a.terms, direction=direction, by=by), rest, ""
        if draw < 0.82:
            spoken = self._rng.choice(("a bit", "a little", "slightly", "a tad", "a little bit", "a touch", "just a bit"))
            rest = self._rng.choice((f"{spoken} {words}", f"{words} {spoken}"))
            return schema.Shift(push=push, a=a.terms, direction=direction, by="bit"), rest, ""
        if draw < 0.9:
            rest = f"{self._rng.choice(('far', 'a lot', 'a long way', 'much further', 'way'))} {words}"
            return schema.Shift(push=push, a=a.terms, direction=direction, by="far"), rest, ""
        sides = {"left": ("leftwards", "further left", "more to the left"), "right": ("rightwards", "further right", "more to the right")}
        rest = self._rng.choice(sides.get(direction, DIRECTION_WORDS[direction][:5]))
        return schema.Shift(push=push, a=a.terms, direction=direction, by="some"), rest, ""

    def _whole(self, act: str) -> Clause:
        if act == "tower":
            return self._tower()
        if act in ("off", "apart_whole", "under", "together"):
            return self._whole_pair(act)
        if act == "line":
            a = self._nouns.listing(MOVERS, self._rng.choice((2, 3, 3, 4))) if self._rng.random() < 0.5 else self._nouns.group(MOVERS)
            return Clause(schema.Line(a=a.terms), self._rng.choice(_WHOLE["line"]).format(a=a.text), a.many)
        if act == "clear":
            a = self._nouns.phrase(CONTAINERS + ZONES * 3 + SUPPORTS[:8])
            return Clause(schema.Clear(a=a.terms), self._rng.choice(_WHOLE["clear"]).format(a=a.text))
        a = self._nouns.phrase(MOVERS)
        return Clause(schema.Hold(a=a.terms), self._rng.choice(_WHOLE["hold"]).format(a=a.text))

    def _whole_pair(self, act: str) -> Clause:
        a, b = self._nouns.phrase(MOVERS), self._nouns.phrase(SUPPORTS + CONTAINERS if act == "off" else LANDMARKS)
        if act == "under":
            b = self._nouns.phrase(SUPPORTS)
            words = self._rng.choice(("put {b} under {a}", "{b} goes under {a}", "{b} under {a}", "place {b} underneath {a}", "slide {b} below {a}"))
            return Clause(schema.Pair(relation="on", a=a.terms, b=b.term), words.format(a=a.text, b=b.text))
        words = self._rng.choice(_WHOLE["apart" if act == "apart_whole" else act]).format(a=a.text, b=b.text)
        return Clause(schema.Pair(relation="next_to" if act == "together" else "apart", a=a.terms, b=b.term), words)

    def _tower(self) -> Clause:
        draw = self._rng.random()
        if draw < 0.2:
            return self._described_tower()
        a = self._nouns.listing(SUPPORTS[:7], self._rng.choice((2, 3, 3, 3, 4, 5)))
        if draw < 0.45:
            a = self._nouns.group(SUPPORTS[:8])
        words = self._rng.choice(_WHOLE["tower"]).format(a=a.text)
        if draw > 0.9 and len(a.terms) > 1:
            upward = self._rng.random() < 0.5
            words += self._rng.choice((" from bottom to top", ", bottom to top", " in that order from the bottom") if upward else (
                " from top to bottom", ", top to bottom", " in that order from the top"))  # fmt: skip
            return Clause(schema.Tower(a=a.terms if upward else a.terms[::-1]), words, many=True)
        if draw > 0.7:
            b = self._nouns.phrase(SUPPORTS[:8])
            end: Literal["base", "peak"] = self._rng.choice(("base", "peak"))
            words += self._rng.choice(_ENDS[end]).format(b=b.text)
            return Clause(schema.Tower.model_validate({"a": a.terms, end: b.term}), words, many=True)
        return Clause(schema.Tower(a=a.terms), words, many=True)

    def _described_tower(self) -> Clause:
        """A tower told floor by floor: *red at the bottom, blue in the middle and green on top*."""
        floors = [self._nouns.phrase(SUPPORTS[:8]) for _ in range(self._rng.choice((2, 3, 3, 4)))]
        names = [floor.text for floor in floors]
        middle = [f"{name} {self._rng.choice(('in the middle', 'next', 'on that', 'above that', 'on top of that'))}" for name in names[1:-1]]
        bottom = f"{names[0]} {self._rng.choice(('at the bottom', 'at the bottom', 'as the base', 'below', 'first', 'on the bottom'))}"
        top = f"{names[-1]} {self._rng.choice(('on top', 'on top', 'at the top', 'last', 'on the top'))}"
        listed = [bottom, *middle, top]
        if self._rng.random() < 0.3:
            listed = [top, *middle[::-1], bottom]
            listed[1:-1] = [f"{name} in the middle" for name in names[1:-1][::-1]]
        head = self._rng.choice(("build a tower with ", "make a tower: ", "a tower with ", "stack them: ", "i want a tower, ", "make a stack with "))
        if len(floors) > 2 and self._rng.random() < 0.35:
            chain = self._rng.choice((" on ", " on ", " on top of ", " atop ", ", which goes on ")).join(names[::-1])
            chain = " under ".join(names) if self._rng.random() < 0.2 else chain
            text = self._rng.choice(("stack ", "put ", "", "i want ", "build a tower: ", "tower: ", "place ")) + chain
        else:
            text = head + ", ".join(listed[:-1]) + self._rng.choice((" and ", ", ", " and then ")) + listed[-1]
        return Clause(schema.Tower(a=tuple(floor.term for floor in floors)), text, many=True)


def _holds(term: Term) -> bool:
    """Whether a term names a container or a zone, where *on* and *in* are one."""
    return isinstance(term, schema.Selector) and term.kind in ("bowl", "tray", "container", "zone")

