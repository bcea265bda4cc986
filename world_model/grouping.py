"""Votes to things: cells that agree on where and what are one thing, whatever view they come from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from simulator.base import KINDS, MOVABLE, FloatArray, Kind
from world_model.encoder import Votes

PRESENT = 0.5
"""Presence probability from which a cell counts."""
LIGHTEST = {"cube": 4.0, "cylinder": 4.0, "ball": 4.0, "bowl": 12.0, "tray": 12.0, "zone": 12.0}
"""Least summed weight of a thing by kind: two or three certain cells of a small one, an edge of a large one."""
FRINGE = 0.2
"""Cells of another colour around a thing are its fringe, not a thing, below this share of its weight."""
RADIUS = {"cube": 0.017, "cylinder": 0.017, "ball": 0.017, "bowl": 0.035, "tray": 0.035, "zone": 0.035}
"""How far a vote may lie from its thing's centre, metres, by kind: large things are voted for less precisely."""


ROOM = 0.02
"""Two small things cannot have centres closer than this, metres (the smallest are 2.5 cm across)."""
LARGE_ROOM = 0.05
"""Nor can two large ones, metres."""
TWIN_ROOM = 0.031
"""Nor can two small ones of one colour that are not plainly two, metres (usual things are 4 cm across)."""
SMALLEST, SHARED = 0.025, 0.018
"""No two small things of one colour have centres nearer than the first, whatever they weigh, nor any two small things
nearer than the second, metres."""
LOWEST = 0.004
"""A small thing's centre cannot be voted lower than this, metres; half-hidden ones are voted a centimetre too low."""
GHOST = 0.5
"""What crowds a heavier thing is its ghost below this share of its weight."""


@dataclass(frozen=True)
class Taken:
    """A thing found: centre ``[3]`` in metres, kind, row of its colour, weight."""

    centre: FloatArray
    kind: Kind
    colour: int
    mass: float


@dataclass(frozen=True)
class Groups:
    """Membership of cells in things.

    Attributes:
        members: ``[N, C]`` weights, 0 where a cell does not belong.
        mass: ``[N]`` summed weights: how much of the thing is seen.
    """

    members: Tensor
    mass: Tensor


def group(votes: Votes, most: int = 20) -> Groups:
    """Group the cells of one frame (``B`` = 1) greedily, the heaviest agreement first.

    The seed of a thing is the cell with the largest weight left; members lie within the kind's radius of the
    weighted mean and agree on the colour. At most ``most`` things are returned.
    """
    weight = votes.weight[0].detach().numpy()
    open_cells = np.flatnonzero(votes.presence[0].detach().numpy() > np.log(PRESENT / (1 - PRESENT)))
    centres = votes.centres[0].detach().numpy()[open_cells]
    colour = votes.colour[0].detach().argmax(-1).numpy()[open_cells]
    kind = votes.kind[0].detach().argmax(-1).numpy()[open_cells]
    radius = np.array([RADIUS[name] for name in KINDS], dtype=np.float32)[kind]
    lightest = np.array([LIGHTEST[name] for name in KINDS], dtype=np.float32)[kind]
    small = np.array([name in MOVABLE for name in KINDS])[kind]
    heavy = weight[open_cells].copy()
    found: list[FloatArray] = []
    taken: list[Taken] = []
    while len(found) < most and heavy.size and heavy.max() > 0:
        seed = int(heavy.argmax())
        alike = (colour == colour[seed]) & (small == small[seed]) & (heavy > 0)
        near = agreeing(centres, heavy, alike, seed, radius[seed])
        mass = float(heavy[near].sum())
        middle = np.average(centres[near], axis=0, weights=heavy[near]) if mass > 0 else centres[seed]
        candidate = Taken(middle, KINDS[kind[seed]], int(colour[seed]), mass)
        if mass > lightest[seed] and possible(candidate, taken):
            taken.append(candidate)
            row = np.zeros(weight.shape[0], dtype=np.float32)
            row[open_cells[near]] = heavy[near]
            found.append(row)
            around = (np.linalg.norm(centres - middle, axis=1) < radius[seed]) & (small == small[seed])
            for other in np.unique(colour[around & (heavy > 0)]):
                rim = around & (colour == other)
                if heavy[rim].sum() < FRINGE * mass:
                    heavy[rim] = 0
        heavy[near] = 0
        heavy[seed] = 0
    solid = [row for row, one in enumerate(taken) if not any(doubled(one, other) for other in taken)]
    members = torch.from_numpy(np.stack([found[row] for row in solid])) if solid else torch.zeros(0, weight.shape[0])
    return Groups(members, members.sum(-1))


def doubled(one: Taken, other: Taken) -> bool:
    """Whether a small thing lies where a heavier one is, so near that they cannot be two."""
    if one.mass >= other.mass or one.kind not in MOVABLE or other.kind not in MOVABLE:
        return False
    room = SMALLEST if one.colour == other.colour else SHARED
    return float(np.linalg.norm(one.centre - other.centre)) < room


def possible(found: Taken, taken: list[Taken]) -> bool:
    """Whether ``found`` can be there beside those ``taken``, which are heavier: solids do not share their room."""
    small = found.kind in MOVABLE
    if small and found.centre[2] < LOWEST:
        return False
    for other in taken:
        if (other.kind in MOVABLE) != small or found.mass > GHOST * other.mass:
            continue
        room = LARGE_ROOM if not small else TWIN_ROOM if other.colour == found.colour else ROOM
        if float(np.linalg.norm(found.centre - other.centre)) < room:
            return False
    return True


def agreeing(
    centres: FloatArray, heavy: FloatArray, alike: NDArray[np.bool_], seed: int, radius: float
) -> NDArray[np.bool_]:
    """Return the cells ``[C]`` among ``alike`` whose votes lie within ``radius`` of their own mean around ``seed``."""
    centre, near = centres[seed], alike
    for _ in range(3):
        within = alike & (np.linalg.norm(centres - centre, axis=1) < radius)
        if not within.any():
            break
        near = within
        centre = np.average(centres[near], axis=0, weights=heavy[near])
    return near
