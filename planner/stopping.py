"""When a goal is declared reached: every fact holds as believed, with some room to spare."""

from __future__ import annotations

import torch
from torch import Tensor

from simulator.base import Subgoal
from world_model.base import Belief
from world_model.energies import fact_energy, table_of

CONTENT = 0.25
"""Share of the planning comfort that must remain for a goal to be declared reached."""


def reached(belief: Belief, subgoal: Subgoal, positions: Tensor | None = None) -> bool:
    """Whether every fact holds with some room to spare, in ``belief`` or once things are at ``positions [N, 3]``."""
    table = table_of(belief.scene.things, None if positions is None else positions[None])
    with torch.no_grad():
        return all(float(fact_energy(fact, table, CONTENT)[0]) <= 0.0 for fact in subgoal.facts)
