"""The seam: here, and only here, model, energy and search meet.

Level 2 scores imagined manipulations by the energy of the subgoal; level 1 scores imagined control steps by how well
they reach the way-point that level 2 chose. ``ControlCost`` has the signature other solvers expect: actions ``[B, S,
H, A]`` to cost ``[B, S]``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from planner.base import Dynamics, Manipulation
from planner.contact import ABOVE, Contact
from simulator.base import FloatArray, Subgoal, Thing
from world_model.base import BLOCK
from world_model.energies import Table, disturbance, goal_energy
from world_model.model import LatentState, Stride, paths
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
TIP = 0.01
"""Half the tool's width, metres."""
PRESSED = 0.005
"""How far below the grip a tip that presses on the thing is commanded at most, metres."""
SCRAPE = 0.5
"""Energy of a metre that the tip scrapes over the thing, metres."""
FAR = 0.1
"""Stands for a tip that never came near, metres."""
DOUBT = 0.03
"""Energy of a grasp that is as likely to hold as not is half of this, metres."""
RISK = 0.03
"""Energy of a thing that surely topples, and of one that surely strays, metres."""
STRUCK = 0.03
"""Energy of a tip that runs into another thing, beside how deep it gets, metres."""
LOW = 0.002
"""A tip this little above another thing's upper face may run into it, metres."""
RETREAT = 0.05
"""How far above the thing the tool must be for a manipulation to be complete, metres."""

