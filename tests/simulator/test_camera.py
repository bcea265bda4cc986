"""Cameras: pixels and the world agree both ways, stacks of five are in view, pictures are the same every time."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from simulator.base import Camera, Thing
from simulator.camera import DEFAULT_CAMERAS, OBLIQUE, OVERHEAD, render
from simulator.pinhole import pixel_points, project, rays
from simulator.tabletop import Tabletop
from tests.simulator.driving import cube


@pytest.fixture
def table() -> Tabletop:
    return Tabletop([cube("a", 0.05, -0.10), Thing("b", "cube", "blue", (0.06, 0.06, 0.06), (-0.15, 0.12, 0.03), 0.4)])


def test_overhead_up_is_x_and_left_is_y() -> None:
    rows = project(OVERHEAD, np.array([[0.2, 0, 0], [-0.2, 0, 0], [0, 0.2, 0], [0, -0.2, 0]], np.float32))
    assert rows[0, 0] < 20 < 76 < rows[1, 0]
    assert rows[2, 1] < 20 < 76 < rows[3, 1]


def test_oblique_left_is_y_and_far_is_up() -> None:
    rows = project(OBLIQUE, np.array([[0.2, 0, 0], [-0.2, 0, 0], [0, 0.2, 0], [0, -0.2, 0]], np.float32))
    assert rows[0, 0] < rows[1, 0]
    assert rows[2, 1] < rows[3, 1]


@pytest.mark.parametrize("camera", DEFAULT_CAMERAS, ids=lambda camera: camera.name)
def test_projection_undoes_reprojection(camera: Camera) -> None:
    heights = np.random.default_rng(0).uniform(0, 200, (96, 96)).astype(np.float32)
    pixels = project(camera, pixel_points(camera, heights))
    rows, columns = np.meshgrid(np.arange(96), np.arange(96), indexing="ij")
    assert np.abs(pixels - np.stack([rows, columns], -1)).max() < 0.01


def test_the_work_area_and_stacks_of_five_in_its_corners_are_in_view() -> None:
    corners = np.array(list(itertools.product((-0.25, 0.25), (-0.25, 0.25), (0.0,))), np.float32)
    stacks = np.array(list(itertools.product((-0.21, 0.21), (-0.21, 0.21), (0.0, 0.2))), np.float32)
    for camera in DEFAULT_CAMERAS:
        for points in (corners, stacks):
            pixels = project(camera, points)
            assert pixels.min() > -0.5
            assert pixels.max() < 95.5


@pytest.mark.parametrize("camera", DEFAULT_CAMERAS, ids=lambda camera: camera.name)
def test_points_on_the_top_of_a_cube_are_within_three_and_a_half_millimetres(table: Tabletop, camera: Camera) -> None:
    rgb, elevation = render(table.bullet, (camera,))
    points = pixel_points(camera, elevation[0])
    for thing, half in zip(table.state().things, (0.02, 0.03), strict=True):
        row, column = project(camera, np.array([*thing.position[:2], thing.top], np.float32)).round().astype(int)
        patch = points[row - 1 : row + 2, column - 1 : column + 2]
        assert np.abs(patch[..., 2] - thing.top).max() < 0.0035
        assert np.abs(patch[..., :2] - np.array(thing.position[:2])).max() < half
        assert np.abs(points[row, column, :2] - np.array(thing.position[:2])).max() < 0.006
        assert rgb[0, row, column].argmax() == {"red": 0, "blue": 2}[thing.colour]


def test_the_outline_of_a_cube_seen_from_above_is_where_the_cube_is(table: Tabletop) -> None:
    _, elevation = render(table.bullet, (replace(OVERHEAD, width=384, height=384),))
    points = pixel_points(replace(OVERHEAD, width=384, height=384), elevation[0])
    near = np.abs(points[..., :2] - (0.05, -0.10)).max(axis=-1) < 0.04
    top = points[(elevation[0] == 40) & near]
    assert top[:, 0].min() == pytest.approx(0.03, abs=0.003)
    assert top[:, 0].max() == pytest.approx(0.07, abs=0.003)
    assert top[:, 1].min() == pytest.approx(-0.12, abs=0.003)
    assert top[:, 1].max() == pytest.approx(-0.08, abs=0.003)


@pytest.mark.parametrize("camera", DEFAULT_CAMERAS, ids=lambda camera: camera.name)
def test_the_bare_table_reads_zero(table: Tabletop, camera: Camera) -> None:
    _, elevation = render(table.bullet, (camera,))
    row, column = project(camera, np.array([0.1, 0.15, 0.0], np.float32)).round().astype(int)
    assert elevation[0, row, column] == 0


@pytest.mark.parametrize("width", [96, 192])
def test_the_middle_of_a_cubes_top_seen_from_above_is_where_its_middle_is(width: int) -> None:
    camera = replace(OVERHEAD, width=width, height=width)
    errors = []
    for x, y in np.random.default_rng(1).uniform(-0.2, 0.2, (20, 2)):
        _, elevation = render(Tabletop([cube("a", x, y)]).bullet, (camera,))
        points = pixel_points(camera, elevation[0])
        errors.append(points[elevation[0] == 40][:, :2].mean(axis=0) - (x, y))
    assert np.abs(np.mean(errors, axis=0)).max() < 0.0006


def test_pictures_are_repeatable_and_noise_comes_from_its_generator(table: Tabletop) -> None:
    first, _ = render(table.bullet, DEFAULT_CAMERAS)
    again, _ = render(table.bullet, DEFAULT_CAMERAS)
    assert (first == again).all()
    noisy = [render(table.bullet, DEFAULT_CAMERAS, noise=8.0, rng=np.random.default_rng(3))[0] for _ in range(2)]
    assert (noisy[0] == noisy[1]).all()
    assert 4 < np.abs(noisy[0].astype(int) - first).mean() < 9


def test_rays_are_cached_and_cannot_be_spoilt() -> None:
    assert rays(OVERHEAD) is rays(OVERHEAD)
    with pytest.raises(ValueError, match="read-only"):
        rays(OVERHEAD)[0, 0, 0] = 1
