"""Covers the shipped language model end to end: the issue's sentences, questions back, refusals, speed and settling."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import pytest

from hybrid.base import Decomposition
from hybrid.clarification import clarified
from hybrid.errors import CheckpointError, LanguageError
from hybrid.language.embedded import EmbeddedLanguageModel, load_embedded
from hybrid.language.phrasings import load_phrasings
from hybrid.language.report import score, summary
from hybrid.language.settling import Reading, settled
from simulator.base import Fact, Subgoal
from simulator.scene import load_scene
from simulator.tasks import make_task
from tests.hybrid.language.small import small_network

PHRASINGS = Path(__file__).parent / "phrasings.json"
PEOPLE = Path(__file__).parent / "people.json"
DEMO, TWINS = load_scene("demo"), load_scene("twins")


@pytest.fixture(scope="module")
def language() -> EmbeddedLanguageModel:
    return load_embedded()


def facts(answer: Decomposition) -> list[list[str | float]]:
    assert answer.status == "planned", answer.message
    return [fact.as_list() for subgoal in answer.subgoals for fact in subgoal.facts]


@pytest.mark.parametrize(
    ("text", "scene", "expected"),
    [
        (
            "put the red block on the blue block and then the green one in the bowl",
            DEMO,
            [["on", "red_cube_1", "blue_cube_1"], ["in", "green_cube_1", "white_bowl_1"]],
        ),
        (
            "stack the red block on the blue block and the blue one on the green one",
            DEMO,
            [["on", "blue_cube_1", "green_cube_1"], ["on", "red_cube_1", "blue_cube_1"]],
        ),
        ("push the yellow cube to the left edge", DEMO, [["at", "yellow_cube_1", "left"]]),
        ("move the orange cylinder to the top left corner", DEMO, [["at", "orange_cylinder_1", "top_left"]]),
        ("clear the gray zone", DEMO, [["clear", "gray_zone_1"]]),
        ("Put the red cube to the left of the bowl.", DEMO, [["left_of", "red_cube_1", "white_bowl_1"]]),
        (
            "put all the red blocks in the tray",
            TWINS,
            [["in", "red_cube_1", "brown_tray_1"], ["in", "red_cube_2", "brown_tray_1"]],
        ),
    ],
)
def test_the_sentences_of_the_issue_mean_what_they_say(language, text, scene, expected):
    assert facts(language.decompose(text, scene)) == expected


def test_a_push_is_a_manner_and_without_touching_is_a_constraint(language):
    assert language.decompose("push the yellow cube to the left edge", DEMO).subgoals[0].manner == "push"
    kept = language.decompose("put the red cube in the bowl without touching the yellow one", DEMO)
    assert kept.constraints == (("keep", "yellow_cube_1"),)


def test_an_ambiguous_request_is_asked_about_and_each_choice_can_be_given_back(language):
    answer = language.decompose("put the red block in the tray", TWINS)
    assert answer.status == "question"
    assert len(answer.choices) == 2
    for choice in answer.choices:
        assert language.decompose(f"put {choice} in the tray", TWINS).status == "planned"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("put the banana in the bowl", "banana"),
        ("place the red cube on the purple block", "no purple"),
        ("put the blue cube on the blue cube", "itself"),
        ("put the bowl inside the red cube", "cannot be moved"),
        ("what's the weather like in Paris?", "not about arranging"),
        ("paint the red cube green", "only pick up, place and push"),
    ],
)
def test_unknown_impossible_and_foreign_requests_are_refused_with_a_reason(language, text, reason):
    answer = language.decompose(text, DEMO)
    assert answer.status == "refused"
    assert reason in (answer.message or "")
    assert not answer.subgoals


def test_people_are_understood_and_seldom_misunderstood(language):
    counts = summary(score(language, load_phrasings(PHRASINGS)))["all"]
    assert counts["right"] >= 0.9 * counts["n"]
    assert counts["wrong"] <= 0.03 * counts["n"]


@pytest.mark.parametrize("suite", ["place", "push", "stack"])
def test_the_requests_of_the_suites_are_understood(language, suite):
    for seed in range(700_000, 700_012):
        task = make_task(suite, seed)
        meant = [fact.arguments for subgoal in task.subgoals for fact in subgoal.facts]
        answer = language.decompose(task.instruction, task.scene)
        assert answer.status == "planned", task.instruction
        assert [fact.arguments for s in answer.subgoals for fact in s.facts] == meant, task.instruction


def test_short_requests_take_a_tenth_of_a_second_of_processor_time(language):
    times: list[float] = []
    for text in ("put the red block on the blue block", "move the cylinder to the left", "red on blue") * 5:
        began = time.process_time()
        language.decompose(text, DEMO)
        times.append(time.process_time() - began)
    assert statistics.median(times) <= 0.1


def test_the_answer_does_not_depend_on_what_was_asked_before(language):
    first = language.decompose("put red on blue", DEMO)
    language.decompose("put the ball in the tray", TWINS)
    again = language.decompose("put red on blue", DEMO, examples=("x",), feedback="toppled")
    assert facts(first) == facts(again)
    assert first.backend == again.backend == language.name


def test_a_text_with_more_words_than_the_network_reads_is_refused(language):
    with pytest.raises(LanguageError, match="tokens"):
        language.decompose("a b " * 200, DEMO)


def test_an_untrained_network_is_never_sure():
    answer = EmbeddedLanguageModel(small_network()).decompose("put red on blue", DEMO)
    assert answer.status != "planned"


def test_missing_weights_are_named(tmp_path):
    with pytest.raises(CheckpointError, match="language card"):
        load_embedded(tmp_path)


def reading(probability: float, colour: str, *doubts: str) -> Reading:
    subgoal = Subgoal((Fact("held", (f"{colour}_cube_1",)),), words=f"pick up the {colour} cube")
    return Reading(Decomposition("planned", (subgoal,)), probability, doubts)


def test_readings_that_mean_the_same_are_counted_together():
    answer = settled([reading(0.3, "red"), reading(0.25, "blue"), reading(0.3, "red")])
    assert answer.status == "planned"
    assert answer.subgoals[0].words == "pick up the red cube"


def test_open_readings_are_offered_as_choices():
    answer = settled([reading(0.4, "red"), reading(0.4, "blue")])
    assert answer.status == "question"
    assert answer.choices == ("pick up the red cube", "pick up the blue cube")


def test_a_doubtful_reading_is_asked_about_however_probable():
    answer = settled([reading(0.99, "red", "something was ruled out")])
    assert answer.status == "question"
    assert answer.choices == ("pick up the red cube",)


def test_without_a_likely_reading_the_request_is_not_understood():
    assert settled([]).status == "refused"
    assert settled([reading(0.01, "red"), reading(0.01, "blue")]).status == "refused"


def test_the_reading_that_was_chosen_of_those_offered_is_taken(language):
    openings = ("ball tray now", "ball onto the tray... act", "Put the cylinder, or better", "the green cube near the")
    heard = [(p.text, p.scene) for p in load_phrasings(PEOPLE) if p.text.startswith(openings)]
    answers = ((said, scene, language.decompose(said, scene)) for said, scene in heard)
    said, scene, asked = next(found for found in answers if found[2].status == "question")
    for answer in ("yes", asked.choices[0]):
        done = language.decompose(clarified(said, asked.message or "", answer), scene)
        assert done.status == "planned"
        assert ", then ".join(subgoal.words for subgoal in done.subgoals) == asked.choices[0]
