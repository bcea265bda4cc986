"""Covers api.signals in a process of its own: a signal ends the task, the stream and the server, in this order."""

import contextlib
import signal
import subprocess
import sys
import textwrap
import time

import httpx
import pytest

from hybrid.store.episodes import open_store
from tests.api.test_events import frames


@pytest.fixture
def serving(url, tmp_path):
    script = textwrap.dedent(f"""
        import socket
        from pathlib import Path
        import uvicorn
        from api.face import create_app
        from hybrid.config import load_settings
        from hybrid.service import TaskService
        from hybrid.store.episodes import open_store
        from tests.api.runners import SmallRunner

        store = open_store("{url}", Path("{tmp_path}/artifacts"))
        app = create_app(TaskService(store, SmallRunner(store)), load_settings())
        listening = socket.create_server(("127.0.0.1", 0))
        print(listening.getsockname()[1], flush=True)
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listening])
    """)
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    yield process, f"http://127.0.0.1:{process.stdout.readline().strip()}"
    process.kill()
    process.communicate()


def test_signal_ends_the_task_then_the_stream_then_the_server(serving, url, tmp_path):
    process, address = serving
    task = httpx.post(f"{address}/v1/tasks", json={"instruction": "wait for me"}, timeout=30).json()["id"]
    with httpx.stream("GET", f"{address}/v1/tasks/{task}/events", timeout=30) as response:
        live = frames(response)
        while next(live)[1] != "verdict":
            pass
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        [(_, name, data)] = list(live)
    assert (name, data["status"], data["reason"]) == (
        "end",
        "interrupted",
        "the service was stopped, after things were moved: it is not repeated",
    )
    process.wait(20)
    assert time.monotonic() - began < 15
    assert process.stderr.read() == ""
    with contextlib.closing(open_store(url, tmp_path / "artifacts")) as store:
        assert store.episode(data["episode"])["status"] == "interrupted"
        assert store.tasks.task(task).status == "interrupted"
