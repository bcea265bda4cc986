"""The check: each verdict from a plan that deserves it, with its reason, step, margin, force and gap."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulator.base import Fact, Subgoal, Thing, Verdict, WorldState
from simulator.check import called, check, gap
from simulator.errors import SceneError
from simulator.shapes import DEFAULT_SIZES
from simulator.tabletop import Touches
from simulator.twin import Twin, TwinResult, TwinStep
from tests.simulator.driving import carry, shove

RED = Thing("red_cube_1", "cube", "red", (0.04, 0.04, 0.04), (-0.1, 0.05, 0.02))
BLUE = Thing("blue_cube_1", "cube", "blue", (0.04, 0.04, 0.04), (0.05, 0.05, 0.02))
CUP = Thing("green_bowl_1", "bowl", "green", DEFAULT_SIZES["bowl"], (0.05, -0.1, 0.02))
TALL = Thing("pink_cylinder_1", "cylinder", "pink", (0.03, 0.03, 0.06), (-0.02, 0.05, 0.03))
ON = Subgoal((Fact("on", ("red_cube_1", "blue_cube_1")),))
STACK = carry(RED.position, 0.04, (0.05, 0.05, 0.06))


def judge(things: list[Thing], actions: np.ndarray, subgoal: Subgoal = ON, **more: object) -> Verdict:
    target = more.pop("target", (0.05, 0.05, 0.06))
    twin = Twin(things, robot="tool")
    try:
        return check(twin, actions, subgoal, things, moved="red_cube_1", target=target, **more)  # type: ignore[arg-type]
    finally:
        twin.close()


@pytest.mark.parametrize("robot", ["tool", "arm"])
def test_a_good_plan_is_accepted_with_its_margin(robot: str) -> None:
    imagined = [replace(RED, position=(0.05, 0.05, 0.06)), BLUE]
    twin = Twin([RED, BLUE], robot="arm" if robot == "arm" else "tool")
    verdict = check(twin, STACK, ON, imagined, moved="red_cube_1", target=(0.05, 0.05, 0.06))
    assert verdict.accepted
    assert verdict.code == "accepted"
    assert 0.005 < verdict.margin < 0.025
    assert verdict.gap < 0.003
    assert verdict.step is None
    assert verdict.final[0].position == pytest.approx((0.05, 0.05, 0.06), abs=0.003)


def test_the_gap_is_how_far_imagination_was_off() -> None:
    verdict = judge([RED, BLUE], STACK)
    assert verdict.accepted
    assert verdict.gap == pytest.approx(np.hypot(0.15, 0.04), abs=0.004)
    assert gap([RED], [BLUE]) == 0.0


def test_carrying_through_a_thing_is_a_collision_that_names_both() -> None:
    verdict = judge([RED, BLUE, TALL], carry(RED.position, 0.04, (0.05, 0.05, 0.06), high=0.08))
    assert verdict.code == "collision"
    assert verdict.reason == f"collision at step {verdict.step} between the red block and the pink cylinder"
    assert not verdict.accepted


def test_the_tool_hitting_a_thing_is_a_collision() -> None:
    verdict = judge([RED, BLUE], shove(BLUE.position, 0.1))
    assert verdict.code == "collision"
    assert verdict.reason.endswith("between the tool and the blue block")


def test_letting_go_over_the_edge_topples() -> None:
    verdict = judge([RED, BLUE], carry(RED.position, 0.04, (0.05, 0.075, 0.07)))
    assert verdict.code == "toppled"
    assert verdict.reason == f"the red block toppled at step {verdict.step}"


def test_a_kept_thing_may_not_be_moved_even_by_another() -> None:
    other = replace(BLUE, id="blue_cube_2", position=(-0.045, 0.05, 0.02))
    subgoal = Subgoal((), keep=("blue_cube_2",))
    verdict = judge([RED, other], shove(RED.position, 0.12), subgoal, target=None)
    assert verdict.code == "moved"
    assert "the blue block (blue_cube_2) must be left alone but moved" in verdict.reason


class Told:
    """A twin that tells a made-up story: three quiet steps with the red block held, then the step given."""

    def __init__(self, last: TwinStep) -> None:
        quiet = TwinStep(WorldState((RED,), (1.0,), (-0.1, 0.05, 0.043), "red_cube_1"), Touches(), 0.0, True)
        self.result = TwinResult(quiet.state, (quiet, quiet, quiet, last), 4)

    def run(self, actions: np.ndarray) -> TwinResult:
        return self.result


def told(held: str | None, suction: bool, lag: float, force: float) -> Verdict:
    state = WorldState((RED,), (1.0,), (-0.1, 0.05, 0.1), held)
    twin = Told(TwinStep(state, Touches(force), lag, suction))
    return check(twin, np.zeros((4, 4), np.float32), Subgoal(()), [RED], moved="red_cube_1")  # type: ignore[arg-type]


def test_losing_the_thing_with_suction_on_is_dropping_it_and_letting_go_is_not() -> None:
    verdict = told(None, suction=True, lag=0.0, force=0.0)
    assert (verdict.code, verdict.step) == ("dropped", 3)
    assert verdict.reason == "the red block was dropped at step 3"
    assert told(None, suction=False, lag=0.0, force=0.0).accepted


def test_a_tool_that_stays_behind_is_out_of_reach_unless_it_presses_on_something() -> None:
    verdict = told("red_cube_1", suction=True, lag=0.05, force=0.0)
    assert (verdict.code, verdict.step) == ("out_of_reach", 3)
    assert "5.0 cm short" in verdict.reason
    assert told("red_cube_1", suction=True, lag=0.05, force=12.0).accepted
    assert told("red_cube_1", suction=True, lag=0.015, force=0.0).accepted


def test_a_plan_that_grips_nothing_says_so() -> None:
    verdict = judge([RED, BLUE], carry((-0.1, -0.1, 0.02), 0.04, (0.05, -0.1, 0.02)))
    assert verdict.code == "unmet"
    assert verdict.reason == "the red block ended 15.5 cm from where it should be (it was never gripped)"


def test_a_missing_fact_is_named_with_centimetres() -> None:
    side = (0.05, 0.0, 0.02)
    verdict = judge([RED, BLUE], carry(RED.position, 0.04, side), target=side)
    assert verdict.code == "unmet"
    assert verdict.reason.startswith("predicate on(red_cube_1, blue_cube_1) unmet by ")
    assert verdict.margin < 0


def test_facts_are_demanded_only_where_required() -> None:
    side = (0.05, 0.0, 0.02)
    moves = carry(RED.position, 0.04, side)
    assert judge([RED, BLUE], moves, target=side, require=False).accepted
    assert judge([RED, BLUE], moves, target=side, facts_required=()).accepted
    clear = (Fact("clear", ("blue_cube_1",)),)
    assert judge([RED, BLUE], moves, target=side, facts_required=clear).accepted


def test_a_fact_about_nothing_is_refused() -> None:
    with pytest.raises(SceneError):
        judge([RED, BLUE], STACK, Subgoal((Fact("on", ("red_cube_1", "ghost_cube_1")),)))


def test_things_are_called_as_people_call_them() -> None:
    assert called(RED) == "the red block"
    assert called(replace(RED, id="red_cube_2")) == "the red block (red_cube_2)"
    assert called(replace(RED, kind="zone", id="red_zone_1")) == "the red mat"
