"""Level 1: control steps for one manipulation, by propose, imagine, select.

Candidates are sampled block by block from the proposal policy inside the world model's imagination and the one of
lowest energy is kept. No refinement: more optimisation exploits the model (EVIDENCE 3: 98 % selected, 89 % after two
CEM rounds).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from planner.approach import Approach, flight
from planner.base import Dynamics, Manipulation, TraceEntry
from planner.cost import ControlCost, Recorder, Rollout
from planner.focus import focused
from planner.spending import unhurried
from planner.striding import strider
from simulator.base import FloatArray
from world_model.base import BLOCK, Belief


@dataclass(frozen=True)
class ControlSearch:
    """How level 1 searches.

    Attributes:
        candidates: sequences imagined side by side at first.
        settled: share of them that must have hold of the thing before the worse are dropped.
        kept: how many of them, the best so far, are then imagined to the end; pushes are all kept, because what will
            become of one shows only at its end.
        temperature: sharpness of the proposals (EVIDENCE 3 used 0.5; chosen on a few tuning tasks, not measured apart).
        blocks: longest sequence, in blocks of control steps.
        quorum: share of the kept at whose completion the others are given up.
        led: share of the candidates that are first led over what is to be gripped.
    """

    candidates: int = 24
    settled: float = 0.5
    kept: int = 8
    temperature: float = 0.7
    blocks: int = 20
    quorum: float = 0.5
    led: float = 0.5


@dataclass(frozen=True)
class ControlPlan:
    """The chosen control sequence.

    Attributes:
        actions: ``[T, A]``.
        energy: its cost, metres.
        positions: ``[N, 3]`` imagined at its end, metres.
        trace: of the selection.
        cut: whether it came too late, and perhaps not imagined to its end.
    """

    actions: FloatArray
    energy: float
    positions: Tensor
    trace: TraceEntry
    cut: bool = False


@torch.inference_mode()
def select(
    model: Dynamics,
    belief: Belief,
    manipulation: Manipulation,
    search: ControlSearch,
    generator: torch.Generator,
    late: Callable[[], bool] = unhurried,
) -> ControlPlan:
    """Return the best of ``search.candidates`` imagined control sequences for ``manipulation``.

    ``late`` is asked after every block whether to imagine no further.
    """
    near, rows = focused(belief, manipulation)
    positions = model.where(model.begin(belief).tokens)[0].clone()
    start, row = model.begin(near), near.index(manipulation.thing)
    cost = ControlCost(model, start, row, manipulation, before=positions[rows][None])
    rollout = imagine(cost, search, generator, led(belief, manipulation, cost, search), late)
    judged = cost.judge(rollout)
    values = judged.cost.numpy()
    best = int(values.argmin())
    actions = rollout.actions[: int(judged.length[best]), best].flatten(0, 1)
    positions[rows] = judged.positions[best]
    energies = tuple(round(energy, 4) for energy in np.sort(values)[:5].tolist())
    words = f"{manipulation.kind} {manipulation.thing}: {len(actions)} control steps"
    trace = TraceEntry(1, search.candidates, energies, words)
    return ControlPlan(actions.numpy(), float(values[best]), positions, trace, cut=late())


def led(belief: Belief, manipulation: Manipulation, cost: ControlCost, search: ControlSearch) -> Approach | None:
    """Return how the share of the candidates that is led comes to be above the thing; None where none is."""
    count = int(search.led * search.candidates)
    if cost.pushing or cost.holding or not count:
        return None
    thing = belief.scene.thing(manipulation.thing)
    x, y, z = belief.tool[:3].tolist()
    height = flight(belief.scene.things, thing, (x, y, z))
    return Approach((*thing.position[:2], thing.top), height, (x, y, z), count)


def rested(actions: FloatArray) -> FloatArray:
    """Return ``actions [T, A]`` followed by a block of standing still, in which what was let go of comes to rest."""
    return np.concatenate([actions, np.zeros((BLOCK, actions.shape[1]), dtype=np.float32)])


def imagine(
    cost: ControlCost,
    search: ControlSearch,
    generator: torch.Generator,
    approach: Approach | None = None,
    late: Callable[[], bool] = unhurried,
) -> Rollout:
    """Imagine candidates block by block, each proposed where the last one was imagined to lead, or led there.

    One block at least is imagined, and no further ones once it is ``late``.
    """
    state, stride = cost.start.repeat(search.candidates), strider(cost, search.temperature)
    seen = Recorder(state.tool, cost.before.expand(search.candidates, -1, -1))
    worked, finished = np.zeros((2, search.candidates), dtype=np.bool_)
    contact = cost.contact(search.candidates)
    while len(seen.actions) < search.blocks and share(finished) < search.quorum and not (seen.actions and late()):
        lead = None if approach is None else approach.lead(len(worked))
        led = contact.grounded(state, seen.positions[-1], stride(state, seen.positions[-1], generator, lead))
        state = led.state
        seen.add(led.block, state.tool, led.positions)
        working, away = cost.status(state.tool.numpy(), led.positions.numpy())
        worked |= working
        finished |= worked & away
        if not cost.pushing and len(worked) > search.kept and share(worked) >= search.settled:
            best = cost.judge(seen.rollout()).cost.topk(search.kept, largest=False).indices
            for record in (seen, contact, *([] if approach is None else [approach])):
                record.keep(best)
            state, worked, finished = state.at(best), worked[best.numpy()], finished[best.numpy()]
    return seen.rollout()


def share(flags: NDArray[np.bool_]) -> float:
    """Return the share of ``flags [S]`` that are set."""
    return np.count_nonzero(flags) / len(flags)
