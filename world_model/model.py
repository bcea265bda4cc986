"""The world model: one latent space, perceived through an encoder and imagined at two time scales.

Level 1 imagines a block of ``K`` = 3 control steps, level 2 a whole manipulation. Both act on the same object tokens,
so a state that level 2 imagines is a way-point that level 1 can be steered to. A manipulation is ``[M]`` = (push
flag, start x, y, z, target x, y, z, clearance), metres.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from torch import Tensor, nn

from simulator.base import COLOURS, MAX_STEP, TOOL_CEILING, Camera, FloatArray
from world_model.base import Belief, Imagined
from world_model.encoder import PixelEncoder, Votes
from world_model.fovea import Fovea
from world_model.outline import outlines_of
from world_model.predictor import FATES, TokenPredictor
from world_model.proposals import ProposalPolicy
from world_model.tokens import POSITION_SCALE, ReadOuts, TokenHead
from world_model.views import Geometry

TOOL_REACH = 0.27
"""Largest |x| and |y| of the tool tip, metres."""
TOOL_FLOOR = 0.004
"""Lowest tool tip, metres."""
CORRECTIONS = 5
"""Steps in which a token is moved to another position; each leaves about a third of the error of the last."""
UNTOUCHED = -8.0
"""Logit of the fate of things before anything is done."""


@dataclass(frozen=True)
class ModelConfig:
    """Architecture, stored in the checkpoint's card.

    Attributes:
        cameras: the views the encoder was trained on.
        width: token width ``D``.
        stem, trunk, depth: of the pixel encoder.
        hidden: width of the predictors.
    """

    cameras: tuple[Camera, ...]
    width: int = 48
    stem: int = 32
    trunk: int = 48
    depth: int = 2
    hidden: int = 64


@dataclass(frozen=True)
class LatentState:
    """A batch of states to imagine from.

    Attributes:
        tokens: ``[B, N, D]``.
        size: ``[B, N, 4]`` outlines (``world_model.outline``; the third entry is the height), metres, constant while
            imagining.
        tool: ``[B, P]`` proprioception.
        present: ``[B, N]`` bool.
        fate: ``[B, N, 2]`` logits that the last imagined action toppled a thing, and that it made it stray.
    """

    tokens: Tensor
    size: Tensor
    tool: Tensor
    present: Tensor
    fate: Tensor

    @classmethod
    def of(cls, tokens: Tensor, size: Tensor, tool: Tensor, present: Tensor) -> LatentState:
        """Return a state nothing has befallen yet."""
        return cls(tokens, size, tool, present, tokens.new_full((*tokens.shape[:2], FATES), UNTOUCHED))

    def repeat(self, count: int) -> LatentState:
        """Return the single state of this batch (``B`` = 1) ``count`` times, without copying."""
        return LatentState(
            *(x.expand(count, *x.shape[1:]) for x in (self.tokens, self.size, self.tool, self.present, self.fate))
        )

    def row(self, index: int) -> LatentState:
        """Return one state of the batch, a batch of one."""
        part = slice(index, index + 1)
        return LatentState(self.tokens[part], self.size[part], self.tool[part], self.present[part], self.fate[part])

    def at(self, rows: Tensor) -> LatentState:
        """Return the states ``rows [S]`` of the batch."""
        return LatentState(*(part[rows] for part in vars(self).values()))


@dataclass(frozen=True)
class Lead:
    """Displacements that some rows of a batch take whatever is proposed; the suction stays as proposed.

    Attributes:
        rows: ``[B]`` bool, those that are led.
        moves: ``[B, K, 3]`` metres.
    """

    rows: Tensor
    moves: Tensor


@dataclass(frozen=True)
class Stride:
    """A block of control steps as proposed, and where it is imagined to lead.

    Attributes:
        block: ``[B, K, A]`` metres and suction.
        state: afterwards.
        positions: ``[B, N, 3]`` decoded from it, metres.
    """

    block: Tensor
    state: LatentState
    positions: Tensor


def stacked(states: list[LatentState]) -> LatentState:
    """Return the batches of states one after the other."""
    return LatentState(
        torch.cat([s.tokens for s in states]),
        torch.cat([s.size for s in states]),
        torch.cat([s.tool for s in states]),
        torch.cat([s.present for s in states]),
        torch.cat([s.fate for s in states]),
    )


class WorldModel(nn.Module):
    """Encoder, token head, read-outs, fovea, the two predictors and the level-1 proposals.

    Args:
        config: the architecture.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.geometry = Geometry(config.cameras)
        self.encoder = PixelEncoder(config.stem, config.trunk, config.depth)
        self.head = TokenHead(config.trunk, config.width)
        self.readouts = ReadOuts(config.width)
        self.level1 = TokenPredictor(config.width, 15, hidden=config.hidden)
        self.level2 = TokenPredictor(config.width, 2, hidden=config.hidden)
        self.fovea = Fovea(config.cameras)
        self.proposals = ProposalPolicy()
        self.register_buffer("typical_error", torch.ones(2))
        """99th percentile over held-out manipulations of what each level errs by at most: the units of surprise."""
        self.register_buffer("palette", torch.ones(len(COLOURS), 3))
        """Mean surface colour of every class, in [0, 1]."""
        self.register_buffer("usual_oddities", torch.ones(7))
        """Upper quartile of every oddity (``world_model.novelty``) in first looks at held-out play, or a little."""

    def votes(self, rgb: Tensor, elevation: Tensor) -> Votes:
        """Return the votes of images ``[B, V, H, W, 3]`` and elevations ``[B, V, H, W]``, both uint8."""
        return self.encoder(*self.geometry.channels(rgb, elevation))

    def begin(self, belief: Belief) -> LatentState:
        """Return ``belief`` as a batch of one state to imagine from."""
        size = outlines_of(belief.scene.things)[None]
        present = torch.ones(1, len(belief.scene.things), dtype=torch.bool)
        return LatentState.of(belief.tokens[None], size, belief.tool[None], present)

    def where(self, tokens: Tensor) -> Tensor:
        """Return positions ``[..., 3]`` in metres of tokens ``[..., D]``."""
        return self.readouts.where(tokens)

    def relocated(self, tokens: Tensor, positions: Tensor) -> Tensor:
        """Return ``tokens [..., D]`` of the same things at ``positions [..., 3]``, metres, to a tenth of a millimetre.

        A position enters a token linearly and leaves it nearly so: a few corrections of what is still missing suffice.
        """
        for _ in range(CORRECTIONS):
            missing = (positions - self.where(tokens)) / POSITION_SCALE
            tokens = tokens + missing @ self.head.place.weight.T
        return tokens

    def after_block(self, state: LatentState, actions: Tensor) -> tuple[LatentState, Tensor, Tensor]:
        """Imagine one block of control steps.

        Args:
            state: where to start.
            actions: ``[B, K, A]`` metres and suction.

        Returns:
            The state afterwards, the gate logits ``[B, N]`` and the seal logit ``[B]``.
        """
        start = state.tool[:, :3]
        end = commanded(start, actions)
        suction = (actions[..., 3] > 0.5).float()
        context = torch.cat(
            [(actions[..., :3] / MAX_STEP).flatten(1), suction, state.tool[:, 3:5], start[:, 2:] / 0.1], dim=-1
        )
        tokens, gate, fate, seal = self.level1(
            state.tokens, self._geometry(state), (start, end), context, state.present
        )
        tool = torch.cat([end, suction[:, -1:], (torch.sigmoid(seal) * suction[:, -1])[:, None]], dim=-1)
        return LatentState(tokens, state.size, tool, state.present, fate), gate, seal

    def after_manipulation(self, state: LatentState, manipulation: Tensor) -> tuple[LatentState, Tensor]:
        """Imagine a whole manipulation ``[B, M]``; return the state afterwards and the gate logits ``[B, N]``.

        The tool is left above the target with nothing held.
        """
        start, target = manipulation[:, 1:4], manipulation[:, 4:7]
        context = torch.stack([manipulation[:, 0], manipulation[:, 7] / 0.1], dim=-1)
        tokens, gate, fate, _ = self.level2(
            state.tokens, self._geometry(state), (start, target), context, state.present
        )
        tool = torch.cat([target[:, :2], target[:, 2:] + 0.1, torch.zeros_like(target[:, :2])], dim=-1)
        return LatentState(tokens, state.size, tool, state.present, fate), gate

    def imagined(self, state: LatentState) -> Imagined:
        """Return ``state`` with its positions decoded."""
        return Imagined(state.tokens, state.tool, self.readouts.where(state.tokens))

    def _geometry(self, state: LatentState) -> Tensor:
        return torch.cat([self.readouts.where(state.tokens), state.size], dim=-1)


