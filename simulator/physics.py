"""The one wall around PyBullet: a client with typed methods, and nothing above it imports ``pybullet``.

Each ``Bullet`` is its own DIRECT client. It knows bodies, welds and pictures; it does not know what a scene, a robot
or an action is. Lengths in metres, forces in newtons, quaternions as (x, y, z, w), world frame.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pybullet
import pybullet_data
from numpy.typing import NDArray

from simulator.base import CONTROL_PERIOD, ByteArray, Camera
from simulator.shapes import Part

ARM_FOLDER = Path(pybullet_data.getDataPath()) / "kuka_iiwa"
"""Where PyBullet's data keeps the arm: ``model.urdf`` and its meshes."""
Vector = tuple[float, float, float]
Quaternion = tuple[float, float, float, float]

SUBSTEPS = 12
"""Physics steps in one control step: 120 Hz."""
TIMESTEP = CONTROL_PERIOD / SUBSTEPS
"""Seconds one physics step lasts."""
GRAVITY = 9.81
NEAR, FAR = 0.05, 3.0
"""Clipping planes of every camera, metres."""
TABLE_COLOUR = (0.80, 0.69, 0.53)
SOLVER_ITERATIONS = 150
"""A stack of five creeps by 0.4 mm in 3 s with 150 iterations and by 2.6 mm with 50; at rest both cost the same."""
STILL_MOTION = 2e-4
"""Squared speed (m/s) plus squared turning rate (rad/s) below which a body is at rest."""
UPRIGHT: Quaternion = (0.0, 0.0, 0.0, 1.0)

_SHAPES: dict[str, int] = {"box": pybullet.GEOM_BOX, "cylinder": pybullet.GEOM_CYLINDER, "sphere": pybullet.GEOM_SPHERE}


@dataclass(frozen=True)
class Pose:
    """Where a body is: position of its frame and orientation."""

    position: Vector
    orientation: Quaternion


@dataclass(frozen=True)
class Motion:
    """Where a body is and how it moves: linear velocity in m/s, angular in rad/s."""

    pose: Pose
    linear: Vector = (0.0, 0.0, 0.0)
    angular: Vector = (0.0, 0.0, 0.0)

    @property
    def energy(self) -> float:
        """Squared speed plus squared turning rate, the engine's own measure of rest."""
        return sum(v * v for v in self.linear) + sum(v * v for v in self.angular)


@dataclass(frozen=True)
class Surface:
    """How a body slides, rolls and bounces.

    Attributes:
        lateral: sliding friction coefficient.
        rolling: rolling friction coefficient, metres.
        damping: angular damping, 1/s.
    """

    lateral: float
    rolling: float = 0.0
    damping: float = 0.04


def yaw_quaternion(yaw: float) -> Quaternion:
    """Return the rotation by ``yaw`` radians about z."""
    return (0.0, 0.0, math.sin(yaw / 2), math.cos(yaw / 2))


def rotation(orientation: Quaternion) -> NDArray[np.float64]:
    """Return the ``[3, 3]`` rotation matrix of a quaternion; its columns are the body's axes in the world frame."""
    x, y, z, w = orientation
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def multiply(one: Quaternion, other: Quaternion) -> Quaternion:
    """Return the rotation that applies ``other`` first and ``one`` second."""
    x1, y1, z1, w1 = one
    x2, y2, z2, w2 = other
    return (
        w1 * x2 + x1 * w2 + y1 * z2 - z1 * y2,
        w1 * y2 - x1 * z2 + y1 * w2 + z1 * x2,
        w1 * z2 + x1 * y2 - y1 * x2 + z1 * w2,
        w1 * w2 - x1 * x2 - y1 * y2 - z1 * z2,
    )


def conjugate(orientation: Quaternion) -> Quaternion:
    """Return the opposite rotation."""
    x, y, z, w = orientation
    return (-x, -y, -z, w)


