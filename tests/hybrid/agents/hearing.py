"""A language backend that listens: what it was told beside the words is what a test wants to know."""

from __future__ import annotations

from hybrid.base import Decomposition, LanguageModel, Turn
from simulator.base import Scene


class Remembering:
    """Hands every request to another backend, and remembers the feedback and the conversation it was given."""

    def __init__(self, inner: LanguageModel) -> None:
        self.inner, self.name = inner, inner.name
        self.feedback: list[str] = []
        self.turns: list[tuple[Turn, ...]] = []

    def decompose(
        self,
        instruction: str,
        scene: Scene,
        *,
        examples: tuple[str, ...] = (),
        feedback: str = "",
        turns: tuple[Turn, ...] = (),
    ) -> Decomposition:
        self.feedback.append(feedback)
        self.turns.append(turns)
        return self.inner.decompose(instruction, scene, examples=examples, feedback=feedback)
