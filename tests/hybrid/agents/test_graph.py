"""The graph alone, as a subgraph, and over time: same answers however it is called, small checkpoints, branches."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path
from typing import TypedDict

import pytest
from blockbuster import blockbuster_ctx
from langgraph.cache.memory import InMemoryCache
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.errors import GraphDrained
from langgraph.graph import END, START, StateGraph
from langgraph.runtime import RunControl
from langgraph.types import Command

from hybrid.agents.desk import Desk
from hybrid.agents.graph import assembled, build_graph, make_graph
from hybrid.agents.state import PlanningContext
from hybrid.engine import PlanningEngine
from hybrid.errors import ConfigError, InstructionError, SceneError
from hybrid.replay import replay
from simulator.base import Fact
from simulator.predicates import holds
from tests.hybrid.agents.hearing import Remembering

README = Path(__file__).resolve().parents[3] / "README.md"
ON = Fact("on", ("red_cube_1", "blue_cube_1"))
REQUEST = {"instruction": "put the red block on the blue block", "scene": "demo", "seed": 7}
NEXT = {"instruction": "put the green block in the bowl", "scene": "demo", "seed": 7}
NOTHING = {"instruction": "put the purple block in the bowl", "scene": "demo", "seed": 7}
MEGABYTE = 2**20


def on(thread: str, **more: object) -> dict:
    return {"configurable": {"thread_id": thread, **more}}


def truly(desk: Desk, graph, config: dict, fact: Fact) -> bool:
    progress = graph.get_state(config).values["progress"]
    with desk.worlds.at(progress["table"], progress["step"]) as opened:
        return holds(fact, opened.world.state().things)


def comparable(result: dict) -> dict:
    """A result without what is different in every run: the episode's id and the times taken."""
    outcome = {name: value for name, value in result["outcome"].items() if name != "milliseconds"}
    return {**{name: result[name] for name in ("status", "reason", "message", "subgoals")}, "outcome": outcome}


def test_the_five_lines_of_the_readme_plan_and_act() -> None:
    text = README.read_text(encoding="utf-8").split("### In a LangGraph graph")[1]
    code = re.search(r"```python\n(.*?)```", text, re.DOTALL).group(1)
    lines = [line for line in code.splitlines() if line and not line.startswith(("from ", "import "))]
    assert len(lines) <= 5
    names: dict = {}
    exec(code, names)
    assert names["done"]["status"] == "reached"


def test_the_next_request_of_a_thread_finds_the_table_as_it_was_left(engine: PlanningEngine) -> None:
    desk = Desk(engine)
    graph = assembled(desk, checkpointer=InMemorySaver())
    first, second = graph.invoke(REQUEST, on("one")), graph.invoke(NEXT, on("one"))
    assert [first["status"], second["status"]] == ["reached", "reached"]
    assert first["episode"] != second["episode"]
    assert truly(desk, graph, on("one"), ON)
    assert truly(desk, graph, on("one"), Fact("in", ("green_cube_1", "white_bowl_1")))
    other = graph.invoke(NOTHING, on("two"))
    assert (other["status"], other["outcome"]["attempts"]) == ("refused", 0)
    assert not truly(desk, graph, on("two"), ON), "another thread has a table of its own"


def test_called_in_any_way_it_does_and_says_the_same(engine: PlanningEngine) -> None:
    graph = build_graph(engine)
    plain = comparable(graph.invoke(REQUEST))
    streamed = list(graph.stream(REQUEST, stream_mode=["values", "custom"]))
    assert comparable([chunk for mode, chunk in streamed if mode == "values"][-1]) == plain
    events = [chunk["event"] for mode, chunk in streamed if mode == "custom"]
    told = [event for event in events if event in ("subgoals", "verdict", "acted", "done")]
    assert [event for event, _ in groupby(told)] == ["subgoals", "verdict", "acted", "done"]
    assert [comparable(result) for result in graph.batch([REQUEST, REQUEST])] == [plain, plain]


def test_called_asynchronously_it_does_the_same_and_never_blocks_the_event_loop(
    engine: PlanningEngine, tmp_path: Path
) -> None:
    async def run() -> tuple[dict, list]:
        async with AsyncSqliteSaver.from_conn_string(str(tmp_path / "threads.db")) as saver:
            graph = build_graph(engine, checkpointer=saver)
            with blockbuster_ctx():
                done = await graph.ainvoke(REQUEST, on("one"))
                chunks = [part async for part in graph.astream(NOTHING, on("two"), stream_mode="updates")]
                batch = await graph.abatch([NOTHING], [on("three")])
            return done, [chunks, batch]

    done, (chunks, batch) = asyncio.run(run())
    assert comparable(done) == comparable(build_graph(engine).invoke(REQUEST))
    assert [next(iter(chunk)) for chunk in chunks] == ["begin", "perceive", "recall", "decompose", "conclude"]
    assert batch[0]["status"] == "refused"


