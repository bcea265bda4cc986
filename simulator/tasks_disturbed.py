"""The suites disturbed and undisturbed: place and stack in a world unlike the twin, and the same in the usual one.

Task number k of ``undisturbed`` is task number k of ``disturbed`` without what is unlike, so that the two are paired.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from simulator.base import MOVABLE, Disturbance, Moved, Physics, Scene, Slipped
from simulator.goals import USUAL, Goal, angular, find, on_table
from simulator.tasks_place import PLACE_KINDS, propose_place
from simulator.tasks_stack import propose_stack
from simulator.wording import pick

DISTURBED_KINDS: Final = ("moved", "slip", "friction", "mass", "noise", "shift", "latency", "release")
"""What is unlike the twin: a thing is moved, the seal breaks, constants, the camera, actions arrive late, release."""
BASES: Final = (*PLACE_KINDS, "stack")
"""Kinds of request that are disturbed."""
MOVED_AT: Final = (1, 16)
"""Control steps from which on somebody moves a thing that is not the first to be gripped, as the tool is under way."""
MOVED_FIRST: Final = (1, 7)
"""The same for the thing that is gripped first, about eight control steps after the start."""
MOVED_BY: Final = (0.03, 0.06)
"""Least and largest displacement of a thing that is moved, metres."""
CARRIED: Final = (3, 9)
"""Control steps of carrying between which a seal breaks."""
FACTOR: Final = 2.0
"""Friction and mass are multiplied or divided by at most this."""
NOISE: Final = (3.0, 8.0)
"""Standard deviation of pixel noise, 8-bit units."""
SHIFT: Final = (0.003, 0.010)
"""Least and largest displacement of the camera along each axis, metres."""
RELEASE: Final = (0.002, 0.005)
"""Standard deviation of noisy release, metres."""


def propose_disturbed(rng: np.random.Generator, scene: Scene, kind: str) -> Goal | None:
    """Propose a placement or a stack of three, and the disturbance ``kind``."""
    base = pick(rng, BASES)
    goal = propose_stack(rng, scene, base) if base == "stack" else propose_place(rng, scene, base)
    if goal is None:
        return None
    if kind in ("moved", "slip"):
        event = Slipped(int(rng.integers(*CARRIED))) if kind == "slip" else _moved(rng, scene, goal)
        return None if event is None else replace(goal, disturbances=(event,))
    return replace(goal, physics=_unlike(rng, kind))


def _moved(rng: np.random.Generator, scene: Scene, goal: Goal) -> Disturbance | None:
    """Somebody moves one of the things that the request is about; None when none of them stands on the table."""
    named = {str(argument) for fact in goal.facts for argument in fact.arguments} & {t.id for t in scene.things}
    about = [find(scene.things, name) for name in sorted(named)]
    free = [thing for thing in about if thing.kind in MOVABLE and on_table(thing, scene.things)]
    if not free:
        return None
    offset = angular(rng, float(rng.uniform(*MOVED_BY)))
    thing = pick(rng, free).id
    return Moved(int(rng.integers(*(MOVED_FIRST if thing == goal.moves[0].thing else MOVED_AT))), thing, offset)


def _unlike(rng: np.random.Generator, kind: str) -> Physics:
    """Constants that differ from the twin's in one respect."""
    factor = float(FACTOR ** rng.uniform(-1.0, 1.0))
    match kind:
        case "friction":
            return replace(USUAL, friction=USUAL.friction * factor)
        case "mass":
            return replace(USUAL, mass_scale=factor)
        case "noise":
            return replace(USUAL, camera_noise=float(rng.uniform(*NOISE)))
        case "shift":
            x, y, z = rng.uniform(*SHIFT, 3) * rng.choice([-1.0, 1.0], 3)
            return replace(USUAL, camera_shift=(float(x), float(y), float(z)))
        case "latency":
            return replace(USUAL, latency=1)
        case _:
            return replace(USUAL, release_noise=float(rng.uniform(*RELEASE)))
