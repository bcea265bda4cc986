"""Covers the exchange of kinds: every noun goes with its token, and what tells a shape is left alone."""

from __future__ import annotations

import random

import pytest

from hybrid.language.exchanged_kinds import kinds_exchanged
from hybrid.language.grammar_sayings import program_of
from hybrid.language.guards import doubts
from hybrid.language.sayings import Saying, all_sayings


def saying(text: str, wire: str) -> Saying:
    return Saying(text, tuple(wire.split()))


def drawn(text: str, wire: str, count: int = 200) -> list[Saying]:
    rng = random.Random(1)
    return [kinds_exchanged(saying(text, wire), rng) for _ in range(count)]


def test_a_kind_becomes_every_other_of_its_class_in_words_and_program():
    found = drawn("move the balls and a bowl left", "shift all ball + a bowl to_left some")
    assert {one.tokens[2] for one in found} == {"cube", "block", "cylinder", "ball"}
    assert {one.tokens[5] for one in found} == {"bowl", "tray", "container"}
    assert all(not doubts(one.text, program_of(one)) for one in found)


def test_nothing_comes_to_stand_on_a_ball():
    found = drawn("red cube on the blue cylinder", "on the red cube the blue cylinder")
    assert all("ball" not in one.tokens for one in found)


def test_nothing_is_put_onto_a_bowl():
    assert all("bowl" not in one.tokens for one in drawn("the ball onto the tray", "in the ball the tray"))


def test_a_can_is_a_thing_only_after_an_article():
    for one in drawn("can you put the can next to the ball", "next_to the cylinder the ball"):
        assert one.text.startswith("can you put the ")
        assert not doubts(one.text, program_of(one)), one


@pytest.mark.parametrize(
    ("text", "wire"),
    [
        ("the round thing, that ball, please lift it", "hold the ball"),
        ("roll the ball to the left", "push shift the ball to_left some"),
        ("the red can can go in the bowl, a tube it is", "in the red cylinder the bowl"),
        ("lift the ball-shaped ball", "hold the ball"),
    ],
)
def test_where_a_shape_is_told_or_a_word_is_doubtful_the_kind_stays(text, wire):
    kinds = {kind for kind in wire.split() if kind in ("ball", "cylinder")}
    assert all(kinds <= set(one.tokens) for one in drawn(text, wire))


def test_every_saying_says_the_kinds_it_means_as_well_as_before():
    rng = random.Random(2)
    for one in all_sayings():
        other = kinds_exchanged(one, rng)
        before = [reason for reason in doubts(one.text, program_of(one)) if reason.startswith("nobody said")]
        after = [reason for reason in doubts(other.text, program_of(other)) if reason.startswith("nobody said")]
        assert len(after) <= len(before), other
