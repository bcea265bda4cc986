"""What the relations of the language mean in metres.

Every relation has a margin: at least 0 when it holds, and in magnitude how far the things are from flipping it. A
relation is a conjunction of conditions, each with a slack in metres, and its margin is the smallest slack. Words,
planning and scoring all read this page, so that a fact means the same everywhere. It knows declared things only,
never a running simulator. The thresholds are the definitions of the task language, not measurements.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from simulator.base import CONTAINERS, Fact, Relation, Thing
from simulator.errors import SceneError
from simulator.places import PLACE_RADIUS, PLACES, POINT_RADIUS
from simulator.shapes import WALL

CONTACT: Final = 0.01
"""Largest height difference between touching faces, metres."""
ZONE_HEIGHT: Final = 0.012
"""Largest height of a thing's lower face above the table when it rests on a zone or on the table, metres."""
INNER_RADIUS: Final = 0.8
"""Inner over outer radius of a bowl."""
YES_OR_NO: Final = 0.04
"""Margin that stands for a condition without a distance (held or not), metres: one control step of the tool."""
ALWAYS: Final = 0.5
"""Margin of a condition nothing on the table comes near to breaking, metres: the side of the work area."""
SIDE_GAP: Final = 0.02
"""Least distance between centres for one thing to be left of, right of, behind or in front of another, metres."""
NEXT_GAP: Final = 0.04
"""Largest gap between footprints of neighbours, metres."""
NEXT_HEIGHT: Final = 0.025
"""Height difference of lower faces below which two things stand at one level, metres."""
BETWEEN_SHARE: Final = 0.2
"""Share of the segment at either end that is not between its ends any more."""
BETWEEN_WIDTH: Final = 0.03
"""Largest distance from the segment of a thing between two others, metres."""
APART_GAP: Final = 0.08
"""Least gap between footprints of things that are apart, metres."""
LINE_WIDTH: Final = 0.015
"""Largest distance of a centre from the best-fit line, metres."""
LINE_GAPS: Final = (0.001, 0.12)
"""Least and largest gap between footprints of neighbours in a line, metres."""

Point = tuple[float, float]
"""Horizontal position ``(x, y)``, metres."""
_Table = Mapping[str, Thing]


def holds(fact: Fact, things: Sequence[Thing], held: str | None = None) -> bool:
    """Whether ``fact`` holds among ``things`` while ``held`` hangs from the tool; errors as in ``margin``."""
    return margin(fact, things, held) >= 0.0


def margin(fact: Fact, things: Sequence[Thing], held: str | None = None) -> float:
    """Return how far, in metres, ``fact`` is from flipping; at least 0 when it holds.

    Args:
        fact: a relation over ids of ``things``; ``at`` takes a place name or x and y in metres.
        things: what is on the table, world frame.
        held: id of the thing sealed to the tool, or None.

    Returns:
        The smallest slack among the relation's conditions, metres. A cube that lies 2 cm off the centre of a 4 cm
        cube is exactly on the brink: ``margin(Fact("on", (a, b)), ...) == 0``.

    Raises:
        SceneError: the fact has the wrong number of arguments, names no such thing or place, or asks for ``in``
            something that holds nothing.
    """
    least, most = _ARITY[fact.relation]
    count = len(fact.arguments)
    if not least <= count <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        raise SceneError(f"fact {fact.relation}", f"{count} arguments are given", f"Give {wanted}.")
    table = {thing.id: thing for thing in things}
    return _MARGINS[fact.relation](fact.arguments, table, held)


def footprint_gap(a: Thing, b: Thing) -> float:
    """Return the horizontal distance between two outlines seen from above, metres; negative when they overlap.

    Round things are discs, the others rectangles turned by their yaw. Two 4 cm cubes with centres 10 cm apart along x
    have a gap of 6 cm. Overlap of a rectangle is the least shift that would separate the outlines.
    """
    core_a, radius_a = _outline(a)
    core_b, radius_b = _outline(b)
    separation = _separation(core_a, core_b)
    if separation > 0.0 or len(core_a) == len(core_b) == 1:
        separation = _distance(core_a, core_b)
    return separation - radius_a - radius_b


