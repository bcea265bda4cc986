"""Which things a selector means on a table: *the leftmost red block*, *all balls except the blue one*.

*the* with several candidates is a question back, *a* chooses, *all* takes every one, and nothing fitting is a refusal
that names what is missing. Deterministic; knows the schema and declared things, no words typed by people.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from hybrid.errors import LanguageError
from hybrid.language import description
from hybrid.language.schema import Anchor, Noun, Pronoun, Selector, Term
from simulator.base import CONTAINERS, MOVABLE, Kind, Scene, Thing
from simulator.places import PLACES
from simulator.predicates import footprint_gap, rests_on

Role = Literal["mover", "target"]
"""Whether a thing is to be moved or is where others go."""

SIDE: Final = 0.02
"""Least difference of centres for a selector such as *left of*, metres; as in ``simulator.predicates``."""
NEAR: Final = 0.06
"""Largest gap between footprints for a selector such as *next to*, metres: wider than the fact's."""
TOWARDS: Final = 0.04
"""How far from the middle of the table a thing is that lies on one of its sides, metres: a cube."""
AROUND_PLACE: Final = 0.13
"""How far from a named place a selected thing may be, metres: half the work area's half width."""
_COUNTS: Final = {"two": 2, "three": 3, "four": 4, "five": 5}
_ORDINALS: Final = {
    "second_left": (1.0, 1),
    "second_right": (-1.0, 1),
    "third_left": (1.0, 2),
    "third_right": (-1.0, 2),
}
"""Side from which is counted, along +y, and how many are passed over."""


class Unresolvable(LanguageError):  # noqa: N818
    """A program cannot be carried out on this table as said.

    Attributes:
        choices: answers to a question back; empty for a refusal.
        question: whether asking can help.
    """

    def __init__(self, problem: str, *, choices: tuple[str, ...] = (), question: bool = False) -> None:
        super().__init__("instruction", problem, "Say it another way.")
        self.choices = choices
        self.question = question


@dataclass(frozen=True)
class Table:
    """The things as predicted at one moment of a request.

    Attributes:
        scene: predicted positions.
        mentioned: ids meant by earlier selectors, for *the other*.
        moved: ids the last step moved, for *it* and *them*.
        unknown: words that name nothing we know, for refusals.
        chosen: what the person answered to earlier questions, as it was offered.
    """

    scene: Scene
    mentioned: frozenset[str] = frozenset()
    moved: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    chosen: tuple[str, ...] = ()

    def noting(self, things: Sequence[Thing]) -> Table:
        """Return the table with ``things`` mentioned."""
        return replace(self, mentioned=self.mentioned | {thing.id for thing in things})


def select(term: Term, table: Table, role: Role, *, avoid: frozenset[str] = frozenset()) -> tuple[Thing, ...]:
    """Return what ``term`` means, at least one thing.

    Args:
        term: a pronoun or a selector.
        table: things and what was said before.
        role: of the selected things in their step.
        avoid: ids that a free choice should not take.

    Raises:
        Unresolvable: nothing fits, or several do and only the person can tell.
    """
    if isinstance(term, Pronoun):
        answered = tuple(thing for thing in table.scene.things if description.name(thing, table.scene) in table.chosen)
        if not table.moved and answered:
            return answered[:1]
        if not table.moved:
            raise Unresolvable('I do not know what "it" is', question=True, choices=_all_names(table.scene))
        return tuple(table.scene.thing(thing) for thing in table.moved)
    found = candidates(term, table, role)
    if not found:
        raise Unresolvable(_missing(term, table))
    return _quantified(term, found, table, avoid)


def candidates(term: Selector, table: Table, role: Role = "target") -> list[Thing]:
    """Return all that fit ``term`` whatever its quantifier, none when nothing does; errors as in ``select``."""
    if term.kind == "unknown":
        raise Unresolvable(_unknown(term, table))
    gone = {thing.id for noun in term.excluding for thing in _named(noun, table.scene)}
    found = [thing for thing in _fitting(term, table, role) if thing.id not in gone]
    if term.extreme in _ORDINALS and len(found) == 1:
        return _placed(term, found[0], table.scene)
    return _superlative(term, found)


