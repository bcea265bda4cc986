"""What runs of the graph leave behind: records that replay wherever the table was, and previews that stay."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from hybrid.agents.graph import build_graph
from hybrid.agents.state import PlanningContext
from hybrid.engine import PlanningEngine
from hybrid.errors import EpisodeNotFoundError, InstructionError
from hybrid.replay import replay
from hybrid.store.episodes import open_store
from hybrid.store.exchange import export_episode, import_episode
from hybrid.store.upkeep import forget_episode, sweep
from tests.hybrid.store.samples import empty_database

STACK = {"instruction": "put the red block on the blue block", "scene": "demo", "seed": 7}
TIDY = {"instruction": "put the green block in the bowl", "scene": "demo", "seed": 7}
YELLOW = "put the yellow block in the bowl"


def on(thread: str) -> dict:
    return {"configurable": {"thread_id": thread}}


def test_every_request_of_a_table_replays_from_where_the_table_was(engine: PlanningEngine, tmp_path: Path) -> None:
    graph, store = build_graph(engine, checkpointer=InMemorySaver()), engine.parts.store
    done = [graph.invoke(request, on("one")) for request in (STACK, TIDY)]
    past = next(moment for moment in graph.get_state_history(on("one")) if moment.next == ("begin",))
    done.append(graph.invoke(None, graph.update_state(past.config, {"instruction": YELLOW})))
    done.append(graph.invoke({**TIDY, "instruction": YELLOW, "table": "ours", "seed": 3}, on("two")))
    done.append(graph.invoke({**STACK, "table": "ours", "seed": 4}, on("three")))
    assert [result["status"] for result in done] == ["reached"] * 5
    assert [replay(store, result["episode"]).deviation for result in done] == [0.0] * 5
    (tmp_path / "elsewhere").mkdir()
    elsewhere = open_store(empty_database(tmp_path / "elsewhere"), tmp_path / "elsewhere" / "artifacts")
    for result in (done[1], done[4]):
        assert replay(elsewhere, import_episode(elsewhere, export_episode(store, result["episode"]))).same
    elsewhere.close()


def test_a_preview_stays_while_somebody_may_look_at_it_and_goes_with_its_episode(engine: PlanningEngine) -> None:
    graph, store = build_graph(engine, checkpointer=InMemorySaver(), link=str), engine.parts.store
    asked = graph.invoke(STACK, on("one"), context=PlanningContext(approval="always"))
    video = asked["__interrupt__"][0].value["video"]
    yesterday = time.time() - 86_400
    for path in store.artifacts.files():
        os.utime(path, (yesterday, yesterday))
    assert sweep(store.database, store.artifacts).files == 0
    assert store.artifacts.get(video).startswith(b"GIF8")
    store.mark_interrupted(asked["episode"], "nobody answered")
    forget_episode(store, asked["episode"])
    with pytest.raises(EpisodeNotFoundError, match=r"forgotten while its thread waited.*Ask again on this thread"):
        graph.invoke(Command(resume="yes"), on("one"))
    assert graph.invoke(STACK, on("one"))["status"] == "reached"


def test_a_table_is_not_taken_for_another_scene(engine: PlanningEngine) -> None:
    graph = build_graph(engine)
    graph.invoke({"instruction": "pick up the sun", "scene": "demo", "table": "ours"})
    with pytest.raises(InstructionError, match="scene: table 'ours' was set up as another scene"):
        graph.invoke({"instruction": YELLOW, "scene": "clutter", "table": "ours"})
    assert graph.invoke({"instruction": YELLOW, "table": "ours"})["status"] == "reached"
