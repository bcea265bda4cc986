"""Scene files: what a good one means, and that every bad one is refused with the exact field and a remedy."""

from __future__ import annotations

import copy
import json
import math
from pathlib import Path
from typing import Any

import pytest

from simulator.base import Scene
from simulator.errors import SceneError
from simulator.scene import dump_scene, load_scene, parse_scene, scene_names
from simulator.shapes import WALL

GOOD: dict[str, Any] = {
    "version": 1,
    "name": "good",
    "things": [
        {"kind": "cube", "colour": "red", "position": [0.1, 0.0], "yaw": 0.3},
        {"kind": "cube", "colour": "red", "on": "red_cube_1", "size": [0.03, 0.03, 0.03]},
        {"kind": "bowl", "colour": "white", "position": [-0.1, 0.1]},
        {"kind": "ball", "colour": "blue", "on": "white_bowl_1"},
        {"kind": "zone", "colour": "gray", "position": [0.1, 0.0], "id": "spot"},
    ],
}


def changed(path: list[str | int], value: object) -> dict[str, Any]:
    data = copy.deepcopy(GOOD)
    node: Any = data
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return data


def test_ids_count_the_things_of_one_colour_and_kind_in_order() -> None:
    assert [thing.id for thing in parse_scene(GOOD).things] == [
        "red_cube_1", "red_cube_2", "white_bowl_1", "blue_ball_1", "spot",
    ]  # fmt: skip


def test_what_is_put_on_a_thing_rests_on_it() -> None:
    scene = parse_scene(GOOD)
    assert scene.thing("red_cube_1").position == pytest.approx((0.1, 0.0, 0.02))
    assert scene.thing("red_cube_2").position == pytest.approx((0.1, 0.0, 0.055))
    assert scene.thing("blue_ball_1").position == pytest.approx((-0.1, 0.1, WALL + 0.02))


@pytest.mark.parametrize("name", scene_names())
def test_packaged_scenes_load_and_survive_writing(name: str) -> None:
    scene = load_scene(name)
    assert scene.name == name
    assert parse_scene(json.loads(json.dumps(dump_scene(scene)))) == scene


def test_the_demo_has_what_the_demo_sentence_names() -> None:
    ids = {thing.id for thing in load_scene("demo").things}
    assert {"red_cube_1", "blue_cube_1", "green_cube_1", "yellow_cube_1", "white_bowl_1", "gray_zone_1"} <= ids


def test_a_scene_file_is_found_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(GOOD), encoding="utf-8")
    assert load_scene(str(path)) == parse_scene(GOOD)


BAD: list[tuple[list[str | int], object, str]] = [
    (["version"], 2, "scene.version"),
    (["version"], True, "scene.version"),
    (["name"], "", "scene.name"),
    (["things"], {}, "scene.things"),
    (["things"], [GOOD["things"][0]] * 15, "scene.things"),
    (["camera"], 1, "scene.camera"),
    (["things", 0], 7, "scene.things[0]"),
    (["things", 0, "kind"], "cone", "scene.things[0].kind"),
    (["things", 0, "colour"], "mauve", "scene.things[0].colour"),
    (["things", 0, "weight"], 1, "scene.things[0].weight"),
    (["things", 0, "id"], 3, "scene.things[0].id"),
    (["things", 4, "id"], "red_cube_1", "scene.things[4].id"),
    (["things", 0, "position"], [0.1], "scene.things[0].position"),
    (["things", 0, "position"], ["a", 0], "scene.things[0].position"),
    (["things", 0, "position"], [math.nan, 0.0], "scene.things[0].position"),
    (["things", 0, "position"], [10**400, 0.0], "scene.things[0].position"),
    (["things", 0, "position"], [0.24, 0.0], "scene.things[0].position"),
    (["things", 0, "position"], [0.1, 0.0, 0.06], "scene.things[0].position"),
    (["things", 0, "position"], [0.1, 0.0, 0.0], "scene.things[0].position"),
    (["things", 0, "yaw"], math.inf, "scene.things[0].yaw"),
    (["things", 0, "yaw"], True, "scene.things[0].yaw"),
    (["things", 1, "size"], [0.03, 0.03], "scene.things[1].size"),
    (["things", 1, "size"], [0.13, 0.03, 0.03], "scene.things[1].size"),
    (["things", 1, "size"], [0.1, 0.1, 0.03], "scene.things[1].size"),
    (["things", 3, "size"], [0.04, 0.04, 0.03], "scene.things[3].size"),
    (["things", 1, "on"], "green_cube_1", "scene.things[1].on"),
    (["things", 1, "on"], ["red_cube_1"], "scene.things[1].on"),
    (["things", 1, "position"], [0.125, 0.0], "scene.things[1].position"),
    (["things", 2, "position"], [0.03, 0.0], "scene.things[2].position"),
]


@pytest.mark.parametrize(("path", "value", "field"), BAD)
def test_a_bad_scene_is_refused_by_field_and_remedy(path: list[str | int], value: object, field: str) -> None:
    with pytest.raises(SceneError) as caught:
        parse_scene(changed(path, value))
    assert caught.value.field == field
    assert caught.value.remedy


def test_two_millimetres_of_overlap_are_touching_and_three_are_not() -> None:
    first = {"kind": "cube", "colour": "red", "position": [0.0, 0.0]}
    for apart, fits in ((0.0381, True), (0.037, False)):
        data = {"version": 1, "things": [first, {"kind": "cube", "colour": "blue", "position": [apart, 0.0]}]}
        if fits:
            assert isinstance(parse_scene(data), Scene)
        else:
            with pytest.raises(SceneError, match="overlaps red_cube_1"):
                parse_scene(data)


@pytest.mark.parametrize("data", [None, [], "demo", 3])
def test_what_is_no_object_is_no_scene(data: object) -> None:
    with pytest.raises(SceneError, match="scene: not a JSON object"):
        parse_scene(data)


def test_a_missing_or_broken_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SceneError, match="there is no readable scene"):
        load_scene(str(tmp_path / "nowhere.json"))
    with pytest.raises(SceneError, match="there is no readable scene"):
        load_scene("bad\0name")
    broken = tmp_path / "broken.json"
    broken.write_text("{", encoding="utf-8")
    with pytest.raises(SceneError, match="is not JSON"):
        load_scene(str(broken))
