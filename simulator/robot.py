"""The robot as the tabletop needs it: something whose tool tip goes where it is told, with bounded force.

``ToolRobot`` is a rod without an arm, fast enough to collect data with. Suction is the tabletop's business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from simulator.base import TOOL_HOME
from simulator.physics import UPRIGHT, Bullet, Motion, Pose, Surface, Vector
from simulator.shapes import Part

TOOL_RADIUS = 0.009
TOOL_LENGTH = 0.12
TOOL_MASS = 0.15
TOOL_FORCE = 30.0
"""Largest force along one axis with which the tool follows its target, newtons; a larger one crushes stacks."""
TOOL_COLOUR = (0.20, 0.20, 0.22)


@dataclass(frozen=True)
class RobotState:
    """How a robot's free bodies and joints (angle in radians, rate in rad/s) move."""

    bodies: tuple[Motion, ...] = ()
    joints: tuple[tuple[float, float], ...] = ()


class Robot(Protocol):
    """A tool tip that moves, carried by something."""

    body: int
    """Body that carries the tool."""
    link: int
    """Link of ``body`` that is the tool; -1 is the body itself."""
    links: Sequence[int]
    """Links of ``body`` that can touch things."""

    def tip(self) -> Vector:
        """Return the tool tip, metres, world frame."""
        ...

    def frame(self) -> Pose:
        """Return the pose of the tool link, for welding things to it."""
        ...

    def drive(self, target: Vector) -> None:
        """Set where the tip should be at the end of the coming substep, metres."""
        ...

    def state(self) -> RobotState:
        """Return everything that moves of the robot."""
        ...

    def restore(self, state: RobotState, target: Vector) -> None:
        """Be again as in ``state``, driven to ``target``."""
        ...


class ToolRobot:
    """A closed vacuum tool held by a fixed constraint that is moved through space.

    Args:
        bullet: the client to add it to.
        tip: where the tip starts, metres.
    """

    def __init__(self, bullet: Bullet, tip: Vector = TOOL_HOME) -> None:
        self._bullet = bullet
        centre = _centre(tip)
        rod = Part("cylinder", (2 * TOOL_RADIUS, 2 * TOOL_RADIUS, TOOL_LENGTH))
        self.body: int = bullet.add([rod], TOOL_MASS, Pose(centre, UPRIGHT), Surface(0.5), TOOL_COLOUR)
        self.link: int = -1
        self.links: Sequence[int] = (-1,)
        self._weld = bullet.weld(self.body, -1, -1, Pose(centre, UPRIGHT), TOOL_FORCE)

    def tip(self) -> Vector:
        """Return the tool tip, metres, world frame."""
        x, y, z = self._bullet.pose(self.body).position
        return (x, y, z - TOOL_LENGTH / 2)

    def frame(self) -> Pose:
        """Return the pose of the rod."""
        return self._bullet.pose(self.body)

    def drive(self, target: Vector) -> None:
        """Set where the tip should be at the end of the coming substep, metres."""
        self._bullet.move_weld(self._weld, _centre(target), TOOL_FORCE)

    def state(self) -> RobotState:
        """Return how the rod moves."""
        return RobotState((self._bullet.motion(self.body),))

    def restore(self, state: RobotState, target: Vector) -> None:
        """Be again as in ``state``, driven to ``target``."""
        self._bullet.unweld(self._weld)
        self._bullet.put(self.body, state.bodies[0])
        self._weld = self._bullet.weld(self.body, -1, -1, Pose(_centre(target), UPRIGHT), TOOL_FORCE)


def _centre(tip: Vector) -> Vector:
    return (tip[0], tip[1], tip[2] + TOOL_LENGTH / 2)
