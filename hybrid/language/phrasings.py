"""Phrasings by people: the file they lie in, and whether an answer is one of the readings that count as right.

A phrasing file holds scenes, texts and the accepted readings as facts; shapes are judged by their geometry. Nothing
here knows a language model.
"""

from __future__ import annotations

import itertools
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, cast

from hybrid.base import Decomposition, Json, Turn
from hybrid.errors import ConfigError
from hybrid.language.prediction import after
from simulator.base import CONTAINERS, Fact, Kind, Relation, Scene, Subgoal, Thing
from simulator.places import PLACES

Outcome = Literal["right", "question", "refused", "wrong"]
OUTCOMES: Final[tuple[Outcome, ...]] = ("right", "question", "refused", "wrong")
CUBE: Final = 0.04
"""Side of a thing whose size a phrasing file leaves out, metres."""
_SIZES: Final[dict[Kind, tuple[float, float, float]]] = {
    "bowl": (0.11, 0.11, 0.05),
    "tray": (0.14, 0.14, 0.03),
    "zone": (0.12, 0.12, 0.002),
}
_TOLERANCE: Final = 0.006
"""Largest difference of a point's coordinates, metres."""


@dataclass(frozen=True)
class Phrasing:
    """One request with its scene and the readings that count as right."""

    kind: str
    text: str
    scene: Scene
    accept: tuple[str, ...]
    part: str = ""
    turns: tuple[Turn, ...] = ()

    @property
    def steps(self) -> int:
        """Number of subgoals of the first accepted reading; 0 for a question or a refusal."""
        first = self.accept[0]
        return 0 if first in ("question", "refused") or first.startswith("answered") else 1 + first.count(" ; ")


