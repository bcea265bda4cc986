"""Covers shapes, exchanges and orders: where things go, judged by geometry written another way."""

from __future__ import annotations

import itertools
import math

import pytest

from hybrid.language.arrangement import nearest_place, ring, row, spread, swapped, towards
from hybrid.language.prediction import inside
from hybrid.language.selection import Unresolvable
from simulator.scene import load_scene
from tests.hybrid.language.tables import table

DEMO = load_scene("demo")
CUBES = [thing for thing in DEMO.things if thing.kind == "cube"]


def points(facts):
    return {str(fact.arguments[0]): (float(fact.arguments[1]), float(fact.arguments[2])) for fact in facts}


def fit(found, scene=DEMO):
    for name, (x, y) in found.items():
        assert inside(x, y, scene.thing(name))
        others = [thing for thing in scene.things if thing.id not in found]
        assert all(math.dist((x, y), t.position[:2]) > max(t.size[:2]) / 2 for t in others)


@pytest.mark.parametrize("form", ["circle", "square"])
def test_corners_of_a_form_are_equally_far_from_its_middle_and_from_their_neighbours(form):
    found = points(ring(CUBES, DEMO, form))
    fit(found)
    middle = [sum(axis) / 4 for axis in zip(*found.values(), strict=True)]
    radii = [math.dist(point, middle) for point in found.values()]
    assert max(radii) - min(radii) < 0.003
    gaps = sorted(math.dist(*pair) for pair in itertools.combinations(found.values(), 2))
    assert gaps[3] - gaps[0] < 0.004
    assert gaps[4] == pytest.approx(gaps[0] * math.sqrt(2), abs=0.005)


def test_a_circle_round_a_thing_has_it_in_the_middle():
    bowl = DEMO.thing("white_bowl_1")
    found = points(ring(CUBES, DEMO, "circle", bowl))
    fit(found)
    radii = [math.dist(point, bowl.position[:2]) for point in found.values()]
    assert max(radii) - min(radii) < 0.003
    assert min(radii) > bowl.size[0] / 2 + 0.02


@pytest.mark.parametrize(
    ("course", "axis", "sign"), [("rightwards", 1, -1), ("leftwards", 1, 1), ("backwards", 0, 1), ("forwards", 0, -1)]
)
def test_a_row_with_a_direction_keeps_the_order_said(course, axis, sign):
    facts = row(CUBES, DEMO, course)
    along = [sign * points(facts)[thing.id][axis] for thing in CUBES]
    assert along == sorted(along)
    fit(points(facts))


def test_a_row_at_a_place_lies_there_and_on_the_table():
    found = points(row(CUBES, DEMO, "across", "bottom"))
    assert all(x == pytest.approx(-0.17, abs=0.03) for x, _ in found.values())


def test_spread_things_are_far_from_each_other():
    found = spread(CUBES, DEMO)
    gaps = [math.dist(*pair) for pair in itertools.combinations(points(found).values(), 2)]
    assert min(gaps) > 0.15


def test_swapped_things_take_each_others_place_also_in_a_bowl_and_in_a_stack():
    scene = table(
        ("red", "cube", 0.1, 0.1), ("blue", "cube", -0.1, -0.1), ("white", "bowl", -0.1, 0.1),
        ("green", "cube", -0.1, 0.1, 0.005), ("gray", "cube", 0.1, -0.1), ("black", "cube", 0.1, -0.1, 0.04),
    )  # fmt: skip
    by = {thing.colour: thing for thing in scene.things}
    plain = [fact.as_list() for fact in swapped(by["red"], by["blue"], scene)]
    assert plain == [["at", "red_cube_1", -0.1, -0.1], ["at", "blue_cube_1", 0.1, 0.1]]
    bowl = [fact.as_list() for fact in swapped(by["red"], by["green"], scene)]
    assert bowl == [["in", "red_cube_1", "white_bowl_1"], ["at", "green_cube_1", 0.1, 0.1]]
    stack = [fact.as_list() for fact in swapped(by["gray"], by["black"], scene)]
    assert stack == [["at", "black_cube_1", 0.1, -0.1], ["on", "gray_cube_1", "black_cube_1"]]


def test_several_things_get_corners_of_their_own():
    first = nearest_place(CUBES[0], DEMO, "corner", frozenset())
    second = nearest_place(CUBES[0], DEMO, "corner", frozenset({str(first.arguments[1])}))
    assert first.arguments[1] != second.arguments[1]


def test_towards_stops_beside_the_other_thing():
    a, b = DEMO.thing("red_cube_1"), DEMO.thing("white_bowl_1")
    near = towards(a, b, 1.0, away=False)
    assert math.dist(near, b.position[:2]) == pytest.approx((a.size[0] + b.size[0]) / 2 + 0.01)
    far = towards(a, b, 0.05, away=True)
    assert math.dist(far, b.position[:2]) == pytest.approx(math.dist(a.position[:2], b.position[:2]) + 0.05)


@pytest.mark.parametrize(("form", "count"), [("triangle", 4), ("square", 3), ("circle", 2)])
def test_a_form_with_the_wrong_number_of_things_is_refused(form, count):
    with pytest.raises(Unresolvable, match=form):
        ring(CUBES[:count], DEMO, form)
