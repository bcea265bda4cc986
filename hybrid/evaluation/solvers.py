"""Sampling solvers on level 1's own cost: ours behind one loop, and a public one where it is installed.

What they are measured against is propose-imagine-select. All see the same cost, the same start and horizon; from
nothing they start as a Gaussian around standing still, warm around the selected sequence.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

import torch
from torch import Tensor

from planner.base import Dynamics, Manipulation
from planner.cost import ControlCost
from planner.focus import focused
from planner.level1 import ControlSearch, select
from planner.refinement import RULES
from planner.rules import Distribution, Rule
from planner.shooting import shoot
from simulator.base import MAX_STEP
from world_model.base import Belief, seeded

PUBLIC = "pytorch_mppi"
"""The public solver: MPPI by the University of Michigan's ARM Lab; ``pip install 'hybrid-planner[bench]'``."""
SAMPLES, ROUNDS = 64, 8
"""Sequences imagined in each round, and rounds, of every solver."""
MPPI_TEMPERATURE = 0.01
"""Temperature of the public MPPI, metres; that of ``planner.rules.mppi``."""
NOTHING = (MAX_STEP / 2, MAX_STEP / 2, MAX_STEP / 2, 0.5)
"""Standard deviations of displacement, metres, and suction when a solver starts from nothing."""
WARM = (0.004, 0.004, 0.004, 0.05)
"""The same around a selected sequence."""


@dataclass(frozen=True)
class Solved:
    """What one solver made of one problem.

    Attributes:
        name: of the solver and its start.
        cost: of the best sequence it found, metres.
        milliseconds: of processor time it took.
        sequences: how many it imagined.
    """

    name: str
    cost: float
    milliseconds: float
    sequences: int


@torch.no_grad()
def solved(model: Dynamics, belief: Belief, manipulation: Manipulation, seed: int) -> list[Solved]:
    """Return what every solver makes of bringing about ``manipulation`` from ``belief``."""
    search = ControlSearch()
    began = time.process_time()
    chosen = select(model, belief, manipulation, search, seeded(seed))
    spent = 1000 * (time.process_time() - began)
    found = [Solved("propose, imagine, select", chosen.energy, spent, search.candidates)]
    near, _ = focused(belief, manipulation)
    cost = ControlCost(model, model.begin(near), near.index(manipulation.thing), manipulation)
    selected = torch.from_numpy(chosen.actions).float()
    still = torch.zeros_like(selected)
    still[:, 3] = 0.5
    for start, mean, std in (("from nothing", still, NOTHING), ("warm", selected, WARM)):
        spread = torch.tensor(std).expand_as(mean)
        found += [
            timed(f"{name}, {start}", lambda r=rule, m=mean, s=spread: ours(cost, r, m, s, seed))
            for name, rule in RULES.items()
        ]
        if find_spec(PUBLIC) is not None:
            found.append(timed(f"{PUBLIC}, {start}", lambda m=mean, s=spread: public(cost, m, s, seed)))
    return found


def timed(name: str, solve: Callable[[], float]) -> Solved:
    """Return what ``solve`` reaches, with the processor time it takes."""
    began = time.process_time()
    cost = solve()
    return Solved(name, cost, 1000 * (time.process_time() - began), SAMPLES * ROUNDS)


def ours(cost: ControlCost, rule: Rule, mean: Tensor, spread: Tensor, seed: int) -> float:
    """Return the cost our ``rule`` reaches from a Gaussian of ``mean [T, A]`` and std ``spread [T, A]``."""
    flat = mean.flatten()[None]
    start = Distribution(flat, spread.flatten()[None], flat[:, None][:, :0])
    found = shoot(
        lambda variables: cost(variables.unflatten(-1, mean.shape)),
        start,
        rule,
        samples=SAMPLES,
        rounds=ROUNDS,
        generator=seeded(seed),
    )
    return float(found.cost[0])


def public(cost: ControlCost, mean: Tensor, spread: Tensor, seed: int) -> float:
    """Return the cost the public MPPI reaches; a whole sequence is one action of its, since the cost is of wholes."""

    def stay(state: Tensor, actions: Tensor) -> Tensor:
        del actions
        return state

    def running(state: Tensor, actions: Tensor) -> Tensor:
        del state
        return cost(actions.unflatten(-1, mean.shape)[None])[0]

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        solver = import_module(PUBLIC).MPPI(
            stay,
            running,
            nx=1,
            noise_sigma=torch.diag(spread.flatten().square()),
            num_samples=SAMPLES,
            horizon=1,
            lambda_=MPPI_TEMPERATURE,
            U_init=mean.flatten()[None].clone(),
        )
        lowest = float(cost(mean[None, None])[0, 0])
        for _ in range(ROUNDS):
            solver.command(torch.zeros(1), shift_nominal_trajectory=False)
            reached = solver.get_action_sequence().view(mean.shape)
            lowest = min(lowest, float(cost(reached[None, None])[0, 0]))
    return lowest
