"""Level-1 proposals: a stochastic policy that suggests the next block of control steps of a manipulation.

It sees only where the tool, the thing and the target are relative to each other, as decoded from tokens (EVIDENCE 3:
object-relative input took the proposals from 1-6 % to 94-100 % on their own). It is a mixture of Gaussians over
displacements and Bernoullis over suction, so that rare events such as letting go are sampled and left to the energy
to choose.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor, nn
from torch.nn import functional

from simulator.base import MAX_STEP
from world_model.base import BLOCK

COMPONENTS = 4
"""Gaussians in the mixture (EVIDENCE 3)."""
COLDEST = 1e-3
"""Lowest temperature; what is drawn at it is the likeliest."""
LOWEST_SPREAD = 0.04
"""Smallest standard deviation, in units of ``MAX_STEP``."""


@dataclass(frozen=True)
class Aim:
    """What level 1 is asked to do, per row of a batch.

    Attributes:
        thing: ``[B, 3]`` centre of the thing to move, metres.
        size: ``[B, 4]`` its outline (``world_model.outline``), metres.
        target: ``[B, 3]`` where its centre should end, metres.
        clearance: ``[B]`` height to carry it over, metres.
        push: ``[B]`` 1 to push it, 0 to carry it.
    """

    thing: Tensor
    size: Tensor
    target: Tensor
    clearance: Tensor
    push: Tensor


@dataclass(frozen=True)
class Chance:
    """The random numbers that draw blocks, per row of a batch.

    Attributes:
        race: ``[B, G]`` exponential: the component that runs its race fastest is drawn.
        noise: ``[B, 3K]`` normal, of the displacements.
        coins: ``[B, K]`` uniform, of the suction.
    """

    race: Tensor
    noise: Tensor
    coins: Tensor


def chance(rows: int, generator: torch.Generator) -> Chance:
    """Return the random numbers for ``rows`` blocks."""
    race = torch.empty(rows, COMPONENTS).exponential_(generator=generator)
    noise = torch.randn((rows, 3 * BLOCK), generator=generator)
    return Chance(race, noise, torch.rand((rows, BLOCK), generator=generator))


def scales(delta: Tensor) -> Tensor:
    """Describe displacements ``[B, X]`` in metres at three scales: ``[B, 3X]``."""
    return torch.cat([delta / 0.1, torch.tanh(delta / 0.04), torch.tanh(delta / 0.008)], dim=-1)


@cache
def grouped(device: torch.device) -> Tensor:
    """Return the order that puts the three scales of each displacement of the policy's input side by side, ``[39]``.

    The displacements are those of tip, rest, heights, behind and along the way.
    """
    groups = torch.arange(39).view(3, 13).split((3, 3, 2, 2, 3), dim=-1)
    with torch.inference_mode(mode=False):
        return torch.cat([group.flatten() for group in groups]).to(device)


def describe(tool: Tensor, aim: Aim) -> Tensor:
    """Return the policy's input ``[B, X]`` from proprioception ``[B, P]`` and the aim."""
    tip, push, clearance = tool[:, :3], aim.push[:, None], aim.clearance[:, None]
    half, height = aim.size[:, 2:3] / 2, tip[:, 2:]
    offset, rest = tip - aim.thing, aim.target - aim.thing
    side, above = offset.split([2, 1], dim=-1)
    ahead = rest[:, :2]
    distance = ahead.norm(dim=-1, keepdim=True)
    along = ahead / distance.clamp(min=1e-4)
    forward = (side * along).sum(-1, keepdim=True)
    lateral = side[:, :1] * along[:, 1:] - side[:, 1:] * along[:, :1]
    across = (aim.size[:, :2] * along.square()).sum(-1) + 2 * aim.size[:, 3] * along[:, 0] * along[:, 1]
    reach = across[:, None] * 0.575 + 0.009
    behind = side + along * (reach + 0.015)
    heights = torch.cat([aim.thing[:, 2:] - half, height], dim=-1) - clearance
    delta = torch.cat([side, above - half, rest, heights, behind, forward + reach, lateral, distance], dim=-1)
    return torch.cat(
        [
            scales(delta)[:, grouped(delta.device)],
            along,
            side.norm(dim=-1, keepdim=True) / 0.1,
            height / 0.1,
            half / 0.02,
            tool[:, 3:5],
            push,
            push * along,
            (height - 0.004) / 0.02,
            tool[:, 4:5] * torch.tanh(rest / 0.02),
            1 - tool[:, 3:4],
        ],
        dim=-1,
    )


