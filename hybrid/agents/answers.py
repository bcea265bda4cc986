"""What people answer: to a question about their words, and to a plan they are asked to approve.

Answers come from outside and are checked here; what is wrong with one is said with its field and the remedy.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from hybrid.errors import InstructionError
from hybrid.language.description import say
from simulator.base import RELATIONS, Fact, Relation, Scene, Subgoal
from simulator.places import PLACES

DECISIONS = ("approve", "edit", "reject")
MOST_SUBGOALS = 20
"""Most subgoals of an edited plan."""
_ARGUMENTS: dict[str, tuple[int, ...]] = {"at": (2, 3), "between": (3,), "clear": (1,), "held": (1,)}
"""How many arguments a relation takes, where it is not two; a line takes two or more."""
_ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1}


@dataclass(frozen=True)
class Decision:
    """What a person decided about a plan.

    Attributes:
        kind: carry it out, go on with other subgoals, or think again.
        subgoals: with ``edit``, what is to be reached instead.
        reason: with ``reject``, why.
    """

    kind: Literal["approve", "edit", "reject"]
    subgoals: tuple[Subgoal, ...] = ()
    reason: str = ""


def decision_of(answer: object, scene: Scene) -> Decision:
    """Return the decision that ``answer`` states: a word, true or false, or an object with a ``decision``.

    Raises:
        InstructionError: it states none; names the field and what may be said.
    """
    if isinstance(answer, bool):
        return Decision("approve") if answer else Decision("reject", reason="it was not approved")
    if isinstance(answer, str):
        answer = {"decision": {"yes": "approve", "ok": "approve", "no": "reject"}.get(answer.strip().lower(), answer)}
    if not isinstance(answer, Mapping):
        raise _unclear("decision", f"it is {type(answer).__name__}")
    given = cast("Mapping[str, Any]", answer)
    word = str(given.get("decision", given.get("type", ""))).strip().lower()
    if word == "approve":
        return Decision("approve")
    if word == "reject":
        reason = str(given.get("reason") or given.get("message") or "it was not approved")
        return Decision("reject", reason=reason[:500])
    if word == "edit":
        return Decision("edit", subgoals_of(given.get("subgoals"), scene))
    raise _unclear("decision", f"{word[:40]!r} is none")


def subgoals_of(data: object, scene: Scene) -> tuple[Subgoal, ...]:
    """Return edited subgoals: a list of ``{"facts": [["on", "red_cube_1", "blue_cube_1"]], "keep": [ids]}``.

    Raises:
        InstructionError: naming the exact field (``subgoals[1].facts[0]``) and what it may be.
    """
    entries = cast("list[Any]", data) if isinstance(data, list) else []
    if not 0 < len(entries) <= MOST_SUBGOALS:
        raise InstructionError(
            "subgoals", f"not a list of 1 to {MOST_SUBGOALS}", "List what is to be reached, in order."
        )
    return tuple(_subgoal(entry, scene, f"subgoals[{index}]") for index, entry in enumerate(entries))


def _subgoal(entry: object, scene: Scene, field: str) -> Subgoal:
    given = cast("Mapping[str, Any]", entry) if isinstance(entry, Mapping) else {}
    facts = given.get("facts")
    if not isinstance(facts, list) or not facts:
        raise InstructionError(f"{field}.facts", "not a list of facts", 'Write [["on", "red_cube_1", "blue_cube_1"]].')
    listed = cast("list[object]", facts)
    made = tuple(fact_of(fact, scene, f"{field}.facts[{index}]") for index, fact in enumerate(listed))
    manner = given.get("manner", "any")
    if manner not in ("any", "pick", "push"):
        raise InstructionError(f"{field}.manner", f"{manner!r} is unknown", "Write any, pick or push.")
    keep = tuple(_known(name, scene, f"{field}.keep") for name in given.get("keep") or ())
    return Subgoal(made, say(made, scene, manner), keep=keep, manner=manner)


def fact_of(data: object, scene: Scene, field: str = "fact") -> Fact:
    """Return the fact that ``[relation, *arguments]`` states about things of ``scene``.

    Raises:
        InstructionError: the relation, the number of arguments, a thing or a place is unknown.
    """
    parts: Sequence[Any] = cast("Sequence[Any]", data) if isinstance(data, list | tuple) else []
    relation = next((known for known in RELATIONS if parts and known == parts[0]), None)
    if relation is None:
        raise InstructionError(field, "its relation is unknown", f"Begin it with one of {', '.join(RELATIONS)}.")
    arguments, counts = parts[1:], _ARGUMENTS.get(relation, (2,))
    if len(arguments) not in counts and not (relation == "line" and 2 <= len(arguments) <= len(scene.things)):
        wanted = "2 or more" if relation == "line" else " or ".join(str(count) for count in counts)
        raise InstructionError(field, f"{relation} has {len(arguments)} arguments", f"Give {wanted}.")
    if relation != "at":
        return Fact(cast("Relation", relation), tuple(_known(name, scene, field) for name in arguments))
    return Fact("at", (_known(arguments[0], scene, field), *_place(arguments[1:], field)))


def _place(given: Sequence[Any], field: str) -> tuple[str | float, ...]:
    if len(given) == 1:
        if given[0] not in PLACES:
            raise InstructionError(field, f"{given[0]!r} is no place", f"Name one of {', '.join(PLACES)}, or x and y.")
        return (str(given[0]),)
    if not all(isinstance(value, int | float) and abs(value) <= 0.25 for value in given):
        raise InstructionError(field, "its place is not two numbers from -0.25 to 0.25", "Give x and y in metres.")
    return tuple(float(value) for value in given)


def _known(name: object, scene: Scene, field: str) -> str:
    known = [thing.id for thing in scene.things]
    if name not in known:
        raise InstructionError(field, f"{name!r} is not on the table", f"Name one of {', '.join(known)}.")
    return str(name)


def _unclear(field: str, problem: str) -> InstructionError:
    remedy = 'Answer "approve", {"decision": "edit", "subgoals": [...]} or {"decision": "reject", "reason": "..."}.'
    return InstructionError(field, problem, remedy)


def spoken(answer: object) -> str:
    """Return the words of an answer to a question: text, a number, or an object with an ``answer``.

    Raises:
        InstructionError: it holds no words.
    """
    if isinstance(answer, Mapping):
        answer = cast("Mapping[str, Any]", answer).get("answer")
    text = str(answer).strip() if isinstance(answer, str | int) and not isinstance(answer, bool) else ""
    if not 0 < len(text) <= 300:
        raise InstructionError("answer", "not a text of 1 to 300 characters", "Say which one, or name a choice.")
    return text


def chosen(text: str, choices: Sequence[str]) -> str:
    """Return the one of ``choices`` that ``text`` means, by number, by ordinal or by its words, or else ``text``."""
    words = set(re.findall(r"\w+", text.lower()))
    if text.isdigit() and 0 < int(text) <= len(choices):
        return choices[int(text) - 1]
    scores = [sum(any(mine.startswith(word) for mine in choice.split()) for word in words) for choice in choices]
    best = max(scores, default=0)
    if best and scores.count(best) == 1:
        return choices[scores.index(best)]
    ordinal = next((place for word, place in _ORDINALS.items() if word in words), None)
    return choices[ordinal] if ordinal is not None and ordinal < len(choices) else text
