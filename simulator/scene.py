"""Scenes as data: versioned JSON in, validated ``Scene`` out.

Schema, version 1 (metres and radians, world frame)::

    {"version": 1, "name": "demo", "things": [
      {"kind": "cube", "colour": "red", "position": [0.1, 0.0]},
      {"kind": "cube", "colour": "blue", "size": [0.05, 0.05, 0.05], "position": [0.0, 0.1, 0.025], "yaw": 0.3},
      {"kind": "cylinder", "colour": "red", "on": "blue_cube_1"}]}

``position`` of two numbers rests the thing on the table or, with ``on``, on an earlier thing; of three numbers it is
the centre of its extents; it may be left out beside ``on`` (then: centred). ``size`` and ``yaw`` have defaults, ``id``
defaults to ``<colour>_<kind>_<k>``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import cast

from simulator.base import COLOURS, CONTAINERS, KINDS, SCENE_VERSION, WORK_HALF_WIDTH, Kind, Scene, Thing
from simulator.errors import SceneError
from simulator.overlap import REST_GAP, TOUCH, balanced, penetration, prisms, support_height
from simulator.shapes import DEFAULT_SIZES, LONG, ROUND, SIZE_LIMITS, Size, inner_floor

MOST_THINGS = 14
"""Largest number of things in one scene."""
HIGHEST = 0.36
"""Highest top of a thing, metres: what the tool can still reach from above."""
AREA_SLACK = 0.005
"""How far a thing may stand out of the work area, metres."""

_SCENE_KEYS = {"version", "name", "things"}
_THING_KEYS = {"kind", "colour", "size", "position", "yaw", "id", "on"}


def scene_names() -> tuple[str, ...]:
    """Return the names of the scenes that come with the package, sorted."""
    folder = resources.files("simulator") / "scenes"
    return tuple(sorted(entry.name[:-5] for entry in folder.iterdir() if entry.name.endswith(".json")))


def load_scene(name_or_path: str) -> Scene:
    """Load a packaged scene by name, or a scene file by path.

    Raises:
        SceneError: there is none, it is not JSON, or it is not a valid scene.
    """
    names = scene_names()
    if name_or_path in names:
        text = (resources.files("simulator") / "scenes" / f"{name_or_path}.json").read_text(encoding="utf-8")
    else:
        try:
            text = Path(name_or_path).read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            known = ", ".join(names)
            remedy = f"Name a scene ({known}) or give the path of a scene JSON file."
            raise SceneError("scene", f"there is no readable scene {name_or_path[:200]!r}", remedy) from error
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        problem = f"{name_or_path!r} is not JSON ({error})"
        raise SceneError("scene", problem, "Write the scene as one JSON object.") from error
    return parse_scene(data)


def parse_scene(data: object) -> Scene:
    """Validate decoded JSON and return the scene it describes.

    Raises:
        SceneError: naming the exact field (``scene.things[2].size``), what is wrong with it, and the remedy.
    """
    top = _mapping(data, "scene", _SCENE_KEYS)
    version = top.get("version")
    if isinstance(version, bool) or version != SCENE_VERSION:
        raise SceneError("scene.version", f"{version!r} is not a known version", f"Write version {SCENE_VERSION}.")
    name = top.get("name", "scene")
    if not isinstance(name, str) or not 0 < len(name) <= 80:
        raise SceneError("scene.name", "not a text of 1 to 80 characters", "Give the scene a short name.")
    entries = top.get("things")
    if not isinstance(entries, list):
        raise SceneError("scene.things", "not a list", "List the things on the table.")
    items = cast("list[object]", entries)
    if len(items) > MOST_THINGS:
        raise SceneError("scene.things", f"{len(items)} things are too many", f"Keep at most {MOST_THINGS}.")
    things: list[Thing] = []
    for index, entry in enumerate(items):
        things.append(_thing(entry, f"scene.things[{index}]", things))
    scene = Scene(name, tuple(things))
    validate(scene)
    return scene


def dump_scene(scene: Scene) -> dict[str, object]:
    """Return ``scene`` as JSON-ready data; ``parse_scene`` of it gives the same scene back."""
    return {
        "version": scene.version,
        "name": scene.name,
        "things": [
            {
                "kind": thing.kind,
                "colour": thing.colour,
                "size": list(thing.size),
                "position": list(thing.position),
                "yaw": thing.yaw,
                "id": thing.id,
            }
            for thing in scene.things
        ],
    }


def next_id(colour: str, kind: str, taken: Sequence[Thing]) -> str:
    """Return ``<colour>_<kind>_<k>`` with k one more than the things of that colour and kind so far."""
    alike = sum(thing.colour == colour and thing.kind == kind for thing in taken)
    return f"{colour}_{kind}_{alike + 1}"


def resting_height(kind: Kind, size: Size, support: Thing | None) -> float:
    """Height in metres of the centre of a thing that rests on ``support``, in it, or on the table (None).

    A zone lies on the table and carries nothing: what is on it stands on the table.
    """
    if support is None or "zone" in (kind, support.kind):
        return size[2] / 2
    if support.kind in CONTAINERS:
        return support.position[2] + inner_floor(support.size) + size[2] / 2
    return support.top + size[2] / 2


def validate(scene: Scene) -> None:
    """Check that the things of a well-formed scene fit: in the area, apart, supported, each with its own id.

    Raises:
        SceneError: naming the first thing that does not.
    """
    seen: set[str] = set()
    for index, thing in enumerate(scene.things):
        field = f"scene.things[{index}]"
        if thing.id in seen:
            raise SceneError(f"{field}.id", f"{thing.id!r} is used twice", "Give every thing its own id.")
        seen.add(thing.id)
        _within_area(thing, field)
        for other in scene.things[:index]:
            depth = penetration(thing, other)
            if depth > TOUCH:
                problem = f"{thing.id} overlaps {other.id} by {depth * 100:.1f} cm"
                raise SceneError(f"{field}.position", problem, "Move one of them away.")
    for index, thing in enumerate(scene.things):
        _supported(thing, scene.things, f"scene.things[{index}].position")


def _within_area(thing: Thing, field: str) -> None:
    limit = WORK_HALF_WIDTH + AREA_SLACK
    for prism in prisms(thing):
        reach = max(max(abs(x), abs(y)) for x, y in prism.corners) + prism.radius
        if reach > limit:
            problem = f"{thing.id} reaches {reach:.3f} m from the centre, outside the work area"
            remedy = f"Keep all of it within {WORK_HALF_WIDTH} m of the centre along x and y."
            raise SceneError(f"{field}.position", problem, remedy)
    if thing.top > HIGHEST:
        problem = f"{thing.id} reaches {thing.top:.3f} m up"
        raise SceneError(f"{field}.position", problem, f"Keep tops below {HIGHEST} m.")


def _supported(thing: Thing, things: tuple[Thing, ...], field: str) -> None:
    if thing.bottom < -REST_GAP:
        problem = f"{thing.id} is {-thing.bottom * 100:.1f} cm below the table"
        raise SceneError(field, problem, "Raise it to rest on the table.")
    gap = thing.bottom - support_height(thing, things)
    if gap > REST_GAP:
        problem = f"{thing.id} floats {gap * 100:.1f} cm above what is below it"
        raise SceneError(field, problem, "Lower it, or give x and y only.")
    if not balanced(thing, things):
        raise SceneError(field, f"{thing.id} would fall off what carries it", "Put its centre over its support.")


def _mapping(data: object, field: str, keys: set[str]) -> Mapping[str, object]:
    if not isinstance(data, dict):
        raise SceneError(field, "not a JSON object", "Write an object with the keys " + ", ".join(sorted(keys)) + ".")
    mapping = cast("Mapping[str, object]", data)
    for key in mapping:
        if key not in keys:
            raise SceneError(f"{field}.{key}", "unknown key", "Known keys: " + ", ".join(sorted(keys)) + ".")
    return mapping


def _thing(data: object, field: str, earlier: Sequence[Thing]) -> Thing:
    entry = _mapping(data, field, _THING_KEYS)
    kind = cast("Kind", _choice(entry.get("kind"), f"{field}.kind", KINDS))
    colour = _choice(entry.get("colour"), f"{field}.colour", tuple(COLOURS))
    size = _size(entry.get("size"), f"{field}.size", kind)
    support = _support(entry.get("on"), f"{field}.on", earlier)
    position = _position(entry.get("position"), f"{field}.position", kind, size, support)
    yaw = _numbers([entry.get("yaw", 0.0)], f"{field}.yaw", (1,))[0]
    thing_id = entry.get("id", next_id(colour, kind, earlier))
    if not isinstance(thing_id, str) or not 0 < len(thing_id) <= 60:
        raise SceneError(f"{field}.id", "not a text of 1 to 60 characters", "Write a short id or leave it out.")
    return Thing(thing_id, kind, colour, size, position, yaw)


def _choice(value: object, field: str, known: tuple[str, ...]) -> str:
    if not isinstance(value, str) or value not in known:
        raise SceneError(field, f"{value!r} is unknown", "Use one of " + ", ".join(known) + ".")
    return value


def _numbers(value: object, field: str, lengths: tuple[int, ...]) -> list[float]:
    wanted = " or ".join(str(length) for length in lengths)
    if not isinstance(value, list) or len(cast("list[object]", value)) not in lengths:
        raise SceneError(field, f"not a list of {wanted} numbers", f"Write {wanted} numbers in metres.")
    numbers: list[float] = []
    for item in cast("list[object]", value):
        if isinstance(item, bool) or not isinstance(item, int | float) or abs(item) > 1e6 or not math.isfinite(item):
            raise SceneError(field, f"{item!r} is not a finite number", "Write finite numbers.")
        numbers.append(float(item))
    return numbers


def _size(value: object, field: str, kind: Kind) -> Size:
    if value is None:
        return DEFAULT_SIZES[kind]
    x, y, z = _numbers(value, field, (3,))
    low, high = SIZE_LIMITS[kind]
    for axis, extent, least, most in zip("xyz", (x, y, z), low, high, strict=True):
        if not least - 1e-6 <= extent <= most + 1e-6:
            problem = f"{extent} m along {axis} is outside {least} to {most} m for a {kind}"
            raise SceneError(field, problem, "Choose a size within the limits.")
    if kind == "cube" and sum(extent > LONG + 1e-6 for extent in (x, y, z)) > 1:
        raise SceneError(
            field, f"two extents of a cube are above {LONG} m", "Let a plank or post be long one way only."
        )
    if (kind in ROUND and abs(x - y) > 1e-6) or (kind == "ball" and abs(x - z) > 1e-6):
        raise SceneError(field, f"a {kind} is round but x and y (or z) differ", "Give equal extents.")
    return (x, y, z)


def _support(value: object, field: str, earlier: Sequence[Thing]) -> Thing | None:
    if value is None:
        return None
    for thing in earlier:
        if thing.id == value:
            return thing
    raise SceneError(field, f"{value!r} is not a thing listed before", "List what carries it first.")


def _position(value: object, field: str, kind: Kind, size: Size, support: Thing | None) -> tuple[float, float, float]:
    if value is None and support is not None:
        value = list(support.position[:2])
    numbers = _numbers(value, field, (2, 3))
    if len(numbers) == 3:
        return (numbers[0], numbers[1], numbers[2])
    return (numbers[0], numbers[1], resting_height(kind, size, support))
