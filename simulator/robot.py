"""The robot as the tabletop needs it: something whose tool tip goes where it is told, with bounded force.

``ToolRobot`` is a rod without an arm, fast enough to collect data with. Suction is the tabletop's business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from simulator.base import TOOL_HOME
from simulator.physics import GRAVITY, TIMESTEP, UPRIGHT, Bullet, Motion, Pose, Surface, Vector
from simulator.shapes import Part

TOOL_RADIUS = 0.009
TOOL_LENGTH = 0.12
TOOL_MASS = 0.4
TOOL_INERTIA = 0.01
"""Moment of inertia of the rod, kg m^2: far above a rod's own, because an arm holds it upright."""
TOOL_FORCE = 30.0
"""Largest force along one axis with which the tool follows its target, newtons; a larger one crushes stacks."""
TOOL_SPEED = TOOL_FORCE * TIMESTEP / TOOL_MASS
"""Speed in m/s whose momentum, given anew each substep, amounts to ``TOOL_FORCE``."""
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

    def pose_at(self, tip: Vector) -> None:
        """Be at ``tip`` at once, at rest."""
        ...

    def state(self) -> RobotState:
        """Return everything that moves of the robot."""
        ...

    def restore(self, state: RobotState) -> None:
        """Be again as in ``state``."""
        ...


class ToolRobot:
    """A closed vacuum tool that is given, each substep, the velocity that takes it to its target.

    Its lag is thus nil in free space, and its force is bounded: momentum gained in one substep, over the substep.

    Args:
        bullet: the client to add it to.
        tip: where the tip starts, metres.
    """

    def __init__(self, bullet: Bullet, tip: Vector = TOOL_HOME) -> None:
        self._bullet = bullet
        rod = Part("cylinder", (2 * TOOL_RADIUS, 2 * TOOL_RADIUS, TOOL_LENGTH))
        pose = Pose((tip[0], tip[1], tip[2] + TOOL_LENGTH / 2), UPRIGHT)
        self.body: int = bullet.add([rod], TOOL_MASS, pose, Surface(0.5), TOOL_COLOUR)
        bullet.stiffen(self.body, TOOL_INERTIA)
        self.link: int = -1
        self.links: Sequence[int] = (-1,)

    def tip(self) -> Vector:
        """Return the tool tip, metres, world frame."""
        x, y, z = self._bullet.pose(self.body).position
        return (x, y, z - TOOL_LENGTH / 2)

    def frame(self) -> Pose:
        """Return the pose of the rod."""
        return self._bullet.pose(self.body)

    def drive(self, target: Vector) -> None:
        """Set where the tip should be at the end of the coming substep, metres."""
        pose = self._bullet.pose(self.body)
        (x, y, z), turn = pose.position, pose.orientation
        linear = (
            _bounded((target[0] - x) / TIMESTEP),
            _bounded((target[1] - y) / TIMESTEP),
            _bounded((target[2] + TOOL_LENGTH / 2 - z) / TIMESTEP) + GRAVITY * TIMESTEP,
        )
        right = -1.0 / TIMESTEP
        self._bullet.speed(self.body, linear, (right * turn[0], right * turn[1], right * turn[2]))

    def pose_at(self, tip: Vector) -> None:
        """Be at ``tip`` at once, at rest."""
        self._bullet.put(self.body, Motion(Pose((tip[0], tip[1], tip[2] + TOOL_LENGTH / 2), UPRIGHT)))

    def state(self) -> RobotState:
        """Return how the rod moves."""
        return RobotState((self._bullet.motion(self.body),))

    def restore(self, state: RobotState) -> None:
        """Be again as in ``state``."""
        self._bullet.put(self.body, state.bodies[0])


def _bounded(speed: float) -> float:
    return min(TOOL_SPEED, max(-TOOL_SPEED, speed))
