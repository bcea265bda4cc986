"""What is seen is one of the things expected, or a part of one; and what of them cannot be as it was believed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from simulator.base import Thing
from world_model.following import (
    followed,
    holding,
    matched,
    otherwise_tall,
    renamed,
    uncovered,
    united,
    upper_parts,
)
from world_model.seeing import Seen


def cube(name: str, x: float, y: float, colour: str = "red") -> Thing:
    return Thing(name, "cube", colour, (0.04, 0.04, 0.04), (x, y, 0.02))


TOWER = tuple(
    Thing(f"{colour}_cube_1", "cube", colour, (0.04, 0.04, 0.04), (0.05, -0.06, 0.02 + 0.04 * level), 0.3 * level)
    for level, colour in enumerate(("green", "red", "blue"))
)


def test_things_of_one_colour_are_matched_by_nearness() -> None:
    expected = (cube("red_cube_1", 0, 0), cube("red_cube_2", 0.1, 0))
    seen = (cube("?", 0.09, 0.01), cube("?", 0.01, 0))
    assert matched(expected, seen) == {0: 1, 1: 0}


def test_another_colour_is_another_thing_however_near() -> None:
    assert matched((cube("red_cube_1", 0, 0),), (cube("?", 0, 0, "blue"),)) == {}


@pytest.mark.parametrize(("mass", "follows"), [(30.0, True), (5.0, False)])
def test_a_thing_that_fell_and_looks_different_is_followed(mass: float, *, follows: bool) -> None:
    expected = (cube("red_cube_1", 0.0, 0.0), cube("blue_cube_1", 0.1, 0.1, "blue"))
    fallen = Thing("?", "cylinder", "red", (0.04, 0.04, 0.04), (0.08, 0.0, 0.02))
    things, weights = (fallen, cube("?", 0.1, 0.1, "blue")), np.array([mass, 50.0], dtype=np.float32)
    match = followed(expected, Seen(torch.zeros(2, 48), things, weights, torch.ones(2)))
    assert match == ({0: 0, 1: 1} if follows else {1: 1})


@pytest.mark.parametrize(("mass", "sure", "changes"), [(39.0, 0.99, True), (8.0, 0.99, False), (39.0, 0.6, False)])
def test_two_of_a_colour_take_each_others_names_where_each_is_plainly_the_other(
    mass: float, sure: float, *, changes: bool
) -> None:
    block, post = cube("red_cube_1", 0.15, -0.17), replace(cube("red_cylinder_1", 0.1, 0.14), kind="cylinder")
    things = tuple(replace(t, kind=k) for t, k in ((block, "cylinder"), (post, "cube")))
    look = Seen(torch.zeros(2, 48), things, np.array([39.0, mass], dtype=np.float32), torch.tensor([0.99, sure]))
    names = [thing.id for thing in renamed((block, post), look, {0: 0, 1: 1})]
    assert names == (["red_cylinder_1", "red_cube_1"] if changes else ["red_cube_1", "red_cylinder_1"])
    assert [t.kind for t in renamed((block, post), look, {0: 0, 1: 1})] == [name.split("_")[1] for name in names], (
        "a name goes with its kind"
    )
    assert renamed((block, post), replace(look, things=(block, things[1])), {0: 0, 1: 1}) == (block, post)
    other = replace(things[1], colour="blue"), replace(post, colour="blue")
    assert renamed((block, other[1]), replace(look, things=(things[0], other[0])), {0: 0, 1: 1}) == (block, other[1])


def test_a_ball_is_as_large_as_it_looks_on_the_table_and_never_two() -> None:
    ball, small = (
        Thing("pink_ball_1", "ball", "pink", (d, d, d), (-0.118, 0.036, z)) for d, z in ((0.039, 0.02), (0.024, 0.027))
    )
    assert otherwise_tall((ball,), (small,), {0: 0}) == {}
    assert otherwise_tall((small,), (ball,), {0: 0}) == {0: 0}
    bowl = Thing("red_bowl_1", "bowl", "red", (0.11, 0.11, 0.04), (-0.12, 0.04, 0.02))
    assert otherwise_tall((small, bowl), (ball, bowl), {0: 0, 1: 1}) == {}, "walls hold it off the floor"


def test_what_is_uncovered_is_looked_at_again() -> None:
    low, high = TOWER[0], replace(TOWER[1], position=(0.05, -0.06, 0.06))
    aside = replace(high, position=(-0.1, 0.1, 0.02))
    assert uncovered((low, high), (low, aside), {0: 0, 1: 1}) == {0: 0}
    assert uncovered((low, high), (low, high), {0: 0, 1: 1}) == {}


def test_what_holds_something_lies_where_it_lay_unless_it_is_seen_elsewhere() -> None:
    tray = Thing("red_tray_1", "tray", "red", (0.14, 0.11, 0.025), (0.0, 0.0, 0.0125))
    inside, outside = cube("?", 0.03, 0.02, "blue"), cube("?", 0.2, 0.2, "blue")
    near, far = (replace(tray, position=(x, 0.0, 0.0125), yaw=0.8) for x in (0.008, 0.03))
    expected = (tray, cube("blue_cube_1", 0.03, 0.02, "blue"))
    assert holding(expected, (near, inside), {0: 0, 1: 1}) == [0]
    assert holding(expected, (near, outside), {0: 0, 1: 1}) == []
    assert holding(expected, (far, inside), {0: 0, 1: 1}) == []


def test_a_post_that_looks_half_as_tall_once_something_was_taken_off_it_was_two_blocks() -> None:
    post = replace(cube("red_cube_1", 0.0, 0.0), size=(0.04, 0.04, 0.08), position=(0.0, 0.0, 0.04))
    lone, upon = cube("?", 0.0, 0.0), replace(cube("?", 0.0, 0.0, "blue"), position=(0.0, 0.0, 0.06))
    assert otherwise_tall((post,), (lone,), {0: 0}) == {0: 0}
    assert otherwise_tall((post,), (lone, upon), {0: 0}) == {}
    assert otherwise_tall((cube("red_cube_1", 0.0, 0.0),), (lone,), {0: 0}) == {}
    hovers = replace(lone, position=(*lone.position[:2], post.top - lone.size[2] / 2))
    assert otherwise_tall((post,), (hovers,), {0: 0}) == {}, "its lower part was overlooked"
    fallen = replace(hovers, position=(*lone.position[:2], post.top - 0.04))
    assert otherwise_tall((post,), (fallen,), {0: 0}) == {0: 0}


def test_what_stands_alone_at_last_is_as_tall_as_it_looks_and_what_stands_on_something_as_it_was() -> None:
    covered = replace(cube("red_cube_1", 0.0, 0.0), size=(0.04, 0.04, 0.055), position=(0.0, 0.0, 0.0275))
    upon = replace(covered, position=(0.1, 0.1, 0.0675))
    lone, under = cube("?", 0.0, 0.0), cube("?", 0.1, 0.1, "blue")
    assert otherwise_tall((covered,), (lone,), {0: 0}) == {0: 0}
    assert otherwise_tall((upon,), (replace(lone, position=(0.1, 0.1, 0.06)), under), {0: 0}) == {}


def test_what_seems_to_reach_through_what_should_carry_it_stands_on_that_while_it_is_not_seen() -> None:
    low, high = cube("gray_cube_1", 0.0, 0.0, "gray"), cube("white_cube_1", 0.0, 0.0, "white")
    high = replace(high, position=(0.0, 0.0, 0.06))
    tall = replace(high, size=(0.042, 0.042, 0.078), position=(0.003, 0.0, 0.039))
    part = upper_parts((low, high), (tall,), {1: 0})[0]
    assert part.size == (0.042, 0.042, 0.04)
    assert part.position == pytest.approx((0.003, 0.0, 0.058))
    assert upper_parts((low, high), (tall, low), {1: 0, 0: 1}) == {}, "what carries it is seen"
    assert upper_parts((low, high), (replace(high, position=(0.0, 0.0, 0.058)),), {1: 0}) == {}
    assert upper_parts((low, high), (replace(tall, size=(0.04, 0.04, 0.04), position=low.position),), {1: 0}) == {}
    assert upper_parts((high,), (tall,), {0: 0}) == {}, "nothing should carry it"


def gray(bottom: float, top: float) -> Thing:
    return Thing("?", "cube", "gray", (0.04, 0.04, top - bottom), (0.035, -0.047, (bottom + top) / 2))


def seen(*things: tuple[Thing, float]) -> Seen:
    weights = np.array([mass for _, mass in things], dtype=np.float32)
    return Seen(torch.zeros(len(things), 48), tuple(thing for thing, _ in things), weights, torch.ones(len(things)))


def test_one_thing_seen_in_two_parts_is_whole_and_as_tall_as_it_was() -> None:
    known = replace(gray(0.0, 0.04), id="gray_cube_1")
    wholes, parts = united((known,), look := seen((gray(0.0, 0.025), 20.0), (gray(0.025, 0.039), 14.0)))
    assert wholes[1].size == pytest.approx((0.04, 0.04, 0.04))
    assert wholes[1].position == pytest.approx((0.035, -0.047, 0.019))
    assert parts == [0]
    assert len(look.without(parts).things) == 1
    assert united((known, replace(known, id="gray_cube_2")), look) == ({}, []), "two are known"
    assert united((cube("red_cube_1", 0, 0),), look) == ({}, []), "none is known"


@pytest.mark.parametrize(("mass", "part"), [(8.0, 0), (60.0, 2)])
def test_of_two_of_a_colour_that_something_parts_the_lighter_is_the_side_of_it(mass: float, part: int) -> None:
    between = Thing("?", "cube", "brown", (0.039, 0.039, 0.013), (0.035, -0.049, 0.0345))
    look = seen((gray(0.0, 0.028), mass), (between, 12.0), (gray(0.041, 0.078), 42.0))
    assert united((replace(gray(0.0, 0.04), id="gray_cube_1"), between), look) == ({}, [part])


def test_the_two_ends_of_a_plank_are_one_plank() -> None:
    plank = Thing("white_cube_1", "cube", "white", (0.09, 0.04, 0.03), (-0.069, -0.027, 0.053))
    ends = [cube("?", -0.055, -0.005, "white"), cube("?", -0.049, 0.027, "white")]
    wholes, parts = united((plank,), seen(*((replace(end, position=(*end.position[:2], 0.04)), 20.0) for end in ends)))
    ((column, whole),) = wholes.items()
    assert parts == [1 - column]
    assert whole.position == pytest.approx((-0.052, 0.011, 0.04))
    assert (whole.size, abs(whole.yaw)) == (plank.size, pytest.approx(1.385, abs=0.01))
    far = (ends[0], 20.0), (replace(ends[1], position=(-0.049, 0.09, 0.02)), 20.0)
    assert united((plank,), seen(*far)) == ({}, []), "another one, further away than a plank is long"
    ghost = cube("?", -0.049, 0.027, "white")
    assert united((plank,), seen((plank, 60.0), (ghost, 5.0))) == ({}, []), "it is seen from end to end"


def test_what_is_recognised_is_no_part_of_another_because_a_ghost_is_seen_elsewhere() -> None:
    low, high = (replace(gray(z, z + 0.04), id=f"gray_cube_{k}") for k, z in enumerate((0.0, 0.04)))
    ghost = cube("?", 0.15, -0.1, "gray")
    assert united((low, high), seen((low, 20.0), (high, 50.0), (ghost, 3.0))) == ({}, [])
