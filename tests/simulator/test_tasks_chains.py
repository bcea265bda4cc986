"""The suite chains: five requests on one table, each feasible once those before it were done."""

from __future__ import annotations

from functools import cache

import pytest

from simulator.base import WorldState
from simulator.disturbed import world_of
from simulator.goals import after
from simulator.tasks import ideal, make_task, score
from tests.simulator.acting import act_out

known = cache(make_task)


def test_a_chain_is_five_requests_each_from_where_the_one_before_ends() -> None:
    for seed in range(12):
        chain = known("chains", seed)
        assert len(chain.parts) == 5
        things = chain.scene.things
        for part in chain.parts:
            assert part.scene.things == things
            start = WorldState(things, (1.0,) * len(things), (0.24, 0.0, 0.3), None)
            assert score(part, start).partial == 0.0
            things = after(things, part.witness)
            assert ideal(part).things == things
            assert score(part, ideal(part)).success
        assert chain.subgoals == chain.parts[-1].subgoals
        assert chain.instruction == " ".join(part.instruction for part in chain.parts)


def test_chains_mix_places_pushes_and_stacks() -> None:
    kinds = {part.kind for seed in range(12) for part in known("chains", seed).parts}
    assert kinds >= {"on", "in", "at", "stack", "push_at"}


@pytest.mark.parametrize("seed", range(2))
def test_a_scripted_manipulator_goes_through_a_whole_chain_in_one_world(seed: int) -> None:
    chain = known("chains", seed)
    world = world_of(chain.scene)
    try:
        world.reset(seed)
        for part in chain.parts:
            act_out(part, world)
            assert score(part, world.state()).success
    finally:
        world.close()
