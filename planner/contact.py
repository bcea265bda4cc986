"""Contact: in imagination, too, nothing hangs from a tool that never came near enough to grip it.

Where the tip is follows exactly from the control steps; whether suction seals is learned, and above stacks the model
seals a stride too early and carries the thing off in imagination alone, in every candidate at once, so that none that
truly grips it is left to choose. What the tip never reached therefore stays where it was.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from simulator.base import FloatArray
from world_model.model import LatentState, Stride, paths

ASIDE = 0.016
"""Largest horizontal distance of the tip from the grip at which a seal is believed, metres: what suction allows, and
perception's error."""
ABOVE = 0.012
"""Largest height of the tip above the grip at which a seal is believed, metres; likewise."""
SEALING = 0.15
"""Imagined seals above this are doubted."""
WITHIN = np.array([0.25, 0.5, 0.75, 1.0], dtype=np.float32)
"""Where along a control step the tip is looked at."""


class Contact:
    """Which of ``S`` imagined sequences have had the tip at the grip with suction on.

    Args:
        grip: ``[3]`` where the thing is gripped, metres.
        touched: ``[S]`` whether they already had at the start.
    """

    def __init__(self, grip: FloatArray, touched: NDArray[np.bool_]) -> None:
        self.grip, self.touched = grip, touched

    def keep(self, rows: Tensor) -> None:
        """Forget all sequences but ``rows``."""
        self.touched = self.touched[rows.numpy()]

    def grounded(self, before: LatentState, positions: Tensor, led: Stride) -> Stride:
        """Return ``led``, but with everything where it was, ``positions [S, N, 3]``, where the untouched is held."""
        if self.touched.all():
            return led
        self.touched = self.touched | self._touches(before.tool.numpy(), led.block.numpy())
        tool = led.state.tool
        false = ~torch.from_numpy(self.touched) & (tool[:, 4] > SEALING)
        if not bool(false.any()):
            return led
        tool = torch.cat([tool[:, :4], torch.where(false, 0.0, tool[:, 4])[:, None], tool[:, 5:]], dim=1)
        rows = false[:, None, None]
        tokens = torch.where(rows, before.tokens, led.state.tokens)
        state = replace(led.state, tokens=tokens, tool=tool)
        return Stride(led.block, state, torch.where(rows, positions, led.positions))

    def _touches(self, tool: FloatArray, block: FloatArray) -> NDArray[np.bool_]:
        ends = paths(tool[:, :3], block)
        starts = np.concatenate([tool[:, None, :3], ends[:, :-1]], axis=1)
        points = starts[:, :, None] + (ends - starts)[:, :, None] * WITHIN[:, None]
        offset = points - self.grip
        near = (np.hypot(offset[..., 0], offset[..., 1]) < ASIDE) & (offset[..., 2] < ABOVE)
        return np.asarray((near.any(-1) & (block[..., 3] > 0.5)).any(-1))
