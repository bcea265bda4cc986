"""Tables found again: rebuilt to the last bit, looked at in their past, branched off, and each effect answered once."""

from __future__ import annotations

import numpy as np
import pytest

from hybrid.agents.worlds import LedgerWorld, Worlds
from hybrid.errors import StoreError
from hybrid.store.ledger import Effect, Ledger
from simulator.scene import load_scene


@pytest.fixture
def worlds(engine):
    made = Worlds(Ledger(engine.parts.store.database), engine.parts.world)
    made.ledger.set_up("table", load_scene("demo"), 7)
    yield made
    made.close()


def wiggle(length: int) -> np.ndarray:
    rng = np.random.default_rng(3)
    return np.column_stack([rng.uniform(-0.03, 0.03, (length, 3)), np.zeros(length)]).astype(np.float32)


def act(worlds: Worlds, table: str, step: int, key: str, actions: np.ndarray) -> LedgerWorld:
    world = LedgerWorld(worlds, table, step)
    assert world.intend(key, "episode", None, actions)
    for action in actions:
        world.step(action)
    return world


def test_a_world_closed_and_rebuilt_is_the_same_to_the_last_bit(worlds: Worlds) -> None:
    world = act(worlds, "table", 0, "one", wiggle(8))
    before = world.state()
    worlds.close()
    assert LedgerWorld(worlds, "table", 8).state() == before


def test_the_past_of_a_table_can_be_looked_at_and_does_not_change_its_present(worlds: Worlds) -> None:
    start = LedgerWorld(worlds, "table", 0).state()
    end = act(worlds, "table", 0, "one", wiggle(8)).state()
    assert LedgerWorld(worlds, "table", 0).state() == start
    assert LedgerWorld(worlds, "table", 8).state() == end != start


def test_acting_again_from_a_past_moment_branches_off_and_leaves_what_was_done(worlds: Worlds) -> None:
    kept = act(worlds, "table", 0, "one", wiggle(9)).state()
    other = act(worlds, "table", 3, "two", wiggle(9)[::-1].copy())
    assert other.table != "table"
    assert worlds.ledger.steps(other.table) == 12
    assert np.array_equal(worlds.ledger.actions(other.table, 3), wiggle(9)[:3])
    assert LedgerWorld(worlds, "table", 9).state() == kept
    assert act(worlds, "table", 3, "two", wiggle(9)[::-1].copy()).table == other.table, "the same branch again"


def test_the_same_effect_again_is_answered_from_the_ledger(worlds: Worlds) -> None:
    first = act(worlds, "table", 0, "one", wiggle(7))
    again = LedgerWorld(worlds, "table", 0)
    again.intend("one", "episode", None, wiggle(7))
    assert not again.caught_up
    sensed = [again.step(action) for action in wiggle(7)]
    assert again.caught_up
    assert worlds.ledger.steps("table") == 7
    assert np.array_equal(sensed[-1], first.observe().proprioception)


def test_a_step_that_belongs_to_another_effect_is_refused(worlds: Worlds) -> None:
    mine = Effect(0, "one", wiggle(3), None)
    worlds.ledger.intend("table", mine, episode="episode", thread=None)
    with pytest.raises(StoreError, match="another effect"):
        worlds.ledger.intend("table", Effect(0, "two", wiggle(3), None), episode="episode", thread=None)


def test_more_worlds_than_may_be_open_are_closed_and_come_back(worlds: Worlds) -> None:
    for number in range(6):
        worlds.ledger.set_up(f"table-{number}", load_scene("demo"), 7)
        LedgerWorld(worlds, f"table-{number}", 0).state()
    assert LedgerWorld(worlds, "table-0", 0).state() == LedgerWorld(worlds, "table-5", 0).state()
