"""Phase 2 of training: the encoder is frozen, its tokens cached, and each predictor is rolled out over several steps.

Level 1 is rolled over blocks that were filmed throughout, level 2 over manipulations that follow each other; the
proposals learn from every block, filmed or not. The three do not depend on each other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from simulator.base import KINDS
from world_model.batches import Film, Rows, actions, aims, frames, image_rows, manipulation
from world_model.data import Play
from world_model.losses import CENTIMETRE, UPRIGHT, fate_loss, gate_loss, pose_loss, token_loss
from world_model.model import LatentState, WorldModel
from world_model.outline import outline
from world_model.proposals import Aim
from world_model.train_encoder import JEPA_WEIGHT

POSE_BLUR = 0.003
"""Standard deviation of the noise on a thing's position in the proposals' training, metres: perception's own error."""
FATE_WEIGHT = 0.5
TOPPLED = 0.8
"""Cosine of a thing's own z axis with the world's below which it has toppled."""
ASTRAY = 0.025
"""A thing this far from where it stood, or was to be put, has strayed, metres."""


@dataclass(frozen=True)
class Cache:
    """Tokens of every image, ``[F, N, D]``, and which things are seen in it, ``[F, N]``."""

    tokens: Tensor
    seen: Tensor

    @classmethod
    def empty(cls) -> Cache:
        """Return a cache for what needs no tokens."""
        return cls(torch.zeros(0), torch.zeros(0, dtype=torch.bool))

    def of(self, play: Play, rows: Rows) -> tuple[Tensor, Tensor]:
        """Return the tokens and what is seen of states ``rows``."""
        index = torch.from_numpy(np.asarray(play["image"][rows], dtype=np.int64))
        return self.tokens[index], self.seen[index]


@torch.no_grad()
def encode_all(model: WorldModel, film: Film, batch: int = 32) -> Cache:
    """Encode every image once, with the cells of each thing given by the labels."""
    rows, things = image_rows(film.play), film.play["position"].shape[1]
    tokens = torch.zeros(len(rows), things, model.config.width)
    seen = torch.zeros(len(rows), things, dtype=torch.bool)
    for start in range(0, len(rows), batch):
        part = frames(film, rows[start : start + batch], mirror=False, jitter=None)
        votes = model.encoder(part.channels, part.points)
        encoded = model.head(votes, part.labels.members * votes.weight[:, None])
        tokens[start : start + batch, : encoded.shape[1]] = encoded
        seen[start : start + batch, : encoded.shape[1]] = part.labels.seen
    return Cache(tokens, seen)


def consecutive(play: Play, length: int) -> Rows:
    """Return ``[J, length + 1]`` rows of the states around ``length`` manipulations played one after the other."""
    pairs = play.manipulations()
    image = np.asarray(play["image"])
    chains = pairs[: len(pairs) - length + 1, :1]
    good = np.ones(len(chains), dtype=bool)
    columns = [pairs[: len(chains), 0]]
    for k in range(length):
        link = pairs[k : k + len(chains)]
        good &= image[link[:, 0]] == image[columns[-1]]
        columns.append(link[:, 1])
    return np.stack(columns, axis=1)[good]


def following(play: Play, rows: Rows) -> Rows:
    """Return for closing states the row that opens the next manipulation (the same moment, other columns)."""
    return np.minimum(rows + 1, len(play["image"]) - 1)


def start_state(play: Play, cache: Cache, rows: Rows) -> LatentState:
    """Return the encoded states ``rows`` to imagine from."""
    tokens, seen = cache.of(play, rows)
    size = torch.from_numpy(play.of_episode("size", rows).astype(np.float32))
    return LatentState.of(tokens, outline(size, play.floats("yaw", rows)), play.floats("proprioception", rows), seen)


def level1_loss(
    model: WorldModel, play: Play, cache: Cache, rows: Rows, length: int
) -> tuple[Tensor, dict[str, float]]:
    """Roll level 1 over ``length`` blocks from states ``rows [B]`` and compare every step."""
    state, total, seal_total = start_state(play, cache, rows), torch.zeros(()), torch.zeros(())
    for k in range(length):
        before, after = rows + k, rows + k + 1
        block = actions(play, before)
        tip = play.floats("proprioception", before)[:, :3]
        state, gate, seal = model.after_block(state, block)
        truth = play.floats("proprioception", after)
        carried = truth[:, :3] - tip
        total = total + step_loss(model, play, cache, (before, after), (state, gate, carried))
        total = total + FATE_WEIGHT * toppling_loss(play, (before, after), state)
        seal_total = seal_total + functional.binary_cross_entropy_with_logits(seal, truth[:, 4])
    return (total + 0.3 * seal_total) / length, {
        "level1": float(total.detach()) / length,
        "seal": float(seal_total.detach()) / length,
    }