class ProposalPolicy(nn.Module):
    """Mixture policy over blocks ``[K, A]`` of control actions."""

    def __init__(self, hidden: int = 128) -> None:
        super().__init__()
        self.outputs = COMPONENTS * (1 + 2 * 3 * BLOCK + BLOCK)
        self.net = nn.Sequential(
            nn.LazyLinear(hidden), nn.SiLU(), nn.Linear(hidden, hidden), nn.SiLU(), nn.Linear(hidden, self.outputs)
        )
        self.net(torch.zeros(1, describe(torch.zeros(1, 5), empty_aim()).shape[-1]))

    def mixture(self, tool: Tensor, aim: Aim) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Return log weights ``[B, G]``, means and log spreads ``[B, G, 3K]``, suction logits ``[B, G, K]``."""
        out = self.net(describe(tool, aim)).unflatten(-1, (COMPONENTS, -1))
        weight, mean, spread, suction = out.split([1, 3 * BLOCK, 3 * BLOCK, BLOCK], dim=-1)
        spread = (functional.softplus(spread - 1.5) + LOWEST_SPREAD).log()
        return weight[..., 0].log_softmax(-1), mean, spread, suction

    def negative_log_likelihood(self, tool: Tensor, aim: Aim, actions: Tensor) -> Tensor:
        """Return the loss ``[B]`` of the blocks ``actions [B, K, A]`` (metres and suction)."""
        weight, mean, spread, suction = self.mixture(tool, aim)
        moves = (actions[..., :3] / MAX_STEP).flatten(1)[:, None]
        gaussian = -0.5 * ((moves - mean) / spread.exp()).square() - spread
        bits = -functional.binary_cross_entropy_with_logits(
            suction, actions[:, None, :, 3].expand_as(suction), reduction="none"
        )
        return -torch.logsumexp(weight + gaussian.sum(-1) + bits.sum(-1), dim=-1)

    def sample(self, tool: Tensor, aim: Aim, *, temperature: float, generator: torch.Generator) -> Tensor:
        """Sample blocks ``[B, K, A]`` (metres and suction), sharper than the policy for ``temperature`` < 1."""
        return self.draw(tool, aim, torch.tensor(max(temperature, COLDEST)), chance(len(tool), generator))

    def draw(self, tool: Tensor, aim: Aim, temperature: Tensor, luck: Chance) -> Tensor:
        """Return the blocks ``[B, K, A]`` that ``luck`` draws at a ``temperature []``, metres and suction."""
        out = self.net(describe(tool, aim)).unflatten(-1, (COMPONENTS, -1))
        chosen = (out[..., 0] / temperature - luck.race.log()).argmax(-1)
        drawn = out.gather(1, chosen[:, None, None].expand(-1, 1, out.shape[-1]))[:, 0, 1:]
        mean, spread, suction = drawn.split([3 * BLOCK, 3 * BLOCK, BLOCK], dim=-1)
        moves = mean + (functional.softplus(spread - 1.5) + LOWEST_SPREAD) * (temperature * luck.noise)
        on = (luck.coins < torch.sigmoid(suction / temperature)).float()
        moves = (moves.clamp(-1, 1) * MAX_STEP).unflatten(-1, (BLOCK, 3))
        return torch.cat([moves, on[..., None]], dim=-1)


def empty_aim() -> Aim:
    """Return a batch of one aim of zeros."""
    return Aim(torch.zeros(1, 3), torch.zeros(1, 4), torch.zeros(1, 3), torch.zeros(1), torch.zeros(1))
