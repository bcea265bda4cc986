"""World points of pixels: the torch rays of training and the numpy rays of the simulator must be one geometry."""

from __future__ import annotations

import numpy as np
import torch

from simulator.base import Scene, Thing
from simulator.camera import DEFAULT_CAMERAS
from simulator.pinhole import pixel_points
from simulator.world import PhysicalWorld
from world_model.views import Geometry


def one_cube() -> Scene:
    return Scene("one", (Thing("red_cube_1", "cube", "red", (0.04, 0.04, 0.04), (0.05, -0.08, 0.02)),))


def test_points_agree_with_the_simulators_geometry() -> None:
    elevation = np.random.default_rng(0).integers(0, 200, (2, 96, 96)).astype(np.uint8)
    ours = Geometry(DEFAULT_CAMERAS).points(torch.from_numpy(elevation).float()[None] / 1000)[0].numpy()
    for view, camera in enumerate(DEFAULT_CAMERAS):
        assert np.abs(ours[view] - pixel_points(camera, elevation[view])).max() < 1e-4


def test_both_views_see_the_same_cube_in_the_same_place() -> None:
    world = PhysicalWorld(one_cube())
    try:
        seen = world.reset(0)
    finally:
        world.close()
    points = Geometry(DEFAULT_CAMERAS).points(torch.from_numpy(seen.elevation).float()[None] / 1000)[0]
    for view in points:
        top = view[(view[..., 2] > 0.035) & (view[..., 2] < 0.06)]
        assert len(top) > 10
        assert np.abs(top[:, :2].mean(0).numpy() - [0.05, -0.08]).max() < 0.012


def test_the_encoders_channels_have_a_cell_for_every_two_pixels() -> None:
    rgb = torch.zeros(1, 2, 96, 96, 3, dtype=torch.uint8)
    channels, points = Geometry(DEFAULT_CAMERAS).channels(rgb, torch.zeros(1, 2, 96, 96, dtype=torch.uint8))
    assert channels.shape == (1, 2, 5, 96, 96)
    assert points.shape == (1, 2, 48, 48, 3)
    assert points[..., 2].abs().max() < 1e-6