def rests_on(a: Thing, b: Thing, held: str | None = None) -> float:
    """Return the margin of ``a`` resting on or in ``b``, metres.

    * A zone: the centre of ``a`` inside its rectangle and the lower face at most 1.2 cm above the table.
    * A bowl or tray: the centre inside the inner radius or rectangle and the lower face below the rim.
    * Anything else: the lower face of ``a`` within 1 cm of the upper face of ``b``, and the centres at most half
      the smaller horizontal extent of ``b`` apart, so that the centre of mass is supported.

    In every case ``a`` is not held and is not ``b``.
    """
    if a.id in (b.id, held):
        return -YES_OR_NO
    if b.kind == "zone":
        return min(_inside(a, b, 0.0), ZONE_HEIGHT - abs(a.bottom))
    if b.kind in CONTAINERS:
        wall = WALL if b.kind == "tray" else (1.0 - INNER_RADIUS) * b.size[0] / 2
        return min(_inside(a, b, wall), b.top - a.bottom, a.bottom - b.bottom + CONTACT)
    offset = math.hypot(a.position[0] - b.position[0], a.position[1] - b.position[1])
    return min(CONTACT - abs(a.bottom - b.top), min(b.size[0], b.size[1]) / 2 - offset)


def supported(a: Thing, things: Sequence[Thing], held: str | None = None) -> float:
    """Return the margin of ``a`` being at rest height, on the table or on or in one of ``things``, metres."""
    if held == a.id:
        return -YES_OR_NO
    return max([ZONE_HEIGHT - abs(a.bottom), *(rests_on(a, b, held) for b in things if b.id != a.id)])


def _inside(a: Thing, b: Thing, wall: float) -> float:
    """Slack of the centre of ``a`` inside the outline of ``b`` less ``wall``, metres."""
    x, y = _local(a.position, b)
    if b.kind == "bowl":
        return b.size[0] / 2 - wall - math.hypot(x, y)
    return min(b.size[0] / 2 - wall - abs(x), b.size[1] / 2 - wall - abs(y))


def _local(point: Sequence[float], b: Thing) -> Point:
    """Horizontal coordinates of a world ``point`` along the axes of ``b``, metres from its centre."""
    x, y = point[0] - b.position[0], point[1] - b.position[1]
    cosine, sine = math.cos(b.yaw), math.sin(b.yaw)
    return cosine * x + sine * y, cosine * y - sine * x


def _outline(thing: Thing) -> tuple[tuple[Point, ...], float]:
    """Footprint as the points within a radius of a convex core: a disc's core is its centre, a rectangle's itself."""
    x, y = thing.position[0], thing.position[1]
    if thing.kind in ("cylinder", "ball", "bowl"):
        return ((x, y),), max(thing.size[0], thing.size[1]) / 2
    cosine, sine = math.cos(thing.yaw), math.sin(thing.yaw)
    half_x, half_y = thing.size[0] / 2, thing.size[1] / 2
    corners = ((half_x, half_y), (-half_x, half_y), (-half_x, -half_y), (half_x, -half_y))
    return tuple((x + cosine * u - sine * v, y + sine * u + cosine * v) for u, v in corners), 0.0


def _edges(core: Sequence[Point]) -> list[tuple[Point, Point]]:
    """The sides of a core; a single point is its own side."""
    return [(core[i], core[(i + 1) % len(core)]) for i in range(len(core))]


def _separation(first: Sequence[Point], second: Sequence[Point]) -> float:
    """Largest gap between the two cores along a side's normal, metres; negative when no such line separates them."""
    best = -math.inf
    for start, end in _edges(first) + _edges(second):
        length = math.hypot(end[0] - start[0], end[1] - start[1])
        if length > 0.0:
            normal = ((end[1] - start[1]) / length, (start[0] - end[0]) / length)
            along_first = [p[0] * normal[0] + p[1] * normal[1] for p in first]
            along_second = [p[0] * normal[0] + p[1] * normal[1] for p in second]
            best = max(best, min(along_second) - max(along_first), min(along_first) - max(along_second))
    return best


