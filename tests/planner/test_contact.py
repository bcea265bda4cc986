"""What the tip never reached is not held in imagination; what it did reach is left to the model."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from planner.contact import Contact
from world_model.base import BLOCK
from world_model.model import LatentState, Stride

GRIP = np.array([0.0, 0.0, 0.1], dtype=np.float32)
BEFORE, AFTER = torch.zeros((2, 1, 3)), torch.ones((2, 1, 3))


def state(tokens: float, tip: tuple[float, float, float], seal: float) -> LatentState:
    tool = torch.tensor([[*tip, 1.0, seal]] * 2)
    return LatentState.of(torch.full((2, 1, 4), tokens), torch.ones(2, 1, 4), tool, torch.ones(2, 1).bool())


def grounded(contact: Contact, tip: tuple[float, float, float], first: Tensor, seal: float = 0.9) -> Stride:
    """Two sequences of the same tip: the first moves by ``first [3]`` a control step, the second does not move."""
    block = torch.zeros((2, BLOCK, 4))
    block[0, :, :3], block[..., 3] = first, 1.0
    return contact.grounded(state(0.0, tip, 0.0), BEFORE, Stride(block, state(1.0, tip, seal), AFTER))


@pytest.mark.parametrize(
    ("tip", "move", "holds"),
    [
        ((0.0, 0.0, 0.16), (0.0, 0.0, -0.02), True),
        ((0.03, 0.0, 0.1), (0.0, 0.0, -0.01), False),
        ((0.06, 0.0, 0.105), (-0.04, 0.0, 0.0), True),
        ((0.0, 0.0, 0.2), (0.0, 0.0, -0.02), False),
    ],
    ids=["from above", "beside it", "in passing", "too high"],
)
def test_only_what_the_tip_reached_can_hang_from_it(
    tip: tuple[float, float, float], move: tuple[float, float, float], holds: bool
) -> None:
    contact = Contact(GRIP, np.zeros(2, dtype=np.bool_))
    led = grounded(contact, tip, torch.tensor(move))
    assert led.state.tool[:, 4].tolist() == pytest.approx([0.9 if holds else 0.0, 0.0])
    assert led.state.tokens[:, 0, 0].tolist() == [float(holds), 0.0]
    assert led.positions[:, 0, 0].tolist() == [float(holds), 0.0]
    assert contact.touched.tolist() == [holds, False]


def test_what_was_touched_once_may_be_held_later_and_what_is_not_held_may_be_pushed() -> None:
    contact = Contact(GRIP, np.array([True, False]))
    led = grounded(contact, (0.2, 0.2, 0.2), torch.zeros(3))
    assert led.positions[:, 0, 0].tolist() == [1.0, 0.0]
    pushed = grounded(contact, (0.2, 0.2, 0.2), torch.zeros(3), seal=0.05)
    assert pushed.positions[:, 0, 0].tolist() == [1.0, 1.0]


def test_a_contact_keeps_the_rows_it_is_told_to() -> None:
    contact = Contact(GRIP, np.array([True, False, True]))
    contact.keep(torch.tensor([1, 2]))
    assert contact.touched.tolist() == [False, True]
