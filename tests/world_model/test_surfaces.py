"""What the elevation images show: whether a place is empty, how high a thing is, and where it ends."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from simulator.base import Observation, Scene, Thing
from simulator.camera import DEFAULT_CAMERAS
from simulator.world import PhysicalWorld
from world_model.surfaces import Look, ends_of, look_of, top_of, vacated
from world_model.views import Geometry

CUBE = Thing("red_cube_1", "cube", "red", (0.05, 0.05, 0.05), (0.05, -0.08, 0.025))
POST = Thing("blue_cylinder_1", "cylinder", "blue", (0.04, 0.04, 0.06), (-0.10, 0.10, 0.03))


def surfaces(seen: Observation) -> Look:
    geometry = Geometry(DEFAULT_CAMERAS)
    rgb, elevation = torch.from_numpy(seen.rgb)[None], torch.from_numpy(seen.elevation)[None]
    tool = torch.from_numpy(np.asarray(seen.proprioception, dtype=np.float32))
    return look_of(geometry, geometry.channels(rgb, elevation)[0], tool)


def first_look(*things: Thing) -> Look:
    world = PhysicalWorld(Scene("few", things))
    try:
        return surfaces(world.reset(0))
    finally:
        world.close()


@pytest.fixture(scope="module")
def look() -> Look:
    return first_look(CUBE, POST)


@pytest.mark.parametrize(("x", "empty"), [(0.05, False), (0.15, True), (-0.05, True)])
def test_a_place_is_seen_empty_where_the_bare_table_shows(look: Look, x: float, *, empty: bool) -> None:
    assert vacated(look, replace(CUBE, position=(x, -0.08, 0.025))) is empty
    assert vacated(look, replace(CUBE, position=(x, -0.08, 1.0))) is True


def test_nothing_is_said_of_a_place_that_the_tool_hides(look: Look) -> None:
    hidden = replace(look, free=torch.zeros_like(look.free))
    assert not vacated(hidden, replace(CUBE, position=(0.15, -0.08, 0.025)))


def test_the_overhead_view_tells_how_high_a_thing_is_whatever_height_it_was_taken_for() -> None:
    tall = Thing("pink_cylinder_1", "cylinder", "pink", (0.03, 0.03, 0.11), (0.05, 0.05, 0.055))
    look = first_look(tall)
    low = replace(tall, size=(0.03, 0.03, 0.08), position=(0.05, 0.05, 0.04))
    assert top_of(look, low) == pytest.approx(0.11, abs=0.002)
    assert top_of(replace(look, free=torch.zeros_like(look.free)), low) is None


def test_nothing_is_said_of_the_ends_of_what_has_several_colours_in_its_middle() -> None:
    along = torch.linspace(-0.04, 0.04, 9)
    points = torch.stack([along, torch.zeros(9), torch.full((9,), 0.04)], dim=-1)[None]
    plank = Thing("?", "cube", "red", (0.08, 0.04, 0.04), (0.0, 0.0, 0.02))
    red, free = torch.tensor([0.8, 0.1, 0.1]).expand(1, 9, 3), torch.ones(1, 9, dtype=torch.bool)
    plain = Look(points, red, free, points[0], torch.zeros(5))
    assert ends_of(plain, plank) == pytest.approx((-0.0425, 0.0425))
    three = torch.eye(3)[torch.tensor([0] * 4 + [1] + [2] * 4)]
    assert ends_of(replace(plain, colours=three[None]), plank) is None
