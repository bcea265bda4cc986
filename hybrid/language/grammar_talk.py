"""Requests of the training grammar that speak of the conversation or ask about the scene.

*undo*, *the same with the green one*, *no, the blue one*, *a bit further*; *how many*, *where*, *is there*. Knows noun
phrases and the schema.
"""

from __future__ import annotations

import random
from typing import Final, cast

from hybrid.language import schema
from hybrid.language.grammar_nouns import Nouns
from hybrid.language.grammar_singles import CONTAINERS, LANDMARKS, MOVERS, SUPPORTS, ZONES, Phrase
from hybrid.language.grammar_verbs import RESTS
from hybrid.language.lexicon import COLOUR_WORDS, KIND_WORDS, plural
from hybrid.language.schema import AnyQuestion, AnyStep, Pairing, Selector

Said = tuple[AnyStep, str]

_UNDO: Final = (
    "undo", "undo", "undo that", "undo that", "undo it", "undo this", "undo the last step", "undo the last move",
    "undo what you did", "undo what you just did", "take that back", "take it back", "revert that", "revert",
    "reverse that", "reverse the last step", "go back", "go back one step", "back to how it was",
    "put everything back", "oh no, undo that", "put things back as they were", "restore what was there before",
    "restore the previous state", "that was wrong, undo it", "no, undo that", "cancel that", "cancel the last move",
    "make it as it was", "as it was before please", "step back", "return to the previous state",
    "i want it the way it was before", "oops, undo", "roll back", "roll that back", "back to before",
    "never mind, take that back", "please undo", "ctrl z", "unmake that", "i didn't want that, undo it",
    "oh no i didn't want that, undo it",
    "that's not what i wanted, put it back", "no no, undo that", "that's wrong, take it back",
    "that was a mistake, revert it",
    "change it back", "put it all back the way it was", "back to the previous arrangement", "undo your last action",
)  # fmt: skip
_BACK: Final = (
    "put {a} back", "put {a} back", "put {a} back where {it} {was}", "put {a} back where {it} came from",
    "put {a} back again", "return {a} to where {it} {was}", "return {a} to {its} place",
    "return {a} to {its} old place", "bring {a} back", "move {a} back", "move {a} back to where {it} {was}",
    "{a} should go back to where {it} {was}", "take {a} back to {its} place", "{a} back where {it} {was}",
    "restore {a} to {its} place", "put {a} back to {its} original position", "set {a} back where {it} {was} before",
    "{a} goes back where {it} came from", "{a} back please", "get {a} back to {its} old spot",
    "put {a} back in {its} place",
)  # fmt: skip
_AGAIN: Final = (
    "again", "again please", "do it again", "do that again", "once more", "one more time", "repeat", "repeat that",
    "repeat it", "same again", "do the same again", "the same again please", "encore", "do that one more time",
    "another time please", "repeat the last step", "and again", "now do it again", "do it once more",
)  # fmt: skip
_SAME: Final = (
    "do the same with {a}", "do the same with {a}", "the same with {a}", "same with {a}", "do the same for {a}",
    "the same for {a}", "same for {a}", "same thing with {a}", "do the same thing with {a}", "and {a} too",
    "and {a} as well", "and {a}", "{a} too", "{a} as well", "{a} too please", "also {a}", "now {a}",
    "now {a} as well", "now {a} too", "now the same with {a}", "likewise {a}", "likewise with {a}",
    "again, but with {a}", "again with {a}", "once more with {a}", "once more, but with {a}", "repeat that with {a}",
    "repeat with {a}", "and now {a}", "{a} next", "ditto for {a}", "ditto {a}", "{a} the same way",
    "treat {a} the same", "the same goes for {a}", "what about {a}, too", "next, {a}", "that for {a} too",
    "apply that to {a} too", "do it with {a} too", "do it again with {a}", "now do that with {a}",
    "do that to {a} too", "{a} likewise", "same procedure with {a}", "and the same for {a}",
    "do this with {a} as well",
)  # fmt: skip
_FURTHER: Final = (
    "{n} further", "{n} further", "{n} more", "{n} further please", "{n} farther", "{n} further in that direction",
    "move it {n} further", "push it {n} further", "go {n} further", "{n} more in the same direction",
    "keep going {n}", "{n} more that way", "and {n} further", "even {n} further", "it should go {n} further",
    "not far enough, {n} more", "{n} more please", "further by {n}", "move it {n} more", "shift it {n} more",
    "it needs to go {n} further",
)  # fmt: skip
_ONWARDS: Final = (
    "further", "further please", "more", "more please", "further still", "even further", "keep going", "go on",
    "not far enough", "still further", "a bit further", "a bit more", "just a bit more", "a little more",
    "a tad more", "continue a bit", "a touch further", "little bit further", "a little further",
)  # fmt: skip
_LESS: Final = (
    "{n} less", "{n} back", "that was too far, {n} back", "too far, {n} back", "too far, go {n} back",
    "not so far, {n} less", "move it back {n}", "{n} back please", "too much, {n} less",
    "that's too far, move it {n} back", "go back {n}", "{n} less far",
)  # fmt: skip
_TOO_FAR: Final = (
    "too far", "that's too far", "that was too far", "not so far", "not that far", "less far", "a bit less",
    "a bit back", "a little back", "too much", "that was a bit too much", "a bit too far", "go back a bit",
    "move it back a bit", "slightly less", "a little less",
)  # fmt: skip
_INSTEAD: Final = (
    "no, {a}", "no, {a}", "no {a}", "no, i meant {a}", "no, i mean {a}", "i meant {a}", "i mean {a}", "sorry, {a}",
    "sorry, i meant {a}", "not that one, {a}", "not that one, i meant {a}", "wrong one, {a}",
    "the wrong one, i wanted {a}", "no no, {a}", "actually {a}", "{a} instead", "no, {a} instead", "i said {a}",
    "wait, {a}", "{a}, not that one", "not this one but {a}", "nope, {a}", "no, not that, {a}", "{a} i meant",
    "{a} i mean", "i was talking about {a}", "that's wrong, i meant {a}", "oops, {a}", "{a}", "{a}", "{a}",
    "{a} please", "no wait, {a}", "no, use {a}", "use {a} instead", "take {a} instead", "{a} of course",
    "the one i mean is {a}", "i want {a}", "hmm, rather {a}", "make it {a}", "it should have been {a}",
    "excuse me, {a}", "other one, {a}", "pardon, {a}", "{a} was what i meant",
)  # fmt: skip
_COUNT: Final = (
    "how many {a} are there", "how many {a} are there", "how many {a} do you see", "how many {a} are on the table",
    "how many {a}", "count {a}", "count the {a}", "what is the number of {a}", "number of {a}",
    "can you count the {a}", "how many {a} can you see", "how many {a} have we got", "tell me how many {a} there are",
    "do you know how many {a} there are", "how many {a} are here", "how many {a} do we have", "how many {a} exist",
)  # fmt: skip
_COUNT_LINKED: Final = (
    "how many {a} are {l}", "how many {a} are {l}", "how many {a} do you see {l}", "count the {a} {l}",
    "how many {a} {l}", "what is the number of {a} {l}", "how many {a} are there {l}", "tell me how many {a} are {l}",
    "how many {a} can you see {l}",
)  # fmt: skip
_WHERE: Final = (
    "where is {a}", "where is {a}", "where's {a}", "where are {a}", "where do you see {a}", "in which place is {a}",
    "where can i find {a}", "where did {a} go", "tell me where {a} is", "what is the position of {a}",
    "can you see where {a} is", "what is {a} on", "what is {a} standing on", "what does {a} stand on",
    "location of {a}", "show me where {a} is", "where has {a} gone",
)  # fmt: skip
_WHICH_LINKED: Final = (
    "what is {l}", "what is {l}", "what's {l}", "what do you see {l}", "which things are {l}",
    "which objects are {l}", "what lies {l}", "what stands {l}", "what can you see {l}", "tell me what is {l}",
    "what is there {l}", "what things are {l}", "list what is {l}", "what are the things {l}", "which {k} is {l}",
    "which {k} are {l}", "name the {k} {l}",
)  # fmt: skip
_WHICH: Final = (
    "which {n} is {x}", "which {n} is {x}", "which one of the {n} is {x}", "what is {x} {n}", "what's {x} {n}",
    "which is {x} {n}", "tell me which {n} is {x}", "what is the name of {x} {n}", "which one is {x} {n}",
    "name {x} {n}",
)  # fmt: skip
_WHICH_COLOURED: Final = (
    "which things are {c}", "which {k} are {c}", "what is {c} here", "what things are {c}", "which objects are {c}",
    "list everything {c}", "what {c} things are there", "which {c} {k} do you see", "what is {c} on the table",
)  # fmt: skip
_COLOUR: Final = (
    "what colour is {a}", "what colour is {a}", "which colour is {a}", "what is the colour of {a}",
    "what's the colour of {a}", "what color is {a}", "which color does {a} have", "tell me the colour of {a}",
    "what color do you see on {a}", "colour of {a}",
)  # fmt: skip
_EXISTS: Final = (
    "is there {a}", "is there {a} on the table", "is there {a} here", "do you see {a}", "can you see {a}",
    "do we have {a}", "are there any {m}", "are there {m}", "do you see any {m}", "is {a} on the table",
    "have you got {a}", "are there any {m} here", "are there any {m} on the table", "any {m} here",
    "does the table have {a}", "can you find {a}",
)  # fmt: skip
_EXISTS_LINKED: Final = (
    "is there anything {l}", "is anything {l}", "is there something {l}", "is something {l}",
    "do you see anything {l}", "anything {l}", "is there any {k} {l}", "is there a {k} {l}", "are there any {m} {l}",
)  # fmt: skip
_EMPTY: Final = (
    "is {b} empty",
    "is {b} free",
    "is {b} occupied",
    "is {b} full",
    "does {b} hold anything",
    "what does {b} hold",
)
_TRUE: Final = (
    "is {a} {r} {b}", "is {a} {r} {b}", "is {a} {r} {b} now", "are {a} {r} {b}", "does {a} stand {r} {b}",
    "does {a} lie {r} {b}", "can you tell me whether {a} is {r} {b}", "tell me if {a} is {r} {b}",
    "is it true that {a} is {r} {b}", "check whether {a} is {r} {b}", "{a} is {r} {b}, right", "is {a} still {r} {b}",
    "is {a} really {r} {b}", "{a} is {r} {b}, isn't it", "did {a} end up {r} {b}",
)  # fmt: skip
_FAR: Final = (
    "how far is {a} from {b}", "how far is {a} from {b}", "how far apart are {a} and {b}",
    "what is the distance between {a} and {b}", "how many cm are between {a} and {b}", "distance between {a} and {b}",
    "how much space is between {a} and {b}", "how close is {a} to {b}", "how many centimetres from {a} to {b}",
    "what's the distance from {a} to {b}",
)  # fmt: skip
_TABLE: Final = (
    "what do you see", "what do you see", "what can you see", "what is on the table", "what's on the table",
    "describe the table", "describe the scene", "describe what you see", "tell me what you see", "what is there",
    "list the objects", "list all things", "what objects are there", "which things are there",
    "which objects do you see", "give me an overview", "what have we got here", "name everything on the table",
    "what's in front of you", "what things are on the table", "what does the table look like",
    "show me what is there", "inventory", "what all is on the table",
)  # fmt: skip
_HELP: Final = (
    "help", "what can you do", "what can you do", "what are you able to do", "how does this work",
    "what can i ask you", "how can you help me", "what are your abilities", "what commands do you understand",
    "what do you know how to do", "how do i use you", "what can i say", "what are you capable of", "can you help me",
    "tell me what you can do", "what sort of things can you do",
)  # fmt: skip
_HISTORY: Final = (
    "what did you do", "what did you just do", "what did you do last", "what was the last thing you did",
    "what have you done", "what happened", "what was my last request", "what did i ask you", "tell me what you did",
    "what did you move", "what have you moved", "what was that", "what did you change",
)  # fmt: skip
_EXTREMES: Final[dict[schema.Extreme, tuple[str, ...]]] = {
    "biggest": ("the biggest", "the largest", "biggest"),
    "smallest": ("the smallest", "smallest", "the littlest"),
    "tallest": ("the tallest", "tallest", "the highest in size"),
    "shortest": ("the shortest",),
    "leftmost": ("the leftmost", "furthest to the left", "furthest left"),
    "rightmost": ("the rightmost", "furthest to the right"),
    "nearest": ("the nearest", "closest to me", "the closest"),
    "farthest": ("the farthest", "furthest away", "farthest from me"),
    "highest": ("the highest", "on top of everything", "the topmost"),
    "middle": ("in the middle", "the middle"),
}
_ASKED_KINDS: Final[tuple[schema.KindWord, ...]] = (
    "cube", "block", "block", "thing", "thing", "ball", "cylinder", "bowl", "tray", "zone",
)  # fmt: skip


