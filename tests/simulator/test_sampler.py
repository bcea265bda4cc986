"""Sampled scenes: same seed, same scene; valid, varied, and at rest once physics has them."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest

from simulator.base import COLOURS, MOVABLE, Kind, Scene
from simulator.sampler import sample_scene
from simulator.scene import dump_scene, parse_scene
from simulator.tabletop import Tabletop

SCENES = [sample_scene(np.random.default_rng(seed)) for seed in range(120)]


def raised(scene: Scene) -> int:
    return sum(thing.bottom > 0.002 for thing in scene.things)


def test_the_same_seed_gives_the_same_scene() -> None:
    assert SCENES[7] == sample_scene(np.random.default_rng(7))
    assert SCENES[7] != SCENES[8]


def test_every_scene_would_be_accepted_as_a_file() -> None:
    for scene in SCENES:
        assert parse_scene(dump_scene(scene)) == scene


def test_scenes_vary_in_number_kind_colour_size_and_heading() -> None:
    things = [thing for scene in SCENES for thing in scene.things]
    assert {len(scene.things) for scene in SCENES} == set(range(2, 9))
    assert {thing.kind for thing in things} == {"cube", "cylinder", "ball", "bowl", "tray", "zone"}
    assert {thing.colour for thing in things} == set(COLOURS)
    assert len({thing.size for thing in things}) > 100
    assert np.ptp([thing.yaw for thing in things]) > 6
    assert all(any(thing.kind in MOVABLE for thing in scene.things) for scene in SCENES)


def test_some_things_are_stacked_and_some_have_doubles() -> None:
    assert 0.2 < np.mean([raised(scene) > 0 for scene in SCENES]) < 0.95
    doubles = [max(Counter((t.kind, t.colour) for t in scene.things).values()) > 1 for scene in SCENES]
    assert 0.2 < np.mean(doubles) < 0.95


def test_stacking_and_doubling_can_be_turned_off_and_towers_reach_five() -> None:
    weights: dict[Kind, float] = {"cube": 1.0}
    flat = [sample_scene(np.random.default_rng(seed), stacked=0.0) for seed in range(30)]
    assert not any(map(raised, flat))
    towers = [
        sample_scene(np.random.default_rng(seed), stacked=1.0, count=(7, 8), weights=weights) for seed in range(60)
    ]
    assert max(thing.top for scene in towers for thing in scene.things) > 0.15


@pytest.mark.parametrize("seed", range(0, 120, 10))
def test_a_sampled_scene_stays_as_it_was_drawn(seed: int) -> None:
    table = Tabletop(SCENES[seed].things)
    for _ in range(5):
        table.step(np.zeros(4, np.float32))
    state = table.state()
    table.close()
    for drawn, now, upright in zip(SCENES[seed].things, state.things, state.upright, strict=True):
        assert math.dist(drawn.position, now.position) < 0.004
        assert upright > 0.99 or drawn.kind == "ball"


def test_long_things_are_drawn_only_when_asked_for_and_fit_the_limits_of_a_scene() -> None:
    assert max(max(t.size) for scene in SCENES for t in scene.things if t.kind in MOVABLE) < 0.06
    scenes = [sample_scene(np.random.default_rng(seed), stacked=0.0, long=0.5) for seed in range(40)]
    long = [t for scene in scenes for t in scene.things if t.kind in MOVABLE and max(t.size) > 0.06]
    assert {(t.kind, t.size[2] > 0.06) for t in long} == {("cube", True), ("cube", False), ("cylinder", True)}
    for scene in scenes:
        assert parse_scene(dump_scene(scene)) == scene
