"""Approach: some sequences of level 1 are first led over the thing, whatever is proposed.

The proposals have learned from play, in which high things are rare: on the way to the top of a stack they dip beside it
and knock it over in most sequences. Where the tip goes follows exactly from the control steps, so some sequences are
led: up where it is low, across at a height at which nothing is met, and to a point above the thing. From there on the
proposals grip it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from planner.focus import from_lane
from planner.room import outer
from simulator.base import MAX_STEP, FloatArray, Thing
from world_model.base import BLOCK
from world_model.model import Lead

HOVER = 0.02
"""Height above the thing's upper face from which the proposals take over, metres."""
OVER = 0.03
"""Height above everything on the way at which the tip crosses the table, metres."""
BROAD = 0.02
"""What comes this near to the tip's way is on it, metres."""
FAR_ASIDE = 0.05
"""Further than this from the thing's middle, along the table, the tip keeps to that height, metres."""
STEEP = 0.03
"""A tip that is lower by this goes up before it goes anywhere, metres."""
THERE = 0.006
"""A tip this near to where it is led has arrived, metres."""


def flight(things: Sequence[Thing], thing: Thing, tip: Sequence[float]) -> float:
    """Return the height at which a tip at ``tip [3]`` may cross the table to ``thing``, metres."""
    x, y, _ = thing.position
    way = x - tip[0], y - tip[1]
    tops = [
        other.top
        for other in things
        if from_lane((other.position[0] - tip[0], other.position[1] - tip[1]), way) < outer(other) + BROAD
    ]
    return max([thing.top, *tops]) + OVER


class Approach:
    """Leads the first ``led`` of a number of sequences until they are above the thing.

    Args:
        over: ``[3]`` the middle of the thing's upper face, metres.
        height: at which the tip crosses the table, metres.
        led: how many sequences are led.
    """

    def __init__(self, over: tuple[float, float, float], height: float, led: int) -> None:
        self.x, self.y, top = over
        self.hover, self.height, self.rows = top + HOVER, height, list(range(led))

    def keep(self, rows: Tensor) -> None:
        """Forget all sequences but ``rows``."""
        self.rows = [place for place, row in enumerate(rows.tolist()) if row in self.rows]

    def lead(self, tool: FloatArray) -> Lead | None:
        """Return where to lead sequences whose proprioception is ``tool [S, P]``; None when all have arrived."""
        ways = {row: self.steps(*tool[row, :3].tolist()) for row in self.rows}
        self.rows = [row for row, way in ways.items() if way.any()]
        if not self.rows:
            return None
        moves = np.zeros((len(tool), BLOCK, 3), dtype=np.float32)
        moves[self.rows] = [ways[row] for row in self.rows]
        led = np.zeros(len(tool), dtype=np.bool_)
        led[self.rows] = True
        return Lead(torch.from_numpy(led), torch.from_numpy(moves))

    def steps(self, x: float, y: float, z: float) -> FloatArray:
        """Return the displacements ``[K, 3]`` from a tip at ``(x, y, z)``, metres; zeros when it has arrived."""
        found = np.zeros((BLOCK, 3), dtype=np.float32)
        for step in found:
            aside = math.hypot(self.x - x, self.y - y)
            height = self.height if aside > FAR_ASIDE else self.hover
            if aside < THERE and abs(height - z) < THERE:
                break
            rising = aside > STEEP and z < height - STEEP
            wanted = (0.0, 0.0, height - z) if rising else (self.x - x, self.y - y, height - z)
            step[:] = np.clip(wanted, -MAX_STEP, MAX_STEP)
            x, y, z = x + float(step[0]), y + float(step[1]), z + float(step[2])
        return found
