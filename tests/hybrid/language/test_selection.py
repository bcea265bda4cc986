"""Covers selectors: kinds, colours, sizes, places, superlatives, links, exceptions and quantifiers on a table."""

from __future__ import annotations

import random

import pytest

from hybrid.language.reading import from_tokens
from hybrid.language.schema import Pronoun, Selector
from hybrid.language.selection import Table, Unresolvable, candidates, select
from hybrid.language.wire import END
from simulator.base import Scene, Thing
from tests.hybrid.language.tables import table

SCENE = table(
    ("red", "cube", 0.10, 0.12),
    ("blue", "cube", -0.10, 0.0),
    ("green", "cube", -0.10, 0.0, 0.04),
    ("red", "ball", 0.0, -0.15),
    ("white", "bowl", 0.15, -0.05),
    ("green", "zone", -0.17, -0.17),
)


def ids(words: str, scene: Scene = SCENE, **state) -> list[str]:
    program = from_tokens(("clear", *words.split(), END))
    return [thing.id for thing in select(program.steps[0].a[0], Table(scene, **state), "mover")]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("the leftmost thing", "red_cube_1"),
        ("the rightmost thing", "red_ball_1"),
        ("the farthest cube", "red_cube_1"),
        ("the highest cube", "green_cube_1"),
        ("the cube .under the green thing", "blue_cube_1"),
        ("the thing .on the blue cube", "green_cube_1"),
        ("the red thing .right_of the bowl", "red_ball_1"),
        ("the red thing .behind the ball", "red_cube_1"),
        ("the cube .nearest_to the bowl", "red_cube_1"),
        ("the red thing .farthest_from the bowl", "red_ball_1"),
        ("the cube .place @top_left", "red_cube_1"),
        ("the red thing .place @top", "red_cube_1"),
        ("the ball .place @right", "red_ball_1"),
        ("the green thing", "green_cube_1"),
        ("the container", "white_bowl_1"),
        ("the zone", "green_zone_1"),
    ],
)
def test_a_selector_finds_its_thing(words, found):
    assert ids(words) == [found]


def test_what_is_moved_is_looked_for_among_what_can_be_moved():
    scene = table(("pink", "bowl", 0.0, 0.0), ("brown", "tray", 0.0, 0.15), ("white", "cube", 0.0, -0.2))
    assert ids("the thing .nearest_to the bowl", scene) == ["white_cube_1"]


def test_big_and_small_split_things_that_differ_in_size():
    big = Thing("red_cube_1", "cube", "red", (0.06, 0.06, 0.06), (0.1, 0.1, 0.03))
    small = Thing("red_cube_2", "cube", "red", (0.03, 0.03, 0.03), (-0.1, 0.1, 0.015))
    scene = Scene("sizes", (big, small))
    assert ids("the big red cube", scene) == ["red_cube_1"]
    assert ids("the small cube", scene) == ["red_cube_2"]
    assert ids("the biggest cube", scene) == ["red_cube_1"]


def test_all_skips_what_is_excluded_and_what_cannot_move():
    assert ids("all thing except the ball") == ["red_cube_1", "blue_cube_1", "green_cube_1"]


def test_a_pronoun_is_what_the_last_step_moved():
    assert [t.id for t in select(Pronoun(), Table(SCENE, moved=("red_ball_1",)), "mover")] == ["red_ball_1"]
    with pytest.raises(Unresolvable) as caught:
        select(Pronoun(), Table(SCENE), "mover")
    assert caught.value.question


def test_the_means_the_one_spoken_of_when_several_fit():
    assert ids("the cube", mentioned=frozenset({"blue_cube_1"})) == ["blue_cube_1"]


def test_several_candidates_are_asked_about_and_none_is_refused():
    with pytest.raises(Unresolvable) as many:
        ids("the cube")
    assert many.value.question
    assert len(many.value.choices) == 3
    with pytest.raises(Unresolvable, match="no pink cube") as none:
        ids("the pink cube")
    assert not none.value.question


def test_superlatives_agree_with_a_plain_maximum_on_random_tables():
    rng = random.Random(5)
    keys = {"leftmost": (1, 1), "rightmost": (1, -1), "farthest": (0, 1), "nearest": (0, -1)}
    for _ in range(50):
        scene = table(*(("red", "cube", rng.uniform(-0.2, 0.2), rng.uniform(-0.2, 0.2)) for _ in range(5)))
        for extreme, (axis, sign) in keys.items():
            reach = {thing.id: sign * thing.position[axis] for thing in scene.things}
            level = [thing for thing, far in reach.items() if far > max(reach.values()) - 0.004]
            chosen = candidates(Selector(extreme=extreme, kind="cube"), Table(scene))
            assert sorted(thing.id for thing in chosen) == sorted(level)


@pytest.mark.parametrize("words", ["the nearest block", "the biggest cube", "the tallest thing"])
def test_a_superlative_that_two_share_is_asked_about(words):
    with pytest.raises(Unresolvable) as raised:
        ids(words)
    assert raised.value.question
    assert len(raised.value.choices) >= 2


def test_an_only_one_of_its_kind_may_be_told_by_its_place_among_others():
    row = table(("red", "cube", 0.0, 0.1), ("orange", "cube", 0.0, 0.0), ("blue", "cube", 0.0, -0.1))
    assert ids("the second_left orange cube", row) == ["orange_cube_1"]
    with pytest.raises(Unresolvable, match="no blue cube"):
        ids("the second_left blue cube", row)


def test_a_place_is_where_the_things_on_its_side_are_but_never_across_the_table():
    scene = table(("red", "cube", 0.0, 0.18), ("blue", "cube", -0.05, -0.02))
    assert ids("the cube .place @left", scene) == ["red_cube_1"]
    far = table(("red", "cube", 0.17, 0.05), ("blue", "cube", -0.16, -0.16))
    assert ids("the thing .place @left", far) == ["red_cube_1"]
    with pytest.raises(Unresolvable, match="no thing"):
        ids("the thing .place @bottom_left", far)