def load_phrasings(path: Path) -> list[Phrasing]:
    """Read a phrasing file; raises ``ConfigError`` when it is none."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        scenes = {name: _scene(name, rows) for name, rows in data["scenes"].items()}
        return [_phrasing(entry, scenes[entry["scene"]]) for entry in data["phrasings"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(
            f"phrasings {path}", f"they cannot be read ({error!r})", "Give a phrasing file of version 1."
        ) from error


def _phrasing(entry: dict[str, Json], scene: Scene) -> Phrasing:
    """A phrasing with the conversation before it; positions are those predicted after what that did."""
    turns: list[Turn] = []
    for earlier in cast("list[dict[str, str]]", entry.get("before", [])):
        facts = [_fact(step) for step in earlier["did"].split(" ; ")]
        moved = scene
        for fact in facts:
            moved = after(moved, fact)
        done = Decomposition("planned", tuple(Subgoal((fact,)) for fact in facts), program=_program(earlier["did"]))
        turns.append(Turn(earlier["said"], done, scene, moved))
        scene = moved
    accept = tuple(cast("list[str]", entry["accept"]))
    return Phrasing(str(entry["kind"]), str(entry["text"]), scene, accept, str(entry.get("part", "")), tuple(turns))


def _program(did: str) -> str:
    """The first word of a program that does so: a point is taken to have been an offset."""
    return "shift" if did.startswith("at ") and len(did.split()) == 4 else did.split()[0]


def _fact(step: str) -> Fact:
    relation, *arguments = step.split()
    if relation == "at" and len(arguments) == 3:
        return Fact("at", (arguments[0], float(arguments[1]), float(arguments[2])))
    return Fact(cast(Relation, relation), tuple(arguments))


def _scene(name: str, rows: list[list[str | float] | dict[str, Json]]) -> Scene:
    """A scene from rows of colour, kind, x, y and, for what stands on something, the height of its lower face.

    Things of an unusual size are objects with ``colour``, ``kind``, ``x``, ``y`` and ``size``, metres.
    """
    things: list[Thing] = []
    for row in rows:
        values = [row[key] for key in ("colour", "kind", "x", "y")] if isinstance(row, dict) else row
        colour, kind, x, y = str(values[0]), cast(Kind, values[1]), float(str(values[2])), float(str(values[3]))
        size = _SIZES.get(kind, (CUBE, CUBE, CUBE))
        if isinstance(row, dict):
            size = cast("tuple[float, float, float]", tuple(cast("list[float]", row["size"])))
        bottom = float(str(values[4])) if len(values) > 4 else 0.0
        number = 1 + sum((thing.colour, thing.kind) == (colour, kind) for thing in things)
        things.append(Thing(f"{colour}_{kind}_{number}", kind, colour, size, (x, y, bottom + size[2] / 2)))
    return Scene(name, tuple(things))


def judge(phrasing: Phrasing, answer: Decomposition) -> Outcome:
    """Say how an answer counts."""
    if answer.status == "answered":
        wanted = [reading.partition(": ")[2] for reading in phrasing.accept if reading.startswith("answered")]
        return "right" if any(words in (answer.message or "").lower() for words in wanted) else "wrong"
    if answer.status != "planned":
        return "right" if answer.status in phrasing.accept else answer.status
    return "right" if any(_same(reading, answer, phrasing.scene) for reading in phrasing.accept) else "wrong"


def _same(reading: str, answer: Decomposition, scene: Scene) -> bool:
    if reading in ("question", "refused") or reading.startswith("answered"):
        return False
    shape, colon, members = reading.partition(": ")
    if colon:
        return _SHAPES[shape](members.split(), _ends(answer), scene)
    words, _, kept = reading.partition(" keep ")
    steps = words.split(" ; ")
    if sorted(kept.split()) != sorted(thing for _, thing in answer.constraints) or len(steps) != len(answer.subgoals):
        return False
    for step, subgoal in zip(steps, answer.subgoals, strict=True):
        pushed = step.endswith(" !push")
        plain, _, tolerance = step.removesuffix(" !push").partition(" tol ")
        near = float(tolerance) if tolerance else _TOLERANCE
        same = len(subgoal.facts) == 1 and _alike(plain, subgoal.facts[0], scene, near)
        if pushed != (subgoal.manner == "push") or not same:
            return False
    return True


def _alike(step: str, given: Fact, scene: Scene, near: float) -> bool:
    """Whether two facts are one; *on* and *in* are for containers and zones, points may be ``near`` metres off."""
    wanted = _fact(step)
    kinds = {thing.id: thing.kind for thing in scene.things}
    holder = kinds.get(str(wanted.arguments[-1]))
    relations = {"on", "in"} if holder in CONTAINERS or holder == "zone" else {wanted.relation}
    if given.relation not in relations | {wanted.relation} or len(given.arguments) != len(wanted.arguments):
        return False
    if wanted.relation == "at" and len(wanted.arguments) == 3:
        close = (
            math.isclose(float(a), float(b), abs_tol=near)
            for a, b in zip(wanted.arguments[1:], given.arguments[1:], strict=True)
        )
        return wanted.arguments[0] == given.arguments[0] and all(close)
    return wanted.arguments == given.arguments


Points = dict[str, tuple[float, float]]


def _ends(answer: Decomposition) -> Points:
    """Where each thing is to stand in the end, for those that are given points; a place counts as its point."""
    ends: Points = {}
    for subgoal in answer.subgoals:
        for fact in subgoal.facts:
            if fact.relation == "at":
                x, y = PLACES[str(fact.arguments[1])] if len(fact.arguments) == 2 else fact.arguments[1:]
                ends[str(fact.arguments[0])] = (float(x), float(y))
            elif fact.relation in ("next_to", "line"):
                ends |= {str(name): (math.nan, math.nan) for name in fact.arguments}
    return ends


def _circle(members: list[str], ends: Points, scene: Scene) -> bool:
    """All at one distance from the middle, which is a thing where one is named."""
    names = list(members[: members.index("around")]) if "around" in members else members
    if set(names) != set(ends) or any(math.isnan(x) for x, _ in ends.values()):
        return False
    middle = (sum(x for x, _ in ends.values()) / len(ends), sum(y for _, y in ends.values()) / len(ends))
    if "around" in members:
        middle = scene.thing(members[-1]).position[:2]
    radii = [math.dist(point, middle) for point in ends.values()]
    return max(radii) - min(radii) < _SHAPE_SLACK and min(radii) > CUBE


def _row(members: list[str], ends: Points, scene: Scene) -> bool:  # noqa: ARG001
    """On a straight line, in the order of ``members`` or its reverse is wrong: rows are said from their first end."""
    return _straight(members, ends) and all(
        math.dist(ends[a], ends[b]) < math.dist(ends[a], ends[c]) for a, b, c in itertools.combinations(members, 3)
    )


def _row_in_any_order(members: list[str], ends: Points, scene: Scene) -> bool:  # noqa: ARG001
    return _straight(members, ends)


def _straight(members: list[str], ends: Points) -> bool:
    if set(members) != set(ends) or any(math.isnan(x) for x, _ in ends.values()):
        return False
    (ax, ay), (bx, by) = max(itertools.combinations(ends.values(), 2), key=lambda pair: math.dist(*pair))
    length = math.dist((ax, ay), (bx, by)) or 1.0
    return all(abs((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / length < _SHAPE_SLACK for x, y in ends.values())


def _apart(members: list[str], ends: Points, scene: Scene) -> bool:  # noqa: ARG001
    return set(members) == set(ends) and all(
        math.dist(*pair) > 0.12 for pair in itertools.combinations(ends.values(), 2)
    )


def _together(members: list[str], ends: Points, scene: Scene) -> bool:  # noqa: ARG001
    return set(members) == set(ends)


def _exchanged(members: list[str], ends: Points, scene: Scene) -> bool:
    """Each of two things at the other's place."""
    a, b = (scene.thing(name) for name in members)
    return set(ends) == set(members) and all(
        math.dist(ends[one.id], other.position[:2]) < _SHAPE_SLACK for one, other in ((a, b), (b, a))
    )


_SHAPE_SLACK: Final = 0.012
"""How far points of a shape may be off it, metres."""
_SHAPES: Final = {
    "circle": _circle,
    "row": _row,
    "row~": _row_in_any_order,
    "spread": _apart,
    "gather": _together,
    "swap": _exchanged,
}