def test_the_checkpoints_of_fifty_steps_with_images_stay_below_a_megabyte(
    engine: PlanningEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGGRAPH_STRICT_MSGPACK", "true")
    path = tmp_path / "threads.db"
    with SqliteSaver.from_conn_string(str(path)) as saver:
        graph = build_graph(engine, checkpointer=saver)
        steps, looks = 0, 0
        yellow = {**NEXT, "instruction": "put the yellow block in the bowl"}
        for request in (REQUEST, NEXT, yellow, NOTHING, NOTHING, REQUEST):
            for chunk in graph.stream(request, on("one"), stream_mode="updates"):
                steps += 1
                looks += bool({"perceive", "observe"} & set(chunk))
        values = graph.get_state(on("one")).values
    assert steps >= 50
    assert looks >= 8
    assert path.stat().st_size < MEGABYTE
    assert values["status"] == "reached"
    assert isinstance(values["subgoals"], list)


def test_another_plan_is_tried_from_a_past_moment_and_the_first_stays_as_it_was(engine: PlanningEngine) -> None:
    desk = Desk(engine)
    graph = assembled(desk, checkpointer=InMemorySaver())
    graph.invoke(REQUEST, on("one"))
    done = graph.invoke(NEXT, on("one"))
    first = graph.get_state(on("one")).values["progress"]
    past = next(moment for moment in graph.get_state_history(on("one")) if moment.next == ("begin",))
    fork = graph.update_state(past.config, {"instruction": "put the yellow block in the bowl"})
    other = graph.invoke(None, fork)
    second = graph.get_state(on("one")).values["progress"]
    assert other["status"] == "reached"
    assert second["table"].startswith(first["table"])
    assert second["table"] != first["table"]
    assert truly(desk, graph, on("one"), ON), "what was done before the fork holds on the branch"
    assert truly(desk, graph, on("one"), Fact("in", ("yellow_cube_1", "white_bowl_1")))
    assert not truly(desk, graph, on("one"), Fact("in", ("green_cube_1", "white_bowl_1")))
    with desk.worlds.at(first["table"], first["step"]) as opened:
        assert holds(Fact("in", ("green_cube_1", "white_bowl_1")), opened.world.state().things)
    assert engine.parts.store.episode(done["episode"])["status"] == "reached"


def test_the_same_act_from_the_same_moment_is_not_done_twice(engine: PlanningEngine) -> None:
    desk = Desk(engine)
    graph = assembled(desk, checkpointer=InMemorySaver())
    done = graph.invoke(REQUEST, on("one"))
    first = graph.get_state(on("one")).values["progress"]
    past = next(moment for moment in graph.get_state_history(on("one")) if moment.next == ("act",))
    again = graph.invoke(None, past.config)
    second = graph.get_state(on("one")).values["progress"]
    assert comparable(again) == comparable(done)
    assert (second["table"], second["step"]) == (first["table"], first["step"])
    assert desk.ledger.steps(first["table"]) == first["step"]
    assert again["episode"] != done["episode"], "the record of the first time stays as it was"


def test_a_drained_run_stops_between_nodes_and_goes_on_later(engine: PlanningEngine) -> None:
    graph = build_graph(engine, checkpointer=InMemorySaver())
    control = RunControl()
    seen: list[str] = []

    def follow() -> None:
        for chunk in graph.stream(REQUEST, on("one"), stream_mode="updates", control=control):
            seen.extend(chunk)
            if "act" in chunk:
                control.request_drain()

    with pytest.raises(GraphDrained):
        follow()
    assert seen[-2:] in (["check", "act"], ["act", "observe"]), "the node under way is finished, and no other begun"
    assert graph.get_state(on("one")).next
    assert graph.invoke(None, on("one"))["status"] == "reached"


def test_a_search_that_was_made_before_is_remembered(engine: PlanningEngine) -> None:
    graph = build_graph(engine, checkpointer=InMemorySaver(), cache=InMemoryCache())
    graph.invoke(REQUEST, on("one"))
    past = next(moment for moment in graph.get_state_history(on("one")) if moment.next == ("plan",))
    chunks = list(graph.stream(None, past.config, stream_mode="updates"))
    assert chunks[0].get("__metadata__") == {"cached": True}
    assert chunks[-1]["conclude"]["outcome"]["status"] == "reached"


class Errand(TypedDict, total=False):
    wish: str
    instruction: str
    scene: str
    seed: int
    status: str
    report: str


def test_as_a_subgraph_it_shares_keys_and_its_interrupts_reach_the_parents_caller(engine: PlanningEngine) -> None:
    errands = StateGraph(Errand, context_schema=PlanningContext)
    errands.add_node("say", lambda state: {"instruction": state["wish"], "scene": "demo", "seed": 7})
    errands.add_node("planner", build_graph(engine))
    errands.add_node("report", lambda state: {"report": f"{state['wish']}: {state['status']}"})
    errands.add_edge(START, "say")
    errands.add_edge("say", "planner")
    errands.add_edge("planner", "report")
    errands.add_edge("report", END)
    graph, context = errands.compile(checkpointer=InMemorySaver()), PlanningContext(approval="always")
    asked = graph.invoke({"wish": REQUEST["instruction"]}, on("one"), context=context)
    assert asked["__interrupt__"][0].value["kind"] == "approval"
    done = graph.invoke(Command(resume="approve"), on("one"), context=context)
    assert done["report"] == f"{REQUEST['instruction']}: reached"


def test_with_mapped_keys_it_is_called_from_a_node(engine: PlanningEngine) -> None:
    planner = build_graph(engine)
    errands = StateGraph(Errand)
    errands.add_node(
        "do", lambda state: {"report": planner.invoke({**NOTHING, "instruction": state["wish"]})["message"]}
    )
    errands.add_edge(START, "do")
    done = errands.compile().invoke({"wish": NOTHING["instruction"]})
    assert "purple" in done["report"]


def test_as_a_subgraph_with_threads_of_its_own_it_finds_the_table_as_it_was_left(engine: PlanningEngine) -> None:
    class Wish(TypedDict, total=False):
        wish: str
        became: str

    planner = build_graph(engine, checkpointer=True)

    def ask(state: Wish) -> Wish:
        return {"became": planner.invoke({"instruction": state["wish"], "scene": "demo"})["status"]}

    graph = StateGraph(Wish)
    graph.add_node("ask", ask)
    graph.add_edge(START, "ask")
    app = graph.compile(checkpointer=InMemorySaver())
    for wish in (REQUEST["instruction"], NEXT["instruction"]):
        assert app.invoke({"wish": wish}, on("one"))["became"] == "reached"
    (inner,) = app.get_state_history(on("one"), limit=1)
    assert inner.values == {"wish": NEXT["instruction"], "became": "reached"}
    first, second = engine.parts.store.episodes(limit=2)
    tables = {engine.parts.store.episode(entry["episode"])["settings"]["table"] for entry in (first, second)}
    assert len(tables) == 1, "both were done on one table"


def test_two_threads_may_act_on_a_shared_table_at_once(engine: PlanningEngine) -> None:
    desk = Desk(engine)
    graph = assembled(desk, checkpointer=InMemorySaver())
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(graph.invoke, {**request, "table": "ours"}, on(request["instruction"][8:11]))
                 for request in (REQUEST, NEXT)]  # fmt: skip
    assert [one.result()["status"] for one in asked] == ["reached", "reached"]
    with desk.worlds.at("ours", desk.worlds.now("ours")) as opened:
        things = opened.world.state().things
    assert holds(ON, things)
    assert holds(Fact("in", ("green_cube_1", "white_bowl_1")), things)
    assert all(replay(engine.parts.store, one.result()["episode"]).same for one in asked)


