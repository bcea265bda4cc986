"""A second, closer look: what a thing is, from the pixels around where it was found, at full resolution.

The encoder's cells are two pixels wide and a 4 cm thing is seven pixels across: enough to say where it is to a few
millimetres, too little to tell a cylinder from a cube. The fovea cuts a patch of fixed metric size around a centre
out of every view and reads kind, colour and outline off it.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from simulator.base import COLOURS, KINDS, Camera
from simulator.pinhole import SAMPLE, axes
from world_model.losses import Labels, mean_where
from world_model.tokens import SIZE_SCALE, as_outline
from world_model.views import HEIGHT

REACH = 0.065
"""Half the width of a patch at the thing's distance, metres."""
DECOY = (0.014, 0.05)
"""Decoys lie this far from a thing's centre at least and at most, metres."""
PATCH = 24
"""Samples along a patch's side; a multiple of 4."""
PLACED = 16
"""Features kept at every place of the patch: where a thing's edges lie says how large it is, pooling forgets it."""


@dataclass(frozen=True)
class Glance:
    """What the fovea reads at each centre.

    Attributes:
        kind: ``[..., 6]`` logits.
        colour: ``[..., 12]`` logits.
        outline: ``[..., 4]`` metres, as ``world_model.outline`` defines it.
        presence: ``[...]`` logit that a thing has its centre there at all.
    """

    kind: Tensor
    colour: Tensor
    outline: Tensor
    presence: Tensor

    def among(self, rows: Tensor) -> Glance:
        """Return the glance at ``rows [N]`` (bool) of the centres alone."""
        return Glance(self.kind[:, rows], self.colour[:, rows], self.outline[:, rows], self.presence[:, rows])


class Fovea(nn.Module):
    """Reads patches of ``[B, V, 5, H, W]`` encoder channels around centres ``[B, N, 3]``.

    Args:
        cameras: the views.
        width: of the convolutions.
    """

    def __init__(self, cameras: tuple[Camera, ...], width: int = 32) -> None:
        super().__init__()
        self.views = len(cameras)
        bases = torch.stack([torch.tensor(axes(camera), dtype=torch.float32) for camera in cameras])
        self.register_buffer("bases", bases, persistent=False)
        self.register_buffer("eyes", torch.tensor([c.eye for c in cameras]), persistent=False)
        halves = torch.tensor([c.fov for c in cameras]).deg2rad().div(2).tan()
        self.register_buffer("halves", halves, persistent=False)
        shifts = [((1 - 2 * SAMPLE[1]) / camera.width, (1 - 2 * SAMPLE[0]) / camera.height) for camera in cameras]
        self.register_buffer("shifts", torch.tensor(shifts), persistent=False)
        self.look = nn.Sequential(
            nn.Conv2d(5, width, 3, padding=1),
            nn.SiLU(),
            nn.Conv2d(width, width, 3, stride=2, padding=1),
            nn.SiLU(),
            nn.Conv2d(width, 2 * width, 3, padding=1),
            nn.SiLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(2 * width, 2 * width, 3, padding=1),
            nn.SiLU(),
        )
        self.place = nn.Conv2d(2 * width, PLACED, 1)
        told = self.views * (2 * 2 * width + PLACED * (PATCH // 4) ** 2)
        self.name = nn.Sequential(nn.Linear(told, 128), nn.SiLU(), nn.Linear(128, 5 + len(KINDS) + len(COLOURS)))

    def forward(self, channels: Tensor, centres: Tensor) -> Glance:
        """Return what is at ``centres [B, N, 3]`` (metres, world frame)."""
        patches = self.patches(channels, centres)
        seen = self.look(patches.flatten(0, 2))
        told = torch.cat([seen.mean((-1, -2)), seen.amax((-1, -2)), self.place(seen).flatten(1)], dim=-1)
        shape, presence, kind, colour = self.name(told.unflatten(0, patches.shape[:3]).flatten(2)).split(
            [4, 1, len(KINDS), len(COLOURS)], dim=-1
        )
        return Glance(kind, colour, as_outline(shape), presence[..., 0])

    def patches(self, channels: Tensor, centres: Tensor) -> Tensor:
        """Return ``[B, N, V, 5, PATCH, PATCH]``; the height channel is relative to the centre's own height."""
        offsets = centres[:, None] - self.get_buffer("eyes")[:, None]
        seen = torch.einsum("bvnx,vax->bvna", offsets, self.get_buffer("bases"))
        scale = seen[..., 2:] * self.get_buffer("halves")[:, None, None]
        middle = seen[..., :2] / scale * torch.tensor([1.0, -1.0]) + self.get_buffer("shifts")[:, None]
        along = torch.linspace(-1, 1, PATCH) * REACH
        grid = torch.stack(torch.meshgrid(along, along, indexing="xy"), dim=-1)
        places = middle[..., None, None, :] + grid / scale[..., None, None]
        batch, views, count = places.shape[:3]
        cut = functional.grid_sample(
            channels.flatten(0, 1), places.flatten(0, 1).flatten(1, 2), align_corners=False, padding_mode="border"
        )
        cut = cut.unflatten(0, (batch, views)).unflatten(3, (count, PATCH)).permute(0, 3, 1, 2, 4, 5)
        height = cut[:, :, :, 3:4] - (centres[..., 2] / HEIGHT)[:, :, None, None, None, None]
        return torch.cat([cut[:, :, :, :3], height, cut[:, :, :, 4:]], dim=3)


def decoys(labels: Labels, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return centres ``[B, N, 3]`` near things where no thing has its centre, and where they are such, ``[B, N]``."""
    shape = labels.position.shape
    angle = 2 * torch.pi * torch.rand(shape[:2], generator=generator)
    reach = DECOY[0] + (DECOY[1] - DECOY[0]) * torch.rand(shape[:2], generator=generator)
    height = 0.02 * torch.randn(shape[:2], generator=generator)
    centres = labels.position + torch.stack([reach * angle.cos(), reach * angle.sin(), height], dim=-1)
    gaps = (centres[:, :, None] - labels.position[:, None]).norm(dim=-1)
    gaps = gaps.masked_fill((labels.kind < 0)[:, None], torch.inf)
    return centres, (gaps.amin(-1) > DECOY[0]) & (labels.kind >= 0)


def glance_loss(glance: Glance, labels: Labels, nothing: tuple[Tensor, Tensor]) -> Tensor:
    """Return the loss of a glance at things and at decoys.

    Cross-entropy of kind and colour of what is seen, outline in decimetres of what is seen standing, and presence.

    Args:
        glance: at the things.
        labels: of the things.
        nothing: presence logits of decoys ``[B, N]`` and where they count.
    """
    seen = labels.seen
    there = functional.binary_cross_entropy_with_logits(glance.presence, torch.ones_like(nothing[0]), reduction="none")
    none = functional.binary_cross_entropy_with_logits(nothing[0], torch.zeros_like(nothing[0]), reduction="none")
    classes = functional.cross_entropy(glance.kind[seen], labels.kind[seen])
    classes = classes + 0.5 * functional.cross_entropy(glance.colour[seen], labels.colour[seen])
    gap = ((glance.outline - labels.outline) / SIZE_SCALE).abs().sum(-1)
    return classes + 2 * mean_where(gap, labels.standing) + mean_where(there, seen) + mean_where(none, nothing[1])
