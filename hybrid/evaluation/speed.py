"""``python -m hybrid.evaluation.speed``: what planning costs, and imagination beside simulation, in one run.

Everything is measured side by side in one process on one thread, in milliseconds of that thread's processor time: time
spent waiting for a shared machine's other programs does not count, though their use of caches does. Because absolute
times prove little across machines, the two references stand beside them.
"""

from __future__ import annotations

import math
import resource
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from hybrid.config import load_settings
from hybrid.evaluation.solvers import SAMPLES, Solved, solved
from planner.base import Budget, Dynamics, Manipulation
from planner.candidates import Breadth, propose
from planner.configurator import configure
from planner.cost import ControlCost, imagine_manipulations
from planner.focus import focused
from planner.level1 import select
from planner.two_level import TwoLevelPlanner
from simulator.base import Fact, FloatArray, Subgoal
from simulator.camera import DEFAULT_CAMERAS
from simulator.sampler import sample_scene
from simulator.tasks import make_task
from simulator.twin import Twin
from simulator.world import PhysicalWorld
from world_model.base import BLOCK, Belief, seeded
from world_model.checkpoint import DEFAULT, load_checkpoint
from world_model.compiled import CompiledModel
from world_model.perception import TokenPerceiver

TASKS = 20
FIRST_SEED = 700_000
UNHURRIED = Budget(60_000)
CANDIDATES = 256
"""Manipulations, and control sequences, imagined side by side to measure rates."""
SIMULATED = 6
"""Of these, how many are simulated."""
PROBLEMS = 6
"""Tasks that every solver is given."""
SCALES = (1, 2, 4, 8)
CLUTTER = (2, 4, 6, 8, 10, 12)
"""Numbers of things among which planning is timed."""
REPEATS = 5
"""The least of so many measurements is taken where one thing is measured again and again."""


@dataclass(frozen=True)
class Case:
    """One task as perceived, and what was planned for it."""

    belief: Belief
    goal: Subgoal
    first: Manipulation
    actions: FloatArray


def spent(call: Callable[[], object]) -> float:
    """Return the processor time of this process that ``call`` takes, milliseconds."""
    began = time.process_time()
    call()
    return 1000 * (time.process_time() - began)


def least(call: Callable[[], object]) -> float:
    """Return the least processor time of ``REPEATS`` calls after a first one that does not count, milliseconds."""
    call()
    return min(spent(call) for _ in range(REPEATS))


def planned(planner: TwoLevelPlanner, perceiver: TokenPerceiver) -> list[Case]:
    """Return the tasks of suite ``place`` that were perceived whole and planned for."""
    found: list[Case] = []
    for seed in range(FIRST_SEED, FIRST_SEED + TASKS):
        task = make_task("place", seed)
        world = PhysicalWorld(task.scene)
        try:
            belief = perceiver.look(world.reset(task.seed), names=task.scene)
        finally:
            world.close()
        goal, seen = task.subgoals[0], {thing.id for thing in belief.scene.things}
        if {str(fact.arguments[0]) for fact in goal.facts} <= seen:
            plans = planner.plan(belief, goal, budget=UNHURRIED, seed=seed).plans
            found += [Case(belief, goal, plan.manipulations[0], plan.actions) for plan in plans[:1]]
    return found


def latencies(planner: TwoLevelPlanner, cases: list[Case]) -> tuple[list[float], list[float]]:
    """Return the milliseconds of both levels, and of level 1 alone, for every case, ``REPEATS`` times each."""
    both: list[float] = []
    control: list[float] = []
    for case in cases:
        search = configure(case.belief, case.goal, UNHURRIED, ()).level1
        for k in range(REPEATS):
            both.append(spent(lambda c=case, s=k: planner.plan(c.belief, c.goal, budget=UNHURRIED, seed=s)))
            control.append(spent(lambda c=case, s=k, n=search: select(planner.model, c.belief, c.first, n, seeded(s))))
    return both, control


