"""A led tip goes up before it goes across, meets nothing on its way and ends above the thing."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch

from planner.approach import HOVER, OVER, THERE, Approach, flight, steps
from simulator.base import MAX_STEP, FloatArray, Thing
from world_model.base import BLOCK


def cube(name: str, x: float, y: float, z: float = 0.02) -> Thing:
    return Thing(name, "cube", "red", (0.04, 0.04, 0.04), (x, y, z))


def points(tip: tuple[float, float, float]) -> list[FloatArray]:
    """Every point of the tip ``[3]`` on its way to a thing whose upper face is 12 cm high."""
    moves = np.array(steps((0.0, 0.0, 0.12), 0.15, tip), dtype=np.float32)
    return list(np.array(tip, dtype=np.float32) + np.concatenate([np.zeros((1, 3)), np.cumsum(moves, axis=0)]))


@pytest.mark.parametrize("tip", [(0.24, 0.0, 0.3), (0.2, 0.2, 0.05), (0.0, 0.04, 0.02), (-0.1, 0.0, 0.2)])
def test_a_led_tip_arrives_above_the_thing_without_coming_low_beside_it(tip: tuple[float, float, float]) -> None:
    passed = points(tip)
    assert np.hypot(*passed[-1][:2]) < THERE
    assert passed[-1][2] == pytest.approx(0.12 + HOVER, abs=THERE)
    across = [(one, other) for one, other in pairwise(passed) if (one != other)[:2].any()]
    assert all(min(one[2], other[2]) > 0.12 for one, other in across)
    assert max(np.abs(other - one).max() for one, other in pairwise(passed)) <= MAX_STEP + 1e-6


def test_the_tip_crosses_above_what_stands_on_its_way_and_no_higher() -> None:
    thing, tower, aside = cube("a", 0.0, 0.0), cube("b", 0.1, 0.0, 0.18), cube("c", 0.1, 0.15, 0.3)
    assert flight((thing, aside), thing, (0.24, 0.0, 0.3)) == pytest.approx(0.04 + OVER)
    assert flight((thing, tower, aside), thing, (0.24, 0.0, 0.3)) == pytest.approx(0.20 + OVER)


def test_only_the_first_sequences_are_led_and_until_they_have_arrived() -> None:
    approach = Approach((0.0, 0.0, 0.04), 0.07, (0.2, 0.0, 0.3), 2)
    leads = [approach.lead(3) for _ in range(4)]
    assert leads[-1] is None
    way = [lead for lead in leads if lead is not None]
    assert [lead.rows.tolist() for lead in way] == [[True, True, False]] * 2
    assert sum(lead.moves[0].sum(0) for lead in way).tolist() == pytest.approx([-0.2, 0.0, 0.04 + HOVER - 0.3])
    assert way[0].moves.shape == (3, BLOCK, 3)


def test_a_tip_above_the_thing_is_not_led() -> None:
    assert Approach((0.0, 0.0, 0.04), 0.07, (0.0, 0.0, 0.04 + HOVER), 2).lead(3) is None


def test_kept_sequences_stay_led_wherever_they_now_are() -> None:
    approach = Approach((0.0, 0.0, 0.04), 0.07, (0.2, 0.0, 0.3), 2)
    approach.keep(torch.tensor([3, 1]))
    lead = approach.lead(2)
    assert lead is not None
    assert lead.rows.tolist() == [False, True]


@pytest.mark.parametrize("over", [(-0.2, -0.15, 0.04), (0.05, 0.2, 0.04), (-0.2, 0.01, 0.1)])
def test_the_tip_crosses_the_table_straight(over: tuple[float, float, float]) -> None:
    tip = np.array([0.24, 0.0, 0.3])
    way = np.cumsum(np.array(steps(over, 0.15, (0.24, 0.0, 0.3))), axis=0)[:, :2]
    line = (np.array(over) - tip)[:2] / np.linalg.norm((np.array(over) - tip)[:2])
    assert np.abs(way[:, 0] * line[1] - way[:, 1] * line[0]).max() < 1e-6
