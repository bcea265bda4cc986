"""Covers the retrieval control: it remembers samples and exchanges what fills their slots."""

from __future__ import annotations

import re

import pytest

from hybrid.language.grammar import Grammar
from hybrid.language.lexicon import colours_in
from hybrid.language.retrieval import RetrievalLanguageModel
from hybrid.language.wire import to_tokens
from simulator.scene import load_scene

DEMO = load_scene("demo")
SAMPLES = 8000


@pytest.fixture(scope="module")
def retrieval() -> RetrievalLanguageModel:
    return RetrievalLanguageModel(samples=SAMPLES)


def test_what_is_remembered_is_found_with_the_colours_that_are_said(retrieval):
    grammar = Grammar(seed=1)
    drawn = [grammar.sample() for _ in range(SAMPLES)]
    shape = re.compile(r"on the (\w+) cube the (\w+) cube </s>")
    asked = 0
    for sample in drawn:
        plain = shape.fullmatch(" ".join(to_tokens(sample.program)))
        if plain is None or colours_in(sample.text) not in (list(plain.groups()), list(plain.groups())[::-1]):
            continue
        first, second = (f"the {colour} cube" for colour in plain.groups())
        if first != second and first in sample.text and second in sample.text:
            asked += 1
            answer = retrieval.decompose(
                sample.text.replace(first, "the RED cube").replace(second, "the BLUE cube"), DEMO
            )
            facts = [fact.as_list() for s in answer.subgoals for fact in s.facts]
            assert facts == [["on", "red_cube_1", "blue_cube_1"]], sample.text
            assert answer.backend == f"retrieval-{SAMPLES}"
    assert asked


def test_every_answer_is_valid_or_a_refusal(retrieval):
    for words in ("", "swap red and blue", "what is the weather", "put " + "the red cube " * 20):
        answer = retrieval.decompose(words, DEMO)
        assert answer.subgoals or answer.message