def _distance(first: Sequence[Point], second: Sequence[Point]) -> float:
    """Distance between two disjoint cores, metres: some corner of one is nearest to a side of the other."""
    corners_first = (_to_segment(p, start, end)[1] for p in first for start, end in _edges(second))
    corners_second = (_to_segment(p, start, end)[1] for p in second for start, end in _edges(first))
    return min(itertools.chain(corners_first, corners_second))


def _to_segment(point: Point, start: Point, end: Point) -> Point:
    """Where ``point`` projects on the line, as an unclamped share of the segment, and its distance from the segment."""
    ux, uy = end[0] - start[0], end[1] - start[1]
    px, py = point[0] - start[0], point[1] - start[1]
    square = ux * ux + uy * uy
    share = (px * ux + py * uy) / square if square > 0.0 else 0.0
    clamped = min(1.0, max(0.0, share))
    return share, math.hypot(px - clamped * ux, py - clamped * uy)


def _thing(table: _Table, name: str | float) -> Thing:
    """The thing a fact names."""
    if isinstance(name, str) and name in table:
        return table[name]
    known = ", ".join(sorted(table)) or "none"
    raise SceneError("fact", f"no thing is called {name!r}", f"Name one of: {known}.")


def _xy(thing: Thing) -> Point:
    return thing.position[0], thing.position[1]


_Arguments = tuple[str | float, ...]
_Margin = Callable[[_Arguments, _Table, str | None], float]


def _on(arguments: _Arguments, table: _Table, held: str | None) -> float:
    """``on(a, b)``: a 4 cm cube centred on another, its lower face at 4 cm, has margin 1 cm."""
    return rests_on(_thing(table, arguments[0]), _thing(table, arguments[1]), held)


def _in(arguments: _Arguments, table: _Table, held: str | None) -> float:
    """``in(a, b)``: a cube at the centre of an 11 cm bowl is in it; its centre may go 4.4 cm to the side."""
    container = _thing(table, arguments[1])
    if container.kind not in CONTAINERS and container.kind != "zone":
        raise SceneError("fact in", f"{container.id} is a {container.kind}", "Name a bowl, a tray or a zone.")
    return rests_on(_thing(table, arguments[0]), container, held)


def _at(arguments: _Arguments, table: _Table, held: str | None) -> float:
    """``at(a, 0.1, 0.05)``: a resting cube at (0.12, 0.05) is there with margin 1 cm; ``at(a, "left")`` allows 6 cm."""
    a = _thing(table, arguments[0])
    if len(arguments) == 2:
        name = arguments[1]
        if not isinstance(name, str) or name not in PLACES:
            raise SceneError("fact at", f"no place is called {name!r}", f"Name one of: {', '.join(PLACES)}.")
        (x, y), radius = PLACES[name], PLACE_RADIUS
    else:
        (x, y), radius = (_metres(arguments[1]), _metres(arguments[2])), POINT_RADIUS
    distance = math.hypot(a.position[0] - x, a.position[1] - y)
    return min(radius - distance, supported(a, tuple(table.values()), held))


def _metres(value: str | float) -> float:
    if isinstance(value, str) or not math.isfinite(value):
        raise SceneError("fact at", f"{value!r} is not a length", "Give x and y in metres, or one place name.")
    return float(value)


def _towards(x: float, y: float) -> _Margin:
    """The four directions: ``a`` at least 2 cm further along ``(x, y)`` than ``b``, and not more to the side than that.

    ``left_of(a, b)`` looks along +y, ``right_of`` along -y, ``behind`` along +x, ``in_front_of`` along -x. With a
    5 cm to the left of b and 1 cm further away, ``left_of`` has margin 3 cm.
    """

    def towards(arguments: _Arguments, table: _Table, _: str | None) -> float:
        a, b = _thing(table, arguments[0]), _thing(table, arguments[1])
        dx, dy = a.position[0] - b.position[0], a.position[1] - b.position[1]
        along, across = x * dx + y * dy, abs(y * dx - x * dy)
        return min(along - SIDE_GAP, abs(along) - across)

    return towards


