"""Covers hybrid.service: one task at a time, stopping, time limits, and going on after the service ended."""

import subprocess
import sys
import textwrap
import threading
import time

import pytest

from hybrid.base import EpisodeResult
from hybrid.errors import BudgetError, InstructionError
from hybrid.service import CancelToken, TaskService, engine_runner
from hybrid.store.episodes import open_store
from hybrid.store.tasks import FINAL, TaskRequest
from tests.hybrid.store.samples import SCENE, SENTENCE, empty_database, outcome


@pytest.fixture
def store(tmp_path):
    opened = open_store(empty_database(tmp_path), tmp_path / "artifacts")
    yield opened
    opened.close()


@pytest.fixture
def serving(store):
    services = []

    def make(run, **more):
        services.append(TaskService(store, run, **more))
        services[-1].start()
        return services[-1]

    yield make
    for service in services:
        service.stop()


def request(words=SENTENCE):
    return TaskRequest(words, SCENE, 7)


def ended(service, task, seconds=20):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = service.task(task)
        if found.status in FINAL:
            return found
        time.sleep(0.01)
    raise AssertionError(f"task {task} has not ended")


def until_stopped(_request, _listener, cancel):
    while not cancel():
        time.sleep(0.005)
    return outcome("interrupted", "stopped")


def test_tasks_run_one_at_a_time_in_order(serving):
    at_work, most, order, lock = 0, 0, [], threading.Lock()

    def run(asked, _listener, _cancel):
        nonlocal at_work, most
        with lock:
            at_work += 1
            most = max(most, at_work)
        order.append(asked.instruction)
        time.sleep(0.02)
        with lock:
            at_work -= 1
        return outcome()

    service = serving(run)
    tasks = [service.submit(request(f"task {number}")).task.id for number in range(4)]
    assert [ended(service, task).status for task in tasks] == ["succeeded"] * 4
    assert (most, order) == (1, [f"task {number}" for number in range(4)])


def test_events_are_kept_as_they_come(serving):
    def run(_asked, listener, _cancel):
        listener("plan", {"energy": 0.25, "episode": "e-1"})
        return outcome()

    service = serving(run)
    task = service.submit(request()).task.id
    assert ended(service, task).episode == "e-1"
    events = service.events(task)
    assert [(event.sequence, event.name) for event in events] == [
        (1, "queued"),
        (2, "running"),
        (3, "plan"),
        (4, "end"),
    ]
    assert events[2].data["energy"] == 0.25
    assert service.events(task, after=3) == events[3:]


def test_a_task_that_takes_too_long_fails_and_says_so(serving):
    service = serving(until_stopped, seconds=0.05)
    found = ended(service, service.submit(request()).task.id)
    assert (found.status, found.reason) == ("failed", "the task took longer than 0.05 seconds")


def test_stopping_interrupts_the_task_under_way_and_leaves_the_others_queued(store, serving):
    service = serving(until_stopped)
    first, second = (service.submit(request()).task.id for _ in range(2))
    while service.task(first).status == "queued":
        time.sleep(0.005)
    service.stop()
    assert not service.working
    assert (service.task(first).status, service.task(first).reason) == ("interrupted", "the service was stopped")
    assert service.task(second).status == "queued"
    again = serving(lambda *_: outcome())
    assert ended(again, second).status == "succeeded"


def test_an_outcome_reached_in_spite_of_a_cancellation_is_told_as_reached(serving):
    begun, go_on = threading.Event(), threading.Event()

    def run(*_):
        begun.set()
        go_on.wait(10)
        return outcome()

    service = serving(run)
    task = service.submit(request()).task.id
    assert begun.wait(10)
    service.cancel(task)
    go_on.set()
    assert ended(service, task).status == "succeeded"


def test_an_error_of_ours_is_the_reason_and_the_worker_goes_on(serving):
    def run(asked, _listener, _cancel):
        if asked.instruction == "hard":
            raise BudgetError("plan", "no time is left", "Allow more milliseconds.")
        return outcome()

    service = serving(run)
    hard, easy = service.submit(request("hard")).task.id, service.submit(request("easy")).task.id
    assert ended(service, hard).reason == "plan: no time is left. Allow more milliseconds."
    assert ended(service, easy).status == "succeeded"


@pytest.mark.parametrize("words", ["", "  \n", "x" * 1001])
def test_instruction_of_no_use_is_refused(store, words):
    with pytest.raises(InstructionError):
        TaskService(store, until_stopped).submit(request(words))


def test_starting_twice_keeps_one_worker(serving):
    service = serving(until_stopped)
    before = threading.active_count()
    service.start()
    assert threading.active_count() == before


def test_task_of_a_killed_service_ends_as_interrupted_and_its_queue_is_worked_off(tmp_path):
    url, folder = f"sqlite:///{tmp_path}/hybrid.db", tmp_path / "artifacts"
    script = textwrap.dedent(f"""
        import os, signal, time
        from pathlib import Path
        from hybrid.service import TaskService
        from hybrid.store.episodes import open_store
        from tests.hybrid.test_service import request
        from tests.hybrid.store.samples import begin

        store = open_store({url!r}, Path({str(folder)!r}))

        def run(asked, listener, cancel):
            listener("started", {{"episode": begin(store)}})
            os.kill(os.getpid(), signal.SIGKILL)

        service = TaskService(store, run)
        print(*(service.submit(request()).task.id for _ in range(2)), flush=True)
        service.start()
        time.sleep(30)
    """)
    killed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)
    assert killed.returncode == -9, killed.stderr
    running, queued = killed.stdout.split()
    store = open_store(url, folder)
    service = TaskService(store, lambda *_: outcome())
    service.start()
    dead = ended(service, running)
    assert (dead.status, dead.reason) == ("interrupted", "the service ended before the task was complete")
    assert service.events(running)[-1].name == "end"
    assert store.episode(dead.episode)["status"] == "interrupted"
    assert ended(service, queued).status == "succeeded"
    service.stop()
    store.close()


def test_engine_is_asked_with_the_request_and_tells_its_episode():
    class Engine:
        def decompose(self, instruction, scene, seed):
            raise NotImplementedError

        def run(self, instruction, scene, seed, listener=None, cancel=None, world=None):
            assert (instruction, scene, seed, cancel()) == (SENTENCE, SCENE, 7, False)
            return EpisodeResult("e-7", outcome(), None, None)

    heard = []
    ran = engine_runner(Engine())(request(), lambda name, data: heard.append((name, data)), CancelToken(5))
    assert ran == outcome()
    assert heard == [("episode", {"episode": "e-7"})]


def test_the_first_wish_to_stop_counts():
    token = CancelToken(60)
    assert (token(), token.ending) == (False, None)
    token.cancel("cancelled", "first")
    token.cancel("interrupted", "second")
    assert (token(), token.ending) == (True, ("cancelled", "first"))
