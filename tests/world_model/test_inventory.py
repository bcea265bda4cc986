"""What a declared scene settles: who the lone leftovers are, and what is hidden where a stack has room for one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from simulator.base import Kind, Thing
from world_model.inventory import hidden, leftovers, misread, no_doubles
from world_model.seeing import Seen


def cube(name: str, z: float = 0.02, x: float = 0.1, colour: str | None = None, kind: str = "cube") -> Thing:
    return Thing(name, kind, colour or name.split("_")[0], (0.04, 0.04, 0.04), (x, 0.0, z))


def look(*things: Thing, mass: tuple[float, ...]) -> Seen:
    return Seen(torch.zeros(len(things), 4), things, np.array(mass, dtype=np.float32), torch.ones(len(things)))


DECLARED = (cube("red_cube_1"), cube("blue_cube_1"), cube("green_cube_1"))


def test_a_lone_leftover_of_a_colour_is_the_declared_one_in_spite_of_a_light_ghost() -> None:
    seen = look(cube("a", colour="red", kind="cylinder"), cube("b", colour="red"), mass=(30.0, 5.0))
    assert leftovers(DECLARED[:1], seen, {}) == {0: DECLARED[0]}
    assert leftovers(DECLARED[:1], look(*seen.things, mass=(30.0, 20.0)), {}) == {}


def test_a_lone_holder_of_a_colour_is_the_declared_one_and_never_a_small_thing() -> None:
    mat, tray = cube("brown_zone_1", kind="zone"), cube("a", colour="brown", kind="tray")
    assert leftovers((mat,), look(tray, cube("b", colour="brown"), mass=(50.0, 50.0)), {}) == {0: mat}
    assert leftovers((mat,), look(tray, tray, mass=(50.0, 50.0)), {}) == {}
    assert leftovers((mat,), look(cube("b", colour="brown"), mass=(50.0,)), {}) == {}


def test_a_light_double_may_not_take_the_name_of_what_is_plainly_seen() -> None:
    seen = look(cube("a", colour="red", x=0.2), cube("b", colour="red", x=0.0), mass=(60.0, 10.0))
    assert no_doubles(DECLARED[:1], seen) == [0]
    assert no_doubles(DECLARED[:1], look(*seen.things, mass=(60.0, 40.0))) == [0, 1]
    assert no_doubles((DECLARED[0], cube("red_cube_2")), seen) == [0, 1]
    assert no_doubles((), seen) == [0, 1]


def test_the_one_thing_missing_is_the_one_that_is_hardly_seen() -> None:
    seen = look(cube("a", colour="brown"), mass=(5.0,))
    assert misread(DECLARED[:1], seen, {}) == {0: DECLARED[0]}
    assert misread(DECLARED[:2], seen, {}) == {}
    assert misread(DECLARED[:1], look(*seen.things, mass=(40.0,)), {}) == {}


@pytest.mark.parametrize(("height", "found"), [(0.03, True), (0.005, False)])
@pytest.mark.parametrize("kind", ["ball", "zone"])
def test_the_one_thing_missing_is_what_rises_from_a_mat_and_has_its_colour(
    kind: Kind, height: float, *, found: bool
) -> None:
    mat = Thing("blue_zone_1", "zone", "blue", (0.1, 0.1, 0.001), (0.1, 0.0, 0.0))
    piece = Thing("?", kind, "blue", (0.05, 0.05, height), (0.11, 0.02, height / 2))
    ball = cube("black_ball_1", kind="ball")
    seen, match = look(mat, piece, mass=(140.0, 12.5)), {0: mat}
    assert misread((mat, ball), seen, match) == ({1: ball} if found else {})
    apart = look(mat, replace(piece, position=(-0.1, 0.0, height / 2)), mass=(140.0, 12.5))
    assert misread((mat, ball), apart, match) == {}
    assert misread((mat, ball, DECLARED[0]), seen, match) == {}


def test_a_thing_that_is_missing_is_where_a_stack_has_room_for_it() -> None:
    stack = (DECLARED[0], cube("blue_cube_1", z=0.1))
    found = hidden(DECLARED, stack)
    assert found is not None
    thing, row = found
    assert (thing.id, row) == ("green_cube_1", 1)
    assert thing.position == pytest.approx((0.1, 0.0, 0.06))
    assert thing.size == pytest.approx((0.04, 0.04, 0.04))


@pytest.mark.parametrize("things", [(DECLARED[0], DECLARED[1]), (DECLARED[0], cube("blue_cube_1", z=0.06)), DECLARED])
def test_nothing_is_hidden_where_there_is_no_room_or_nothing_missing(things: tuple[Thing, ...]) -> None:
    assert hidden(DECLARED, things) is None


def test_a_thing_that_is_missing_is_under_the_one_that_nothing_carries() -> None:
    found = hidden(DECLARED, (DECLARED[0], cube("blue_cube_1", z=0.065, x=-0.1)))
    assert found is not None
    thing, row = found
    assert (thing.id, row) == ("green_cube_1", 1)
    assert thing.position == pytest.approx((-0.1, 0.0, 0.0225))
    assert thing.size[2] == pytest.approx(0.045)


def test_nothing_is_hidden_under_what_hovers_where_two_do() -> None:
    things = (cube("red_cube_1", z=0.065), cube("blue_cube_1", z=0.065, x=-0.1))
    assert hidden(DECLARED, things) is None
