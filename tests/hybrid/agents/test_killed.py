"""Killed in every node and resumed: each physical effect happens exactly once, in simulated and in standing worlds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.types import Command

from hybrid import pipeline
from hybrid.agents import dialogue
from hybrid.agents.desk import Desk, ResumableStore
from hybrid.agents.graph import assembled, make_graph
from hybrid.agents.state import PlanningContext
from hybrid.language.embedded import EmbeddedLanguageModel
from hybrid.replay import replay
from hybrid.store.episodes import SqlStore
from hybrid.store.ledger import Ledger
from planner.two_level import TwoLevelPlanner
from simulator.twin import Twin
from simulator.world import PhysicalWorld
from tests.hybrid.agents.killing import Point, StandingWorld, killed_at, past_actions
from world_model.perception import TokenPerceiver

CONFIG = {"configurable": {"thread_id": "killed"}}


@dataclass(frozen=True)
class Job:
    """A request, what the person answers, whether they are asked to approve, and how it ends."""

    request: dict
    answer: object = "approve"
    approval: str = "never"
    ends: str = "reached"


PLAIN = Job({"instruction": "put the red block on the blue block", "scene": "demo", "seed": 7})
UNCLEAR = Job({"instruction": "put the red cube on the green cube", "scene": "twins"}, "the left one")
APPROVED = Job(PLAIN.request, approval="always")
REJECTED = Job(PLAIN.request, {"decision": "reject", "reason": "not that one"}, "always", "unmet")
IN_NODES: dict[str, tuple[Job, Point]] = {
    "begin": (PLAIN, Point(SqlStore, "open_episode", after=True)),
    "perceive": (PLAIN, Point(TokenPerceiver, "look")),
    "recall": (PLAIN, Point(ResumableStore, "similar")),
    "decompose": (PLAIN, Point(EmbeddedLanguageModel, "decompose")),
    "ask": (UNCLEAR, Point(dialogue, "clarified", after=True)),
    "ground": (PLAIN, Point(TwoLevelPlanner, "reached")),
    "plan": (PLAIN, Point(TwoLevelPlanner, "plan", after=True)),
    "check": (PLAIN, Point(Twin, "run", after=True)),
    "preview": (APPROVED, Point(dialogue, "proposal", after=True)),
    "approve": (APPROVED, Point(dialogue, "decision_of", after=True)),
    "act": (PLAIN, Point(PhysicalWorld, "step", 8)),
    "observe": (PLAIN, Point(TokenPerceiver, "look", 2)),
    "give_up": (REJECTED, Point(pipeline, "gave_up", after=True)),
    "conclude": (PLAIN, Point(ResumableStore, "close_episode", after=True)),
}
IN_EFFECTS = [
    Point(Ledger, "intend", 2),
    Point(Ledger, "intend", 2, after=True),
    Point(StandingWorld, "step", 5, after=True),
    Point(Ledger, "complete", 2),
    Point(ResumableStore, "record_steps", 2),
    Point(Ledger, "complete", 8, after=True),
]


def carry_out(compose: Callable, folder: Path, job: Job, *, standing: bool) -> dict:
    """Begin the job's thread, or go on with it, as a fresh process would that knows nothing of the one before."""
    past = folder / "past.bin"
    desk = Desk(compose(), (lambda table: StandingWorld(past, table.scene, table.seed)) if standing else None)
    context = PlanningContext(approval=job.approval)
    with SqliteSaver.from_conn_string(str(folder / "threads.db")) as saver:
        graph = assembled(desk, checkpointer=saver)
        if not graph.get_state(CONFIG).interrupts:
            graph.invoke(None if graph.get_state(CONFIG).next else job.request, CONFIG, context=context)
        while graph.get_state(CONFIG).interrupts:
            graph.invoke(Command(resume=job.answer), CONFIG, context=context)
        done = graph.get_state(CONFIG).values
    table = done["progress"]["table"]
    effects = desk.ledger.actions(table, desk.ledger.steps(table))
    desk.close()
    return {"done": done, "actions": effects, "store": desk.store, "step": done["progress"]["step"]}


def assert_everything_was_done_once(after: dict, job: Job) -> None:
    assert after["done"]["status"] == job.ends
    assert (after["step"] > 0) == (job.ends == "reached")
    record = after["store"].episode(after["done"]["episode"])
    assert record["status"] == job.ends
    assert [step["step"] for step in record["steps"]] == list(range(after["step"]))
    assert np.array_equal(after["store"].actions(record["episode"]), after["actions"])


def test_every_node_of_the_graph_is_killed_once() -> None:
    assert set(IN_NODES) == set(make_graph().nodes) - {"__start__"}


@pytest.mark.parametrize("node", ["act", "observe", "conclude"])
def test_a_simulated_table_is_rebuilt_after_a_kill_and_everything_on_it_is_done_once(
    node: str, compose: Callable, tmp_path: Path
) -> None:
    job, point = IN_NODES[node]
    killed_at(point, partial(carry_out, compose, tmp_path, job, standing=False))
    after = carry_out(compose, tmp_path, job, standing=False)
    assert_everything_was_done_once(after, job)
    assert replay(after["store"], after["done"]["episode"]).same


@pytest.mark.parametrize("node", IN_NODES)
def test_a_run_killed_in_any_node_goes_on_and_does_everything_once(
    node: str, compose: Callable, tmp_path: Path
) -> None:
    job, point = IN_NODES[node]
    killed_at(point, partial(carry_out, compose, tmp_path, job, standing=True))
    before = past_actions(tmp_path / "past.bin")
    after = carry_out(compose, tmp_path, job, standing=True)
    done = past_actions(tmp_path / "past.bin")
    assert_everything_was_done_once(after, job)
    assert np.array_equal(done[: len(before)], before)
    assert np.array_equal(done, after["actions"]), "the world's own past is what the ledger says, each step once"


@pytest.mark.parametrize("point", IN_EFFECTS, ids=str)
def test_what_was_done_to_a_world_that_stands_is_never_done_again(
    point: Point, compose: Callable, tmp_path: Path
) -> None:
    killed_at(point, partial(carry_out, compose, tmp_path, PLAIN, standing=True))
    before = past_actions(tmp_path / "past.bin")
    after = carry_out(compose, tmp_path, PLAIN, standing=True)
    done = past_actions(tmp_path / "past.bin")
    assert_everything_was_done_once(after, PLAIN)
    assert np.array_equal(done[: len(before)], before)
    assert np.array_equal(done, after["actions"])
