"""The retrieval control: the most alike sample of the training grammar, its colours and kinds exchanged for those said.

No network and no training: what remains of a language model when only the training language is left. Likeness is the
cosine of hashed word pairs and letters (Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", 2009).
"""

from __future__ import annotations

import re
import time
import zlib
from dataclasses import dataclass
from typing import Final

import numpy as np

from hybrid.base import Decomposition, Turn
from hybrid.errors import LanguageError
from hybrid.language.grammar import Grammar
from hybrid.language.guards import unknown_words
from hybrid.language.lexicon import COLOUR_WORDS, KIND_WORDS, plural
from hybrid.language.reading import from_tokens
from hybrid.language.resolver import resolve
from hybrid.language.wire import to_tokens
from simulator.base import FloatArray, Scene

SAMPLES: Final = 20_000
WIDTH: Final = 1024
"""Components of an embedding, ``E``."""
_SLOTS: Final = {word: colour for colour, words in COLOUR_WORDS.items() for word in words} | {
    form: kind
    for kind, words in KIND_WORDS.items()
    for word in words
    for form in (word, plural(word))
    if kind != "thing"
}
"""Words that fill slots, and the wire token each stands for."""
_COLOURS: Final = frozenset(COLOUR_WORDS)


@dataclass(frozen=True)
class _Entry:
    """A remembered sample: its program, and the tokens that its slots hold in the order of mention."""

    tokens: tuple[str, ...]
    slots: tuple[str, ...]


class RetrievalLanguageModel:
    """A ``hybrid.base.LanguageModel`` that remembers ``samples`` of the grammar drawn from ``seed``."""

    def __init__(self, samples: int = SAMPLES, seed: int = 1) -> None:
        grammar = Grammar(seed)
        drawn = [grammar.sample() for _ in range(samples)]
        shapes = [_shape(sample.text) for sample in drawn]
        self._entries = [_Entry(to_tokens(s.program), slots) for s, (_, slots) in zip(drawn, shapes, strict=True)]
        self._matrix = np.stack([_embed(words) for words, _ in shapes])

    @property
    def name(self) -> str:
        """``retrieval`` and how much it remembers."""
        return f"retrieval-{len(self._entries)}"

    def decompose(
        self,
        instruction: str,
        scene: Scene,
        *,
        examples: tuple[str, ...] = (),  # noqa: ARG002
        feedback: str = "",  # noqa: ARG002
        turns: tuple[Turn, ...] = (),
    ) -> Decomposition:
        """Decompose ``instruction`` as the most alike sample with as many slots was meant."""
        began = time.perf_counter()
        words, slots = _shape(instruction)
        likeness = self._matrix @ _embed(words)
        answer = Decomposition("refused", message="Nothing alike is remembered.")
        for index in np.argsort(-likeness)[:200]:
            entry = self._entries[int(index)]
            if len(entry.slots) == len(slots):
                answer = self._filled(entry, slots, instruction, scene, turns)
                break
        return Decomposition(
            answer.status, answer.subgoals, answer.constraints, answer.message, answer.choices, self.name,
            1000.0 * (time.perf_counter() - began),
        )  # fmt: skip

    def _filled(
        self, entry: _Entry, slots: tuple[str, ...], instruction: str, scene: Scene, turns: tuple[Turn, ...]
    ) -> Decomposition:
        """The entry's program with its colours and kinds exchanged, each for what stands in its slot."""
        exchanged = dict(zip(entry.slots, slots, strict=True))
        tokens = tuple(exchanged.get(token, token) for token in entry.tokens)
        try:
            return resolve(from_tokens(tokens), scene, unknown_words(instruction), turns)
        except LanguageError:
            return Decomposition("refused", message="What is remembered does not fit.")


def _shape(text: str) -> tuple[str, tuple[str, ...]]:
    """The words with slots for colours and kinds, and what the slots hold."""
    said, slots = list[str](), list[str]()
    for word in re.findall(r"[a-z0-9']+", text.lower()):
        meant = _SLOTS.get(word)
        if meant is None:
            said.append(word)
        else:
            said.append("C" if meant in _COLOURS else "K")
            slots.append(meant)
    return " ".join(said), tuple(slots)


def _embed(words: str) -> FloatArray:
    """Direction ``[E]`` of a shape: its words, pairs of words and letters three at a time."""
    vector = np.zeros(WIDTH, dtype=np.float32)
    split = words.split()
    pairs = [" ".join(split[at : at + 2]) for at in range(len(split) - 1)]
    letters = [words[at : at + 3] for at in range(len(words) - 2)]
    for gram, weight in [*((g, 1.0) for g in (*split, *pairs)), *((g, 0.3) for g in letters)]:
        digest = zlib.crc32(gram.encode())
        vector[digest % WIDTH] += weight if digest & 0x8000_0000 else -weight
    length = float(np.linalg.norm(vector))
    return vector / length if length else vector
