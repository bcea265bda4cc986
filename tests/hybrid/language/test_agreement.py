"""Covers what English settles about a program: number, manner, boxes that are blocks, and *it* by a landmark."""

from __future__ import annotations

import pytest

from hybrid.language.agreement import agreed, as_boxes, in_manner, in_number, onto_its_own, onto_solid
from hybrid.language.reading import from_tokens
from hybrid.language.schema import Program
from hybrid.language.wire import END, to_tokens
from tests.hybrid.language.tables import table

TABLE = table(("orange", "cube", 0.1, 0.1), ("cyan", "cylinder", -0.1, 0.0), ("brown", "tray", 0.1, -0.1))


def program(words: str) -> Program:
    return from_tokens((*words.split(), END))


def words(meant: Program) -> str:
    return " ".join(to_tokens(meant)[:-1])


def test_colours_said_in_the_plural_mean_all_of_them():
    program = from_tokens(("in", "the", "red", "thing", "the", "bowl", END))
    assert in_number("the reds belong in the bowl", program).steps[0].a[0].quantifier == "all"
    assert in_number("the red belongs in the bowl", program).steps[0].a[0].quantifier == "the"


@pytest.mark.parametrize(
    ("text", "pushed"),
    [
        ("without picking it up, move the yellow cube to the front", True),
        ("move the yellow cube to the front but don't lift it", True),
        ("don't touch the ball, move the yellow cube to the front", False),
        ("move the yellow cube to the front", False),
    ],
)
def test_what_must_not_be_lifted_is_pushed(text, pushed):
    program = from_tokens(("at", "the", "yellow", "cube", "@bottom", END))
    assert in_manner(text, program).steps[0].push is pushed


def test_both_reds_and_the_red_bowl_can_be_said_in_one_request():
    assert words(in_number("reds go in the red bowl", program("in the red thing the red bowl"))) == (
        "in all red thing the red bowl"
    )


@pytest.mark.parametrize(
    ("text", "pushed"),
    [
        ("shove the ball into the bowl", False),
        ("push the ball into the bowl", True),
        ("slide the ball into the bowl", True),
    ],
)
def test_what_is_shoved_into_something_is_put_there(text, pushed):
    assert in_manner(text, program("push in the ball the bowl")).steps[0].push is pushed


def test_what_is_shoved_onto_a_flat_zone_is_pushed_there():
    assert in_manner("shove the ball onto the mat", program("push in the ball the zone")).steps[0].push


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("in the cube .nearest_to the tray it", "in the cube .nearest_to the tray the tray"),
        ("in the cube it", "in the cube it"),
        ("in the cube .place @left it", "in the cube .place @left it"),
        ("at the cube .on the tray @left ; in the ball it", "at the cube .on the tray @left ; in the ball it"),
    ],
)
def test_it_by_a_landmark_in_the_first_step_is_that_landmark(said, meant):
    assert words(onto_its_own(program(said))) == meant


@pytest.mark.parametrize(
    ("text", "said", "meant"),
    [
        ("orange box by the tray", "next_to the orange tray the tray", "next_to the orange block the tray"),
        ("the can in the brown box", "in the cylinder the brown tray", "in the cylinder the brown tray"),
        ("the can on the orange box", "on the cylinder the orange tray", "on the cylinder the orange block"),
        ("the can on the tray", "on the cylinder the orange tray", "on the cylinder the orange tray"),
        ("empty the box", "clear the tray", "clear the tray"),
        ("put the box in the box", "in the tray the tray", "in the block the tray"),
    ],
)
def test_a_box_is_a_block_where_it_moves_or_no_tray_is_of_its_colour(text, said, meant):
    assert words(as_boxes(text, program(said), TABLE)) == meant


def test_a_program_that_agrees_already_stays_as_it_is():
    meant = program("on the orange cube the tray ; at the cylinder @left keep the tray")
    assert agreed("the orange cube on the tray, the cylinder to the left, and mind the tray", meant, TABLE) == meant


@pytest.mark.parametrize(
    ("text", "said", "meant"),
    [
        ("the can to the left, don't pick it up", "at the cylinder @left ; hold it", "push at the cylinder @left"),
        ("the can into the zone without lifting it", "in the cylinder the zone", "push in the cylinder the zone"),
        ("pick up the can", "hold the cylinder", "hold the cylinder"),
    ],
)
def test_what_must_not_be_picked_up_is_not_held(text, said, meant):
    assert words(in_manner(text, program(said))) == meant


@pytest.mark.parametrize(
    ("text", "read", "meant"),
    [
        ("move the red cylinder onto the pink block", "in", "on"),
        ("move the red cylinder into the pink block", "in", "in"),
        ("move the red cylinder to the pink block", "in", "in"),
        ("move the red cylinder onto the pink block", "next_to", "next_to"),
    ],
)
def test_what_goes_onto_a_block_does_not_go_into_it(text, read, meant):
    understood = onto_solid(text, program(f"{read} the red cylinder the pink block"))
    assert words(understood) == f"{meant} the red cylinder the pink block"


def test_what_goes_onto_a_box_that_is_a_block_does_not_go_into_it():
    said = program("in the cylinder the orange tray")
    assert words(agreed("put the can on the orange box", said, TABLE)) == "on the cylinder the orange block"
    assert words(agreed("put the can in the orange box", said, TABLE)) == "in the cylinder the orange block"
    brown = program("in the cylinder the brown tray")
    assert words(agreed("put the can on the brown box", brown, TABLE)) == "in the cylinder the brown tray"


def test_what_goes_onto_a_tray_may_lie_in_it():
    assert words(onto_solid("move the cube onto the tray", program("in the cube the tray"))) == "in the cube the tray"
