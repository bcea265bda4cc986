"""Covers what a negation rules out: touches, and what the program uses; not what is only said in passing."""

from __future__ import annotations

import pytest

from hybrid.language.guards import doubts
from hybrid.language.reading import from_tokens
from hybrid.language.wire import END


def doubt(text: str, wire: str) -> tuple[str, ...]:
    return doubts(text, from_tokens((*wire.split(), END)))


@pytest.mark.parametrize(
    ("text", "wire"),
    [
        (
            "the red ball's asleep, don't wake it, and bring the cube to the left",
            "at the red thing @left ; hold the ball",
        ),
        ("not beside the brown cube, on top of the brown cube", "on the brown cube the brown cube"),
        ("the tray with the ball, and touch nothing", "in the ball the tray"),
        ("Todo: green in tray. pink not in tray", "in the green thing the tray ; in the pink thing the tray"),
    ],
)
def test_a_forbidden_touch_and_a_negated_use_are_doubted(text, wire):
    assert "something was ruled out" in doubt(text, wire)


@pytest.mark.parametrize(
    ("text", "wire"),
    [
        ("this isn't a joke, i really do want the cylinder on the red cube", "on the cylinder the red cube"),
        ("And now, without a net, the smallest ball on the highest block!", "on the smallest ball the highest block"),
        ("no painting today, only stacking: red goes on top of white", "on the red thing the white thing"),
        ("did the brown cube land on the gray mat or not", "ask_true in the brown cube the gray zone"),
        ("I'd like the blocks in a circle, if it's not a bother", "circle all block"),
        ("the two reds should not be so far apart. Bring them together", "gather all red thing"),
        ("lift the ball, not the cube", "hold the ball keep the cube"),
        ("give the ball a home in the bowl and let nothing else stir", "in the ball the bowl keep all other thing"),
    ],
)
def test_a_negation_in_passing_or_shown_by_the_program_is_not_doubted(text, wire):
    assert not any("ruled out" in reason for reason in doubt(text, wire))


def test_an_exception_that_the_program_lacks_is_doubted():
    assert "something was left out" in doubt("everything but the ball on the tray", "in all thing the tray")
    assert not doubt("everything but the ball on the tray", "in all thing except the ball the tray")
