"""Cameras: where they stand and what they see.

Pictures come from PyBullet's software renderer (TinyRenderer) only: another renderer draws other pixels.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simulator.base import ByteArray, Camera
from simulator.physics import Bullet
from simulator.pinhole import elevations

OVERHEAD = Camera("overhead", (0.0, 0.0, 1.2), (0.0, 0.0, 0.0), (1.0, 0.0, 0.0), 26.3, 96, 96)
"""Straight down; covers +-0.28 m of the table; up in the picture is +x."""
OBLIQUE = Camera("oblique", (-1.04, 0.0, 0.92), (0.0, 0.0, 0.05), (0.0, 0.0, 1.0), 26.0, 96, 96)
"""From the viewer's side, 40 degrees above the table; sees stacks of five anywhere in the work area."""
DEFAULT_CAMERAS: tuple[Camera, ...] = (OVERHEAD, OBLIQUE)
PRESENTATION = Camera("presentation", (-0.85, -0.62, 0.75), (0.10, 0.0, 0.11), (0.0, 0.0, 1.0), 36.0, 480, 360)
"""For people."""


def render(
    bullet: Bullet, cameras: Sequence[Camera], *, noise: float = 0.0, rng: np.random.Generator | None = None
) -> tuple[ByteArray, ByteArray]:
    """Return RGB ``[V, H, W, 3]`` and elevation ``[V, H, W]`` in millimetres, both uint8; all cameras have one size.

    ``noise`` is the standard deviation of additive pixel noise in 8-bit units, drawn from ``rng``.
    """
    colours: list[ByteArray] = []
    heights: list[ByteArray] = []
    for camera in cameras:
        rgb, depth = bullet.picture(camera)
        if noise > 0 and rng is not None:
            noisy = rgb + rng.normal(0.0, noise, rgb.shape)
            rgb = np.clip(np.rint(noisy), 0, 255).astype(np.uint8)
        colours.append(rgb)
        heights.append(np.clip(np.rint(elevations(camera, depth)), 0, 255).astype(np.uint8))
    return np.stack(colours), np.stack(heights)
