"""Read-outs to things: whose opinion of the size counts, and what has no two widths."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from simulator.base import COLOURS, Thing
from world_model.outline import extents, outline
from world_model.seeing import BROADEST, COVERED, STRANGER, covering, named, rim, sized, spared


def test_the_closer_look_decides_the_size_unless_it_took_in_what_is_around() -> None:
    read, plank, bowl = (
        torch.tensor([0.04, 0.05, 0.07, 0.0]),
        torch.tensor([0.03, 0.11, 0.05, 0.0]),
        torch.tensor([0.11, 0.11, 0.04, 0.0]),
    )
    assert torch.equal(sized(plank, read), plank)
    assert sized(bowl, read).tolist() == pytest.approx(read.tolist(), abs=1e-6)
    assert float(extents(sized(bowl, bowl))[0][1]) == pytest.approx(BROADEST)


def test_what_is_round_or_nearly_square_has_one_width_and_no_heading() -> None:
    shape, place = torch.tensor([0.03, 0.05, 0.04, 0.005]), torch.tensor([0.1, -0.1, 0.02])
    assert named("ball", "red", shape, place).size[:2] == pytest.approx((0.04, 0.04))
    assert named("ball", "red", shape, place).yaw == 0.0
    assert named("cube", "red", torch.tensor([0.042, 0.04, 0.04, 0.0]), place).size[:2] == pytest.approx((0.041, 0.041))
    assert named("cube", "red", shape, place).id == "red_cube"


@pytest.mark.parametrize(
    ("place", "colour", "mass", "fringe"),
    [
        ((0.045, 0.0, 0.015), "green", STRANGER / 2, True),
        ((0.045, 0.0, 0.015), "green", 2 * STRANGER, False),
        ((0.045, 0.0, 0.015), "red", STRANGER / 2, False),
        ((0.02, 0.0, 0.02), "green", STRANGER / 2, False),
        ((0.09, 0.0, 0.02), "green", STRANGER / 2, False),
        ((0.045, 0.0, 0.06), "green", STRANGER / 2, False),
    ],
    ids=["across the wall", "too heavy", "another colour", "inside", "outside", "on the rim"],
)
def test_what_seems_to_stand_across_the_wall_of_a_bowl_is_part_of_it(
    place: tuple[float, float, float], colour: str, mass: float, fringe: bool
) -> None:
    bowl = Thing("?", "bowl", "green", (0.11, 0.11, 0.04), (0.0, 0.0, 0.02))
    seen = Thing("?", "cube", colour, (0.04, 0.04, 0.03), place)
    assert rim((bowl, seen), np.array([50.0, mass], np.float32), 1) == fringe


def test_a_plank_keeps_its_long_side_and_its_heading() -> None:
    size, yaw = torch.tensor([0.1, 0.03, 0.04]), torch.tensor(0.7)
    plank = named("cube", "red", outline(size, yaw), torch.tensor([0.0, 0.0, 0.02]))
    assert plank.size == pytest.approx((0.1, 0.03, 0.04))
    assert plank.yaw == pytest.approx(0.7)


@pytest.mark.parametrize("yaw", [0.0, 0.6, -1.2])
def test_the_extents_and_the_heading_of_a_tray_are_those_of_what_is_seen_of_it_from_above(yaw: float) -> None:
    u, v = torch.meshgrid(torch.linspace(-0.07, 0.07, 29), torch.linspace(-0.055, 0.055, 23), indexing="ij")
    flat = torch.stack([0.1 + u * math.cos(yaw) - v * math.sin(yaw), u * math.sin(yaw) + v * math.cos(yaw)], dim=-1)
    above = torch.cat([flat.flatten(0, 1), torch.zeros(flat.shape[0] * flat.shape[1], 1)], dim=-1)
    points, members = torch.cat([above, torch.zeros_like(above)]), torch.ones(2 * len(above))
    read = torch.tensor([0.12, 0.12, 0.025, 0.0])
    size, heading = extents(covering("tray", read, points, members))
    assert size.tolist() == pytest.approx([0.14, 0.11, 0.025], abs=0.005)
    assert float(heading) == pytest.approx(yaw, abs=0.02)
    assert torch.equal(covering("bowl", read, points, members), read)
    hidden = members * COVERED / 2 / float(members[: len(above)].sum())
    assert torch.equal(covering("tray", read, points, hidden), read)


@pytest.mark.parametrize(
    ("solid", "counts", "allowed"),
    [((True, True), {}, True), ((True, True), {"red": 2}, False), ((True, False), {"red": 2}, True)],
    ids=["nothing known", "two declared", "one is a shadow"],
)
def test_parts_are_put_together_only_where_enough_things_of_their_colour_are_left(
    solid: tuple[bool, ...], counts: dict[str, int], *, allowed: bool
) -> None:
    colours = torch.full((2,), list(COLOURS).index("red"))
    assert spared(torch.tensor(solid), colours, torch.tensor([[0, 1]]), counts).tolist() == [allowed]
