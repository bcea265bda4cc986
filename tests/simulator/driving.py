"""Drive a tool to places, for the tests of the simulator: no planning, true poses, either robot."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from simulator.base import MAX_STEP, TOOL_HOME, FloatArray, Scene, Thing

Vector = tuple[float, float, float]


def cube(name: str, x: float, y: float, z: float = 0.02, side: float = 0.04, yaw: float = 0.0) -> Thing:
    return Thing(name, "cube", "red", (side, side, side), (x, y, z), yaw)


def way(stops: Sequence[tuple[Vector, float]], start: Vector = TOOL_HOME) -> FloatArray:
    """Actions ``[T, 4]`` that take a tool from ``start`` through the stops (tip, suction) at full speed."""
    actions: list[list[float]] = []
    at = np.array(start)
    for stop, suction in stops:
        rest = np.array(stop) - at
        for _ in range(max(1, math.ceil(np.abs(rest).max() / MAX_STEP - 1e-9))):
            step = np.clip(np.array(stop) - at, -MAX_STEP, MAX_STEP)
            actions.append([*step, suction])
            at = at + step
    return np.array(actions, dtype=np.float32)


def carry(start: Vector, top: float, target: Vector, high: float = 0.14) -> FloatArray:
    """Pick what stands at ``start`` with its upper face at ``top`` and let it go with its centre at ``target``."""
    half = top - start[2]
    return way(
        [
            ((start[0], start[1], high), 0.0),
            ((start[0], start[1], top + 0.003), 1.0),
            ((start[0], start[1], top + 0.003), 1.0),
            ((start[0], start[1], high), 1.0),
            ((target[0], target[1], high), 1.0),
            ((target[0], target[1], target[2] + half + 0.004), 1.0),
            ((target[0], target[1], target[2] + half + 0.004), 0.0),
            ((target[0], target[1], high + 0.06), 0.0),
        ]
    )


def shove(start: Vector, length: float, high: float = 0.12) -> FloatArray:
    """Push what stands at ``start`` along +x with the closed tool, from 5 cm before its centre."""
    x, y, z = start
    stops = [((x - 0.05, y, high), 0.0), ((x - 0.05, y, z), 0.0)]
    stops += [((x - 0.05 + 0.02 * k, y, z), 0.0) for k in range(1, round(length / 0.02) + 1)]
    end = stops[-1][0]
    return way([*stops, ((end[0], end[1], high), 0.0)])


def scene(*things: Thing) -> Scene:
    return Scene("made", things)


def perform(step: Callable[[FloatArray], object], actions: FloatArray) -> None:
    for action in actions:
        step(action)
