"""Ways along which things are pushed: what bars them, and ways round it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.lanes import barring, detours, passable, pushable
from simulator.base import Thing


def cube(name: str, x: float, y: float) -> Thing:
    return Thing(name, "cube", "red", (0.04, 0.04, 0.04), (x, y, 0.02))


def test_a_push_whose_way_is_barred_may_go_round_on_either_side() -> None:
    mover, wall, far = cube("a", -0.15, 0.0), cube("w", -0.05, 0.0), (0.1, 0.0, 0.02)
    assert [t.id for t in barring((mover, wall), mover, far)] == ["w"]
    corners = detours((mover, wall), mover, [far])
    assert {corner[1] > 0 for corner in corners} == {True, False}
    assert all(not barring((mover, wall), mover, corner) for corner in corners)
    assert all(not barring((replace(mover, position=corner), wall), mover, corner) for corner in corners)


def test_what_stands_beside_or_beyond_or_is_flat_bars_nothing() -> None:
    mover, far = cube("a", -0.15, 0.0), (0.0, 0.0, 0.02)
    beside, beyond = cube("b", -0.05, 0.08), cube("c", 0.1, 0.0)
    zone = Thing("z", "zone", "green", (0.14, 0.14, 0.001), (-0.05, 0.0, 0.0005))
    assert barring((mover, beside, beyond, zone), mover, far) == []
    assert barring((mover, beside), mover, (-0.15, 0.0, 0.02)) == []


def test_the_way_round_begins_where_the_rest_of_it_is_shortest() -> None:
    mover, wall, far = cube("a", -0.15, 0.0), cube("w", -0.05, 0.03), (0.1, 0.0, 0.02)
    assert detours((mover, wall), mover, [far])[0][1] < 0


def test_a_way_leads_round_two_things_by_way_of_several_corners() -> None:
    mover, far = cube("a", -0.15, 0.0), (0.12, 0.0, 0.02)
    walls = (cube("v", -0.05, 0.0), cube("w", -0.05, 0.06), cube("x", -0.05, -0.06))
    corners = detours((mover, *walls), mover, [far])
    assert corners
    assert all(not barring((mover, *walls), mover, corner) for corner in corners)
    assert all(abs(corner[1]) > 0.05 for corner in corners)


def test_what_touches_another_is_pushed_along_it_and_away_but_not_into_it() -> None:
    mover, wall = cube("a", 0.0, 0.0), cube("w", 0.045, 0.0)
    points = np.array([[0.0, 0.0], [0.1, 0.0], [0.0, 0.1], [-0.1, 0.0]])
    assert passable(points, [wall], mover)[0].tolist() == [False, False, True, True]
    assert pushable(points[1:], [wall], mover).tolist() == [True, True, False]
