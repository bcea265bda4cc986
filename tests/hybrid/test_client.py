"""Covers hybrid.client against a real server on loopback: every call, live events, pages, problems as exceptions."""

import time

import pytest

from api.face import create_app
from hybrid.client import ENDED, Client
from hybrid.config import load_settings
from hybrid.errors import BudgetError, ServiceProblemError
from hybrid.service import TaskService
from hybrid.store.episodes import open_store
from hybrid.store.keys import Keys
from tests.api.runners import SmallRunner
from tests.api.serving import served
from tests.hybrid.store.samples import empty_database, whole_episode


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    opened = open_store(empty_database(folder), folder / "artifacts")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def runner(store):
    return SmallRunner(store)


@pytest.fixture(scope="module")
def address(store, runner):
    app = create_app(TaskService(store, runner, room=8), load_settings())
    with served(app) as opened:
        yield opened
        runner.may_end.set()


@pytest.fixture
def client(address):
    with Client(address) as opened:
        yield opened


def test_a_task_is_asked_for_followed_and_waited_for(client):
    task = client.submit("go", "demo", 7, key="k-1", priority=2)
    assert client.submit("go", "demo", 7, key="k-1", priority=2)["id"] == task["id"]
    events = list(client.events(task["id"]))
    assert [event.id for event in events] == list(range(1, len(events) + 1))
    assert (events[0].name, events[-1].name) == ("queued", "end")
    assert [event.id for event in client.events(task["id"], after=2)] == list(range(3, len(events) + 1))
    assert client.wait(task["id"])["status"] == "succeeded"
    assert client.ready()


def test_a_question_is_answered_and_the_task_goes_on(client):
    task = client.submit("please ask")["id"]
    asked = client.wait(task)
    assert (asked["status"], asked["reason"]) == ("question", "Which red block?")
    seen = list(client.events(task))[-1].id
    client.answer(task, "put it there")
    assert client.wait(task)["status"] == "succeeded"
    again = list(client.events(task, after=seen))
    assert [again[0].name, again[-1].name] == ["answered", "end"]


def test_a_running_task_is_cancelled(client, runner):
    task = client.submit("wait")["id"]
    assert runner.begun.wait(10)
    with pytest.raises(BudgetError):
        client.wait(task, seconds=0.0)
    client.cancel(task)
    assert client.wait(task)["status"] == "cancelled"


def test_plans_and_predictions_are_answered_at_once(client):
    assert client.plan("go", "demo")["kind"] == "plan"
    predicted = client.predict("demo", facts=[["on", "red_cube_1", "blue_cube_1"]])
    assert (predicted["kind"], predicted["status"]) == ("predict", "succeeded")


def test_episodes_are_listed_shown_seen_exported_and_forgotten(client, store):
    episodes = [whole_episode(store) for _ in range(3)]
    listed = [entry["episode"] for entry in client.episodes(limit=2)]
    assert set(episodes) <= set(listed)
    assert client.episode(episodes[0])["status"] == "reached"
    assert [step["step"] for step in client.steps(episodes[0], after=1, limit=2)] == [2, 3]
    assert client.frame(episodes[0], 0).startswith(b"\x89PNG")
    assert client.export(episodes[0]).startswith(b"PK")
    client.forget_episode(episodes[0])
    with pytest.raises(ServiceProblemError) as caught:
        client.episode(episodes[0])
    assert (caught.value.status, caught.value.kind) == (404, "episode-not-found-error")


def test_memories_are_taught_corrected_and_forgotten(client):
    taught = client.teach("my mug", "the blue cylinder")
    assert client.correct(taught["id"], "the green bowl")["data"] == {"name": "mug", "meaning": "the green bowl"}
    assert [entry["id"] for entry in client.memories(kind="fact")] == [taught["id"]]
    client.forget(taught["id"])
    assert list(client.memories(kind="fact")) == []


def test_scenes_and_models_are_listed(client):
    assert "demo" in client.scenes()
    assert client.scene("demo")["things"]
    assert {"role", "version"} <= set(client.models()[0])


def test_problems_name_field_and_remedy(client):
    with pytest.raises(ServiceProblemError) as caught:
        client.submit("")
    assert (caught.value.status, caught.value.field) == (422, "instruction")
    assert caught.value.request_id
    with pytest.raises(ServiceProblemError) as caught:
        client.approve(client.submit("go")["id"], "p")
    assert caught.value.status == 409


def test_a_full_queue_says_when_to_try_again(client, runner):
    runner.begun.clear()
    first = client.submit("wait")["id"]
    assert runner.begun.wait(10)
    waiting = [client.submit("wait")["id"] for _ in range(8)]
    with pytest.raises(ServiceProblemError) as caught:
        client.submit("wait")
    assert (caught.value.status, caught.value.retry_after) == (429, 5)
    for task in (*waiting, first):
        client.cancel(task)
        assert client.wait(task)["status"] in ENDED


def test_tasks_are_listed_page_by_page(client):
    made = [client.submit("go", thread="pages")["id"] for _ in range(5)]
    assert [task["id"] for task in client.tasks(thread="pages", limit=2)] == made[::-1]


def test_a_key_is_shown_where_one_is_asked_for(address, store):
    made = Keys(store.database).create("ada")
    time.sleep(1.1)
    with Client(address) as stranger, pytest.raises(ServiceProblemError) as caught:
        stranger.scenes()
    assert caught.value.status == 401
    with Client(address, key=made.secret) as ada:
        assert list(ada.tasks()) == []