def _quantified(term: Selector, found: list[Thing], table: Table, avoid: frozenset[str]) -> tuple[Thing, ...]:
    if term.quantifier == "all":
        others = [thing for thing in found if thing.id not in avoid]
        return tuple(others or found)
    if term.quantifier == "the":
        free = [thing for thing in found if thing.id not in avoid]
        return (_the_one(term, free or found, table),)
    taken = table.mentioned | avoid
    ranked = sorted(found, key=lambda thing: (thing.id in taken, _burdened(thing, table.scene)))
    count = _COUNTS.get(term.quantifier, 1)
    if len(ranked) < count:
        raise Unresolvable(f"there are only {len(ranked)} of the {count} {phrase(term)}s asked for; {_seen(table)}")
    return tuple(ranked[:count])


def _the_one(term: Selector, found: list[Thing], table: Table) -> Thing:
    if len(found) == 1:
        return found[0]
    answered = [thing for thing in found if description.name(thing, table.scene) in table.chosen]
    if len(answered) == 1:
        return answered[0]
    known = [thing for thing in found if thing.id in table.mentioned]
    if len(known) == 1:
        return known[0]
    choices = tuple(description.name(thing, table.scene) for thing in found)
    raise Unresolvable(f"which {phrase(term)} do you mean?", choices=choices, question=True)


def phrase(noun: Noun) -> str:
    """Say a noun without its determiner: *big red block*."""
    kind = "thing" if noun.kind == "unknown" else noun.kind
    return " ".join(part for part in (noun.bulk, noun.colour, kind) if part)


def _missing(term: Selector, table: Table) -> str:
    said = phrase(term) + (f" {_anchor_words(term.anchor)}" if term.anchor is not None else "")
    if term.extreme == "other":
        said = f"other {said}"
    return f"there is no {said} on the table; {_seen(table)}"


def _unknown(term: Selector, table: Table) -> str:
    word = table.unknown[0] if table.unknown else ""
    said = f"{term.colour} {word}".strip() if term.colour and word else word
    return f"there is no {said} on the table; {_seen(table)}" if word else f"I do not know that thing; {_seen(table)}"


def _seen(table: Table) -> str:
    return f"I see {description.inventory(table.scene)}"


def _all_names(scene: Scene) -> tuple[str, ...]:
    return tuple(description.name(thing, scene) for thing in scene.things if thing.kind in MOVABLE)


def _anchor_words(anchor: Anchor) -> str:
    if anchor.noun is None or anchor.link is None:
        return f"at the {(anchor.place or '').replace('_', ' ')}"
    words = "it" if isinstance(anchor.noun, Pronoun) else f"the {phrase(anchor.noun)}"
    return f"{anchor.link.replace('_', ' ')} {words}"


def _fitting(term: Selector, table: Table, role: Role) -> list[Thing]:
    """Candidates by kind, colour, bulk and anchor; a bare *thing* prefers what the role prefers."""
    found = _matching(term, table.scene.things)
    if term.kind == "thing" and role == "mover":
        found = [thing for thing in found if thing.kind in MOVABLE] or found
    if term.anchor is not None:
        found = _anchored(term.anchor, found, table)
    if term.extreme == "other":
        found = [thing for thing in found if thing.id not in table.mentioned]
    if term.kind == "thing":
        movable = [thing for thing in found if thing.kind in MOVABLE]
        holding = [thing for thing in found if thing.kind in CONTAINERS]
        found = movable or ([] if role == "mover" and term.quantifier == "all" else holding or found)
    return _bulky(term, found)


def _matching(noun: Noun, things: Sequence[Thing]) -> list[Thing]:
    coloured = [thing for thing in things if noun.colour in (None, thing.colour)]
    if noun.kind == "thing":
        return coloured
    for kinds in _KINDS_OF[noun.kind]:
        found = [thing for thing in coloured if thing.kind in kinds]
        if found:
            return found
    return []