@torch.inference_mode()
def manipulations(model: Dynamics, case: Case) -> tuple[float, float]:
    """Return milliseconds a manipulation, imagined (level 2, scored) and simulated, of the same candidates.

    Simulated are the control steps that level 1 chooses for them, in one tool-only twin; building it, 8-15 ms, and
    choosing them do not count.
    """
    found = propose(case.belief.scene.things, case.goal, np.random.default_rng(0), Breadth(goal=64, aside=16))
    candidates = [found[k % len(found)] for k in range(CANDIDATES)]
    imagined = least(lambda: imagined_batch(model, case, candidates)) / CANDIDATES
    search = configure(case.belief, case.goal, UNHURRIED, ()).level1
    chosen = [select(model, case.belief, candidate, search, seeded(0)).actions for candidate in found[:SIMULATED]]
    twin = Twin(case.belief.scene.things, robot="tool")
    try:
        simulated = [spent(lambda actions=steps: twin.run(actions)) for steps in chosen]
    finally:
        twin.close()
    return imagined, float(np.mean(simulated))


@torch.inference_mode()
def imagined_batch(model: Dynamics, case: Case, candidates: list[Manipulation]) -> None:
    """Imagine and score manipulations."""
    state = model.begin(case.belief).repeat(len(candidates))
    imagine_manipulations(model, state, candidates, case.belief.scene.things, case.goal)


@torch.inference_mode()
def sequences(model: Dynamics, case: Case, count: int, blocks: int) -> float:
    """Return the milliseconds level 1's cost takes for ``count`` sequences of ``blocks`` blocks."""
    near, _ = focused(case.belief, case.first)
    cost = ControlCost(model, model.begin(near), near.index(case.first.thing), case.first)
    actions = 0.02 * torch.randn((1, count, blocks * BLOCK, 4), generator=seeded(0))
    return least(lambda: cost(actions))


def clutter(model: Dynamics, perceiver: TokenPerceiver) -> list[tuple[int, float]]:
    """Return (things, milliseconds of both levels) for one subgoal among more and more things."""
    scene = sample_scene(np.random.default_rng(FIRST_SEED), count=(14, 14), stacked=0.0)
    world = PhysicalWorld(scene)
    try:
        belief = perceiver.look(world.reset(FIRST_SEED), names=scene)
    finally:
        world.close()
    things = sorted(belief.scene.things, key=lambda thing: thing.kind != "cube")
    order = [belief.index(thing.id) for thing in things]
    goal = Subgoal((Fact("at", (things[0].id, 0.0, 0.0)),))
    planner, found = TwoLevelPlanner(model), list[tuple[int, float]]()
    for count in [n for n in CLUTTER if n <= len(order)]:
        rows = order[:count]
        part = replace(
            belief,
            tokens=belief.tokens[rows],
            scene=replace(belief.scene, things=tuple(belief.scene.things[row] for row in rows)),
            visible=belief.visible[rows],
            confidence=belief.confidence[rows],
        )
        found.append((count, least(lambda b=part: planner.plan(b, goal, budget=UNHURRIED))))
    return found


def quantile(values: list[float], q: float) -> float:
    """Return the ``q`` quantile of ``values``, of which there is at least one."""
    return float(np.quantile(values, q))


def exponent(points: Iterable[tuple[float, float]]) -> float:
    """Return b of the power law a x^b fitted to ``points`` (x, y) by least squares in logarithms."""
    logarithms = np.log(np.array(list(points)))
    return float(np.polyfit(logarithms[:, 0], logarithms[:, 1], 1)[0])


