"""How different people talk: small talk before a request, fillers and short forms in it, and looser sentences.

The words of the training grammar for voices that the other pages lack: the chatty, the dictating, the texting, the
strict and the playful. Knows noun phrases and the schema.
"""

from __future__ import annotations

import random
import re
from typing import Final

from hybrid.language import schema
from hybrid.language.grammar_nouns import Nouns
from hybrid.language.grammar_singles import CONTAINERS, LANDMARKS, MOVERS, SUPPORTS, ZONES, Phrase
from hybrid.language.schema import AnyStep, Course, Form, Pair, Selector

ORDERS: Final = (
    "{put} {a} down {rest}", "set {a} down {rest}", "stand {a} {rest}", "pop {a} {rest}", "plonk {a} down {rest}",
    "have {a} placed {rest}", "have {a} sit {rest}", "get {a} to be {rest}", "find a home for {a} {rest}",
    "give {a} a spot {rest}", "leave {a} {rest}", "make {a} go {rest}", "let {a} go {rest}", "let {a} stand {rest}",
    "get {a} standing {rest}", "get {a} sitting {rest}", "whack {a} {rest}", "chuck {a} {rest}", "fit {a} {rest}",
    "{put} {a} exactly {rest}", "{put} {a} straight {rest}", "{put} {a} somewhere {rest}",
    "shift {a} so {it} {is} {rest}",
    "{put} {a} back {rest}", "{rest}: {a}", "over {rest} {put} {a}", "{put} only {a} {rest}", "{put} just {a} {rest}",
)  # fmt: skip
"""Further orders; they may follow *please* or *could you*."""
STATES: Final = (
    "i need {a} standing {rest}", "i want {a} standing {rest}", "i want {a} sitting {rest}",
    "i want {a} sat {rest}", "could {a} please end up {rest}", "could {a} end up sitting {rest}",
    "could {a} please end up sitting {rest}", "can {a} go {rest}", "could {a} go {rest}", "could {a} please go {rest}",
    "could {a} be {putted} {rest}", "can {a} please be {putted} {rest}", "may {a} be {rest}", "might {a} go {rest}",
    "would {a} fit {rest}", "{rest} is where {a} should stand", "{rest} is where {a} should live",
    "{rest} there should be {a}", "{rest} should be {a}", "{rest}, that's where {a} {belongs}",
    "the spot {rest} is for {a}", "the right place for {a} is {rest}", "the place for {a} is {rest}",
    "a good place for {a} would be {rest}", "{a} must be standing {rest}", "{a} is to be {putted} {rest}",
    "{a} is meant to be {rest}", "{a} was supposed to be {rest}", "{a} wants {putting} {rest}",
    "{a} needs {putting} {rest}", "{a} fancies being {rest}", "{a} would like to be {rest}", "{a} would love it {rest}",
    "{a} {rest} now", "{a} {rest}, quick", "{a} {rest} if you would", "{a} gets a spot {rest}", "{a} is going {rest}",
    "{a} can go {rest}", "{a} may go {rest}", "{a} could go {rest}", "{a} stands {rest}", "{a} sits {rest}",
    "i think what would really make me happy is {a} being {rest}", "what i'd like is {a} {rest}",
    "what i'd like to see is {a} sitting {rest}", "i'd feel better with {a} {rest}", "i wish {a} were {rest}",
    "i wish {a} was {rest}", "if only {a} were {rest}", "i'd be so pleased if {a} were {rest}",
    "it bothers me that {a} isn't {rest}", "why isn't {a} {rest}", "why is {a} not {rest}? {put} {it} there",
    "shouldn't {a} be {rest}", "isn't {a} supposed to be {rest}", "{a} has no place but {rest}",
    "{a} please, {rest}", "{a}, please, {rest}", "{a} over there should be {rest}", "we want {a} {rest}",
    "we'd like {a} {rest}", "mum wants {a} {rest}", "my boss wants {a} {rest}", "they asked for {a} {rest}",
    "the plan: {a} {rest}", "requirement: {a} {rest}", "final position of {a}: {rest}", "target: {a} {rest}",
    "{a} is wanted {rest}", "it is {a} that should be {rest}", "{a} - i want that {rest}", "{a}, that should go {rest}",
    "{a}, i want {it} {rest}", "{a}, could you {put} {it} {rest}", "{a}, {put} {it} {rest}", "{a}... {rest}",
    "for {a} i had {rest} in mind", "i see {a} {rest} in my mind, make it so", "make {a} be {rest}",
)  # fmt: skip
"""Further wishes, duties and wanted states."""
KEEPS: Final = (
    "hands off {k}", "keep your hands off {k}", "no touching {k}", "don't you dare touch {k}", "keep clear of {k}",
    "{k} stays", "but {k} stays", "{k} remains where it is", "{k} is not to be moved", "{k} is not to be disturbed",
    "with {k} left where it is", "and {k} is to be left alone", "but {k} is taboo", "{k} must be left in peace",
    "and leave {k} be", "but leave {k} be", "{k} may stay where it is", "{k} can stay put", "but {k} may stay",
    "careful not to disturb {k}", "careful not to touch {k}", "mind {k}", "mind you don't touch {k}",
    "taking care not to move {k}", "being careful of {k}", "try not to touch {k}", "steer clear of {k}",
    "{k} is fine where it is", "don't mess with {k}", "and do not disturb {k}",
    "don't knock {k}", "whatever you do, don't move {k}", "as long as {k} stays put", "{k} shall not be touched",
    "i don't want {k} moved", "i don't want {k} touched", "provided {k} isn't moved", "so that {k} isn't disturbed",
)  # fmt: skip
"""Further words of a constraint."""
_WHO: Final = (
    "my son", "my lad", "my daughter", "the kids", "my wife", "my husband", "my boss", "the cat", "grandma",
    "my flatmate", "somebody", "my colleague", "our neighbour", "the cleaner", "my little brother", "the students",
    "my nephew", "a visitor", "the dog", "my team", "everyone", "the last shift", "someone", "the boys",
)  # fmt: skip
_DID: Final = (
    "left a mess", "made a mess here", "left everything lying about", "left his toys lying about",
    "has been playing here",
    "is coming over soon", "wants this tidy", "knocked things about", "left the table like this", "was here before me",
    "keeps moving things", "will be here in a minute", "has been at it again", "never puts anything back",
    "complained about the table", "asked me for this", "can't reach it", "left her bricks all over", "moved my stuff",
    "dropped their things here", "told me to ask you", "says it has to be done", "left his blocks lying around",
)  # fmt: skip
_SMALL: Final = (
    "hiya, hope you're doing well!", "hope you're well.", "how are you today?", "lovely weather today.",
    "what a day.", "i'm in a rush.", "i'm a bit short of time.", "sorry to bother you.", "sorry for the trouble.",
    "long time no see.", "i'm back.", "me again.", "it's me again.", "good evening.", "good afternoon.", "morning!",
    "i've got flour on my hands.", "my hands are full.", "my back hurts.", "i can't reach the table.",
    "i'm on the phone.", "we have guests tonight.", "dinner is nearly ready.", "we start in five minutes.",
    "this is important.", "nothing fancy today.", "quick one:", "small request:", "one favour:", "right then.",
    "here we go.", "now then.", "listen up.", "attention please.", "this is a test.", "i have a small job.",
    "i don't see well today.", "let me think.", "let me see...", "here's the thing:", "you know what?", "guess what.",
)  # fmt: skip
_LINKS: Final = (
    " so ", " so please ", " so would you ", " so could you ", " now ", " ", " ", " please ", " could you ",
    " can you ",
    " would you be a dear and ", " be a dear and ", " be a love and ", " would you be so kind and ",
    " do me a favour: ",
    " i need you to ", " i'd like you to ", " anyway, ", " so, ", " well, ", " ok so ",
)  # fmt: skip
_FILLERS: Final = (
    "um", "um", "uh", "uh", "uh", "er", "er", "erm", "hmm", "yeah", "like", "you know", "well", "i guess", "kind of",
    "sort of", "basically", "maybe",
    "just", "please", "i think", "let's say", "ah",
)  # fmt: skip
_ADDRESS: Final = (
    " mate", " love", ", dear", ", dearie", " ta", ", ta", " cheers", ", yeah?", ", alright?", ", over", " will ya",
    " would ya", ", sir", ", madam", ", buddy", ", son", ", pal", " thanks a million", " thx", " tnx", " ty", " k?",
    ", there's a good robot", " like i said", ", got it?", ", understood?", ", right?", " quick", " quickly",
    " chop chop",
    " when you get a chance", " whenever you're ready", ", no hurry", " in your own time", " that's it",
    " and that's all",
)  # fmt: skip
_TEXTING: Final = {
    "you": "u", "your": "ur", "and": "n", "the": "da", "with": "w/", "please": "pls", "one": "1", "thanks": "thx",
    "too": "2", "to": "2", "for": "4", "are": "r", "at": "@", "before": "b4", "because": "cuz", "okay": "k",
    "right": "rite", "want": "wanna have", "them": "em", "something": "smth",
}  # fmt: skip
_CONFUSED: Final = {
    "to": "too", "of": "off", "one": "won", "the": "teh", "there": "their", "red": "read", "blue": "blew",
    "for": "four",
    "right": "write", "bowl": "bowel", "tray": "trey", "by": "bye", "white": "wite", "middle": "midle", "its": "it's",
    "yellow": "yelow", "purple": "purpel", "cylinder": "cilinder", "next": "nex", "between": "betwen", "piece": "peace",
    "square": "squre", "green": "grean", "orange": "ornage", "front": "frunt", "and": "adn", "that": "taht",
    "put": "putt",
}  # fmt: skip
_ROW_ADJECTIVES: Final = ("straight", "neat", "tidy", "single", "nice", "perfect", "long", "proper", "clean", "lovely")
_ROWS: Final = (
    "put {a} in a {j} {r}", "{a} in a {j} {r}", "{a} in a {j} {r} please", "form a {j} {r} of {a}",
    "make a {j} {r} out of {a}", "make me a {j} {r} of {a}", "arrange {a} in a {j} {r}", "i want a {j} {r} of {a}",
    "align {a}", "align {a} with one another", "get {a} aligned", "{a} should form a {j} {r}", "{a} all in one {r}",
    "a {j} {r} made of {a}", "let's have {a} in a {j} {r}", "turn {a} into a {j} {r}", "{a}, one {j} {r}",
)  # fmt: skip
_GOING: Final[dict[Course, tuple[str, ...]]] = {
    "rightwards": ("going from left to right", "running from left to right", "starting from the left", "from the left"),
    "leftwards": ("going from right to left", "running from right to left", "starting from the right",
    "from the right"),
    "backwards": (
        "going from the front to the back", "running from front to back", "starting at the front", "away from me",
    ),
    "forwards": ("going from the back to the front", "running from back to front", "starting at the back",
    "towards me"),
}  # fmt: skip
_BASES: Final = (
    "{0} at the bottom, then {1}", "{0} lowest, then {1}", "{0} lowest, {1} next", "{0} on the bottom, then {1}",
    "{0} underneath, {1} on it", "first {0}, then {1}", "{0} down below, {1} on it", "bottom {0}, then {1}",
    "bottom: {0}, then {1}", "{0} first, {1} next", "{0} goes first, then {1}", "{0} at the base, then {1}",
    "at the bottom {0}, then {1}", "the lowest is {0}, above it {1}", "{0} carries {1}", "start: {0}, then {1}",
)  # fmt: skip
_TOPS: Final = (
    ", then {0}", " and then {0}", ", {0} top", ", {0} on top", ", top {0}", ", top: {0}", ", {0} next",
    ", then {0} on top",
    ", {0} to finish", ", and {0} to finish", ", and {0} on the very top", ", at the top {0}", ", {0} highest",
)  # fmt: skip
_TOWER_HEADS: Final = (
    "build me a tower: ", "stack 'em: ", "stack them up: ", "make me a tower: ", "stack like so: ", "pile: ", "stack ",
    "tower order: ", "build up: ", "a pile: ", "a stack: ", "make a pile, ", "tower, ", "i'd love a tower, ",
    "pile 'em up: ",
    "build me a stack: ", "a tower of ", "pile up ", "stacked: ", "", "",
)  # fmt: skip
_BIG_BELOW: Final = (
    "pile {a} up, biggest down below", "pile {a} up with the big ones below", "stack {a}, big to small",
    "stack {a} up, largest lowest", "a tower of {a}, the larger ones underneath", "pile up {a}, biggest first",
    "stack {a} with the larger ones underneath", "{a} in a pile, the bigger the lower", "{a} stacked, biggest lowest",
)  # fmt: skip
_OF_ALL: Final = (
    "a tower made of {a}", "i'd love a tower made of {a}", "make one tower of {a}", "one pile with {a}",
    "i'd like to see {a} in one tower", "get {a} into one pile", "all in one stack: {a}", "build upwards with {a}",
)  # fmt: skip
_ENDS: Final = {
    "base": (", {b} lowest", ", {b} at the very bottom", ", {b} down below", ", {b} underneath", ", {b} being lowest"),
    "peak": (", {b} highest", ", {b} at the very top", ", {b} uppermost", ", {b} up top", ", {b} being highest"),
}
_SHAPES: Final = (
    "{a}, make me a {f} out of them", "{f} please: {a}", "{f}: {a}", "a {f}: {a}", "make me a {f} out of {a}",
    "use {a} to make a {f}", "use {a} for a {f}", "{a} make a {f}", "i'd like a {f} made of {a}", "{a} as a {f}",
    "a {f} made of {a}", "get {a} into a {f}", "{a} should stand in a {f}", "have {a} form a {f}", "a nice {f} of {a}",
)  # fmt: skip
_FORMS: Final[dict[Form, tuple[str, ...]]] = {
    "circle": ("circle", "ring", "circle", "round"), "square": ("square", "square"), "triangle": ("triangle",
    "triangle"),
}  # fmt: skip
_EMPTIED: Final = (
    "remove whatever is sitting on {a}", "remove whatever's on {a}", "get rid of whatever is on {a}",
    "take off whatever is sitting on {a}", "what's on {a} has to go", "whatever is on {a} should go elsewhere",
    "{a} needs emptying", "{a} needs clearing", "i want to see {a} bare", "{a} should be bare", "everything out of {a}",
    "everything off {a}", "out with whatever is in {a}", "i'd like {a} empty", "i'd like {a} cleared",
    "can {a} be emptied",
    "could you empty {a}", "{a} is too full, empty it", "i need to use {a}, so empty it", "make {a} free",
    "what is in {a} should come out", "put whatever is on {a} somewhere else", "tidy {a} so that nothing is on it",
)  # fmt: skip
_HELD: Final = (
    "hold {a} for me", "pick {a} up and wait", "keep {a} in the air", "have {a} in your hand",
    "take {a} into your hand",
    "hold {a} up for me", "hold {a} up so i can see it", "lift {a} and don't put it down", "could you hold {a}",
    "pick {a} up and keep it there", "{a} up in the air", "grab {a} and hold it", "i want {a} picked up",
    "raise {a} off the table", "lift {a} for a moment", "have {a} lifted",
)  # fmt: skip
_OFF: Final = (
    "take {a} down from {b}", "{a} off {b}", "{a} off {b} please", "get {a} down from {b}", "{a} out of {b}",
    "{a} down from {b}", "fetch {a} out of {b}", "{a} must come off {b}", "{a} has to come out of {b}",
)  # fmt: skip
_LEFT_BEHIND: Final = (
    "all but {x} {rest}", "everything but {x} {rest}", "everything except {x} goes {rest}", "all except {x} {rest}",
    "put all but {x} {rest}", "everything goes {rest}, only {x} stays where it is", "everything {rest}, {x} stays out",
    "not {x}, but everything else {rest}", "put everything {rest} but leave {x} out", "all of it {rest}, bar {x}",
    "everyone but {x} {rest}", "the lot {rest}, but not {x}", "everything {rest} - not {x}",
)  # fmt: skip
WEIGHTS: Final = {
    "voiced_row": 5, "voiced_tower": 6, "voiced_shape": 4, "emptied": 3, "held_up": 3, "taken_off": 1, "left_behind": 3,
}  # fmt: skip


