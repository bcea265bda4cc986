"""What the elevation images show: which surfaces belong to a thing, where it ends, and whether it is there at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from simulator.base import Thing
from world_model.outline import outlines_of
from world_model.views import CONTRAST, HEIGHT, Geometry

MARGIN = 0.012
"""How far outside a thing's solid a surface still belongs to it, metres."""
ROD = 0.02
"""Radius around the tool's axis in which surfaces are the tool's, metres."""
CORE, SUNK, FEWEST = 0.8, 0.4, 3
"""Share of its breadth within which a thing would hide what is behind it, the share of its height below which a surface
is behind it, and the least number of cells that tell."""
UPPER = 0.6
"""Share of a ball's radius within which its peak is looked for."""
AT_TOP, ALIKE, NEAREST, FURTHEST, EDGE = 0.008, 0.15, 0.015, 0.075, 0.005
"""Of a plank: how far from its upper face what is seen may lie and still be it, metres; how unlike its middle in
colour, of 1; what is its middle, and how far from there it may end, metres; and what the cells at its ends leave out of
it altogether, metres (measured on 25 planks, Decisions)."""


@dataclass(frozen=True)
class Look:
    """One image's surfaces.

    Attributes:
        points: ``[V, C, 3]`` surface points of cells, metres.
        colours: ``[V, C, 3]`` of cells, in [0, 1].
        free: ``[V, C]`` bool, not the tool.
        above: ``[H * W, 3]`` surface points of all pixels of the view from above, metres.
        tool: ``[P]`` proprioception.
    """

    points: Tensor
    colours: Tensor
    free: Tensor
    above: Tensor
    tool: Tensor


def look_of(geometry: Geometry, channels: Tensor, tool: Tensor) -> Look:
    """Return the surfaces in ``channels [1, V, 5, H, W]`` of one image, the tool at ``tool [P]``."""
    pixels = geometry.points(channels[:, :, 3] * HEIGHT)[0]
    where = pixels[:, ::2, ::2].flatten(1, 2)
    colours = (channels[0, :, :3, ::2, ::2] / CONTRAST + 0.5).flatten(2).transpose(1, 2)
    rod = ((where[..., :2] - tool[:2]).norm(dim=-1) < ROD) & (where[..., 2] > tool[2] - MARGIN)
    return Look(where, colours, ~rod, pixels[0].flatten(0, 1), tool)


def belonging(look: Look, things: tuple[Thing, ...], margin: float) -> Tensor:
    """Return ``[N, V, C]`` bool: cells whose surface lies within ``margin`` of each thing's solid."""
    if not things:
        return torch.zeros((0, *look.points.shape[:2]), dtype=torch.bool)
    centre = torch.tensor([thing.position for thing in things])
    shapes = outlines_of(things)
    local = look.points[None] - centre[:, None, None]
    half = shapes[:, None, None] / 2
    inverse = local[..., :2].square().sum(-1).sqrt()
    along = local[..., :2] / inverse.clamp(min=1e-6)[..., None]
    reach = (half[..., :2] * along.square()).sum(-1) + 2 * half[..., 3] * along[..., 0] * along[..., 1]
    corner = torch.tensor([1.42 if thing.kind in ("cube", "tray", "zone") else 1.0 for thing in things])
    near = inverse < reach * corner[:, None, None] + margin
    return near & (local[..., 2].abs() < half[..., 2] + margin)


def vacated(look: Look, thing: Thing) -> bool:
    """Whether surfaces well below the upper face of ``thing`` are seen where it should be: it is not there."""
    offset = (look.points[..., :2] - torch.tensor(thing.position[:2])).norm(dim=-1)
    inside = (offset < CORE * min(thing.size[:2]) / 2) & look.free
    heights = look.points[..., 2][inside]
    below = heights < thing.bottom + SUNK * thing.size[2]
    return len(heights) >= FEWEST and float(below.float().mean()) > 0.5


def top_of(look: Look, thing: Thing) -> float | None:
    """Return the height of the surface that the overhead view shows in the middle of ``thing``, metres, if it does."""
    offset = (look.points[0, :, :2] - torch.tensor(thing.position[:2])).norm(dim=-1)
    inside = (offset < CORE * min(thing.size[:2]) / 2) & look.free[0]
    return float(look.points[0, inside, 2].median()) if inside.any() else None


def ends_of(look: Look, plank: Thing) -> tuple[float, float] | None:
    """Return where along ``plank``, from its middle, the overhead view shows its upper face to end, if so, metres."""
    offset, cos, sin = look.points[0, :, :2] - torch.tensor(plank.position[:2]), np.cos(plank.yaw), np.sin(plank.yaw)
    along, across = offset[:, 0] * cos + offset[:, 1] * sin, (offset[:, 1] * cos - offset[:, 0] * sin).abs()
    level = ((look.points[0, :, 2] - plank.top).abs() < AT_TOP) & look.free[0]
    middle = level & (along.abs() < NEAREST) & (across < CORE * plank.size[1] / 2)
    if int(middle.sum()) < FEWEST:
        return None
    alike = (look.colours[0] - look.colours[0, middle].median(0).values).abs().amax(-1) < ALIKE
    found = along[level & alike & (across < plank.size[1] / 2 + EDGE) & (along.abs() < FURTHEST)]
    if not len(found):
        return None
    return float(found.min()) - EDGE / 2, float(found.max()) + EDGE / 2


def peak_of(look: Look, ball: Thing) -> float | None:
    """Return the height of the highest point of ``ball``, metres, from what the overhead view shows of its upper part.

    Each cell sees a point of the sphere; how much lower it lies than the peak follows from how far aside it is.
    """
    radius = min(ball.size) / 2
    aside = (look.points[0, :, :2] - torch.tensor(ball.position[:2])).norm(dim=-1)
    inside = (aside < UPPER * radius) & look.free[0]
    if not inside.any():
        return None
    return float((look.points[0, inside, 2] + radius - (radius**2 - aside[inside] ** 2).sqrt()).median())
