"""What cannot be perceived or imagined is refused under its name, with what is wrong and what to do."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from simulator.base import Observation, Scene, Thing
from simulator.camera import DEFAULT_CAMERAS
from simulator.scene import load_scene
from simulator.world import PhysicalWorld
from world_model.acceptance import accept, accept_actions
from world_model.base import Belief
from world_model.checkpoint import load_checkpoint
from world_model.errors import PerceptionError
from world_model.perception import TokenPerceiver

PICTURES = (2, 96, 96)
TABLE = (194, 166, 128)
"""Its colour as rendered."""


@pytest.fixture(scope="module")
def perceiver() -> TokenPerceiver:
    return TokenPerceiver(load_checkpoint(cameras=DEFAULT_CAMERAS)[0])


@pytest.fixture(scope="module")
def seen() -> Observation:
    return rendered(load_scene("demo"))


@pytest.fixture(scope="module")
def belief(perceiver: TokenPerceiver, seen: Observation) -> Belief:
    return perceiver.look(seen)


def rendered(scene: Scene) -> Observation:
    world = PhysicalWorld(scene)
    try:
        return world.reset(0)
    finally:
        world.close()


def sensed(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


@pytest.mark.parametrize(
    ("part", "value", "problem"),
    [
        ("rgb", None, "it is NoneType, not an array"),
        ("rgb", [[0]], "it is list, not an array"),
        ("rgb", np.zeros((*PICTURES, 3), np.float32), "its type is float32, not uint8"),
        ("rgb", np.full((*PICTURES, 3), np.nan), "its type is float64, not uint8"),
        ("rgb", np.zeros((2, 64, 64, 3), np.uint8), "its shape is (2, 64, 64, 3), not (2, 96, 96, 3)"),
        ("rgb", np.zeros((1, 96, 96, 3), np.uint8), "its shape is (1, 96, 96, 3), not (2, 96, 96, 3)"),
        ("elevation", None, "it is NoneType, not an array"),
        ("elevation", np.zeros(PICTURES, np.uint16), "its type is uint16, not uint8"),
        ("elevation", np.zeros((2, 96, 64), np.uint8), "its shape is (2, 96, 64), not (2, 96, 96)"),
        ("proprioception", None, "it is NoneType, not an array"),
        ("proprioception", [0.0] * 5, "it is list, not an array"),
        ("proprioception", np.array(["0"] * 5), "its type is <U1, not float32"),
        ("proprioception", np.array([None] * 5), "its type is object, not float32"),
        ("proprioception", sensed(), "its shape is (0,), not (5,)"),
        ("proprioception", sensed(0, 0, 0, 0), "its shape is (4,), not (5,)"),
        ("proprioception", np.zeros((1, 5), np.float32), "its shape is (1, 5), not (5,)"),
        ("proprioception", sensed(np.nan, 0, 0, 0, 0), "it is not finite"),
        ("proprioception", sensed(0, -np.inf, 0, 0, 0), "it is not finite"),
        ("proprioception", np.array([0, 0, 1e39, 0, 0]), "it is not finite"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(
    perceiver: TokenPerceiver, seen: Observation, part: str, value: object, problem: str
) -> None:
    with pytest.raises(PerceptionError) as caught:
        perceiver.look(replace(seen, **{part: value}))
    assert (caught.value.field, caught.value.problem) == (f"observation.{part}", problem)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("view", "camera", "colour", "flat"),
    [
        (0, "overhead", (0, 0, 0), True),
        (0, "overhead", (90, 90, 90), True),
        (1, "oblique", (255, 255, 255), False),
        (1, "oblique", TABLE, False),
    ],
)
def test_a_camera_that_shows_one_colour_only_is_refused_by_name(
    perceiver: TokenPerceiver, seen: Observation, view: int, camera: str, colour: tuple[int, ...], flat: bool
) -> None:
    rgb, elevation = seen.rgb.copy(), seen.elevation.copy()
    rgb[view], elevation[view] = colour, 0 if flat else elevation[view]
    named = re.escape(f"observation.rgb[{view}]: the {camera} camera shows one colour only.")
    with pytest.raises(PerceptionError, match=named):
        perceiver.look(replace(seen, rgb=rgb, elevation=elevation))


@pytest.mark.parametrize("view", [0, 1])
def test_a_view_without_elevation_is_refused_where_it_shows_more_than_a_bare_table(
    perceiver: TokenPerceiver, seen: Observation, view: int
) -> None:
    elevation = seen.elevation.copy()
    elevation[view] = 0
    named = re.escape(f"observation.elevation[{view}]: it is 0 everywhere")
    with pytest.raises(PerceptionError, match=named):
        perceiver.look(replace(seen, elevation=elevation))


def test_a_mat_alone_and_a_noisy_bare_table_are_accepted() -> None:
    accept(
        rendered(Scene("mat", (Thing("red_zone_1", "zone", "red", (0.1, 0.1, 0.001), (0, 0, 0.0005)),))),
        DEFAULT_CAMERAS,
    )
    bare = rendered(Scene("empty", ()))
    noise = np.random.default_rng(0).normal(0, 10, bare.rgb.shape)
    accept(replace(bare, rgb=np.clip(bare.rgb + noise, 0, 255).astype(np.uint8)), DEFAULT_CAMERAS)


@pytest.mark.parametrize("level", [0, 255])
def test_cameras_that_are_all_unlit_or_overexposed_are_no_bare_table(level: int) -> None:
    rgb, elevation = np.full((*PICTURES, 3), level, np.uint8), np.zeros(PICTURES, np.uint8)
    with pytest.raises(PerceptionError, match="the overhead camera"):
        accept(Observation(rgb, elevation, sensed(0, 0, 0.3, 0, 0), 0), DEFAULT_CAMERAS)


def test_a_bare_table_is_accepted_although_it_is_of_one_colour() -> None:
    bare = rendered(Scene("empty", ()))
    assert np.array_equal(np.unique(bare.rgb.reshape(-1, 3), axis=0), [TABLE])
    accept(bare, DEFAULT_CAMERAS)


@pytest.mark.parametrize(
    ("actions", "problem"),
    [
        (None, "it is NoneType, not an array"),
        ([[0.0] * 4], "it is list, not an array"),
        (np.float32(0), "it is float32, not an array"),
        (np.array(0.0), "its shape is (), not (T, 4)"),
        (np.zeros(4), "its shape is (4,), not (T, 4)"),
        (np.zeros((6, 3), np.float32), "its shape is (6, 3), not (T, 4)"),
        (np.zeros((2, 3, 4), np.float32), "its shape is (2, 3, 4), not (T, 4)"),
        (np.zeros((6, 4), complex), "its type is complex128, not float32"),
        (np.full((6, 4), np.nan, np.float32), "it is not finite"),
        (np.full((6, 4), np.inf, np.float32), "it is not finite"),
    ],
)
def test_actions_that_cannot_be_imagined_are_refused_by_name(
    perceiver: TokenPerceiver, belief: Belief, actions: object, problem: str
) -> None:
    with pytest.raises(PerceptionError) as caught:
        perceiver.predict(belief, actions)
    assert (caught.value.field, caught.value.problem) == ("actions", problem)
    assert "suction" in caught.value.remedy


@pytest.mark.parametrize("actions", [np.zeros((0, 4), np.float32), np.zeros((5, 4)), np.zeros((1, 4), np.int64)])
def test_any_number_of_steps_of_real_numbers_can_be_imagined(actions: np.ndarray) -> None:
    accept_actions(actions)
