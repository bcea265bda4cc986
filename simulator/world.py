"""The world one acts on: PyBullet behind the ``World`` contract, unlike the twin on purpose when asked to be."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from simulator.arm import ArmRobot
from simulator.base import Camera, FloatArray, Observation, Physics, Scene, WorldState
from simulator.camera import DEFAULT_CAMERAS, render
from simulator.errors import SceneError
from simulator.robot import ToolRobot
from simulator.tabletop import RobotFactory, TableSnapshot, Tabletop, Touches

_USUAL = Physics()
RobotName = Literal["tool", "arm"]
ROBOTS: dict[RobotName, RobotFactory] = {"tool": ToolRobot, "arm": ArmRobot}


@dataclass(frozen=True)
class WorldSnapshot:
    """A kept state of a ``PhysicalWorld``: table, pending actions, clock, randomness."""

    table: TableSnapshot
    pending: tuple[FloatArray, ...]
    step: int
    randomness: dict[str, Any]


class PhysicalWorld:
    """A scene in PyBullet that implements ``World``.

    Args:
        scene: what is on the table after every reset.
        robot: ``tool`` is a rod without an arm (fast); ``arm`` carries the same tool on an arm.
        physics: constants, and how the world differs from what a twin would assume.
        cameras: what ``observe`` renders, all of one size.
    """

    def __init__(
        self,
        scene: Scene,
        *,
        robot: RobotName = "tool",
        physics: Physics = _USUAL,
        cameras: Sequence[Camera] = DEFAULT_CAMERAS,
    ) -> None:
        self.scene = scene
        self.cameras: tuple[Camera, ...] = tuple(_shifted(camera, physics) for camera in cameras)
        self.physics = physics
        self._table = Tabletop(scene.things, physics=physics, robot=ROBOTS[robot])
        self._start(0)

    def _start(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self._pending: deque[FloatArray] = deque(np.zeros(4, np.float32) for _ in range(self.physics.latency))
        self._step = 0

    def reset(self, seed: int) -> Observation:
        """Build the scene anew; the same seed and actions give the same bytes."""
        self.restart(seed)
        return self.observe()

    def restart(self, seed: int) -> None:
        """Build the scene anew without looking at it (rendering costs more than building)."""
        self._table.restart()
        self._start(seed)

    def observe(self) -> Observation:
        """Render the cameras now and read the robot's sensors."""
        rgb, elevation = render(self._table.bullet, self.cameras, noise=self.physics.camera_noise, rng=self._rng)
        return Observation(rgb, elevation, self.proprioception(), self._step)

    def proprioception(self) -> FloatArray:
        """Return ``[P]``: tool tip (metres), suction command, vacuum seal."""
        sealed = float(self._table.held is not None)
        return np.array([*self._table.robot.tip(), float(self._table.suction), sealed], dtype=np.float32)

    def step(self, action: FloatArray) -> FloatArray:
        """Apply ``[A]`` for one control step and return proprioception ``[P]``; renders nothing."""
        self._pending.append(np.array(action, dtype=np.float32))
        command = self._pending.popleft()
        if self.physics.slip > 0 and self._rng.random() < self.physics.slip:
            command = without_vacuum(command)
        if self.physics.release_noise > 0 and command[3] <= 0.5:
            self._fumble()
        self._table.step(command)
        self._step += 1
        return self.proprioception()

    def _fumble(self) -> None:
        """Shift what is about to be let go of, as a gripper does that does not release all at once.

        Displacements are normal and cut at two standard deviations.
        """
        held = self._table.held
        if held is not None:
            dx, dy = np.clip(self._rng.normal(size=2), -2.0, 2.0) * self.physics.release_noise
            x, y, z = next(thing.position for thing in self.state().things if thing.id == held)
            self.place(held, (x + float(dx), y + float(dy), z))

    def state(self) -> WorldState:
        """Return the true state, for scoring only."""
        return self._table.state()

    def contacts(self) -> Touches:
        """Return what touched the tool and the held thing during the last control step."""
        return self._table.touches

    def place(self, thing_id: str, position: tuple[float, float, float]) -> None:
        """Move a thing at once to ``position`` (its centre, metres) as a disturbance; it keeps its yaw.

        Raises:
            SceneError: the scene has no such thing.
        """
        for thing in self.state().things:
            if thing.id == thing_id:
                self._table.place(replace(thing, position=position))
                return
        raise SceneError("thing", f"{thing_id!r} is not on the table", "Name a thing of the scene.")

    def snapshot(self) -> WorldSnapshot:
        """Keep the present state; good for any world of the same scene and physics."""
        randomness: dict[str, Any] = dict(self._rng.bit_generator.state)
        return WorldSnapshot(self._table.snapshot(), tuple(self._pending), self._step, randomness)

    def restore(self, snapshot: WorldSnapshot) -> None:
        """Bring back a kept state: the same actions then give the same bytes."""
        self._table.restore(snapshot.table)
        self._pending = deque(snapshot.pending)
        self._step = snapshot.step
        self._rng.bit_generator.state = snapshot.randomness

    def close(self) -> None:
        """Release the physics client."""
        self._table.close()


def without_vacuum(action: FloatArray) -> FloatArray:
    """Return ``[A]`` with the vacuum off for this control step; a seal that only broke would form again at once."""
    return np.array([*action[:3], 0.0], dtype=np.float32)


def _shifted(camera: Camera, physics: Physics) -> Camera:
    """The camera as it truly stands; whoever calibrated it does not know of the shift."""
    x, y, z = camera.eye
    dx, dy, dz = physics.camera_shift
    return replace(camera, eye=(x + dx, y + dy, z + dz))
