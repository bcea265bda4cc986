"""Believed things at rest: small gaps and overlaps close, what hangs stays, what the tool holds is known."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from hybrid.rest import at_rest, held_thing, parted, spaced
from simulator.base import Scene, Thing
from simulator.overlap import penetration
from world_model.base import Belief

TOOL_HOME = (0.24, 0.0, 0.3, 0.0, 0.0)


def cube(name: str, x: float, y: float, z: float = 0.02) -> Thing:
    return Thing(name, "cube", "red", (0.04, 0.04, 0.04), (x, y, z))


def belief(*things: Thing, tool: tuple[float, ...] = TOOL_HOME) -> Belief:
    seen = torch.ones(len(things), dtype=torch.bool)
    return Belief(
        torch.zeros(len(things), 48), torch.tensor(tool), Scene("belief", things), seen, torch.ones(len(things))
    )


@pytest.mark.parametrize("gap", [-0.01, 0.01])
def test_believed_gaps_and_overlaps_are_closed(gap: float) -> None:
    upper, lower = at_rest((cube("a", 0, 0, 0.06 + gap), cube("b", 0, 0, 0.02 + gap)), None)
    assert lower.bottom == pytest.approx(0)
    assert upper.bottom == pytest.approx(lower.top)


def test_what_hangs_from_the_tool_is_not_set_down() -> None:
    hanging = cube("a", 0, 0, 0.2)
    assert at_rest((hanging,), "a") == (hanging,)


def test_the_thing_under_a_sealed_tool_is_held() -> None:
    things = (cube("a", 0, 0, 0.2), cube("b", 0.1, 0.1))
    assert held_thing(belief(*things, tool=(0, 0, 0.22, 1, 1))) == "a"
    assert held_thing(belief(*things)) is None


def test_what_stands_at_the_very_edge_is_believed_further_in() -> None:
    upper, lower = at_rest((cube("a", 0.024, 0, 0.06), cube("b", 0, 0)), None)
    assert lower.position == (0, 0, 0.02)
    assert upper.position[0] == pytest.approx(0.015)
    assert upper.position[1] == 0


def test_what_stands_well_or_on_two_things_stays_where_it_is_seen() -> None:
    well, _ = at_rest((cube("a", 0.012, 0, 0.06), cube("b", 0, 0)), None)
    assert well.position[0] == pytest.approx(0.012)
    bridge, _, _ = at_rest((cube("a", 0, 0, 0.06), cube("b", -0.024, 0), cube("c", 0.024, 0)), None)
    assert bridge.position[0] == 0


def test_what_touches_a_tower_is_moved_out_of_it_and_the_tower_stays() -> None:
    tower = tuple(cube(name, 0.134, 0.118, z) for name, z in (("a", 0.02), ("b", 0.06), ("c", 0.1)))
    beside = cube("d", 0.168, 0.092)
    *still, moved = spaced((*tower, beside), None, "d")
    assert tuple(still) == tower
    assert max(penetration(moved, other) for other in tower) == 0
    assert moved.position == pytest.approx(beside.position, abs=0.008)
    assert spaced((*tower, beside), "d", "d")[-1] == beside, "it hangs from the tool"
    apart = replace(beside, position=(0.175, 0.092, 0.02))
    assert spaced((*tower, apart), None, "d")[-1] == apart


@pytest.mark.parametrize("listed", [0, 1])
def test_of_two_that_overlap_the_one_to_be_moved_stays_where_the_plan_was_made_for_it(listed: int) -> None:
    pair = (cube("a", 0.0, 0.0), cube("b", 0.035, 0.0))
    placed = spaced(pair if listed == 0 else pair[::-1], None, "a")
    assert placed[listed] == pair[0]
    assert placed[1 - listed].position[0] == pytest.approx(0.041)
    assert penetration(*placed) == 0


def test_several_neighbours_do_not_shift_a_thing_further_than_one_may() -> None:
    row = tuple(cube(name, x, 0.0) for name, x in (("b", 0.0), ("c", 0.01), ("d", 0.02)))
    assert parted(cube("a", 0.03, 0.0), row).position[0] == pytest.approx(0.041)
    assert parted(cube("a", 0.03, 0.0), row[:1]).position[0] == pytest.approx(0.041)
