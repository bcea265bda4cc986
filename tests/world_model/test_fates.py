"""What befalls things during a manipulation, read from play: labels of what level 2 must foresee."""

from __future__ import annotations

import numpy as np
import torch

from simulator.base import KINDS
from simulator.camera import DEFAULT_CAMERAS
from world_model.data import Play
from world_model.report import area_under_curve
from world_model.train_predictors import fates

CUBE, BALL = KINDS.index("cube"), KINDS.index("ball")
TARGET = (0.10, 0.05, 0.02)


def played(after: list[tuple[float, float, float]], upright: list[float]) -> tuple[torch.Tensor, torch.Tensor]:
    """A manipulation of the first of three things, a cube, a cube and a ball, to ``TARGET``."""
    before = [(0.0, 0.0, 0.02), (-0.1, 0.0, 0.02), (0.0, -0.1, 0.02)]
    play = Play(
        {
            "position": np.array([before, after], dtype=np.float32),
            "upright": np.array([[1.0] * 3, upright], dtype=np.float32),
            "intent": np.array([[0, 0, *TARGET, 0.1, 0, 0]] * 2, dtype=np.float32),
            "kind": np.array([[CUBE, CUBE, BALL]]),
            "episode": np.array([0, 0]),
        },
        DEFAULT_CAMERAS,
        "",
    )
    truth, known = fates(play, np.array([0]), np.array([1]))
    return truth[0], known[0]


def test_nothing_befalls_things_when_all_goes_well() -> None:
    truth, known = played([TARGET, (-0.1, 0.0, 0.02), (0.0, -0.1, 0.02)], [1.0] * 3)
    assert not truth[known].any()


def test_a_thing_put_elsewhere_strays_and_one_knocked_over_topples() -> None:
    truth, _ = played([(0.10, 0.09, 0.02), (-0.1, 0.01, 0.015), (0.0, -0.1, 0.02)], [1.0, 0.1, 1.0])
    assert truth.tolist() == [[False, True], [True, False], [False, False]]


def test_a_ball_that_rolls_on_strays_but_cannot_topple() -> None:
    truth, known = played([TARGET, (-0.1, 0.0, 0.02), (0.05, -0.1, 0.02)], [1.0, 1.0, 0.1])
    assert truth[2, 1]
    assert known.tolist() == [[True, True], [True, True], [False, True]]


def test_the_area_under_the_curve_counts_ordered_pairs() -> None:
    events = torch.tensor([True, True, False, False])
    assert area_under_curve(torch.tensor([4.0, 2.0, 3.0, 1.0]), events) == 0.75
    assert area_under_curve(torch.zeros(4), events) == 0.5
    assert area_under_curve(torch.zeros(2), torch.tensor([True, True])) is None
