"""From nouns to plain JSON and back: what a record of an episode is made of.

Every function is pure. Floats survive unchanged (JSON writes the shortest decimal that reads back the same double);
what is not finite becomes null, because JSON has no word for it.
"""

from __future__ import annotations

import hashlib
import math
import unicodedata
from dataclasses import fields, is_dataclass
from typing import cast

import numpy as np

from hybrid.base import Json
from planner.base import Manipulation, ManipulationKind
from simulator.base import Kind, Scene, Thing

SAME_PLACE = 0.02
"""Things within this distance stand in the same place, metres: half the side of the default cube."""


def plain(value: object) -> Json:
    """Return ``value`` made of JSON's own types: dataclasses become objects, arrays and tuples lists, NaN null."""
    if isinstance(value, np.generic | np.ndarray):
        return plain(value.tolist())
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in cast("dict[object, object]", value).items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in cast("list[object]", value)]
    return str(value)


def finite(value: float | None) -> float | None:
    """Return ``value`` as a Python float, or None when it is missing or not finite."""
    return float(value) if value is not None and math.isfinite(value) else None


def scene_of(data: Json) -> Scene:
    """Return the scene that :func:`plain` wrote."""
    record = cast("dict[str, Json]", data)
    things = cast("list[dict[str, Json]]", record["things"])
    return Scene(str(record["name"]), tuple(_thing_of(thing) for thing in things), cast("int", record["version"]))


def manipulation_of(data: Json) -> Manipulation:
    """Return the manipulation that :func:`plain` wrote."""
    record = cast("dict[str, Json]", data)
    return Manipulation(
        cast("ManipulationKind", record["kind"]),
        str(record["thing"]),
        _triple(record["start"]),
        _triple(record["target"]),
        cast("float", record["clearance"]),
    )


def normalised(instruction: str) -> str:
    """Return ``instruction`` with case, width and spacing forgotten, and without a final full stop."""
    return " ".join(unicodedata.normalize("NFKC", instruction).casefold().split()).rstrip(".! ")


def situation(instruction: str, scene: Scene) -> str:
    """Return a digest of the words and of which kinds and colours stand on the table, wherever they stand."""
    inventory = sorted(f"{thing.colour} {thing.kind}" for thing in scene.things)
    return hashlib.sha256("\n".join([normalised(instruction), *inventory]).encode()).hexdigest()


def same_places(one: Scene, other: Scene) -> dict[str, str] | None:
    """Match two scenes thing by thing.

    Args:
        one: a scene.
        other: a scene of the same kinds and colours.

    Returns:
        Ids of ``one`` to ids of ``other``, or None when some thing of ``one`` has no free counterpart of its kind and
        colour within ``SAME_PLACE``.
    """
    free = list(other.things)
    matched: dict[str, str] = {}
    for thing in one.things:
        alike = [entry for entry in free if (entry.kind, entry.colour) == (thing.kind, thing.colour)]
        nearest = min(alike, key=lambda entry: math.dist(entry.position, thing.position), default=None)
        if nearest is None or math.dist(nearest.position, thing.position) > SAME_PLACE:
            return None
        free.remove(nearest)
        matched[thing.id] = nearest.id
    return matched


def _thing_of(data: dict[str, Json]) -> Thing:
    return Thing(
        str(data["id"]),
        cast("Kind", data["kind"]),
        str(data["colour"]),
        _triple(data["size"]),
        _triple(data["position"]),
        cast("float", data["yaw"]),
    )


def _triple(data: Json) -> tuple[float, float, float]:
    x, y, z = cast("list[float]", data)
    return x, y, z
