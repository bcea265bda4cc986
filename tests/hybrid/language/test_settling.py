"""Covers how readings are settled: taken, asked about, given up, and what is offered before giving up."""

from __future__ import annotations

import pytest

from hybrid.base import Decomposition
from hybrid.language.settling import LOST, Reading, rescued, settled, sure, unsure
from simulator.base import Fact, Subgoal


def planned(probability: float, colour: str, *doubts: str, partial: bool = False) -> Reading:
    subgoal = Subgoal((Fact("in", (f"{colour}_cube_1", "white_bowl_1")),), f"put the {colour} cube in the white bowl")
    return Reading(Decomposition("planned", (subgoal,), program=f"in the {colour} cube"), probability, doubts, partial)


def refusing(probability: float, program: str, *doubts: str) -> Reading:
    return Reading(Decomposition("refused", message="No.", program=program), probability, doubts)


def asking(probability: float, *doubts: str) -> Reading:
    answer = Decomposition("question", message="Which cube?", choices=("a", "b"), program="in the cube the bowl")
    return Reading(answer, probability, doubts)


def test_a_refusal_that_is_only_a_guess_gives_way_to_a_question_with_what_fits_the_words():
    readings = [refusing(0.5, "clear the unknown"), refusing(0.2, "refuse_action"), planned(0.01, "red")]
    answer = settled(readings)
    assert answer.status == "refused"
    assert unsure(answer, readings)
    assert rescued(answer, readings).choices == ("put the red cube in the white bowl",)


@pytest.mark.parametrize("program", ["refuse_scope", "on the cube the unknown"])
def test_a_sure_refusal_stays(program):
    readings = [refusing(0.95, program), planned(0.01, "red")]
    assert not unsure(settled(readings), readings)


def test_what_may_be_unsafe_is_never_offered_otherwise():
    readings = [refusing(0.3, "refuse_unsafe"), refusing(0.3, "refuse_action"), planned(0.05, "red")]
    assert not unsure(settled(readings), readings)


def test_a_question_about_a_reading_that_contradicts_the_words_is_not_asked_when_another_fits():
    readings = [asking(0.97, "white was said"), planned(0.003, "white")]
    answer = settled(readings)
    assert answer.status == "question"
    assert unsure(answer, readings)
    assert rescued(answer, readings).choices == ("put the white cube in the white bowl",)
    assert not unsure(asking(0.97).decomposition, [asking(0.97), planned(0.003, "white")])


def test_nothing_doubtful_is_offered_before_giving_up():
    readings = [planned(0.01, "red", "blue was said"), refusing(0.2, "refuse_action")]
    answer = settled([])
    assert answer.message == LOST
    assert rescued(answer, readings) is answer


def test_a_refusal_must_be_surer_than_a_plan_to_be_taken_at_once():
    assert sure(planned(0.8, "red"), 0.74)
    assert not sure(planned(0.8, "red", "blue was said"), 0.74)
    assert not sure(refusing(0.8, "on the cube the unknown"), 0.74)
    assert sure(refusing(0.97, "refuse_scope"), 0.74)


def test_a_reading_that_leaves_a_colour_out_is_not_the_whole_of_what_was_said():
    readings = [planned(0.9, "red", "blue was said", partial=True), planned(0.2, "blue")]
    assert settled(readings).subgoals[0].facts[0].arguments[0] == "blue_cube_1"
