"""What cannot be done with these things, and why: refused before anything is planned.

Pure geometry and common sense on declared things; every refusal is a sentence for a person.
"""

from __future__ import annotations

from collections.abc import Sequence

from hybrid.language.description import joined, name
from hybrid.language.prediction import inside
from hybrid.language.selection import Unresolvable
from simulator.base import CONTAINERS, MOVABLE, Fact, Scene, Subgoal, Thing
from simulator.shapes import inner_radius


def require_movable(thing: Thing, scene: Scene) -> None:
    """Refuse to move what stands fast: bowls, trays and zones."""
    if thing.kind not in MOVABLE:
        raise Unresolvable(f"{name(thing, scene)} cannot be moved; I move cubes, cylinders and balls")


def require_support(a: Thing, b: Thing, relation: str, scene: Scene, *, push: bool) -> None:
    """Refuse to rest ``a`` on or in ``b`` where that cannot be."""
    if a.id == b.id:
        raise Unresolvable(f"{name(a, scene)} cannot be put {relation} itself")
    holds = b.kind in CONTAINERS or b.kind == "zone"
    if relation == "in" and not holds:
        raise Unresolvable(f"nothing can be put in {name(b, scene)}: a {b.kind} is not a container")
    if b.kind == "ball":
        raise Unresolvable(f"nothing stays on {name(b, scene)}: it is round and rolls away")
    if push and b.kind != "zone":
        raise Unresolvable(f"{name(a, scene)} cannot be pushed {relation} {name(b, scene)}; ask me to put it there")
    if b.kind in CONTAINERS and not _fits(a, b):
        raise Unresolvable(f"{name(a, scene)} is too big for {name(b, scene)}")


def require_apart_things(things: Sequence[Thing], scene: Scene) -> None:
    """Refuse a relation between a thing and itself."""
    for thing in things:
        if sum(other.id == thing.id for other in things) > 1:
            raise Unresolvable(f"{name(thing, scene)} cannot be placed relative to itself")


def require_inside(x: float, y: float, thing: Thing, scene: Scene) -> None:
    """Refuse a point, metres, where ``thing`` would leave the work area."""
    if not inside(x, y, thing):
        raise Unresolvable(f"there {name(thing, scene)} would be off the table")


def require_no_circle(subgoals: Sequence[Subgoal], scene: Scene) -> None:
    """Refuse things that should rest on each other in a circle at the end."""
    support: dict[str, str] = {}
    for fact in (fact for subgoal in subgoals for fact in subgoal.facts):
        if fact.relation == "on":
            support[str(fact.arguments[0])] = str(fact.arguments[1])
        elif fact.relation not in ("clear", "apart"):
            support.pop(str(fact.arguments[0]), None)
    for start in support:
        chain, current = [start], support.get(start)
        while current is not None and current != start and current not in chain:
            chain.append(current)
            current = support.get(current)
        if current == start:
            names = joined([name(scene.thing(thing), scene) for thing in chain])
            raise Unresolvable(f"{names} cannot all be on top of each other")


def require_kept_still(subgoals: Sequence[Subgoal], kept: Sequence[Thing], scene: Scene) -> None:
    """Refuse to move what was asked to be left alone."""
    moved = {mover for subgoal in subgoals for fact in subgoal.facts for mover in movers(fact)}
    for thing in kept:
        if thing.id in moved:
            raise Unresolvable(f"{name(thing, scene)} is to be moved and to be left alone at once")


def movers(fact: Fact) -> tuple[str, ...]:
    """Return the ids that a fact asks to move; clearing names only what others leave."""
    if fact.relation == "clear":
        return ()
    return tuple(str(a) for a in fact.arguments) if fact.relation == "line" else (str(fact.arguments[0]),)


def _fits(a: Thing, b: Thing) -> bool:
    """Whether the footprint of ``a`` passes through the opening of ``b``, metres against metres."""
    return max(a.size[0], a.size[1]) <= 2 * inner_radius(b.kind, b.size)