_KINDS_OF: Final[dict[str, tuple[frozenset[Kind], ...]]] = {
    "cube": (frozenset({"cube"}),),
    "block": (frozenset({"cube"}), frozenset({"cylinder"})),
    "cylinder": (frozenset({"cylinder"}),),
    "ball": (frozenset({"ball"}),),
    "bowl": (frozenset({"bowl"}),),
    "tray": (frozenset({"tray"}),),
    "container": (CONTAINERS,),
    "zone": (frozenset({"zone"}),),
    "unknown": (),
}
"""Kinds a word may mean, best first: the first that is on the table counts."""


def volume(thing: Thing) -> float:
    """Volume of a thing's extents, cubic metres."""
    return thing.size[0] * thing.size[1] * thing.size[2]


def _bulky(noun: Noun, found: list[Thing]) -> list[Thing]:
    """Keep the bigger or the smaller half in size; things that hardly differ stay together."""
    if noun.bulk is None or len(found) < 2:
        return found
    sizes = [volume(thing) for thing in found]
    middle = (min(sizes) + max(sizes)) / 2
    if max(sizes) < 1.15 * min(sizes):
        return found
    return [thing for thing in found if (volume(thing) > middle) == (noun.bulk == "big")]


def _superlative(term: Selector, found: list[Thing]) -> list[Thing]:
    if term.extreme in _ORDINALS:
        side, passed = _ORDINALS[term.extreme]
        return sorted(found, key=lambda thing: -side * thing.position[1])[passed : passed + 1]
    if term.extreme in (None, "other") or len(found) < 2:
        return found
    if term.extreme == "middle":
        x = sum(thing.position[0] for thing in found) / len(found)
        y = sum(thing.position[1] for thing in found) / len(found)
        return [min(found, key=lambda thing: (math.hypot(thing.position[0] - x, thing.position[1] - y), thing.id))]
    rank, margin = _RANKS[term.extreme or ""]
    ranked = sorted(found, key=lambda thing: (rank(thing), thing.id))
    count = _COUNTS.get(term.quantifier, 1)
    tied = [thing for thing in ranked[count:] if rank(thing) - rank(ranked[count - 1]) < margin]
    return [*ranked[:count], *(tied if term.quantifier == "the" else ())]


def _placed(term: Selector, thing: Thing, scene: Scene) -> list[Thing]:
    """The only *orange cube*, where it is *the second from the left* of all cubes or of all that moves."""
    for rest in (Noun(kind=term.kind), Noun(kind="thing")):
        rivals = [other for other in _matching(rest, scene.things) if other.kind in MOVABLE]
        if thing in _superlative(Selector(kind=rest.kind, extreme=term.extreme), rivals):
            return [thing]
    return []


_LEVEL: Final = 0.004
"""Difference of positions or heights below which nobody calls one of two things the leftmost or the tallest, metres."""
_ALIKE: Final = 0.05
"""Difference of volumes, as a logarithm, below which neither is the bigger."""
_RANKS: Final[dict[str, tuple[Callable[[Thing], float], float]]] = {
    "leftmost": (lambda thing: -thing.position[1], _LEVEL),
    "rightmost": (lambda thing: thing.position[1], _LEVEL),
    "nearest": (lambda thing: thing.position[0], _LEVEL),
    "farthest": (lambda thing: -thing.position[0], _LEVEL),
    "highest": (lambda thing: -thing.top, _LEVEL),
    "lowest": (lambda thing: thing.top, _LEVEL),
    "biggest": (lambda thing: -math.log(volume(thing)), _ALIKE),
    "smallest": (lambda thing: math.log(volume(thing)), _ALIKE),
    "tallest": (lambda thing: -thing.size[2], _LEVEL),
    "shortest": (lambda thing: thing.size[2], _LEVEL),
}
"""What each superlative makes smallest, and by how much it must be smaller than the next."""


