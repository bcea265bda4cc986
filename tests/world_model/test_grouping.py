"""Votes to things: agreement in space and colour, whatever view it comes from, and what is not a thing."""

from __future__ import annotations

import numpy as np
import torch

from simulator.base import COLOURS, KINDS
from world_model.encoder import Votes
from world_model.grouping import group

CELLS = 200
RED, BLUE = list(COLOURS).index("red"), list(COLOURS).index("blue")


def votes(parts: list[tuple[int, tuple[float, float, float], int, str]]) -> Votes:
    """Return votes of ``CELLS`` cells: for each part so many cells voting for a centre with a colour and kind."""
    rng = np.random.default_rng(0)
    centres, colour = np.zeros((CELLS, 3), np.float32), np.zeros((CELLS, len(COLOURS)), np.float32)
    presence, kind = np.full(CELLS, -6.0, np.float32), np.zeros((CELLS, len(KINDS)), np.float32)
    row = 0
    for count, centre, hue, name in parts:
        part = slice(row, row + count)
        centres[part] = np.array(centre) + rng.normal(0, 0.002, (count, 3))
        presence[part], colour[part, hue], kind[part, KINDS.index(name)] = 6.0, 5.0, 5.0
        row += count
    tensors = [torch.from_numpy(a)[None] for a in (centres, presence, kind, colour)]
    scale = torch.full((1, CELLS), 0.004)
    return Votes(torch.zeros(1, CELLS, 8), tensors[0], tensors[0], scale, tensors[1], tensors[2], tensors[3])


def centres_of(found: torch.Tensor, cells: Votes) -> list[list[float]]:
    share = found / found.sum(-1, keepdim=True)
    return [[round(float(v), 2) for v in row] for row in share @ cells.centres[0]]


def test_two_cubes_of_one_colour_side_by_side_are_two_things() -> None:
    cells = votes([(20, (0.0, 0.0, 0.02), RED, "cube"), (20, (0.045, 0.0, 0.02), RED, "cube")])
    assert (
        sorted(centres_of(group(cells).members, cells)) == [[0.0, 0.0, 0.02], [0.04, 0.0, 0.02]]
        or len(group(cells).members) == 2
    )


def test_a_stack_of_one_colour_is_two_things() -> None:
    cells = votes([(20, (0.1, 0.1, 0.02), RED, "cube"), (15, (0.1, 0.1, 0.06), RED, "cube")])
    assert len(group(cells).members) == 2


def test_cells_of_both_views_join_in_one_thing() -> None:
    cells = votes([(30, (0.1, -0.1, 0.02), BLUE, "cube")])
    groups = group(cells)
    assert len(groups.members) == 1
    assert int((groups.members[0] > 0).sum()) == 30


def test_a_fringe_of_another_colour_is_no_thing() -> None:
    cells = votes([(60, (0.0, 0.0, 0.02), RED, "cube"), (4, (0.005, 0.0, 0.02), BLUE, "cube")])
    assert len(group(cells).members) == 1


def test_a_cube_in_a_bowl_is_a_thing_beside_the_bowl() -> None:
    cells = votes([(60, (0.0, 0.0, 0.02), BLUE, "bowl"), (25, (0.0, 0.0, 0.024), RED, "cube")])
    assert len(group(cells).members) == 2


def test_an_empty_table_has_no_things() -> None:
    assert group(votes([])).members.shape == (0, CELLS)
