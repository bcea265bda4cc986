"""Covers the grammar for constrained decoding: it accepts what the wire language accepts, and nothing else."""

from __future__ import annotations

import pytest
from llguidance import LLMatcher
from llguidance.hf import from_tokenizer
from transformers import AutoTokenizer

from hybrid.language.grammar import Grammar
from hybrid.language.wire import to_tokens
from hybrid.language.wire_grammar import lark
from tests.hybrid.language.brought import save_random_model


@pytest.fixture(scope="module")
def guide(tmp_path_factory):
    return from_tokenizer(AutoTokenizer.from_pretrained(save_random_model(tmp_path_factory.mktemp("m"))), n_vocab=257)


def accepted(guide, text: str) -> bool:
    matcher = LLMatcher(guide, LLMatcher.grammar_from_lark(lark()))
    tokens = guide.tokenize_str(text)
    return matcher.validate_tokens(tokens) == len(tokens) and matcher.consume_tokens(tokens) and matcher.is_accepting()


def test_programs_of_the_training_grammar_are_accepted(guide):
    grammar = Grammar(seed=3)
    for _ in range(150):
        tokens = to_tokens(grammar.sample().program)[:-1]
        assert accepted(guide, "".join(f" {token}" for token in tokens)), tokens


@pytest.mark.parametrize(
    "text", ["", " on", " on the red cube", " on the red cube the blue cube ;", " fly the red cube"]
)
def test_what_is_no_program_is_not(guide, text):
    assert not accepted(guide, text)
