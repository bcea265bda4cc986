"""Covers hybrid.service: one task at a time, stopping, time limits, and going on after the service ended."""

import subprocess
import sys
import threading
import time

import pytest

from hybrid.errors import BudgetError, InstructionError, ServiceStoppingError, StoreLockedError
from hybrid.service import CancelToken, TaskService
from hybrid.store.episodes import open_store
from hybrid.store.tasks import FINAL, TaskRequest
from tests.hybrid.store.samples import SCENE, SENTENCE, attempt, begin, decomposition, empty_database, outcome


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


def until_stopped(job):
    while not job.cancel():
        time.sleep(0.005)
    return outcome("interrupted", "stopped")


def test_tasks_run_one_at_a_time_in_order(serving):
    at_work, most, order, lock = 0, 0, [], threading.Lock()

    def run(job):
        nonlocal at_work, most
        with lock:
            at_work += 1
            most = max(most, at_work)
        order.append(job.task.request.instruction)
        time.sleep(0.02)
        with lock:
            at_work -= 1
        return outcome()

    service = serving(run)
    tasks = [service.submit(request(f"task {number}")).task.id for number in range(4)]
    assert [ended(service, task).status for task in tasks] == ["succeeded"] * 4
    assert (most, order) == (1, [f"task {number}" for number in range(4)])


def test_events_are_kept_as_they_come(serving):
    def run(job):
        job.listener("plan", {"energy": 0.25, "episode": "e-1"})
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


def test_stopping_queues_the_task_under_way_again_if_it_moved_nothing(store, serving):
    service = serving(until_stopped)
    first, second = (service.submit(request()).task.id for _ in range(2))
    while service.task(first).status == "queued":
        time.sleep(0.005)
    service.stop()
    assert not service.working
    assert [service.task(task).status for task in (first, second)] == ["queued", "queued"]
    with pytest.raises(ServiceStoppingError):
        service.submit(request())
    again = serving(lambda _: outcome())
    assert [ended(again, task).status for task in (first, second)] == ["succeeded", "succeeded"]


def test_stopping_ends_a_task_that_moved_things(store, serving):
    def run(job):
        episode = begin(job.store)
        job.store.record_decomposition(episode, decomposition())
        job.store.record_attempt(episode, attempt(executed=True))
        return until_stopped(job)

    service = serving(run)
    task = service.submit(request()).task.id
    while store.tasks.task(task).status == "queued" or not store.episodes():
        time.sleep(0.005)
    time.sleep(0.1)
    service.stop()
    found = service.task(task)
    assert found.status == "interrupted"
    assert "not repeated" in found.reason


def test_an_outcome_reached_in_spite_of_a_cancellation_is_told_as_reached(serving):
    begun, go_on = threading.Event(), threading.Event()

    def run(_job):
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
    def run(job):
        if job.task.request.instruction == "hard":
            raise BudgetError("plan", "no time is left", "Allow more milliseconds.")
        return outcome()

    service = serving(run)
    hard, easy = service.submit(request("hard")).task.id, service.submit(request("easy")).task.id
    assert ended(service, hard).reason == "plan: no time is left. Allow more milliseconds."
    assert ended(service, easy).status == "succeeded"


def test_a_passing_fault_is_waited_out_and_a_lasting_one_believed(serving, monkeypatch):
    monkeypatch.setattr("hybrid.store.leases.FIRST_PAUSE", 0.01)
    tries = []

    def run(job):
        tries.append(job.task.id)
        if job.task.request.instruction == "never" or len(tries) < 2:
            raise StoreLockedError("store", "is locked", "Wait.")
        return outcome()

    service = serving(run)
    task = service.submit(request()).task.id
    assert (ended(service, task).status, len(tries)) == ("succeeded", 2)
    never = service.submit(request("never")).task.id
    assert (ended(service, never).status, len(tries)) == ("failed", 5)


def test_a_deadline_ends_a_running_task(serving):
    service = serving(until_stopped)
    asked = TaskRequest(SENTENCE, SCENE, 7, seconds=0.3)
    found = ended(service, service.submit(asked).task.id)
    assert found.status == "failed"
    assert "its deadline passed" in found.reason


def test_another_process_can_cancel_a_running_task(store, serving):
    service = serving(until_stopped)
    task = service.submit(request()).task.id
    while service.task(task).status == "queued":
        time.sleep(0.005)
    TaskService(store, None).cancel(task)
    assert ended(service, task, seconds=5).status == "cancelled"


@pytest.mark.parametrize("words", ["", "  \n", "x" * 1001])
def test_instruction_of_no_use_is_refused(store, words):
    with pytest.raises(InstructionError):
        TaskService(store, until_stopped).submit(request(words))


def test_starting_twice_keeps_one_worker(serving):
    service = serving(until_stopped)
    before = threading.active_count()
    service.start()
    assert threading.active_count() == before


KILLED = """
import os, signal, sys, time
from pathlib import Path
from hybrid.service import TaskService
from hybrid.store.episodes import open_store
from tests.hybrid.test_service import request
from tests.hybrid.store.samples import attempt, begin, decomposition

url, folder, moves = sys.argv[1:]
store = open_store(url, Path(folder))

def run(job):
    episode = begin(job.store)
    job.listener("started", {"episode": episode})
    if moves == "moves":
        job.store.record_decomposition(episode, decomposition())
        job.store.record_attempt(episode, attempt(executed=True))
    os.kill(os.getpid(), signal.SIGKILL)

service = TaskService(store, run)
print(*(service.submit(request()).task.id for _ in range(2)), flush=True)
service.start()
time.sleep(30)
"""


@pytest.mark.parametrize(("moves", "status"), [("moves", "interrupted"), ("still", "succeeded")])
def test_a_killed_service_leaves_nothing_behind_and_repeats_no_movement(tmp_path, moves, status):
    url, folder = empty_database(tmp_path), tmp_path / "artifacts"
    command = [sys.executable, "-c", KILLED, url, str(folder), moves]
    killed = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert killed.returncode == -9, killed.stderr
    running, queued = killed.stdout.split()
    store = open_store(url, folder)
    service = TaskService(store, lambda _: outcome())
    first_episode = service.task(running).episode
    service.start()
    assert ended(service, running).status == status
    assert service.events(running)[-1].name == "end"
    assert store.episode(first_episode)["status"] == "interrupted"
    assert ended(service, queued).status == "succeeded"
    service.stop()
    store.close()


def test_the_first_wish_to_stop_counts():
    token = CancelToken(60)
    assert (token(), token.ending) == (False, None)
    token.cancel("cancelled", "first")
    token.cancel("interrupted", "second")
    assert (token(), token.ending) == (True, ("cancelled", "first"))
