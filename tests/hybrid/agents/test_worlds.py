"""Killed in every node and resumed: each physical effect happens exactly once, in simulated and in standing worlds."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest
from langgraph.checkpoint.sqlite import SqliteSaver

from hybrid.agents.desk import Desk, ResumableStore
from hybrid.agents.graph import assembled
from hybrid.agents.worlds import LedgerWorld, Worlds
from hybrid.errors import StoreError
from hybrid.language.embedded import EmbeddedLanguageModel
from hybrid.replay import replay
from hybrid.store.episodes import SqlStore
from hybrid.store.ledger import Effect, Ledger
from planner.two_level import TwoLevelPlanner
from simulator.scene import load_scene
from simulator.twin import Twin
from simulator.world import PhysicalWorld
from tests.hybrid.agents.killing import Point, StandingWorld, killed_at, past_actions
from world_model.perception import TokenPerceiver

REQUEST = {"instruction": "put the red block on the blue block", "scene": "demo", "seed": 7}
CONFIG = {"configurable": {"thread_id": "killed"}}
IN_NODES = {
    "begin": Point(SqlStore, "open_episode", after=True),
    "perceive": Point(TokenPerceiver, "look"),
    "recall": Point(ResumableStore, "similar"),
    "decompose": Point(EmbeddedLanguageModel, "decompose"),
    "ground": Point(TwoLevelPlanner, "reached"),
    "plan": Point(TwoLevelPlanner, "plan", after=True),
    "check": Point(Twin, "run", after=True),
    "act": Point(PhysicalWorld, "step", 8),
    "observe": Point(TokenPerceiver, "look", 2),
    "conclude": Point(ResumableStore, "close_episode", after=True),
}
IN_EFFECTS = [
    Point(Ledger, "intend", 2),
    Point(Ledger, "intend", 2, after=True),
    Point(StandingWorld, "step", 5, after=True),
    Point(Ledger, "complete", 2),
    Point(ResumableStore, "record_steps", 2),
    Point(Ledger, "complete", 8, after=True),
]


def carry_out(compose, folder: Path, resume: bool, standing: bool) -> dict:
    """Begin the request's thread, or go on with it, as a fresh process would."""
    past = folder / "past.bin"
    desk = Desk(compose(), (lambda table: StandingWorld(past, table.scene, table.seed)) if standing else None)
    with SqliteSaver.from_conn_string(str(folder / "threads.db")) as saver:
        graph = assembled(desk, checkpointer=saver)
        begun = graph.get_state(CONFIG).next if resume else ()
        done = graph.invoke(None if begun else REQUEST, CONFIG)
        state = graph.get_state(CONFIG).values
    table = state["progress"]["table"]
    effects = desk.ledger.actions(table, desk.ledger.steps(table))
    desk.close()
    return {"done": done, "actions": effects, "store": desk.store, "step": state["progress"]["step"]}


@pytest.mark.parametrize("node", IN_NODES)
def test_a_run_killed_in_any_node_goes_on_and_does_everything_once(node: str, compose, tmp_path: Path) -> None:
    killed_at(IN_NODES[node], partial(carry_out, compose, tmp_path, resume=False, standing=False))
    after = carry_out(compose, tmp_path, resume=True, standing=False)
    assert after["done"]["status"] == "reached"
    record = after["store"].episode(after["done"]["episode"])
    assert record["status"] == "reached"
    assert [step["step"] for step in record["steps"]] == list(range(after["step"]))
    assert np.array_equal(after["store"].actions(record["episode"]), after["actions"])
    assert replay(after["store"], record["episode"]).same


@pytest.mark.parametrize("point", IN_EFFECTS, ids=str)
def test_what_was_done_to_a_world_that_stands_is_never_done_again(point: Point, compose, tmp_path: Path) -> None:
    killed_at(point, partial(carry_out, compose, tmp_path, resume=False, standing=True))
    before = past_actions(tmp_path / "past.bin")
    after = carry_out(compose, tmp_path, resume=True, standing=True)
    done = past_actions(tmp_path / "past.bin")
    assert after["done"]["status"] == "reached"
    assert np.array_equal(done[: len(before)], before)
    assert np.array_equal(done, after["actions"]), "the world's own past is what the ledger says, each step once"
    assert np.array_equal(after["store"].actions(after["done"]["episode"]), done)


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
