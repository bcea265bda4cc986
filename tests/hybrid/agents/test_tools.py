"""The tools in a ToolNode and in an agent: answers to act on, artifacts by name, progress, and people interrupted."""

from __future__ import annotations

import asyncio

import pytest
from blockbuster import blockbuster_ctx
from langchain_core.messages import AIMessage, ToolMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode
from langgraph.types import Command

from hybrid.agents.state import PlanningContext
from hybrid.agents.tools import planning_tools
from hybrid.errors import SceneError
from hybrid.store.artifacts import unpack_images

ON = {"configurable": {"thread_id": "one"}}
STACK = "put the red block on the blue block"


class Desk:
    """A graph of one ToolNode; every call is a turn of the same thread."""

    def __init__(self, engine, **options) -> None:
        graph = StateGraph(MessagesState)
        graph.add_node("tools", ToolNode(planning_tools(engine, seed=7, **options)))
        graph.add_edge(START, "tools")
        self.graph = graph.compile(checkpointer=InMemorySaver())
        self.calls = 0

    def request(self, tool: str, arguments: dict) -> dict:
        self.calls += 1
        call = {"name": tool, "args": arguments, "id": f"call-{self.calls}"}
        return {"messages": [AIMessage("", tool_calls=[call])]}

    def call(self, tool: str, **arguments) -> ToolMessage:
        return self.graph.invoke(self.request(tool, arguments), ON)["messages"][-1]


@pytest.fixture
def desk(engine) -> Desk:
    return Desk(engine)


def test_the_model_is_shown_what_it_may_say_and_nothing_of_the_runtime(engine) -> None:
    shown = {tool.name: tool.tool_call_schema.model_json_schema()["properties"] for tool in planning_tools(engine)}
    assert {name: set(fields) for name, fields in shown.items()} == {
        "plan_and_execute": {"instruction"},
        "plan_only": {"instruction"},
        "look": set(),
        "what_if": {"relation", "things"},
        "recall": {"request", "limit"},
    }
    assert all(tool.description for tool in planning_tools(engine))


def test_an_agent_looks_predicts_acts_and_finds_the_table_changed(desk: Desk, engine) -> None:
    before = desk.call("look")
    assert "red_cube_1" in before.content
    images = engine.parts.store.artifacts.get(before.artifact["images"])
    assert unpack_images(images, proprioception=None, step=0).rgb.ndim == 4
    foreseen = desk.call("what_if", relation="on", things=["red_cube_1", "blue_cube_1"])
    assert foreseen.content.startswith("on(red_cube_1, blue_cube_1) would hold. What moves: red_cube_1")
    planned = desk.call("plan_only", instruction=STACK)
    assert planned.content.startswith("It can be done: carry red_cube_1")
    assert desk.call("look").artifact["things"] == before.artifact["things"], "nothing has moved so far"
    done = desk.call("plan_and_execute", instruction=STACK)
    assert (done.status, done.content) == ("success", "Done: the goal is reached.")
    assert engine.parts.store.episode(done.artifact["episode"])["status"] == "reached"
    assert "red_cube_1 is on blue_cube_1" in desk.call("look").content
    assert STACK in desk.call("recall", request="stack red on blue").content


@pytest.mark.parametrize(
    ("tool", "arguments", "status", "words"),
    [
        ("plan_and_execute", {"instruction": "  "}, "error", "instruction: it is empty. Say what to do"),
        ("plan_only", {"instruction": ""}, "error", "instruction: it is empty"),
        ("what_if", {"relation": "on", "things": ["red_cube_1", "moon"]}, "error", "Name one of"),
        ("what_if", {"relation": "beside", "things": []}, "error", "Begin it with one of on, in"),
        (
            "plan_and_execute",
            {"instruction": "put the purple block in the bowl"},
            "success",
            "Look at the table, and ask",
        ),
        (
            "plan_only",
            {"instruction": "put the purple block in the bowl"},
            "success",
            "Refused: There is no purple block",
        ),
    ],
)
def test_what_goes_wrong_is_said_with_what_to_do_next(
    desk: Desk, tool: str, arguments: dict, status: str, words: str
) -> None:
    answer = desk.call(tool, **arguments)
    assert answer.status == status
    assert words in answer.content


def test_an_unclear_request_comes_back_as_a_question_that_the_agent_can_settle(engine) -> None:
    desk = Desk(engine, scene="twins")
    asked = desk.call("plan_and_execute", instruction="put the red cube on the green cube")
    assert asked.content.startswith("Question: Which red cube do you mean?")
    assert (
        desk.call("plan_and_execute", instruction="put the leftmost red cube on the green cube").artifact["status"]
        == "reached"
    )


def test_progress_goes_to_the_stream_as_it_happens_and_async_does_the_same(engine) -> None:
    async def run() -> list:
        desk = Desk(engine)
        request = desk.request("plan_and_execute", {"instruction": STACK})
        return [part async for part in desk.graph.astream(request, ON, stream_mode=["custom", "updates"])]

    parts = asyncio.run(run())
    events = [chunk["event"] for mode, chunk in parts if mode == "custom"]
    assert events.index("subgoals") < events.index("verdict") < events.index("acted") < events.index("done")
    assert parts[-1][1]["tools"]["messages"][0].content == "Done: the goal is reached."


def test_calls_of_one_message_act_on_the_same_table_one_after_the_other_and_never_block_the_event_loop(engine) -> None:
    async def run() -> list:
        desk = Desk(engine)
        calls = [
            {"name": "plan_and_execute", "args": {"instruction": words}, "id": words}
            for words in (STACK, "put the green block in the bowl")
        ]
        with blockbuster_ctx():
            done = await desk.graph.ainvoke({"messages": [AIMessage("", tool_calls=calls)]}, ON)
            seen = await desk.graph.abatch([desk.request("look", {})], [ON])
        return [*done["messages"][1:], seen[0]["messages"][-1]]

    *done, seen = asyncio.run(run())
    assert [message.content for message in done] == ["Done: the goal is reached."] * 2
    assert "red_cube_1 is on blue_cube_1" in seen.content
    assert "green_cube_1 is in white_bowl_1" in seen.content


def test_called_by_themselves_the_tools_share_one_table(engine) -> None:
    tools = {tool.name: tool for tool in planning_tools(engine, seed=7)}
    assert tools["plan_and_execute"].invoke({"instruction": STACK}) == "Done: the goal is reached."
    assert "red_cube_1 is on blue_cube_1" in tools["look"].invoke({})
    assert tools["plan_only"].invoke({"instruction": STACK}) == "It holds already; nothing needs to move."


def test_a_person_is_interrupted_through_the_agent_where_that_is_wanted(engine) -> None:
    desk = Desk(engine, context=PlanningContext(approval="always"))
    asked = desk.graph.invoke(desk.request("plan_and_execute", {"instruction": STACK}), ON)
    assert asked["__interrupt__"][0].value["kind"] == "approval"
    done = desk.graph.invoke(Command(resume="approve"), ON)
    assert done["messages"][-1].content == "Done: the goal is reached."


def test_a_scene_that_is_none_is_refused_when_the_tools_are_made() -> None:
    with pytest.raises(SceneError, match="scene: there is none called 'nowhere'"):
        planning_tools(scene="nowhere")