class Talk:
    """Draws steps about the conversation and questions about the scene."""

    def __init__(self, rng: random.Random, nouns: Nouns) -> None:
        self._rng = rng
        self._nouns = nouns

    def step(self) -> Said:
        """Draw a request that speaks of an earlier one."""
        draw = self._rng.random()
        if draw < 0.14:
            return schema.Undo(), self._rng.choice(_UNDO)
        if draw < 0.29:
            return self._back()
        if draw < 0.35:
            return schema.Again(), self._rng.choice(_AGAIN)
        if draw < 0.60:
            a = self._nouns.group(MOVERS) if self._rng.random() < 0.25 else self._nouns.phrase(MOVERS)
            return schema.Again(a=a.terms), self._rng.choice(_SAME).format(a=a.text)
        return self._on() if draw < 0.75 else self._instead()

    def _back(self) -> Said:
        it = self._rng.random() < 0.45
        a = self._nouns.it(many=self._rng.random() < 0.15) if it else self._nouns.phrase(MOVERS)
        words = {"it": "they", "its": "their", "was": "were"} if a.many else {"it": "it", "its": "its", "was": "was"}
        return schema.Back(a=a.terms), self._rng.choice(_BACK).format(a=a.text, **words)

    def _on(self) -> Said:
        less = self._rng.random() < 0.3
        if self._rng.random() < 0.5:
            return schema.Further(less=less), self._rng.choice(_TOO_FAR if less else _ONWARDS)
        if self._rng.random() < 0.5:
            words = self._rng.choice(("a bit", "a little", "a little bit", "slightly", "a tad", "just a bit"))
            return schema.Further(less=less), self._rng.choice(_LESS if less else _FURTHER).format(n=words)
        by, words = self._nouns.distance()
        return schema.Further(less=less, by=by), self._rng.choice(_LESS if less else _FURTHER).format(n=words)

    def _instead(self) -> Said:
        draw = self._rng.random()
        a = self._nouns.phrase(MOVERS if draw < 0.75 else CONTAINERS + ZONES)
        if draw > 0.93:
            a = self._nouns.group(MOVERS)
        if any(isinstance(term, schema.Pronoun) for term in a.terms):
            return self._instead()
        return schema.Instead(a=a.terms), self._rng.choice(_INSTEAD).format(a=a.text)

    def question(self) -> tuple[AnyQuestion, str]:
        """Draw a question about the scene."""
        draw = self._rng.random()
        if draw < 0.22:
            return self._count()
        if draw < 0.36:
            a = self._nouns.phrase(MOVERS + CONTAINERS + ZONES)
            return self._asked("where", a), self._rng.choice(_WHERE).format(a=a.text)
        if draw < 0.52:
            return self._which()
        if draw < 0.60:
            a = self._nouns.phrase(("cube", "ball", "cylinder", "bowl", "tray", "zone", "block"))
            return self._asked("colour", a), self._rng.choice(_COLOUR).format(a=a.text)
        if draw < 0.72:
            return self._exists()
        if draw < 0.86:
            return self._claim()
        if draw < 0.92:
            a, b = self._nouns.phrase(MOVERS), self._nouns.phrase(LANDMARKS)
            return self._asked("distance", a, b), self._rng.choice(_FAR).format(a=a.text, b=b.text)
        topic: schema.Topic = self._rng.choice(("table", "table", "help", "history"))
        words = {"table": _TABLE, "help": _HELP, "history": _HISTORY}[topic]
        return schema.Asked(topic=topic), self._rng.choice(words)

    def _asked(self, topic: schema.Topic, *about: Phrase) -> schema.Asked:
        terms = tuple(phrase.term for phrase in about if isinstance(phrase.term, Selector))
        return schema.Asked(topic=topic, about=terms)

    def _count(self) -> tuple[AnyQuestion, str]:
        selector, words = self._nouns.bare(_ASKED_KINDS)
        if self._rng.random() < 0.5:
            return schema.Asked(topic="count", about=(selector,)), self._rng.choice(_COUNT).format(a=words)
        anchor, linked = self._nouns.link()
        about = selector.model_copy(update={"anchor": anchor})
        return schema.Asked(topic="count", about=(about,)), self._rng.choice(_COUNT_LINKED).format(a=words, l=linked)

    def _which(self) -> tuple[AnyQuestion, str]:
        draw = self._rng.random()
        if draw < 0.08:
            noun, words = self._nouns.landmark(CONTAINERS + ZONES)
            selector = Selector(quantifier="all", anchor=schema.Anchor(link="in", noun=noun))
            return self._listed(selector), self._rng.choice(_EMPTY).format(b=words)
        kind = self._rng.choice(("cube", "block", "thing", "ball", "cylinder"))
        word = self._rng.choice(KIND_WORDS[kind])
        if draw < 0.5:
            anchor, linked = self._nouns.link()
            template = self._rng.choice(_WHICH_LINKED)
            many = "are" in template or "name" in template
            words = template.format(l=linked, k=plural(word) if many else word)
            return self._listed(
                Selector(quantifier="all", kind=kind if "{k}" in template else "thing", anchor=anchor)
            ), words
        if draw < 0.8:
            extreme = self._rng.choice(tuple(_EXTREMES))
            words = self._rng.choice(_WHICH).format(n=word, x=self._rng.choice(_EXTREMES[extreme]))
            return self._listed(Selector(extreme=extreme, kind=kind)), words
        colour = self._nouns.colour()
        template = self._rng.choice(_WHICH_COLOURED)
        words = template.format(c=self._rng.choice(COLOUR_WORDS[colour]), k=plural(word))
        return self._listed(
            Selector(quantifier="all", colour=colour, kind=kind if "{k}" in template else "thing")
        ), words

    def _listed(self, selector: Selector) -> schema.Asked:
        return schema.Asked(topic="which", about=(selector,))

    def _exists(self) -> tuple[AnyQuestion, str]:
        selector, words = self._nouns.bare(_ASKED_KINDS)
        draw = self._rng.random()
        if draw < 0.1:
            a = self._nouns.unknown()
            about = Selector(quantifier="a", kind="unknown")
            return schema.Asked(topic="exists", about=(about,)), self._rng.choice(_EXISTS[:6]).format(a=a)
        if draw < 0.5:
            one, single = self._nouns.bare(("cube", "block", "ball", "cylinder", "bowl", "tray"), many=False)
            template = self._rng.choice(_EXISTS)
            if "{m}" in template:
                return schema.Asked(topic="exists", about=(selector,)), template.format(m=words)
            article = "an" if single[0] in "aeiou" else "a"
            about = one.model_copy(update={"quantifier": "a"})
            return schema.Asked(topic="exists", about=(about,)), template.format(a=f"{article} {single}")
        anchor, linked = self._nouns.link()
        template = self._rng.choice(_EXISTS_LINKED)
        kind = self._rng.choice(("cube", "block", "ball", "cylinder"))
        word = self._rng.choice(KIND_WORDS[kind])
        named = "{k}" in template or "{m}" in template
        words = template.format(l=linked, k=word, m=plural(word))
        about = Selector(quantifier="all", kind=kind if named else "thing", anchor=anchor)
        return schema.Asked(topic="exists", about=(about,)), words

    def _claim(self) -> tuple[AnyQuestion, str]:
        a = self._nouns.phrase(MOVERS)
        relation = self._rng.choice(("on", "on", "in", "in", "left_of", "right_of", "behind", "in_front_of", "next_to"))
        kinds = {"on": SUPPORTS, "in": CONTAINERS + ZONES}.get(relation, LANDMARKS)
        b = self._nouns.phrase(kinds)
        word = self._rng.choice(RESTS[relation][:6])
        meant = cast(Pairing, relation)
        if relation == "on" and isinstance(b.term, Selector) and b.term.kind in ("bowl", "tray", "container", "zone"):
            meant = "in"
        claim = schema.Pair(relation=meant, a=a.terms, b=b.term)
        return schema.Claim(claim=claim), self._rng.choice(_TRUE).format(a=a.text, b=b.text, r=word)
