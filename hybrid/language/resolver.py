"""From a program to subgoals on a table: the deterministic half of language.

The network says *what was asked*; this page decides *what that means here*: which thing, in which order, whether it is
missing, ambiguous or impossible. Each step is resolved against the scene as predicted after the steps before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from hybrid.base import Decomposition, Turn
from hybrid.language import feasibility, recollection
from hybrid.language.answers import answered
from hybrid.language.description import say
from hybrid.language.schema import (
    AnyStep,
    Approach,
    At,
    Between,
    Down,
    Further,
    Hold,
    Pair,
    Program,
    Pronoun,
    Selector,
    Shift,
    Swap,
    Term,
    Terms,
    Undo,
)
from hybrid.language.selection import Table, Unresolvable, select
from hybrid.language.steps import Progress
from simulator.base import Scene, Subgoal, Thing

REFUSALS: Final = {
    "action": "I can only pick up, place and push the things on this table",
    "scope": "that is not about arranging the things on this table",
    "unsafe": "I will not do anything that could hurt somebody or break things",
}


def resolve(
    program: Program,
    scene: Scene,
    unknown: tuple[str, ...] = (),
    turns: tuple[Turn, ...] = (),
    chosen: tuple[str, ...] = (),
) -> Decomposition:
    """Resolve ``program`` on ``scene``.

    Args:
        program: what was asked.
        scene: the things as perceived.
        unknown: words of the request that name nothing we know, for the refusal to quote.
        turns: what was said and done before in this conversation, oldest first.
        chosen: answers to earlier questions about this request.

    Returns:
        A plan of subgoals, a question with choices, an answer, or a refusal with its reason; ``backend`` and time are
        left empty.
    """
    if program.refuse is not None:
        return Decomposition("refused", message=f"{REFUSALS[program.refuse]}.")
    try:
        table = recollection.opening(Table(scene, unknown=unknown, chosen=chosen), turns)
        if program.ask is not None:
            return Decomposition("answered", message=answered(program.ask, table, turns))
        return _resolved(program, table, turns)
    except Unresolvable as reason:
        status = "question" if reason.question else "refused"
        sentence = reason.problem[0].upper() + reason.problem[1:]
        return Decomposition(
            status, message=sentence if sentence[-1] in ".?" else sentence + ".", choices=reason.choices
        )


def _resolved(program: Program, table: Table, turns: tuple[Turn, ...]) -> Decomposition:
    scene = table.scene
    stays = [(term, select(term, table, "target")) for term in program.keep]
    progress = Progress(table, turns, scene)
    for step in _without_grips(program.steps):
        progress.add(step)
    if not progress.subgoals:
        raise Unresolvable("that is so already")
    subgoals = _bottom_up(_once(progress.subgoals))
    feasibility.require_no_circle(subgoals, scene)
    kept = _kept(stays, subgoals)
    feasibility.require_kept_still(subgoals, kept, scene)
    keep = tuple(dict.fromkeys(thing.id for thing in kept if thing.kind != "zone"))  # A zone is flat and stays anyway.
    worded = tuple(replace(s, keep=keep, words=say(s.facts, scene, s.manner)) for s in subgoals)
    return Decomposition("planned", worded, tuple(("keep", thing) for thing in keep))


def _kept(stays: Sequence[tuple[Term, Sequence[Thing]]], subgoals: Sequence[Subgoal]) -> list[Thing]:
    """What is to be left alone; *all cubes stay* are those that are not asked to move."""
    moved = {thing for goal in subgoals for fact in goal.facts for thing in feasibility.movers(fact)}
    kept: list[Thing] = []
    for term, things in stays:
        still = [thing for thing in things if thing.id not in moved]
        loose = isinstance(term, Selector) and term.quantifier == "all"
        kept += still if loose and still else things
    return kept


def _without_grips(steps: Sequence[AnyStep]) -> list[AnyStep]:
    """Leave out what the next step implies or repeats.

    *Pick up the cube and put it on the mat* puts the cube there, and so does *take it off the bowl and put it there*;
    *I need it free, nothing on it* is one wish.
    """
    kept: list[AnyStep] = []
    for step in steps:
        last = kept[-1] if kept else None
        if step == last and not isinstance(step, Shift | Approach | Undo | Further | Swap):
            continue
        gripped = last.a if isinstance(last, Hold) else _taken_off(last, step)
        if gripped is not None and isinstance(step, Pair | At | Between | Shift | Down) and step.a == (Pronoun(),):
            kept[-1] = step.model_copy(update={"a": gripped})
        else:
            kept.append(step)
    return kept


def _taken_off(last: AnyStep | None, step: AnyStep) -> Terms | None:
    """What ``last`` takes away from something, where ``step`` puts it elsewhere."""
    if not isinstance(last, Pair) or last.relation != "apart" or isinstance(step, Shift):
        return None
    return None if isinstance(step, Pair | Between) and step.b == last.b else last.a


def _once(subgoals: list[Subgoal]) -> list[Subgoal]:
    """Leave out what was reached before and still holds: *keep them apart, they should not be near each other*."""
    kept: list[Subgoal] = []
    for subgoal in subgoals:
        fact = subgoal.facts[0]
        before = next((at for at, earlier in enumerate(kept) if earlier.facts == subgoal.facts), None)
        moved = [] if before is None else [earlier.facts[0] for earlier in kept[before + 1 :]]
        undone = {str(other.arguments[0]) for other in moved}
        undone |= {str(name) for other in moved for name in other.arguments} if fact.relation == "clear" else set()
        if before is None or undone & {str(name) for name in fact.arguments}:
            kept.append(subgoal)
    return kept


def _bottom_up(subgoals: list[Subgoal]) -> list[Subgoal]:
    """Order towers from the base: *red on blue and blue on green* first moves blue, so that red stays on it.

    A later ``on(b, c)`` goes before an earlier ``on(a, b)`` unless ``a`` moves again in between.
    """
    ordered = list(subgoals)
    for _ in range(len(ordered)):
        swap = next(((i, j) for j in range(len(ordered)) for i in range(j) if _undoes(ordered, i, j)), None)
        if swap is None:
            break
        ordered.insert(swap[0], ordered.pop(swap[1]))
    return ordered


def _undoes(subgoals: list[Subgoal], i: int, j: int) -> bool:
    """Whether subgoal ``j`` moves the support on which subgoal ``i`` has just put something."""
    earlier, later = subgoals[i].facts[0], subgoals[j].facts[0]
    if earlier.relation != "on" or later.relation != "on" or earlier.arguments[1] != later.arguments[0]:
        return False
    between = {str(subgoal.facts[0].arguments[0]) for subgoal in subgoals[i + 1 : j]}
    return str(earlier.arguments[0]) not in between
