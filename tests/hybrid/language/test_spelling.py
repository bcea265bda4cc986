"""Covers the speller: misspelt words are put right, known words and names that are no mistake stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hybrid.language.spelling import Speller, distance

WORDS = ("the", "red", "blue", "green", "yellow", "cube", "block", "put", "bowl", "cylinder", "left", "between")
KNOWN = {*WORDS, "tidy", "nudge", "banana", "bow"}
SPELLER = Speller(KNOWN.__contains__, WORDS)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("put teh gren blok left", "put the green block left"),
        ("Put The RED cube", "Put The RED cube"),
        ("tidy the banana, nudge it", "tidy the banana, nudge it"),
        ("cilynder betwen", "cylinder between"),
        ("yelow-blue cubbbe", "yellow-blue cube"),
        ("zzzz 5cm @#", "zzzz 5cm @#"),
        ("teapot", "teapot"),
        ("line the cubes up", "line the cubes up"),
        ("dont tidy, cant nudge", "don't tidy, can't nudge"),
        ("put the left 1 next 2 the cube", "put the left one next to the cube"),
        ("u put red 2 the left n the cube 2 cm left pls", "you put red to the left and the cube 2 cm left please"),
    ],
)
def test_only_words_that_are_unknown_and_close_to_one_are_put_right(said, meant):
    assert SPELLER.corrected(said) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("cubse", "cubes"),
        ("baack", "back"),
        ("oter", "other"),
        ("graay", "gray"),
        ("movd", "moved"),
        ("blurry", "blurry"),
    ],
)
def test_among_words_as_near_the_likelier_slip_of_the_fingers_is_put_right(said, meant):
    words = ("cube", "over", "black", "move", "great", "cubes", "other", "back", "moved", "gray", "blue")
    assert Speller(words.__contains__, words).corrected(said) == meant


@pytest.mark.parametrize("word", ["swapping", "swapped", "placing", "bigger", "biggest", "moved", "stacking"])
def test_inflections_of_known_words_are_no_mistakes(word):
    known = {"swap", "place", "big", "move", "stack"}
    assert Speller(known.__contains__, ("slipping", "slipped", "planing", "digger", "gravest")).corrected(word) == word


def slow(a: str, b: str) -> int:
    """Optimal string alignment by its definition, without cutting off."""
    if not a or not b:
        return len(a) + len(b)
    best = min(slow(a[1:], b) + 1, slow(a, b[1:]) + 1, slow(a[1:], b[1:]) + (a[0] != b[0]))
    if len(a) > 1 and len(b) > 1 and a[0] == b[1] and a[1] == b[0]:
        best = min(best, slow(a[2:], b[2:]) + 1)
    return best


@given(st.text("abc", max_size=5), st.text("abc", max_size=5), st.integers(0, 5))
def test_the_distance_is_that_of_its_definition(a, b, most):
    assert distance(a, b, most) == min(slow(a, b), most + 1)
