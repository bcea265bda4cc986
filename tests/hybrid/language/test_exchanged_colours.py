"""Covers the exchange of colours: words and program change together, and what could go wrong is left alone."""

from __future__ import annotations

import random

import pytest

from hybrid.language.exchanged_colours import colours_exchanged
from hybrid.language.grammar_sayings import program_of
from hybrid.language.guards import nouns
from hybrid.language.lexicon import colours_in
from hybrid.language.sayings import Saying, all_sayings

PLAIN = Saying("Put a red cube, no, an orange one, on the reds", tuple("on a orange cube all red thing".split()))


def test_colours_of_words_and_program_are_exchanged_alike():
    rng = random.Random(1)
    drawn = [colours_exchanged(PLAIN, rng) for _ in range(50)]
    for saying in drawn:
        red, orange, reds = colours_in(saying.text)
        assert red == reds != orange
        assert saying.tokens == ("on", "a", orange, "cube", "all", red, "thing")
    assert len({saying.text for saying in drawn}) > 40


def test_the_article_agrees_with_the_new_colour():
    rng = random.Random(2)
    for _ in range(100):
        words = colours_exchanged(PLAIN, rng).text.replace(",", "").split()
        for article, colour in ((words[1], words[2]), (words[5], words[6])):
            assert article == ("an" if colour[0] in "aeiou" else "a")


def test_the_same_seed_exchanges_alike():
    one, same = random.Random(3), random.Random(3)
    assert [colours_exchanged(PLAIN, one) for _ in range(9)] == [colours_exchanged(PLAIN, same) for _ in range(9)]


@pytest.mark.parametrize("words", ["the dark blue cube", "the bluish cube", "the cube", "the navy-blue cube"])
def test_shades_and_unsaid_colours_are_left_as_they_are(words):
    saying = Saying(f"lift {words}", ("hold", "the", "blue", "cube"))
    assert colours_exchanged(saying, random.Random(4)) == saying


def test_what_is_no_colour_stays():
    saying = Saying("spilt orange juice, so lift the orange cube", ("hold", "the", "orange", "cube"))
    assert all("orange juice" in colours_exchanged(saying, random.Random(seed)).text for seed in range(20))


def test_every_saying_still_says_the_colours_it_means():
    rng = random.Random(5)
    for saying in all_sayings():
        drawn = colours_exchanged(saying, rng)
        meant = {noun.colour for noun in nouns(program_of(drawn)) if noun.colour is not None}
        assert meant <= set(colours_in(drawn.text)), drawn
        assert len(set(colours_in(drawn.text))) >= len(set(colours_in(saying.text))), drawn
