"""Where the arm's joints must be for the tool to point straight down at a place: closed form, no simulator.

The arm is a KUKA LBR iiwa (``kuka_iiwa/model.urdf`` of PyBullet's data), enlarged so that the whole work area is within
its reach: shoulder, elbow and wrist lie in one vertical plane while joints 3 and 5 are zero.
"""

from __future__ import annotations

import math

Joints = tuple[float, float, float, float, float, float, float]

SCALE = 1.5
"""Enlargement of the arm: its own reach of 0.41 to 0.82 m about the shoulder cannot span a table of 0.54 m."""
BASE = (0.89, 0.0, 0.0)
"""Foot of the arm, metres, behind the table; it is turned by half a turn to face the viewer."""
SHOULDER = 0.36 * SCALE
UPPER_ARM = 0.42 * SCALE
FOREARM = 0.40 * SCALE
WRIST_TO_FLANGE = 0.126 * SCALE
"""Lengths between the joint axes, metres (origins of the joints in the URDF)."""


def reach_joints(tip: tuple[float, float, float], tool_length: float) -> Joints:
    """Return the seven joint angles, radians, that point the tool down with its tip nearest to ``tip``.

    Args:
        tip: metres, world frame. Beyond the arm's reach the arm stretches or folds towards it.
        tool_length: flange to tip, metres.

    Returns:
        Angles that also keep the tool from turning about its own axis wherever it goes.
    """
    x, y = BASE[0] - tip[0], BASE[1] - tip[1]
    azimuth = math.atan2(y, x)
    outward = math.hypot(x, y)
    upward = tip[2] + tool_length + WRIST_TO_FLANGE - SHOULDER - BASE[2]
    distance = math.hypot(outward, upward)
    distance = min(UPPER_ARM + FOREARM - 1e-6, max(UPPER_ARM - FOREARM + 1e-6, distance))
    elbow = math.acos(_cosine(UPPER_ARM, FOREARM, distance))
    inner = math.acos(_cosine(UPPER_ARM, distance, FOREARM))
    lift = math.atan2(outward, upward) - inner
    bend = math.pi - elbow
    return (azimuth, lift, 0.0, -bend, 0.0, math.pi - lift - bend, azimuth)


def _cosine(one: float, other: float, opposite: float) -> float:
    """Cosine of the angle between two sides of a triangle (law of cosines)."""
    return min(1.0, max(-1.0, (one * one + other * other - opposite * opposite) / (2 * one * other)))
