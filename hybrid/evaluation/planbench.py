r"""Public blocksworld problems, and the plans that language models answered, in the files of PlanBench.

Valmeekam, Marquez, Olmo, Sreedharan and Kambhampati, *PlanBench* (NeurIPS 2023 Datasets and Benchmarks), publish one
JSON file a model and prompt, ``results/blocksworld*/MODEL/task_1_plan_generation*.json``; prompts without answers have
the same form. What is read of it, with a file's own names::

    {"engine": MODEL, "domain": "blocksworld", "instances": [
      {"instance_id": 2,
       "query": "... [STATEMENT]\nAs initial conditions I have that, the red block is clear, the hand is empty, the red
                 block is on top of the blue block and the blue block is on the table.\nMy goal is to have that the
                 blue block is on top of the red block.\n...",
       "extracted_llm_plan": "(unstack red blue)\n..." | ["(unstack a b)", ...],
       "llm_raw_response": "...", "llm_correct" | "correct": true}]}

The problem is the last ``[STATEMENT]`` of the query; those before it are examples. Blocks are colours; plans name them
by colour, or by the letters of the problem's PDDL (a red, b blue, c orange, d yellow, ...). Nothing of these files is
shipped: they are read from where you keep them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, cast

from hybrid.errors import ConfigError
from hybrid.evaluation.blocks import Action, Stacks, name_of

LETTERS: Final = dict(
    zip("abcdefghijkl", "red blue orange yellow white magenta black cyan green violet silver gold".split(), strict=True)
)
"""Which colour the letters of the PDDL stand for, as in PlanBench's own translation."""
STATEMENT: Final = re.compile(
    r"As initial conditions I have that,?\s*(?P<start>.*?)\.\s*My goal is (?:to have that|for) (?P<goal>.*?)\.",
    re.DOTALL,
)
ON: Final = re.compile(r"the (\w+) block is on top of the (\w+) block")
TABLE: Final = re.compile(r"the (\w+) block is on the table")
NAMED: Final = re.compile(r"the (\w+) block")
ACTION: Final = re.compile(r"\(\s*(pick-up|put-down|stack|unstack)((?:\s+[\w-]+){1,2})\s*\)")
TOP: Final = 10
"""Blocks of a problem at most: there is no room for more colours."""


@dataclass(frozen=True)
class Problem:
    """One problem, and what a language model answered.

    Attributes:
        number: ``instance_id`` of the file.
        start: the stacks at the start.
        goal: pairs (upper, lower) that should stand on one another; blocks are PlanBench's colours.
        goal_words: the goal as the query states it.
        plan: what the model answered, as its publishers extracted it; None when the file holds no answer.
        published: whether its publishers' validator (VAL) called the plan correct; None when the file does not say.
        answer: the model's raw answer.
    """

    number: int
    start: Stacks
    goal: tuple[tuple[str, str], ...]
    goal_words: str
    plan: tuple[Action, ...] | None
    published: bool | None
    answer: str


@dataclass(frozen=True)
class Recording:
    """The problems of one file, in its order.

    Attributes:
        model: whose answers they are; empty for a file of prompts.
        problems: those that are not solved at their start.
    """

    model: str
    problems: tuple[Problem, ...]

    def problem(self, number: int) -> Problem | None:
        """Return the problem of that ``instance_id``."""
        return next((problem for problem in self.problems if problem.number == number), None)


@lru_cache(maxsize=32)
def read_planbench(file: Path) -> Recording:
    """Read the problems of ``file``.

    Raises:
        ConfigError: it cannot be read or has another form; the problem names the instance.
    """
    try:
        body = cast("dict[str, Any]", json.loads(file.read_text(encoding="utf-8")))
        instances = cast("list[dict[str, Any]]", body["instances"])
        problems = [_problem(instance, file) for instance in instances]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        problem = f"{file} is no PlanBench file ({type(error).__name__}: {error})"
        raise ConfigError("suite", problem, "Name a task_1_plan_generation*.json of blocksworld.") from error
    unsolved = tuple(p for p in problems if not p.start.holds(p.goal))
    if not unsolved:
        raise ConfigError("suite", f"{file} holds no problem", "Name a file whose goals do not hold at their start.")
    return Recording(str(body.get("engine", "")), unsolved)


def _problem(instance: dict[str, Any], file: Path) -> Problem:
    number = int(instance["instance_id"])
    found = STATEMENT.search(str(instance["query"]).rsplit("[STATEMENT]", 1)[-1])
    if found is None:
        problem = f"{file}: instance {number} states no problem in words"
        raise ConfigError("suite", problem, "Name a file whose queries are in words, not in PDDL.")
    above: dict[str, str] = dict(ON.findall(found["start"]))
    blocks = tuple(dict.fromkeys(NAMED.findall(found["start"])))
    table = set(TABLE.findall(found["start"]))
    goal = tuple(ON.findall(found["goal"]))
    named = set(above.values()) | table | {name for pair in goal for name in pair}
    if not goal or not named <= set(blocks) or set(above) | table != set(blocks) or len(blocks) > TOP:
        problem = f"{file}: instance {number} does not say where every block stands, or has more than {TOP}"
        raise ConfigError("suite", problem, "Give each block a place at the start, and a goal of blocks on blocks.")
    correct = instance.get("llm_correct", instance.get("correct"))
    return Problem(
        number,
        Stacks(tuple((block, above.get(block)) for block in blocks)),
        goal,
        " ".join(found["goal"].split()),
        _plan(instance.get("extracted_llm_plan"), blocks),
        None if correct is None else bool(correct),
        str(instance.get("llm_raw_response") or ""),
    )


def _plan(recorded: object, blocks: Sequence[str]) -> tuple[Action, ...] | None:
    """Read a plan of one ``(act block [block])`` a line; a line that is none becomes a step nobody can carry out."""
    if recorded is None:
        return None
    text = "\n".join(map(str, cast("list[object]", recorded))) if isinstance(recorded, list) else str(recorded)
    return tuple(_action(line.strip(), blocks) for line in text.lower().splitlines() if line.strip())


def _action(line: str, blocks: Sequence[str]) -> Action:
    found = ACTION.fullmatch(line)
    if found is None:
        return Action(line, ())
    return Action(found[1], tuple(name_of(word, blocks, LETTERS) for word in found[2].split()))
