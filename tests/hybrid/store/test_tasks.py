"""Covers hybrid.store.tasks: order, keys, room, endings and numbered events; the service's tests run them."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from hybrid.errors import QueueFullError, TaskConflictError, TaskNotFoundError
from hybrid.store.tasks import TaskRequest
from tests.hybrid.store.samples import SCENE, SENTENCE


@pytest.fixture
def queue(store):
    return store.tasks


def submit(queue, seed=0, key=None, room=10):
    return queue.submit(TaskRequest(SENTENCE, SCENE, seed), key=key, room=room)


def names(queue, task):
    return [event.name for event in queue.events(task)]


def test_request_comes_back_as_it_was_given(queue):
    task = submit(queue, seed=2**62).task
    assert queue.task(task.id) == task
    assert task.request == TaskRequest(SENTENCE, SCENE, 2**62)
    assert (task.status, task.created_at.utcoffset().total_seconds()) == ("queued", 0)


def test_tasks_are_taken_oldest_first_and_once(queue):
    made = [submit(queue, seed).task.id for seed in range(3)]
    assert [queue.claim().id for _ in made] == made
    assert queue.claim() is None


def test_a_key_gives_the_same_task_for_the_same_request_even_when_the_queue_is_full(queue):
    first = submit(queue, key="k", room=1)
    again = submit(queue, key="k", room=1)
    assert (first.created, again.created, again.task) == (True, False, first.task)
    with pytest.raises(TaskConflictError, match=first.task.id):
        submit(queue, seed=1, key="k")


def test_no_more_than_room_tasks_wait(queue):
    submit(queue, room=1)
    with pytest.raises(QueueFullError):
        submit(queue, room=1)
    queue.claim()
    assert submit(queue, room=1).created
    assert queue.waiting() == 1


def test_events_are_numbered_without_gaps(queue):
    task = submit(queue).task.id
    queue.claim()
    queue.append(task, "plan", {"energy": 0.1})
    queue.finish(task, "succeeded", reason=None, outcome={"status": "reached"})
    assert [event.sequence for event in queue.events(task)] == [1, 2, 3, 4]
    assert names(queue, task) == ["queued", "running", "plan", "end"]
    assert [event.name for event in queue.events(task, after=2)] == ["plan", "end"]


def test_ended_task_stays_as_it_is(queue):
    task = submit(queue).task.id
    queue.claim()
    queue.finish(task, "succeeded", reason=None, outcome=None)
    assert queue.finish(task, "failed", reason="late", outcome=None).status == "succeeded"
    assert queue.request_cancel(task).status == "succeeded"
    assert names(queue, task)[-1] == "end"
    assert names(queue, task).count("end") == 1


def test_cancelling_twice_is_told_once(queue):
    task = submit(queue).task.id
    queue.claim()
    assert queue.request_cancel(task).cancel_requested
    queue.request_cancel(task)
    assert names(queue, task) == ["queued", "running", "cancelling"]


def test_running_task_of_this_process_is_not_recovered(queue):
    submit(queue)
    queue.claim()
    assert queue.recover() == ()


def test_many_at_once_get_one_task_a_key_and_events_without_gaps(queue):
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda number: submit(queue, key=f"k{number % 3}"), range(12)))
        assert sum(submitted.created for submitted in made) == 3
        task = made[0].task.id
        list(pool.map(lambda number: queue.append(task, "step", {"number": number}), range(12)))
    assert [event.sequence for event in queue.events(task)] == list(range(1, 14))


@pytest.mark.parametrize("call", ["task", "events", "request_cancel"])
def test_unknown_task_is_refused_by_name(queue, call):
    with pytest.raises(TaskNotFoundError, match="nowhere"):
        getattr(queue, call)("nowhere")
