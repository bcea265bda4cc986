"""Strides of level 1 by their parts, for models that have no faster way: propose, imagine, read out."""

from __future__ import annotations

import torch
from torch import Tensor

from planner.base import Dynamics, Strider, Striding
from planner.cost import ControlCost
from world_model.model import LatentState, Lead, Stride


class ByParts:
    """Implements ``planner.base.Strider`` with the calls every model has.

    Args:
        cost: knows the model and what is asked for.
        temperature: sharpness of the proposals.
    """

    def __init__(self, cost: ControlCost, temperature: float) -> None:
        self.cost, self.temperature = cost, temperature

    def __call__(
        self, state: LatentState, positions: Tensor, generator: torch.Generator, lead: Lead | None = None
    ) -> Stride:
        """Take a stride from ``state`` with things at ``positions [S, N, 3]``, metres, led where ``lead`` says."""
        model: Dynamics = self.cost.model
        aim = self.cost.aim(positions)
        block = model.proposals.sample(state.tool, aim, temperature=self.temperature, generator=generator)
        if lead is not None:
            block[lead.rows, :, :3] = lead.moves[lead.rows]
        after, *_ = model.after_block(state, block)
        return Stride(block, after, model.where(after.tokens))


def strider(cost: ControlCost, temperature: float) -> Strider:
    """Return the fastest way to take strides towards what ``cost`` asks for."""
    if isinstance(cost.model, Striding):
        return cost.model.strider(cost.start, cost.row, cost.aim(cost.before), temperature)
    return ByParts(cost, temperature)
