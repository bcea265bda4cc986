"""Expert plans: what somebody who knows geometry would do, step by step, to make facts true on a table.

Facts are brought about in their order; whatever stands on what moves, or where it goes, is put aside first. Every step
is written in both forms, and carried out exactly before the next. Pure geometry: no physics, no search, no learning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, cast

from hybrid.errors import LanguageError
from hybrid.language.plans import MAX_PLAN, Amid, Aside, Beside, NamedStep, NumberStep, Placed, Point, Related, Spot
from simulator.base import CONTAINERS, MOVABLE, Fact, Subgoal, Thing
from simulator.goals import SPARE, Move, after, find, fits
from simulator.predicates import footprint_gap, margin, rests_on
from simulator.spots import DIRECTIONS, Mark, best_spot, spots

_DIRECTION_ORDER: Final = ("right_of", "left_of", "behind", "in_front_of")
"""Ways in which a line is tried to be laid."""


@dataclass(frozen=True)
class ExpertPlan:
    """A plan in both forms.

    Attributes:
        steps: that name things.
        numbers: the same in whole millimetres.
        things: the table once all steps were carried out exactly.
    """

    steps: tuple[NamedStep, ...]
    numbers: tuple[NumberStep, ...]
    things: tuple[Thing, ...]


def expert_plan(things: Sequence[Thing], subgoals: Sequence[Subgoal]) -> ExpertPlan:
    """Return the plan that makes the facts of ``subgoals`` true one after the other.

    Raises:
        LanguageError: this expert does not know how, or what it did undid what it had done.
    """
    start = ExpertPlan((), (), tuple(things))
    try:
        plan = _checked(start, subgoals)
    except LanguageError:
        plan = _checked(_unstacked(start), subgoals)
    kept = {name for subgoal in subgoals for name in subgoal.keep}
    if any(find(plan.things, name) != find(things, name) for name in kept):
        raise _stuck("what is to be left alone was moved")
    return plan


def _checked(plan: ExpertPlan, subgoals: Sequence[Subgoal]) -> ExpertPlan:
    """All facts made true in turn; those that a later one of the same thing replaces need not last."""
    facts = [fact for subgoal in subgoals for fact in subgoal.facts]
    for subgoal in subgoals:
        for fact in subgoal.facts:
            plan = brought_about(plan, fact, push=subgoal.manner == "push")
    later = [{str(other.arguments[0]) for other in facts[k + 1 :]} for k in range(len(facts))]
    last = [fact for fact, movers in zip(facts, later, strict=True) if str(fact.arguments[0]) not in movers]
    if any(margin(fact, plan.things) < 0.0 for fact in last):
        raise _stuck("one of its facts does not hold in the end")
    if len(plan.steps) > MAX_PLAN:
        raise _stuck(f"it takes {len(plan.steps)} steps")
    return plan


def _unstacked(plan: ExpertPlan) -> ExpertPlan:
    """Everything that stands on something else that can be moved put aside, the topmost first."""
    for thing in sorted(plan.things, key=lambda thing: -thing.top):
        under = [t for t in plan.things if t.kind in MOVABLE and t.id != thing.id and rests_on(thing, t) >= 0.0]
        plan = moved(plan, thing.id, "aside", ()) if under else plan
    return plan


def by_way_of(things: Sequence[Thing], moves: Sequence[Move], last: Fact) -> ExpertPlan:
    """Return the plan that pushes one thing through ``moves``, the last of which makes ``last`` true."""
    plan = ExpertPlan((), (), tuple(things))
    for move in moves[:-1]:
        plan = moved(plan, move.thing, "at", (move.target[:2],), push=True)
    return brought_about(plan, last, push=True)


def moved(
    plan: ExpertPlan, name: str, relation: str, to: Sequence[str | tuple[float, ...]], *, push: bool = False
) -> ExpertPlan:
    """Return ``plan`` with one more step; raises ``LanguageError`` where the thing does not fit there."""
    thing = find(plan.things, name)
    others = [other for other in plan.things if other.id != name]
    named = relation not in ("at", "aside")
    marks: list[Mark] = [find(others, str(mark)) if named else mark for mark in to]
    spot = best_spot(thing, relation, marks, others)
    if thing.kind not in MOVABLE or spot is None:
        raise _stuck(f"{name} cannot go {relation} {to}")
    if not fits(thing, spot, others):
        if relation != "in":
            raise _stuck(f"{name} does not fit {relation} {to}")
        spot = _loosest(thing, marks, others)
    step = NamedStep(pick=name, place=_place(relation, to), push=push)
    number = NumberStep(pick=_point(thing.position), place=_point(spot))
    return ExpertPlan((*plan.steps, step), (*plan.numbers, number), after(plan.things, (Move(name, spot),)))


def _loosest(thing: Thing, marks: Sequence[Mark], others: Sequence[Thing]) -> tuple[float, float, float]:
    """Where there is most room in a full container."""
    loads = [other for other in others if other not in marks and other.kind in MOVABLE]
    return max(
        spots(thing, "in", marks, others),
        key=lambda spot: min([1.0, *(footprint_gap(replace(thing, position=spot), load) for load in loads)]),
    )


def freed(plan: ExpertPlan, name: str, spared: str = "") -> ExpertPlan:
    """Return ``plan`` after everything on or in the thing ``name`` was put aside, the topmost first."""
    for load in [thing for thing in plan.things if thing.kind in MOVABLE]:
        if load.id not in (name, spared) and rests_on(find(plan.things, load.id), find(plan.things, name)) >= 0.0:
            plan = moved(freed(plan, load.id), load.id, "aside", ())
    return plan


def brought_about(plan: ExpertPlan, fact: Fact, *, push: bool = False) -> ExpertPlan:
    """Return ``plan`` with what makes one more fact true; errors as in ``expert_plan``."""
    if fact.relation == "held":
        raise _stuck("nothing can be kept hanging from the tool")
    if margin(fact, plan.things) >= 0.0:
        return plan
    name = str(fact.arguments[0])
    if fact.relation == "clear":
        return freed(plan, name)
    if fact.relation == "line":
        return _lined(plan, [str(member) for member in fact.arguments])
    if fact.relation == "apart":
        return moved(freed(plan, name), name, "aside", ())
    plan = freed(plan, name)
    to = tuple(fact.arguments[1:])
    if fact.relation in ("on", "in"):
        base = find(plan.things, str(to[0]))
        plan = plan if base.kind in CONTAINERS or base.kind == "zone" else freed(plan, base.id, name)
        return moved(plan, name, fact.relation, (base.id,), push=push)
    goal = (tuple(float(v) for v in to),) if fact.relation == "at" and len(to) == 2 else tuple(str(v) for v in to)
    return _making_room(plan, name, fact.relation, goal, push)


def _making_room(
    plan: ExpertPlan, name: str, relation: str, to: Sequence[str | tuple[float, ...]], push: bool
) -> ExpertPlan:
    """A step after what stands where it ends was put aside, where that is in the way."""
    try:
        return moved(plan, name, relation, to, push=push)
    except LanguageError:
        thing = find(plan.things, name)
        others = [other for other in plan.things if other.id != name]
        marks: list[Mark] = [find(others, str(mark)) if relation != "at" else mark for mark in to]
        spot = next(spots(thing, relation, marks, others), None)
        if spot is None:
            raise
        there = replace(thing, position=spot)
        blocking = [t for t in others if t.kind in MOVABLE and t.id not in to and footprint_gap(there, t) < SPARE]
        for other in blocking:
            plan = moved(freed(plan, other.id), other.id, "aside", ())
        return moved(plan, name, relation, to, push=push)


def _lined(plan: ExpertPlan, members: Sequence[str]) -> ExpertPlan:
    """Each member beside the one before it, all on the same side; the first that is on the table stays."""
    for name in members:
        plan = freed(plan, name)
    for side in _DIRECTION_ORDER:
        try:
            tried = plan
            for before, name in pairwise(members):
                tried = moved(tried, name, side, (before,))
        except LanguageError:
            continue
        return tried
    raise _stuck("no row has room")


def _place(relation: str, to: Sequence[str | tuple[float, ...]]) -> Related | Placed | Point | Amid | Aside:
    if relation == "aside":
        return Aside(aside=True)
    if relation == "between":
        return Amid(between=(str(to[0]), str(to[1])))
    if relation == "at":
        return Placed(at=cast(Spot, to[0])) if isinstance(to[0], str) else _point(to[0])
    if relation not in (*DIRECTIONS, "on", "in", "next_to"):
        raise _stuck(f"{relation} is no place")
    return Related(relation=cast(Beside, relation), of=str(to[0]))


def _point(where: Sequence[float]) -> Point:
    return Point(x=round(1000 * where[0]), y=round(1000 * where[1]))


def _stuck(problem: str) -> LanguageError:
    return LanguageError("expert plan", problem, "Take another task.")
