"""The plain words of the suites' requests: enough phrasings, every part filled in, names that tell things apart."""

from __future__ import annotations

import string

import numpy as np
import pytest

from simulator.base import Kind, Thing
from simulator.wording import RELATION_WORDS, TEMPLATES, names, sentence, told_apart


def thing(colour: str, kind: Kind, number: int = 1) -> Thing:
    return Thing(f"{colour}_{kind}_{number}", kind, colour, (0.04, 0.04, 0.04), (0.0, 0.0, 0.02))


@pytest.mark.parametrize("kind", sorted(TEMPLATES))
def test_every_kind_of_request_has_six_phrasings_with_the_same_parts(kind: str) -> None:
    templates = TEMPLATES[kind]
    parts = [{part for _, part, _, _ in string.Formatter().parse(template) if part} for template in templates]
    assert len(set(templates)) >= 6
    assert all(found == parts[0] for found in parts)
    assert all(template[0].isupper() and template.endswith(".") for template in templates)


@pytest.mark.parametrize("kind", sorted(TEMPLATES))
def test_a_sentence_holds_the_words_it_was_given(kind: str) -> None:
    rng = np.random.default_rng(0)
    for relation, words in RELATION_WORDS.items():
        parts = {"a": "red cube", "b": "blue bowl", "c": "green block", "r": words[-1]}
        said = sentence(rng, kind, parts)
        assert "red cube" in said, relation
        assert "blue bowl" in said, relation
        assert "{" not in said


def test_all_phrasings_of_a_kind_are_used() -> None:
    rng = np.random.default_rng(0)
    parts = {"a": "red cube", "b": "blue bowl", "c": "green block", "r": "behind"}
    for kind, templates in TEMPLATES.items():
        assert {sentence(rng, kind, parts) for _ in range(200)} == {t.format(**parts) for t in templates}


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
