"""Stopping: a goal is declared reached only of things that are let go of, that are seen, and with nothing hovering."""

from __future__ import annotations

from dataclasses import replace

import torch

from planner.stopping import doubtful, failing, gone, reached
from simulator.base import Fact, Scene, Subgoal, Thing
from world_model.base import Belief

A_ON_B = Subgoal((Fact("on", ("a", "b")),))
ZONE = Thing("zone", "zone", "blue", (0.1, 0.1, 0.001), (0.1, 0.1, 0.0005))


def block(name: str, x: float, y: float, z: float = 0.02) -> Thing:
    return Thing(name, "cube", "red", (0.04, 0.04, 0.04), (x, y, z))


A, B = block("a", 0.1, 0.1, 0.06), block("b", 0.1, 0.1)


def belief_of(*things: Thing, unseen: tuple[str, ...] = (), empty: tuple[str, ...] = ()) -> Belief:
    visible = torch.tensor([thing.id not in unseen for thing in things])
    confidence = torch.tensor([0.0 if thing.id in empty else 0.9 for thing in things])
    tool = torch.tensor([0.0, 0.0, 0.3, 0.0, 0.0])
    return Belief(torch.zeros(len(things), 6), tool, Scene("b", things), visible, confidence)


def test_a_block_upon_another_is_there_when_it_is_seen_and_let_go_of() -> None:
    assert reached(belief_of(A, B), A_ON_B)


def test_what_holds_with_little_to_spare_is_neither_reached_nor_failing() -> None:
    assert not reached(belief_of(block("a", 0.1185, 0.1, 0.06), B), A_ON_B)
    assert not failing(belief_of(block("a", 0.1185, 0.1, 0.06), B), A_ON_B)
    assert failing(belief_of(block("a", 0.121, 0.1, 0.06), B), A_ON_B)


def test_what_is_gone_fails_wherever_it_is_imagined() -> None:
    assert failing(belief_of(A, B, unseen=("a",), empty=("a",)), A_ON_B)


def test_what_is_still_held_is_not_placed() -> None:
    holding = replace(belief_of(A, B), tool=torch.tensor([0.1, 0.1, 0.08, 1.0, 1.0]))
    assert not reached(holding, A_ON_B)
    assert doubtful(holding, A_ON_B)


def test_holding_something_else_does_not_matter() -> None:
    other = block("c", -0.1, -0.1, 0.2)
    holding = replace(belief_of(A, B, other), tool=torch.tensor([-0.1, -0.1, 0.22, 1.0, 1.0]))
    assert reached(holding, A_ON_B)


def test_what_is_imagined_where_its_place_is_seen_empty_is_gone() -> None:
    belief = belief_of(A, B, unseen=("a",), empty=("a",))
    assert gone(belief, A)
    assert not reached(belief, A_ON_B)


def test_what_is_not_seen_may_be_there_all_the_same() -> None:
    belief = belief_of(A, B, unseen=("a", "b"))
    assert not gone(belief, B)
    assert reached(belief, A_ON_B)


def test_a_goal_imagined_is_reached_whatever_is_seen_now() -> None:
    belief = belief_of(block("a", -0.1, -0.1), B, unseen=("a",), empty=("a",))
    assert reached(belief, A_ON_B, torch.tensor([A.position, B.position]))


def test_what_seems_to_hover_over_a_zone_stands_on_it() -> None:
    empty = Subgoal((Fact("clear", ("zone",)),))
    assert reached(belief_of(block("a", -0.1, -0.1), ZONE), empty)
    assert not reached(belief_of(block("a", 0.1, 0.1, 0.065), ZONE), empty)
