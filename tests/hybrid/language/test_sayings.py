"""Covers the sayings: every line has its form, says what it means, and is said once."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from tokenizers import Tokenizer

from hybrid.errors import LanguageError
from hybrid.language import sayings as told
from hybrid.language.grammar_sayings import program_of
from hybrid.language.guards import nouns
from hybrid.language.lexicon import colours_in
from hybrid.language.network import MAX_TEXT_TOKENS, MAX_WIRE_TOKENS, SHIPPED, TOKENIZER_FILE
from hybrid.language.sayings import all_sayings, emphases
from hybrid.language.wire import to_tokens

PUSHING = re.compile(
    r"push|shov|slid|nudg|nuge|scoot|drag|sweep|lift|carry|pick|rais|vertical|surface|ground|along|tow\b"
    r"|roll|leaves? the table"
)
"""Words for moving a thing without lifting it, or for not lifting it."""


def test_every_writer_is_heard():
    assert len(emphases()) >= 26
    assert all(len(told.sayings(emphasis)) >= 50 for emphasis in emphases())


def test_every_line_is_a_sentence_and_a_program_written_without_loss():
    for saying in all_sayings():
        assert to_tokens(program_of(saying))[:-1] == saying.tokens, saying.text


def test_every_colour_that_is_meant_is_said():
    for saying in all_sayings():
        meant = {noun.colour for noun in nouns(program_of(saying)) if noun.colour is not None}
        assert meant <= set(colours_in(saying.text)), saying.text


def test_no_sentence_is_said_twice():
    counts = Counter(re.sub(r"\W+", " ", saying.text.lower()).strip() for saying in all_sayings())
    assert [text for text, count in counts.items() if count > 1] == []


def test_no_sentence_is_longer_than_the_network_reads():
    tokenizer = Tokenizer.from_file(str(SHIPPED / TOKENIZER_FILE))
    for saying in all_sayings():
        assert len(tokenizer.encode(saying.text).ids) <= MAX_TEXT_TOKENS, saying.text
        assert len(saying.tokens) < MAX_WIRE_TOKENS, saying.text


def test_what_is_pushed_is_said_to_be_pushed():
    for saying in all_sayings():
        assert "push" not in saying.tokens or PUSHING.search(saying.text.lower()), saying.text


def test_a_line_of_another_form_is_named(monkeypatch, tmp_path):
    (tmp_path / "bent.tsv").write_text("red on blue\ton the red thing the blue thing\nno program\n")
    monkeypatch.setattr(told, "FOLDER", tmp_path)
    with pytest.raises(LanguageError, match=r"bent\.tsv, line 2"):
        told.sayings("bent")
