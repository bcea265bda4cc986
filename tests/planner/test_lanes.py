"""Ways along which things are pushed: what bars them, and ways round it."""

from __future__ import annotations

from dataclasses import replace

from planner.lanes import barring, detours
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
