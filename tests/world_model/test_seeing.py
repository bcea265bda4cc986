"""Read-outs to things: whose opinion of the size counts, and what has no two widths."""

from __future__ import annotations

import pytest
import torch

from world_model.seeing import LARGEST, named, sized


def test_the_closer_look_decides_the_size_unless_it_took_in_what_is_around() -> None:
    read = torch.tensor([0.04, 0.05, 0.07])
    assert torch.equal(sized(torch.tensor([0.03, 0.04, 0.05]), read), torch.tensor([0.03, 0.04, 0.05]))
    assert torch.equal(sized(torch.tensor([0.11, 0.11, 0.04]), read), torch.tensor([0.04, 0.05, LARGEST]))


def test_what_is_round_has_one_width() -> None:
    size, place = torch.tensor([0.03, 0.05, 0.04]), torch.tensor([0.1, -0.1, 0.02])
    assert named("ball", "red", size, place).size[:2] == pytest.approx((0.04, 0.04))
    assert named("cube", "red", size, place).size[:2] == pytest.approx((0.03, 0.05))
    assert named("cube", "red", size, place).id == "red_cube"
