"""Pixels to votes: every image cell says what kind of thing it shows, how surely, and where that thing's centre lies.

A small convolutional network shared by all views (EVIDENCE 2: a conv encoder with key points keeps what planning
needs; a global latent loses it). Votes are metric, so cells of different views that show one thing agree on one point
in the world, and things behind, on or under each other stay apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from simulator.base import COLOURS, KINDS

OFFSET_SCALE = 0.05
"""Metres per unit of a vote's offset."""


@dataclass(frozen=True)
class Votes:
    """What the cells of all views say; ``C`` cells are the views' half-resolution grids, flattened.

    Attributes:
        features: ``[B, C, F]``.
        points: ``[B, C, 3]`` surface point seen in the cell, metres.
        centres: ``[B, C, 3]`` where the thing's centre is thought to be, metres.
        scale: ``[B, C]`` Laplace scale of the vote, metres.
        presence: ``[B, C]`` logit that the cell shows a thing at all.
        kind: ``[B, C, 6]`` logits.
        colour: ``[B, C, 12]`` logits.
    """

    features: Tensor
    points: Tensor
    centres: Tensor
    scale: Tensor
    presence: Tensor
    kind: Tensor
    colour: Tensor

    @property
    def weight(self) -> Tensor:
        """``[B, C]``: presence over the vote's scale, the precision with which a cell counts."""
        return torch.sigmoid(self.presence) / (self.scale / 0.01 + 0.1)


class Residual(nn.Module):
    """Two 3x3 convolutions beside a skip, the second dilated so that a cell sees the whole of a tray."""

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.GroupNorm(8, width),
            nn.SiLU(),
            nn.Conv2d(width, width, 3, padding=1),
            nn.GroupNorm(8, width),
            nn.SiLU(),
            nn.Conv2d(width, width, 3, padding=dilation, dilation=dilation),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return ``x + f(x)``, ``[B, width, H, W]``."""
        return x + self.body(x)


class PixelEncoder(nn.Module):
    """Channels ``[B, V, 5, H, W]`` to ``Votes`` on grids of half the resolution.

    Args:
        stem: width at half resolution.
        width: width at quarter resolution, and of the cell features ``F``.
        depth: residual blocks at quarter resolution.
    """

    def __init__(self, stem: int, width: int, depth: int) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(5, stem, 4, stride=2, padding=1),
            nn.GroupNorm(8, stem),
            nn.SiLU(),
            nn.Conv2d(stem, stem, 3, padding=1),
            nn.GroupNorm(8, stem),
            nn.SiLU(),
        )
        self.down = nn.Conv2d(stem, width, 3, stride=2, padding=1)
        self.trunk = nn.Sequential(*(Residual(width, 1 + 2 * (k % 2)) for k in range(depth)))
        self.merge = nn.Sequential(nn.Conv2d(stem + width, width, 1), nn.GroupNorm(8, width), nn.SiLU())
        self.heads = nn.Conv2d(width, 3 + 1 + 1 + len(KINDS) + len(COLOURS), 1)

    def forward(self, channels: Tensor, points: Tensor) -> Votes:
        """Return the votes of ``channels [B, V, 5, H, W]`` whose cells lie at ``points [B, V, H/2, W/2, 3]`` metres."""
        batch, views = channels.shape[:2]
        fine = self.stem(channels.flatten(0, 1))
        coarse = self.trunk(self.down(fine))
        merged = self.merge(torch.cat([fine, functional.interpolate(coarse, scale_factor=2.0)], dim=1))
        cells = torch.cat([self.heads(merged), merged], dim=1)
        cells = cells.unflatten(0, (batch, views)).movedim(2, -1).flatten(1, 3)
        offset, scale, presence, kind, colour, features = cells.split(
            [3, 1, 1, len(KINDS), len(COLOURS), merged.shape[1]], dim=-1
        )
        surface = points.flatten(1, 3)
        return Votes(
            features=features,
            points=surface,
            centres=surface + offset * OFFSET_SCALE,
            scale=0.001 + 0.05 * torch.sigmoid(scale[..., 0] - 2.0),
            presence=presence[..., 0],
            kind=kind,
            colour=colour,
        )
