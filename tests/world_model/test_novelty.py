"""What is odd about a look: surfaces nothing explains, wrong tops, unknown colours, a table that is not level."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from simulator.base import COLOURS, Scene, Thing
from simulator.camera import DEFAULT_CAMERAS
from simulator.world import PhysicalWorld
from world_model.novelty import ODDITIES, Look, ends_of, look_of, oddities, palette_of, top_of, vacated
from world_model.seeing import Seen
from world_model.views import Geometry

CUBE = Thing("red_cube_1", "cube", "red", (0.05, 0.05, 0.05), (0.05, -0.08, 0.025))
POST = Thing("blue_cylinder_1", "cylinder", "blue", (0.04, 0.04, 0.06), (-0.10, 0.10, 0.03))
PALETTE = palette_of([torch.tensor([rgba[:3]] * 2) * 0.9 for rgba in COLOURS.values()])


@pytest.fixture(scope="module")
def look() -> Look:
    world = PhysicalWorld(Scene("two", (CUBE, POST)))
    try:
        seen = world.reset(0)
    finally:
        world.close()
    rgb, elevation = torch.from_numpy(seen.rgb)[None], torch.from_numpy(seen.elevation)[None]
    channels, points = Geometry(DEFAULT_CAMERAS).channels(rgb, elevation)
    return look_of(channels, points, torch.from_numpy(seen.proprioception))


def measured(look: Look, *things: Thing, confidence: float = 1.0) -> dict[str, float]:
    seen = Seen(
        torch.zeros(len(things), 48), things, torch.full((len(things),), 30.0).numpy(),
        torch.full((len(things),), confidence),
    )  # fmt: skip
    return dict(zip(ODDITIES, oddities(seen, look, PALETTE).tolist(), strict=True))


def test_a_look_that_is_read_out_rightly_has_nothing_odd(look: Look) -> None:
    odd = measured(look, CUBE, POST)
    assert odd["unexplained"] <= 4
    assert odd["unsure"] == 0
    assert odd["misshapen"] < 0.003
    assert odd["tilted"] < 0.001


def test_surfaces_of_what_was_not_read_out_are_unexplained(look: Look) -> None:
    assert measured(look, CUBE)["unexplained"] > 20


def test_a_top_at_the_wrong_height_is_misshapen(look: Look) -> None:
    low = replace(CUBE, size=(0.05, 0.05, 0.03), position=(0.05, -0.08, 0.015))
    assert measured(look, low, POST)["misshapen"] == pytest.approx(0.02, abs=0.003)


def test_a_thing_taken_for_another_colour_is_miscoloured(look: Look) -> None:
    right, wrong = measured(look, CUBE, POST), measured(look, replace(CUBE, colour="green"), POST)
    assert wrong["miscoloured"] > 2 * right["miscoloured"]


def test_doubt_about_a_thing_counts(look: Look) -> None:
    assert measured(look, CUBE, POST, confidence=0.4)["unsure"] == pytest.approx(0.6)


def test_a_table_out_of_level_is_tilted(look: Look) -> None:
    tilt = torch.tensor([0.0, 0.0, 0.004])
    assert measured(replace(look, points=look.points + tilt), CUBE, POST)["tilted"] == pytest.approx(0.004, abs=0.001)


@pytest.mark.parametrize(("x", "empty"), [(0.05, False), (0.15, True), (-0.05, True)])
def test_a_place_is_seen_empty_where_the_bare_table_shows(look: Look, x: float, *, empty: bool) -> None:
    assert vacated(look, replace(CUBE, position=(x, -0.08, 0.025))) is empty
    assert vacated(look, replace(CUBE, position=(x, -0.08, 1.0))) is True


def test_nothing_is_said_of_a_place_that_the_tool_hides(look: Look) -> None:
    hidden = replace(look, free=torch.zeros_like(look.free))
    assert not vacated(hidden, replace(CUBE, position=(0.15, -0.08, 0.025)))


def test_the_overhead_view_tells_how_high_a_thing_is_whatever_height_it_was_taken_for() -> None:
    tall = Thing("pink_cylinder_1", "cylinder", "pink", (0.03, 0.03, 0.11), (0.05, 0.05, 0.055))
    world = PhysicalWorld(Scene("tall", (tall,)))
    seen = world.reset(0)
    world.close()
    rgb, elevation = torch.from_numpy(seen.rgb)[None], torch.from_numpy(seen.elevation)[None]
    channels, points = Geometry(DEFAULT_CAMERAS).channels(rgb, elevation)
    look = look_of(channels, points, torch.from_numpy(seen.proprioception))
    low = replace(tall, size=(0.03, 0.03, 0.08), position=(0.05, 0.05, 0.04))
    assert top_of(look, low) == pytest.approx(0.11, abs=0.002)
    assert top_of(replace(look, free=torch.zeros_like(look.free)), low) is None


def test_nothing_is_said_of_the_ends_of_what_has_several_colours_in_its_middle() -> None:
    along = torch.linspace(-0.04, 0.04, 9)
    points = torch.stack([along, torch.zeros(9), torch.full((9,), 0.04)], dim=-1)[None]
    plank = Thing("?", "cube", "red", (0.08, 0.04, 0.04), (0.0, 0.0, 0.02))
    plain = Look(points, torch.tensor([0.8, 0.1, 0.1]).expand(1, 9, 3), torch.ones(1, 9, dtype=torch.bool))
    assert ends_of(plain, plank) == pytest.approx((-0.0425, 0.0425))
    three = torch.eye(3)[torch.tensor([0] * 4 + [1] + [2] * 4)]
    assert ends_of(replace(plain, colours=three[None]), plank) is None
