"""What a thing's extents look like from a fixed frame: its outline, which says size and heading in one.

An outline is ``(xx, yy, height, xy)`` in metres: the symmetric matrix ``[[xx, xy], [xy, yy]]`` has the horizontal
extents as eigenvalues and the heading as eigenvectors. It is smooth where a yaw is not: a square has no heading (``xy``
is 0 at any yaw of a disc, and of a square by symmetry of its extents), a plank turned by half a turn is the same plank.
Its first three entries are the extents of a thing that stands along the axes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from simulator.base import Thing

SQUARE = 1.15
"""Below this ratio of the horizontal extents an outline counts as square: its heading is not known."""


def outline(size: Tensor, yaw: Tensor) -> Tensor:
    """Return ``[..., 4]`` outlines of extents ``size [..., 3]`` (metres) turned by ``yaw [...]`` (radians)."""
    x, y, height = size.unbind(-1)
    along, across = yaw.cos().square(), yaw.sin().square()
    xy = (x - y) * yaw.sin() * yaw.cos()
    return torch.stack([x * along + y * across, x * across + y * along, height, xy], dim=-1)


def extents(outlines: Tensor) -> tuple[Tensor, Tensor]:
    """Return sizes ``[..., 3]`` (metres, the longer horizontal extent first) and yaws ``[...]`` in (-pi/2, pi/2]."""
    xx, yy, height, xy = outlines.unbind(-1)
    middle, half = (xx + yy) / 2, (xx - yy) / 2
    spread = (half.square() + xy.square()).sqrt()
    yaw = 0.5 * torch.atan2(xy, half)
    return torch.stack([middle + spread, middle - spread, height], dim=-1), yaw


def outlines_of(things: Sequence[Thing]) -> Tensor:
    """Return ``[N, 4]`` outlines of ``things``."""
    return torch.tensor([outline_of(thing) for thing in things], dtype=torch.float32).view(-1, 4)


def outline_of(thing: Thing) -> tuple[float, float, float, float]:
    """Return the outline of one thing; ``outline`` in plain numbers, which is faster for a few."""
    x, y, height = thing.size
    along, across = math.cos(thing.yaw) ** 2, math.sin(thing.yaw) ** 2
    xy = (x - y) * math.sin(thing.yaw) * math.cos(thing.yaw)
    return x * along + y * across, x * across + y * along, height, xy