Flags = NDArray[np.bool_]


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
        energy: ``[S]`` of the subgoal, disturbances and risks included.
        goal: ``[S]`` of the subgoal alone.
    """

    state: LatentState
    positions: Tensor
    energy: Tensor
    goal: Tensor


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
    goal = goal_energy(subgoal.facts, table)
    energy = goal + disturbance(table, before, free, keep) + RISK * torch.sigmoid(after.fate).amax(1).sum(-1)
    return Imagination(after, positions, energy, goal)


@dataclass(frozen=True)
class Rollout:
    """``S`` imagined control sequences of ``L`` blocks.

    Attributes:
        actions: ``[L, S, K, A]`` metres and suction.
        tools: ``[L + 1, S, P]`` proprioception before them and after each block.
        positions: ``[L + 1, S, N, 3]`` at the same times, metres.
    """

    actions: Tensor
    tools: Tensor
    positions: Tensor


class Recorder:
    """Collects what is imagined, block by block, into a rollout.

    Args:
        tool: ``[S, P]`` proprioception at the start.
        positions: ``[S, N, 3]`` at the start, metres.
    """

    def __init__(self, tool: Tensor, positions: Tensor) -> None:
        self.actions: list[Tensor] = []
        self.tools, self.positions = [tool], [positions]

    def add(self, block: Tensor, tool: Tensor, positions: Tensor) -> None:
        """Add a block ``[S, K, A]`` of control steps and what it led to."""
        self.actions.append(block)
        self.tools.append(tool)
        self.positions.append(positions)

    def keep(self, rows: Tensor) -> None:
        """Forget all sequences but ``rows``."""
        for parts in (self.actions, self.tools, self.positions):
            parts[:] = torch.stack(parts)[:, rows].unbind(0)

    def rollout(self) -> Rollout:
        """Return what was collected."""
        return Rollout(torch.stack(self.actions), torch.stack(self.tools), torch.stack(self.positions))


@dataclass(frozen=True)
class Judgement:
    """What ``S`` imagined control sequences are worth.

    Attributes:
        cost: ``[S]`` metres.
        length: ``[S]`` blocks until the manipulation was complete, or all.
        positions: ``[S, N, 3]`` after ``length`` blocks, metres.
    """

    cost: Tensor
    length: Tensor
    positions: Tensor


class ControlCost:
    """Scores control sequences by whether they bring one thing to its way-point and leave the rest alone.

    Args:
        model: imagines blocks of control steps.
        start: the state to start from, a batch of one.
        row: of the thing to move.
        manipulation: what level 2 wants done.
        before: ``[1, N, 3]`` where things are at the start, metres, if that is known already.
    """

    def __init__(
        self, model: Dynamics, start: LatentState, row: int, manipulation: Manipulation, before: Tensor | None = None
    ) -> None:
        self.model, self.start, self.row, self.manipulation = model, start, row, manipulation
        self.before = model.where(start.tokens) if before is None else before
        self.target = torch.tensor(manipulation.target)
        self.pushing, self.holding = manipulation.kind == "push", float(start.tool[0, 4]) > 0.5
        xx, yy, height, xy = start.size[0, row].tolist()
        self.half = height / 2
        self.broad = (xx + yy) / 4 - math.hypot(xx - yy, 2 * xy) / 4
        x, y, z = self.before[0, row].tolist()
        self.grip = torch.tensor([x, y, z + self.half - GRIP])
        self.others = self._others((x, y))
        size = torch.tensor([xx, yy, height - 2 * GRIP, xy])
        self._asked = (size, self.target, torch.tensor(manipulation.clearance), torch.tensor(float(self.pushing)))

    def _others(self, place: tuple[float, float]) -> FloatArray:
        """Return ``[O, 4]``: centre, upper face and inner radius of what stands beside ``place``, metres."""
        size, where = (part[0].numpy().astype(np.float32) for part in (self.start.size, self.before))
        radius = (size[:, 0] + size[:, 1]) / 4 - np.hypot(size[:, 0] - size[:, 1], 2 * size[:, 3]) / 4
        found = np.stack([where[:, 0], where[:, 1], where[:, 2] + size[:, 2] / 2, radius], axis=1)
        beside = distances(np.subtract(found[:, :2], place, dtype=np.float32)) > radius
        beside[self.row] = False
        return found[beside].astype(np.float32)

    def aim(self, positions: Tensor) -> Aim:
        """Return what the proposals are asked for, given decoded ``positions [S, N, 3]``."""
        asked = [part.expand(len(positions), *part.shape) for part in self._asked]
        return Aim(positions[:, self.row], *asked)

    def contact(self, count: int) -> Contact:
        """Return what ``count`` sequences have touched at the start: nothing, unless the tool holds or is to push."""
        return Contact(self.grip.numpy(), np.full(count, self.pushing or self.holding))

    def status(self, tool: FloatArray, positions: FloatArray) -> tuple[Flags, Flags]:
        """Return where the thing is being worked on, and where the tool is up and away from it, ``[...]`` each.

        To work on a thing is to hold it or, pushing, to be down beside it.

        Args:
            tool: ``[..., P]`` proprioception.
            positions: ``[..., N, 3]`` at the same time, metres.
        """
        height, suction, seal = tool[..., 2], tool[..., 3], tool[..., 4]
        top = positions[..., self.row, 2] + self.half
        return height < top if self.pushing else seal > 0.5, (suction < 0.5) & (height > top + RETREAT)

    def judge(self, rollout: Rollout) -> Judgement:
        """Return what the imagined sequences of ``rollout`` are worth."""
        tools, places, count = rollout.tools.numpy()[1:], rollout.positions.numpy(), len(rollout.actions)
        working, away = self.status(tools, places[1:])
        worked = np.logical_or.accumulate(working, axis=0)
        complete = worked & away
        finished = complete.any(0)
        length = np.where(finished, complete.argmax(0) + 1, count)
        counts = worked & (tools[..., 3] > 0.5) & (np.arange(count)[:, None] < length)
        doubt = np.where(counts, 1 - tools[..., 4], np.float32(0)).max(0)
        positions = places[length, np.arange(len(length))]
        others = np.maximum(distances(positions - self.before.numpy()) - np.float32(0.01), 0)
        others[:, self.row] = 0
        miss = distances(positions[:, self.row] - self.target.numpy())
        cost = miss + self.reach(rollout, worked) + np.float32(DOUBT) * doubt + others.sum(-1)
        cost += self.struck(rollout, length)
        cost += (BLOCK_PRICE * length + UNFINISHED * ~finished).astype(np.float32)
        return Judgement(torch.from_numpy(cost), torch.from_numpy(length), torch.from_numpy(positions))

    def reach(self, rollout: Rollout, worked: Flags) -> FloatArray:
        """Return ``[S]``: how near the sucking tip came to the grip, how deep it dug and how far it scraped, metres.

        All count until the thing is held (``worked [L, S]``), and the grip is where the thing was believed to be at
        first: otherwise the search exploits the model, choosing quick dips after which the model imagines the thing to
        come along. Horizontal distance counts half. A tip that comes down slantwise drags the thing along, which the
        model hardly foresees and a stack does not survive: what it scrapes is its way along the table when it touches.
        """
        actions = rollout.actions.numpy()
        if self.pushing:
            return np.zeros(actions.shape[1], dtype=np.float32)
        offset = paths(rollout.tools.numpy()[:-1, :, :3], actions) - self.grip.numpy()
        aside, depth = distances(offset[..., :2]), offset[..., 2]
        before = np.ones_like(worked)
        before[1:] = ~worked[:-1]
        sucking = before[..., None] & (actions[..., 3] > 0.5)
        distance = np.minimum(np.float32(0.5) * aside + np.maximum(depth, 0), np.float32(FAR))
        nearest = np.where(sucking, distance, np.float32(FAR)).min((0, 2))
        within = before[..., None] & (aside < self.broad + TIP)
        dug = np.where(within, np.maximum(-depth - np.float32(PRESSED), 0), 0).max((0, 2))
        scraped = np.where(within & (depth < ABOVE), distances(actions[..., :2]), 0).max((0, 2))
        return nearest + dug + np.float32(SCRAPE) * scraped

    def struck(self, rollout: Rollout, length: NDArray[np.intp]) -> FloatArray:
        """Return ``[S]``: the energy of running the tip into other things in the first ``length [S]`` blocks, metres.

        What the thing lies in or on does not count. Where the tip goes follows exactly from the control steps, and the
        check leaves no plan that strikes something.
        """
        if not len(self.others):
            return np.zeros(rollout.actions.shape[1], dtype=np.float32)
        tips = paths(rollout.tools.numpy()[:-1, :, :3], rollout.actions.numpy())[..., None, :]
        within = self.others[:, 3] + np.float32(TIP) - distances(tips[..., :2] - self.others[:, :2])
        counts = (np.arange(len(tips))[:, None] < length)[..., None, None]
        depth = np.where(counts & (tips[..., 2] < self.others[:, 2] + np.float32(LOW)), within, 0).max((0, 2, 3))
        return np.where(depth > 0, np.float32(STRUCK) + depth, np.float32(0))

    @torch.no_grad()
    def __call__(self, actions: Tensor) -> Tensor:
        """Return the cost ``[B, S]`` of action sequences ``[B, S, H, A]``, ``H`` a multiple of the block length."""
        blocks = actions.flatten(0, 1).unflatten(1, (-1, BLOCK)).unbind(1)
        state = self.start.repeat(len(blocks[0]))
        seen = Recorder(state.tool, self.before.expand(len(blocks[0]), -1, -1))
        contact = self.contact(len(blocks[0]))
        for block in blocks:
            after, *_ = self.model.after_block(state, block)
            led = contact.grounded(state, seen.positions[-1], Stride(block, after, self.model.where(after.tokens)))
            state = led.state
            seen.add(block, state.tool, led.positions)
        return self.judge(seen.rollout()).cost.view(actions.shape[:2])


def distances(offsets: FloatArray) -> FloatArray:
    """Return the lengths ``[...]`` of ``offsets [..., X]``."""
    return np.sqrt(np.einsum("...x,...x", offsets, offsets))


def moved(things: tuple[Thing, ...], positions: Tensor) -> tuple[Thing, ...]:
    """Return the things at ``positions [N, 3]``."""
    return tuple(
        replace(thing, position=(x, y, z)) for thing, (x, y, z) in zip(things, positions.tolist(), strict=True)
    )
