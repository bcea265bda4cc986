"""Refinement of a selected control sequence by a sampling rule: CEM, iCEM or MPPI on level 1's own cost.

Not part of the planner as it ships: more optimisation exploits the model (EVIDENCE 3: 98 % selected, 94 and 89 % after
one and two CEM rounds). It is here so that this can be measured again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import torch
from torch import Tensor

from planner.base import Dynamics, Manipulation, TraceEntry
from planner.cost import ControlCost
from planner.level1 import ControlPlan
from planner.rules import Distribution, Rule, cem, icem, mppi
from planner.shooting import Found, shoot
from world_model.base import BLOCK, Belief

RuleName = Literal["cem", "icem", "mppi"]
RULES: dict[RuleName, Rule] = {"cem": cem(), "icem": icem(), "mppi": mppi()}


@dataclass(frozen=True)
class Refinement:
    """How a selected sequence is refined.

    Attributes:
        rule: which update rule.
        rounds: of sampling.
        samples: each round.
        spread: initial standard deviation of displacements, metres; suction stays as selected.
    """

    rule: RuleName
    rounds: int = 2
    samples: int = 64
    spread: float = 0.002


@torch.no_grad()
def refined(
    model: Dynamics,
    belief: Belief,
    manipulation: Manipulation,
    chosen: ControlPlan,
    refinement: Refinement,
    generator: torch.Generator,
) -> ControlPlan:
    """Return ``chosen`` with its displacements refined; its cost never rises."""
    row = belief.index(manipulation.thing)
    cost = ControlCost(model, model.begin(belief), row, manipulation)
    mean = torch.from_numpy(chosen.actions).float()
    found = shoot(
        lambda variables: cost(variables.unflatten(-1, mean.shape)),
        around(mean, refinement.spread),
        RULES[refinement.rule],
        samples=refinement.samples,
        rounds=refinement.rounds,
        generator=generator,
    )
    actions = found.best[0].view(mean.shape)
    return replace(
        chosen,
        actions=actions.numpy(),
        energy=float(found.cost[0]),
        positions=imagined(model, belief, actions),
        trace=trace_of(chosen, refinement, found),
    )


def around(mean: Tensor, spread: float) -> Distribution:
    """Return the Gaussian around the actions ``mean [T, A]``, with suction as it is."""
    std = torch.full_like(mean, spread)
    std[:, 3] = 0.0
    flat = mean.flatten()[None]
    return Distribution(flat, std.flatten()[None], flat[:, None][:, :0])


def imagined(model: Dynamics, belief: Belief, actions: Tensor) -> Tensor:
    """Return where things are imagined ``[N, 3]`` after ``actions [T, A]``, metres."""
    state = model.begin(belief)
    for block in actions[None].split(BLOCK, dim=1):
        state, *_ = model.after_block(state, block)
    return model.where(state.tokens)[0]


def trace_of(chosen: ControlPlan, refinement: Refinement, found: Found) -> TraceEntry:
    """Return what the refinement adds to the trace: the lowest cost of every round, the last first."""
    costs = tuple(round(float(cost), 4) for cost in found.trace[:, 0].flip(0)[:5])
    candidates = chosen.trace.candidates + refinement.rounds * refinement.samples
    return TraceEntry(1, candidates, costs, f"{chosen.trace.chosen}, {refinement.rule} x {refinement.rounds}")
