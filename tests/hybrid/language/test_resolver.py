"""Covers the resolver: which facts a program means on a table, in which order, and what is asked or refused."""

from __future__ import annotations

import pytest

from hybrid.language.reading import from_tokens
from hybrid.language.resolver import resolve
from hybrid.language.schema import Program
from hybrid.language.wire import END
from simulator.base import Scene, Thing
from simulator.scene import load_scene
from tests.hybrid.language.tables import table

DEMO = load_scene("demo")
TWINS = table(
    ("red", "cube", 0.10, 0.12),
    ("red", "cube", -0.08, -0.14),
    ("green", "cube", -0.10, 0.10),
    ("blue", "ball", 0.03, 0.04),
    ("brown", "tray", 0.14, -0.12),
)
STACKED = table(
    ("blue", "cube", 0.05, 0.05),
    ("red", "cube", 0.05, 0.05, 0.04),
    ("green", "cube", -0.10, 0.10),
    ("gray", "zone", -0.15, -0.1),
)


def program(words: str) -> Program:
    return from_tokens((*words.split(), END))


def facts(words: str, scene: Scene = DEMO) -> list[list[str | float]]:
    answer = resolve(program(words), scene)
    assert answer.status == "planned", answer.message
    return [fact.as_list() for subgoal in answer.subgoals for fact in subgoal.facts]


def test_each_step_is_one_subgoal_with_its_words():
    answer = resolve(program("on the red block the blue block ; in the green thing the bowl"), DEMO)
    assert [[f.as_list() for f in s.facts] for s in answer.subgoals] == [
        [["on", "red_cube_1", "blue_cube_1"]],
        [["in", "green_cube_1", "white_bowl_1"]],
    ]
    assert answer.subgoals[0].words == "put the red cube on the blue cube"


def test_a_tower_said_from_the_top_is_built_from_the_base():
    assert facts("on the red block the blue block ; on the blue thing the green thing") == [
        ["on", "blue_cube_1", "green_cube_1"],
        ["on", "red_cube_1", "blue_cube_1"],
    ]


def test_a_tower_keeps_the_order_said_and_honours_base_and_peak():
    assert facts("tower the red cube + the blue cube + the green cube") == [
        ["on", "blue_cube_1", "red_cube_1"],
        ["on", "green_cube_1", "blue_cube_1"],
    ]
    assert facts("tower the red cube + the blue cube base the green cube")[0] == ["on", "red_cube_1", "green_cube_1"]
    assert facts("tower all cube peak the red cube")[-1][:2] == ["on", "red_cube_1"]


def test_a_tower_may_name_both_its_ends():
    built = facts("tower all cube base the green cube peak the red cube")
    assert built[0][2] == "green_cube_1"
    assert built[-1][1] == "red_cube_1"
    assert [fact[2] for fact in built[1:]] == [fact[1] for fact in built[:-1]]


def test_between_two_of_a_kind_needs_no_more_than_their_kind():
    assert facts("between the ball the red cube the red cube", TWINS) == [
        ["between", "blue_ball_1", "red_cube_1", "red_cube_2"]
    ]
    asked = resolve(program("between the ball the cube the cube"), TWINS)
    assert asked.status == "question"
    alone = resolve(program("between the ball the green cube the green cube"), TWINS)
    assert alone.status == "refused"
    assert "only one" in (alone.message or "")


def test_what_holds_already_is_not_done_twice_and_what_was_undone_is():
    assert facts(
        "apart the red cube the blue cube ; clear the green cube ; apart it the blue cube ; hold the red cube"
    ) == [
        ["apart", "red_cube_1", "blue_cube_1"],
        ["clear", "green_cube_1"],
        ["apart", "green_cube_1", "blue_cube_1"],
        ["held", "red_cube_1"],
    ]
    assert facts("in the red cube the bowl ; hold the blue cube ; in the red cube the bowl") == [
        ["in", "red_cube_1", "white_bowl_1"],
        ["held", "blue_cube_1"],
    ]
    again = "in the red cube the bowl ; at the red cube @left ; in the red cube the bowl"
    assert [fact[0] for fact in facts(again)] == ["in", "at", "in"]


def test_on_a_container_or_a_zone_means_in():
    assert facts("on the red block the bowl ; on the blue block the zone") == [
        ["in", "red_cube_1", "white_bowl_1"],
        ["in", "blue_cube_1", "gray_zone_1"],
    ]


