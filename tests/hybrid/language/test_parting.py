"""Covers the parting of long requests: steps come apart, and what reorders or restricts stays whole."""

from __future__ import annotations

import pytest

from hybrid.language.parting import parts, unframed


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("put red on blue, then green in the bowl", ("put red on blue", "green in the bowl")),
        ("1. red on blue 2. ball to the left 3) clear the tray", ("red on blue", "ball to the left", "clear the tray")),
        ("First put a on b. Then put c in d; finally pick up e.", ("put a on b", "put c in d", "pick up e")),
        ("red on blue, green on red, and yellow to the back", ("red on blue", "green on red", "yellow to the back")),
    ],
)
def test_steps_come_apart_at_what_separates_them(text, way):
    assert way in parts(text)


@pytest.mark.parametrize(
    "text",
    [
        "put red on blue",
        "before you put red on blue, clear the bowl",
        "put red, no, green on blue, then clear the bowl",
        "put all cubes in the bowl, except red, then clear the tray",
        "red on blue, without touching green",
        "stack them, red at the bottom, yellow on top",
        "put red where blue is and blue where red is",
        "everything in the bowl, apart from red, then green",
    ],
)
def test_one_step_and_what_belongs_together_stays_whole(text):
    assert parts(text) == []


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Rearrange the blocks so that the red block is on the blue one", "the red block is on the blue one"),
        ("please move all the cubes around so that a is on b", "a is on b"),
        ("move the red block so that it is on the blue one", "move the red block so that it is on the blue one"),
        ("arrange the blocks so that ", "arrange the blocks so that "),
    ],
)
def test_a_frame_that_only_announces_an_arrangement_is_left_out(said, meant):
    assert unframed(said) == meant
