"""What the encoder, the read-outs and the predictors are trained for.

The joint-embedding loss compares predicted tokens with the same encoder's tokens of what came next, gradient through
both (no pixel is reconstructed); SIGReg keeps the tokens from collapsing; simulator labels ground the read-outs, of
encoded and of imagined tokens alike (EVIDENCE 3 and 4b).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from world_model.encoder import OFFSET_SCALE, Votes
from world_model.tokens import SIZE_SCALE, ReadOut

CENTIMETRE = 0.01
KIND_WEIGHT = torch.tensor([1.0, 2.5, 2.5, 1.0, 1.0, 1.0])
"""Cubes outnumber cylinders and balls in play, and a few pixels tell them apart."""
UPRIGHT = 0.95
"""Cosine from which a thing counts as standing."""
SEEN = 3
"""A thing is seen in an image pair when at least this many cells show it."""


@dataclass(frozen=True)
class Labels:
    """Labels of a batch of states.

    Attributes:
        members: ``[B, N, C]`` bool, which cell shows which thing.
        owner: ``[B, C]`` row of the thing a cell shows; meaningless where it shows none.
        position: ``[B, N, 3]`` metres.
        outline: ``[B, N, 4]`` metres, as ``world_model.outline`` defines it; of things on their side meaningless.
        upright: ``[B, N]`` cosine between the thing's own z axis and the world's.
        kind, colour: ``[B, N]`` class rows, -1 where there is no thing.
    """

    members: Tensor
    owner: Tensor
    position: Tensor
    outline: Tensor
    upright: Tensor
    kind: Tensor
    colour: Tensor

    @property
    def seen(self) -> Tensor:
        """``[B, N]`` bool."""
        return (self.members.sum(-1) >= SEEN) & (self.kind >= 0)

    @property
    def standing(self) -> Tensor:
        """``[B, N]`` bool: seen and upright, so that its outline is known."""
        return self.seen & (self.upright > UPRIGHT)


def mean_where(values: Tensor, mask: Tensor) -> Tensor:
    """Return the mean of ``values`` where ``mask``; 0 when it is nowhere true."""
    return (values * mask).sum() / mask.sum().clamp(min=1)


def vote_loss(votes: Votes, labels: Labels) -> Tensor:
    """Presence of every cell; centre votes, kind and colour of those that show a thing.

    The votes' Laplace likelihood is weighted by its own scale (beta-NLL, Seitzer et al., "On the Pitfalls of
    Heteroscedastic Uncertainty Estimation", 2022), so that classes are heard; not isolated.
    """
    owned, owner = labels.members.any(1), labels.owner
    presence = functional.binary_cross_entropy_with_logits(votes.presence, owned.float())
    frame = torch.arange(len(owner))[:, None].expand_as(owner)[owned]
    thing = owner[owned]
    cells = labels.members.sum(-1)[frame, thing].clamp(min=1)
    distance = (votes.centres[owned] - labels.position[frame, thing]).abs().sum(-1)
    scale = votes.scale[owned]
    likelihood = (distance / scale + 3 * (scale / OFFSET_SCALE).log()) * scale.detach() / OFFSET_SCALE
    kind = functional.cross_entropy(votes.kind[owned], labels.kind[frame, thing], KIND_WEIGHT, reduction="none")
    colour = functional.cross_entropy(votes.colour[owned], labels.colour[frame, thing], reduction="none")
    balance = cells.rsqrt()
    return 2.0 * presence + ((likelihood + kind + colour) * balance).sum() / balance.sum().clamp(min=1)


def read_out_loss(read: ReadOut, labels: Labels, mask: Tensor) -> Tensor:
    """Pose (centimetres, smooth L1), outline, kind and colour of the things where ``mask [B, N]``."""
    nature = functional.cross_entropy(read.kind.movedim(-1, 1), labels.kind.clamp(min=0), KIND_WEIGHT, reduction="none")
    nature = nature + functional.cross_entropy(read.colour.movedim(-1, 1), labels.colour.clamp(min=0), reduction="none")
    outline = mean_where(((read.outline - labels.outline) / SIZE_SCALE).abs().sum(-1), mask & labels.standing)
    return 0.5 * pose_loss(read.position, labels.position, mask) + mean_where(nature, mask) + outline


def pose_loss(position: Tensor, truth: Tensor, mask: Tensor) -> Tensor:
    """Smooth L1 of positions in centimetres where ``mask``."""
    distance = functional.smooth_l1_loss(position / CENTIMETRE, truth / CENTIMETRE, reduction="none", beta=0.5).sum(-1)
    return mean_where(distance.clamp(max=20.0), mask)


def token_loss(predicted: Tensor, encoded: Tensor, mask: Tensor) -> Tensor:
    """The joint-embedding loss: mean squared distance of tokens ``[B, N, D]`` where ``mask [B, N]``."""
    return mean_where((predicted - encoded).square().mean(-1), mask)


def gate_loss(gate: Tensor, start: Tensor, end: Tensor, carried: Tensor, mask: Tensor) -> Tensor:
    """Cross-entropy of the gate ``[B, N]``: did the thing go along, from ``start`` to ``end`` ``[B, N, 3]``?"""
    moved = (end - start).norm(dim=-1)
    along = carried.norm(dim=-1, keepdim=True)
    with_it = (((end - start) - carried[:, None]).norm(dim=-1) < 0.35 * along) & (along > 0.015)
    decided = mask & ((moved < 0.005) | with_it) & (along > 0.015)
    return mean_where(functional.binary_cross_entropy_with_logits(gate, with_it.float(), reduction="none"), decided)


def fate_loss(fate: Tensor, truth: Tensor, mask: Tensor) -> Tensor:
    """Cross-entropy of the fates ``[B, N, 2]``, toppled and strayed, with ``truth`` (bool) where ``mask``."""
    return mean_where(functional.binary_cross_entropy_with_logits(fate, truth.float(), reduction="none"), mask)


def drop_cells(members: Tensor, generator: torch.Generator) -> Tensor:
    """Forget some cells of each thing, sometimes a whole view, so that a half-hidden thing still makes a good token."""
    kept = torch.rand(members.shape, generator=generator) > 0.5 * torch.rand(
        (*members.shape[:2], 1), generator=generator
    )
    views = members.unflatten(-1, (2, -1))
    blind = torch.rand((*members.shape[:2], 2, 1), generator=generator) < 0.1
    both = blind.all(2, keepdim=True)
    views = views & (~blind | both)
    dropped = views.flatten(-2) & kept
    return torch.where((dropped.sum(-1) >= SEEN)[..., None], dropped, members)