def test_push_is_the_manner_of_its_step_only():
    answer = resolve(program("push at the yellow cube @left ; at the red cube @center"), DEMO)
    assert [s.manner for s in answer.subgoals] == ["push", "any"]


def test_an_offset_is_measured_from_where_the_thing_is_then():
    scene = table(("red", "cube", 0.0, 0.05))
    assert facts("shift the red cube to_left 5cm ; shift it to_away 10cm", scene) == [
        ["at", "red_cube_1", 0.0, 0.1],
        ["at", "red_cube_1", 0.1, 0.1],
    ]


def test_a_distance_to_another_thing_is_measured_between_outlines():
    scene = table(("red", "cube", 0.1, 0.1), ("blue", "cube", 0.0, 0.0))
    assert facts("left_of 6cm the red cube the blue cube", scene) == [["at", "red_cube_1", 0.0, 0.1]]


def test_all_is_a_loop_and_except_leaves_out():
    assert facts("in all red block the tray", TWINS) == [
        ["in", "red_cube_1", "brown_tray_1"],
        ["in", "red_cube_2", "brown_tray_1"],
    ]
    assert facts("in all cube except the yellow thing the bowl") == [
        ["in", f"{colour}_cube_1", "white_bowl_1"] for colour in ("red", "blue", "green")
    ]


def test_an_exception_may_choose_among_several():
    scene = table(
        ("red", "cube", 0.0, 0.1), ("red", "cube", 0.0, -0.1), ("blue", "cube", 0.1, 0.0), ("tan", "tray", -0.1, 0.0)
    )
    moved = {str(fact[1]) for fact in facts("in all cube except the leftmost red thing the tray", scene)}
    assert moved == {"red_cube_2", "blue_cube_1"}


def test_all_that_is_kept_is_all_that_is_not_moved():
    scene = table(("red", "cube", 0.0, 0.1), ("blue", "cube", 0.0, -0.1), ("white", "bowl", 0.1, 0.0))
    found = resolve(program("in the blue cube the bowl keep all cube"), scene)
    assert found.constraints == (("keep", "red_cube_1"),)
    assert resolve(program("in the blue cube the bowl keep the blue cube"), scene).status == "refused"


def test_two_of_a_kind_named_alike_change_places():
    scene = table(("red", "cube", 0.0, 0.1), ("red", "cube", 0.0, -0.1), ("blue", "cube", 0.1, 0.0))
    said_once = facts("swap the leftmost red thing the rightmost red thing", scene)
    assert facts("swap all red thing the red thing", scene) == said_once
    assert facts("swap the red cube the red cube", scene) == said_once


def test_what_would_stand_on_itself_stands_on_the_other_thing_of_its_colour():
    scene = table(("green", "cube", 0.0, 0.1), ("green", "zone", 0.0, -0.1))
    assert facts("on the green block the green thing", scene) == [["in", "green_cube_1", "green_zone_1"]]


def test_the_with_several_candidates_is_a_question_whose_choices_select():
    answer = resolve(program("in the red block the tray"), TWINS)
    assert answer.status == "question"
    assert answer.choices == ("the leftmost red cube", "the rightmost red cube") or len(answer.choices) == 2
    assert facts("in the leftmost red block the tray", TWINS) == [["in", "red_cube_1", "brown_tray_1"]]


def test_a_takes_a_free_one_that_was_not_used_yet():
    assert facts("on a red block a red block", TWINS) == [["on", "red_cube_2", "red_cube_1"]]
    assert facts("hold a cube", STACKED) == [["held", "red_cube_1"]]


def test_the_other_is_one_that_was_not_meant_before():
    assert facts("in the leftmost red block the tray ; on the other red block the green block", TWINS)[1] == [
        "on",
        "red_cube_2",
        "green_cube_1",
    ]


def test_selectors_are_resolved_where_earlier_steps_have_moved_things():
    words = "at the red cube @left ; at the blue cube @right ; hold the leftmost cube"
    scene = table(("red", "cube", 0.0, -0.2), ("blue", "cube", 0.0, 0.2))
    assert facts(words, scene)[-1] == ["held", "red_cube_1"]


def test_the_thing_on_another_is_found_by_what_it_rests_on():
    assert facts("in the thing .on the blue block the zone", STACKED) == [["in", "red_cube_1", "gray_zone_1"]]


def test_a_block_is_a_cube_or_else_a_cylinder():
    assert facts("at the orange block @left") == [["at", "orange_cylinder_1", "left"]]


