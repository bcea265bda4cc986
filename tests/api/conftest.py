"""A service over a store of its own, its application, and a client that speaks to it without a socket."""

import time

import pytest
from fastapi.testclient import TestClient

from api.face import create_app
from hybrid.config import load_settings
from hybrid.service import TaskService
from hybrid.store.episodes import open_store
from hybrid.store.tasks import FINAL
from tests.api.runners import SmallRunner
from tests.hybrid.store.samples import empty_database


@pytest.fixture
def url(tmp_path):
    return empty_database(tmp_path)


@pytest.fixture
def store(url, tmp_path):
    opened = open_store(url, tmp_path / "artifacts")
    yield opened
    opened.close()


@pytest.fixture
def runner(store):
    return SmallRunner(store)


@pytest.fixture
def service(store, runner):
    made = TaskService(store, runner, room=3)
    yield made
    runner.may_end.set()
    made.stop()


@pytest.fixture
def app(service):
    return create_app(service, load_settings(max_body_bytes=4096))


@pytest.fixture
def client(app):
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def ended(client):
    def wait(task, seconds=20.0):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            shown = client.get(f"/v1/tasks/{task}").json()
            if shown["status"] in FINAL:
                return shown
            time.sleep(0.01)
        raise AssertionError(f"task {task} is still {shown['status']}")

    return wait
