"""Which subgoal is unmet now, when one stops counting, and what is said of what is missing."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import torch

from hybrid.ground import beneath, broken, ground, out_of_reach, preparation, progressed, strayed, superseded
from planner.base import Budget, Manipulation, Searched
from simulator.base import Fact, Scene, Subgoal, Thing
from simulator.predicates import holds
from world_model.base import Belief
from world_model.errors import PerceptionError


@dataclass(frozen=True)
class Judge:
    """Judges by the relations alone; plans nothing."""

    def plan(
        self, belief: Belief, subgoal: Subgoal, *, budget: Budget, tabu: tuple[Manipulation, ...], seed: int
    ) -> Searched:
        return Searched()

    def reached(self, belief: Belief, subgoal: Subgoal) -> bool:
        return all(holds(fact, belief.scene.things) for fact in subgoal.facts)


def cube(name: str, x: float, y: float, z: float = 0.02) -> Thing:
    return Thing(name, "cube", "red", (0.04, 0.04, 0.04), (x, y, z))


def belief(*things: Thing) -> Belief:
    count = len(things)
    seen = torch.ones(count, dtype=torch.bool)
    return Belief(torch.zeros(count, 4), torch.zeros(5), Scene("b", things), seen, torch.ones(count))


def on(a: str, b: str) -> Subgoal:
    return Subgoal((Fact("on", (a, b)),))


A, B, C = cube("a", 0, 0), cube("b", 0.1, 0.1), cube("c", -0.1, 0.1)


def test_the_first_unmet_subgoal_is_pursued() -> None:
    assert ground(belief(A, B, C), [on("a", "b"), on("c", "a")], Judge()) == 0
    assert ground(belief(cube("a", 0.1, 0.1, 0.06), B, C), [on("a", "b"), on("c", "a")], Judge()) == 1


def test_nothing_is_left_when_all_hold() -> None:
    assert ground(belief(cube("a", 0.1, 0.1, 0.06), B), [on("a", "b")], Judge()) is None


def test_a_subgoal_stops_counting_once_its_thing_was_moved_on() -> None:
    moved_on = belief(cube("a", -0.1, 0.1, 0.06), B, C)
    assert ground(moved_on, [on("a", "b"), on("a", "c")], Judge()) is None
    assert superseded(on("a", "b"), on("a", "c"))


def test_an_earlier_subgoal_that_was_undone_by_accident_is_pursued_again() -> None:
    undone = belief(A, B, cube("c", 0.2, 0.2, 0.06), cube("d", 0.2, 0.2))
    assert ground(undone, [on("a", "b"), on("c", "d")], Judge()) == 0


def test_a_thing_nobody_sees_is_named() -> None:
    with pytest.raises(PerceptionError, match="ghost"):
        ground(belief(A, B), [on("ghost", "b")], Judge())


def test_what_is_missing_is_said_in_centimetres() -> None:
    assert "on(a, b) is unmet by" in broken(belief(A, B), on("a", "b"))


def test_progress_is_movement_beyond_perceptions_error() -> None:
    assert progressed(belief(A), belief(cube("a", 0.03, 0)), "a")
    assert not progressed(belief(A), belief(cube("a", 0.005, 0)), "a")


def test_what_must_still_move_is_cleared_before_something_is_built_on_it() -> None:
    stack = belief(A, B, cube("c", 0.1, 0.1, 0.06))
    first = preparation(stack, [on("a", "c"), on("b", "a")], 0)
    assert first is not None
    assert first.facts == (Fact("clear", ("b",)),)


def test_nothing_has_to_be_prepared_where_the_stack_stays() -> None:
    stack = belief(A, B, cube("c", 0.1, 0.1, 0.06))
    assert preparation(stack, [on("a", "c")], 0) is None
    assert preparation(stack, [on("a", "c"), on("c", "b")], 0) is None


def test_what_carries_a_thing_is_listed_downwards() -> None:
    tower = (B, cube("c", 0.1, 0.1, 0.06), cube("a", 0.1, 0.1, 0.10))
    assert beneath("a", tower) == ["c", "b"]
    assert beneath("b", tower) == []


def test_what_had_to_be_left_alone_is_named_once_it_has_moved() -> None:
    places = {"a": (0.0, 0.0, 0.02), "b": (0.1, 0.1, 0.02)}
    keeping = [Subgoal((Fact("on", ("c", "b")),), keep=("a",))]
    assert strayed(belief(cube("a", 0.01, 0.0), cube("b", 0.2, 0.1), C), keeping, places) is None
    told = strayed(belief(cube("a", 0.02, 0.0), B, C), keeping, places)
    assert told == "the red cube, which had to be left alone, was moved 2.0 cm"


def test_what_a_later_thing_is_to_stand_on_is_dug_out_before_more_is_built_over_it() -> None:
    stack = belief(A, B, cube("c", 0.1, 0.1, 0.06), cube("d", -0.1, -0.1))
    first = preparation(stack, [on("a", "c"), on("d", "b")], 0)
    assert first is not None
    assert first.facts == (Fact("clear", ("b",)),)


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ((0.315, 0.0), "the red cube lies outside the work area (x 0.32 m; the robot reaches 0.27 m); bring it nearer"),
        (
            (0.0, -0.31),
            "the red cube lies outside the work area (y -0.31 m; the robot reaches 0.27 m); bring it nearer",
        ),
        ((0.298, 0.0), None),
        ((0.25, 0.25), None),
    ],
    ids=["beyond", "beside", "at the rim, by perception's error", "in the corner"],
)
def test_what_the_tool_cannot_be_above_is_named(where: tuple[float, float], said: str | None) -> None:
    there = cube("b", *where)
    assert out_of_reach(belief(A, there, C), [on("a", "c"), on("a", "b")]) == said
    assert out_of_reach(belief(A, there, C), [on("b", "a")]) == said
    assert out_of_reach(belief(A, there, C), [Subgoal((Fact("at", ("b", 0.0, 0.0)),))]) == said


def test_what_need_not_be_reached_may_lie_anywhere() -> None:
    out = cube("b", 0.35, 0.0)
    beside = Subgoal((Fact("left_of", ("a", "b")),))
    assert out_of_reach(belief(A, out, C), [on("a", "c"), beside]) is None
    assert out_of_reach(belief(A, cube("b", 0.35, 0.0), cube("c", 0.35, 0.0, 0.06)), [on("c", "b")]) is None
    tray = Thing("t", "tray", "red", (0.2, 0.12, 0.03), (0.35, 0.0, 0.015))
    assert out_of_reach(belief(A, tray), [Subgoal((Fact("in", ("a", "t")),))]) is None
    turned = Thing("t", "tray", "red", (0.2, 0.12, 0.03), (0.35, 0.0, 0.015), 1.5708)
    assert out_of_reach(belief(A, turned), [Subgoal((Fact("in", ("a", "t")),))]) is not None
