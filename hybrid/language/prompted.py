"""A language model that somebody brought: prompts out, answers checked, repaired at most so often, or refused.

What transports the prompt is a ``Completer``; everything it says is validated before anything believes it. The
resolver, the lexical guards and the handling of replies are those of the embedded model.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final, Protocol, TypeVar

from pydantic import ValidationError

from hybrid.base import Decomposition, LanguageModel, Turn
from hybrid.errors import LanguageError
from hybrid.language.clarification import resumed
from hybrid.language.guards import doubts, unknown_words
from hybrid.language.plans import ActionPlan, NamedPlan, NamedStep, NumberPlan, NumberStep, PlanForm, with_ids
from hybrid.language.prompts import Prompt, plan_prompt, program_prompt
from hybrid.language.reading import from_tokens
from hybrid.language.resolver import resolve
from hybrid.language.schema import Program
from hybrid.language.wire import END, to_tokens
from simulator.base import Scene

LONGEST_ANSWER: Final = 20_000
"""Most characters of an answer that are looked at."""
_Read = TypeVar("_Read")


class Completer(Protocol):
    """Carries a prompt to a model and its words back."""

    @property
    def name(self) -> str:
        """Kind and model, without secrets."""
        ...

    def complete(self, prompt: Prompt) -> str:
        """Return what the model says; raises ``LanguageError`` when it cannot be reached or takes too long."""
        ...


class PromptedLanguageModel:
    """A ``hybrid.base.LanguageModel`` and an ``ActionPlanner`` over any ``Completer``.

    Args:
        completer: the transport.
        repairs: how often an unusable answer is asked for again.
        fallback: who answers when the model cannot; None refuses instead.
    """

    def __init__(self, completer: Completer, *, repairs: int = 2, fallback: LanguageModel | None = None) -> None:
        self._completer = completer
        self._repairs = repairs
        self._fallback = fallback

    @property
    def name(self) -> str:
        """The completer's name."""
        return self._completer.name

    def decompose(
        self,
        instruction: str,
        scene: Scene,
        *,
        examples: tuple[str, ...] = (),
        feedback: str = "",
        turns: tuple[Turn, ...] = (),
    ) -> Decomposition:
        """Decompose ``instruction`` against ``scene``; what cannot be used is refused or left to the fallback."""
        began = time.perf_counter()
        moment = resumed(instruction, turns)
        prompt = program_prompt(moment.instruction, scene, examples, feedback, moment.turns)
        program, problem, _ = self._asked(prompt, read_program)
        if program is not None:
            answer = resolve(program, scene, unknown_words(moment.instruction), moment.turns, moment.chosen)
            answer = self._guarded(answer, moment.instruction, program, moment.chosen)
            answer = replace(answer, backend=self.name, program=" ".join(to_tokens(program)[:-1]))
        elif self._fallback is not None:
            answer = self._fallback.decompose(instruction, scene, examples=examples, feedback=feedback, turns=turns)
            answer = replace(answer, backend=f"{self._fallback.name} for {self.name}")
        else:
            answer = Decomposition("refused", message=f"The language model gave no usable answer: {problem}.")
            answer = replace(answer, backend=self.name)
        return replace(answer, milliseconds=1000.0 * (time.perf_counter() - began))

    def action_plan(self, instruction: str, scene: Scene, form: PlanForm, feedback: str = "") -> ActionPlan:
        """Ask for the whole plan; one that stays unusable is an empty plan with its problem."""
        began = time.perf_counter()
        prompt = plan_prompt(instruction, scene, form, feedback)
        steps: tuple[NamedStep, ...] | tuple[NumberStep, ...]
        if form == "steps":
            named, problem, calls = self._asked(prompt, lambda text: _named(text, scene))
            steps = named if named is not None else ()
        else:
            numbers, problem, calls = self._asked(prompt, lambda text: NumberPlan.model_validate(_json(text)))
            steps = numbers.steps if numbers is not None else ()
        spent = 1000.0 * (time.perf_counter() - began)
        return ActionPlan(steps, problem, self.name, calls, spent)

    def _asked(self, prompt: Prompt, read: Callable[[str], _Read]) -> tuple[_Read | None, str | None, int]:
        """Ask until an answer can be read: the answer, or why there is none, and how often was asked."""
        problem, asked = "", prompt
        for attempt in range(1 + self._repairs):
            try:
                said = self._completer.complete(asked)
            except LanguageError as error:
                return None, error.problem, attempt + 1
            try:
                return read(said[:LONGEST_ANSWER]), None, attempt + 1
            except (ValueError, KeyError, LanguageError) as error:
                problem = explained(error)
                asked = prompt.repaired(said, problem)
        return None, problem, 1 + self._repairs

    def _guarded(
        self, answer: Decomposition, instruction: str, program: Program, chosen: tuple[str, ...]
    ) -> Decomposition:
        """Ask back instead of acting on a plan that is not what the words say."""
        words = ", then ".join(subgoal.words for subgoal in answer.subgoals)
        if answer.status != "planned" or words in chosen or not doubts(instruction, program):
            return answer
        return Decomposition("question", message=f"Did you mean: {words}?", choices=(words,))


def read_program(text: str) -> Program:
    """Read a program from an answer: JSON of the schema, or the compact form, also within other words.

    Raises:
        LanguageError: the compact form is broken.
        ValueError: there is no program, or the JSON breaks the schema.
    """
    stripped = _unfenced(text)
    if "{" in stripped:
        return Program.model_validate(_json(stripped))
    line = next((line for line in stripped.splitlines() if line.strip()), "")
    return from_tokens((*line.removeprefix("Program:").split(), END))


def explained(error: Exception) -> str:
    """Say in one line what is wrong with an answer, for the model to put right and for people."""
    if isinstance(error, ValidationError):
        first = error.errors(include_input=False, include_url=False)[0]
        return f"{'.'.join(str(part) for part in first['loc']) or 'answer'}: {first['msg']}"
    if isinstance(error, LanguageError):
        return error.problem
    if isinstance(error, KeyError):
        return f"{error.args[0]!r} is not in the scene"
    return str(error)


def _named(text: str, scene: Scene) -> tuple[NamedStep, ...]:
    return with_ids(NamedPlan.model_validate(_json(text)), scene)


def _json(text: str) -> object:
    """The first JSON object of an answer."""
    start = text.find("{")
    if start < 0:
        raise ValueError("it holds no JSON object")
    try:
        return json.JSONDecoder().raw_decode(text[start:])[0]
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def _unfenced(text: str) -> str:
    fenced = re.search(r"```(?:\w+)?\n(.*?)```", text, re.DOTALL)
    return (fenced.group(1) if fenced else text).strip()
