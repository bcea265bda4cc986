"""Suction: which thing seals to the tool, when, and when it comes loose again."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from simulator.base import MOVABLE, Thing
from simulator.physics import Bullet, Pose, Vector, conjugate, multiply, rotation
from simulator.robot import Robot

SEAL_GAP = 0.008
"""Largest distance of the tip from the upper face at which suction seals, metres."""
SEAL_OFFSET = 0.015
"""Largest horizontal distance of the tip from the thing's axis at which suction seals, metres."""
SEAL_SHARE = 0.4
"""The same as a share of the thing's smallest extent: the cup has to be covered."""
SEAL_FORCE = 30.0
"""Force a seal bears, newtons."""
SEAL_STRETCH = 0.012
"""A held thing this far from where it was sealed has come loose, metres."""


class Suction:
    """The vacuum of one robot's tool.

    Args:
        bullet: the client.
        robot: whose tool it is.
        things: as declared; only movable ones can be sealed.
        bodies: the body of each thing by id.
    """

    def __init__(self, bullet: Bullet, robot: Robot, things: Sequence[Thing], bodies: Mapping[str, int]) -> None:
        self._bullet = bullet
        self._robot = robot
        self._things = tuple(thing for thing in things if thing.kind in MOVABLE)
        self._bodies = bodies
        self._weld = -1
        self.held: str | None = None
        self.grip: Pose | None = None

    def seal(self) -> None:
        """Seal the thing under the tip, if one is within reach."""
        x, y, z = self._robot.tip()
        best, chosen = math.inf, None
        for thing in self._things:
            pose = self._bullet.pose(self._bodies[thing.id])
            aside = math.hypot(pose.position[0] - x, pose.position[1] - y)
            if aside > min(SEAL_OFFSET, SEAL_SHARE * min(thing.size)):
                continue
            gap = abs(z - pose.position[2] - half_height(thing, pose))
            if gap <= SEAL_GAP and aside < best:
                best, chosen = aside, thing.id
        if chosen is not None:
            self.hold(chosen)

    def hold(self, thing_id: str) -> None:
        """Seal a thing to the tool where both are now."""
        frame, pose = self._robot.frame(), self._bullet.pose(self._bodies[thing_id])
        apart = rotation(frame.orientation).T @ (np.asarray(pose.position) - np.asarray(frame.position))
        offset: Vector = (float(apart[0]), float(apart[1]), float(apart[2]))
        self.grasp(thing_id, Pose(offset, multiply(conjugate(frame.orientation), pose.orientation)))

    def grasp(self, thing_id: str, grip: Pose) -> None:
        """Seal a thing at ``grip``, its pose in the frame of the tool; the two no longer collide."""
        body = self._bodies[thing_id]
        self._bullet.let_collide(self._robot.body, self._robot.links, body, False)
        self._weld = self._bullet.weld(self._robot.body, self._robot.link, body, grip, SEAL_FORCE)
        self.held, self.grip = thing_id, grip

    def release(self) -> None:
        """Let go of the held thing, if there is one."""
        if self.held is None:
            return
        self._bullet.unweld(self._weld)
        self._bullet.let_collide(self._robot.body, self._robot.links, self._bodies[self.held], True)
        self.held, self.grip = None, None

    def loose(self) -> bool:
        """Whether the held thing was torn from where it was sealed."""
        if self.held is None or self.grip is None:
            return False
        frame, pose = self._robot.frame(), self._bullet.pose(self._bodies[self.held])
        wanted = np.asarray(frame.position) + rotation(frame.orientation) @ np.asarray(self.grip.position)
        return float(np.linalg.norm(wanted - np.asarray(pose.position))) > SEAL_STRETCH


def half_height(thing: Thing, pose: Pose) -> float:
    """Half the vertical extent of ``thing`` at ``pose``, metres, also when it lies on its side."""
    if thing.kind == "ball":
        return thing.size[2] / 2
    row = np.abs(rotation(pose.orientation)[2])
    if thing.kind == "cylinder":
        upright = min(1.0, float(row[2]))
        return upright * thing.size[2] / 2 + math.sqrt(1 - upright * upright) * thing.size[0] / 2
    return float(row @ np.asarray(thing.size)) / 2
