"""The suite chains: five requests in a row in one world, each feasible once those before it were carried out."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from simulator.base import Scene
from simulator.goals import Goal, Propose
from simulator.tasks_place import PLACE_KINDS, PUSH_KINDS, propose_place, propose_push
from simulator.tasks_stack import propose_stack
from simulator.wording import pick

LENGTH: Final = 5
"""Requests in a chain, as in CALVIN (Mees et al. 2022, section IV)."""
FAMILIES: Final[tuple[tuple[Propose, tuple[str, ...]], ...]] = (
    (propose_place, PLACE_KINDS),
    (propose_place, PLACE_KINDS),
    (propose_push, PUSH_KINDS),
    (propose_stack, ("stack",)),
)
"""What a request is drawn from; placements twice as often as pushes or stacks."""


def propose_link(rng: np.random.Generator, scene: Scene, _: str) -> Goal | None:
    """Propose the next request of a chain on the table as the requests before it leave it."""
    propose, kinds = pick(rng, FAMILIES)
    kind = pick(rng, kinds)
    goal = propose(rng, scene, kind)
    return None if goal is None else replace(goal, kind=kind)
