"""Covers the symbolic prediction: a predicted fact holds by the predicates' own measure, and nothing is lost."""

from __future__ import annotations

import pytest

from hybrid.language.prediction import FREE_GAP, after, free_spot, inside
from simulator.base import Fact
from simulator.predicates import footprint_gap, holds
from tests.hybrid.language.tables import table

SCENE = table(
    ("red", "cube", 0.10, 0.10),
    ("blue", "cube", -0.05, 0.0),
    ("green", "cube", -0.05, 0.0, 0.04),
    ("yellow", "cube", 0.0, -0.14),
    ("white", "bowl", 0.15, -0.05),
    ("gray", "zone", -0.17, 0.15),
)


@pytest.mark.parametrize(
    "fact",
    [
        Fact("on", ("red_cube_1", "green_cube_1")),
        Fact("in", ("red_cube_1", "white_bowl_1")),
        Fact("in", ("red_cube_1", "gray_zone_1")),
        Fact("at", ("red_cube_1", "bottom_right")),
        Fact("at", ("red_cube_1", 0.03, 0.2)),
        Fact("left_of", ("red_cube_1", "yellow_cube_1")),
        Fact("right_of", ("red_cube_1", "blue_cube_1")),
        Fact("behind", ("red_cube_1", "yellow_cube_1")),
        Fact("in_front_of", ("red_cube_1", "yellow_cube_1")),
        Fact("next_to", ("red_cube_1", "yellow_cube_1")),
        Fact("between", ("red_cube_1", "blue_cube_1", "yellow_cube_1")),
        Fact("apart", ("green_cube_1", "blue_cube_1")),
        Fact("clear", ("blue_cube_1",)),
        Fact("line", ("red_cube_1", "yellow_cube_1", "green_cube_1")),
    ],
)
def test_a_fact_holds_in_the_scene_predicted_for_it(fact):
    predicted = after(SCENE, fact)
    assert holds(fact, predicted.things)
    assert [thing.id for thing in predicted.things] == [thing.id for thing in SCENE.things]


def test_what_loses_its_support_stands_on_the_table():
    predicted = after(SCENE, Fact("at", ("blue_cube_1", "left")))
    assert predicted.thing("green_cube_1").bottom == pytest.approx(0.0)


def test_a_free_spot_is_free_and_on_the_table():
    thing = SCENE.thing("red_cube_1")
    x, y = free_spot(SCENE, thing, away=SCENE.thing("blue_cube_1"))
    moved = after(SCENE, Fact("at", ("red_cube_1", x, y))).thing("red_cube_1")
    assert inside(x, y, moved)
    assert all(footprint_gap(moved, other) >= FREE_GAP for other in SCENE.things if other.id != moved.id)
