"""The script: how far outlines reach, and that it goes on from wherever somebody else has led."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.base import Thing, WorldState
from simulator.script import Intent, Phase, half_across, scripted_action


def plank(yaw: float) -> Thing:
    return Thing("red_cube_1", "cube", "red", (0.10, 0.04, 0.04), (0.0, 0.0, 0.02), yaw)


@pytest.mark.parametrize(("yaw", "reach"), [(0.0, 0.05), (math.pi / 2, 0.02), (math.pi / 4, 0.07 / math.sqrt(2))])
def test_an_outline_reaches_as_far_as_its_furthest_corner(yaw: float, reach: float) -> None:
    assert half_across(plank(yaw), np.array([1.0, 0.0], np.float32)) == pytest.approx(reach, abs=1e-6)


def test_a_disc_reaches_equally_far_everywhere() -> None:
    disc = Thing("a", "cylinder", "red", (0.04, 0.04, 0.1), (0.0, 0.0, 0.05), 0.7)
    assert half_across(disc, np.array([0.6, 0.8], np.float32)) == pytest.approx(0.02)


@pytest.mark.parametrize("push", [False, True])
def test_a_thing_that_is_already_there_is_left_alone(push: bool) -> None:
    state = WorldState((plank(0.0),), (1.0,), (0.0, 0.0, 0.045), None)
    intent = Intent(push=push, thing="red_cube_1", target=(0.003, 0.0, 0.02), clearance=0.1)
    action, phase = scripted_action(state, intent, Phase())
    assert phase.released
    assert action[2] > 0
    assert action[3] == 0
