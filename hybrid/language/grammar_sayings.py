"""Sayings in the training grammar: drawn with other colours, kinds, sides and lengths, and joined to long requests."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace
from typing import Final

from hybrid.errors import LanguageError
from hybrid.language import grammar_links as links
from hybrid.language import grammar_sentences as say
from hybrid.language.exchanged_colours import colours_exchanged
from hybrid.language.exchanged_kinds import kinds_exchanged
from hybrid.language.exchanged_sides import measured_anew, mirrored
from hybrid.language.grammar_clauses import Clauses
from hybrid.language.grammar_noise import keep_words
from hybrid.language.grammar_nouns import Nouns
from hybrid.language.grammar_singles import CONTAINERS, MOVERS
from hybrid.language.lexicon import COLOUR_WORDS, KIND_WORDS
from hybrid.language.reading import from_tokens
from hybrid.language.sayings import Saying, all_sayings
from hybrid.language.schema import MAX_KEEP, MAX_STEPS, Colour, Hold, KindWord, Program, Selector, Term
from hybrid.language.wire import END, to_tokens

MAX_WORDS: Final = 110
"""Longest request of joined sayings, in words: the network reads 256 pieces."""
_JOINED: Final = 0.2
_GAPS: Final = (
    ". ", ". ", ". ", ". then ", ". then ", ". after that, ", "; ", "\n", ". next, ", ", then ", ", and then ",
    ". when that's done, ", ". oh, and ", "... and then ", ". ok, next: ", ". that done, ",
)  # fmt: skip
"""What mostly stands between whole sentences; now and then they are linked as clauses are."""
_SPOKEN: Final = frozenset({"undo", "back", "again", "further", "less", "instead"})
_BOUND: Final = re.compile(
    r"\b(?:first|1st|before\w*|last|lastly|final\w*|after\w*|once|until|till|earlier|start\w*|begin\w*|end|ends|other|others|rest"
    r"|too|also|as well|same|again|instead|next|later|order|done|then back|everything else|meant|wrong one)\b",
    re.IGNORECASE,
)
"""Words by which a sentence may speak of its place in a talk, or of what another one said."""
_PLAIN: Final = re.compile(
    rf"\bthe (?P<colour>{'|'.join(word for words in COLOUR_WORDS.values() for word in words)})"
    rf" (?P<kind>{'|'.join(word for kind in ('cube', 'block', 'ball', 'cylinder') for word in KIND_WORDS[kind])})"
    r"\b(?!['’-])",
    re.IGNORECASE,
)
_COLOUR_OF: Final[dict[str, Colour]] = {word: colour for colour, words in COLOUR_WORDS.items() for word in words}
_KIND_OF: Final[dict[str, KindWord]] = {word: kind for kind, words in KIND_WORDS.items() for word in words}


@dataclass(frozen=True)
class Told:
    """What was drawn: a request, its program, and whether it is more than one saying."""

    text: str
    program: Program
    joined: bool = False


class Sayings:
    """Draws sayings from a random source; clauses of the grammar may follow them."""

    def __init__(self, rng: random.Random, nouns: Nouns, clauses: Clauses) -> None:
        self._rng = rng
        self._nouns = nouns
        self._clauses = clauses

    def draw(self, longest: int) -> Told:
        """Draw a request of at most ``longest`` steps: one saying, or several joined."""
        while True:
            told = self._one()
            if len(told.program.steps) > longest:
                continue
            if _joinable(told) and self._rng.random() < _JOINED:
                return self._kept(self._lengthened(told, longest))
            return told

    def _one(self) -> Told:
        """A saying in other words, as often as its form allows."""
        saying = varied(self._rng.choice(all_sayings()), self._rng)
        if self._rng.random() < 0.15:
            saying = self._richer(saying)
        return Told(saying.text, program_of(saying))

    def _richer(self, saying: Saying) -> Saying:
        """A plain thing that is said and meant once in other, longer words: *the red cube nearest the bowl*."""
        found = list(_PLAIN.finditer(saying.text))
        if not found:
            return saying
        match = self._rng.choice(found)
        kind = _KIND_OF[match["kind"].lower()]
        meant = f" the {_COLOUR_OF[match['colour'].lower()]} {kind} "
        wire = f" {' '.join(saying.tokens)} "
        phrase = self._nouns.phrase((kind,))
        if wire.count(meant) != 1 or saying.text.lower().count(match[0].lower()) != 1:
            return saying
        text = saying.text[: match.start()] + phrase.text + saying.text[match.end() :]
        richer = Saying(text, tuple(wire.replace(meant, f" {_wire(phrase.term)} ").split()))
        try:
            program = program_of(richer)
        except LanguageError:
            return saying
        return richer if to_tokens(program)[:-1] == richer.tokens else saying

    def _lengthened(self, told: Told, longest: int) -> Told:
        """One to three further sayings or clauses after ``told``."""
        for _ in range(self._rng.choice((1, 1, 2, 3))):
            more = self._another()
            steps = (*told.program.steps, *more.program.steps)
            keep = (*told.program.keep, *more.program.keep)
            text = _open(told.text, self._rng) + more.text
            if len(steps) > min(longest, MAX_STEPS) or len(keep) > MAX_KEEP or len(text.split()) > MAX_WORDS:
                break
            told = Told(text, Program(steps=steps, keep=keep), joined=True)
        return told

    def _another(self) -> Told:
        """A saying that can follow another, or a clause of the grammar."""
        if self._rng.random() < 0.25:
            clause = self._clauses.draw()
            return Told(say.order(clause, self._rng), Program(steps=(clause.step,)))
        while not _joinable(told := self._one()):
            pass
        return told

    def _kept(self, told: Told) -> Told:
        """Now and then with something that is to stay where it is."""
        if self._rng.random() >= 0.12 or len(told.program.keep) == MAX_KEEP:
            return told
        phrase = self._nouns.phrase(MOVERS + CONTAINERS)
        if not isinstance(phrase.term, Selector):
            return told
        text = keep_words(told.text.rstrip(".!?… "), [phrase.text], self._rng)
        return replace(
            told, text=text, program=told.program.model_copy(update={"keep": (*told.program.keep, phrase.term)})
        )


def varied(saying: Saying, rng: random.Random) -> Saying:
    """Return ``saying`` with what may be exchanged drawn anew, now and then left as it was said."""
    if rng.random() < 0.85:
        saying = colours_exchanged(saying, rng)
    if rng.random() < 0.75:
        saying = kinds_exchanged(saying, rng)
    if rng.random() < 0.5:
        saying = mirrored(saying)
    return measured_anew(saying, rng) if rng.random() < 0.7 else saying


def program_of(saying: Saying) -> Program:
    """Return the program of ``saying``; raises ``LanguageError`` where its tokens are none."""
    return from_tokens((*saying.tokens, END))


def _joinable(told: Told) -> bool:
    """Whether a saying is one or two plain steps that mean the same after another request and before one."""
    tokens = to_tokens(told.program)
    steps = told.program.steps
    if not 1 <= len(steps) <= 2 or _SPOKEN & set(tokens) or "other" in tokens or _BOUND.search(told.text):
        return False
    first = tokens[: tokens.index(";")] if ";" in tokens else tokens
    return "it" not in first


def _open(text: str, rng: random.Random) -> str:
    """Write ``text`` so that something may follow it."""
    gap = rng.choice(_GAPS if rng.random() < 0.75 else links.THEN)
    end = text.rstrip()[-1:]
    if end in "?!" and gap.startswith((".", "\n")) and rng.random() < 0.7:
        return text.rstrip() + gap.removeprefix(".")
    return text.rstrip(".!?… ") + gap


def _wire(term: Term) -> str:
    """The wire tokens of one term."""
    return " ".join(to_tokens(Program(steps=(Hold(a=(term,)),)))[1:-1])
