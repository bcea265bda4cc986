"""The belief filter of an arm that imagines otherwise than the learned model: hidden things go where its model says.

What is seen is perceived as ever; only what is expected of the moment after the actions changes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from hybrid.base import Perceiver
from planner.base import Dynamics
from planner.cost import moved
from simulator.base import FloatArray, Observation, Scene
from world_model.base import BLOCK, Belief
from world_model.model import WorldModel
from world_model.tokens import POSITION_SCALE

CORRECTIONS = 4
"""Newton steps that bring a token to where it should read out; the residue is below a tenth of a millimetre."""
STILL = 1e-4
"""What is imagined to move less keeps its token as it is, metres."""


@dataclass(frozen=True)
class OtherMemory:
    """Implements ``Perceiver`` with the looks of one perceiver and the expectations of another model.

    Attributes:
        perceiver: looks.
        model: whose tokens beliefs are made of.
        dynamics: expects.
    """

    perceiver: Perceiver
    model: WorldModel
    dynamics: Dynamics

    def look(self, observation: Observation, *, expected: Belief | None = None, names: Scene | None = None) -> Belief:
        """Perceive ``observation`` as the product does; errors are its own."""
        return self.perceiver.look(observation, expected=expected, names=names)

    @torch.no_grad()
    def predict(self, belief: Belief, actions: FloatArray) -> Belief:
        """Imagine ``belief`` after ``actions [T, A]``; an unfinished last block is filled with standing still."""
        state = self.dynamics.begin(belief)
        for block in torch.from_numpy(np.asarray(actions, dtype=np.float32)).split(BLOCK):
            last = torch.zeros(BLOCK - len(block), 4)
            last[:, 3] = block[-1, 3]
            state, *_ = self.dynamics.after_block(state, torch.cat([block, last])[None])
        positions = self.dynamics.where(state.tokens)[0]
        tokens = carried_to(self.model, belief.tokens, positions)
        things = moved(belief.scene.things, positions)
        return replace(belief, tokens=tokens, tool=state.tool[0], scene=Scene("belief", things))

    def leap_surprise(self, before: Belief, manipulation: FloatArray, after: Belief) -> float:
        """Return 0: only the learned model's errors have a unit, and they may not help its control."""
        del before, manipulation, after
        return 0.0


def carried_to(model: WorldModel, tokens: Tensor, positions: Tensor) -> Tensor:
    """Return ``tokens [N, D]`` changed so that they read out at ``positions [N, 3]`` in metres."""
    far = (positions - model.where(tokens)).norm(dim=-1, keepdim=True) > STILL
    enters, leaves = model.head.place.weight, torch.linalg.pinv(model.readouts.position.weight)
    after = tokens + (positions - model.where(tokens)) / POSITION_SCALE @ enters.T
    for _ in range(CORRECTIONS):
        after = after + (positions - model.where(after)) / POSITION_SCALE @ leaves.T
    return torch.where(far, after, tokens)
