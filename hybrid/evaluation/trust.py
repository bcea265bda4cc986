"""``python -m hybrid.evaluation.trust``: which first looks are refused, of plain and of spoiled ones.

Starts of the suites are looked at as they are, and spoiled: one thing painted in a colour that no class has, a camera
turned, moved or dead, views in the wrong order, a picture out of tune. Every look is one that must be refused or one
that must not; names and kinds are declared, as in the suites.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable
from dataclasses import replace
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
from hybrid.evaluation.statistics import wilson
from simulator.base import COLOURS, MOVABLE, Camera, Observation
from simulator.camera import DEFAULT_CAMERAS
from simulator.pinhole import pixel_points
from simulator.tasks import Task, make_task
from simulator.world import PhysicalWorld
from world_model.checkpoint import DEFAULT, load_checkpoint
from world_model.errors import PerceptionError

SUITES: Final = "place,push,stack,rearrange,blocksworld,dynamics,disturbed"
UNKNOWN: Final = {
    "magenta": (1.0, 0.0, 1.0),
    "turquoise": (0.0, 0.5, 0.5),
    "olive": (0.4, 0.45, 0.05),
    "navy": (0.02, 0.02, 0.3),
}
TURNS: Final = (1.0, 2.0, 5.0, 10.0)
"""How far a camera is turned, degrees."""
SHIFT: Final = 0.05
"""How far a camera is moved aside, metres."""
SKIN: Final = 0.003
"""How far outside a thing's solid its pixels may lie, metres."""
BRIGHT: Final = 0.5
"""What a picture out of tune keeps of its brightness."""


def painted(observation: Observation, task: Task, colour: tuple[float, float, float]) -> Observation:
    """Return ``observation`` with the uppermost thing that can be moved in another ``colour``, lit as it was."""
    thing = max((t for t in task.scene.things if t.kind in MOVABLE), key=lambda t: t.top)
    rgb = observation.rgb.astype(np.float32)
    light = np.array(colour) / np.array(COLOURS[thing.colour][:3])
    for view, camera in enumerate(DEFAULT_CAMERAS):
        offset = pixel_points(camera, observation.elevation[view]) - np.array(thing.position, dtype=np.float32)
        cos, sin = math.cos(thing.yaw), math.sin(thing.yaw)
        along, across = offset[..., 0] * cos + offset[..., 1] * sin, offset[..., 1] * cos - offset[..., 0] * sin
        local = np.abs(np.stack([along, across, offset[..., 2]], axis=-1))
        rgb[view, (local < np.array(thing.size) / 2 + SKIN).all(-1)] *= light
    return replace(observation, rgb=np.clip(np.rint(rgb), 0, 255).astype(np.uint8))


def turned(camera: Camera, degrees: float) -> Camera:
    """Return ``camera`` turned about the vertical or, where it looks straight down, tipped to one side."""
    angle, ahead = math.radians(degrees), np.subtract(camera.target, camera.eye)
    if not ahead[:2].any():
        return replace(camera, target=(camera.target[0], camera.eye[2] * math.tan(angle), camera.target[2]))
    x = ahead[0] * math.cos(angle) - ahead[1] * math.sin(angle)
    y = ahead[0] * math.sin(angle) + ahead[1] * math.cos(angle)
    return replace(camera, target=(camera.eye[0] + float(x), camera.eye[1] + float(y), camera.target[2]))


def moved(camera: Camera) -> Camera:
    """Return ``camera`` moved aside by ``SHIFT``, looking in the same direction."""
    (x, y, z), (tx, ty, tz) = camera.eye, camera.target
    return replace(camera, eye=(x, y + SHIFT, z), target=(tx, ty + SHIFT, tz))


def filmed(task: Task, cameras: tuple[Camera, ...] = DEFAULT_CAMERAS) -> Observation:
    """Return the first look at ``task`` through ``cameras``, which everybody takes for the usual ones."""
    world = PhysicalWorld(task.scene, physics=task.physics, cameras=cameras)
    try:
        return world.reset(task.seed)
    finally:
        world.close()


