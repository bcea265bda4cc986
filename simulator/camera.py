"""Cameras: what they see, and where in the world each pixel's surface is.

Pictures come from PyBullet's software renderer (TinyRenderer) only: another renderer draws other pixels. It samples a
pixel at its lower left corner, half a pixel from the centre that we calculate with: in the oblique view the table thus
reads 2.7 mm too high. Learned perception sees the same offset in training, so correct it only together with new data.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from simulator.base import ByteArray, Camera, FloatArray
from simulator.physics import Bullet

OVERHEAD = Camera("overhead", (0.0, 0.0, 1.2), (0.0, 0.0, 0.0), (1.0, 0.0, 0.0), 26.3, 96, 96)
"""Straight down; covers +-0.28 m of the table; up in the picture is +x."""
OBLIQUE = Camera("oblique", (-1.04, 0.0, 0.92), (0.0, 0.0, 0.05), (0.0, 0.0, 1.0), 26.0, 96, 96)
"""From the viewer's side, 40 degrees above the table; sees stacks of five anywhere in the work area."""
DEFAULT_CAMERAS: tuple[Camera, ...] = (OVERHEAD, OBLIQUE)
PRESENTATION = Camera("presentation", (-0.85, -0.62, 0.75), (0.10, 0.0, 0.11), (0.0, 0.0, 1.0), 36.0, 480, 360)
"""For people."""

_MILLIMETRES = 1000.0


def _axes(camera: Camera) -> NDArray[np.float64]:
    """Return ``[3, 3]``: the directions right, up and forward of the picture, world frame."""
    eye, target, up = (np.asarray(value, dtype=np.float64) for value in (camera.eye, camera.target, camera.up))
    forward = (target - eye) / np.linalg.norm(target - eye)
    right = np.cross(forward, up)
    right /= np.linalg.norm(right)
    return np.stack([right, np.cross(right, forward), forward])


@lru_cache(maxsize=64)
def rays(camera: Camera) -> FloatArray:
    """Return ``[H, W, 3]`` directions through the pixel centres, world frame, of unit length along the view axis."""
    right, above, forward = _axes(camera)
    half = math.tan(math.radians(camera.fov) / 2)
    rows = half * (1 - 2 * (np.arange(camera.height) + 0.5) / camera.height)
    columns = half * camera.width / camera.height * (2 * (np.arange(camera.width) + 0.5) / camera.width - 1)
    directions = forward + rows[:, None, None] * above + columns[None, :, None] * right
    result = directions.astype(np.float32)
    result.setflags(write=False)
    return result


def pixel_points(camera: Camera, elevation: ByteArray | FloatArray) -> FloatArray:
    """Return ``[H, W, 3]``: where each pixel's surface is, metres, from its ``elevation`` ``[H, W]`` in millimetres."""
    directions = rays(camera)
    eye = np.asarray(camera.eye, dtype=np.float32)
    height = elevation.astype(np.float32) / np.float32(_MILLIMETRES)
    depth = (height - eye[2]) / directions[..., 2]
    return (eye + depth[..., None] * directions).astype(np.float32)


def project(camera: Camera, points: FloatArray) -> FloatArray:
    """Return ``[..., 2]`` (row, column), pixel centres at integers, of ``points`` ``[..., 3]``, metres, world frame."""
    right, above, forward = _axes(camera)
    half = math.tan(math.radians(camera.fov) / 2)
    seen = np.asarray(points, dtype=np.float64) - np.asarray(camera.eye)
    depth = seen @ forward
    row = (1 - (seen @ above) / depth / half) * camera.height / 2 - 0.5
    column = (1 + (seen @ right) / depth / (half * camera.width / camera.height)) * camera.width / 2 - 0.5
    return np.stack([row, column], axis=-1).astype(np.float32)


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
        height = (camera.eye[2] + depth * rays(camera)[..., 2]) * _MILLIMETRES
        colours.append(rgb)
        heights.append(np.clip(np.rint(height), 0, 255).astype(np.uint8))
    return np.stack(colours), np.stack(heights)
