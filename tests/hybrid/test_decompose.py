"""Covers the decomposition stage: what counts as an instruction, and what is added to a backend's answer."""

from __future__ import annotations

import pytest

from hybrid.base import Decomposition
from hybrid.decompose import MAX_CHARACTERS, decompose
from hybrid.errors import InstructionError
from simulator.base import Fact, Scene, Subgoal

SCENE = Scene("empty", ())


class Echo:
    """A language model that remembers what it was asked and plans one subgoal."""

    name = "echo-1"

    def __init__(self):
        self.asked = []

    def decompose(self, instruction, scene, *, examples=(), feedback=""):
        self.asked.append((instruction, scene, examples, feedback))
        return Decomposition("planned", (Subgoal((Fact("held", ("red_cube_1",)),)),))


def test_the_backend_gets_the_trimmed_words_and_its_name_and_time_are_stamped():
    echo = Echo()
    answer = decompose(echo, "  hold the red cube \n", SCENE, examples=("x",), feedback="toppled")
    assert echo.asked == [("hold the red cube", SCENE, ("x",), "toppled")]
    assert answer.backend == "echo-1"
    assert answer.milliseconds > 0.0
    assert answer.status == "planned"


@pytest.mark.parametrize(
    ("instruction", "problem"),
    [
        ("", "empty"),
        (" \n\t", "empty"),
        ("a" * (MAX_CHARACTERS + 1), "1001 characters"),
        ("put it\x00 down", "U+0000"),
        ("put \x1b[31m it", "U+001B"),
        ("put \ud800 it", "U+D800"),
        ("123 !!!", "no words"),
        (b"put it down", "bytes"),
        (None, "NoneType"),
        (7, "int"),
    ],
)
def test_what_is_no_instruction_is_refused_before_the_backend_is_asked(instruction, problem):
    echo = Echo()
    with pytest.raises(InstructionError, match=problem.replace("+", r"\+")) as caught:
        decompose(echo, instruction, SCENE)
    assert caught.value.field == "instruction"
    assert caught.value.remedy
    assert not echo.asked


def test_an_instruction_of_the_longest_length_and_in_any_script_is_taken():
    echo = Echo()
    decompose(echo, "é" * MAX_CHARACTERS, SCENE)
    decompose(echo, "поставь красный куб\nна синий", SCENE)
    assert len(echo.asked) == 2