class Voices:
    """Draws whole clauses in other voices, from a random source and a drawer of noun phrases."""

    def __init__(self, rng: random.Random, nouns: Nouns) -> None:
        self._rng = rng
        self._nouns = nouns

    def draw(self, act: str) -> tuple[AnyStep, str]:
        """Draw a clause of ``act``, a key of ``WEIGHTS``."""
        return {
            "voiced_row": self._row, "voiced_tower": self._tower, "voiced_shape": self._shape,
            "emptied": self._emptied, "held_up": self._held, "taken_off": self._off, "left_behind": self._left_behind,
        }[act]()  # fmt: skip

    def _pick(self, templates: tuple[str, ...], **parts: str) -> str:
        return self._rng.choice(templates).format(**parts)

    def _several(self) -> Phrase:
        """Several things: listed, all of a kind, or all of one kind and others beside them."""
        draw = self._rng.random()
        if draw < 0.35:
            return self._nouns.everything(MOVERS)
        if draw < 0.7:
            return self._nouns.listing(MOVERS, self._rng.choice((2, 3, 3, 4)))
        return self._nouns.kinds(self._rng.choice((1, 2, 2)))

    def _row(self) -> tuple[AnyStep, str]:
        a = self._several()
        parts = {"a": a.text, "j": self._rng.choice(_ROW_ADJECTIVES), "r": self._rng.choice(("row", "line"))}
        words = self._pick(_ROWS, **parts)
        if self._rng.random() < 0.45:
            course: Course = self._rng.choice(tuple(_GOING))
            words += self._rng.choice((" ", " ", ", ")) + self._rng.choice(_GOING[course])
            return schema.Line(a=a.terms, course=course), words
        return schema.Line(a=a.terms), words

    def _tower(self) -> tuple[AnyStep, str]:
        draw = self._rng.random()
        if draw < 0.12:
            a = self._nouns.everything(SUPPORTS[:7])
            return schema.Tower(a=a.terms, floors="biggest_below"), self._pick(_BIG_BELOW, a=a.text)
        if draw < 0.3:
            a, end = self._nouns.everything(SUPPORTS[:7]), self._nouns.phrase(SUPPORTS[:8])
            which = self._rng.choice(tuple(_ENDS))
            words = self._pick(_OF_ALL, a=a.text) + self._pick(_ENDS[which], b=end.text)
            return schema.Tower.model_validate({"a": a.terms, which: end.term}), words
        floors = [self._nouns.phrase(SUPPORTS[:8]) for _ in range(self._rng.choice((2, 3, 3, 3, 4)))]
        names = [floor.text for floor in floors]
        words = self._rng.choice(_TOWER_HEADS) + self._rng.choice(_BASES).format(*names[:2])
        for name in names[2:]:
            words += self._rng.choice(_TOPS).format(name)
        return schema.Tower(a=tuple(floor.term for floor in floors)), words

    def _shape(self) -> tuple[AnyStep, str]:
        form: Form = self._rng.choice(tuple(_FORMS))
        a = self._nouns.listing(MOVERS, {"circle": 4, "square": 4}.get(form, 3))
        if form == "circle" and self._rng.random() < 0.5:
            a, b = self._nouns.kinds(self._rng.choice((1, 2))), self._nouns.phrase(LANDMARKS + CONTAINERS)
            words = self._pick(("surround {b} with {a}", "{a} around {b}", "put {a} all round {b}"), a=a.text, b=b.text)
            return schema.Shape(form=form, a=a.terms, around=b.term if isinstance(b.term, Selector) else None), words
        a = a if self._rng.random() < 0.7 else self._several()
        return schema.Shape(form=form, a=a.terms), self._pick(_SHAPES, a=a.text, f=self._rng.choice(_FORMS[form]))

    def _emptied(self) -> tuple[AnyStep, str]:
        a = self._nouns.phrase(CONTAINERS + ZONES * 2 + SUPPORTS[:8])
        return schema.Clear(a=a.terms), self._pick(_EMPTIED, a=a.text)

    def _held(self) -> tuple[AnyStep, str]:
        a = self._nouns.phrase(MOVERS)
        return schema.Hold(a=a.terms), self._pick(_HELD, a=a.text)

    def _off(self) -> tuple[AnyStep, str]:
        a, b = self._nouns.phrase(MOVERS), self._nouns.phrase(SUPPORTS + CONTAINERS)
        return Pair(relation="apart", a=a.terms, b=b.term), self._pick(_OFF, a=a.text, b=b.text)

    def _left_behind(self) -> tuple[AnyStep, str]:
        """All but some: *all but red and blue into the bowl*."""
        out, target = self._nouns.excluded(), self._nouns.phrase(CONTAINERS + ZONES)
        nouns = tuple(
            schema.Noun(**t.model_dump(exclude={"anchor", "excluding"})) for t in out.terms if isinstance(t, Selector)
        )
        rest = f"{self._rng.choice(('in', 'into', 'into', 'inside'))} {target.text}"
        a = Selector(quantifier="all", excluding=nouns)
        return Pair(relation="in", a=(a,), b=target.term), self._pick(_LEFT_BEHIND, x=out.text, rest=rest)


