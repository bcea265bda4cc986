"""The stage that turns an instruction into subgoals: checks the words, asks the language model, takes the time.

Knows the ``LanguageModel`` Protocol only; which backend answers is chosen elsewhere.
"""

from __future__ import annotations

import time
import unicodedata
from dataclasses import replace
from typing import Final

from hybrid.base import Decomposition, LanguageModel, Turn
from hybrid.errors import InstructionError
from simulator.base import Scene

MAX_CHARACTERS: Final = 1000
"""Longest instruction; eight steps said at length stay below half of it."""
_LAYOUT: Final = frozenset("\n\r\t")


def decompose(
    language: LanguageModel,
    instruction: str,
    scene: Scene,
    *,
    examples: tuple[str, ...] = (),
    feedback: str = "",
    turns: tuple[Turn, ...] = (),
) -> Decomposition:
    """Decompose ``instruction`` on ``scene`` with ``language``.

    Args:
        language: the backend.
        instruction: what the person said.
        scene: the things as perceived.
        examples: earlier requests like this one, for backends that learn from examples.
        feedback: why the last decomposition failed.
        turns: the conversation so far, oldest first.

    Returns:
        The backend's answer with its name and the time it took, milliseconds.

    Raises:
        InstructionError: the instruction is empty, too long or not text.
        LanguageError: the backend could not answer.
    """
    text = checked_instruction(instruction)
    began = time.perf_counter()
    said: dict[str, tuple[Turn, ...]] = {"turns": turns} if turns else {}
    answer = language.decompose(text, scene, examples=examples, feedback=feedback, **said)
    return replace(answer, backend=answer.backend or language.name, milliseconds=1000.0 * (time.perf_counter() - began))


def checked_instruction(instruction: object) -> str:
    """Return ``instruction`` without surrounding space and invisible characters.

    Raises:
        InstructionError: it cannot be an instruction.
    """
    if not isinstance(instruction, str):
        raise InstructionError(
            "instruction", f"it is {type(instruction).__name__}, not text", "Say in words what to do."
        )
    text = "".join(c for c in instruction if unicodedata.category(c) != "Cf").strip()
    if not text:
        raise InstructionError(
            "instruction", "it is empty", "Say what to do, for instance: put the red cube on the blue cube."
        )
    if len(text) > MAX_CHARACTERS:
        problem = f"it has {len(text)} characters, more than {MAX_CHARACTERS}"
        raise InstructionError("instruction", problem, "Say it more briefly, or in several requests.")
    strange = next((c for c in text if unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn") and c not in _LAYOUT), None)
    if strange is not None:
        raise InstructionError(
            "instruction", f"it holds the control character U+{ord(strange):04X}", "Send plain text."
        )
    if not any(c.isalpha() for c in text):
        raise InstructionError("instruction", "it holds no words", "Say in words what to do.")
    return text
