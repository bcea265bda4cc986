"""Covers the retrieval control: it remembers samples and exchanges what fills their slots."""

from __future__ import annotations

import pytest

from hybrid.language.retrieval import RetrievalLanguageModel
from simulator.scene import load_scene

DEMO = load_scene("demo")


@pytest.fixture(scope="module")
def retrieval() -> RetrievalLanguageModel:
    return RetrievalLanguageModel(samples=3000)


def test_a_plain_request_is_found_with_its_own_colours(retrieval):
    answer = retrieval.decompose("put the red cube on the blue cube", DEMO)
    assert [fact.as_list() for s in answer.subgoals for fact in s.facts] == [["on", "red_cube_1", "blue_cube_1"]]
    assert answer.backend == "retrieval-3000"


def test_every_answer_is_valid_or_a_refusal(retrieval):
    for words in ("", "swap red and blue", "what is the weather", "put " + "the red cube " * 20):
        answer = retrieval.decompose(words, DEMO)
        assert answer.subgoals or answer.message
