"""The closer look: its patches show what they are centred on, in every view, wherever it stands."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from simulator.base import Scene, Thing
from simulator.camera import DEFAULT_CAMERAS
from simulator.world import PhysicalWorld
from world_model.base import seeded
from world_model.fovea import DECOY, PATCH, Fovea, decoys
from world_model.losses import Labels
from world_model.views import CONTRAST, HEIGHT, Geometry


def patches_at(position: tuple[float, float, float]) -> torch.Tensor:
    """Return ``[V, 5, PATCH, PATCH]`` around a red cube at ``position``."""
    world = PhysicalWorld(Scene("one", (Thing("red_cube_1", "cube", "red", (0.04, 0.04, 0.04), position),)))
    try:
        seen = world.reset(0)
    finally:
        world.close()
    rgb, elevation = torch.from_numpy(seen.rgb)[None], torch.from_numpy(seen.elevation)[None]
    channels, _ = Geometry(DEFAULT_CAMERAS).channels(rgb, elevation)
    return Fovea(DEFAULT_CAMERAS).patches(channels, torch.tensor([[position]]))[0, 0]


@pytest.mark.parametrize("position", [(0.0, 0.0, 0.02), (0.2, -0.2, 0.02), (-0.2, 0.2, 0.02), (0.1, 0.15, 0.02)])
def test_the_middle_of_every_patch_shows_the_thing(position: tuple[float, float, float]) -> None:
    middle = slice(PATCH // 2 - 2, PATCH // 2 + 2)
    for patch in patches_at(position):
        red, green, blue, height, _ = patch[:, middle, middle].mean((1, 2))
        assert red / CONTRAST > green / CONTRAST + 0.3
        assert red / CONTRAST > blue / CONTRAST + 0.3
        assert abs(float(height) * HEIGHT) < 0.025


def test_a_patch_has_the_same_scale_everywhere() -> None:
    def width(position: tuple[float, float, float]) -> int:
        overhead = patches_at(position)[0]
        return int((overhead[0] - overhead[1] > 0.3 * CONTRAST).sum())

    sizes = [width((x, y, 0.02)) for x, y in ((0.0, 0.0), (0.18, 0.0), (0.0, -0.18))]
    assert np.ptp(sizes) <= 0.35 * max(sizes)


def test_decoys_lie_near_things_and_never_on_one() -> None:
    position = torch.tensor([[[0.0, 0.0, 0.02], [0.05, 0.0, 0.02], [0.0, 0.0, 0.0]]])
    kind = torch.tensor([[0, 0, -1]])
    blank = torch.zeros(1, 3)
    labels = Labels(blank[..., None] > 0, blank.long(), position, torch.zeros(1, 3, 4), blank, kind, kind)
    for seed in range(20):
        centres, counted = decoys(labels, seeded(seed))
        gaps = torch.cdist(centres[0], position[0, :2]).amin(-1)
        assert not counted[0, 2]
        assert (gaps[counted[0]] > DECOY[0]).all()
        assert (gaps < 0.15).all()
