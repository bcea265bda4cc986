"""Covers lengths in words: numbers, units and what stands between them, and lengths that are only hinted at."""

from __future__ import annotations

import pytest

from hybrid.language.lengths import hinted, told


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("5 cm to the left", 5),
        ("5cm to the left", 5),
        ("three more centimetres", 3),
        ("it wants another inch", 3),
        ("a couple of centimetres", 2),
        ("anuther couple of cm", 2),
        ("a cuple of centimetres", 2),
        ("eighty mm to the right", 8),
        ("fifty milimetres", 5),
        ("twenty-five centimetres", 25),
        ("one zero centimetres, over", 10),
        ("about five centis", 5),
        ("a decimetre to the right", 10),
        ("a whole foot", 30),
        ("half a foot", 15),
        ("half an inch back", 1),
        ("a two-inch gap", 5),
        ("half a centimetre", 1),
        ("the white one four centimetres rightwards", 4),
    ],
)
def test_a_length_said_with_its_unit_is_read(text, length):
    assert told(text) == {length}


@pytest.mark.parametrize(
    "text", ["extra centimetres", "two cubes on the tray", "a bit further", "the grey one at its foot"]
)
def test_no_length_is_read_where_none_is_said(text):
    assert told(text) == frozenset()
    assert hinted(text) == frozenset()


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("a hand's breadth to the left", {10}),
        ("ten centimetres further off. or fifteen.", {15}),
        ("cylinder 4 left of ball, in cm", {4}),
        ("a few inches, three say", {8}),
        ("the purple bowl by 5 cm, the green bowl by 10 and so on", {10}),
    ],
)
def test_a_length_without_its_unit_is_hinted_at(text, lengths):
    assert hinted(text) == lengths


def test_numbers_of_things_and_of_lists_hint_at_no_length():
    assert hinted("put three cubes in the bowl, then the ball 5 cm left of it") == frozenset()
    assert hinted("1. red 5 cm to the left. 2. two balls in the bowl") == frozenset()


def test_no_number_is_a_length_where_no_unit_is_said():
    assert hinted("the other two. make it four, no, five.") == frozenset()
