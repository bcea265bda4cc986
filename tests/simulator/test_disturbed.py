"""Worlds unlike the twin: disturbances happen once and when they are due, release is noisy, and all of it repeats."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.base import Disturbance, Moved, Physics, Slipped, Thing, WorldState
from simulator.disturbed import EDGE, DisturbedWorld, free_spot, world_of
from simulator.world import PhysicalWorld
from tests.simulator.driving import carry, cube, scene

RED, BLUE = cube("red", 0.0, 0.0), cube("blue", 0.1, 0.1)
AIM = (-0.1, -0.1, 0.02)
CARRY = carry(RED.position, RED.top, AIM)


def standing(*disturbances: Disturbance) -> DisturbedWorld:
    world = world_of(scene(RED, BLUE), disturbances=disturbances)
    assert isinstance(world, DisturbedWorld)
    world.reset(1)
    return world


def where(state: WorldState, name: str) -> tuple[float, float, float]:
    return next(thing.position for thing in state.things if thing.id == name)


def table(*things: Thing, held: str | None = None, tool: tuple[float, float, float] = (0.24, 0.0, 0.3)) -> WorldState:
    return WorldState(things, (1.0,) * len(things), tool, held)


def released(noise: float, seed: int) -> tuple[float, float, float]:
    world = world_of(scene(RED, BLUE), Physics(release_noise=noise))
    try:
        world.reset(seed)
        for action in CARRY:
            world.step(action)
        return where(world.state(), "red")
    finally:
        world.close()


def test_a_world_without_disturbances_is_the_usual_one() -> None:
    world = world_of(scene(RED, BLUE), Physics(friction=0.3))
    assert isinstance(world, PhysicalWorld)
    world.close()


def test_a_thing_is_moved_once_at_its_step_and_again_after_a_reset() -> None:
    world = standing(Moved(3, "blue", (-0.05, 0.0)))
    for _ in range(2):
        path: list[float] = []
        for _ in range(8):
            world.step(np.zeros(4, dtype=np.float32))
            path.append(where(world.state(), "blue")[0])
        assert path[:2] == pytest.approx([0.1, 0.1], abs=1e-3)
        assert path[2:] == pytest.approx([0.05] * 6, abs=2e-3)
        assert not world.due
        world.reset(1)
        assert world.due
    world.close()


def test_nobody_takes_a_thing_out_of_the_gripper() -> None:
    world = standing(Moved(6, "red", (0.05, 0.0)))
    for action in CARRY:
        world.step(action)
        assert world.state().held is None or world.due
    assert where(world.state(), "red") == pytest.approx(AIM, abs=0.01) or not world.due
    world.close()


def test_a_slip_drops_what_has_been_carried_so_long_and_only_once() -> None:
    world = standing(Slipped(4))
    held: list[bool] = []
    for action in CARRY:
        world.step(action)
        held.append(world.state().held == "red")
    assert held.index(True) + 4 == held.index(False, held.index(True)), "it is gone after four steps of carrying"
    assert math.dist(where(world.state(), "red")[:2], AIM[:2]) > 0.05
    red = where(world.state(), "red")
    for action in carry(red, RED.top, AIM):
        world.step(action)
    assert not world.due
    world.close()


def test_the_same_seed_and_actions_give_the_same_state_in_a_disturbed_world() -> None:
    ends: list[WorldState] = []
    for _ in range(2):
        world = standing(Moved(2, "blue", (0.0, -0.04)), Slipped(3))
        for action in CARRY:
            world.step(action)
        ends.append(world.state())
        world.close()
    assert ends[0] == ends[1]


def test_noisy_release_misses_by_millimetres_and_differently_for_every_seed() -> None:
    exact = released(0.0, 1)
    misses = [math.dist(exact[:2], released(0.004, seed)[:2]) for seed in range(6)]
    assert len({round(miss, 5) for miss in misses}) == 6
    assert max(misses) < 2 * 0.004 * math.sqrt(2) + 0.002
    assert max(misses) > 0.002
    assert released(0.004, 3) == released(0.004, 3)


def test_what_is_loaded_held_or_under_the_tool_is_left_alone() -> None:
    upper = cube("upper", 0.0, 0.0, z=0.06)
    assert free_spot(table(RED, upper), "red", (0.05, 0.0)) is None
    assert free_spot(table(RED, upper), "upper", (0.05, 0.0)) is None
    assert free_spot(table(RED, held="red"), "red", (0.05, 0.0)) is None
    assert free_spot(table(RED, tool=(0.0, 0.0, 0.06)), "red", (0.05, 0.0)) is None
    assert free_spot(table(RED), "red", (0.05, 0.0)) == pytest.approx((0.05, 0.0, 0.02))


def test_a_displacement_is_turned_aside_where_something_stands_and_kept_within_reach() -> None:
    aside = free_spot(table(RED, cube("other", 0.06, 0.0)), "red", (0.06, 0.0))
    assert aside is not None
    assert math.dist(aside[:2], RED.position[:2]) == pytest.approx(0.06)
    assert math.dist(aside[:2], (0.06, 0.0)) > 0.04
    edge = free_spot(table(cube("far", 0.19, 0.19)), "far", (0.05, 0.05))
    assert edge is not None
    assert max(map(abs, edge[:2])) <= EDGE
