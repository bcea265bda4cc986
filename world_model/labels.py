"""Which image cell shows which thing: training labels from true poses, by geometry alone.

A cell belongs to the thing whose solid (a few millimetres larger) holds the surface point the cell sees. Nothing here
is available, or used, at plan time.
"""

from __future__ import annotations

import torch
from torch import Tensor

from simulator.base import KINDS

TOLERANCE = 0.004
"""How far outside a solid a surface point may be measured, metres (elevations are whole millimetres)."""
ROUND = torch.tensor([kind in ("cylinder", "ball", "bowl") for kind in KINDS])
VESSEL = torch.tensor([kind in ("bowl", "tray") for kind in KINDS])
FLAT = torch.tensor([kind == "zone" for kind in KINDS])
TOOL_RADIUS = 0.012


NOBODY = 255
"""Owner of a cell that shows no thing."""


def owners(points: Tensor, poses: Tensor, size: Tensor, kind: Tensor, tool: Tensor) -> Tensor:
    """Return ``[C]`` uint8: the row of the thing each cell shows, or ``NOBODY``.

    A cell inside several solids belongs to a movable thing before a vessel before a flat zone, and then to the
    nearest centre.

    Args:
        points: ``[C, 3]`` surface points of one frame, metres.
        poses: ``[N, 5]`` centre x, y, z, yaw, upright cosine.
        size: ``[N, 3]`` extents, metres.
        kind: ``[N]`` class rows, -1 where there is no thing.
        tool: ``[3]`` tool tip, metres; cells on its rod show no thing.
    """
    local = points[None] - poses[:, None, :3]
    cosine, sine = poses[:, 3:4].cos(), poses[:, 3:4].sin()
    half, known = size[:, None] / 2, kind.clamp(min=0)
    x = (cosine * local[..., 0] + sine * local[..., 1]).abs() - half[..., 0]
    y = (cosine * local[..., 1] - sine * local[..., 0]).abs() - half[..., 1]
    disc = local[..., :2].norm(dim=-1) - half[..., 0]
    sideways = torch.where(ROUND[known][:, None], disc, torch.maximum(x, y))
    inside = (sideways < TOLERANCE) & (local[..., 2].abs() - half[..., 2] < TOLERANCE)
    distance = (local / half.clamp(min=0.004)).norm(dim=-1)
    lying = local.norm(dim=-1) < half.norm(dim=-1) * 0.85
    inside = torch.where((poses[:, 4] < 0.95)[:, None], lying, inside) & (kind >= 0)[:, None]
    rank = distance + (100 * VESSEL[known] + 200 * FLAT[known])[:, None]
    nearest, owner = rank.masked_fill(~inside, torch.inf).min(0)
    rod = ((points[:, :2] - tool[:2]).norm(dim=-1) < TOOL_RADIUS) & (points[:, 2] > tool[2] - 0.002)
    return torch.where(torch.isinf(nearest) | rod, NOBODY, owner).to(torch.uint8)
