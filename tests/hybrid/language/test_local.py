"""Covers local causal models by path: held to the language from a random model on, and refused where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from hybrid.errors import LanguageError
from hybrid.language.local import LocalCompleter
from hybrid.language.phrasings import load_phrasings
from hybrid.language.prompted import PromptedLanguageModel, read_program
from hybrid.language.prompts import program_prompt
from simulator.scene import load_scene
from tests.hybrid.language.brought import save_random_model

DEMO = load_scene("demo")
PEOPLE = Path(__file__).parent / "people.json"


@pytest.fixture(scope="module", params=[0, 1])
def completer(request, tmp_path_factory) -> LocalCompleter:
    return LocalCompleter(save_random_model(tmp_path_factory.mktemp("model"), request.param))


def test_a_random_model_writes_programs_of_the_language(completer):
    for words in ("put red on blue", "how many cubes are there"):
        read_program(completer.complete(program_prompt(words, DEMO)))


def test_a_random_model_leads_to_valid_answers_only(completer):
    language = PromptedLanguageModel(completer)
    for phrasing in load_phrasings(PEOPLE)[::48]:
        answer = language.decompose(phrasing.text, phrasing.scene)
        assert answer.subgoals or answer.message
        assert answer.backend == completer.name


@pytest.mark.parametrize("form", ["steps", "numbers"])
def test_a_random_model_writes_action_plans_over_the_scene(completer, form):
    plan = PromptedLanguageModel(completer, repairs=0).action_plan("put red on blue", DEMO, form)
    ids = {thing.id for thing in DEMO.things}
    assert plan.problem is not None or all(form == "numbers" or step.pick in ids for step in plan.steps)


def test_an_answer_that_takes_too_long_is_given_up(tmp_path):
    completer = LocalCompleter(save_random_model(tmp_path), seconds=0.0)
    answer = PromptedLanguageModel(completer).decompose("put red on blue", DEMO)
    assert answer.status == "refused"
    assert "longer than" in (answer.message or "")


def test_a_folder_without_a_model_is_named(tmp_path):
    with pytest.raises(LanguageError, match="there is no model in"):
        LocalCompleter(tmp_path)
