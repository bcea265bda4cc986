"""The arm: it reaches all of the workspace with the tool straight down, and agrees with the tool alone."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from simulator.arm import ArmRobot, unseen_arm
from simulator.base import TOOL_CEILING, Thing
from simulator.kinematics import BASE, reach_joints
from simulator.physics import Bullet, rotation
from simulator.robot import TOOL_LENGTH, ToolRobot
from simulator.tabletop import TOOL_FLOOR, WORKSPACE, RobotFactory, Tabletop
from tests.simulator.driving import carry, cube, shove, way

CORNERS = list(
    itertools.product((-WORKSPACE, 0.0, WORKSPACE), (-WORKSPACE, 0.0, WORKSPACE), (TOOL_FLOOR, 0.2, TOOL_CEILING))
)
LIMITS = (2.967, 2.094, 2.967, 2.094, 2.967, 2.094, 3.054)
"""Joint limits of the URDF, radians."""


def trace(robot: RobotFactory, things: list[Thing], actions: np.ndarray) -> tuple[np.ndarray, Tabletop]:
    table = Tabletop(things, robot=robot)
    tips = []
    for action in actions:
        table.step(action)
        tips.append(table.robot.tip())
    return np.array(tips), table


def test_the_joints_bring_the_tip_there_pointing_down_without_turning() -> None:
    bullet = Bullet(0.5)
    arm = unseen_arm(bullet)
    for corner in CORNERS:
        arm.pose_at(corner)
        assert math.dist(arm.tip(), corner) < 1e-6
        turn = rotation(arm.frame().orientation)
        assert turn[:, 2] == pytest.approx((0, 0, -1), abs=1e-6)
        assert turn[:, 0] == pytest.approx((1, 0, 0), abs=1e-6)


@pytest.mark.parametrize("corner", CORNERS)
def test_no_joint_passes_its_limit_anywhere(corner: tuple[float, float, float]) -> None:
    joints = reach_joints(corner, TOOL_LENGTH)
    assert all(abs(angle) < limit for angle, limit in zip(joints, LIMITS, strict=True))


def test_beyond_its_reach_the_arm_stretches_towards_the_place() -> None:
    bullet = Bullet(0.5)
    arm = unseen_arm(bullet)
    arm.pose_at((-0.8, 0.0, 0.1))
    assert -0.6 < arm.tip()[0] < -0.3
    arm.pose_at((BASE[0], 0.0, 0.1))
    assert all(math.isfinite(value) for value in arm.tip())


@pytest.mark.parametrize(("things", "actions"), [
    ([cube("a", -0.15, 0.12, yaw=0.4), cube("b", 0.1, -0.1)], carry((-0.15, 0.12, 0.02), 0.04, (0.1, -0.1, 0.06))),
    ([cube("a", 0.0, 0.05), cube("b", 0.1, -0.1)], shove((0.0, 0.05, 0.02), 0.14)),
], ids=["pick and place", "push"])  # fmt: skip
def test_the_same_actions_end_alike_with_and_without_the_arm(things: list[Thing], actions: np.ndarray) -> None:
    tips, table = trace(ToolRobot, things, actions)
    arm_tips, arm_table = trace(unseen_arm, things, actions)
    assert np.linalg.norm(tips - arm_tips, axis=1).max() < 0.002
    moved = math.dist(table.state().things[0].position, things[0].position)
    assert moved > 0.08
    for one, other in zip(table.state().things, arm_table.state().things, strict=True):
        assert math.dist(one.position, other.position) < 0.01


def test_the_arm_presses_with_bounded_force() -> None:
    table = Tabletop([cube("a", 0.0, 0.0)], robot=unseen_arm)
    for action in way([((0, 0, 0.1), 0.0)]):
        table.step(action)
    forces = [table.step(np.array([0, 0, -0.04, 0], np.float32)).peak_force for _ in range(15)]
    assert 10 < max(forces) < 120
    assert table.state().things[0].position[2] > 0.015


def test_a_kept_state_of_the_arm_replays_to_the_same_bytes() -> None:
    table = Tabletop([cube("a", 0.0, 0.0)], robot=unseen_arm)
    actions = carry((0.0, 0.0, 0.02), 0.04, (0.1, 0.1, 0.02))
    for action in actions[:12]:
        table.step(action)
    kept = table.snapshot()
    assert kept.held == "a"
    runs = []
    for _ in range(2):
        runs.append([(table.step(action), table.state()) for action in actions[12:]])
        table.restore(kept)
    assert runs[0] == runs[1]


def test_cameras_see_the_arm_and_its_looks_change_nothing_else() -> None:
    actions = way([((0.0, 0.0, 0.15), 0.0)])
    seen, _ = trace(ArmRobot, [cube("a", 0.1, 0.1)], actions)
    unseen, _ = trace(unseen_arm, [cube("a", 0.1, 0.1)], actions)
    assert (seen == unseen).all()
