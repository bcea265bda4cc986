"""Nouns of perception and imagination.

Letters used for array shapes in this package, beside the simulator's (``V H W T A P``):

* ``B`` batch, ``S`` candidates, ``N`` object tokens, ``D`` token width,
* ``K`` control steps in one level-1 block, ``M`` = 8 manipulation components.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from simulator.base import MOVABLE, Scene

BLOCK = 3
"""Control steps in one level-1 block, ``K`` (EVIDENCE 3: blocks of three control steps)."""


@dataclass(frozen=True)
class Belief:
    """Short-term memory: what is thought to be on the table now, seen or remembered.

    Attributes:
        tokens: ``[N, D]`` object tokens.
        tool: ``[P]`` proprioception, as in ``simulator.base.Observation``.
        scene: the tokens read out as things (ids, kinds, colours, sizes, positions); ids are stable over time.
        visible: ``[N]`` bool, whether the token was observed in the last images rather than imagined.
        confidence: ``[N]`` in [0, 1], perception's confidence that the thing is there as read out.
        surprise: error of what level 1 imagined since the last look; 1 is the 99th percentile of held-out play.
        leap_surprise: the same of level 2, which imagines a manipulation as a whole.
    """

    tokens: Tensor
    tool: Tensor
    scene: Scene
    visible: Tensor
    confidence: Tensor
    surprise: float = 0.0
    leap_surprise: float = 0.0

    def surprised(self, surprise: float, leap_surprise: float) -> Belief:
        """Return the same belief with other surprises."""
        return replace(self, surprise=surprise, leap_surprise=leap_surprise)

    def index(self, thing_id: str) -> int:
        """Return the row of ``thing_id`` in ``tokens``; raises ``KeyError`` when it is not believed to exist."""
        for row, thing in enumerate(self.scene.things):
            if thing.id == thing_id:
                return row
        raise KeyError(thing_id)

    @property
    def held(self) -> int | None:
        """The row of the movable thing whose upper face is nearest to the tip while the vacuum is sealed, or None."""
        things = self.scene.things
        movable = [row for row, thing in enumerate(things) if thing.kind in MOVABLE]
        if float(self.tool[4]) < 0.5 or not movable:
            return None
        faces = torch.tensor([[*thing.position[:2], thing.top] for thing in things])
        return min(movable, key=lambda row: float((faces[row] - self.tool[:3]).norm()))


@dataclass(frozen=True)
class Imagined:
    """A batch of imagined states.

    Attributes:
        tokens: ``[S, N, D]``.
        tool: ``[S, P]``.
        positions: ``[S, N, 3]`` decoded from the tokens, metres, world frame.
    """

    tokens: Tensor
    tool: Tensor
    positions: Tensor


def seeded(seed: int) -> torch.Generator:
    """Return a CPU generator started at ``seed``; randomness is an argument everywhere."""
    return torch.Generator().manual_seed(seed)