def _anchored(anchor: Anchor, found: list[Thing], table: Table) -> list[Thing]:
    if anchor.noun is None or anchor.link is None:
        return _around(anchor, found)
    marks = _marks(anchor.noun, table)
    if anchor.link in ("nearest_to", "farthest_from"):
        sign = 1.0 if anchor.link == "nearest_to" else -1.0
        rest = [thing for thing in found if thing.id not in {mark.id for mark in marks}]
        return sorted(rest, key=lambda thing: sign * min(_distance(thing, mark) for mark in marks))[:1]
    test = _LINKS[anchor.link]
    return [thing for thing in found if any(mark.id != thing.id and test(thing, mark) for mark in marks)]


def _named(noun: Noun, scene: Scene) -> list[Thing]:
    """What a noun without an anchor may mean: *the leftmost red one* of an exception or a landmark."""
    return _superlative(Selector(**noun.model_dump()), _bulky(noun, _matching(noun, scene.things)))


def _marks(noun: Noun | Pronoun, table: Table) -> list[Thing]:
    """The landmarks an anchor may mean."""
    if isinstance(noun, Pronoun):
        return list(select(noun, table, "target"))
    if noun.kind == "unknown":
        raise Unresolvable(_unknown(Selector(colour=noun.colour, kind="unknown"), table))
    marks = _named(noun, table.scene)
    if not marks:
        raise Unresolvable(f"there is no {phrase(noun)} on the table; {_seen(table)}")
    return marks


def _around(anchor: Anchor, found: list[Thing]) -> list[Thing]:
    if anchor.place not in PLACES:
        spots = [name for name in PLACES if anchor.place == "free" or ("_" in name) == (anchor.place == "corner")]
        spots = [name for name in spots if name != "center"]
        return [t for t in found if min(math.dist(t.position[:2], PLACES[name]) for name in spots) <= AROUND_PLACE / 2]
    x, y = PLACES[anchor.place]
    distances = {thing.id: math.hypot(thing.position[0] - x, thing.position[1] - y) for thing in found}
    close = [thing for thing in found if distances[thing.id] <= AROUND_PLACE]
    close = close or [thing for thing in found if _on_its_side(thing, x, y)]
    return sorted(close, key=lambda thing: distances[thing.id])[:1] if len(close) > 1 else close


def _on_its_side(thing: Thing, x: float, y: float) -> bool:
    """Whether a thing lies on every side of the table that a place ``(x, y)``, metres, is on; none is the middle's."""
    ahead, aside = thing.position[0], thing.position[1]
    sides = [where * (1.0 if toward > 0 else -1.0) for where, toward in ((ahead, x), (aside, y)) if toward]
    return bool(sides) and min(sides) >= TOWARDS


def _distance(a: Thing, b: Thing) -> float:
    return math.hypot(a.position[0] - b.position[0], a.position[1] - b.position[1])


def _burdened(thing: Thing, scene: Scene) -> bool:
    """Whether something rests on a thing, so that it is a poor free choice."""
    return any(other.id != thing.id and rests_on(other, thing) >= 0.0 for other in scene.things)


_LINKS: Final[dict[str, Callable[[Thing, Thing], bool]]] = {
    "on": lambda a, b: rests_on(a, b) >= 0.0,
    "in": lambda a, b: rests_on(a, b) >= 0.0,
    "under": lambda a, b: rests_on(b, a) >= 0.0,
    "left_of": lambda a, b: a.position[1] - b.position[1] > SIDE,
    "right_of": lambda a, b: b.position[1] - a.position[1] > SIDE,
    "behind": lambda a, b: a.position[0] - b.position[0] > SIDE,
    "in_front_of": lambda a, b: b.position[0] - a.position[0] > SIDE,
    "next_to": lambda a, b: footprint_gap(a, b) <= NEAR,
}
"""Whether a thing stands in a link to a landmark, on the predicted table."""
