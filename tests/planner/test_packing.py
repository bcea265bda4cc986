"""Room in containers and on zones: three blocks share a mat, two cans a bowl, and room is made where there is none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planner.candidates import Breadth, propose
from planner.packing import BESIDE, beside, inside, occupants, repacked
from planner.room import clearance
from simulator.base import Fact, Subgoal, Thing
from world_model.energies import fact_energy, table_of

ZONE = Thing("zone", "zone", "blue", (0.1, 0.1, 0.001), (0.1, 0.1, 0.0005), 0.4)
BOWL = Thing("bowl", "bowl", "white", (0.11, 0.11, 0.04), (0.0, 0.15, 0.02))
TRAY = Thing("tray", "tray", "red", (0.14, 0.11, 0.025), (0.0, 0.0, 0.0125), 0.8)


def block(name: str, x: float, y: float, z: float = 0.02) -> Thing:
    return Thing(name, "cube", "red", (0.04, 0.04, 0.04), (x, y, z))


def can(name: str, x: float, y: float, z: float = 0.02) -> Thing:
    return Thing(name, "cylinder", "red", (0.04, 0.04, 0.04), (x, y, z))


def first_target(things: tuple[Thing, ...], fact: Fact) -> tuple[float, float, float]:
    return propose(things, Subgoal((fact,)), np.random.default_rng(0), Breadth())[0].target


def test_a_usual_zone_has_room_for_three_blocks_one_after_the_other() -> None:
    things = (block("a", -0.2, 0.0), block("b", -0.1, 0.0), block("c", 0.0, -0.1), ZONE)
    for row, name in enumerate("abc"):
        target = first_target(things, Fact("in", (name, "zone")))
        things = tuple(replace(t, position=target) if k == row else t for k, t in enumerate(things))
    for row, name in enumerate("abc"):
        assert float(fact_energy(Fact("in", (name, "zone")), table_of(things))[0]) == 0
        others = [thing for thing in things if thing.id != name]
        assert float(clearance(others, things[row], np.array([things[row].position]))[0]) > 0.002


def test_what_joins_others_on_a_zone_keeps_close_to_them() -> None:
    lying = block("a", 0.1, 0.135)
    for spot in beside((lying, ZONE), ZONE, block("b", -0.1, 0.0), count=2):
        gap = float(clearance([lying], block("b", -0.1, 0.0), np.array([spot]))[0])
        assert 0.002 <= gap < 2 * BESIDE


def test_a_can_in_the_middle_of_a_bowl_is_moved_so_that_another_finds_room() -> None:
    lying, second = can("a", 0.0, 0.15, 0.024), can("b", -0.1, -0.1)
    things = (lying, second, BOWL)
    assert beside(things, BOWL, second) == []
    moves = propose(things, Subgoal((Fact("in", ("b", "bowl")),)), np.random.default_rng(0), Breadth())
    assert {m.thing for m in moves} == {"a"}
    for move in moves:
        assert (
            float(fact_energy(Fact("in", ("a", "bowl")), table_of((replace(lying, position=move.target), BOWL)))[0])
            < 1e-3
        )
        after = (replace(lying, position=move.target), second, BOWL)
        target = first_target(after, Fact("in", ("b", "bowl")))
        assert np.hypot(target[0] - move.target[0], target[1] - move.target[1]) > 0.04


def test_nothing_is_moved_where_no_moving_helps() -> None:
    things = (block("a", 0.0, 0.15, 0.024), block("b", -0.1, -0.1), BOWL)
    assert repacked(things, BOWL, things[1]) == []


@pytest.mark.parametrize("holder", [ZONE, BOWL, TRAY], ids=lambda thing: thing.kind)
def test_the_places_within_satisfy_the_fact(holder: Thing) -> None:
    mover = can("a", 0.2, -0.2)
    grid, left = inside(holder, mover)
    assert len(grid) > 10
    assert (left >= 0).all()
    for spot in grid:
        there = (replace(mover, position=tuple(spot)), holder)
        assert float(fact_energy(Fact("in", ("a", holder.id)), table_of(there), 0.25)[0]) < 0.02


def test_only_what_lies_within_takes_room() -> None:
    within, outside, under = block("a", 0.11, 0.1), block("b", 0.16, 0.1), block("c", 0.1, 0.1, 0.2)
    assert occupants((within, outside, under, ZONE), ZONE, block("d", 0.0, 0.0)) == [within]
