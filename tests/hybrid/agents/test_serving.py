"""``langgraph dev`` serves our ``langgraph.json``; LangGraph's own client drives a run with an interrupt through it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from langgraph_sdk import get_sync_client

import hybrid.agents

ROOT = Path(__file__).resolve().parents[3]
CONFIG = Path(hybrid.agents.__file__).parent / "langgraph.json"


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dev")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "HYBRID_DATABASE_URL": f"sqlite:///{folder / 'hybrid.db'}",
        "HYBRID_ARTIFACT_DIR": str(folder / "artifacts"),
        "LANGGRAPH_NO_VERSION_CHECK": "true",
        "LANGSMITH_LANGGRAPH_API_VARIANT": "local_dev",
    }
    command = [sys.executable, "-m", "langgraph_cli", "dev", "--config", str(CONFIG), "--port", str(port)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [*command, "--no-browser", "--no-reload"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    try:
        yield reached(f"http://127.0.0.1:{port}", server, folder / "log")
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def reached(url: str, server: subprocess.Popen, log: Path) -> str:
    until = time.monotonic() + 300
    while time.monotonic() < until and server.poll() is None:
        try:
            if httpx.get(f"{url}/ok").status_code == 200:
                return url
        except httpx.HTTPError:
            time.sleep(0.2)
    raise AssertionError(log.read_text()[-4000:])


def test_a_run_with_a_question_goes_through_the_development_server(url: str) -> None:
    with get_sync_client(url=url) as client:
        assert [assistant["graph_id"] for assistant in client.assistants.search()] == ["planner"]
        thread = client.threads.create()["thread_id"]
        request = {"instruction": "put the red cube on the green cube", "scene": "twins"}
        parts = list(client.runs.stream(thread, "planner", input=request, stream_mode=["updates", "custom"]))
        assert {"metadata", "updates", "custom"} <= {part.event for part in parts}
        assert client.threads.get(thread)["status"] == "interrupted"
        waiting = client.threads.get_state(thread)["tasks"][0]["interrupts"][0]["value"]
        assert waiting["question"] == "Which red cube do you mean?"
        done = client.runs.wait(thread, "planner", command={"resume": "the left one"})
        assert done["status"] == "reached"
        assert done["subgoals"][0]["status"] == "reached"


def test_the_development_server_offers_the_graph_as_a_tool_over_mcp(url: str) -> None:
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    headers = {"Accept": "application/json, text/event-stream"}
    answer = httpx.post(f"{url}/mcp", json=call, headers=headers, timeout=30, follow_redirects=True)
    (tool,) = json.loads(answer.text.partition("data: ")[2] or answer.text)["result"]["tools"]
    assert tool["name"] == "planner"
    assert "instruction" in json.dumps(tool["inputSchema"])