def table(title: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Table:
    """Return a table; all columns but the first are numbers."""
    made = Table(title=title, title_justify="left")
    for k, head in enumerate(heads):
        made.add_column(head, justify="right" if k else "left")
    for row in rows:
        made.add_row(*row)
    return made


def latency_rows(both: list[float], control: list[float], product: float, manipulation: float) -> list[tuple[str, ...]]:
    """Return p50 and p95 of both levels and of level 1, in milliseconds and in both references."""
    return [
        (
            name,
            f"{quantile(times, q):.1f}",
            f"{quantile(times, q) / product:.0f}",
            f"{quantile(times, q) / manipulation:.1f}",
        )
        for name, times, q in (
            ("both levels, p50", both, 0.5),
            ("both levels, p95", both, 0.95),
            ("level 1 alone, p50", control, 0.5),
            ("level 1 alone, p95", control, 0.95),
        )
    ]


def scaling_rows(model: Dynamics, case: Case, crowd: list[tuple[int, float]]) -> list[tuple[str, ...]]:
    """Return what grows with what, the milliseconds at every scale, and the fitted exponent."""
    found = propose(case.belief.scene.things, case.goal, np.random.default_rng(0), Breadth(goal=64, aside=16))
    wide = [found[k % len(found)] for k in range(CANDIDATES * SCALES[-1])]
    measured: list[tuple[str, list[tuple[int, float]]]] = [
        (
            "level 2, candidates",
            [(n, least(lambda n=n: imagined_batch(model, case, wide[:n]))) for n in (CANDIDATES * s for s in SCALES)],
        ),
        ("level 1, candidates", [(n, sequences(model, case, n, 8)) for n in (CANDIDATES * s for s in SCALES)]),
        ("level 1, blocks ahead", [(n, sequences(model, case, CANDIDATES, n)) for n in (3 * s for s in SCALES)]),
        ("a whole plan, things", [(n, ms) for n, ms in crowd]),
    ]
    return [
        (name, "  ".join(f"{n}: {ms:.1f}" for n, ms in points), f"{exponent(points):.2f}") for name, points in measured
    ]


def solver_rows(answers: list[list[Solved]]) -> list[tuple[str, ...]]:
    """Return for each solver the median cost, time and number of imagined sequences over all problems."""
    return [
        (
            same[0].name,
            f"{1000 * quantile([one.cost for one in same], 0.5):.1f}",
            f"{quantile([one.milliseconds for one in same], 0.5):.0f}",
            str(same[0].sequences),
        )
        for same in zip(*answers, strict=True)
    ]


def main() -> None:
    """Print the tables."""
    torch.set_num_threads(1)
    settings, console = load_settings(), Console()
    folder = Path(settings.checkpoint or DEFAULT)
    learned, card = load_checkpoint(folder, cameras=DEFAULT_CAMERAS)
    model = CompiledModel(learned, folder)
    perceiver, planner = TokenPerceiver(learned), TwoLevelPlanner(model)
    cases = planned(planner, perceiver)
    both, control = latencies(planner, cases)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    square = torch.randn(256, 256, generator=seeded(0))
    product = least(lambda: square @ square)
    pairs = [manipulations(model, case) for case in cases]
    manipulation = quantile([simulated for _, simulated in pairs], 0.5)
    console.print(f"checkpoint {card.name}; {len(cases)} tasks of `place`, seeds from {FIRST_SEED}")
    console.print(f"reference: one product of 256 x 256 matrices {product:.3f} ms")
    console.print(f"reference: one manipulation simulated {manipulation:.1f} ms")
    heads = ("one manipulation planned", "ms", "in products", "in simulated manipulations")
    console.print(table("", heads, latency_rows(both, control, product, manipulation)))
    ratios = [simulated / imagined for imagined, simulated in pairs]
    blocks = sequences(model, cases[0], CANDIDATES, 8) / (CANDIDATES * 8)
    steps = manipulation / math.fsum(len(case.actions) for case in cases) * len(cases)
    console.print(f"manipulations, imagined over simulated a second: p50 {quantile(ratios, 0.5):.0f} x")
    console.print(f"blocks of control steps, imagined over simulated a second: {BLOCK * steps / blocks:.0f} x")
    console.print(f"peak memory of a process that perceived and planned: {memory:.2f} GiB")
    rows = scaling_rows(model, cases[0], clutter(model, perceiver))
    console.print(table("", ("growth", "number: ms", "exponent"), rows))
    answers = [solved(model, case.belief, case.first, seed) for seed, case in enumerate(cases[:PROBLEMS])]
    heads = (f"the same cost, {SAMPLES} samples a round", "median cost, mm", "median ms", "sequences")
    console.print(table("", heads, solver_rows(answers)))


if __name__ == "__main__":
    main()
