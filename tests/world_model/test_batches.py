"""Batches of play: a mirrored picture is what the cameras show of the mirrored world, to the pixel."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from simulator.base import Scene, Thing
from simulator.world import PhysicalWorld
from world_model.batches import mirrored

THINGS = (
    Thing("red_cube_1", "cube", "red", (0.05, 0.03, 0.06), (0.10, 0.07, 0.03), 0.4),
    Thing("blue_cylinder_1", "cylinder", "blue", (0.04, 0.04, 0.05), (-0.05, -0.12, 0.025), 0.0),
    Thing("green_tray_1", "tray", "green", (0.15, 0.11, 0.03), (-0.08, 0.11, 0.015), 0.9),
)


def elevation(things: tuple[Thing, ...]) -> torch.Tensor:
    world = PhysicalWorld(Scene("mirror", things))
    try:
        return torch.from_numpy(world.reset(0).elevation.astype(np.int32))
    finally:
        world.close()


def test_a_mirrored_picture_is_what_the_cameras_show_of_the_mirrored_world() -> None:
    turned = tuple(replace(t, position=(t.position[0], -t.position[1], t.position[2]), yaw=-t.yaw) for t in THINGS)
    shown, expected = elevation(THINGS), elevation(turned)
    exact = (mirrored(shown, -1) - expected).abs().gt(3).float().mean()
    flipped = (shown.flip(-1) - expected).abs().gt(3).float().mean()
    assert exact < 0.003
    assert flipped > 5 * exact
