"""Approach: some sequences of level 1 are first led over the thing, whatever is proposed.

The proposals have learned from play, in which high things are rare: on the way to the top of a stack they dip beside it
and knock it over in most sequences. Where the tip goes follows exactly from the control steps, so some sequences are
led: up where it is low, across at a height at which nothing is met, and to a point above the thing. From there on the
proposals grip it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from planner.focus import from_lane
from planner.room import Spot, outer
from simulator.base import MAX_STEP, Thing
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


def flight(things: Sequence[Thing], thing: Thing, tip: Spot) -> float:
    """Return the height at which ``tip`` may cross the table to ``thing``, metres."""
    x, y, _ = thing.position
    way = x - tip[0], y - tip[1]
    tops = [
        other.top
        for other in things
        if from_lane((other.position[0] - tip[0], other.position[1] - tip[1]), way) < outer(other) + BROAD
    ]
    return max([thing.top, *tops]) + OVER


class Approach:
    """Leads the first of a number of sequences, all of which begin with the same tip, until they are above the thing.

    Args:
        over: the middle of the thing's upper face, metres.
        height: at which the tip crosses the table, metres.
        tip: where it is at the start, metres.
        led: how many sequences are led.
    """

    def __init__(self, over: Spot, height: float, tip: Spot, led: int) -> None:
        way = steps(over, height, tip)
        way += [(0.0, 0.0, 0.0)] * (-len(way) % BLOCK)
        self.blocks = iter(torch.tensor(way).view(-1, BLOCK, 3))
        self.rows = set(range(led))

    def keep(self, rows: Tensor) -> None:
        """Forget all sequences but ``rows``."""
        self.rows = {place for place, row in enumerate(rows.tolist()) if row in self.rows}

    def lead(self, count: int) -> Lead | None:
        """Return where to lead ``count`` sequences for the next block; None when those that are led have arrived."""
        block = next(self.blocks, None)
        if block is None:
            return None
        return Lead(torch.tensor([row in self.rows for row in range(count)]), block.expand(count, BLOCK, 3))


def steps(over: Spot, height: float, tip: Spot) -> list[Spot]:
    """Return the steps, metres, that bring ``tip`` straight across the table to ``HOVER`` above ``over``."""
    (x, y, z), found = tip, list[Spot]()
    while True:
        ahead, sideways = over[0] - x, over[1] - y
        aside = math.hypot(ahead, sideways)
        up = (height if aside > FAR_ASIDE else over[2] + HOVER) - z
        if aside < THERE and abs(up) < THERE:
            return found
        wanted = (0.0, 0.0, up) if aside > STEEP and up > STEEP else (ahead, sideways, up)
        slower = min(1.0, MAX_STEP / max(abs(wanted[0]), abs(wanted[1]), MAX_STEP))
        step = wanted[0] * slower, wanted[1] * slower, min(MAX_STEP, max(-MAX_STEP, wanted[2]))
        found.append(step)
        x, y, z = x + step[0], y + step[1], z + step[2]
