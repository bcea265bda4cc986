"""Phase 1 of training: the encoder, its read-outs and both predictors together, from pixels.

Pairs of states, half of them a manipulation apart (level 2) and half a block apart (level 1), are encoded; each
predictor predicts the second token from the first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from world_model.batches import Film, Frames, Rows, actions, frames, manipulation
from world_model.data import Play
from world_model.encoder import Votes
from world_model.losses import Labels, drop_cells, gate_loss, pose_loss, read_out_loss, token_loss, vote_loss
from world_model.model import LatentState, WorldModel
from world_model.sigreg import sigreg

JEPA_WEIGHT = 2.0
IMAGINATION_WEIGHT = 0.3
"""Of both predictors' losses while the encoder learns; phase 2 trains them on their own."""
SIGREG_WEIGHT = 0.02
"""EVIDENCE 4b: enough with grounding labels, costs about 1 mm of pose."""


@dataclass(frozen=True)
class Pairs:
    """Rows of states that follow each other: ``[J, 2]`` by a manipulation, ``[I, 2]`` by a block."""

    manipulations: Rows
    blocks: Rows


def training_pairs(play: Play, *, held_out: bool) -> Pairs:
    """Return the pairs of the training episodes, or of the held-out ones."""
    apart = play.held_out()
    first = play.blocks(1, filmed=True)
    blocks = np.stack([first, first + 1], axis=1)
    manipulations = play.manipulations()
    return Pairs(manipulations[apart[manipulations[:, 0]] == held_out], blocks[apart[blocks[:, 0]] == held_out])


def encode(model: WorldModel, batch: Frames, members: Tensor) -> tuple[Votes, Tensor]:
    """Return the votes of ``batch`` and the tokens ``[B, N, D]`` of the things in the cells ``members`` (bool)."""
    votes = model.encoder(batch.channels, batch.points)
    return votes, model.head(votes, members * votes.weight[:, None])


def state_of(tokens: Tensor, batch: Frames, rows: slice, present: Tensor, generator: torch.Generator) -> LatentState:
    """Return part of a batch as states to imagine from; outlines are blurred by a millimetre, as read-outs are."""
    size = batch.labels.outline[rows]
    blurred = size + 0.001 * torch.randn(size.shape, generator=generator)
    return LatentState.of(tokens[rows], blurred, batch.tool[rows], present)


def encoder_loss(
    model: WorldModel, film: Film, pairs: tuple[Rows, Rows], generator: torch.Generator, *, mirror: bool
) -> tuple[Tensor, dict[str, float]]:
    """Return the loss of a batch of manipulation and block pairs, ``[J, 2]`` and ``[I, 2]``, and its parts."""
    (far, near), play = pairs, film.play
    rows = np.concatenate([far[:, 0], near[:, 0], far[:, 1], near[:, 1]])
    batch = frames(film, rows, mirror=mirror, jitter=generator)
    members = drop_cells(batch.labels.members, generator)
    votes, tokens = encode(model, batch, members)
    labels, half, split = batch.labels, len(rows) // 2, len(far)
    seen = labels.seen
    both = seen[:half] & seen[half:]
    parts = {
        "votes": vote_loss(votes, labels),
        "read": read_out_loss(model.readouts(tokens), labels, seen),
        "sigreg": SIGREG_WEIGHT * sigreg(tokens[seen], generator),
    }
    leaps = manipulation(play, far[:, 0], mirror=mirror)
    begin = state_of(tokens, batch, slice(0, split), seen[:split], generator)
    later, gate = model.after_manipulation(begin, leaps)
    parts["level2"] = IMAGINATION_WEIGHT * imagination_loss(
        model, (later.tokens, gate), leaps[:, 4:7] - leaps[:, 1:4], (tokens, labels), (slice(0, split), half, both)
    )
    blocks = actions(play, near[:, 0], mirror=mirror)
    begin = state_of(tokens, batch, slice(split, half), seen[split:half], generator)
    later, gate, seal = model.after_block(begin, blocks)
    parts["level1"] = IMAGINATION_WEIGHT * imagination_loss(
        model,
        (later.tokens, gate),
        later.tool[:, :3] - begin.tool[:, :3],
        (tokens, labels),
        (slice(split, half), half, both),
    )
    sealed = batch.tool[half + split :, 4]
    parts["seal"] = 0.2 * torch.nn.functional.binary_cross_entropy_with_logits(seal, sealed)
    loss = torch.stack(list(parts.values())).sum()
    return loss, {name: float(part.detach()) for name, part in parts.items()}


def imagination_loss(
    model: WorldModel,
    imagined: tuple[Tensor, Tensor],
    carried: Tensor,
    real: tuple[Tensor, Labels],
    where: tuple[slice, int, Tensor],
) -> Tensor:
    """Token, pose and gate loss of imagined tokens.

    Args:
        model: for its read-outs.
        imagined: tokens ``[B, N, D]`` and gate logits ``[B, N]``.
        carried: ``[B, 3]`` displacement the action asks for, metres.
        real: all encoded tokens and labels of the batch; the first half are the states before.
        where: rows of these pairs among the states before, the number of those, and where things are seen both times.
    """
    (predicted, gate), (tokens, labels), (rows, half, both) = imagined, real, where
    after = slice(rows.start + half, rows.stop + half)
    mask = both[rows]
    return (
        JEPA_WEIGHT * token_loss(predicted, tokens[after], mask)
        + pose_loss(model.readouts.where(predicted), labels.position[after], mask)
        + 0.5 * gate_loss(gate, labels.position[rows], labels.position[after], carried, mask)
    )