def through(view: int, change: Callable[[Camera], Camera]) -> tuple[Camera, ...]:
    """Return the usual cameras with that of ``view`` changed."""
    return tuple(change(camera) if row == view else camera for row, camera in enumerate(DEFAULT_CAMERAS))


def spoiled(task: Task) -> dict[str, Observation]:
    """Return first looks at ``task`` that must be refused, by what is wrong with them."""
    seen = filmed(task)
    found = {f"a {name} thing": painted(seen, task, colour) for name, colour in UNKNOWN.items()}
    for view, camera in enumerate(DEFAULT_CAMERAS):
        for degrees in TURNS:
            cameras = through(view, lambda one, angle=degrees: turned(one, angle))
            found[f"{camera.name} camera turned by {degrees:.0f} degrees"] = filmed(task, cameras)
        found[f"{camera.name} camera moved by {100 * SHIFT:.0f} cm"] = filmed(task, through(view, moved))
        found[f"{camera.name} camera dead"] = silenced(seen, view)
    found["views in the wrong order"] = filmed(task, DEFAULT_CAMERAS[::-1])
    found["blue taken for red"] = replace(seen, rgb=np.ascontiguousarray(seen.rgb[..., ::-1]))
    found[f"{100 * BRIGHT:.0f} % as bright"] = replace(seen, rgb=(seen.rgb * BRIGHT).astype(np.uint8))
    noise = np.random.default_rng(task.seed).integers(0, 256, seen.elevation.shape, dtype=np.uint8)
    found["elevation all noise"] = replace(seen, elevation=noise)
    return found


def silenced(seen: Observation, view: int) -> Observation:
    """Return ``seen`` with nothing in one ``view``."""
    rgb, elevation = seen.rgb.copy(), seen.elevation.copy()
    rgb[view], elevation[view] = 0, 0
    return replace(seen, rgb=rgb, elevation=elevation)


def refused(perceiver: Perceiver, seen: Observation, task: Task) -> bool:
    """Whether a first look that shows ``seen`` of ``task`` is refused."""
    try:
        perceiver.look(seen, names=task.scene)
    except PerceptionError:
        return True
    return False


def main() -> None:
    """Look, and print the table."""
    parser = argparse.ArgumentParser(description="Which first looks are refused, of spoiled and of plain ones.")
    parser.add_argument("--suites", default=SUITES, help="whose starts are looked at, comma-separated")
    parser.add_argument("--episodes", type=int, default=100, help="starts of each suite that are looked at as they are")
    parser.add_argument("--spoiled", type=int, default=5, help="starts of each suite that are spoiled in every way")
    parser.add_argument("--seed", type=int, required=True, help="of the first start")
    parser.add_argument("--tuning", action="store_true", help="allow training seeds; nothing may be claimed")
    asked = parser.parse_args()
    try:
        refuse_testing(asked.seed, tuning=asked.tuning)
        suites, most = asked.suites.split(","), max(asked.episodes, asked.spoiled)
        tasks = {suite: [make_task(suite, asked.seed + k) for k in range(most)] for suite in suites}
    except HybridError as error:
        parser.exit(2, f"{error}\n")
    torch.set_num_threads(1)
    model, card = load_checkpoint(load_settings().checkpoint or DEFAULT, cameras=DEFAULT_CAMERAS)
    perceiver, counted = build_perceiver(model, PRODUCT), dict[str, list[bool]]()
    for suite in suites:
        for task in tasks[suite][: asked.episodes]:
            counted.setdefault(f"{suite}, as it is", []).append(refused(perceiver, filmed(task), task))
        for task in tasks[suite][: asked.spoiled]:
            for wrong, seen in spoiled(task).items():
                counted.setdefault(wrong, []).append(refused(perceiver, seen, task))
    table = Table(title=f"first looks, checkpoint {card.name}")
    for head in ("what is wrong", "n", "refused", "95 % (Wilson)"):
        table.add_column(head)
    for wrong, looks in counted.items():
        share = wilson(sum(looks), len(looks))
        table.add_row(wrong, str(len(looks)), str(sum(looks)), f"{100 * share.low:.1f} to {100 * share.high:.1f} %")
    Console(file=sys.stdout, width=100).print(table)


if __name__ == "__main__":
    main()
