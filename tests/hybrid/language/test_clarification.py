"""Covers replies to questions back: which choice they mean, and that other words are a request of their own."""

from __future__ import annotations

import pytest

from hybrid.base import Decomposition, Turn
from hybrid.language.clarification import meant, pending, resumed
from simulator.scene import load_scene

DEMO = load_scene("demo")
SIDES = ("the leftmost red cube", "the rightmost red cube")
PLANS = ("put the red cube on the blue cube", "put the red cube in the white bowl")


@pytest.mark.parametrize(
    ("reply", "choices", "choice"),
    [
        ("the leftmost red cube", SIDES, 0),
        ("The left one.", SIDES, 0),
        ("right", SIDES, 1),
        ("the one on the right please", SIDES, 1),
        ("I meant the left one", SIDES, 0),
        ("2", SIDES, 1),
        ("the second one", PLANS, 1),
        ("first", PLANS, 0),
        ("the last", SIDES, 1),
        ("in the bowl", PLANS, 1),
        ("yes", PLANS[:1], 0),
        ("the red one", SIDES, None),
        ("yes", PLANS, None),
        ("put the green cube in the bowl", PLANS, None),
        ("no", SIDES, None),
    ],
)
def test_a_reply_means_one_choice_or_none(reply, choices, choice):
    assert meant(reply, choices) == (None if choice is None else choices[choice])


def asked(choices: tuple[str, ...]) -> Turn:
    return Turn("put the red cube down", Decomposition("question", message="which?", choices=choices), DEMO, DEMO)


def test_a_reply_goes_on_with_the_request_and_keeps_earlier_replies():
    turn = Turn("put the red cube down", asked(SIDES).answer, DEMO, DEMO, chosen=("the bowl",))
    moment = resumed("the left one", (turn,))
    assert moment.instruction == "put the red cube down"
    assert moment.chosen == ("the bowl", SIDES[0])
    assert moment.turns == ()


def test_other_words_are_a_new_request_in_the_same_conversation():
    moment = resumed("put green on blue", (asked(SIDES),))
    assert moment.instruction == "put green on blue"
    assert moment.chosen == ()


def test_only_the_last_turn_can_have_an_open_question():
    done = Turn("x", Decomposition("refused"), DEMO, DEMO)
    assert pending((asked(SIDES), done)) is None
    assert pending((asked(()),)) is None
    assert pending(()) is None
