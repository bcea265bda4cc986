"""The embedded default language model: shipped weights, one CPU core, no network.

Text → greedy program → lexical guards → resolved on the scene. Sure and unsuspicious readings are answered at once;
otherwise a beam gives alternatives, readings that mean the same on this table are counted together, and what remains
open is asked.
"""

from __future__ import annotations

import math
import time
import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from hybrid.base import Decomposition, Turn
from hybrid.errors import LanguageError
from hybrid.language.agreement import agreed
from hybrid.language.circumstance import bare
from hybrid.language.clarification import Moment, Pending, resumed
from hybrid.language.decoding import Decoded, beams, greedy
from hybrid.language.description import name
from hybrid.language.guards import doubts, ignored_colours, miscounted, moved_on, unknown_words, unsaid
from hybrid.language.lexicon import COLOUR_WORDS, KIND_WORDS, plural
from hybrid.language.network import SHIPPED, Network, load
from hybrid.language.parting import parts, unframed
from hybrid.language.reading import from_tokens
from hybrid.language.resolver import resolve
from hybrid.language.schema import Further, Hold, Program, Undo
from hybrid.language.settling import WORTH_ASKING, Reading, asked, rescued, settled, sure, unsure, words
from hybrid.language.spelling import Speller
from hybrid.language.wire import END, WIRE_TOKENS, to_tokens
from simulator.base import MOVABLE, Scene

SURE: Final = 0.86
"""Probability of the greedy program from which it is taken at once: chosen, like ``settling.AGREED``, on 440 phrasings
for development, where 0.74 had three more wrong and one more right."""
NAMES: Final = (
    *(word for words in COLOUR_WORDS.values() for word in words),
    *(form for words in KIND_WORDS.values() for word in words for form in (word, plural(word))),
)
"""Words that may be in no vocabulary as a whole and yet are no mistakes."""
BEAM: Final = 5
_NOT_STEPS: Final = frozenset({"refuse", "ask", "undo", "again", "further", "less", "instead", "keep"})
"""First words of programs that are no step of a list."""
_ONWARD: Final = frozenset({"further", "less"})
"""What goes on with an earlier request, and means nothing without one."""
_NO_ORDERS: Final = frozenset(
    token
    for token in WIRE_TOKENS
    if token.split("_")[0] in ("refuse", "ask", "undo", "again", "instead", "further", "less")
)
"""Tokens that are no step of their own."""


@dataclass(frozen=True)
class Ingredients:
    """What understanding consists of beside the network, for comparisons; the defaults are the product.

    Attributes:
        speller: misspelt words are put right first.
        barring: what the words cannot mean may not be written.
        guards: readings that do not fit the words are doubted.
        parting: long requests are also read part by part.
        asking: unsure readings are asked about; without it the likeliest is taken.
    """

    speller: bool = True
    barring: bool = True
    guards: bool = True
    parting: bool = True
    asking: bool = True


PRODUCT: Final = Ingredients()
"""The product as it ships."""


