"""Outlines: extents and heading in one, there and back, and without a heading where a thing has none."""

from __future__ import annotations

import math

import pytest
import torch

from simulator.base import Thing
from world_model.outline import extents, outline, outlines_of


@pytest.mark.parametrize("yaw", [-1.2, -0.3, 0.0, 0.4, 1.5])
def test_a_planks_extents_and_heading_come_back(yaw: float) -> None:
    size, turned = extents(outline(torch.tensor([0.10, 0.03, 0.04]), torch.tensor(yaw)))
    assert torch.allclose(size, torch.tensor([0.10, 0.03, 0.04]), atol=1e-6)
    assert math.sin(float(turned) - yaw) == pytest.approx(0.0, abs=1e-5)


def test_half_a_turn_and_swapped_extents_are_the_same_outline() -> None:
    size, yaw = torch.tensor([[0.10, 0.03, 0.04], [0.10, 0.03, 0.04], [0.03, 0.10, 0.04]]), torch.tensor([0.3] * 3)
    turned = yaw + torch.tensor([0.0, math.pi, math.pi / 2])
    seen = outline(size, turned)
    assert torch.allclose(seen[0], seen[1], atol=1e-6)
    assert torch.allclose(seen[0], seen[2], atol=1e-6)


def test_a_square_looks_the_same_at_every_heading() -> None:
    yaw = torch.linspace(-3, 3, 7)
    seen = outline(torch.tensor([0.04, 0.04, 0.05]).expand(7, 3), yaw)
    assert torch.allclose(seen, torch.tensor([0.04, 0.04, 0.05, 0.0]).expand(7, 4), atol=1e-7)


def test_mirroring_in_y_turns_the_skew_round() -> None:
    size, yaw = torch.tensor([0.10, 0.03, 0.04]), torch.tensor(0.5)
    assert torch.allclose(outline(size, -yaw), outline(size, yaw) * torch.tensor([1.0, 1.0, 1.0, -1.0]))


def test_the_outlines_of_things_are_those_of_their_extents_and_yaws() -> None:
    thing = Thing("red_cube_1", "cube", "red", (0.10, 0.03, 0.04), (0.0, 0.0, 0.02), 0.5)
    assert torch.allclose(outlines_of([thing])[0], outline(torch.tensor(thing.size), torch.tensor(0.5)))
    assert outlines_of([]).shape == (0, 4)
