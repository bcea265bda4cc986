"""Do things fit: penetration and support, against points scattered in space and against arithmetic by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from simulator.base import Kind, Thing
from simulator.overlap import balanced, clear_of, footprint_radius, penetration, prisms, separation, support_height
from simulator.shapes import DEFAULT_SIZES, inner_floor, inner_radius
from tests.simulator.driving import cube


def thing(kind: Kind, x: float, y: float, yaw: float = 0.0, z: float | None = None) -> Thing:
    size = DEFAULT_SIZES[kind]
    return Thing(f"{kind}_{x}_{y}", kind, "red", size, (x, y, size[2] / 2 if z is None else z), yaw)


def inside(a: Thing, points: np.ndarray) -> np.ndarray:
    """Which of ``points`` ``[n, 2]`` lie in the footprint of a solid cube or cylinder, asked of its definition."""
    local = points - np.array(a.position[:2])
    if a.kind == "cylinder":
        return np.hypot(*local.T) <= a.size[0] / 2
    turn = np.array([[math.cos(a.yaw), math.sin(a.yaw)], [-math.sin(a.yaw), math.cos(a.yaw)]])
    return (np.abs(local @ turn.T) <= np.array(a.size[:2]) / 2).all(axis=1)


@pytest.mark.parametrize("seed", range(40))
def test_footprints_overlap_exactly_when_a_dense_grid_has_a_point_in_both(seed: int) -> None:
    rng = np.random.default_rng(seed)
    kinds: list[Kind] = ["cube", "cylinder"]
    one, other = (
        thing(kinds[int(rng.integers(2))], *rng.uniform(-0.03, 0.03, 2), yaw=rng.uniform(0, 6)) for _ in range(2)
    )
    axis = np.linspace(-0.07, 0.07, 281)
    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    common = inside(one, grid) & inside(other, grid)
    gap = separation(prisms(one)[0], prisms(other)[0])
    if abs(gap) > 0.001:
        assert (gap < 0) == bool(common.any())


@pytest.mark.parametrize(("apart", "depth"), [(0.05, 0.0), (0.04, 0.0), (0.03, 0.01), (0.035, 0.005)])
def test_two_cubes_side_by_side_share_what_the_ruler_says(apart: float, depth: float) -> None:
    assert penetration(cube("a", 0, 0), cube("b", apart, 0)) == pytest.approx(depth, abs=1e-9)


def test_a_disc_meets_the_corner_of_a_turned_square_on_its_diagonal() -> None:
    square = prisms(cube("a", 0, 0, yaw=math.pi / 4))[0]
    disc = prisms(thing("cylinder", 0.06, 0))[0]
    assert separation(square, disc) == pytest.approx(0.06 - 0.02 - 0.02 * math.sqrt(2))


def test_a_cube_fits_in_a_bowl_but_not_in_its_wall() -> None:
    bowl = thing("bowl", 0, 0)
    floor = bowl.position[2] + inner_floor(bowl.size)
    free = inner_radius("bowl", bowl.size) - 0.02 * math.sqrt(2)
    assert free > 0.015
    middle = cube("a", 0, 0, floor + 0.02)
    assert penetration(middle, bowl) == 0
    assert penetration(replace(middle, position=(0.05, 0, middle.position[2])), bowl) > 0.002


def test_a_zone_lies_under_anything_but_another_zone() -> None:
    assert penetration(thing("zone", 0, 0), cube("a", 0, 0)) == 0
    assert penetration(thing("zone", 0, 0), thing("zone", 0.05, 0)) == pytest.approx(0.05)


def test_support_is_the_highest_face_below() -> None:
    below = (cube("a", 0, 0), cube("b", 0.05, 0))
    assert support_height(cube("c", 0.0, 0.0, 0.06), below) == pytest.approx(0.04)
    assert support_height(cube("c", 0.2, 0.0, 0.06), below) == 0.0


def test_a_cube_over_the_edge_falls_and_a_bridge_holds() -> None:
    one, other = cube("a", 0, 0), cube("b", 0.05, 0)
    assert balanced(cube("c", 0.015, 0, 0.06), (one,))
    assert not balanced(cube("c", 0.024, 0, 0.06), (one,))
    assert balanced(cube("c", 0.025, 0, 0.06), (one, other))


def test_clearance_counts_containers_as_filled() -> None:
    bowl = thing("bowl", 0, 0)
    assert not clear_of(cube("a", 0, 0), (bowl,), 0.0)
    assert clear_of(thing("ball", 0.08, 0), (bowl,), 0.004)
    assert not clear_of(thing("ball", 0.08, 0), (bowl,), 0.006)


def test_footprint_radius_is_that_of_the_turning_circle() -> None:
    assert footprint_radius(cube("a", 0, 0)) == pytest.approx(0.02 * math.sqrt(2))
    assert footprint_radius(thing("bowl", 0, 0)) == pytest.approx(0.055)
