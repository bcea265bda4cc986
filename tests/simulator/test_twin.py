"""The twin: candidates start from one build, beliefs that overlap or float a little settle, a held thing stays held."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.errors import ActionError
from simulator.tabletop import Tabletop
from simulator.twin import REST_STEPS, Twin
from tests.simulator.driving import carry, cube, way

PLACE = carry((0.0, 0.0, 0.02), 0.04, (0.1, 0.1, 0.02))


def test_every_run_starts_from_the_build() -> None:
    twin = Twin([cube("a", 0, 0), cube("b", -0.1, 0)], robot="tool")
    first = twin.run(PLACE)
    other = twin.run(carry((-0.1, 0.0, 0.02), 0.04, (-0.1, 0.1, 0.02)))
    again = twin.run(PLACE)
    assert first == again
    assert other.start == first.start
    assert math.dist(first.final.things[0].position, (0.1, 0.1, 0.02)) < 0.003
    assert len(first.steps) == len(PLACE) + REST_STEPS
    assert first.planned == len(PLACE)


def test_the_twin_does_what_the_table_it_copies_does() -> None:
    things = [cube("a", 0, 0), cube("b", 0.1, 0.1)]
    table = Tabletop(things)
    for action in PLACE:
        table.step(action)
    table.step(np.zeros(4, np.float32))
    twin = Twin(things, robot="tool").run(PLACE)
    for one, other in zip(table.state().things, twin.final.things, strict=True):
        assert math.dist(one.position, other.position) < 0.002


def test_small_overlaps_and_gaps_of_a_belief_settle_without_a_jump() -> None:
    believed = [cube("a", 0, 0, 0.016), cube("b", 0.034, 0.0, 0.024), cube("c", 0.0, 0.002, 0.063)]
    start = Twin(believed, robot="tool").run(np.zeros((1, 4), np.float32)).final
    for thought, settled, upright in zip(believed, start.things, start.upright, strict=True):
        assert math.dist(thought.position, settled.position) < 0.012
        assert upright > 0.99


def test_a_thing_believed_to_be_held_hangs_from_the_tool() -> None:
    twin = Twin([cube("a", 0.1, 0.0, 0.176)], robot="arm", tool=(0.1, 0.0, 0.2), held="a")
    moves = way([((0.0, 0.1, 0.2), 1.0)], start=(0.1, 0.0, 0.2))
    result = twin.run(moves)
    assert result.start.held == "a"
    assert result.final.held == "a"
    assert math.dist(result.final.things[0].position, (0.0, 0.1, 0.176)) < 0.004


def test_going_on_from_a_kept_state() -> None:
    twin = Twin([cube("a", 0, 0)], robot="tool")
    whole = twin.run(PLACE)
    twin.run(PLACE[:5])
    kept = twin.snapshot()
    twin.restore(kept)
    assert twin.run(np.zeros((0, 4), np.float32)).start.tool != whole.start.tool


def test_an_unusable_action_is_refused() -> None:
    with pytest.raises(ActionError):
        Twin([cube("a", 0, 0)], robot="tool").run(np.full((1, 4), np.nan, np.float32))
