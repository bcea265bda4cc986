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
        size: ``[..., 3]`` extents, metres.
        kind: ``[..., 6]`` logits.
        colour: ``[..., 12]`` logits.
    """

    position: Tensor
    size: Tensor
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
        self.parts = [features, 3, 3, 3, len(KINDS), len(COLOURS)]
        self.norm = nn.LayerNorm(features)
        self.place = nn.Linear(3, width)
        self.look = nn.Sequential(
            nn.Linear(features + 3 + 3 + 3 + len(KINDS) + len(COLOURS) + 2, 96), nn.SiLU(), nn.Linear(96, width)
        )

    def forward(self, votes: Votes, members: Tensor) -> Tensor:
        """Return tokens ``[B, N, D]`` of the things whose cells have weights ``members [B, N, C]``."""
        surface = votes.points / POSITION_SCALE
        cells = [votes.features, votes.centres / POSITION_SCALE, surface, surface.square(), votes.kind, votes.colour]
        features, centre, mean, square, kind, colour = pool(torch.cat(cells, -1), members).split(self.parts, dim=-1)
        spread = (square - mean.square()).clamp(min=1e-6).sqrt()
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
        self.nature = nn.Sequential(nn.Linear(width, 64), nn.SiLU(), nn.Linear(64, 3 + len(KINDS) + len(COLOURS)))

    def where(self, tokens: Tensor) -> Tensor:
        """Return positions ``[..., 3]`` in metres; all that search needs."""
        return (self.position(tokens) + self.correction(tokens)) * POSITION_SCALE

    def forward(self, tokens: Tensor) -> ReadOut:
        """Decode tokens ``[..., D]``."""
        size, kind, colour = self.nature(tokens).split([3, len(KINDS), len(COLOURS)], dim=-1)
        return ReadOut(self.where(tokens), nn.functional.softplus(size) * SIZE_SCALE, kind, colour)
