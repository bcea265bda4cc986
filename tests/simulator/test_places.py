"""The named places: a three by three grid inside the work area, with x away from the viewer and y to the left."""

from itertools import combinations
from math import dist

import pytest

from simulator.base import WORK_HALF_WIDTH
from simulator.places import PLACE_RADIUS, PLACES, place_words


def test_every_place_and_its_radius_lie_inside_the_work_area() -> None:
    for x, y in PLACES.values():
        assert max(abs(x), abs(y)) + PLACE_RADIUS < WORK_HALF_WIDTH


def test_no_point_is_at_two_places() -> None:
    assert len(PLACES) == 9
    assert min(dist(a, b) for a, b in combinations(PLACES.values(), 2)) > 2 * PLACE_RADIUS


@pytest.mark.parametrize("name", sorted(PLACES))
def test_top_is_far_from_the_viewer_and_left_is_positive_y(name: str) -> None:
    x, y = PLACES[name]
    assert (x > 0) == ("top" in name)
    assert (x < 0) == ("bottom" in name)
    assert (y > 0) == ("left" in name)
    assert (y < 0) == ("right" in name)


def test_places_are_said_apart_and_in_plain_words() -> None:
    words = {name: place_words(name) for name in PLACES}
    assert len(set(words.values())) == len(PLACES)
    assert words["top_left"] == "the top left corner"
    assert words["bottom"] == "the front of the table"
    assert words["center"] == "the center of the table"
