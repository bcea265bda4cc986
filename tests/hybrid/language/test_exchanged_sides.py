"""Covers mirrored sentences and other lengths: only where each word has its token."""

from __future__ import annotations

import random
import re

import pytest

from hybrid.language.exchanged_sides import measured_anew, mirrored
from hybrid.language.grammar_sayings import program_of
from hybrid.language.guards import doubts
from hybrid.language.sayings import Saying, all_sayings


def saying(text: str, wire: str) -> Saying:
    return Saying(text, tuple(wire.split()))


@pytest.mark.parametrize(
    ("text", "wire", "mirror", "mirror_wire"),
    [
        ("Left of the bowl", "left_of it the bowl", "Right of the bowl", "right_of it the bowl"),
        ("right, the leftmost ball", "hold the leftmost ball", "right, the rightmost ball", "hold the rightmost ball"),
        ("a row, left to right", "line it row_rightwards", "a row, right to left", "line it row_leftwards"),
        ("top left for it right now", "at it @top_left", "top right for it right now", "at it @top_right"),
        ("second from the right", "hold the second_right ball", "second from the left", "hold the second_left ball"),
    ],
)
def test_left_becomes_right_in_words_and_program(text, wire, mirror, mirror_wire):
    assert mirrored(saying(text, wire)) == saying(mirror, mirror_wire)
    assert mirrored(mirrored(saying(text, wire))) == saying(text, wire)


@pytest.mark.parametrize(
    ("text", "wire"),
    [
        ("it's too far left, i want it on the right", "at it @right"),
        ("what's left goes in the bowl", "in all other thing the bowl"),
        ("port side, the left one, please", "at it @left"),
        ("put it right in the bowl", "in it the bowl"),
    ],
)
def test_a_side_that_has_no_token_of_its_own_is_not_mirrored(text, wire):
    assert mirrored(saying(text, wire)) == saying(text, wire)


def test_every_mirrored_saying_names_the_sides_it_means_and_adds_no_doubt():
    for one in all_sayings():
        other = mirrored(one)
        found = doubts(other.text, program_of(other))
        assert not {"nobody said left", "nobody said right"} & set(found), other
        assert len(found) <= len(doubts(one.text, program_of(one))), other


@pytest.mark.parametrize(
    ("text", "wire"),
    [
        ("3 cm left of the bowl", "left_of 3cm it the bowl"),
        ("move it forty-mm-ish, i mean 40mm, left", "shift it to_left 4cm"),
        ("two inches closer to me", "shift it to_closer 5cm"),
        ("a centimetre to the left", "shift it to_left 1cm"),
        ("a couple of centimetres away", "shift it to_away 2cm"),
    ],
)
def test_a_length_is_drawn_anew_in_words_and_program(text, wire):
    rng = random.Random(1)
    found = [measured_anew(saying(text, wire), rng) for _ in range(60)]
    assert len({one.tokens for one in found}) > 5
    for one in found:
        assert not any("distance" in reason or "cm" in reason for reason in doubts(one.text, program_of(one))), one


def test_the_unit_agrees_with_its_number():
    rng = random.Random(2)
    found = [measured_anew(saying("ten centimetres left", "shift it to_left 10cm"), rng).text for _ in range(80)]
    assert all(("one " in text) == (re.search(r"metre\b", text) is not None) for text in found)


@pytest.mark.parametrize("text", ["2 cm, no, 3 cm left", "half a cm or 3 cm left", "3 left", "4 cm left"])
def test_a_length_that_is_not_the_only_one_or_another_than_meant_stays(text):
    assert measured_anew(saying(text, "shift it to_left 3cm"), random.Random(3)).text == text
