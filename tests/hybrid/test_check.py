"""The check stage: a twin of what is believed, things set down, and verdicts that say why."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from hybrid.check import check_plan
from hybrid.rest import at_rest
from planner.base import Manipulation, Plan
from simulator.base import Fact, Scene, Subgoal, Thing
from simulator.script import Intent, Phase, scripted_action
from simulator.world import PhysicalWorld
from world_model.base import Belief

ON = Subgoal((Fact("on", ("a", "b")),))


def cube(name: str, x: float, y: float, z: float = 0.02) -> Thing:
    return Thing(name, "cube", "red" if name == "a" else "blue", (0.04, 0.04, 0.04), (x, y, z))


def belief(*things: Thing, tool: tuple[float, ...] = (0.24, 0.0, 0.3, 0.0, 0.0)) -> Belief:
    count = len(things)
    return Belief(
        torch.zeros(count, 48),
        torch.tensor(tool),
        Scene("belief", things),
        torch.ones(count, dtype=torch.bool),
        torch.ones(count),
    )


def scripted(target: tuple[float, float, float], *things: Thing, push: bool = False) -> Plan:
    """Return a plan whose actions a script took on true poses to bring ``a`` to ``target``."""
    intent, phase, actions = Intent(push, "a", target, 0.1), Phase(), []
    world = PhysicalWorld(Scene("true", things))
    try:
        while not phase.done and len(actions) < 60:
            action, phase = scripted_action(world.state(), intent, phase)
            world.step(action)
            actions.append(action)
        final = world.state().things
    finally:
        world.close()
    move = Manipulation("pick_place", "a", (*things[0].position[:2], things[0].top), target, 0.1)
    return Plan((move,), np.array(actions, dtype=np.float32), 0.0, 0.0, final, (), 1.0)


def test_a_good_plan_is_accepted_though_poses_are_a_little_off() -> None:
    plan = scripted((0.1, 0.1, 0.06), cube("a", -0.1, 0.0), cube("b", 0.1, 0.1))
    verdict = check_plan(belief(cube("a", -0.098, 0.002, 0.023), cube("b", 0.102, 0.099, 0.018)), plan, ON)
    assert verdict.accepted, verdict.reason
    assert verdict.margin > 0


def test_a_plan_that_misses_says_by_how_much() -> None:
    plan = scripted((0.1, 0.04, 0.02), cube("a", -0.1, 0.0), cube("b", 0.1, 0.1))
    verdict = check_plan(belief(cube("a", -0.1, 0.0), cube("b", 0.1, 0.1)), plan, ON)
    assert not verdict.accepted
    assert verdict.code == "unmet"
    assert "cm" in verdict.reason


def test_a_plan_for_a_thing_elsewhere_never_grips() -> None:
    plan = scripted((0.1, 0.1, 0.06), cube("a", -0.1, 0.0), cube("b", 0.1, 0.1))
    verdict = check_plan(belief(cube("a", -0.1, 0.1), cube("b", 0.1, 0.1)), plan, ON)
    assert not verdict.accepted
    assert "never gripped" in verdict.reason


def test_what_stands_on_something_unseen_does_not_fall() -> None:
    floating, unseen = at_rest((cube("a", 0, 0, 0.06),), None)
    assert floating.bottom == pytest.approx(unseen.top)
    assert unseen.bottom == pytest.approx(0)
    plan = scripted((0.1, 0.1, 0.06), cube("a", 0, 0, 0.06), cube("b", 0.1, 0.1), cube("c", 0, 0, 0.02))
    verdict = check_plan(belief(cube("a", 0, 0, 0.06), cube("b", 0.1, 0.1)), plan, ON)
    assert verdict.accepted, verdict.reason


@pytest.mark.parametrize(("reaches", "accepted"), [(0.16, True), (0.10, True), (0.03, False)])
def test_a_push_need_only_come_nearer(*, reaches: float, accepted: bool) -> None:
    start = cube("a", -0.08, 0.0)
    played = scripted((-0.08 + reaches, 0.0, 0.02), start, push=True)
    move = Manipulation("push", "a", (*start.position[:2], start.top), (0.08, 0.0, 0.02), 0.1)
    goal = Subgoal((Fact("at", ("a", 0.08, 0.0)),), manner="push")
    verdict = check_plan(belief(start), replace(played, manipulations=(move,)), goal)
    assert verdict.accepted is accepted, verdict.reason


def test_what_falls_over_without_any_plan_does_not_speak_against_one() -> None:
    plan = scripted((0.1, 0.1, 0.06), cube("a", -0.1, 0.0), cube("b", 0.1, 0.1))
    bowl = Thing("bowl", "bowl", "white", (0.062, 0.062, 0.032), (-0.16, -0.16, 0.016))
    jammed = (bowl, Thing("c", "cube", "green", (0.054, 0.053, 0.051), (-0.166, -0.165, 0.037)))
    verdict = check_plan(belief(cube("a", -0.1, 0.0), cube("b", 0.1, 0.1), *jammed), plan, ON)
    assert verdict.accepted, verdict.reason


def test_what_the_plan_knocks_over_still_speaks_against_it() -> None:
    tower = (cube("c", -0.02, 0.05), cube("d", -0.02, 0.05, 0.06), cube("e", -0.02, 0.05, 0.10))
    plan = scripted((0.1, 0.1, 0.06), cube("a", -0.1, 0.0), cube("b", 0.1, 0.1))
    verdict = check_plan(belief(cube("a", -0.1, 0.0), cube("b", 0.1, 0.1), *tower), plan, ON)
    assert not verdict.accepted


def test_taking_something_out_of_the_way_is_progress_though_the_goal_is_not_reached_yet() -> None:
    plan = scripted((0.1, 0.1, 0.02), cube("a", -0.1, 0.0), cube("b", 0.0, -0.1))
    things = (cube("a", -0.1, 0.0), cube("b", 0.0, -0.1))
    assert check_plan(belief(*things), plan, Subgoal((Fact("at", ("b", 0.15, -0.15)),))).accepted
    assert not check_plan(belief(*things), plan, Subgoal((Fact("at", ("a", 0.15, -0.15)),))).accepted
