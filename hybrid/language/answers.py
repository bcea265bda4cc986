"""Answers to questions about the scene, in plain words, from perceived things: *how many*, *where*, *is there*.

Deterministic; nothing here moves or plans anything.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, cast

from hybrid.base import Turn
from hybrid.language.arrangement import carrier
from hybrid.language.description import inventory, joined, name, place
from hybrid.language.schema import AnyQuestion, Asked, Claim, Selector
from hybrid.language.selection import Table, Unresolvable, candidates, phrase, select
from simulator.base import CONTAINERS, Fact, Relation, Scene, Thing
from simulator.predicates import holds

HELP: Final = (
    "I can pick up, place, push, stack, line up, sort, swap and clear the things on this table, and answer questions "
    "about where they are"
)
_SAID: Final = {
    "on": "on", "in": "in", "left_of": "to the left of", "right_of": "to the right of",
    "in_front_of": "in front of", "behind": "behind", "next_to": "next to", "apart": "apart from",
}  # fmt: skip


def answered(question: AnyQuestion, table: Table, turns: Sequence[Turn] = ()) -> str:
    """Answer ``question`` about ``table`` in one sentence; raises ``Unresolvable`` when it cannot be told."""
    if isinstance(question, Claim):
        words = _claimed(question, table)
    else:
        words = {
            "count": _counted,
            "where": _located,
            "which": _listed,
            "colour": _coloured,
            "exists": _existing,
            "distance": _measured,
        }.get(question.topic, _told)(question, table, turns)
    return f"{words[0].upper()}{words[1:]}."


def _counted(question: Asked, table: Table, turns: Sequence[Turn]) -> str:  # noqa: ARG001
    term = question.about[0]
    found = candidates(term, table)
    noun = phrase(term)
    if len(found) == 1:
        return f"there is 1: {name(found[0], table.scene)}"
    names = f": {joined([name(thing, table.scene) for thing in found])}" if found else ""
    return f"there are {len(found)} {noun}s{names}" if found else f"there are no {noun}s like that, 0 in all"


def _located(question: Asked, table: Table, turns: Sequence[Turn]) -> str:  # noqa: ARG001
    term = question.about[0]
    found = candidates(term, table)
    if not found:
        raise Unresolvable(f"there is no {phrase(term)} on the table; I see {inventory(table.scene)}")
    return joined([f"{name(thing, table.scene)} is {whereabouts(thing, table.scene)}" for thing in found])


def whereabouts(thing: Thing, scene: Scene) -> str:
    """Say where a thing is: on or in what it rests, or near which place of the table."""
    support = carrier(thing, scene)
    if support is None:
        return f"near {place(thing.position[0], thing.position[1])}"
    holds_it = support.kind in CONTAINERS
    return f"{'in' if holds_it else 'on'} {name(support, scene)}"


def _listed(question: Asked, table: Table, turns: Sequence[Turn]) -> str:  # noqa: ARG001
    found = candidates(question.about[0], table)
    return joined([name(thing, table.scene) for thing in found]) if found else "nothing"


def _coloured(question: Asked, table: Table, turns: Sequence[Turn]) -> str:  # noqa: ARG001
    found = candidates(question.about[0], table)
    if not found:
        raise Unresolvable(f"there is no {phrase(question.about[0])} on the table; I see {inventory(table.scene)}")
    return joined(list(dict.fromkeys(thing.colour for thing in found)))


def _existing(question: Asked, table: Table, turns: Sequence[Turn]) -> str:  # noqa: ARG001
    found = [] if question.about[0].kind == "unknown" else candidates(question.about[0], table)
    return f"yes, {joined([name(thing, table.scene) for thing in found])}" if found else "no"


def _measured(question: Asked, table: Table, turns: Sequence[Turn]) -> str:  # noqa: ARG001
    a, b = (_one(term, table) for term in question.about)
    metres = math.dist(a.position[:2], b.position[:2])
    return f"{name(a, table.scene)} and {name(b, table.scene)} are {100 * metres:.0f} cm apart, middle to middle"


def _told(question: Asked, table: Table, turns: Sequence[Turn]) -> str:
    if question.topic == "help":
        return HELP
    if question.topic == "table":
        return f"I see {inventory(table.scene)}"
    done = next((turn.answer.subgoals for turn in reversed(turns) if turn.answer.subgoals), ())
    return f"the last request was to {joined([s.words for s in done], 'and then')}" if done else "nothing was done yet"


def _claimed(question: Claim, table: Table) -> str:
    claim = question.claim
    targets = select(claim.b, table, "target")
    things = [thing for term in claim.a for thing in _claim_subjects(term, table)]
    if not things:
        return "no"
    true = all(any(_is_so(claim.relation, thing, target, table.scene) for target in targets) for thing in things)
    words = joined([name(thing, table.scene) for thing in things])
    verb = "are" if len(things) > 1 else "is"
    said = f"{words} {verb} {'' if true else 'not '}{_SAID[claim.relation]} {name(targets[0], table.scene)}"
    return f"{'yes' if true else 'no'}, {said}"


def _claim_subjects(term: object, table: Table) -> Sequence[Thing]:
    if isinstance(term, Selector) and term.quantifier != "the":
        return candidates(term, table)
    return select(term, table, "target")  # pyright: ignore[reportArgumentType]


def _is_so(relation: str, a: Thing, b: Thing, scene: Scene) -> bool:
    if a.id == b.id:
        return False
    if relation in ("on", "in"):
        relation = "in" if b.kind in CONTAINERS or b.kind == "zone" else "on"
    return holds(Fact(cast(Relation, relation), (a.id, b.id)), scene.things)


def _one(term: Selector, table: Table) -> Thing:
    return select(term, table, "target")[0]