def opening(rng: random.Random) -> str:
    """Draw small talk that leads to a request: *my lad left his toys lying about, so would you ...*."""
    if rng.random() < 0.5:
        said = f"{rng.choice(_WHO)} {rng.choice(_DID)}{rng.choice((',', '.', '.', ','))}"
    else:
        said = rng.choice(_SMALL)
    return said + rng.choice(_LINKS)


def address(rng: random.Random) -> str:
    """Draw what is said to whom at the end of a request: *mate*, *cheers*."""
    return rng.choice(_ADDRESS)


def hesitant(text: str, rng: random.Random) -> str:
    """Put one or two fillers between the words of ``text``."""
    words = text.split(" ")
    for _ in range(rng.choice((1, 1, 2))):
        said = rng.choice(_FILLERS)
        at = rng.randrange(len(words))
        if at and rng.random() < 0.4:
            words[at - 1] = words[at - 1].rstrip(",") + ","
        words.insert(at, said + rng.choice((",", ",", "", "...")))
    return " ".join(words)


def sloppy(text: str, rng: random.Random) -> str:
    """Write some words of ``text`` as in a text message, or confuse them with others that sound alike."""
    table, share = (_TEXTING, 0.5) if rng.random() < 0.4 else (_CONFUSED, 0.35)
    return re.sub(r"[a-z]+", lambda m: table.get(m[0], m[0]) if rng.random() < share else m[0], text)
