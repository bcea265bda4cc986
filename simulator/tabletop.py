"""One tabletop in one physics client: what the world one acts on and the twin one checks in have in common.

It knows true poses. It does not render, delay actions or add noise: that is ``simulator.world``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from simulator.base import (
    COLOURS,
    CONTAINERS,
    MAX_STEP,
    TOOL_CEILING,
    TOOL_HOME,
    FloatArray,
    Physics,
    Thing,
    WorldState,
)
from simulator.errors import ActionError
from simulator.physics import (
    STILL_MOTION,
    SUBSTEPS,
    Bullet,
    Motion,
    Pose,
    Surface,
    Vector,
    rotation,
    yaw_quaternion,
)
from simulator.robot import Robot, RobotState, ToolRobot
from simulator.shapes import parts
from simulator.suction import Suction

_USUAL = Physics()

DENSITY = 500.0
"""Kilograms per cubic metre of every movable thing (a 4 cm cube weighs 32 g)."""
CONTAINER_MASS = 0.25
WORKSPACE = 0.27
"""The tool tip stays within +- this along x and y, metres."""
TOOL_FLOOR = 0.004
"""Lowest tool tip, metres."""
LEASH = 0.01
"""The commanded tip runs at most this far ahead of the true one, metres; what presses on a thing does not wind up."""
SETTLE = 24
"""Substeps that things are given to come to rest before anything happens."""

STILL_STEPS = 2
"""Control steps at rest after which a thing sleeps; free fall from rest is noticed within one."""

RobotFactory = Callable[[Bullet, Vector], Robot]


@dataclass(frozen=True)
class Touches:
    """What touched during one control step.

    Attributes:
        peak_force: largest normal force between the tool or the held thing and anything, newtons.
        tool: ids of things the tool touched, the held one aside; ``table`` for the table.
        held: ids of what the held thing touched.
    """

    peak_force: float = 0.0
    tool: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()


@dataclass(frozen=True)
class TableSnapshot:
    """A kept state of a ``Tabletop``: plain data, good for any tabletop built from the same things and robot."""

    motions: tuple[Motion, ...]
    robot: RobotState
    target: Vector
    suction: bool
    held: str | None
    grip: Pose | None
    still: tuple[int, ...]
    touches: Touches


class Tabletop:
    """Things on a table and a robot, advanced one control step at a time.

    Args:
        things: what is on the table; trusted to be valid.
        physics: physical constants.
        robot: makes the robot in a client with its tip at a place; the tool-only robot by default.
        tool: where the tip starts, metres.
        held: id of a thing that is sealed to the tool from the start.
        settle: substeps without action at the start.
    """

    def __init__(
        self,
        things: Sequence[Thing],
        *,
        physics: Physics = _USUAL,
        robot: RobotFactory = ToolRobot,
        tool: Vector = TOOL_HOME,
        held: str | None = None,
        settle: int = SETTLE,
    ) -> None:
        self.bullet = Bullet(physics.friction)
        self._things = tuple(things)
        self._physics = physics
        self._make_robot = robot
        self._start = tool
        self._settle = settle
        self._populate()
        if held is not None:
            self._suction = True
            self._vacuum.hold(held)
        self._come_to_rest()

    def restart(self) -> None:
        """Build everything anew as it was at first, with nothing held."""
        self.bullet.clear()
        self._populate()
        self._come_to_rest()

    def _populate(self) -> None:
        """Put the things and the robot into an empty client."""
        self._bodies = {thing.id: self._add(thing, self._physics) for thing in self._things}
        self._names = {body: name for name, body in self._bodies.items()} | {self.bullet.table: "table"}
        self.robot: Robot = self._make_robot(self.bullet, self._start)
        self._target: Vector = self._start
        self._suction = False
        self._vacuum = Suction(self.bullet, self.robot, self._things, self._bodies)
        self._still = [0] * len(self._things)
        self.touches = Touches()

    def _come_to_rest(self) -> None:
        """Let things settle, stopping them often, so that those that overlap a little part without flying off."""
        for k in range(self._settle):
            self.robot.drive(self._start)
            self.bullet.advance()
            if k % 3 == 2:
                for body in self._bodies.values():
                    self.bullet.speed(body, (0.0, 0.0, 0.0), (0.0, 0.0, 0.0))

    def close(self) -> None:
        """Release the physics client."""
        self.bullet.close()

    def _add(self, thing: Thing, physics: Physics) -> int:
        pose = Pose(thing.position, yaw_quaternion(thing.yaw))
        rolling, damping = (0.0008, 0.6) if thing.kind == "ball" else (0.0, 0.04)
        surface = Surface(physics.friction, rolling, damping)
        solids = parts(thing.kind, thing.size)
        mass = _mass(thing) * physics.mass_scale
        return self.bullet.add(solids, mass, pose, surface, COLOURS[thing.colour], solid=thing.kind != "zone")

    @property
    def lag(self) -> float:
        """Distance of the tool tip from where it was told to be, metres."""
        return math.dist(self._target, self.robot.tip())

    @property
    def held(self) -> str | None:
        """Id of the thing sealed to the tool, or None."""
        return self._vacuum.held

    @property
    def suction(self) -> bool:
        """Whether suction was commanded in the last control step."""
        return self._suction

    def step(self, action: FloatArray) -> Touches:
        """Apply ``[A]`` = (dx, dy, dz in metres, suction) for one control step and return what touched.

        Displacements are clipped to +-``MAX_STEP`` an axis and to the workspace.

        Raises:
            ActionError: wrong shape or not finite.
        """
        command = np.asarray(action, dtype=np.float64)
        if command.shape != (4,) or not np.isfinite(command).all():
            raise ActionError("action", "not four finite numbers", "Give (dx, dy, dz in metres, suction in [0, 1]).")
        begin, end = self._target, self._aim(command)
        self._suction = bool(command[3] > 0.5)
        if not self._suction:
            self.release()
        peak, tool, held = 0.0, set[int](), set[int]()
        for k in range(1, SUBSTEPS + 1):
            if self._suction and self.held is None and k % 4 == 1:
                self._vacuum.seal()
            part = k / SUBSTEPS
            self._target = (
                begin[0] + part * (end[0] - begin[0]),
                begin[1] + part * (end[1] - begin[1]),
                begin[2] + part * (end[2] - begin[2]),
            )
            self.robot.drive(self._target)
            self.bullet.advance()
            peak = max(peak, self._feel(tool, held))
        self._rest()
        if self._vacuum.loose():
            self.release()
        self.touches = Touches(peak, self._called(tool), self._called(held))
        return self.touches

    def release(self) -> None:
        """Let go of the held thing, if there is one."""
        self._vacuum.release()

    def _rest(self) -> None:
        """Put to sleep what has been still for a while, and wake what moves."""
        for k, thing in enumerate(self._things):
            if thing.kind == "zone":
                continue
            still = self.bullet.motion(self._bodies[thing.id]).energy < STILL_MOTION
            self._still[k] = self._still[k] + 1 if still and thing.id != self.held else 0
        self._assert_rest()

    def _assert_rest(self) -> None:
        for thing, still in zip(self._things, self._still, strict=True):
            if thing.kind != "zone":
                self.bullet.rest(self._bodies[thing.id], still >= STILL_STEPS)

    def _aim(self, command: np.ndarray) -> Vector:
        """Where the tip is told to be at the end of the step: clipped, and not far ahead of where it truly is."""
        moved = np.asarray(self._target) + np.clip(command[:3], -MAX_STEP, MAX_STEP)
        tip = np.asarray(self.robot.tip())
        moved = np.clip(moved, tip - LEASH - MAX_STEP, tip + LEASH + MAX_STEP)
        low, high = (-WORKSPACE, -WORKSPACE, TOOL_FLOOR), (WORKSPACE, WORKSPACE, TOOL_CEILING)
        x, y, z = np.clip(moved, low, high).tolist()
        return (x, y, z)

    def _feel(self, tool: set[int], held: set[int]) -> float:
        """Note which bodies touch the tool and the held thing; return the largest force in newtons."""
        peak = 0.0
        for body, force in self.bullet.touching(self.robot.body).items():
            if body != self.robot.body:
                tool.add(body)
                peak = max(peak, force)
        if self.held is not None:
            for body, force in self.bullet.touching(self._bodies[self.held]).items():
                if body != self.robot.body:
                    held.add(body)
                    peak = max(peak, force)
        return peak

    def _called(self, bodies: set[int]) -> frozenset[str]:
        return frozenset(self._names[body] for body in bodies if body in self._names)

    def place(self, thing: Thing) -> None:
        """Put the thing of that id at the given pose at once, as if somebody moved it; a held one is let go of."""
        if self.held == thing.id:
            self.release()
        self.bullet.put(self._bodies[thing.id], Motion(Pose(thing.position, yaw_quaternion(thing.yaw))))
        self._wake()

    def show(self, state: WorldState) -> None:
        """Put everything, the tool too, where ``state`` has it, for pictures.

        What lies on its side is drawn upright: a ``WorldState`` does not tell which way it fell.
        """
        for thing in state.things:
            self.bullet.put(self._bodies[thing.id], Motion(Pose(thing.position, yaw_quaternion(thing.yaw))))
        self.robot.pose_at(state.tool)

    def _wake(self) -> None:
        """Wake everything: what leaned on or lay upon a thing that was taken away has to fall."""
        self._still = [0] * len(self._things)
        self._assert_rest()

    def state(self) -> WorldState:
        """Return the true poses, how upright each thing is, the tool tip and what is held."""
        things: list[Thing] = []
        upright: list[float] = []
        for thing in self._things:
            pose = self.bullet.pose(self._bodies[thing.id])
            turn = rotation(pose.orientation)
            yaw = math.atan2(float(turn[1, 0]), float(turn[0, 0]))
            things.append(replace(thing, position=pose.position, yaw=yaw))
            upright.append(float(turn[2, 2]))
        return WorldState(tuple(things), tuple(upright), self.robot.tip(), self.held)

    def snapshot(self) -> TableSnapshot:
        """Keep the present state, and build everything anew in it, so that going on and coming back are the same."""
        snapshot = TableSnapshot(
            tuple(self.bullet.motion(body) for body in self._bodies.values()),
            self.robot.state(),
            self._target,
            self._suction,
            self._vacuum.held,
            self._vacuum.grip,
            tuple(self._still),
            self.touches,
        )
        self.restore(snapshot)
        return snapshot

    def restore(self, snapshot: TableSnapshot) -> None:
        """Bring back a kept state exactly: the same actions then give the same bytes.

        The engine's own saved states do not: the order of contacts, sleep timers and welds are not in them (replays
        differed by up to 1e-4 m). So the client is cleared and everything is built anew.
        """
        self.bullet.clear()
        self._populate()
        for body, motion in zip(self._bodies.values(), snapshot.motions, strict=True):
            self.bullet.put(body, motion)
        self.robot.restore(snapshot.robot)
        self._target, self._suction, self.touches = snapshot.target, snapshot.suction, snapshot.touches
        self._still = list(snapshot.still)
        self._assert_rest()
        if snapshot.held is not None and snapshot.grip is not None:
            self._vacuum.grasp(snapshot.held, snapshot.grip)


def _mass(thing: Thing) -> float:
    """Mass in kilograms; 0 for what cannot move."""
    if thing.kind == "zone":
        return 0.0
    if thing.kind in CONTAINERS:
        return CONTAINER_MASS
    volume = math.prod(thing.size)
    if thing.kind == "cylinder":
        volume *= math.pi / 4
    if thing.kind == "ball":
        volume *= math.pi / 6
    return DENSITY * volume
