"""Where things may be put: the first place that is free in the order tried, and never one beside what was asked for."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from simulator.base import Fact, Thing
from simulator.predicates import footprint_gap, holds
from simulator.spots import ROOM, best_spot, spots, standing

CUBE = (0.04, 0.04, 0.04)
RED = Thing("red_cube_1", "cube", "red", CUBE, (0.1, 0.0, 0.02), yaw=0.6)
BLUE = Thing("blue_cube_1", "cube", "blue", CUBE, (-0.05, 0.06, 0.02), yaw=0.3)
GREEN = Thing("green_ball_1", "ball", "green", CUBE, (0.1, -0.15, 0.02))
BOWL = Thing("white_bowl_1", "bowl", "white", (0.11, 0.11, 0.04), (-0.15, -0.1, 0.02))
OTHERS = (BLUE, GREEN, BOWL)


@pytest.mark.parametrize(
    ("relation", "marks", "said"),
    [
        ("on", (BLUE,), Fact("on", (RED.id, BLUE.id))),
        ("in", (BOWL,), Fact("in", (RED.id, BOWL.id))),
        ("left_of", (GREEN,), Fact("left_of", (RED.id, GREEN.id))),
        ("behind", (BLUE,), Fact("behind", (RED.id, BLUE.id))),
        ("next_to", (BLUE,), Fact("next_to", (RED.id, BLUE.id))),
        ("between", (BLUE, GREEN), Fact("between", (RED.id, BLUE.id, GREEN.id))),
        ("at", ("top_left",), Fact("at", (RED.id, "top_left"))),
        ("at", ((-0.1, 0.2),), Fact("at", (RED.id, -0.1, 0.2))),
    ],
)
def test_what_is_put_there_is_where_it_was_to_be(relation: str, marks: tuple[object, ...], said: Fact) -> None:
    spot = best_spot(RED, relation, marks, OTHERS)
    assert spot is not None
    assert holds(said, (replace(RED, position=spot), *OTHERS))


def test_aside_is_the_nearest_free_place_of_the_table() -> None:
    found = list(spots(RED, "aside", (), OTHERS))
    away = [round(math.dist(spot[:2], RED.position[:2]), 4) for spot in found]
    assert away == sorted(away)
    for spot in found:
        put = replace(RED, position=spot)
        assert footprint_gap(put, RED) > 0.0
        assert min(footprint_gap(put, other) for other in OTHERS) >= ROOM


def test_a_place_that_is_taken_gives_way_to_one_nearby() -> None:
    post = Thing("blue_cylinder_1", "cylinder", "blue", (0.03, 0.03, 0.04), (0.13, 0.17, 0.02))
    free, beside = (best_spot(RED, "at", ("top_left",), around) for around in ((), (post,)))
    assert free == (0.17, 0.17, 0.02)
    assert beside is not None
    assert beside != free
    assert holds(Fact("at", (RED.id, "top_left")), (replace(RED, position=beside), post))


def test_off_the_table_and_at_no_place_there_is_none() -> None:
    assert best_spot(RED, "at", ((0.6, 0.0),), OTHERS) is None
    assert best_spot(RED, "at", ("nowhere",), OTHERS) is None


def test_a_thing_stands_on_whatever_is_highest() -> None:
    assert standing(RED, (0.2, 0.2), OTHERS) == pytest.approx(0.02)
    assert standing(RED, BLUE.position, OTHERS) == pytest.approx(0.06)