def test_it_twice_beside_one_thing_is_that_thing_and_on_it_is_the_last_one_moved():
    beside = facts("at the blue cube @center ; left_of the red cube it ; right_of the green cube it")
    assert beside[1:] == [["left_of", "red_cube_1", "blue_cube_1"], ["right_of", "green_cube_1", "blue_cube_1"]]
    stacked = facts("at the blue cube @center ; on the red cube it ; on the green cube it")
    assert stacked[1:] == [["on", "red_cube_1", "blue_cube_1"], ["on", "green_cube_1", "red_cube_1"]]


def test_a_holder_of_its_colour_may_also_be_a_mat():
    scene = table(
        ("red", "cube", 0.1, 0.1),
        ("green", "cube", 0.1, -0.1),
        ("red", "bowl", -0.1, 0.1),
        ("green", "zone", -0.1, -0.1),
    )
    assert facts("match in all cube all container", scene) == [
        ["in", "red_cube_1", "red_bowl_1"],
        ["in", "green_cube_1", "green_zone_1"],
    ]


def test_it_after_two_things_beside_one_is_that_one():
    said = "left_of the red block the bowl ; right_of the blue block the bowl ; behind the green thing it"
    assert facts(said)[-1] == ["behind", "green_cube_1", "white_bowl_1"]
    assert facts("left_of the red block the bowl ; behind the green thing it")[-1][-1] == "red_cube_1"


def test_so_far_from_where_it_is_is_an_offset():
    assert facts("left_of 8cm the red cube the red cube") == facts("shift the red cube to_left 8cm")


def test_what_is_said_twice_or_implied_by_the_next_step_is_one_step():
    assert facts("clear the blue cube ; clear the blue cube", STACKED) == [["clear", "blue_cube_1"]]
    assert facts("apart the red cube the blue cube ; in it the zone", STACKED) == [["in", "red_cube_1", "gray_zone_1"]]
    assert len(facts("shift the red cube to_left 2cm ; shift the red cube to_left 2cm")) == 2


def test_keep_constrains_every_subgoal():
    answer = resolve(program("on the red cube the blue cube ; at the green cube @left keep the yellow thing"), DEMO)
    assert answer.constraints == (("keep", "yellow_cube_1"),)
    assert all(s.keep == ("yellow_cube_1",) for s in answer.subgoals)


@pytest.mark.parametrize(
    ("words", "scene", "reason"),
    [
        ("in the purple block the bowl", DEMO, "There is no purple block on the table; I see a red cube"),
        ("in the unknown the bowl", DEMO, "There is no banana on the table"),
        ("on the red block the ball", TWINS.__class__("t", TWINS.things[1:]), "rolls away"),
        ("in the bowl the red cube", DEMO, "cannot be moved"),
        ("in the green cube the red cube", DEMO, "not a container"),
        ("on the red cube the red cube", DEMO, "itself"),
        ("on the red cube the blue cube ; on the blue cube the red cube", DEMO, "on top of each other"),
        ("shift the red cube to_left 30cm", DEMO, "off the table"),
        ("at the red cube @left keep the red cube", DEMO, "left alone"),
        ("push on the red cube the blue cube", DEMO, "cannot be pushed"),
        ("hold the red cube + the blue cube", DEMO, "only one thing"),
        ("line the red cube", DEMO, "at least two"),
        ("in four red cube the tray", TWINS, "only 2 of the 4"),
        ("refuse_scope", DEMO, "not about arranging"),
    ],
)
def test_what_is_missing_or_impossible_is_refused_with_a_reason(words, scene, reason):
    answer = resolve(program(words), scene, unknown=("banana",))
    assert answer.status == "refused"
    assert reason in (answer.message or "")
    assert not answer.subgoals


def test_what_is_too_big_for_the_bowl_is_refused():
    big = Thing("red_cube_1", "cube", "red", (0.12, 0.12, 0.12), (0.1, 0.1, 0.06))
    bowl = Thing("white_bowl_1", "bowl", "white", (0.11, 0.11, 0.05), (0.0, 0.0, 0.025))
    answer = resolve(program("in the red cube the bowl"), Scene("t", (big, bowl)))
    assert answer.status == "refused"
    assert "too big" in (answer.message or "")


def test_the_same_program_and_scene_give_the_same_answer():
    words = "tower all block ; clear the zone ; down a cube"
    assert resolve(program(words), DEMO) == resolve(program(words), DEMO)
