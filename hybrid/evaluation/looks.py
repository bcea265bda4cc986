"""``python -m hybrid.evaluation.looks``: how well first looks at tasks see things, by kind and by how they lie.

What is believed is compared with the true state, thing by thing under its declared name. A thing that is believed
more than ``ELSEWHERE`` from where it is counts as wrong, and so does one that is missed or that is not there.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from hybrid.base import Perceiver
from hybrid.bootstrap import PRODUCT, build_perceiver
from hybrid.config import load_settings
from hybrid.errors import HybridError
from hybrid.evaluation.heldout import refuse_testing
from simulator.base import Thing
from simulator.camera import DEFAULT_CAMERAS
from simulator.tasks import Task, make_task
from simulator.world import PhysicalWorld
from world_model.checkpoint import DEFAULT, load_checkpoint
from world_model.errors import PerceptionError
from world_model.stature import carriers, lies_in_one

SUITES: Final = "stack,place,dynamics,rearrange,blocksworld"
ELSEWHERE: Final = 0.03
"""Farther than this from where it is, a thing is not what it is believed to be, metres."""


@dataclass(frozen=True)
class Glance:
    """One true thing and what a first look made of it.

    Attributes:
        kind: of the thing.
        lies: ``alone``, ``stacked`` (it carries something or is carried) or ``in a container``.
        errors: of its centre along the table, of its centre's height, of its breadth and of its own height, metres;
            None where it was missed or believed elsewhere.
    """

    kind: str
    lies: str
    errors: tuple[float, float, float, float] | None


@dataclass(frozen=True)
class Look:
    """A first look at one task: its things, what was believed that is not there, and whether it was refused."""

    glances: tuple[Glance, ...]
    ghosts: int = 0
    refused: bool = False

    @property
    def wrong(self) -> bool:
        """Whether something was missed, misplaced, imagined or refused."""
        return self.refused or self.ghosts > 0 or any(glance.errors is None for glance in self.glances)


def looked(perceiver: Perceiver, task: Task) -> Look:
    """Return what a first look at ``task`` made of its things."""
    world = PhysicalWorld(task.scene, physics=task.physics)
    try:
        observation = world.reset(task.seed)
        true = world.state().things
    finally:
        world.close()
    ways = [lies(true, row) for row in range(len(true))]
    try:
        seen = {thing.id: thing for thing in perceiver.look(observation, names=task.scene).scene.things}
    except PerceptionError:
        return Look(tuple(Glance(thing.kind, way, None) for thing, way in zip(true, ways, strict=True)), refused=True)
    glances = [
        Glance(thing.kind, way, errors(thing, seen.get(thing.id))) for thing, way in zip(true, ways, strict=True)
    ]
    return Look(tuple(glances), ghosts=len(set(seen) - {thing.id for thing in true}))


def lies(things: Sequence[Thing], row: int) -> str:
    """Return how the thing of ``row`` lies among the true ``things``."""
    under, thing = carriers(things), things[row]
    if row in under or row in under.values():
        return "stacked"
    inside = lies_in_one([other for other in things if other.id != thing.id], thing)
    return "in a container" if inside else "alone"


def errors(true: Thing, seen: Thing | None) -> tuple[float, float, float, float] | None:
    """Return the errors of ``Glance``; None where the thing is not believed near where it is."""
    if seen is None:
        return None
    x, y, z = np.subtract(seen.position, true.position)
    if float(np.hypot(x, y)) > ELSEWHERE:
        return None
    broad = abs(sum(seen.size[:2]) - sum(true.size[:2])) / 2
    return float(np.hypot(x, y)), abs(float(z)), broad, abs(seen.size[2] - true.size[2])


def rows(looks: Iterable[Look]) -> list[tuple[str, ...]]:
    """Return a row of the table for each kind and way of lying, errors in millimetres."""
    groups: dict[tuple[str, str], list[Glance]] = {}
    for look in looks:
        for glance in look.glances:
            groups.setdefault((glance.kind, glance.lies), []).append(glance)
    found: list[tuple[str, ...]] = []
    for (kind, way), glances in sorted(groups.items()):
        measured = [glance.errors for glance in glances if glance.errors is not None]
        quantiles = (
            np.quantile(1000 * np.array(measured), [0.5, 0.9], axis=0).T if measured else np.full((4, 2), np.nan)
        )
        cells = [f"{middle:.1f} / {most:.1f}" for middle, most in quantiles]
        found.append((kind, way, str(len(glances)), str(len(glances) - len(measured)), *cells))
    return found


def main() -> None:
    """Look, and print the table."""
    parser = argparse.ArgumentParser(description="How well first looks see things, by kind and by how they lie.")
    parser.add_argument("--suites", default=SUITES, help="whose starts are looked at, comma-separated")
    parser.add_argument("--episodes", type=int, default=40, help="starts of each suite")
    parser.add_argument("--seed", type=int, required=True, help="of the first start")
    parser.add_argument("--tuning", action="store_true", help="allow training seeds; nothing may be claimed")
    asked = parser.parse_args()
    try:
        refuse_testing(asked.seed, tuning=asked.tuning)
        tasks = [make_task(suite, asked.seed + k) for suite in asked.suites.split(",") for k in range(asked.episodes)]
    except HybridError as error:
        parser.exit(2, f"{error}\n")
    torch.set_num_threads(1)
    model, card = load_checkpoint(load_settings().checkpoint or DEFAULT, cameras=DEFAULT_CAMERAS)
    perceiver, looks, wrong = build_perceiver(model, PRODUCT), list[Look](), list[str]()
    for task in tasks:
        looks.append(looked(perceiver, task))
        wrong += [f"{task.suite} {task.seed}"] if looks[-1].wrong else []
    table = Table(title=f"first looks, checkpoint {card.name}, errors in mm: median / 90th percentile")
    for head in ("kind", "lies", "n", "wrong", "along the table", "in height", "of its breadth", "of its height"):
        table.add_column(head)
    for row in rows(looks):
        table.add_row(*row)
    Console(file=sys.stdout, width=130).print(table)
    sys.stdout.write(f"{len(looks)} looks, {len(wrong)} with something wrong: {', '.join(wrong) or 'none'}\n")


if __name__ == "__main__":
    main()
