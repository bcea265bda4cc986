"""A scripted manipulator on true poses: it makes play data and proves that tasks are solvable; no planner may use it.

Pick and place: suction on, above the thing, down, up to the clearance, across, down, release, retreat. Push: beside the
thing on the far side from the target, down, forward until the thing is there, retreat.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from simulator.base import MAX_STEP, FloatArray, Thing, WorldState

TOOL_RADIUS = 0.009
"""Radius of the tool's rod, metres."""
PUSH_HEIGHT = 0.015
"""Least height of the tip while pushing, metres."""
PUSH_STEP = 0.025
"""Tool displacement a control step while pushing, metres."""
SETTLED = 0.008
"""A thing this close to its target is there, metres."""
PUSH_SHARE = 0.4
"""Height of the tip while pushing as a share of the thing's smallest extent: what is tall topples when pushed high."""
GENTLE_STEP = 0.008
"""Tool displacement a control step while pushing what is tall, and the least while pushing a ball, metres."""
ROLL_SHARE = 0.2
"""Tool displacement a control step while pushing a ball as a share of what is left: it rolls on."""
SLENDER = 2.0
"""Height over width from which a thing counts as tall."""
RETREAT = 0.08
"""How far above the thing the tool ends, metres."""


@dataclass(frozen=True)
class Intent:
    """What the script is about to do; coordinates as in ``planner.base.Manipulation``."""

    push: bool
    thing: str
    target: tuple[float, float, float]
    clearance: float


@dataclass(frozen=True)
class Phase:
    """Where in a manipulation the script is; ``offset`` is the horizontal grasp error it makes on purpose, metres."""

    released: bool = False
    lowered: bool = False
    done: bool = False
    offset: tuple[float, float] = (0.0, 0.0)


def towards(tool: FloatArray, aim: FloatArray, suction: float, limit: float = MAX_STEP) -> FloatArray:
    """Return the action ``[A]`` that brings the tip from ``tool [3]`` as near ``aim [3]`` as one step allows."""
    delta = np.clip(aim - tool, -limit, limit)
    return np.array([*delta, suction], dtype=np.float32)


def find(state: WorldState, thing_id: str) -> Thing:
    """Return the thing called ``thing_id`` in ``state``; raises ``StopIteration`` when absent."""
    return next(thing for thing in state.things if thing.id == thing_id)


def half_across(thing: Thing, along: FloatArray) -> float:
    """Return how far the outline of ``thing`` reaches from its centre along the unit vector ``along [2]``, metres."""
    if thing.kind in ("cylinder", "ball", "bowl"):
        return thing.size[0] / 2
    cosine, sine = float(np.cos(thing.yaw)), float(np.sin(thing.yaw))
    x, y = (
        abs(float(along[0]) * cosine + float(along[1]) * sine),
        abs(float(along[1]) * cosine - float(along[0]) * sine),
    )
    return (x * thing.size[0] + y * thing.size[1]) / 2


def scripted_action(state: WorldState, intent: Intent, phase: Phase) -> tuple[FloatArray, Phase]:
    """Return the next action ``[A]`` of ``intent`` from the true ``state``, and the phase after it."""
    tool = np.array(state.tool, dtype=np.float32)
    thing = find(state, intent.thing)
    if not phase.released and settled(state, thing, intent):
        phase = replace(phase, released=True)
    if phase.released:
        return _retreat(tool, thing, phase)
    if intent.push:
        return _push(tool, thing, intent, phase)
    if state.held == intent.thing:
        return _carry(tool, thing, intent, phase)
    return _approach(tool, thing, intent, phase)


def settled(state: WorldState, thing: Thing, intent: Intent) -> bool:
    """Whether ``thing`` is where it should be and nothing holds it: somebody else may have put it there."""
    if state.held is not None:
        return False
    apart = np.subtract(thing.position, intent.target)
    return bool(np.linalg.norm(apart[:2] if intent.push else apart) < SETTLED)


def _retreat(tool: FloatArray, thing: Thing, phase: Phase) -> tuple[FloatArray, Phase]:
    height = thing.top + RETREAT
    action = towards(tool, np.array([tool[0], tool[1], height + 0.005], dtype=np.float32), 0.0)
    return action, replace(phase, done=bool(tool[2] + action[2] >= height))


