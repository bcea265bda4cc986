"""Covers answers to questions about the scene, over things as perceived."""

from __future__ import annotations

import pytest

from hybrid.language.reading import from_tokens
from hybrid.language.resolver import resolve
from hybrid.language.wire import END
from tests.hybrid.language.tables import table

SCENE = table(
    ("red", "cube", 0.0, 0.15), ("blue", "cube", 0.0, 0.0), ("green", "cube", 0.0, 0.0, 0.04),
    ("blue", "ball", 0.1, -0.15), ("white", "bowl", -0.15, 0.0),
)  # fmt: skip


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("ask_count all cube", "There are 3 cubes"),
        ("ask_count all thing .left_of the bowl", "There is 1: the red cube"),
        ("ask_count all tray", "no trays like that, 0"),
        ("ask_where the green cube", "The green cube is on the blue cube"),
        ("ask_where the red cube", "near the left edge"),
        ("ask_which all thing .in the bowl", "Nothing"),
        ("ask_which the rightmost thing", "The blue ball"),
        ("ask_colour the ball", "Blue"),
        ("ask_exists a ball", "Yes, the blue ball"),
        ("ask_exists a unknown", "No"),
        ("ask_true on the green cube the blue cube", "Yes, the green cube is on the blue cube"),
        ("ask_true in the red cube the bowl", "No, the red cube is not in the white bowl"),
        ("ask_distance the red cube the blue cube", "15 cm apart"),
        ("ask_table", "a white bowl"),
        ("ask_help", "pick up"),
        ("ask_history", "Nothing was done yet"),
    ],
)
def test_a_question_is_answered_from_what_is_seen(words, answer):
    found = resolve(from_tokens((*words.split(), END)), SCENE)
    assert found.status == "answered"
    assert answer in (found.message or "")
    assert not found.subgoals


def test_a_question_about_what_is_not_there_is_refused_with_what_is():
    found = resolve(from_tokens(("ask_where", "the", "purple", "cube", END)), SCENE)
    assert found.status == "refused"
    assert "I see a red cube" in (found.message or "")
