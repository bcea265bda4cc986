"""Is this a scene the model can be trusted with? What is odd about one look, in units of what is odd in play.

A network is as sure of a thing it never saw as of one it knows, so the oddities are mostly measured against what was
read out: surfaces that no thing explains, tops that do not lie where the thing read out would have them, colours away
from those of their class, a table that is not level. The units are high percentiles of held-out play; one look is
*novel* when an oddity is several units large.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from simulator.base import COLOURS, MOVABLE, Thing
from world_model.outline import outlines_of
from world_model.seeing import STRANGER, Seen
from world_model.views import CONTRAST

ODDITIES = ("unexplained", "unsure", "misshapen", "miscoloured", "tilted")
"""What is measured of a look: cells of surfaces that no thing explains; one less the least confidence of a thing; the
largest mean distance of a cube's or cylinder's top from where it should be (metres); the largest distance of a thing's
colour from its class (its standard deviations); how far the bare table lies from level (metres)."""
RAISED = 0.012
"""A surface this high is no bare table, metres."""
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
COLOUR_SPREAD = 0.03
"""Least standard deviation of a colour's channels, of 1."""


@dataclass(frozen=True)
class Look:
    """One image's cells.

    Attributes:
        points: ``[V, C, 3]`` surface points, metres.
        colours: ``[V, C, 3]`` in [0, 1].
        free: ``[V, C]`` bool, not the tool.
    """

    points: Tensor
    colours: Tensor
    free: Tensor


def look_of(channels: Tensor, points: Tensor, tool: Tensor) -> Look:
    """Return the cells of ``channels [1, V, 5, H, W]`` at ``points [1, V, H/2, W/2, 3]``, the tool at ``tool [P]``."""
    where = points[0].flatten(1, 2)
    colours = (channels[0, :, :3, ::2, ::2] / CONTRAST + 0.5).flatten(2).transpose(1, 2)
    rod = ((where[..., :2] - tool[:2]).norm(dim=-1) < ROD) & (where[..., 2] > tool[2] - MARGIN)
    return Look(where, colours, ~rod)


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


def oddities(seen: Seen, look: Look, palette: Tensor) -> Tensor:
    """Return ``[5]``, the ``ODDITIES`` of one look.

    Args:
        seen: what was discerned in it.
        look: its cells.
        palette: ``[2, 12, 3]`` as ``palette_of`` makes it.
    """
    mine = belonging(look, seen.things, MARGIN) & look.free
    raised = (look.points[..., 2] > RAISED) & look.free
    unexplained = float((raised & ~mine.any(0)).sum())
    solid = [row for row, thing in enumerate(seen.things) if thing.kind in MOVABLE and seen.mass[row] >= STRANGER]
    unsure = max([1.0 - float(seen.confidence[row]) for row in solid], default=0.0)
    bent = max([misfit(seen.things, row, look) for row in solid], default=0.0)
    strange = max([miscoloured(seen.things[row], mine[row], look, palette) for row in solid], default=0.0)
    bare = look.free & ~belonging(look, seen.things, 3 * MARGIN).any(0) & (look.points[..., 2] < RAISED)
    tilt = max(float(look.points[v, bare[v], 2].mean().abs()) if bare[v].any() else RAISED for v in range(len(bare)))
    return torch.tensor([unexplained, unsure, bent, strange, tilt])


def misfit(things: tuple[Thing, ...], row: int, look: Look) -> float:
    """Return how far the overhead view of an uncovered cube or cylinder lies from its flat top on average, metres."""
    thing = things[row]
    covered = any(
        other.position[2] > thing.position[2] + 0.01
        and np.hypot(other.position[0] - thing.position[0], other.position[1] - thing.position[1]) < 0.08
        for other in things
    )
    if thing.kind not in ("cube", "cylinder") or covered:
        return 0.0
    offset = (look.points[0, :, :2] - torch.tensor(thing.position[:2])).norm(dim=-1)
    inner = (offset < 0.8 * min(thing.size[:2]) / 2) & look.free[0]
    return float((look.points[0, inner, 2] - thing.top).abs().mean()) if inner.any() else 0.0


def miscoloured(thing: Thing, mine: Tensor, look: Look, palette: Tensor) -> float:
    """Return how far the upper surfaces of a thing are from the colour read out, in that colour's deviations."""
    upper = mine & ((look.points[..., 2] - thing.top).abs() < MARGIN / 2)
    if not upper.any():
        return 0.0
    row = list(COLOURS).index(thing.colour)
    mean, spread = palette[0][row], palette[1][row]
    return float(((look.colours[upper].median(0).values - mean) / spread).abs().max())


def palette_of(colours: list[Tensor]) -> Tensor:
    """Return ``[2, 12, 3]``: mean and standard deviation of the surface colours ``[X, 3]`` of every class."""
    means = torch.stack([c.mean(0) if len(c) else torch.full((3,), 0.5) for c in colours])
    spreads = torch.stack([c.std(0) if len(c) > 1 else torch.ones(3) for c in colours])
    return torch.stack([means, spreads.clamp(min=COLOUR_SPREAD)])