class EmbeddedLanguageModel:
    """A ``hybrid.base.LanguageModel`` over a loaded network.

    Deterministic: the same words on the same scene mean the same whatever was tried before, so ``examples`` and
    ``feedback`` do not change the answer.
    """

    def __init__(self, network: Network, ingredients: Ingredients = PRODUCT) -> None:
        self._network = network
        self._with = ingredients
        self._name = f"embedded-{str(network.card.get('weights_sha256', 'untrained'))[:8]}"
        listed = network.card.get("spelling") if ingredients.speller else None
        vocabulary = network.tokenizer.get_vocab(with_added_tokens=False)
        self._speller = Speller(
            vocabulary.__contains__, [*map(str, listed), *NAMES] if isinstance(listed, list) else ()
        )

    @property
    def name(self) -> str:
        """``embedded-`` and the start of the weights' sha256."""
        return self._name

    def decompose(
        self,
        instruction: str,
        scene: Scene,
        *,
        examples: tuple[str, ...] = (),  # noqa: ARG002
        feedback: str = "",  # noqa: ARG002
        turns: tuple[Turn, ...] = (),
    ) -> Decomposition:
        """Decompose ``instruction`` against ``scene``; raises ``LanguageError`` when it is too long for the network."""
        began = time.perf_counter()
        answer = self._answer(self._moment(instruction, scene, turns), scene)
        return replace(answer, backend=self.name, milliseconds=1000.0 * (time.perf_counter() - began))

    def readings(self, moment: Moment, scene: Scene, *, orders: bool = False) -> list[Reading]:
        """Return the beam's readings of what was said, most probable first, without those that break the schema.

        With ``orders`` it is taken for granted that something is to be done: no question, refusal or correction.
        """
        barred = self._barred(moment.instruction) | (frozenset() if moment.turns else _ONWARD)
        barred |= _NO_ORDERS if orders else frozenset()
        found = (
            self._read(decoded, moment, scene) for decoded in beams(self._network, moment.instruction, BEAM, barred)
        )
        return [reading for reading in found if reading is not None]

    def _moment(self, instruction: str, scene: Scene, turns: tuple[Turn, ...]) -> Moment:
        """What is asked now, its typos put right."""
        now = resumed(instruction, turns, lambda reply, pending: self._pointed(reply, scene, pending))
        return replace(now, instruction=unframed(bare(self._speller.corrected(plain_words(now.instruction)))))

    def _pointed(self, reply: str, scene: Scene, open_question: Pending) -> str | None:
        """The choice that a description such as *the one by the bowl* fits, by perception; None when none does."""
        text, choices = self._speller.corrected(plain_words(reply)), open_question.choices
        named = {name(thing, scene): thing for thing in scene.things}
        things = tuple(named[choice] for choice in choices if choice in named)
        decoded = greedy(self._network, text, self._barred(text))
        if len(things) != len(choices) or not decoded.complete or decoded.tokens[0] != "instead":
            return None
        others = tuple(t for t in scene.things if t.kind not in MOVABLE and t not in things)
        try:
            step = from_tokens(decoded.tokens).steps[0]
            if isinstance(step, Undo | Further):
                return None
            found = resolve(Program(steps=(Hold(a=step.a),)), replace(scene, things=(*things, *others)))
        except (LanguageError, AttributeError):
            return None
        ids = [str(subgoal.facts[0].arguments[0]) for subgoal in found.subgoals]
        return next((choice for choice in choices if len(ids) == 1 and named[choice].id == ids[0]), None)

    def _answer(self, moment: Moment, scene: Scene) -> Decomposition:
        barred = self._barred(moment.instruction) | (frozenset() if moment.turns else _ONWARD)
        first = self._read(greedy(self._network, moment.instruction, barred), moment, scene)
        parted = self._parted(moment, scene)
        if first is not None and parted is not None and _statuses(first, parted) == ("planned", "refused"):
            parted = None  # What makes sense as a whole was no list of steps.
        taken = [r for r in (parted, first) if r is not None and sure(r, SURE)]
        if taken:
            best = max(taken, key=lambda reading: reading.probability)
            return best.decomposition if moment.turns else self._spoken_to(best, moment, scene)
        if not self._with.asking and first is not None:
            return first.decomposition
        readings = [*([] if parted is None else [parted]), *self.readings(moment, scene)]
        answer = settled(readings, moment.chosen)
        if not unsure(answer, readings):
            return answer
        orders = [order for order in self.readings(moment, scene, orders=True) if order.probability >= WORTH_ASKING]
        if moment.chosen:
            answer = settled([*readings, *orders], moment.chosen)
        return rescued(answer, [*readings, *orders]) if unsure(answer, readings) else answer

    def _spoken_to(self, reading: Reading, moment: Moment, scene: Scene) -> Decomposition:
        """The answer to a request without any before it: a bare name may be one with its verb left out."""
        if not reading.decomposition.program.startswith("instead "):
            return reading.decomposition
        barred = self._barred(moment.instruction) | _ONWARD | {"instead", "again", "undo", "hold", "at"}
        other = self._read(greedy(self._network, moment.instruction, barred), moment, scene)
        if other is None or other.doubts or other.decomposition.status != "planned":
            return reading.decomposition
        done = words(other.decomposition)
        return other.decomposition if done in moment.chosen else asked((done,))

    def _parted(self, moment: Moment, scene: Scene) -> Reading | None:
        """Read a request of several steps part by part; the surest of the ways to part it, None when there is none."""
        best: Reading | None = None
        for way in parts(moment.instruction) if self._with.parting else ():
            tokens, total = list[str](), 0.0
            for part in way:
                decoded = greedy(self._network, part, self._barred(part))
                spoken = not decoded.complete or decoded.tokens[0].split("_")[0] in _NOT_STEPS
                total += -math.inf if spoken else decoded.log_probability
                tokens += [";", *decoded.tokens[:-1]] if tokens else decoded.tokens[:-1]
            # A part's own probability stands for how sure the reading is; their mean does not shrink with length.
            read = None if total == -math.inf else self._read(Decoded((*tokens, END), total / len(way)), moment, scene)
            if read is not None and (best is None or read.probability > best.probability):
                best = read
        return best

    def _read(self, decoded: Decoded, moment: Moment, scene: Scene) -> Reading | None:
        text = moment.instruction
        if not decoded.complete:
            return None
        try:
            program = agreed(text, from_tokens(decoded.tokens), scene)
        except LanguageError:
            return None
        answer = resolve(program, scene, unknown_words(text), moment.turns, moment.chosen)
        answer = replace(answer, program=" ".join(to_tokens(program)[:-1]))
        probability = math.exp(decoded.log_probability)
        if not self._with.guards:
            return Reading(answer, probability, ())
        reasons = doubts(text, program)
        if not moment.turns and answer.status == "planned":
            reasons += (*moved_on(text, answer.subgoals), *miscounted(text, program, scene))
        return Reading(answer, probability, reasons, bool(ignored_colours(text, program)))

    def _barred(self, text: str) -> frozenset[str]:
        return unsaid(text) if self._with.barring else frozenset()


def _statuses(*readings: Reading) -> tuple[str, ...]:
    return tuple(reading.decomposition.status for reading in readings)


def load_embedded(path: Path | None = None, ingredients: Ingredients = PRODUCT) -> EmbeddedLanguageModel:
    """Load the shipped weights, or others from a folder; raises ``CheckpointError`` when they are missing."""
    return EmbeddedLanguageModel(load(path if path is not None else SHIPPED), ingredients)


def plain_words(instruction: str) -> str:
    """Return an instruction on one line, with plain letters and apostrophes."""
    return " ".join(unicodedata.normalize("NFKC", instruction).replace("’", "'").split())
