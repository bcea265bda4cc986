"""What people may answer, and what is said when they answer something else."""

from __future__ import annotations

import pytest

from hybrid.agents.answers import Decision, chosen, decision_of, fact_of, spoken, subgoals_of
from hybrid.errors import InstructionError
from simulator.base import Fact
from simulator.scene import load_scene

SCENE = load_scene("demo")
CHOICES = ("the leftmost red cube", "the rightmost red cube", "the nearest red cube")


@pytest.mark.parametrize(
    "answer", [True, "approve", "yes", " OK ", {"decision": "approve"}, {"type": "approve"}, {"decision": "Approve"}]
)
def test_consent_may_be_said_in_several_ways(answer: object) -> None:
    assert decision_of(answer, SCENE) == Decision("approve")


@pytest.mark.parametrize("answer", [False, "no", {"decision": "reject"}])
def test_a_rejection_needs_no_reason(answer: object) -> None:
    assert decision_of(answer, SCENE).kind == "reject"


@pytest.mark.parametrize("answer", [None, 3, "perhaps", {}, {"decision": "postpone"}, []])
def test_anything_else_is_no_decision_and_is_told_what_would_be(answer: object) -> None:
    with pytest.raises(InstructionError, match=r'decision: .* Answer "approve"'):
        decision_of(answer, SCENE)


@pytest.mark.parametrize(
    ("fact", "problem"),
    [
        (["beside", "red_cube_1", "blue_cube_1"], "relation is unknown"),
        (["on", "red_cube_1"], "on has 1 arguments"),
        (["on", "red_cube_1", "moon"], "'moon' is not on the table"),
        (["at", "red_cube_1", "moon"], "'moon' is no place"),
        (["at", "red_cube_1", 0.1, 9], "not two numbers"),
        (["line", "red_cube_1"], "2 or more"),
        ("on", "relation is unknown"),
        (None, "relation is unknown"),
    ],
)
def test_a_faulty_fact_is_refused_with_what_is_wrong(fact: object, problem: str) -> None:
    with pytest.raises(InstructionError, match=problem):
        fact_of(fact, SCENE)


def test_facts_are_read_as_the_contracts_write_them() -> None:
    assert fact_of(["at", "red_cube_1", 0.1, -0.05], SCENE) == Fact("at", ("red_cube_1", 0.1, -0.05))
    assert fact_of(["at", "red_cube_1", "top_left"], SCENE) == Fact("at", ("red_cube_1", "top_left"))
    (goal,) = subgoals_of([{"facts": [["clear", "blue_cube_1"]], "keep": ["red_cube_1"], "manner": "push"}], SCENE)
    assert (goal.keep, goal.manner, goal.words) == (("red_cube_1",), "push", "clear the blue cube")


@pytest.mark.parametrize(
    "data", [None, [], "all", [{"facts": []}], [{}], [{"facts": [["clear", "blue_cube_1"]], "manner": "throw"}]]
)
def test_faulty_subgoals_are_refused(data: object) -> None:
    with pytest.raises(InstructionError, match="subgoals"):
        subgoals_of(data, SCENE)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2", CHOICES[1]),
        ("the left one", CHOICES[0]),
        ("Nearest, please", CHOICES[2]),
        ("the second", CHOICES[1]),
        ("the last one", CHOICES[2]),
        ("the shiny one", "the shiny one"),
        ("9", "9"),
    ],
)
def test_a_choice_is_recognised_by_number_place_or_words(said: str, meant: str) -> None:
    assert chosen(said, CHOICES) == meant


@pytest.mark.parametrize("answer", ["", "   ", None, True, {"answer": None}, {}, "x" * 301])
def test_an_answer_without_words_is_refused(answer: object) -> None:
    with pytest.raises(InstructionError, match="answer"):
        spoken(answer)
