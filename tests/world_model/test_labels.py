"""Labels by geometry: which cell shows which thing."""

from __future__ import annotations

import torch

from simulator.base import KINDS
from world_model.labels import NOBODY, owners

FAR = torch.tensor([0.25, 0.25, 0.3])


def label(
    point: tuple[float, float, float], things: list[tuple[str, tuple[float, float, float], tuple[float, ...]]]
) -> int:
    poses = torch.tensor([[*position, 0.0, 1.0] for _, position, _ in things])
    size = torch.tensor([extent for _, _, extent in things])
    kind = torch.tensor([KINDS.index(name) for name, _, _ in things])
    return int(owners(torch.tensor([point]), poses, size, kind, FAR)[0])


CUBE = ("cube", (0.0, 0.0, 0.02), (0.04, 0.04, 0.04))
BOWL = ("bowl", (0.0, 0.0, 0.02), (0.11, 0.11, 0.04))
ZONE = ("zone", (0.0, 0.0, 0.0005), (0.1, 0.1, 0.001))


def test_the_top_of_a_cube_is_the_cubes() -> None:
    assert label((0.01, 0.01, 0.04), [CUBE]) == 0


def test_the_table_beside_it_is_nobodys() -> None:
    assert label((0.03, 0.0, 0.0), [CUBE]) == NOBODY


def test_a_cube_in_a_bowl_keeps_its_cells_and_the_rim_is_the_bowls() -> None:
    assert label((0.0, 0.0, 0.04), [BOWL, CUBE]) == 1
    assert label((0.05, 0.0, 0.04), [BOWL, CUBE]) == 0


def test_a_zone_owns_what_nothing_stands_on() -> None:
    assert label((0.04, 0.04, 0.001), [ZONE, CUBE]) == 0
    assert label((0.0, 0.0, 0.04), [ZONE, CUBE]) == 1


def test_the_tools_rod_is_nobodys() -> None:
    poses, size = torch.tensor([[0.0, 0.0, 0.02, 0.0, 1.0]]), torch.tensor([[0.04, 0.04, 0.04]])
    tool = torch.tensor([0.0, 0.0, 0.04])
    assert int(owners(torch.tensor([[0.0, 0.0, 0.042]]), poses, size, torch.tensor([0]), tool)[0]) == NOBODY


def test_a_turned_cube_is_measured_along_its_own_axes() -> None:
    poses, size = torch.tensor([[0.0, 0.0, 0.02, 0.785, 1.0]]), torch.tensor([[0.04, 0.04, 0.04]])
    corner, side = torch.tensor([[0.026, 0.0, 0.04]]), torch.tensor([[0.019, 0.019, 0.04]])
    assert int(owners(corner, poses, size, torch.tensor([0]), FAR)[0]) == 0
    assert int(owners(side, poses, size, torch.tensor([0]), FAR)[0]) == NOBODY
