"""Answers to questions back: which of the offered choices a reply means, so that the request asked about goes on.

Words in, one of the choices out; no network and no scene. What it does not recognise is a request of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from hybrid.base import Turn

_ORDINALS: Final = {
    "first": 0, "1": 0, "1st": 0, "one": 0, "a": 0, "former": 0,
    "second": 1, "2": 1, "2nd": 1, "two": 1, "b": 1,
    "third": 2, "3": 2, "3rd": 2, "three": 2, "c": 2,
    "fourth": 3, "4": 3, "4th": 3, "four": 3,
}  # fmt: skip
_MEANING: Final = re.compile(r"\s*\(meant: ([^()]*)\)")
_LAST: Final = frozenset({"last", "latter"})
_YES: Final = frozenset("yes yeah yep yup sure right correct exactly ok okay y ja".split())
_FILLERS: Final = frozenset(
    """the a an one ones i meant mean please thanks that this it is of option number choice want to said my closest
    thing you were was obviously course just then with on at""".split()
)
_SAME: Final = {
    "left": "leftmost", "right": "rightmost", "near": "nearest", "closer": "nearest", "closest": "nearest",
    "front": "nearest", "frontmost": "nearest", "far": "farthest", "further": "farthest", "furthest": "farthest",
    "back": "farthest", "block": "cube", "brick": "cube", "grey": "gray", "can": "cylinder", "dish": "bowl",
    "plate": "tray", "mat": "zone", "area": "zone",
}  # fmt: skip


@dataclass(frozen=True)
class Pending:
    """A request that was asked about.

    Attributes:
        instruction: the request.
        choices: what was offered.
        chosen: answers given to earlier questions about it.
        turns: of the conversation before it.
    """

    instruction: str
    choices: tuple[str, ...]
    chosen: tuple[str, ...]
    turns: tuple[Turn, ...]


@dataclass(frozen=True)
class Moment:
    """What is asked now: a request, the conversation before it, and answers to questions about it."""

    instruction: str
    turns: tuple[Turn, ...] = ()
    chosen: tuple[str, ...] = ()


def resumed(
    instruction: str, turns: tuple[Turn, ...], point: Callable[[str, Pending], str | None] | None = None
) -> Moment:
    """Return what ``instruction`` asks now: itself, or the request asked about, with the reply as one more answer.

    ``point`` finds the choice that a description fits, where words alone do not tell.
    """
    settled = tuple(choice.strip() for choice in _MEANING.findall(instruction))
    if settled:
        return Moment(_MEANING.sub("", instruction).strip(), turns, settled)
    asked = pending(turns)
    if asked is None:
        return Moment(instruction, turns)
    choice = meant(instruction, asked.choices)
    if choice is None and point is not None:
        choice = point(instruction, asked)
    if choice is None:
        return Moment(instruction, turns)
    return Moment(asked.instruction, asked.turns, (*asked.chosen, choice))


def meaning(instruction: str, choice: str) -> str:
    """Return ``instruction`` with the reading of it that was chosen noted behind it, for ``resumed`` to find."""
    return f"{instruction} (meant: {choice})"


def pending(turns: Sequence[Turn]) -> Pending | None:
    """Return the request whose question is open, None when the last turn asked nothing or offered nothing."""
    if not turns or turns[-1].answer.status != "question" or not turns[-1].answer.choices:
        return None
    last = turns[-1]
    return Pending(last.instruction, last.answer.choices, last.chosen, tuple(turns[:-1]))


def meant(reply: str, choices: Sequence[str]) -> str | None:
    """Return the choice that ``reply`` means, or None when it means no single one of them."""
    said = reply.lower().strip(" .!?,")
    exact = [choice for choice in choices if choice.lower() == said]
    if exact:
        return exact[0]
    words = re.findall(r"[a-z0-9]+", said)
    telling = [_SAME.get(word, word) for word in words if word not in _FILLERS]
    if telling:
        overlap = [choice for choice in choices if set(telling) <= set(re.findall(r"[a-z0-9]+", choice.lower()))]
        if len(overlap) == 1:
            return overlap[0]
    if len(words) <= 3 and len(choices) == 1 and words and words[0] in _YES:
        return choices[0]
    return _counted(words, choices)


def _counted(words: Sequence[str], choices: Sequence[str]) -> str | None:
    """The choice named by its number: *the second one*, *2*, *the last*."""
    numbers = [
        word for word in words if word not in ("the", "option", "number", "choice", "please", "one") or len(words) == 1
    ]
    if len(numbers) != 1:
        return None
    if numbers[0] in _LAST:
        return choices[-1]
    index = _ORDINALS.get(numbers[0])
    return choices[index] if index is not None and index < len(choices) else None
