"""Covers api.events through a real server on loopback: live events, replay after a number, the end of the stream."""

import json
import threading
import time

import httpx
import pytest
import uvicorn

SENTENCE = "Put the red block on the blue block."


@pytest.fixture
def address(app):
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", timeout_graceful_shutdown=2)
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    until = time.monotonic() + 20
    while not server.started and time.monotonic() < until:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(20)


def frames(response):
    frame = {}
    for line in response.iter_lines():
        if line:
            name, _, value = line.partition(":")
            frame[name] = value.removeprefix(" ")
        elif frame:
            yield int(frame["id"]), frame["event"], json.loads(frame["data"])
            frame = {}


def follow(address, task, **headers):
    with httpx.stream("GET", f"{address}/v1/tasks/{task}/events", headers=headers, timeout=20) as response:
        assert response.status_code == 200
        assert response.headers["Content-Type"].startswith("text/event-stream")
        return list(frames(response))


def ask(address, instruction=SENTENCE):
    return httpx.post(f"{address}/v1/tasks", json={"instruction": instruction}).json()["id"]


def test_events_come_numbered_in_order_and_the_stream_ends_by_itself(address):
    heard = follow(address, ask(address))
    assert [name for _, name, _ in heard] == ["queued", "running", "started", "subgoals", "plan", "verdict", "end"]
    assert [number for number, _, _ in heard] == list(range(1, 8))
    assert heard[3][2]["subgoals"] == [{"words": "red on blue"}]
    assert heard[-1][2]["status"] == "succeeded"
    assert heard[-1][2]["episode"] == heard[2][2]["episode"]


def test_events_come_while_the_task_still_runs(address, runner):
    task = ask(address, "wait for me")
    with httpx.stream("GET", f"{address}/v1/tasks/{task}/events", timeout=20) as response:
        live = frames(response)
        while next(live)[1] != "verdict":
            pass
        assert httpx.get(f"{address}/v1/tasks/{task}").json()["status"] == "running"
        runner.may_end.set()
        assert next(live)[1] == "end"


def test_a_returning_listener_gets_what_it_missed_and_nothing_twice(address):
    task = ask(address)
    whole = follow(address, task)
    assert follow(address, task, **{"Last-Event-ID": "4"}) == whole[4:]


def test_two_listeners_hear_the_same(address):
    task = ask(address)
    assert follow(address, task) == follow(address, task)


def test_bad_event_number_is_refused(address):
    task = ask(address)
    response = httpx.get(f"{address}/v1/tasks/{task}/events", headers={"Last-Event-ID": "many"})
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "last-event-id"


def test_stream_of_a_waiting_task_ends_with_the_service(address, runner, service):
    ask(address, "wait for me")
    assert runner.begun.wait(10)
    waiting = ask(address)
    service.stop()
    assert [name for _, name, _ in follow(address, waiting)] == ["queued"]


def test_cancelling_ends_the_stream(address, runner):
    task = ask(address, "wait for me")
    assert runner.begun.wait(10)
    httpx.post(f"{address}/v1/tasks/{task}/cancel")
    heard = follow(address, task)
    assert [name for _, name, _ in heard[-2:]] == ["cancelling", "end"]
    assert heard[-1][2]["status"] == "cancelled"
