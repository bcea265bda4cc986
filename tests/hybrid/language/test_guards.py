"""Covers the lexical guards: polarity, colours, kinds, sides and distances must be said to be meant."""

from __future__ import annotations

import pytest

from hybrid.language.guards import doubts, ignored_colours, miscounted, moved_on, unknown_words, unsaid
from hybrid.language.reading import from_tokens
from hybrid.language.sayings import all_sayings
from hybrid.language.wire import END, Stack
from simulator.base import Fact, Subgoal
from tests.hybrid.language.tables import table

FREELY_SAID = ("the round thing you eat soup from", "the dish makes do where it is")
"""In the sayings that mean a bowl, and something to keep, by no word of the guards."""


def doubt(text: str, words: str) -> tuple[str, ...]:
    return doubts(text, from_tokens((*words.split(), END)))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("put the red block on the blue block", "on the red block the blue block"),
        ("Put teh redd blok on the bleu cube", "on the red block the blue cube"),
        ("put the grey cup on the crimson mat", "on the gray bowl the red zone"),
        ("the red cube must not be near the bowl", "apart the red cube the bowl"),
        ("all the cubes but not the ball, don't touch it, in the bowl", "in all cube except the ball the bowl"),
        ("put the red, no wait, the blue cube on the left", "at the blue cube @left"),
        ("would you mind putting the ball in the bowl", "in the ball the bowl"),
        (
            "don't put the ball in the bowl until red is on blue",
            "on the red thing the blue thing ; in the ball the bowl",
        ),
        ("move the ball 2 inches to the left", "shift the ball to_left 5cm"),
        ("move the ball 50 mm to the left", "shift the ball to_left 5cm"),
        ("without lifting it push the ball left", "push at the ball @left"),
        ("put the green one in the bowl", "in the green thing the bowl"),
        ("what time is it", "refuse_scope"),
        ("move the ball 5 cm closer to the bowl", "approach the ball the bowl 5cm"),
        ("move the ball a couple of cm to the left", "shift the ball to_left 2cm"),
        ("put the ball on the tray, not in the red bowl", "on the ball the tray"),
        ("the ball belongs on the tray rather than in the red bowl", "on the ball the tray"),
        ("if it isn't too much trouble put the ball in the bowl", "in the ball the bowl"),
        ("put the ball in the bowl and leave the rest alone", "in the ball the bowl"),
        ("oh no, i didn't want that, undo it", "undo"),
        ("move the ball leftwards", "shift the ball to_left some"),
        ("line red and blue up, starting at the right", "line the red thing + the blue thing row_leftwards"),
        ("keep the cubes apart from each other", "spread all cube"),
        ("the orange box goes next to the tray", "next_to the orange block the tray"),
    ],
)
def test_faithful_programs_raise_no_doubt(text, words):
    assert doubt(text, words) == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("put the red block on the blue block", "on the red block the green block"),
        ("put the red block on the blue block", "hold the red block"),
        ("the red cube mustn't be near the bowl", "next_to the red cube the bowl"),
        ("put the apple in the bowl", "in the ball the bowl"),
        ("put the ball on the left", "at the ball @right"),
        ("move the ball 5 cm to the left", "shift the ball to_left 15cm"),
        ("put the red cube on the left without touching the ball", "at the red cube @left"),
        ("put the red cube on the tray but not near the ball", "on the red cube the tray"),
        ("move the ball 5 cm closer to the bowl", "approach the ball the bowl 15cm"),
    ],
)
def test_unfaithful_programs_are_doubted(text, words):
    assert doubt(text, words)


def test_unknown_nouns_are_quoted_and_known_ones_are_not():
    assert unknown_words("put the yellow banana next to the blue cube") == ("banana",)
    assert unknown_words("put the leftmost red block in the bowl, on my left") == ()


def test_what_was_not_said_is_barred_and_the_language_stays_open():
    barred = unsaid("push the grean cube 5 cm to the left of the bowl")
    assert {"red", "black", "brown", "ball", "tray", "right_of", "@right", "@top_right", "rightmost", "4cm"} <= barred
    assert not {"green", "cube", "block", "bowl", "left_of", "@left", "5cm", "thing", "unknown"} & barred
    stack = Stack()
    for token in ("left_of", "5cm", "the", "green", "cube", "the", "bowl", END):
        assert token in stack.allowed() - barred
        stack = stack.after(token)


def test_nothing_that_a_saying_means_is_barred():
    for saying in all_sayings():
        if not any(free in saying.text for free in FREELY_SAID):
            assert not unsaid(saying.text) & set(saying.tokens), saying.text


