"""Covers the training grammar: deterministic, faithful to the schema, broad, and as long as it promises."""

from __future__ import annotations

import random
import re
from collections import Counter

from hybrid.language import grammar_plain as plain_words
from hybrid.language import grammar_voices as voices
from hybrid.language.grammar import LONGEST, Grammar
from hybrid.language.grammar_asides import asides
from hybrid.language.grammar_nouns import Nouns
from hybrid.language.grammar_plain import Plain
from hybrid.language.grammar_told import Told
from hybrid.language.guards import doubts, nouns
from hybrid.language.lexicon import colours_in
from hybrid.language.reading import from_tokens
from hybrid.language.schema import Line, Pair, Program, Selector, Shift, Tower
from hybrid.language.train import spelling
from hybrid.language.wire import WIRE_TOKENS, to_tokens

_GRAMMAR = Grammar(8)
SAMPLES = [_GRAMMAR.sample() for _ in range(3000)]


def test_the_same_seed_gives_the_same_samples_and_another_seed_others():
    one, same, other = Grammar(3), Grammar(3), Grammar(4)
    drawn = [one.sample() for _ in range(50)]
    assert drawn == [same.sample() for _ in range(50)]
    assert drawn != [other.sample() for _ in range(50)]


def test_every_sample_is_a_program_of_the_wire_language():
    for sample in SAMPLES:
        assert from_tokens(to_tokens(sample.program)) == sample.program
        assert sample.text.strip()


def test_every_token_of_the_language_is_drawn():
    drawn = {token for sample in SAMPLES for token in to_tokens(sample.program)}
    assert drawn >= set(WIRE_TOKENS) - {f"{n}cm" for n in range(1, 31)}


def test_lengths_reach_the_longest_and_are_spread():
    counts = Counter(len(sample.program.steps) for sample in SAMPLES)
    assert all(counts[steps] >= 40 for steps in range(1, LONGEST + 1))


def test_samples_hardly_repeat():
    assert len({sample.text for sample in SAMPLES}) > 0.97 * len(SAMPLES)


def test_guards_seldom_doubt_a_true_pair():
    plain = [sample for sample in SAMPLES if sample.family != "refusal"]
    doubted = sum(bool(doubts(sample.text, sample.program)) for sample in plain)
    assert doubted < 0.06 * len(plain)


def test_a_distance_said_in_centimetres_is_the_distance_meant():
    for sample in SAMPLES:
        for step in sample.program.steps:
            if isinstance(step, Shift | Pair):
                distance = step.by if isinstance(step, Shift) else step.centimetres
                assert distance is None or isinstance(distance, str) or 1 <= distance <= 30


def test_what_is_told_thing_by_thing_is_kept_in_its_order():
    grammar = Told(random.Random(4), Nouns(random.Random(4)))
    for _ in range(200):
        step, text = grammar.row()
        assert isinstance(step, Line)
        colours = [noun.colour for noun in step.a if isinstance(noun, Selector) and noun.colour is not None]
        said = colours_in(text)
        assert len(colours) < 2 or said[: len(colours)] == colours or len(said) != len(colours)


def test_slips_of_the_keyboard_are_all_that_the_share_of_slips_changes():
    vocabulary = set(spelling())
    clean, slipped = (
        sum(
            word not in vocabulary
            for _ in range(300)
            for word in re.findall(r"[a-z]{3,}", grammar.sample().text.lower())
        )
        for grammar in (Grammar(5, slips=0.0, said=0.0), Grammar(5, slips=1.0, said=0.0))
    )
    assert clean < slipped / 5


def test_small_talk_and_fillers_leave_the_words_of_the_request_in_order():
    for seed in range(50):
        words = "put the red cube on the blue block".split()
        said = voices.hesitant(" ".join(words), random.Random(seed)).replace(",", "").split()
        rest = iter(said)
        assert all(word in rest for word in words)
        assert len(said) > len(words)
        assert voices.opening(random.Random(seed)).strip()


def test_asides_leave_the_request_whole_or_turn_only_its_verb():
    request = "the red cube and the ball"
    for seed in range(200):
        said = asides(f"swap {request}", random.Random(seed))
        assert request in said
        assert "swap " in said or "swapping " in said
    assert any("swapping" in asides(f"swap {request}", random.Random(seed)) for seed in range(50))


def test_plain_clauses_name_every_colour_they_mean_and_no_other():
    rng = random.Random(5)
    plain = Plain(rng, Nouns(rng))
    for act in plain_words.WEIGHTS:
        for _ in range(40):
            step, text = plain.draw(act)
            program = Program(steps=(step,))
            meant = Counter({noun.colour for noun in nouns(program) if noun.colour is not None})
            assert set(meant) == set(colours_in(text)), text
            assert from_tokens(to_tokens(program)) == program


def test_a_tower_told_from_the_top_means_the_same_floors_as_one_told_from_the_bottom():
    texts = {tuple(sample.text.split(": ", 1)): sample.program for sample in SAMPLES if sample.family == "single"}
    told = {said: program for said, program in texts.items() if said[0] in ("top to bottom", "from top to bottom")}
    for said, program in told.items():
        step = program.steps[0]
        assert isinstance(step, Tower)
        floors = [term.colour for term in step.a if isinstance(term, Selector) and term.colour is not None]
        assert floors == colours_in(said[1])[::-1]


def test_a_contrast_means_where_a_thing_goes_and_not_the_other_place():
    for sample in (sample for sample in SAMPLES if sample.family == "contrasted" and " instead of " in sample.text):
        wanted = sample.text.split(" instead of ")[0]
        meant = {noun.colour for noun in nouns(Program(steps=sample.program.steps)) if noun.colour is not None}
        if not sample.text.startswith("instead"):
            assert meant <= set(colours_in(wanted)), sample.text
