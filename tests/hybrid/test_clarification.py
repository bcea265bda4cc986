"""Covers hybrid.clarification: an instruction and the answer to its question become one request."""

import pytest

from hybrid.clarification import clarified

WHICH = "Which red block do you mean?"


@pytest.mark.parametrize(
    ("instruction", "question", "answer", "joined"),
    [
        ("put the red block in the tray", WHICH, "the leftmost red cube", "put the leftmost red cube in the tray"),
        ("Put a RED  block away", WHICH, "leftmost red cube.", "Put the leftmost red cube away"),
        ("red on blue", "Did you mean: put the red cube on the blue cube?", "put it there", "put it there"),
        ("red, blue", "Did you mean: put A on B?", "yes", "red, blue (meant: put A on B)"),
        ("red, blue", "Did you mean: put A on B Or: put B on A?", "the second", "red, blue (meant: put B on A)"),
        ("red, blue", "Did you mean: put A on B Or: put B on A?", "put B on A", "red, blue (meant: put B on A)"),
        ("red on blue", WHICH, "put the green cube in the bowl", "put the green cube in the bowl"),
        ("tidy up", "What should I tidy?", "the balls", "tidy up. The balls."),
    ],
)
def test_an_answer_takes_the_place_of_what_was_asked_about(instruction, question, answer, joined):
    assert clarified(instruction, question, answer) == joined
