"""The seam: here, and only here, model, energy and search meet.

Level 2 scores imagined manipulations by the energy of the subgoal; level 1 scores imagined control steps by how well
they reach the way-point that level 2 chose. ``ControlCost`` has the signature other solvers expect: actions ``[B, S,
H, A]`` to cost ``[B, S]``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from planner.base import Dynamics, Manipulation
from simulator.base import Subgoal, Thing
from world_model.base import BLOCK
from world_model.energies import Table, disturbance, goal_energy
from world_model.model import LatentState, path
from world_model.proposals import Aim

STEP_PRICE = 0.004
"""Energy of one more manipulation, metres: of two equally good plans the shorter wins."""
BLOCK_PRICE = 0.0005
"""Energy of one more block of control steps, metres."""
UNFINISHED = 0.2
"""Energy of a control sequence that never completes its manipulation, metres."""
GRIP = 0.003
"""How much lower than believed the proposals are told a thing's upper face is, metres.

Perception errs by a few millimetres there; too low presses gently, too high never seals, which was most of what the
check rejected on 15 tuning tasks.
"""
FAR = 0.1
"""Stands for a tip that never came near, metres."""
DOUBT = 0.03
"""Energy of a grasp that is as likely to hold as not is half of this, metres."""
RISK = 0.03
"""Energy of a thing that surely topples, and of one that surely strays, metres."""
RETREAT = 0.05
"""How far above the thing the tool must be for a manipulation to be complete, metres."""


def encoded(manipulations: list[Manipulation]) -> Tensor:
    """Return manipulations as ``[S, M]``."""
    rows = [[float(m.kind == "push"), *m.start, *m.target, m.clearance] for m in manipulations]
    return torch.tensor(rows, dtype=torch.float32)


@dataclass(frozen=True)
class Imagination:
    """Imagined outcomes of ``S`` manipulations.

    Attributes:
        state: afterwards.
        positions: ``[S, N, 3]`` metres.
        energy: ``[S]`` of the subgoal, disturbances included.
    """

    state: LatentState
    positions: Tensor
    energy: Tensor


def imagine_manipulations(
    model: Dynamics,
    state: LatentState,
    manipulations: list[Manipulation],
    things: tuple[Thing, ...],
    subgoal: Subgoal,
) -> Imagination:
    """Imagine row s of ``manipulations`` from row s of ``state`` and score the outcome."""
    before = model.where(state.tokens)
    after, *_ = model.after_manipulation(state, encoded(manipulations))
    positions = model.where(after.tokens)
    rows = [t.id for t in things]
    free = torch.zeros(len(manipulations), len(things), dtype=torch.bool)
    free[torch.arange(len(manipulations)), torch.tensor([rows.index(m.thing) for m in manipulations])] = True
    table = Table(positions, things, state.size[0])
    keep = [rows.index(name) for name in subgoal.keep if name in rows]
    energy = goal_energy(subgoal.facts, table) + disturbance(table, before, free, keep)
    energy = energy + RISK * torch.sigmoid(after.fate).amax(1).sum(-1)
    return Imagination(after, positions, energy)


@dataclass(frozen=True)
class Progress:
    """How far ``S`` imagined control sequences have come with their manipulation.

    Attributes:
        worked: ``[S]`` bool: the thing was held, or the tool was down beside it to push.
        reach: ``[S]`` how near the tip ever came to the grip, horizontally at half weight, metres.
        doubt: ``[S]`` largest doubt (1 - probability) of the seal in any block that should hold the thing.
        finished: ``[S]`` blocks until complete, or -1.
        positions: ``[S, N, 3]`` at completion (so far, while unfinished), metres.
    """

    worked: Tensor
    reach: Tensor
    doubt: Tensor
    finished: Tensor
    positions: Tensor


class ControlCost:
    """Scores control sequences by whether they bring one thing to its way-point and leave the rest alone.

    Args:
        model: imagines blocks of control steps.
        start: the state to start from, a batch of one.
        row: of the thing to move.
        manipulation: what level 2 wants done.
    """

    def __init__(self, model: Dynamics, start: LatentState, row: int, manipulation: Manipulation) -> None:
        self.model, self.start, self.row, self.manipulation = model, start, row, manipulation
        self.before = model.where(start.tokens)
        self.target = torch.tensor(manipulation.target)

    def begin(self, count: int) -> Progress:
        """Return the progress of ``count`` sequences that have done nothing yet."""
        far = torch.full((count,), FAR)
        return Progress(
            worked=torch.zeros(count, dtype=torch.bool),
            reach=far if self.manipulation.kind == "pick_place" else torch.zeros(count),
            doubt=torch.zeros(count),
            finished=torch.full((count,), -1),
            positions=self.before.expand(count, -1, -1).clone(),
        )

    def aim(self, positions: Tensor) -> Aim:
        """Return what the proposals are asked for, given decoded ``positions [S, N, 3]``."""
        count, push = len(positions), float(self.manipulation.kind == "push")
        size = self.start.size[:, self.row] - torch.tensor([0.0, 0.0, 2 * GRIP, 0.0])
        return Aim(
            positions[:, self.row],
            size.expand(count, -1),
            self.target.expand(count, -1),
            torch.full((count,), self.manipulation.clearance),
            torch.full((count,), push),
        )

    def approach(self, progress: Progress, tool: Tensor, block: Tensor) -> Progress:
        """Return the progress with how near ``block [S, K, A]`` brings the tip from ``tool [S, P]`` to the grip.

        The grip is where the thing was believed to be at first, and counts until the thing is held: otherwise the
        search exploits the model, choosing quick dips after which the model imagines the thing to come along.
        """
        lowered = float(self.start.size[0, self.row, 2]) / 2 - GRIP
        grip = self.before[0, self.row] + torch.tensor([0.0, 0.0, lowered])
        offset = path(tool[:, :3], block) - grip
        distance = 0.5 * offset[..., :2].norm(dim=-1) + torch.relu(offset[..., 2])
        nearest = torch.where(block[..., 3] > 0.5, distance, FAR).amin(1)
        return replace(
            progress, reach=torch.where(progress.worked, progress.reach, torch.minimum(progress.reach, nearest))
        )

    def observe(self, progress: Progress, state: LatentState, positions: Tensor, blocks: int) -> Progress:
        """Return the progress after ``blocks`` blocks that led to ``state`` with decoded ``positions``."""
        top = positions[:, self.row, 2] + self.start.size[0, self.row, 2] / 2
        pushing = self.manipulation.kind == "push"
        working = state.tool[:, 2] < top if pushing else state.tool[:, 4] > 0.5
        worked = progress.worked | working
        loose = torch.where(worked & (state.tool[:, 3] > 0.5), 1 - state.tool[:, 4], 0.0)
        away = (state.tool[:, 3] < 0.5) & (state.tool[:, 2] > top + RETREAT)
        running = progress.finished < 0
        ends = running & worked & away
        kept = torch.where(running[:, None, None], positions, progress.positions)
        return Progress(
            worked=worked,
            reach=progress.reach,
            doubt=torch.maximum(progress.doubt, loose),
            finished=torch.where(ends, blocks, progress.finished),
            positions=kept,
        )

    def score(self, progress: Progress, blocks: int) -> Tensor:
        """Return the cost ``[S]`` in metres of sequences that ran for at most ``blocks`` blocks."""
        miss = (progress.positions[:, self.row] - self.target).norm(dim=-1)
        others = (progress.positions - self.before).norm(dim=-1)
        others[:, self.row] = 0
        length = torch.where(progress.finished < 0, blocks, progress.finished)
        return (
            miss
            + progress.reach
            + DOUBT * progress.doubt
            + torch.relu(others - 0.01).sum(-1)
            + BLOCK_PRICE * length
            + UNFINISHED * (progress.finished < 0).float()
        )

    def __call__(self, actions: Tensor) -> Tensor:
        """Return the cost ``[B, S]`` of action sequences ``[B, S, H, A]``, ``H`` a multiple of the block length."""
        flat = actions.flatten(0, 1)
        state, progress = self.start.repeat(len(flat)), self.begin(len(flat))
        for block in range(flat.shape[1] // BLOCK):
            actions_now = flat[:, block * BLOCK : (block + 1) * BLOCK]
            progress = self.approach(progress, state.tool, actions_now)
            state, *_ = self.model.after_block(state, actions_now)
            progress = self.observe(progress, state, self.model.where(state.tokens), block + 1)
        return self.score(progress, flat.shape[1] // BLOCK).view(actions.shape[:2])


def moved(things: tuple[Thing, ...], positions: Tensor) -> tuple[Thing, ...]:
    """Return the things at ``positions [N, 3]``."""
    return tuple(
        replace(thing, position=(float(p[0]), float(p[1]), float(p[2])))
        for thing, p in zip(things, positions, strict=True)
    )
