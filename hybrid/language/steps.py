"""What each step of a program means on the table as predicted at its turn: which things move, and to which facts.

One function a step; ``hybrid.language.resolver`` runs them in order. Knows selectors, geometry and what was said
before, no words typed by people.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final, cast

from hybrid.base import Turn
from hybrid.language import arrangement, feasibility, prediction, recollection, schema
from hybrid.language.description import name
from hybrid.language.schema import AnyStep, Term
from hybrid.language.selection import Table, Unresolvable, candidates, phrase, select, volume
from simulator.base import CONTAINERS, Fact, Relation, Scene, Subgoal, Thing
from simulator.places import PLACES

_DIRECTIONS: Final = {"left": (0.0, 1.0), "right": (0.0, -1.0), "away": (1.0, 0.0), "closer": (-1.0, 0.0)}
_SIDES: Final = {"left_of": (0.0, 1.0), "right_of": (0.0, -1.0), "behind": (1.0, 0.0), "in_front_of": (-1.0, 0.0)}


@dataclass
class Progress:
    """Subgoals so far and the table as they will leave it."""

    table: Table
    turns: tuple[Turn, ...]
    start: Scene
    subgoals: list[Subgoal] = field(default_factory=list)
    landmark: Thing | None = None
    """What *it* is beside which things were put more than once: *red left of the bowl, blue right of it, green behind
    it*; or what *it* was in the last step."""
    beside: str = ""
    """Id of what the last step put things beside."""

    def add(self, step: AnyStep) -> None:
        """Resolve one more step on the table that those before it leave."""
        self.landmark, self.beside = (self.landmark, self.beside) if step.act == "pair" else (None, "")
        movers, facts = _STEPS[step.act](step, self)
        for fact in facts:
            self.subgoals.append(Subgoal((fact,), manner="push" if step.push else "any"))
            self.table = replace(self.table, scene=prediction.after(self.table.scene, fact))
        self.table = replace(self.table.noting(movers), moved=tuple(thing.id for thing in movers))

    def select(self, terms: tuple[Term, ...], role: str, avoid: frozenset[str] = frozenset()) -> list[Thing]:
        """Things meant by coordinated terms, each once, noted as mentioned."""
        found: dict[str, Thing] = {}
        for term in terms:
            for thing in select(term, self.table, "mover" if role == "mover" else "target", avoid=avoid | found.keys()):
                found[thing.id] = thing
            self.table = self.table.noting(tuple(found.values()))
        return list(found.values())

    def movers(self, terms: tuple[Term, ...], avoid: frozenset[str] = frozenset()) -> list[Thing]:
        """Things to be moved; refuses those that stand fast."""
        things = self.select(terms, "mover", avoid)
        for thing in things:
            feasibility.require_movable(thing, self.table.scene)
        return things


_Resolved = tuple[list[Thing], list[Fact]]
"""What a step moves and the facts it asks for, one subgoal each."""


def _pair(step: schema.Pair, progress: Progress) -> _Resolved:
    target = _target(step.b, step.relation, progress)
    aside = step.relation not in ("on", "in")
    beside_it = isinstance(step.b, schema.Pronoun) and aside
    if beside_it and progress.landmark is not None:
        target = progress.table.scene.thing(progress.landmark.id)
    progress.landmark = target if beside_it or (aside and progress.beside == target.id) else None
    progress.beside = target.id if aside else ""
    progress.table = progress.table.noting([target])
    movers = progress.movers(step.a, frozenset({target.id}))
    if step.relation == "on" and [thing.id for thing in movers] == [target.id]:
        target = _target(step.b, "in", progress)  # *The green block on the green bit* is meant for another green thing.
    if step.relation in ("on", "in"):
        return movers, _supported(movers, target, step, progress.table.scene)
    if step.centimetres is not None and [thing.id for thing in movers] == [target.id]:
        x, y = (step.centimetres / 100 * part for part in _SIDES[step.relation])
        return movers, [_point(target, target.position[0] + x, target.position[1] + y, progress.table.scene)]
    feasibility.require_apart_things([*movers, target], progress.table.scene)
    if step.centimetres is not None:
        return movers, [_beside(thing, target, step, progress.table.scene) for thing in movers]
    return movers, [Fact(cast(Relation, step.relation), (thing.id, target.id)) for thing in movers]


def _target(term: Term, relation: str, progress: Progress) -> Thing:
    """The one thing others go to; *in the white one* means what can hold things."""
    if relation == "in" and isinstance(term, schema.Selector) and term.kind == "thing":
        for kind in ("container", "zone"):
            try:
                return select(term.model_copy(update={"kind": kind}), progress.table, "target")[0]
            except Unresolvable as reason:
                if reason.question:
                    raise
    things = list(select(term, progress.table, "target"))
    if len(things) > 1:
        names = tuple(name(thing, progress.table.scene) for thing in things)
        raise Unresolvable("which one of them should it go to?", choices=names, question=True)
    return things[0]


def _supported(movers: list[Thing], target: Thing, step: schema.Pair, scene: Scene) -> list[Fact]:
    """Facts of resting; several things on one that is no container make a tower."""
    facts: list[Fact] = []
    for thing in movers:
        feasibility.require_support(thing, target, step.relation, scene, push=step.push)
        holds = target.kind in CONTAINERS or target.kind == "zone"
        facts.append(Fact("in" if holds else "on", (thing.id, target.id)))
        target = target if holds else thing
    return facts


def _beside(a: Thing, b: Thing, step: schema.Pair, scene: Scene) -> Fact:
    """A point so many centimetres from the side of ``b``, measured between the outlines."""
    x, y = _SIDES[step.relation]
    axis = 0 if x else 1
    reach = (step.centimetres or 0) / 100 + a.size[axis] / 2 + b.size[axis] / 2
    return _point(a, b.position[0] + x * reach, b.position[1] + y * reach, scene)


def _point(thing: Thing, x: float, y: float, scene: Scene) -> Fact:
    feasibility.require_inside(x, y, thing, scene)
    return Fact("at", (thing.id, round(x, 3), round(y, 3)))


def _between(step: schema.Between, progress: Progress) -> _Resolved:
    b, c = _two_ends(step, progress) or _named_ends(step, progress)
    movers = progress.movers(step.a, frozenset({b.id, c.id}))
    feasibility.require_apart_things([*movers, b, c], progress.table.scene)
    progress.table = progress.table.noting([b, c])
    return movers, [Fact("between", (thing.id, b.id, c.id)) for thing in movers]


def _named_ends(step: schema.Between, progress: Progress) -> tuple[Thing, Thing]:
    b = _target(step.b, "between", progress)
    progress.table = progress.table.noting([b])
    return b, _other_end(step.c, b, progress)


def _two_ends(step: schema.Between, progress: Progress) -> tuple[Thing, Thing] | None:
    """Both ends where they are named once: *between the two red cubes*; None where they are named one by one."""
    if step.b != step.c or not isinstance(step.b, schema.Selector) or step.b.quantifier == "a":
        return None
    moved = {thing.id for thing in progress.movers(step.a)} if step.a[0] != step.b else set[str]()
    found = [thing for thing in candidates(step.b, progress.table) if thing.id not in moved]
    if len(found) == 1:
        raise Unresolvable(f"there is only one {phrase(step.b)} for something to be between")
    return (found[0], found[1]) if len(found) == 2 else None


def _other_end(term: Term, b: Thing, progress: Progress) -> Thing:
    things = select(term, progress.table, "target", avoid=frozenset({b.id}))
    return things[0]


def _at(step: schema.At, progress: Progress) -> _Resolved:
    movers = progress.movers(step.a)
    if step.place in PLACES:
        return movers, [Fact("at", (thing.id, step.place)) for thing in movers]
    facts: list[Fact] = []
    scene = progress.table.scene
    for thing in movers:
        taken = frozenset(str(fact.arguments[1]) for fact in facts)
        facts.append(arrangement.nearest_place(thing, scene, step.place, taken))
        scene = prediction.after(scene, facts[-1])
    return movers, facts


def _shift(step: schema.Shift, progress: Progress) -> _Resolved:
    movers = progress.movers(step.a)
    metres = recollection.metres(step.by)
    x, y = (metres * part for part in _DIRECTIONS[step.direction])
    scene = progress.table.scene
    return movers, [_point(thing, thing.position[0] + x, thing.position[1] + y, scene) for thing in movers]


def _approach(step: schema.Approach, progress: Progress) -> _Resolved:
    target = _target(step.b, "next_to", progress)
    movers = progress.movers(step.a, frozenset({target.id}))
    feasibility.require_apart_things([*movers, target], progress.table.scene)
    metres, scene = recollection.metres(step.by), progress.table.scene
    points = [(thing, arrangement.towards(thing, target, metres, away=step.away)) for thing in movers]
    return movers, [_point(thing, x, y, scene) for thing, (x, y) in points]


def _clear(step: schema.Clear, progress: Progress) -> _Resolved:
    things = progress.select(step.a, "target")
    return things, [Fact("clear", (thing.id,)) for thing in things]


def _hold(step: schema.Hold, progress: Progress) -> _Resolved:
    movers = progress.movers(step.a)
    if len(movers) > 1:
        raise Unresolvable("I can hold only one thing at a time")
    return movers, [Fact("held", (movers[0].id,))]


def _down(step: schema.Down, progress: Progress) -> _Resolved:
    movers = progress.movers(step.a)
    facts: list[Fact] = []
    for thing in movers:
        x, y = prediction.free_spot(progress.table.scene, thing)
        facts.append(_point(thing, x, y, progress.table.scene))
    return movers, facts


def _line(step: schema.Line, progress: Progress) -> _Resolved:
    movers = progress.movers(step.a)
    if len(movers) < 2:
        raise Unresolvable("a line needs at least two things")
    if step.course is None and step.place is None:
        return movers, [Fact("line", tuple(thing.id for thing in movers))]
    return movers, arrangement.row(movers, progress.table.scene, step.course or "across", step.place)


def _tower(step: schema.Tower, progress: Progress) -> _Resolved:
    ends = [_target(end, "on", progress) for end in (step.base, step.peak) if end is not None]
    away = frozenset(thing.id for thing in ends)
    floors = [thing for thing in progress.movers(step.a, away) if thing.id not in away]
    below = 0 if step.base is None else 1
    floors = [*ends[:below], *floors, *ends[below:]]
    if len(floors) < 2:
        raise Unresolvable("a tower needs at least two things")
    if step.floors is not None:
        floors.sort(key=volume, reverse=step.floors == "biggest_below")
    elif step.base is None and isinstance(step.a[0], schema.Selector) and step.a[0].quantifier != "the":
        floors.sort(key=lambda thing: thing.kind == "ball")
    facts = [] if step.place is None else [arrangement.named(floors[0], step.place, progress.table.scene)]
    for lower, upper in pairwise(floors):
        feasibility.require_movable(upper, progress.table.scene)
        feasibility.require_support(upper, lower, "on", progress.table.scene, push=step.push)
        facts.append(Fact("on", (upper.id, lower.id)))
    return floors, facts


def _swap(step: schema.Swap, progress: Progress) -> _Resolved:
    pair = _said_twice(step)
    if pair is not None:
        a, b = progress.movers((pair,))[:1], progress.movers((pair,))[1:]
    else:
        a = progress.movers(step.a)
        b = progress.movers((step.b,), frozenset(thing.id for thing in a))
    if len(a) != 1 or len(b) != 1 or a[0].id == b[0].id:
        raise Unresolvable("two different things can change places, not others")
    return [*a, *b], arrangement.swapped(a[0], b[0], progress.table.scene)


def _said_twice(step: schema.Swap) -> schema.Selector | None:
    """All of what a swap names twice in the same words: *trade those two red blocks around*."""
    first, second = step.a[0], step.b
    if not isinstance(first, schema.Selector) or not isinstance(second, schema.Selector):
        return None
    pair = first.model_copy(update={"quantifier": "all"})
    return pair if pair == second.model_copy(update={"quantifier": "all"}) and pair.extreme is None else None


def _match(step: schema.Match, progress: Progress) -> _Resolved:
    targets = progress.select(step.b, "target")
    movers = progress.movers(step.a, frozenset(thing.id for thing in targets))
    if any(isinstance(term, schema.Selector) and term.kind == "container" for term in step.b):
        colours = {thing.colour for thing in targets}  # A mat takes in what no container of its colour does.
        targets += [t for t in progress.table.scene.things if t.kind == "zone" and t.colour not in colours]
    return _matched(movers, targets, step, progress.table.scene)


def _matched(movers: list[Thing], targets: list[Thing], step: schema.Match, scene: Scene) -> _Resolved:
    """Each thing with the first target of its colour that is not itself; those without one stay."""
    facts: list[Fact] = []
    for thing in movers:
        partner = next((t for t in targets if t.colour == thing.colour and t.id != thing.id), None)
        if partner is None:
            continue
        if step.relation in ("on", "in"):
            pair = schema.Pair(relation=step.relation, a=step.a, b=step.b[0], push=step.push)
            facts += _supported([thing], partner, pair, scene)
        else:
            facts.append(Fact(cast(Relation, step.relation), (thing.id, partner.id)))
    if not facts:
        raise Unresolvable("none of them has one of its own colour to go to")
    moved = {str(fact.arguments[0]) for fact in facts}
    return [thing for thing in movers if thing.id in moved], facts


def _sort(step: schema.Sort, progress: Progress) -> _Resolved:
    movers, scene = progress.movers(step.a), progress.table.scene
    if step.by == "size":
        return movers, arrangement.row(sorted(movers, key=volume), scene, "rightwards")
    holders = [t for t in scene.things if t.kind in CONTAINERS or t.kind == "zone"]
    if step.by == "colour" and {t.colour for t in movers} & {t.colour for t in holders}:
        everything = schema.Selector(quantifier="all")
        match = schema.Match(relation="in", a=step.a, b=(everything,), push=step.push)
        return _matched(movers, holders, match, scene)
    facts: list[Fact] = []
    for trait in dict.fromkeys(t.colour if step.by == "colour" else t.kind for t in movers):
        facts += arrangement.grouped([t for t in movers if trait in (t.colour, t.kind)])
    if not facts:
        raise Unresolvable(f"no two of them are of one {step.by}, so there is nothing to sort")
    return movers, facts


def _shape(step: schema.Shape, progress: Progress) -> _Resolved:
    around = None if step.around is None else _target(step.around, "next_to", progress)
    movers = progress.movers(step.a, frozenset() if around is None else frozenset({around.id}))
    movers = [thing for thing in movers if around is None or thing.id != around.id]
    return movers, arrangement.ring(movers, progress.table.scene, step.form, around, step.place)


def _several(step: schema.Spread | schema.Gather, progress: Progress) -> _Resolved:
    movers = progress.movers(step.a)
    if len(movers) < 2:
        raise Unresolvable("that needs at least two things")
    spread = isinstance(step, schema.Spread)
    if spread and len(movers) == 2:
        return movers[:1], [Fact("apart", (movers[0].id, movers[1].id))]
    return movers, arrangement.spread(movers, progress.table.scene) if spread else arrangement.grouped(movers)


def _undo(step: schema.Undo, progress: Progress) -> _Resolved:  # noqa: ARG001
    return recollection.undone(progress.table.scene, progress.turns)


def _back(step: schema.Back, progress: Progress) -> _Resolved:
    movers = progress.movers(step.a)
    facts = recollection.returned(movers, progress.table.scene, progress.turns, progress.start)
    return movers, facts


def _again(step: schema.Again, progress: Progress) -> _Resolved:
    things = progress.movers(step.a) if step.a else []
    return recollection.repeated(things, progress.table.scene, progress.turns)


def _further(step: schema.Further, progress: Progress) -> _Resolved:
    metres = recollection.metres(step.by) * (-1 if step.less else 1)
    thing, (x, y) = recollection.continued(progress.table, progress.turns, metres)
    return [thing], [_point(thing, x, y, progress.table.scene)]


def _instead(step: schema.Instead, progress: Progress) -> _Resolved:
    things = progress.select(step.a, "target")
    return recollection.corrected(things, progress.table.scene, progress.turns)


_STEPS: Final = cast(
    dict[str, Callable[[AnyStep, Progress], _Resolved]],
    {
        "pair": _pair,
        "between": _between,
        "at": _at,
        "shift": _shift,
        "clear": _clear,
        "hold": _hold,
        "down": _down,
        "line": _line,
        "tower": _tower,
        "swap": _swap,
        "match": _match,
        "sort": _sort,
        "shape": _shape,
        "spread": _several,
        "gather": _several,
        "approach": _approach,
        "undo": _undo,
        "back": _back,
        "again": _again,
        "further": _further,
        "instead": _instead,
    },
)