def token_error(imagined: Tensor, seen: Tensor) -> Tensor:
    """Return the root mean square difference ``[...]`` of tokens ``[..., D]``: what surprise is measured in."""
    return (imagined - seen).square().mean(-1).sqrt()


def commanded(tip: Tensor, actions: Tensor) -> Tensor:
    """Return the tip ``[B, 3]`` commanded by ``actions [B, K, A]`` from ``tip [B, 3]``, within the tool's reach."""
    return path(tip, actions)[:, -1]


def path(tip: Tensor, actions: Tensor) -> Tensor:
    """Return the tips ``[B, K, 3]`` commanded after every step of ``actions [B, K, A]`` from ``tip [B, 3]``."""
    low, high = reach(tip.device)
    tips: list[Tensor] = []
    for move in actions[..., :3].clamp(-MAX_STEP, MAX_STEP).unbind(1):
        tip = torch.clamp(tip + move, low, high)
        tips.append(tip)
    return torch.stack(tips, dim=1)


def paths(tip: FloatArray, actions: FloatArray) -> FloatArray:
    """Return ``path`` of arrays: tips ``[..., K, 3]`` from ``tip [..., 3]`` along ``actions [..., K, A]``."""
    low, high = (corner.numpy() for corner in reach(torch.device("cpu")))
    moves = np.minimum(np.maximum(actions[..., :3], np.float32(-MAX_STEP)), np.float32(MAX_STEP))
    tips = np.empty_like(moves)
    for k in range(moves.shape[-2]):
        tip = np.minimum(np.maximum(tip + moves[..., k, :], low), high)
        tips[..., k, :] = tip
    return tips


@cache
def reach(device: torch.device) -> tuple[Tensor, Tensor]:
    """Return the lowest and the highest corner of the box the tip stays in, ``[3]`` each, metres."""
    low, high = (-TOOL_REACH, -TOOL_REACH, TOOL_FLOOR), (TOOL_REACH, TOOL_REACH, TOOL_CEILING)
    with torch.inference_mode(mode=False):
        return torch.tensor(low, device=device), torch.tensor(high, device=device)
