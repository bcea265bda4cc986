"""Stacks stand as what is plainly seen of them says, whatever the closer look took covered blocks for."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from simulator.base import Thing
from world_model.stature import (
    STICKS_OUT,
    carriers,
    closed,
    evened,
    halved,
    rest_of,
    rounded,
    slimmed,
    stacks,
    standing,
    stretched,
)


def block(name: str, z: float, height: float, x: float = 0.1) -> Thing:
    return Thing(name, "cube", "red", (0.04, 0.04, height), (x, 0.0, z))


def test_a_covered_block_taken_for_a_post_is_as_tall_as_its_place_in_the_tower() -> None:
    tower = [block("a", 0.016, 0.039), block("b", 0.057, 0.085), block("c", 0.099, 0.069), block("d", 0.14, 0.038)]
    fitted = standing(tower)
    assert [thing.size[2] for thing in fitted] == pytest.approx([0.04] * 4, abs=0.003)
    assert [thing.position[2] for thing in fitted] == pytest.approx([0.02, 0.06, 0.10, 0.14], abs=0.003)
    assert fitted[3].size[2] == 0.038


def test_faces_of_neighbours_in_a_tower_meet() -> None:
    fitted = standing([block("a", 0.024, 0.044), block("b", 0.055, 0.085), block("c", 0.104, 0.041)])
    for lower, upper in pairwise(fitted):
        assert lower.top == pytest.approx(upper.position[2] - upper.size[2] / 2, abs=0.002)


def test_a_post_that_carries_a_block_stays_a_post() -> None:
    post, carried = standing([block("p", 0.05, 0.1), block("b", 0.12, 0.04)])
    assert post.size[2] == pytest.approx(0.1, abs=0.005)
    assert carried.size[2] == 0.04


def test_a_covered_block_is_believed_under_what_it_carries_unless_it_plainly_sticks_out() -> None:
    low, high = standing([block("a", 0.02, 0.04, x=0.104), block("b", 0.06, 0.04, x=0.1)])
    assert 0.1 < low.position[0] < 0.103
    assert high.position[0] == 0.1
    out = 0.1 + STICKS_OUT + 0.001
    assert standing([block("a", 0.02, 0.04, x=out), block("b", 0.06, 0.04, x=0.1)])[0].position[0] == out


def test_room_for_a_hidden_block_is_left() -> None:
    low, high = standing([block("a", 0.022, 0.041), block("c", 0.101, 0.039)])
    assert low.size[2] == pytest.approx(0.041, abs=0.003)
    assert high.position[2] == pytest.approx(0.101, abs=0.002)


def test_what_stands_alone_reaches_from_the_table_to_where_its_upper_face_is_seen() -> None:
    bowl = Thing("w", "bowl", "white", (0.11, 0.11, 0.04), (-0.1, 0.0, 0.02))
    tall, within, same = standing((block("a", 0.066, 0.097), block("b", 0.025, 0.04, x=-0.1), bowl))
    assert (tall.size[2], tall.position[2]) == pytest.approx((0.1145, 0.05725))
    assert (within.size[2], within.bottom) == pytest.approx((0.041, 0.004))
    assert same == bowl
    floating = (block("c", 0.08, 0.04),)
    assert standing(floating) == floating


def test_what_lies_on_another_thing_in_a_bowl_keeps_the_height_that_was_seen() -> None:
    bowl = Thing("w", "bowl", "white", (0.11, 0.11, 0.04), (-0.1, 0.0, 0.02))
    low, high = standing((block("c", 0.024, 0.04, x=-0.1), block("d", 0.064, 0.04, x=-0.1), bowl))[:2]
    assert low.size[2] == pytest.approx(0.04, abs=0.003)
    assert high.size[2] == 0.04


def test_each_stacked_thing_is_listed_with_what_carries_it() -> None:
    assert carriers([block("b", 0.06, 0.04), block("a", 0.02, 0.04), block("c", 0.02, 0.04, x=0.3)]) == {0: 1}


def test_an_empty_table_has_no_heights() -> None:
    assert standing(()) == ()


def test_blocks_whose_breadths_add_up_to_their_stack_are_as_tall_as_broad() -> None:
    pile = (block("a", 0.0285, 0.057), block("b", 0.0725, 0.031), block("c", 0.104, 0.032))
    assert [thing.size[2] for thing in evened(pile)] == pytest.approx([0.04] * 3)
    assert [thing.position[2] for thing in evened(pile)] == pytest.approx([0.02, 0.06, 0.1])


@pytest.mark.parametrize(
    "heights", [(0.06, 0.04), (0.042, 0.037), (0.08, 0.08)], ids=["a post below", "nearly so", "two posts"]
)
def test_a_stack_that_its_breadths_do_not_explain_stays_as_it_was_seen(heights: tuple[float, float]) -> None:
    pile = (block("a", heights[0] / 2, heights[0]), block("b", heights[0] + heights[1] / 2, heights[1]))
    assert evened(pile) == list(pile)


def test_room_in_a_stack_in_which_nothing_hides_is_shared_by_those_around_it() -> None:
    low, high = closed((block("a", 0.0195, 0.039), block("b", 0.084, 0.037)))
    assert low.size[2] == pytest.approx(high.size[2])
    assert (low.bottom, low.top, high.top) == pytest.approx((0.0, high.bottom, 0.1025))


def test_what_hovers_over_nothing_that_could_hide_reaches_down_to_what_it_stands_on() -> None:
    (post,) = closed((block("p", 0.082, 0.049),))
    assert (post.bottom, post.top) == pytest.approx((0.0, 0.1065))
    bowl = Thing("bowl", "bowl", "red", (0.11, 0.11, 0.04), (0.1, 0.0, 0.02))
    assert closed((block("p", 0.082, 0.049), bowl))[0].bottom == pytest.approx(0.004)
    ball = replace(block("b", 0.082, 0.04), kind="ball")
    assert closed((ball,)) == [ball]
    pair = (block("a", 0.02, 0.04), block("b", 0.06, 0.04))
    assert closed(pair) == list(pair)


def test_covered_blocks_fill_the_room_that_the_uppermost_leaves_them() -> None:
    pile = (block("a", 0.02, 0.04), block("b", 0.063, 0.033), block("c", 0.095, 0.036), block("d", 0.141, 0.038))
    fitted = stretched(pile)
    assert (fitted[3].bottom, fitted[3].size[2]) == pytest.approx((pile[3].bottom, 0.038))
    for lower, upper in pairwise(fitted):
        assert lower.top == pytest.approx(upper.bottom)
    roomy = (block("a", 0.02, 0.04), block("b", 0.085, 0.04))
    assert stretched(roomy) == list(roomy), "something may be hidden there"
    steady = (block("a", 0.02, 0.04), block("b", 0.062, 0.04))
    assert stretched(steady) == list(steady)


def test_a_covered_block_that_seems_lifted_into_what_it_carries_stands_on_the_table() -> None:
    low, high = stretched((block("a", 0.045, 0.041), block("b", 0.06, 0.04)))
    assert (low.bottom, low.top, high.bottom) == pytest.approx((0.0, 0.04, 0.04))
    lifted = (block("a", 0.045, 0.04), block("b", 0.085, 0.04))
    assert stretched(lifted) == list(lifted), "something unseen carries them"


def test_a_covered_block_that_fills_the_room_of_two_is_the_upper_of_them() -> None:
    tower = (block("a", 0.02, 0.04), block("b", 0.081, 0.043), block("c", 0.142, 0.036))
    upper = halved(tower)[1]
    assert (upper.bottom, upper.top) == pytest.approx((0.082, 0.124))
    post = (block("p", 0.039, 0.076), block("c", 0.099, 0.043))
    assert halved(post)[0].bottom == pytest.approx(0.03875)
    single = (block("a", 0.02, 0.04), block("b", 0.06, 0.04), block("c", 0.1, 0.04))
    assert halved(single) == list(single)


def test_a_thing_that_carries_two_is_in_no_straight_stack() -> None:
    low, one, other = block("a", 0.02, 0.04), block("b", 0.06, 0.04, 0.095), block("c", 0.06, 0.04, 0.105)
    assert stacks(carriers((low, one))) == [[0, 1]]
    assert stacks(carriers((low, one, other))) == []


def test_a_ball_is_round_from_where_it_rests_to_its_peak_unless_no_ball_is_so_large() -> None:
    ball = Thing("b", "ball", "red", (0.052, 0.052, 0.032), (0.0, 0.0, 0.02))
    bowl = Thing("bowl", "bowl", "red", (0.11, 0.11, 0.04), (0.0, 0.0, 0.02))
    rest = rest_of((ball, bowl), 0, {})
    assert rounded(ball, 0.044, rest).size == pytest.approx((0.04,) * 3)
    assert rounded(ball, 0.044, rest).position[2] == pytest.approx(0.024)
    assert rounded(ball, 0.2, rest) == rounded(ball, None, rest) == ball


def test_a_block_in_a_bowl_is_no_broader_than_tall_and_one_beside_it_may_be() -> None:
    bowl = Thing("bowl", "bowl", "red", (0.11, 0.11, 0.04), (0.1, 0.0, 0.02))
    swollen = replace(block("a", 0.024, 0.04), size=(0.058, 0.058, 0.04))
    aside, plank = replace(swollen, position=(-0.1, 0.0, 0.02)), replace(swollen, size=(0.1, 0.03, 0.03))
    assert slimmed((bowl, swollen))[1].size == pytest.approx((0.04,) * 3)
    assert slimmed((bowl, aside, plank)) == [bowl, aside, plank]
