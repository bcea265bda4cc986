"""The world one acts on: the contract of ``World``, same seed same bytes, and being unlike the twin on purpose."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from simulator.base import CONTROL_PERIOD, Observation, Physics, World
from simulator.errors import SceneError
from simulator.physics import SUBSTEPS, TIMESTEP
from simulator.scene import load_scene
from simulator.world import PhysicalWorld
from tests.simulator.driving import cube, scene, way

GRIP = way([((0, 0, 0.1), 0.0), ((0, 0, 0.043), 1.0), ((0, 0, 0.043), 1.0), ((0, 0, 0.15), 1.0)])


def digest(observation: Observation) -> str:
    parts = (observation.rgb, observation.elevation, observation.proprioception)
    return hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()


def play(world: PhysicalWorld, seed: int) -> list[str]:
    seen = [digest(world.reset(seed))]
    rng = np.random.default_rng(1)
    for _ in range(15):
        world.step(np.array([*rng.uniform(-0.04, 0.04, 2), -0.02, 1.0], np.float32))
    return [*seen, digest(world.observe()), repr(world.state())]


def test_the_physical_world_is_a_world() -> None:
    world: World = PhysicalWorld(load_scene("demo"))
    observation = world.reset(0)
    assert observation.rgb.shape == (2, 96, 96, 3)
    assert observation.rgb.dtype == np.uint8
    assert observation.elevation.shape == (2, 96, 96)
    assert observation.proprioception.tolist() == pytest.approx([0.24, 0.0, 0.30, 0.0, 0.0], abs=1e-4)
    assert observation.step == 0
    world.step(np.zeros(4, np.float32))
    assert world.observe().step == 1
    world.close()
    world.close()


def test_substeps_fill_the_control_period() -> None:
    assert pytest.approx(CONTROL_PERIOD) == SUBSTEPS * TIMESTEP


def test_the_same_seed_and_actions_give_the_same_bytes_in_one_world_and_in_another() -> None:
    physics = Physics(camera_noise=4.0, slip=0.1)
    world = PhysicalWorld(load_scene("clutter"), physics=physics)
    first = play(world, 5)
    assert play(world, 5) == first
    assert play(PhysicalWorld(load_scene("clutter"), physics=physics), 5) == first
    assert play(world, 6)[0] != first[0]


def test_a_kept_state_brings_back_pictures_randomness_and_the_clock() -> None:
    world = PhysicalWorld(scene(cube("a", 0, 0)), physics=Physics(latency=2, camera_noise=3.0, slip=0.2))
    world.reset(0)
    for action in GRIP[:8]:
        world.step(action)
    kept = world.snapshot()
    runs = []
    for _ in range(2):
        for action in GRIP[8:]:
            world.step(action)
        runs.append((digest(world.observe()), world.state(), world.observe().step))
        world.restore(kept)
    assert runs[0] == runs[1]


def test_proprioception_tells_command_and_seal_apart() -> None:
    world = PhysicalWorld(scene(cube("a", 0, 0)))
    assert world.step(np.array([0, 0, 0, 1], np.float32)).tolist()[3:] == [1.0, 0.0]
    for action in GRIP:
        reading = world.step(action)
    assert reading.tolist()[3:] == [1.0, 1.0]
    assert world.state().held == "a"
    assert world.contacts().held == frozenset()


def test_latency_delays_actions_by_whole_steps() -> None:
    world = PhysicalWorld(scene(cube("a", 0, 0)), physics=Physics(latency=2))
    action = np.array([-0.04, 0, 0, 0], np.float32)
    places = [world.step(action)[0] for _ in range(4)]
    assert places == pytest.approx([0.24, 0.24, 0.20, 0.16], abs=1e-3)


def test_slip_breaks_seals() -> None:
    world = PhysicalWorld(scene(cube("a", 0, 0)), physics=Physics(slip=1.0))
    for action in GRIP:
        world.step(action)
    assert world.state().held is None


def test_a_shifted_camera_sees_another_picture() -> None:
    plain, shifted = (
        PhysicalWorld(load_scene("demo"), physics=Physics(camera_shift=shift)).reset(0).rgb
        for shift in ((0.0, 0.0, 0.0), (0.02, 0.0, 0.0))
    )
    assert (plain != shifted).any()


def test_a_disturbance_moves_one_thing_and_an_unknown_one_is_refused() -> None:
    world = PhysicalWorld(load_scene("demo"))
    world.place("red_cube_1", (-0.1, -0.02, 0.02))
    things = {thing.id: thing for thing in world.state().things}
    before = {thing.id: thing for thing in load_scene("demo").things}
    assert things["red_cube_1"].position == pytest.approx((-0.1, -0.02, 0.02))
    assert things["red_cube_1"].yaw == pytest.approx(before["red_cube_1"].yaw, abs=1e-3)
    assert things["blue_cube_1"].position == pytest.approx(before["blue_cube_1"].position, abs=1e-3)
    with pytest.raises(SceneError, match="pink_cube_9"):
        world.place("pink_cube_9", (0, 0, 0.02))


def test_heavier_things_change_nothing_at_rest() -> None:
    light, heavy = (
        PhysicalWorld(load_scene("stacked"), physics=replace(Physics(), mass_scale=scale)).state() for scale in (1, 4)
    )
    for one, other in zip(light.things, heavy.things, strict=True):
        assert one.position == pytest.approx(other.position, abs=1e-3)
