"""From pixels with an elevation to points in the world, in torch and in batches.

The elevation of a pixel and the ray of a calibrated pinhole camera meet in one point, so two views taken from
different sides can be compared in one metric frame.
"""

from __future__ import annotations

import torch
from torch import Tensor

from simulator.base import Camera
from simulator.pinhole import rays

CONTRAST = 4.0
"""Factor on colours in [-0.5, 0.5]: most of a picture is bare table, what differs from it should weigh."""
HEIGHT = 0.05
"""Metres per unit of the height channel: about the height of a thing."""


class Geometry(torch.nn.Module):
    """Turns uint8 images into the encoder's input channels for a fixed set of cameras.

    Args:
        cameras: the ``V`` cameras, in the order of the observation's views.
    """

    def __init__(self, cameras: tuple[Camera, ...]) -> None:
        super().__init__()
        self.register_buffer("directions", torch.stack([torch.tensor(rays(c)) for c in cameras]), persistent=False)
        self.register_buffer("eyes", torch.tensor([c.eye for c in cameras], dtype=torch.float32), persistent=False)

    def points(self, elevation: Tensor) -> Tensor:
        """Return world points ``[B, V, H, W, 3]`` in metres of ``elevation [B, V, H, W]`` in metres."""
        directions, eyes = self.get_buffer("directions"), self.get_buffer("eyes")[:, None, None, :]
        along = (elevation - eyes[..., 2]) / directions[..., 2].clamp(max=-1e-3)
        return eyes + along[..., None] * directions

    def channels(self, rgb: Tensor, elevation: Tensor) -> tuple[Tensor, Tensor]:
        """Return the encoder's input ``[B, V, 5, H, W]`` and the points of its cells ``[B, V, H/2, W/2, 3]`` in metres.

        The channels are red, green, blue, height and the view's number; where a pixel lies on the table is left out, so
        that what is learned in one place holds in all. A cell is two pixels wide and high; its point is that of its
        first pixel.

        Args:
            rgb: ``[B, V, H, W, 3]`` uint8.
            elevation: ``[B, V, H, W]`` uint8, millimetres.
        """
        metres = elevation.float() / 1000.0
        points = self.points(metres)
        view = torch.linspace(-1, 1, rgb.shape[1]).view(1, -1, 1, 1, 1).expand(*rgb.shape[:4], 1)
        colours = CONTRAST * (rgb.float() / 255.0 - 0.5)
        stacked = torch.cat([colours, (metres / HEIGHT)[..., None], view], dim=-1)
        return stacked.movedim(-1, 2), points[:, :, ::2, ::2]
