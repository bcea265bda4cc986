"""What is odd about a look, and that the shipped model refuses looks that it cannot be trusted with, and no others."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pybullet
import pytest
import torch

from simulator.base import COLOURS, Camera, Observation, Scene, Thing
from simulator.camera import DEFAULT_CAMERAS
from simulator.scene import load_scene
from simulator.tasks import make_task
from simulator.world import PhysicalWorld
from world_model.checkpoint import load_checkpoint
from world_model.errors import PerceptionError
from world_model.novelty import ODDITIES, oddities
from world_model.perception import TokenPerceiver
from world_model.surfaces import Look, look_of
from world_model.views import Geometry

CUBE = Thing("red_cube_1", "cube", "red", (0.05, 0.05, 0.05), (0.05, -0.08, 0.025))
POST = Thing("blue_cylinder_1", "cylinder", "blue", (0.04, 0.04, 0.06), (-0.10, 0.10, 0.03))
PALETTE = torch.tensor([rgba[:3] for rgba in COLOURS.values()]) * 0.9
DEMO = load_scene("demo")
FREE = (-0.02, -0.14)
"""A place of the demo scene where nothing lies, metres."""
Put = Callable[[int], None]


def surfaces(seen: Observation) -> Look:
    geometry = Geometry(DEFAULT_CAMERAS)
    rgb, elevation = torch.from_numpy(seen.rgb)[None], torch.from_numpy(seen.elevation)[None]
    tool = torch.from_numpy(np.asarray(seen.proprioception, dtype=np.float32))
    return look_of(geometry, geometry.channels(rgb, elevation)[0], tool)


def observed(scene: Scene, cameras: tuple[Camera, ...] = DEFAULT_CAMERAS, put: Put | None = None) -> Observation:
    """Return what is seen of ``scene``, with what ``put`` puts into its PyBullet client."""
    world = PhysicalWorld(scene, cameras=cameras)
    try:
        seen = world.reset(0)
        if put is not None:
            put(world._table.bullet._client)
            seen = world.observe()
        return seen
    finally:
        world.close()


@pytest.fixture(scope="module")
def look() -> Look:
    return surfaces(observed(Scene("two", (CUBE, POST))))


@pytest.fixture(scope="module")
def perceiver() -> TokenPerceiver:
    return TokenPerceiver(load_checkpoint()[0])


def measured(look: Look, *things: Thing, confidence: float = 1.0) -> dict[str, float]:
    sizes, _ = oddities(things, torch.full((len(things),), confidence), look, PALETTE)
    return dict(zip(ODDITIES, sizes.tolist(), strict=True))


def test_a_look_that_is_read_out_rightly_has_nothing_odd(look: Look) -> None:
    odd = measured(look, CUBE, POST)
    assert odd["unexplained"] == odd["unsure"] == odd["displaced"] == 0
    assert max(odd["misshapen"], odd["tilted"]) < 0.0007
    assert odd["miscoloured"] < 0.055
    assert odd["contradictory"] < 8


def test_surfaces_of_what_was_not_read_out_are_unexplained_where_they_are(look: Look) -> None:
    found = oddities((CUBE,), torch.ones(1), look, PALETTE)
    assert found.sizes[ODDITIES.index("unexplained")] > 20
    assert found.places[ODDITIES.index("unexplained")] == pytest.approx(POST.position[:2], abs=0.02)


def test_the_wall_of_a_vessel_that_was_read_too_small_is_no_unexplained_thing() -> None:
    tray = Thing("yellow_tray_1", "tray", "yellow", (0.16, 0.11, 0.028), (-0.05, 0.04, 0.014))
    seen = surfaces(observed(Scene("tray", (tray,))))
    small = replace(tray, size=(0.08, 0.06, 0.028), position=(-0.02, 0.05, 0.014))
    assert measured(seen, small)["unexplained"] == 0
    assert measured(seen, replace(small, colour="blue"))["unexplained"] > 15
    assert measured(seen, replace(small, kind="cube"))["unexplained"] > 15


def test_an_upper_surface_that_is_not_flat_is_misshapen(look: Look) -> None:
    across = look.above[:, 0] - CUBE.position[0]
    slanted = replace(look, above=look.above + torch.stack([across * 0, across * 0, across * 0.5], dim=-1))
    assert measured(slanted, CUBE, POST)["misshapen"] > 0.0021 > 3 * measured(look, CUBE, POST)["misshapen"]


def test_a_colour_of_no_class_is_miscoloured_whatever_it_is_taken_for(look: Look) -> None:
    magenta = torch.tensor([0.9, 0.0, 0.9]).expand_as(look.colours)
    assert measured(replace(look, colours=magenta), CUBE, POST)["miscoloured"] > 0.165
    assert measured(look, replace(CUBE, colour="green"), POST)["miscoloured"] < 0.055


def test_doubt_about_a_thing_counts(look: Look) -> None:
    assert measured(look, CUBE, POST, confidence=0.4)["unsure"] == pytest.approx(0.6)


@pytest.mark.parametrize("tilt", [(0.0, 0.0, 0.004), (0.02, 0.0, 0.0)], ids=["higher", "slanted"])
def test_a_table_out_of_level_is_tilted(look: Look, tilt: tuple[float, float, float]) -> None:
    raised = look.points.clone()
    raised[..., 2] += look.points[..., 0] * tilt[0] + tilt[2]
    assert measured(replace(look, points=raised), CUBE, POST)["tilted"] > 0.0021


def test_views_that_see_things_in_other_places_contradict_each_other(look: Look) -> None:
    beside = look.points.clone()
    beside[1, :, 1] += 0.06
    assert measured(replace(look, points=beside), CUBE, POST)["contradictory"] > 24


def test_a_tool_beside_its_axis_is_displaced(look: Look) -> None:
    points = torch.cat([look.points, torch.tensor([[[0.1, 0.1, 0.25]], [[0.1, 0.1, 0.25]]])], dim=1)
    seen = replace(look, points=points, colours=torch.cat([look.colours, look.colours[:, :1]], dim=1))
    seen = replace(seen, free=torch.cat([look.free, look.free[:, :1]], dim=1))
    for axis, away in ((0.1, 0.0), (0.05, 0.05)):
        there = replace(seen, tool=torch.tensor([axis, 0.1, 0.24, 0.0, 0.0]))
        assert measured(there, CUBE, POST)["displaced"] == pytest.approx(away, abs=1e-3)


def solid(colour: tuple[float, float, float], turn: float = 0.0) -> Put:
    """Return what puts a cube of 4 cm and of a ``colour`` on the table, turned about a horizontal axis, radians."""

    def put(client: int) -> None:
        shape = pybullet.createVisualShape(
            pybullet.GEOM_BOX, halfExtents=[0.02] * 3, rgbaColor=(*colour, 1.0), physicsClientId=client
        )
        lean = pybullet.getQuaternionFromEuler((turn, 0.0, 0.0))
        pybullet.createMultiBody(0, -1, shape, (*FREE, 0.02), lean, physicsClientId=client)

    return put


@pytest.mark.parametrize(
    ("put", "problem"),
    [
        (solid((1.0, 0.0, 1.0)), r"the model (does not know|knows, or .*) at x -0\.0\d m, y -0\.1\d m"),
        (solid((0.0, 0.5, 0.5)), "a colour the model does not know"),
        (solid((0.4, 0.45, 0.05)), "a colour the model does not know"),
        (solid((0.02, 0.02, 0.3)), "a colour the model does not know"),
        (solid(COLOURS["red"][:3], turn=math.pi / 5), "does not have the shape it seems to have at x"),
    ],
    ids=["magenta", "turquoise", "olive", "navy", "on edge"],
)
def test_a_thing_of_unknown_colour_or_shape_is_refused_where_it_lies(
    perceiver: TokenPerceiver, put: Put, problem: str
) -> None:
    with pytest.raises(PerceptionError, match=problem):
        perceiver.look(observed(DEMO, put=put), names=DEMO)


def panned(camera: Camera, degrees: float) -> Camera:
    """Return ``camera`` turned about the vertical, or, where it looks straight down, tipped to one side."""
    ahead, turn = np.subtract(camera.target, camera.eye), math.radians(degrees)
    if camera.name == "overhead":
        return replace(camera, target=(camera.target[0], camera.target[1] + camera.eye[2] * math.tan(turn), 0.0))
    x, y = ahead[0] * math.cos(turn) - ahead[1] * math.sin(turn), ahead[0] * math.sin(turn) + ahead[1] * math.cos(turn)
    return replace(camera, target=(camera.eye[0] + float(x), camera.eye[1] + float(y), camera.target[2]))


@pytest.mark.parametrize("degrees", [-5.0, 2.0, 5.0, 10.0])
@pytest.mark.parametrize("view", [0, 1], ids=["overhead", "oblique"])
def test_a_camera_that_looks_elsewhere_is_refused(perceiver: TokenPerceiver, view: int, degrees: float) -> None:
    cameras = list(DEFAULT_CAMERAS)
    cameras[view] = panned(cameras[view], degrees)
    with pytest.raises(PerceptionError, match="camera"):
        perceiver.look(observed(DEMO, tuple(cameras)), names=DEMO)


def test_views_in_the_wrong_order_are_refused(perceiver: TokenPerceiver) -> None:
    with pytest.raises(PerceptionError):
        perceiver.look(observed(DEMO, DEFAULT_CAMERAS[::-1]), names=DEMO)


def test_a_look_that_shows_nothing_of_what_was_expected_is_refused_later_too(perceiver: TokenPerceiver) -> None:
    seen = observed(DEMO)
    belief = perceiver.look(seen, names=DEMO)
    noise = np.random.default_rng(0).integers(0, 256, seen.elevation.shape, dtype=np.uint8)
    with pytest.raises(PerceptionError, match="camera"):
        perceiver.look(replace(seen, elevation=noise), expected=belief)
    assert perceiver.look(seen, expected=belief).surprise < 1


@pytest.mark.parametrize("suite", ["place", "rearrange", "dynamics", "disturbed"])
def test_scenes_as_they_are_asked_about_are_not_refused(perceiver: TokenPerceiver, suite: str) -> None:
    for seed in range(483_000, 483_010):
        scene = make_task(suite, seed).scene
        perceiver.look(observed(scene), names=scene)


@pytest.mark.parametrize(
    ("gone", "put"), [("red_cube_1", None), (None, solid(COLOURS["red"][:3]))], ids=["gone", "new"]
)
def test_what_is_gone_and_what_is_new_surprises(perceiver: TokenPerceiver, gone: str | None, put: Put | None) -> None:
    belief = perceiver.look(observed(DEMO), names=DEMO)
    left = Scene("left", tuple(thing for thing in DEMO.things if thing.id != gone))
    assert perceiver.look(observed(left, put=put), expected=belief).surprise > 1