def _approach(tool: FloatArray, thing: Thing, intent: Intent, phase: Phase) -> tuple[FloatArray, Phase]:
    x, y = thing.position[0] + phase.offset[0], thing.position[1] + phase.offset[1]
    distance = float(np.hypot(tool[0] - x, tool[1] - y))
    if distance > 0.05:
        height = max(thing.top + 0.03, intent.clearance)
    elif distance > 0.006:
        height = thing.top + 0.02
    else:
        height = thing.top + 0.001
    if distance > 0.03 and tool[2] < height - 0.03:
        return towards(tool, np.array([tool[0], tool[1], height], dtype=np.float32), 1.0), phase
    return towards(tool, np.array([x, y, height], dtype=np.float32), 1.0), phase


def _carry(tool: FloatArray, thing: Thing, intent: Intent, phase: Phase) -> tuple[FloatArray, Phase]:
    grip = tool - np.array(thing.position, dtype=np.float32)
    aim = np.array(intent.target, dtype=np.float32) + grip
    distance = float(np.hypot(*(aim - tool)[:2]))
    if distance > 0.008:
        lift = tool[2] + intent.clearance - thing.bottom
        if thing.bottom < intent.clearance - 0.01 and distance > 0.02:
            return towards(tool, np.array([tool[0], tool[1], lift], dtype=np.float32), 1.0), phase
        return towards(tool, np.array([aim[0], aim[1], lift], dtype=np.float32), 1.0), phase
    if tool[2] - aim[2] > 0.004:
        return towards(tool, np.array([aim[0], aim[1], aim[2] + 0.001], dtype=np.float32), 1.0), phase
    return np.zeros(4, dtype=np.float32), replace(phase, released=True)


def _pace(thing: Thing, distance: float) -> float:
    """How far to push in one control step with ``distance`` to go, metres."""
    if thing.kind == "ball":
        return min(PUSH_STEP, max(GENTLE_STEP, ROLL_SHARE * distance))
    return min(GENTLE_STEP if _slender(thing) else PUSH_STEP, distance)


def _slender(thing: Thing) -> bool:
    return thing.size[2] >= SLENDER * min(thing.size[:2])


def _push(tool: FloatArray, thing: Thing, intent: Intent, phase: Phase) -> tuple[FloatArray, Phase]:
    centre = np.array(thing.position[:2], dtype=np.float32)
    rest = np.array(intent.target[:2], dtype=np.float32) - centre
    distance = float(np.linalg.norm(rest))
    along = rest / max(distance, 1e-6)
    reach = half_across(thing, along) + TOOL_RADIUS
    behind = centre - along * (reach + 0.015)
    height = max(PUSH_HEIGHT, thing.bottom + PUSH_SHARE * min(thing.size))
    offset = tool[:2] - centre
    lateral = float(abs(offset[0] * along[1] - offset[1] * along[0]))
    if phase.lowered and (distance < 0.008 or float(rest @ along) <= 0):
        return towards(tool, np.array([*tool[:2], thing.top + RETREAT], dtype=np.float32), 0.0), replace(
            phase, released=True
        )
    if not phase.lowered:
        travel = thing.top + 0.03
        near = float(np.linalg.norm(tool[:2] - behind)) < 0.01
        if not near:
            lift = tool[2] < travel - 0.02
            aim = np.array([*(tool[:2] if lift else behind), max(travel, intent.clearance)], dtype=np.float32)
            return towards(tool, aim, 0.0), phase
        lowered = bool(tool[2] <= height + MAX_STEP)
        return towards(tool, np.array([*behind, height], dtype=np.float32), 0.0), replace(phase, lowered=lowered)
    if lateral > 0.012 or float(offset @ along) > 0:
        return towards(tool, np.array([*tool[:2], thing.top + 0.04], dtype=np.float32), 0.0), replace(
            phase, lowered=False
        )
    contact = centre - along * reach
    step = _pace(thing, distance) + max(0.0, float((contact - tool[:2]) @ along))
    aim = (
        tool[:2]
        + along * min(step, GENTLE_STEP if _slender(thing) else MAX_STEP)
        + (contact - tool[:2] - along * float((contact - tool[:2]) @ along))
    )
    return towards(tool, np.array([*aim, height], dtype=np.float32), 0.0), phase
