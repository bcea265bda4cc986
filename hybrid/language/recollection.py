"""What a request means by what was said and done before: *undo*, *put it back*, *the same with ...*, *a bit further*.

Everything is read off the earlier turns' scenes and facts, so that any backend's answers can be continued. Metres,
world frame.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from hybrid.base import Turn
from hybrid.language.arrangement import at, carrier, place_of
from hybrid.language.description import name
from hybrid.language.prediction import inside
from hybrid.language.selection import Table, Unresolvable
from simulator.base import MOVABLE, Fact, Scene, Thing
from simulator.predicates import holds

AMOUNTS: Final = {"bit": 0.05, "some": 0.08, "far": 0.12}
"""What *a bit*, an unsaid amount and *far* mean, metres; all exceed the 3 cm within which a thing is at a point."""
MOVED: Final = 0.015
"""What is perceived this far from where it was has moved, metres: more than perception errs."""
_UNDO: Final = "undo"
_OFFSETS: Final = frozenset({"shift", "approach", "retreat", "further", "less"})
"""First words of programs whose points are meant from where the thing stood."""

Resolved = tuple[list[Thing], list[Fact]]


def metres(amount: int | str) -> float:
    """Return a whole number of centimetres or a rough amount in metres."""
    return AMOUNTS[amount] if isinstance(amount, str) else amount / 100


def opening(table: Table, turns: Sequence[Turn]) -> Table:
    """Return the table as a new request of a conversation finds it: *it* is what was moved or spoken of last."""
    for turn in reversed(turns):
        known = {thing.id for thing in table.scene.things}
        facts = [fact for subgoal in turn.answer.subgoals for fact in subgoal.facts]
        if facts:
            last = [name for name in _movers(facts[-1]) if name in known]
            named = {str(argument) for fact in facts for argument in fact.arguments} & known
            return replace(table, moved=tuple(last), mentioned=frozenset(named))
    return table


def undone(scene: Scene, turns: Sequence[Turn]) -> Resolved:
    """Facts that take back the last request that moved anything and was not taken back yet."""
    stack: list[Turn] = []
    for turn in turns:
        if _is_undo(turn):
            stack = stack[:-1]
        elif _movements(turn):
            stack.append(turn)
    if not stack:
        raise Unresolvable("nothing has been moved yet, so there is nothing to undo")
    before = stack[-1].before
    things = [thing for thing in scene.things if thing.id in _movements(stack[-1])]
    facts = _restoring(things, before, scene)
    if not facts:
        raise Unresolvable("everything is where it was before")
    return things, facts


def returned(things: Sequence[Thing], scene: Scene, turns: Sequence[Turn], start: Scene) -> list[Fact]:
    """Facts that put ``things`` where they were before they were last moved, in this request or an earlier one."""
    facts: list[Fact] = []
    for thing in things:
        old = next((turn.before for turn in reversed(turns) if thing.id in _movements(turn)), None)
        if _moved(thing, start):
            old = start
        if old is None:
            raise Unresolvable(f"{name(thing, scene)} has not been moved, so it is where it was")
        facts += _restoring([thing], old, scene)
    return facts


def repeated(things: Sequence[Thing], scene: Scene, turns: Sequence[Turn]) -> Resolved:
    """The last request once more, with ``things`` in the place of what it moved."""
    turn = _latest(turns)
    facts = [fact for subgoal in turn.answer.subgoals for fact in subgoal.facts]
    if things:
        mover = _movers(facts[-1])[0]
        facts = [fact for fact in facts if _movers(fact)[0] == mover]
        pairs = [(fact, thing) for thing in things for fact in facts]
    else:
        pairs = [(fact, scene.thing(_movers(fact)[0])) for fact in facts]
    found: list[Fact] = []
    for fact, thing in pairs:
        if thing.kind not in MOVABLE and fact.relation != "clear":
            raise Unresolvable(f"{name(thing, scene)} cannot be moved; I move cubes, cylinders and balls")
        if thing.id in fact.arguments[1:]:
            raise Unresolvable(f"{name(thing, scene)} cannot be placed relative to itself")
        found.append(_repeat(fact, thing, turn))
    return [thing for _, thing in pairs], found


def continued(table: Table, turns: Sequence[Turn], way: float) -> tuple[Thing, tuple[float, float]]:
    """What was moved last and the point ``way`` metres further along its movement, or back for a negative ``way``."""
    turn = _latest(turns)
    facts = [fact for subgoal in turn.answer.subgoals for fact in subgoal.facts]
    mover = next((name for name in table.moved if name in _movements(turn)), _movers(facts[-1])[0])
    old, new, now = turn.before.thing(mover), turn.after.thing(mover), table.scene.thing(mover)
    dx, dy = new.position[0] - old.position[0], new.position[1] - old.position[1]
    length = math.hypot(dx, dy)
    if length < MOVED / 2:
        raise Unresolvable(f"in which direction should {name(now, table.scene)} go further?", question=True)
    x, y = now.position[0] + way * dx / length, now.position[1] + way * dy / length
    if not inside(x, y, now):
        raise Unresolvable(f"there {name(now, table.scene)} would be off the table")
    return now, (x, y)


def corrected(things: Sequence[Thing], scene: Scene, turns: Sequence[Turn]) -> Resolved:
    """The last request with ``things`` in it instead of what was mistaken: that is put back, and they are moved.

    What cannot be moved is taken to be where others should go.
    """
    if not turns:
        names = " and ".join(name(thing, scene) for thing in things)
        raise Unresolvable(f"what should I do with {names}?", question=True)
    turn = _latest(turns)
    facts = [fact for subgoal in turn.answer.subgoals for fact in subgoal.facts]
    right = things[0]
    mistaken = [scene.thing(str(a)) for fact in facts[-1:] for a in fact.arguments if _known(a, scene)]
    target = right.kind not in MOVABLE
    if target and (len(mistaken) < 2 or len(things) > 1):
        raise Unresolvable(f"{name(right, scene)} cannot be moved; I move cubes, cylinders and balls")
    if target:
        last = facts[-1]
        relation = "in" if last.relation in ("on", "in") else last.relation
        return [mistaken[0]], [Fact(relation, (last.arguments[0], right.id, *last.arguments[2:]))]
    wrong = [scene.thing(mover) for mover in _movers(facts[-1]) if mover not in {thing.id for thing in things}]
    restored = [
        fact for thing in wrong if _moved(thing, turn.before) for fact in _restoring([thing], turn.before, scene)
    ]
    moved, again = repeated(things, scene, turns)
    return moved, [*restored, *again]


def _latest(turns: Sequence[Turn]) -> Turn:
    """The last turn that had subgoals and was not an undo."""
    for turn in reversed(turns):
        if turn.answer.subgoals and not _is_undo(turn):
            return turn
    raise Unresolvable("there is no earlier request to speak of; say what to put where")


def _is_undo(turn: Turn) -> bool:
    return turn.answer.program.split(" ")[0] == _UNDO


def _known(argument: str | float, scene: Scene) -> bool:
    return any(thing.id == argument for thing in scene.things)


def _movers(fact: Fact) -> tuple[str, ...]:
    """Ids a fact is about: those it asks to move, or what it clears."""
    return tuple(str(a) for a in fact.arguments) if fact.relation == "line" else (str(fact.arguments[0]),)


def _movements(turn: Turn) -> frozenset[str]:
    """Ids of what stood elsewhere after a turn than before it."""
    known = {thing.id for thing in turn.before.things}
    return frozenset(thing.id for thing in turn.after.things if thing.id in known and _moved(thing, turn.before))


def _moved(thing: Thing, before: Scene) -> bool:
    return thing.kind in MOVABLE and math.dist(thing.position, before.thing(thing.id).position) > MOVED


def _restoring(things: Sequence[Thing], before: Scene, scene: Scene) -> list[Fact]:
    """Facts that put ``things`` where they were in ``before``, from the table upwards."""
    old = sorted((before.thing(thing.id) for thing in things), key=lambda thing: thing.position[2])
    facts: list[Fact] = []
    for thing in old:
        support = carrier(thing, before)
        fact = place_of(thing, thing, before) if support is not None else at(thing, thing.position[:2])
        if not holds(fact, scene.things) or len(old) > 1:
            facts.append(fact)
    return facts


def _repeat(fact: Fact, thing: Thing, turn: Turn) -> Fact:
    """``fact`` about ``thing``; a point reached by an offset is that offset from where ``thing`` stands."""
    if fact.relation == "line":
        return fact
    numeric = fact.relation == "at" and len(fact.arguments) == 3
    if not numeric or turn.answer.program.split(" ")[0] not in _OFFSETS:
        return Fact(fact.relation, (thing.id, *fact.arguments[1:]))
    old = turn.before.thing(str(fact.arguments[0]))
    x = thing.position[0] + float(fact.arguments[1]) - old.position[0]
    y = thing.position[1] + float(fact.arguments[2]) - old.position[1]
    if not inside(x, y, thing):
        raise Unresolvable(f"there the {thing.colour} {thing.kind} would be off the table")
    return at(thing, (x, y))