def test_a_context_that_is_misspelt_lets_nothing_move(engine: PlanningEngine) -> None:
    with pytest.raises(ConfigError, match=r"context\.approval: 'sometimes' is unknown. Write never or always"):
        build_graph(engine).invoke(REQUEST, context={"approval": "sometimes"})
    assert engine.parts.store.episodes() == []


@pytest.mark.parametrize(
    ("request_", "error", "field"),
    [
        ({"scene": "demo"}, InstructionError, "instruction"),
        ({"instruction": " "}, InstructionError, "instruction"),
        ({**REQUEST, "scene": "nowhere"}, SceneError, "scene"),
        ({**REQUEST, "scene": {"version": 1, "things": [{"kind": "cube"}]}}, SceneError, r"scene.things\[0\]"),
        ({**REQUEST, "seed": -1}, InstructionError, "seed"),
        ({**REQUEST, "table": ""}, InstructionError, "table"),
    ],
)
def test_bad_input_is_refused_with_its_field(engine: PlanningEngine, request_: dict, error: type, field: str) -> None:
    with pytest.raises(error, match=field):
        build_graph(engine).invoke(request_)


def test_its_schemas_are_small_and_say_what_they_hold() -> None:
    graph = make_graph()
    assert graph.checkpointer is None, "a server of LangGraph brings its own"
    assert set(graph.get_input_jsonschema()["properties"]) == {"instruction", "scene", "seed", "table"}
    assert set(graph.get_output_jsonschema()["properties"]) == {
        "status", "reason", "message", "episode", "subgoals", "outcome",
    }  # fmt: skip
    assert set(graph.get_context_jsonschema()["properties"]) == {"approval", "questions"}


def test_a_thread_is_a_conversation_about_its_table(compose, language) -> None:
    hearing = Remembering(language)
    graph = build_graph(compose(said=hearing), checkpointer=InMemorySaver())
    graph.invoke(REQUEST, on("one"))
    graph.invoke(NOTHING, on("one"))
    assert hearing.turns[0] == ()
    (turn,) = hearing.turns[-1]
    assert (turn.instruction, turn.answer.subgoals[0].facts) == (REQUEST["instruction"], (ON,))
    heights = [scene.thing("red_cube_1").position[2] for scene in (turn.before, turn.after)]
    assert heights[1] - heights[0] > 0.02, "before and after are what was seen then"
    graph.invoke({**NOTHING, "scene": "clutter"}, on("one"))
    assert hearing.turns[-1] == (), "another table, another conversation"
