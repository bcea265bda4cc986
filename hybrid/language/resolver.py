"""From a program to subgoals on a table: the deterministic half of language.

The network says *what was asked*; this page decides *what that means here*: which thing, in which order, whether it is
missing, ambiguous or impossible. Each step is resolved against the scene as predicted after the steps before it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final, cast

from hybrid.base import Decomposition
from hybrid.language import feasibility, prediction, schema
from hybrid.language.description import name, say
from hybrid.language.schema import AnyStep, Program, Term
from hybrid.language.selection import Table, Unresolvable, select
from simulator.base import CONTAINERS, Fact, Relation, Scene, Subgoal, Thing

AMOUNTS: Final = {"bit": 0.05, "some": 0.08, "far": 0.12}
"""What *a bit*, an unsaid amount and *far* mean, metres; all exceed the 3 cm within which a thing is at a point."""
REFUSALS: Final = {
    "action": "I can only pick up, place and push the things on this table",
    "scope": "that is not about arranging the things on this table",
    "unsafe": "I will not do anything that could hurt somebody or break things",
}
_DIRECTIONS: Final = {"left": (0.0, 1.0), "right": (0.0, -1.0), "away": (1.0, 0.0), "closer": (-1.0, 0.0)}
_SIDES: Final = {"left_of": (0.0, 1.0), "right_of": (0.0, -1.0), "behind": (1.0, 0.0), "in_front_of": (-1.0, 0.0)}


def resolve(program: Program, scene: Scene, unknown: tuple[str, ...] = ()) -> Decomposition:
    """Resolve ``program`` on ``scene``.

    Args:
        program: what was asked.
        scene: the things as perceived.
        unknown: words of the request that name nothing we know, for the refusal to quote.

    Returns:
        A plan of subgoals, a question with choices, or a refusal with its reason; ``backend`` and time are left empty.
    """
    if program.refuse is not None:
        return Decomposition("refused", message=f"{REFUSALS[program.refuse]}.")
    try:
        return _resolved(program, scene, unknown)
    except Unresolvable as reason:
        status = "question" if reason.question else "refused"
        sentence = reason.problem[0].upper() + reason.problem[1:]
        return Decomposition(
            status, message=sentence if sentence[-1] in ".?" else sentence + ".", choices=reason.choices
        )


def _resolved(program: Program, scene: Scene, unknown: tuple[str, ...]) -> Decomposition:
    kept = [thing for term in program.keep for thing in select(term, Table(scene, unknown=unknown), "target")]
    progress = _Progress(Table(scene, unknown=unknown))
    for step in program.steps:
        progress.add(step)
    subgoals = _bottom_up(progress.subgoals)
    feasibility.require_no_circle(subgoals, scene)
    feasibility.require_kept_still(subgoals, kept, scene)
    keep = tuple(dict.fromkeys(thing.id for thing in kept))
    worded = tuple(replace(s, keep=keep, words=say(s.facts, scene, s.manner)) for s in subgoals)
    return Decomposition("planned", worded, tuple(("keep", thing) for thing in keep))


@dataclass
class _Progress:
    """Subgoals so far and the table as they will leave it."""

    table: Table
    subgoals: list[Subgoal] = field(default_factory=list)
    landmark: Thing | None = None
    """What *it* was beside in the last step: *red left of it and green right of it* speaks of one thing twice."""

    def add(self, step: AnyStep) -> None:
        self.landmark = self.landmark if step.act == "pair" else None
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


def _pair(step: schema.Pair, progress: _Progress) -> _Resolved:
    target = _target(step.b, step.relation, progress)
    beside_it = isinstance(step.b, schema.Pronoun) and step.relation not in ("on", "in")
    if beside_it and progress.landmark is not None:
        target = progress.table.scene.thing(progress.landmark.id)
    progress.landmark = target if beside_it else None
    movers = progress.movers(step.a, frozenset({target.id}))
    progress.table = progress.table.noting([target])
    if step.relation in ("on", "in"):
        return movers, _supported(movers, target, step, progress.table.scene)
    feasibility.require_apart_things([*movers, target], progress.table.scene)
    if step.centimetres is not None:
        return movers, [_beside(thing, target, step, progress.table.scene) for thing in movers]
    return movers, [Fact(cast(Relation, step.relation), (thing.id, target.id)) for thing in movers]


def _target(term: Term, relation: str, progress: _Progress) -> Thing:
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


def _between(step: schema.Between, progress: _Progress) -> _Resolved:
    b = _target(step.b, "between", progress)
    progress.table = progress.table.noting([b])
    c = _other_end(step.c, b, progress)
    movers = progress.movers(step.a, frozenset({b.id, c.id}))
    feasibility.require_apart_things([*movers, b, c], progress.table.scene)
    progress.table = progress.table.noting([b, c])
    return movers, [Fact("between", (thing.id, b.id, c.id)) for thing in movers]


def _other_end(term: Term, b: Thing, progress: _Progress) -> Thing:
    things = select(term, progress.table, "target", avoid=frozenset({b.id}))
    return things[0]


def _at(step: schema.At, progress: _Progress) -> _Resolved:
    movers = progress.movers(step.a)
    return movers, [Fact("at", (thing.id, step.place)) for thing in movers]


def _shift(step: schema.Shift, progress: _Progress) -> _Resolved:
    movers = progress.movers(step.a)
    metres = AMOUNTS[step.by] if isinstance(step.by, str) else step.by / 100
    x, y = (metres * part for part in _DIRECTIONS[step.direction])
    scene = progress.table.scene
    return movers, [_point(thing, thing.position[0] + x, thing.position[1] + y, scene) for thing in movers]


def _clear(step: schema.Clear, progress: _Progress) -> _Resolved:
    things = progress.select(step.a, "target")
    return things, [Fact("clear", (thing.id,)) for thing in things]


def _hold(step: schema.Hold, progress: _Progress) -> _Resolved:
    movers = progress.movers(step.a)
    if len(movers) > 1:
        raise Unresolvable("I can hold only one thing at a time")
    return movers, [Fact("held", (movers[0].id,))]


def _down(step: schema.Down, progress: _Progress) -> _Resolved:
    movers = progress.movers(step.a)
    facts: list[Fact] = []
    for thing in movers:
        x, y = prediction.free_spot(progress.table.scene, thing)
        facts.append(_point(thing, x, y, progress.table.scene))
    return movers, facts


def _line(step: schema.Line, progress: _Progress) -> _Resolved:
    movers = progress.movers(step.a)
    if len(movers) < 2:
        raise Unresolvable("a line needs at least two things")
    return movers, [Fact("line", tuple(thing.id for thing in movers))]


def _tower(step: schema.Tower, progress: _Progress) -> _Resolved:
    ends = [_target(end, "on", progress) for end in (step.base, step.peak) if end is not None]
    away = frozenset(thing.id for thing in ends)
    floors = [thing for thing in progress.movers(step.a, away) if thing.id not in away]
    floors = [*ends, *floors] if step.base is not None else [*floors, *ends]
    if len(floors) < 2:
        raise Unresolvable("a tower needs at least two things")
    if step.base is None and isinstance(step.a[0], schema.Selector) and step.a[0].quantifier != "the":
        floors.sort(key=lambda thing: thing.kind == "ball")
    facts: list[Fact] = []
    for lower, upper in pairwise(floors):
        feasibility.require_movable(upper, progress.table.scene)
        feasibility.require_support(upper, lower, "on", progress.table.scene, push=step.push)
        facts.append(Fact("on", (upper.id, lower.id)))
    return floors, facts


_STEPS: Final = cast(
    dict[str, Callable[[AnyStep, _Progress], _Resolved]],
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
    },
)


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
