"""Things to tokens and back: a token carries where a thing is and what it is, and read-outs decode both.

The position enters a token linearly and leaves it linearly plus a small correction, so that moving a thing is
(nearly) adding a vector, imagined or seen (EVIDENCE 4b: keypoint + height + pooled appearance).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from simulator.base import COLOURS, KINDS
from world_model.encoder import Votes

POSITION_SCALE = 0.1
"""Metres per unit of a position inside the networks."""
SIZE_SCALE = 0.1
"""Metres per unit of a size inside the networks."""


@dataclass(frozen=True)
class ReadOut:
    """What tokens ``[..., D]`` say of their things.

    Attributes:
        position: ``[..., 3]`` centre, metres.
        outline: ``[..., 4]`` metres, as ``world_model.outline`` defines it.
        kind: ``[..., 6]`` logits.
        colour: ``[..., 12]`` logits.
    """

    position: Tensor
    outline: Tensor
    kind: Tensor
    colour: Tensor


def pool(values: Tensor, members: Tensor) -> Tensor:
    """Return the weighted means ``[B, N, X]`` of cell ``values [B, C, X]`` over ``members [B, N, C]``."""
    return (members / members.sum(-1, keepdim=True).clamp(min=1e-6)) @ values


class TokenHead(nn.Module):
    """Pools a thing's cells into its token: features, centre, the spread of its surface, what its cells say it is.

    Args:
        features: width ``F`` of the cell features.
        width: token width ``D``.
    """

    def __init__(self, features: int, width: int) -> None:
        super().__init__()
        self.parts = [features, 3, 3, 4, len(KINDS), len(COLOURS)]
        self.norm = nn.LayerNorm(features)
        self.place = nn.Linear(3, width)
        self.look = nn.Sequential(
            nn.Linear(features + 3 + 3 + 4 + len(KINDS) + len(COLOURS) + 2, 96), nn.SiLU(), nn.Linear(96, width)
        )

    def forward(self, votes: Votes, members: Tensor) -> Tensor:
        """Return tokens ``[B, N, D]`` of the things whose cells have weights ``members [B, N, C]``."""
        surface = votes.points / POSITION_SCALE
        skew = surface[..., :1] * surface[..., 1:2]
        moments = torch.cat([surface.square(), skew], dim=-1)
        cells = [votes.features, votes.centres / POSITION_SCALE, surface, moments, votes.kind, votes.colour]
        features, centre, mean, square, kind, colour = pool(torch.cat(cells, -1), members).split(self.parts, dim=-1)
        wide = (square[..., :3] - mean.square()).clamp(min=1e-6).sqrt()
        slant = (square[..., 3:] - mean[..., :1] * mean[..., 1:2]) / (wide[..., :1] * wide[..., 1:2] + 1e-3)
        spread = torch.cat([wide, slant], dim=-1)
        views = torch.log1p(members.unflatten(-1, (2, -1)).sum(-1)) / 4
        natures = [kind.softmax(-1), colour.softmax(-1)]
        described = torch.cat([self.norm(features), centre, mean - centre, spread, *natures, views], dim=-1)
        return self.place(centre) + self.look(described)


class ReadOuts(nn.Module):
    """Decodes tokens, encoded or imagined.

    Args:
        width: token width ``D``.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.position = nn.Linear(width, 3)
        self.correction = nn.Sequential(nn.Linear(width, 64), nn.SiLU(), nn.Linear(64, 3))
        self.nature = nn.Sequential(nn.Linear(width, 64), nn.SiLU(), nn.Linear(64, 4 + len(KINDS) + len(COLOURS)))

    def where(self, tokens: Tensor) -> Tensor:
        """Return positions ``[..., 3]`` in metres; all that search needs."""
        return (self.position(tokens) + self.correction(tokens)) * POSITION_SCALE

    def forward(self, tokens: Tensor) -> ReadOut:
        """Decode tokens ``[..., D]``."""
        shape, kind, colour = self.nature(tokens).split([4, len(KINDS), len(COLOURS)], dim=-1)
        return ReadOut(self.where(tokens), as_outline(shape), kind, colour)


def as_outline(raw: Tensor) -> Tensor:
    """Return outlines ``[..., 4]`` in metres from a network's outputs: extents are positive, the skew is not bound."""
    return torch.cat([nn.functional.softplus(raw[..., :3]), raw[..., 3:]], dim=-1) * SIZE_SCALE
