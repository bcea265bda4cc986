"""Covers what is said round a request: reasons are left out, contrasts and courtesies forbid nothing."""

from __future__ import annotations

import pytest

from hybrid.language.circumstance import bare, meant


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Since I need the tray later, put the ball in the bowl", "put the ball in the bowl"),
        ("put the ball in the bowl because the tray is dirty", "put the ball in the bowl"),
        ("move the can to the left, it's in the way of my cup", "move the can to the left"),
        (
            "put the ball in the bowl so I can wipe the tray, then clear the mat",
            "put the ball in the bowl, then clear the mat",
        ),
        ("put two of the cubes in the bowl, I don't care which", "put two of the cubes in the bowl"),
        ("any cube on the tray, it doesn't matter which one.", "any cube on the tray."),
    ],
)
def test_a_reason_or_a_free_choice_is_left_out(said, left):
    assert bare(said) == left


@pytest.mark.parametrize(
    "said",
    [
        "since the red cube is in the way, put it in the bowl",
        "because I say so, go",
        "put the red cube so that it is on the blue one",
        "put the red cube in the bowl",
        "I don't care about the others, just put red on blue",
        "as soon as red is on blue, clear the tray",
    ],
)
def test_what_the_rest_speaks_of_or_consists_of_stays(said):
    assert bare(said) == said


@pytest.mark.parametrize(
    ("said", "gone", "stays"),
    [
        ("put the ball in the bowl, not on the tray", "tray", "bowl"),
        ("i'd sooner have the ball in the bowl than on the tray", "tray", "bowl"),
        ("the ball in the bowl instead of on the tray, please", "tray", "please"),
        ("not on the tray, put the ball in the bowl", "tray", "bowl"),
        ("would you mind putting the ball in the bowl", "mind", "bowl"),
        ("leave the rest alone and put the ball in the bowl", "alone", "ball"),
    ],
)
def test_contrasts_and_courtesies_name_nothing_that_is_wanted(said, gone, stays):
    assert gone not in meant(said)
    assert stays in meant(said)


@pytest.mark.parametrize("said", ["the ball must not be near the bowl", "don't touch the ball", "but not the red one"])
def test_what_rules_something_out_is_kept(said):
    assert "no" in meant(said) or "n't" in meant(said)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("like a super onto a brood box, purple goes on the red", "purple goes on the red"),
        (
            "Could the blue one sit in the bowl, like an egg in its cup, and the rest stay?",
            "Could the blue one sit in the bowl, and the rest stay?",
        ),
        ("put red on blue, like a hat!", "put red on blue!"),
        ("put it on the tray, like the red one", "put it on the tray, like the red one"),
    ],
)
def test_a_simile_is_left_out_unless_it_names_what_may_be_here(text, left):
    assert bare(text) == left


def test_an_amount_is_no_simile():
    assert bare("move the ball back a hair, like 3 centimeters") == "move the ball back a hair, like 3 centimeters"
    assert bare("left a touch, like two fingers") == "left a touch, like two fingers"