def level2_loss(model: WorldModel, play: Play, cache: Cache, chain: Rows) -> tuple[Tensor, dict[str, float]]:
    """Roll level 2 over the manipulations between states ``chain [B, L + 1]`` and compare every step."""
    opening = chain[:, 0]
    state, total = start_state(play, cache, opening), torch.zeros(())
    for k in range(chain.shape[1] - 1):
        leap = manipulation(play, opening)
        state, gate = model.after_manipulation(state, leap)
        carried = leap[:, 4:7] - leap[:, 1:4]
        total = total + step_loss(model, play, cache, (opening, chain[:, k + 1]), (state, gate, carried))
        truth, known = fates(play, opening, chain[:, k + 1])
        total = total + FATE_WEIGHT * fate_loss(state.fate, truth, known & state.present[..., None])
        opening = following(play, chain[:, k + 1])
    total = total / (chain.shape[1] - 1)
    return total, {"level2": float(total.detach())}


def fates(play: Play, opening: Rows, closing: Rows) -> tuple[Tensor, Tensor]:
    """Return what befell each thing during a manipulation, ``[B, N, 2]`` bool, and where that is known.

    A thing topples when it stood before and lies after; it strays when it ends away from where it stood, the thing
    the manipulation is about when it ends away from its target. Balls cannot topple.
    """
    kind = torch.from_numpy(play.of_episode("kind", opening).astype(np.int64))
    stood, stands = play.floats("upright", opening) > UPRIGHT, play.floats("upright", closing) > TOPPLED
    toppled, strayed = stood & ~stands, (play.floats("position", closing) - meant(play, opening)).norm(dim=-1) > ASTRAY
    solid = (kind >= 0) & (kind != KINDS.index("ball"))
    return torch.stack([toppled, strayed], -1), torch.stack([stood & solid, kind >= 0], -1)


def meant(play: Play, opening: Rows) -> Tensor:
    """Return where each thing should be after the manipulations begun in states ``opening``, ``[B, N, 3]`` metres."""
    places = play.floats("position", opening)
    about = torch.from_numpy(play["intent"][opening, 1].astype(np.int64))
    places[torch.arange(len(opening)), about] = play.floats("intent", opening)[:, 2:5]
    return places


def toppling_loss(play: Play, rows: tuple[Rows, Rows], state: LatentState) -> Tensor:
    """Return the loss of the fate that a block can decide: what toppled between states ``rows``."""
    truth, known = fates(play, *rows)
    mask = known & state.present[..., None]
    mask[..., 1] = False
    return fate_loss(state.fate, truth, mask)


def step_loss(
    model: WorldModel, play: Play, cache: Cache, rows: tuple[Rows, Rows], imagined: tuple[LatentState, Tensor, Tensor]
) -> Tensor:
    """Token, pose and gate loss of one imagined step from states ``rows[0]`` to ``rows[1]``.

    Moving things count thrice.
    """
    state, gate, carried = imagined
    truth, seen = cache.of(play, rows[1])
    mask = seen & state.present
    start, end = play.floats("position", rows[0]), play.floats("position", rows[1])
    moving = mask & ((end - start).norm(dim=-1) > CENTIMETRE / 2)
    where = model.readouts.where(state.tokens)
    return (
        JEPA_WEIGHT * (token_loss(state.tokens, truth, mask) + 0.5 * token_loss(state.tokens, truth, moving))
        + pose_loss(where, end, mask)
        + 0.5 * pose_loss(where, end, moving)
        + 0.3 * gate_loss(gate, start, end, carried, mask)
    )


def proposal_loss(
    model: WorldModel, play: Play, rows: Rows, generator: torch.Generator, *, mirror: bool
) -> tuple[Tensor, dict[str, float]]:
    """Return the likelihood loss of the blocks the script intended in states ``rows``."""
    aim = aims(play, rows, mirror=mirror)
    blur = POSE_BLUR * torch.randn(aim.thing.shape, generator=generator)
    seen = Aim(aim.thing + blur, aim.size, aim.target, aim.clearance, aim.push)
    tool = play.floats("proprioception", rows)
    tool = torch.cat([tool[:, :1], tool[:, 1:2] * (-1 if mirror else 1), tool[:, 2:]], dim=-1)
    loss = model.proposals.negative_log_likelihood(tool, seen, actions(play, rows, name="intended", mirror=mirror))
    return loss.mean(), {"nll": float(loss.mean().detach())}