class Bullet:
    """One PyBullet client with a table in it.

    Args:
        friction: lateral friction coefficient of the table.
    """

    def __init__(self, friction: float) -> None:
        self._client: int = pybullet.connect(pybullet.DIRECT)
        self._open = True
        self._friction = friction
        self.table = -1
        self.clear()

    def clear(self) -> None:
        """Remove everything but the table; nothing of the past is left, not even in the engine's caches."""
        pybullet.resetSimulation(physicsClientId=self._client)
        pybullet.setGravity(0, 0, -GRAVITY, physicsClientId=self._client)
        pybullet.setPhysicsEngineParameter(
            fixedTimeStep=TIMESTEP,
            numSolverIterations=SOLVER_ITERATIONS,
            deterministicOverlappingPairs=1,
            enableFileCaching=0,
            physicsClientId=self._client,
        )
        top = Part("box", (2.0, 2.0, 0.1))
        self.table = self.add([top], 0.0, Pose((0, 0, -0.05), UPRIGHT), Surface(self._friction), TABLE_COLOUR)

    def close(self) -> None:
        """Release the client; calling it again does nothing."""
        if self._open:
            self._open = False
            pybullet.disconnect(physicsClientId=self._client)

    def add(
        self, solids: Sequence[Part], mass: float, pose: Pose, surface: Surface, colour: Vector, *, solid: bool = True
    ) -> int:
        """Add a body made of ``solids`` and return its number; mass 0 stands still, ``solid`` False is only seen.

        ``mass`` is in kilograms and ``colour`` is RGB in [0, 1].
        """
        collision = self._shape(solids, None) if solid else -1
        body: int = pybullet.createMultiBody(
            baseMass=mass,
            baseCollisionShapeIndex=collision,
            baseVisualShapeIndex=self._shape(solids, colour),
            basePosition=pose.position,
            baseOrientation=pose.orientation,
            physicsClientId=self._client,
        )
        pybullet.changeDynamics(
            body,
            -1,
            lateralFriction=surface.lateral,
            rollingFriction=surface.rolling,
            linearDamping=0.04,
            angularDamping=surface.damping,
            restitution=0.0,
            sleepThreshold=STILL_MOTION,
            physicsClientId=self._client,
        )
        return body

    def _shape(self, solids: Sequence[Part], colour: Vector | None) -> int:
        """Create a collision shape, or the visual shape when a colour is given."""
        columns: dict[str, Any] = {
            "shapeTypes": [_SHAPES[part.solid] for part in solids],
            "radii": [part.extents[0] / 2 for part in solids],
            "halfExtents": [[extent / 2 for extent in part.extents] for part in solids],
            "lengths": [part.extents[2] for part in solids],
        }
        offsets = [part.offset for part in solids]
        turns = [yaw_quaternion(part.yaw) for part in solids]
        if colour is None:
            shape: int = pybullet.createCollisionShapeArray(
                **columns,
                collisionFramePositions=offsets,
                collisionFrameOrientations=turns,
                physicsClientId=self._client,
            )
            return shape
        visual: int = pybullet.createVisualShapeArray(
            **columns,
            rgbaColors=[[*colour, 1.0]] * len(solids),
            visualFramePositions=offsets,
            visualFrameOrientations=turns,
            physicsClientId=self._client,
        )
        return visual

    def pose(self, body: int) -> Pose:
        """Return where ``body`` is now."""
        position, orientation = pybullet.getBasePositionAndOrientation(body, physicsClientId=self._client)
        return Pose(position, orientation)

    def motion(self, body: int) -> Motion:
        """Return where ``body`` is and how it moves."""
        linear, angular = pybullet.getBaseVelocity(body, physicsClientId=self._client)
        return Motion(self.pose(body), linear, angular)

    def put(self, body: int, motion: Motion) -> None:
        """Move ``body`` there at once, moving as stated."""
        pose = motion.pose
        pybullet.resetBasePositionAndOrientation(body, pose.position, pose.orientation, physicsClientId=self._client)
        pybullet.resetBaseVelocity(body, motion.linear, motion.angular, physicsClientId=self._client)

    def speed(self, body: int, linear: Vector, angular: Vector) -> None:
        """Give ``body`` a velocity, m/s and rad/s."""
        pybullet.resetBaseVelocity(body, linear, angular, physicsClientId=self._client)

    def stiffen(self, body: int, inertia: float) -> None:
        """Give ``body`` the same moment of inertia, kg m^2, about every axis."""
        pybullet.changeDynamics(body, -1, localInertiaDiagonal=[inertia] * 3, physicsClientId=self._client)

    def rest(self, body: int, asleep: bool) -> None:
        """Put ``body`` to sleep (it costs nothing until something awake touches it) or wake it up."""
        state = pybullet.ACTIVATION_STATE_ENABLE_SLEEPING
        state |= pybullet.ACTIVATION_STATE_SLEEP if asleep else pybullet.ACTIVATION_STATE_WAKE_UP
        pybullet.changeDynamics(body, -1, activationState=state, physicsClientId=self._client)

    def load(self, description: str, foot: Pose, scale: float, surface: Surface) -> int:
        """Add a fixed, jointed body from the text of a URDF, enlarged by ``scale``; return its number."""
        with tempfile.NamedTemporaryFile("w", suffix=".urdf", encoding="utf-8") as file:
            file.write(description)
            file.flush()
            body: int = pybullet.loadURDF(
                file.name,
                foot.position,
                foot.orientation,
                useFixedBase=True,
                globalScaling=scale,
                physicsClientId=self._client,
            )
        for link in range(pybullet.getNumJoints(body, physicsClientId=self._client)):
            pybullet.changeDynamics(
                body,
                link,
                lateralFriction=surface.lateral,
                linearDamping=0.0,
                angularDamping=0.0,
                jointDamping=0.0,
                physicsClientId=self._client,
            )
        return body

    def link_pose(self, body: int, link: int) -> Pose:
        """Return where a link's centre of mass is now."""
        state = pybullet.getLinkState(body, link, computeForwardKinematics=1, physicsClientId=self._client)
        return Pose(state[0], state[1])

    def joints(self, body: int, count: int) -> tuple[tuple[float, float], ...]:
        """Return angle (radians) and rate (rad/s) of the first ``count`` joints."""
        states = pybullet.getJointStates(body, range(count), physicsClientId=self._client)
        return tuple((state[0], state[1]) for state in states)

    def set_joints(self, body: int, joints: Sequence[tuple[float, float]]) -> None:
        """Set angle and rate of the first joints at once."""
        angles = [[angle] for angle, _ in joints]
        rates = [[rate] for _, rate in joints]
        pybullet.resetJointStatesMultiDof(body, range(len(joints)), angles, rates, physicsClientId=self._client)

    def turn_joints(self, body: int, angles: Sequence[float], torques: Sequence[float]) -> None:
        """Let motors of bounded torque (newton metres) bring the joints to ``angles`` within the coming substep."""
        pybullet.setJointMotorControlArray(
            body,
            range(len(angles)),
            pybullet.POSITION_CONTROL,
            targetPositions=angles,
            forces=torques,
            positionGains=[1.0] * len(angles),
            velocityGains=[1.0] * len(angles),
            physicsClientId=self._client,
        )

    def weld(self, body: int, link: int, child: int, offset: Pose, force: float) -> int:
        """Fix ``child`` at its pose ``offset`` in the frame of ``body``'s link with bounded force; return the weld."""
        weld: int = pybullet.createConstraint(
            body,
            link,
            child,
            -1,
            pybullet.JOINT_FIXED,
            (0, 0, 0),
            offset.position,
            (0, 0, 0),
            offset.orientation,
            UPRIGHT,
            physicsClientId=self._client,
        )
        pybullet.changeConstraint(weld, maxForce=force, physicsClientId=self._client)
        return weld

    def unweld(self, weld: int) -> None:
        """Remove a weld."""
        pybullet.removeConstraint(weld, physicsClientId=self._client)

    def let_collide(self, one: int, links: Sequence[int], other: int, collide: bool) -> None:
        """Let two bodies collide, or pass through each other; ``links`` are those of the first."""
        for link in links:
            pybullet.setCollisionFilterPair(one, other, link, -1, int(collide), physicsClientId=self._client)

    def touching(self, body: int) -> dict[int, float]:
        """Return the bodies that touch ``body`` and the normal force of each, newtons."""
        forces: dict[int, float] = {}
        for contact in pybullet.getContactPoints(bodyA=body, physicsClientId=self._client) or ():
            if contact[8] < 0.001:
                forces[contact[2]] = forces.get(contact[2], 0.0) + contact[9]
        return forces

    def advance(self) -> None:
        """Advance physics by one substep."""
        pybullet.stepSimulation(physicsClientId=self._client)

    def picture(self, camera: Camera) -> tuple[ByteArray, NDArray[np.float32]]:
        """Render in software; return ``[H, W, 3]`` RGB and ``[H, W]`` depth along the view axis, metres."""
        view = pybullet.computeViewMatrix(camera.eye, camera.target, camera.up)
        projection = pybullet.computeProjectionMatrixFOV(camera.fov, camera.width / camera.height, NEAR, FAR)
        _, _, pixels, depth, _ = pybullet.getCameraImage(
            camera.width,
            camera.height,
            view,
            projection,
            shadow=0,
            lightDirection=(-0.4, 0.3, 1.0),
            lightAmbientCoeff=0.55,
            lightDiffuseCoeff=0.45,
            lightSpecularCoeff=0.0,
            renderer=pybullet.ER_TINY_RENDERER,
            flags=pybullet.ER_NO_SEGMENTATION_MASK,
            physicsClientId=self._client,
        )
        rgb = np.asarray(pixels, dtype=np.uint8).reshape(camera.height, camera.width, 4)[..., :3]
        buffer = np.asarray(depth, dtype=np.float32).reshape(camera.height, camera.width)
        return np.ascontiguousarray(rgb), FAR * NEAR / (FAR - (FAR - NEAR) * buffer)
