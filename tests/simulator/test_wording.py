"""The plain words of the suites' requests: enough phrasings, every part filled in, names that tell things apart."""

from __future__ import annotations

import string

import numpy as np
import pytest

from simulator.base import Kind, Thing
from simulator.wording import NATURAL, RELATION_WORDS, TEMPLATES, listed, names, natural, sentence, told_apart


def thing(colour: str, kind: Kind, number: int = 1) -> Thing:
    return Thing(f"{colour}_{kind}_{number}", kind, colour, (0.04, 0.04, 0.04), (0.0, 0.0, 0.02))


PARTS = {
    "a": "red cube",
    "b": "blue bowl",
    "c": "green block",
    "r": "behind",
    "to_a": "the front of the table",
    "to_b": "the top left corner",
    "steps": "put the red cube in the blue bowl",
    "list": "the red cube and the blue bowl",
    "facts": "the red cube in the blue bowl",
    "stated": "the red cube is in the blue bowl",
}
SAME_MEANING = ({"steps"}, {"list"}, {"facts"}, {"stated"})
"""Parts that say the whole request, so that one may stand for the other."""


def parts(template: str) -> set[str]:
    return {part for _, part, _, _ in string.Formatter().parse(template) if part}


@pytest.mark.parametrize("kind", sorted(TEMPLATES))
def test_every_kind_of_request_has_several_phrasings_that_say_the_same(kind: str) -> None:
    templates = TEMPLATES[kind]
    assert len(set(templates)) >= (4 if kind == "sort" else 6)
    assert all(parts(t) == parts(templates[0]) or (parts(t) in SAME_MEANING) for t in templates)
    assert all((t[0].isupper() or t[0] == "{") and t.endswith(".") for t in templates)


@pytest.mark.parametrize("kind", sorted(TEMPLATES))
def test_a_sentence_holds_the_words_it_was_given(kind: str) -> None:
    rng = np.random.default_rng(0)
    for words in RELATION_WORDS.values():
        said = sentence(rng, kind, PARTS | {"r": words[-1]})
        assert "red cube" in said.lower()
        assert said[0].isupper()
        assert "{" not in said


def test_all_phrasings_of_a_kind_are_used() -> None:
    rng = np.random.default_rng(0)
    for kind, templates in TEMPLATES.items():
        whole = {t.format(**PARTS) for t in templates}
        assert {sentence(rng, kind, PARTS) for _ in range(200)} == {said[0].upper() + said[1:] for said in whole}


def test_what_is_spelled_out_in_steps_has_a_natural_sentence_too() -> None:
    assert natural("swap", PARTS) == "Swap the red cube and the blue bowl."
    assert set(NATURAL) == {"sort", "swap"}
    assert set(NATURAL) <= set(TEMPLATES)


@pytest.mark.parametrize(
    ("items", "said"), [(("x",), "x"), (("x", "y"), "x and y"), (("x", "y", "z"), "x, y and z"), ((), "")]
)
def test_lists_are_joined_as_people_say_them(items: tuple[str, ...], said: str) -> None:
    assert listed(items, ", ", " and ") == said


def test_only_things_without_a_twin_are_told_apart() -> None:
    things = [thing("red", "cube"), thing("red", "cube", 2), thing("red", "ball"), thing("blue", "cube")]
    assert [t.id for t in told_apart(things)] == ["red_ball_1", "blue_cube_1"]


def test_a_cube_is_no_block_beside_a_cylinder_of_its_colour() -> None:
    rng = np.random.default_rng(0)
    cube, other, roller = thing("red", "cube"), thing("blue", "cube"), thing("red", "cylinder")
    assert {names(rng, (cube,), [cube, other]) for _ in range(50)} == {("red cube",), ("red block",)}
    assert {names(rng, (cube, other), [cube, other, roller]) for _ in range(50)} == {("red cube", "blue cube")}


def test_one_word_a_kind_is_used_throughout_a_request() -> None:
    rng = np.random.default_rng(0)
    cube, other, zone = thing("red", "cube"), thing("blue", "cube"), thing("gray", "zone")
    for _ in range(50):
        first, second, mat = names(rng, (cube, other, zone), [cube, other, zone])
        assert first.split()[1] == second.split()[1]
        assert mat in {"gray zone", "gray mat"}
