"""LangGraph's own clients against the served graph: a RemoteGraph node, threads with interrupts, what is refused."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from typing import TypedDict

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from langgraph.graph import END, START, StateGraph
from langgraph.pregel.remote import RemoteGraph
from langgraph.types import Command
from langgraph_sdk import get_client, get_sync_client

from api.graphs import with_graph
from api.problems import install
from hybrid.agents.threads import Threads
from hybrid.bootstrap import build_engine
from hybrid.config import load_settings
from hybrid.errors import TaskNotFoundError
from hybrid.store.records import scene_of
from simulator.base import Fact
from simulator.predicates import holds

REQUEST = {"instruction": "put the red block on the blue block", "scene": "demo", "seed": 7}
JSON = {"Content-Type": "application/json"}
UNCLEAR = {"instruction": "put the red cube on the green cube", "scene": "twins"}


class Served(uvicorn.Server):
    """A server on a thread of this process."""

    def install_signal_handlers(self) -> None:
        return


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    folder = tmp_path_factory.mktemp("service")
    settings = load_settings(database_url=f"sqlite:///{folder / 'hybrid.db'}", artifact_dir=folder / "artifacts")
    engine = build_engine(settings)
    app = FastAPI()
    install(app)
    with_graph(app, settings, engine)
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = Served(uvicorn.Config(app, log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}", engine
    server.should_exit = True
    thread.join(20)


@pytest.fixture
def url(service):
    return service[0]


@pytest.fixture
def client(url):
    with get_sync_client(url=url) as opened:
        yield opened


@pytest.fixture
def remote(client):
    return RemoteGraph("planner", sync_client=client)


class Errand(TypedDict, total=False):
    instruction: str
    scene: str
    seed: int
    status: str
    episode: str


def test_a_remote_graph_node_completes_a_task(service, remote) -> None:
    _, engine = service
    errands = StateGraph(Errand)
    errands.add_node("planner", remote)
    errands.add_edge(START, "planner")
    errands.add_edge("planner", END)
    done = errands.compile().invoke(REQUEST)
    assert done["status"] == "reached"
    final = engine.parts.store.episode(done["episode"])["final"]
    things = scene_of({"name": "final", "version": 1, "things": final["things"]}).things
    assert holds(Fact("on", ("red_cube_1", "blue_cube_1")), things)


def test_a_remote_graph_streams_asks_and_is_answered(client, remote) -> None:
    thread = client.threads.create()["thread_id"]
    config = {"configurable": {"thread_id": thread}}
    modes = list(remote.stream(UNCLEAR, config, stream_mode=["updates", "custom"]))
    assert {part.event for part in modes} == {"updates", "custom"}
    waiting = remote.get_state(config)
    assert waiting.next == ("ask",)
    assert waiting.interrupts[0].value["question"] == "Which red cube do you mean?"
    assert client.threads.get(thread)["status"] == "interrupted"
    done = remote.invoke(Command(resume="the left one"), config)
    assert done["status"] == "reached"
    past = list(remote.get_state_history(config))
    assert past[0].values["status"] == "reached"
    assert client.threads.get(thread)["status"] == "idle"
    assert "act" in remote.get_graph().nodes


def test_a_plan_is_shown_with_its_video_and_a_past_moment_is_taken_up_again(url: str, client) -> None:
    thread = client.threads.create(metadata={"who": "ada"})["thread_id"]
    asked = client.runs.wait(thread, "planner", input=REQUEST, context={"approval": "always"})
    shown = asked["__interrupt__"][0]["value"]
    video = httpx.get(url + shown["video"])
    assert video.headers["content-type"] == "image/gif"
    assert video.content[:6] == b"GIF89a"
    done = client.runs.wait(thread, "planner", command={"resume": "approve"}, context={"approval": "always"})
    assert done["status"] == "reached"
    past = next(s for s in client.threads.get_history(thread, limit=50) if s["next"] == ["plan"])
    waits = client.runs.wait(thread, "planner", checkpoint_id=past["checkpoint"]["checkpoint_id"])
    assert waits["__interrupt__"][0]["value"]["kind"] == "approval", (
        "a run that began with approval keeps asking for it"
    )
    again = client.runs.wait(thread, "planner", command={"resume": "approve"})
    assert again["status"] == "reached"
    assert again["episode"] != done["episode"], "what was tried before stays on record as it was"
    assert client.threads.search(metadata={"who": "ada"})[0]["thread_id"] == thread
    client.threads.delete(thread)
    assert httpx.get(f"{url}/threads/{thread}").status_code == 404


def test_the_async_client_gets_the_same_and_a_question_without_a_thread_is_reported(url: str) -> None:
    async def ask() -> list:
        async with get_client(url=url) as client:
            return [part async for part in client.runs.stream(None, "planner", input=UNCLEAR, stream_mode="values")]

    parts = asyncio.run(ask())
    assert parts[0].event == "metadata"
    assert parts[-1].data["status"] == "question"
    assert parts[-1].data["message"] == "Which red cube do you mean?"


@pytest.mark.parametrize(
    ("body", "event"),
    [
        ({"input": {"instruction": "  "}}, "InstructionError"),
        ({"input": {"instruction": "put it there", "scene": "nowhere"}}, "SceneError"),
    ],
)
def test_what_is_wrong_with_a_request_is_said_in_the_stream(url: str, body: dict, event: str) -> None:
    lines = httpx.post(f"{url}/runs/stream", json={"assistant_id": "planner", **body}, timeout=30).text
    assert f'"error": "{event}"' in lines.split("event: error")[1]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/runs/wait", {"assistant_id": "nobody", "input": REQUEST}, 404),
        ("/runs/wait", {"input": REQUEST, "context": {"approval": "perhaps"}}, 422),
        ("/runs/wait", {"input": REQUEST, "webhook": "http://elsewhere.example"}, 422),
        ("/runs/wait", {"command": {"update": {"progress": {}}}}, 422),
        ("/runs/wait", {"input": {"instruction": ""}}, 422),
        ("/runs/wait", {"input": None}, 422),
        ("/runs/wait", {"command": {"resume": None}}, 422),
        ("/runs/wait", {"command": {"resume": "yes"}}, 422),
        ("/runs/wait", {"input": REQUEST, "config": {"recursion_limit": 1}}, 422),
        ("/runs/wait", {"input": REQUEST, "checkpoint_id": "never"}, 404),
        ("/runs/wait", {"input": {**REQUEST, "seed": 10**30}}, 422),
        ("/threads", {"metadata": {"half": "\ud800"}}, 422),
        ("/threads", {"metadata": {"deep": json.loads("[" * 200 + "]" * 200)}}, 422),
        ("/threads/none-such/runs/wait", {"input": REQUEST}, 404),
        ("/threads/%20/runs/wait", {"input": REQUEST}, 422),
        ("/threads", {"thread_id": "../up"}, 422),
    ],
)
def test_what_cannot_be_run_is_refused_as_a_problem(url: str, path: str, body: dict, status: int) -> None:
    answer = httpx.post(url + path, content=json.dumps(body), headers=JSON, timeout=30)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_moments_that_a_thread_never_had_and_nodes_that_lead_nowhere_are_refused(url: str, client) -> None:
    thread = f"{url}/threads/{client.threads.create()['thread_id']}"
    for method, path, body, status, field in (
        ("GET", "/state/never", None, 404, "checkpoint_id"),
        ("POST", "/state/checkpoint", {"checkpoint": {"checkpoint_id": "never"}}, 404, "checkpoint_id"),
        ("POST", "/state", {"values": {"seed": 1}, "checkpoint_id": "never"}, 404, "checkpoint_id"),
        ("POST", "/runs/wait", {"input": REQUEST, "checkpoint_id": "never"}, 404, "checkpoint_id"),
        ("POST", "/state", {"values": {"seed": 1}, "as_node": "begin"}, 422, "as_node"),
        ("POST", "/state", {"values": {"seed": 1}, "as_node": "nobody"}, 422, "as_node"),
        ("POST", "/history", {"metadata": {"a..b": 1}}, 422, "metadata.a..b.[key]"),
    ):
        answer = httpx.request(method, thread + path, json=body, timeout=30)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (status, field), answer.text
    assert client.threads.get_history(thread.rpartition("/")[2]) == [], "what was refused left nothing"


def test_the_graphs_own_state_cannot_be_written_from_outside(url: str, client) -> None:
    thread = client.threads.create()["thread_id"]
    answer = httpx.post(f"{url}/threads/{thread}/state", json={"values": {"progress": {"table": "another"}}})
    assert answer.status_code == 422
    assert "progress" in answer.json()["detail"]


def test_threads_of_one_tenant_are_not_there_for_another(service) -> None:
    _, engine = service
    threads = with_graph(FastAPI(), load_settings(), engine).state.graphs.threads
    mine = threads.open("one", "shared-name", {})
    assert threads.open("two", "shared-name", {}).checkpoints != mine.checkpoints
    assert [thread.tenant for thread in threads.found("one", {}, 10, 0)] == ["one"]


def test_a_thread_that_somebody_else_forgot_in_the_meantime_is_reported_as_none(service) -> None:
    threads = Threads(service[1].parts.store.database)
    opened = threads.open("one", "soon-forgotten", {})
    threads.forget(opened)
    for late in (threads.touch, threads.forget):
        with pytest.raises(TaskNotFoundError, match="soon-forgotten"):
            late(opened)


def test_the_description_names_every_route(url: str) -> None:
    paths = httpx.get(f"{url}/openapi.json").json()["paths"]
    assert {"/runs/stream", "/threads/{thread}/runs/stream", "/threads/{thread}/state"} <= set(paths)