def _next_to(arguments: _Arguments, table: _Table, held: str | None) -> float:
    """``next_to(a, b)``: two 4 cm cubes on the table, centres 6 cm apart, are neighbours with margin 2 cm."""
    a, b = _thing(table, arguments[0]), _thing(table, arguments[1])
    level = NEXT_HEIGHT - abs(a.bottom - b.bottom)
    return min(NEXT_GAP - footprint_gap(a, b), level, -rests_on(a, b, held), -rests_on(b, a, held))


def _between(arguments: _Arguments, table: _Table, _: str | None) -> float:
    """``between(a, b, c)``: with b and c 20 cm apart, a half-way and 1 cm off the segment has margin 2 cm."""
    a, b, c = (_thing(table, name) for name in arguments)
    length = math.dist(_xy(b), _xy(c))
    share, distance = _to_segment(_xy(a), _xy(b), _xy(c))
    return min((share - BETWEEN_SHARE) * length, (1.0 - BETWEEN_SHARE - share) * length, BETWEEN_WIDTH - distance)


def _apart(arguments: _Arguments, table: _Table, _: str | None) -> float:
    """``apart(a, b)``: two 4 cm cubes with centres 15 cm apart have a gap of 11 cm and margin 3 cm."""
    return footprint_gap(_thing(table, arguments[0]), _thing(table, arguments[1])) - APART_GAP


def _clear(arguments: _Arguments, table: _Table, held: str | None) -> float:
    """``clear(a)``: nothing rests on or in a; the margin is how far the nearest thing is from doing so."""
    a = _thing(table, arguments[0])
    return min([ALWAYS, *(-rests_on(other, a, held) for other in table.values() if other.id != a.id)])


def _line(arguments: _Arguments, table: _Table, _: str | None) -> float:
    """``line(a, b, c)``: cubes of 4 cm with centres 8 cm apart along one direction have margin 1.5 cm.

    The line is the total least squares fit of the centres; neighbours are taken along it, whatever the order of the
    arguments.
    """
    members = [_thing(table, name) for name in arguments]
    mean_x = sum(m.position[0] for m in members) / len(members)
    mean_y = sum(m.position[1] for m in members) / len(members)
    offsets = [(m.position[0] - mean_x, m.position[1] - mean_y) for m in members]
    spread_x, spread_y = sum(x * x for x, _ in offsets), sum(y * y for _, y in offsets)
    angle = 0.5 * math.atan2(2.0 * sum(x * y for x, y in offsets), spread_x - spread_y)
    cosine, sine = math.cos(angle), math.sin(angle)
    width = max(abs(cosine * y - sine * x) for x, y in offsets)
    order = sorted(range(len(members)), key=lambda i: cosine * offsets[i][0] + sine * offsets[i][1])
    gaps = [footprint_gap(members[i], members[j]) for i, j in itertools.pairwise(order)]
    return min(LINE_WIDTH - width, min(gaps) - LINE_GAPS[0], LINE_GAPS[1] - max(gaps))


def _held(arguments: _Arguments, table: _Table, held: str | None) -> float:
    """``held(a)``: a is sealed to the tool; a yes or a no, so the margin is 4 cm either way."""
    return YES_OR_NO if _thing(table, arguments[0]).id == held else -YES_OR_NO


_MARGINS: Final[dict[Relation, _Margin]] = {
    "on": _on,
    "in": _in,
    "at": _at,
    "left_of": _towards(0.0, 1.0),
    "right_of": _towards(0.0, -1.0),
    "behind": _towards(1.0, 0.0),
    "in_front_of": _towards(-1.0, 0.0),
    "next_to": _next_to,
    "between": _between,
    "apart": _apart,
    "clear": _clear,
    "line": _line,
    "held": _held,
}
_MANY: Final = 64
_ARITY: Final[dict[Relation, tuple[int, int]]] = {
    "on": (2, 2),
    "in": (2, 2),
    "at": (2, 3),
    "left_of": (2, 2),
    "right_of": (2, 2),
    "behind": (2, 2),
    "in_front_of": (2, 2),
    "next_to": (2, 2),
    "between": (3, 3),
    "apart": (2, 2),
    "clear": (1, 1),
    "line": (2, _MANY),
    "held": (1, 1),
}
