"""Ways along which things are pushed: what bars them, and ways round it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.lanes import WIDE, barring, detours, gaps, nearing, passable, pushable
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


def test_what_must_be_left_alone_is_passed_at_a_distance_where_there_is_room() -> None:
    mover, beside, far = cube("a", -0.15, 0.0), cube("w", -0.02, 0.06), (0.12, 0.0, 0.02)
    assert not barring((mover, beside), mover, far)
    assert not nearing((mover, beside), mover, far, ()), "it may be touched"
    assert nearing((mover, beside), mover, far, ("w",))
    assert detours((mover, beside), mover, [far]) == []
    first = detours((mover, beside), mover, [far], keep=("w",))[0]
    way = np.array([mover.position[:2], first[:2], far[:2]])
    straight = gaps(way[[0, 2]], [beside], mover)[0, 1]
    assert first[1] < 0
    assert min(gaps(way, [beside], mover)[k, k + 1] for k in (0, 1)) > straight + 0.005


def test_what_is_already_beside_it_may_be_pushed_along_and_away() -> None:
    mover, kept = cube("a", -0.15, 0.0), cube("w", -0.15, 0.07)
    assert not nearing((mover, kept), mover, (-0.15, -0.1, 0.02), ("w",))
    assert nearing((mover, kept), mover, (-0.14, 0.01, 0.02), ("w",))
    assert gaps(np.zeros((2, 2)), [cube("v", 0.3, 0.0)], mover).tolist() == [[WIDE, WIDE], [WIDE, WIDE]]
