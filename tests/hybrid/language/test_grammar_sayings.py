"""Covers sayings in the training grammar: deterministic, well-formed, bounded, and joined only where that is plain."""

from __future__ import annotations

import random

import pytest

from hybrid.language import grammar_sayings
from hybrid.language.grammar import SAID, Grammar
from hybrid.language.grammar_clauses import Clauses
from hybrid.language.grammar_nouns import Nouns
from hybrid.language.grammar_sayings import MAX_WORDS, Sayings, program_of, varied
from hybrid.language.guards import nouns
from hybrid.language.lexicon import colours_in
from hybrid.language.reading import from_tokens
from hybrid.language.sayings import Saying, all_sayings
from hybrid.language.schema import MAX_KEEP
from hybrid.language.wire import to_tokens


def drawer(seed: int) -> Sayings:
    rng = random.Random(seed)
    nouns = Nouns(rng)
    return Sayings(rng, nouns, Clauses(rng, nouns))


DRAWER = drawer(1)
DRAWN = [DRAWER.draw(8) for _ in range(1500)]


def test_the_same_seed_draws_the_same_and_another_seed_others():
    one, same, other = drawer(2), drawer(2), drawer(3)
    drawn = [one.draw(8) for _ in range(30)]
    assert drawn == [same.draw(8) for _ in range(30)]
    assert drawn != [other.draw(8) for _ in range(30)]


def test_what_is_drawn_is_well_formed_and_bounded():
    for told in DRAWN:
        assert from_tokens(to_tokens(told.program)) == told.program
        assert len(told.program.steps) <= 8
        assert len(told.program.keep) <= MAX_KEEP
        assert not told.joined or len(told.text.split()) <= MAX_WORDS + 20


def test_no_more_steps_are_drawn_than_asked_for():
    short = drawer(4)
    assert max(len(short.draw(2).program.steps) for _ in range(300)) == 2


def test_sayings_hardly_repeat():
    assert len({told.text for told in DRAWN}) > 0.85 * len(DRAWN)


def test_every_colour_that_is_meant_is_said():
    for told in DRAWN:
        meant = {noun.colour for noun in nouns(told.program) if noun.colour is not None}
        assert meant <= set(colours_in(told.text)), told


def test_long_requests_come_of_joined_ones():
    joined = [told for told in DRAWN if told.joined]
    assert 0.05 * len(DRAWN) < len(joined) < 0.25 * len(DRAWN)
    assert any(len(told.program.steps) >= 5 for told in joined)


@pytest.mark.parametrize(
    ("text", "wire"),
    [
        ("undo that", "undo"),
        ("and that one in the bowl", "in it the bowl"),
        ("the other ball in the bowl", "in the other ball the bowl"),
        ("but first the ball in the bowl", "in the ball the bowl"),
        ("where is the ball", "ask_where the ball"),
        ("paint the ball", "refuse_action"),
    ],
)
def test_what_speaks_of_other_requests_joins_none(monkeypatch, text, wire):
    monkeypatch.setattr(grammar_sayings, "all_sayings", lambda: (Saying(text, tuple(wire.split())),))
    alone = drawer(5)
    assert not any(alone.draw(8).joined for _ in range(60))


def test_other_words_leave_the_shape_of_the_program():
    rng = random.Random(6)
    for saying in all_sayings():
        other = program_of(varied(saying, rng))
        mine = program_of(saying)
        assert [step.act for step in other.steps] == [step.act for step in mine.steps]
        assert len(other.keep) == len(mine.keep)


def test_the_grammar_draws_its_share_of_sayings():
    grammar = Grammar(7)
    families = [grammar.sample().family for _ in range(2000)]
    assert abs(sum("saying" in family for family in families) / len(families) - SAID) < 0.04
    assert not any("saying" in Grammar(8, said=0.0).sample().family for _ in range(50))
