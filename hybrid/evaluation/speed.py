"""``python -m hybrid.evaluation.speed``: how long planning takes, and imagination beside simulation, in one run.

Ratios are measured side by side on one thread, because absolute times on shared machines prove little.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from rich.console import Console

from hybrid.config import load_settings
from hybrid.evaluation.statistics import quantile
from planner.base import Budget, Manipulation
from planner.candidates import Breadth, propose
from planner.cost import imagine_manipulations
from planner.level1 import ControlSearch, select
from planner.two_level import TwoLevelPlanner
from simulator.base import Subgoal
from simulator.camera import DEFAULT_CAMERAS
from simulator.tasks import Task, make_task
from simulator.twin import Twin
from simulator.world import PhysicalWorld
from world_model.base import Belief, seeded
from world_model.checkpoint import DEFAULT, load_checkpoint
from world_model.model import WorldModel
from world_model.perception import TokenPerceiver

TASKS = 20
FIRST_SEED = 700_000
CANDIDATES = 256


def timed(call: Callable[[], object]) -> float:
    """Return the milliseconds ``call`` takes."""
    began = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - began)


def looked_at(task: Task, perceiver: TokenPerceiver) -> Belief:
    """Return the first belief of ``task``."""
    world = PhysicalWorld(task.scene)
    try:
        return perceiver.look(world.reset(task.seed), names=task.scene)
    finally:
        world.close()


def many(belief: Belief, subgoal: Subgoal) -> list[Manipulation]:
    """Return ``CANDIDATES`` manipulations, proposals repeated as needed."""
    found = propose(belief.scene.things, subgoal, np.random.default_rng(0), Breadth(goal=64, aside=16))
    return [found[k % len(found)] for k in range(CANDIDATES)] if found else []


@torch.no_grad()
def rates(model: WorldModel, belief: Belief, subgoal: Subgoal, steps: np.ndarray) -> tuple[float, float]:
    """Return candidates a second, imagined (level 2, scored) and simulated (tool-only twin, without building it)."""
    candidates = many(belief, subgoal)
    state = model.begin(belief).repeat(len(candidates))
    imagined = timed(lambda: imagine_manipulations(model, state, candidates, belief.scene.things, subgoal))
    twin = Twin(belief.scene.things, robot="tool")
    try:
        simulated = timed(lambda: twin.run(steps))
    finally:
        twin.close()
    return 1000 * len(candidates) / imagined, 1000 / simulated


def main() -> None:
    """Print the table."""
    torch.set_num_threads(1)
    settings = load_settings()
    model, card = load_checkpoint(Path(settings.checkpoint or DEFAULT), cameras=DEFAULT_CAMERAS)
    perceiver, planner = TokenPerceiver(model), TwoLevelPlanner(model)
    both: list[float] = []
    control: list[float] = []
    ratios: list[float] = []
    for seed in range(FIRST_SEED, FIRST_SEED + TASKS):
        task = make_task("place", seed)
        belief, goal = looked_at(task, perceiver), task.subgoals[0]
        if not {str(fact.arguments[0]) for fact in goal.facts} <= {thing.id for thing in belief.scene.things}:
            continue
        plans = planner.plan(belief, goal, budget=Budget(60_000), seed=seed)
        if not plans:
            continue
        both.append(timed(lambda b=belief, g=goal, s=seed: planner.plan(b, g, budget=Budget(60_000), seed=s)))
        first = plans[0].manipulations[0]
        control.append(timed(lambda b=belief, m=first: select(model, b, m, ControlSearch(), seeded(0))))
        imagined, simulated = rates(model, belief, goal, plans[0].actions)
        ratios.append(imagined / simulated)
    console = Console()
    console.print(f"checkpoint {card.name}; {len(both)} tasks of `place`, seeds from {FIRST_SEED}, one thread")
    console.print(f"one manipulation planned at both levels, whole control sequence: p50 {quantile(both, 0.5):.0f} ms")
    console.print(f"of which level 1: p50 {quantile(control, 0.5):.0f} ms")
    console.print(f"manipulations imagined over simulated, candidates a second: p50 {quantile(ratios, 0.5):.0f} x")


if __name__ == "__main__":
    main()