@pytest.mark.parametrize(
    ("text", "said", "barred"),
    [
        ("three more centimetres to the right", "3cm", "1cm"),
        ("red at the left end, blue at the other end", "@right", "4cm"),
        ("the ball to the other side of the tray", "ball", "@right"),
        ("move the roundish one to nine o'clock", "@left", "cylinder"),
        ("the ball round the bowl's back", "bowl", "cube"),
        ("round the back of the bowl with the cube", "cube", "ball"),
        ("cube on the ball. tray stands fast", "keep", "bowl"),
        ("as fast as you can, the cube on the ball", "cube", "keep"),
    ],
)
def test_what_is_said_in_other_words_is_open_and_the_rest_barred(text, said, barred):
    assert said not in unsaid(text)
    assert barred in unsaid(text)


def test_a_number_without_its_unit_may_be_meant_and_need_not():
    text = "shift the ball 5 cm to the left and the cube by 10 to the right"
    assert doubt(text, "shift the ball to_left 5cm ; shift the cube to_right 10cm") == ()
    assert doubt(text, "shift the ball to_left 5cm ; shift the cube to_right 9cm")
    assert doubt("the ball a hand's breadth to the left", "shift the ball to_left 10cm") == ()


def test_where_a_thing_comes_down_from_and_what_is_corrected_need_not_show():
    assert not doubt("the yellow block, take it down from the green one", "down the yellow block")
    assert not doubt("it should have been the green zone, not the tray", "instead the green zone")
    assert doubt("the yellow block and the green one, down with them", "down the yellow block")


def test_a_known_word_is_not_another_one_misspelled():
    assert "black" in unsaid("put the blue block down")
    assert "brown" not in unsaid("put the brwn block down")


def test_a_colour_named_and_not_used_is_noticed_unless_it_was_taken_back():
    program = from_tokens(("hold", "the", "red", "cube", END))
    assert ignored_colours("hold the red cube on the blue one", program) == ("blue",)
    assert ignored_colours("hold the blue, no wait, the red cube", program) == ()


@pytest.mark.parametrize(
    ("text", "barred", "open_"),
    [
        ("line up red and blue from left to right", "row_leftwards", "row_rightwards"),
        ("red and blue in a row, right to left", "row_rightwards", "row_leftwards"),
        ("a row of cubes from the front to the back", "row_forwards", "row_backwards"),
        ("cubes in a line, back to front", "row_backwards", "row_forwards"),
        ("stack the cubes with green on top", "base", "peak"),
        ("stack the cubes starting with green", "peak", "base"),
    ],
)
def test_a_row_runs_and_a_tower_ends_where_the_words_say(text, barred, open_):
    assert barred in unsaid(text)
    assert open_ not in unsaid(text)


def test_a_row_whose_end_is_named_may_still_run_either_way():
    assert not {"row_rightwards", "row_leftwards"} & unsaid("put red and blue in a row, red being leftmost")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("i should be most obliged if the cube could be moved onto the tray", False),
        ("put the ball in the bowl, mind the cube", True),
        ("put the ball in the bowl, the cube stays", True),
        ("put the ball in the bowl without touching the cube", True),
    ],
)
def test_nothing_is_kept_as_it_is_unless_that_is_said(text, kept):
    assert ("keep" not in unsaid(text)) is kept


@pytest.mark.parametrize(
    ("text", "doubted"),
    [
        ("the white cube, the one at the back, on the tray", True),
        ("white cube to the back, then onto the tray", False),
        ("1. white cube to the back 2. white cube onto the tray", False),
        ("White cube to the back. White cube onto the tray.", False),
    ],
)
def test_a_thing_put_in_two_places_is_doubted_where_no_order_is_told(text, doubted):
    subgoals = [Subgoal((Fact("at", ("white_cube_1", "top")),)), Subgoal((Fact("in", ("white_cube_1", "tray_1")),))]
    assert bool(moved_on(text, subgoals)) is doubted
    assert not moved_on(text, subgoals[:1])


@pytest.mark.parametrize(
    ("text", "words", "doubted"),
    [
        ("stack the three cubes on the left", "tower all cube", True),
        ("stack the two cubes", "tower all cube", False),
        ("stack the cubes", "tower all cube", False),
        ("the three things in the bowl", "in all cube + the ball the bowl", False),
        ("put both cubes and the two balls in the bowl", "in all cube + all ball the bowl", False),
    ],
)
def test_another_number_of_things_than_was_said_is_doubted(text, words, doubted):
    scene = table(("red", "cube", 0.0, 0.1), ("blue", "cube", 0.0, 0.0), ("red", "ball", 0.1, 0.1))
    assert bool(miscounted(text, from_tokens((*words.split(), END)), scene)) is doubted


@pytest.mark.parametrize(
    ("text", "barred", "open_"),
    [
        ("left two on the mat", "second_left", "two"),
        ("the second one from the left", "third_left", "second_left"),
        ("the larger cube", "smallest", "biggest"),
        ("the cubes in a row", "row_diagonal", "row_across"),
    ],
)
def test_a_choice_among_several_must_be_said(text, barred, open_):
    assert barred in unsaid(text)
    assert open_ not in unsaid(text)
