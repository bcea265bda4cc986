"""Covers hybrid.store.tasks: order, keys, room, endings, answers, approvals, numbered events, tenants kept apart."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from hybrid.errors import QueueFullError, TaskConflictError, TaskNotFoundError, TaskStateError
from hybrid.store.tasks import Exchange, TaskQueue, TaskRequest
from tests.hybrid.store.samples import SCENE, SENTENCE


@pytest.fixture
def queue(store):
    return store.tasks


def submit(queue, seed=0, key=None, room=10, **more):
    return queue.submit(TaskRequest(SENTENCE, SCENE, seed, **more), key=key, room=room)


def names(queue, task):
    return [event.name for event in queue.events(task)]


def rested(queue, leases, status, **more):
    """Return the id of a task that came to rest as ``status``."""
    task = submit(queue, **more).task.id
    leases.finish(leases.claim(), status, reason="Which red block do you mean?", outcome={"plan": "p1"})
    return task


def test_request_comes_back_as_it_was_given(queue):
    task = submit(queue, seed=2**62, thread="t", priority=3, approval=True, details={"actions": [[0, 0, 0, 1]]}).task
    assert queue.task(task.id) == task
    asked = TaskRequest(SENTENCE, SCENE, 2**62, "run", "t", 3, None, True, {"actions": [[0, 0, 0, 1]]})
    assert (task.request, task.status, task.tenant) == (asked, "queued", "local")
    assert task.created_at.utcoffset().total_seconds() == 0


def test_a_key_gives_the_same_task_for_the_same_request_even_when_the_queue_is_full(queue):
    first = submit(queue, key="k", room=1)
    again = submit(queue, key="k", room=1)
    assert (first.created, again.created, again.task) == (True, False, first.task)
    with pytest.raises(TaskConflictError, match=first.task.id):
        submit(queue, seed=1, key="k")


def test_tenants_may_use_the_same_key_and_find_nothing_of_each_other(store, queue):
    mine, theirs = submit(queue, key="k"), submit(store.of("other").tasks, key="k")
    assert (mine.created, theirs.created) == (True, True)
    other = store.of("other").tasks
    assert [task.id for task in other.tasks(limit=10)] == [theirs.task.id]
    for call in (other.task, other.events, other.request_cancel, lambda task: other.answer(task, "x")):
        with pytest.raises(TaskNotFoundError):
            call(mine.task.id)
    with pytest.raises(TaskNotFoundError):
        other.tasks(limit=1, before=mine.task.id)


def test_no_more_than_room_tasks_wait_whoever_asks(store, queue, leases):
    submit(queue, room=1)
    with pytest.raises(QueueFullError):
        submit(store.of("other").tasks, room=1)
    leases.claim()
    assert submit(queue, room=1).created
    assert queue.waiting() == 1


def test_events_are_numbered_without_gaps(queue, leases):
    task = submit(queue).task.id
    lease = leases.claim()
    leases.append(lease, "plan", {"energy": 0.1})
    leases.finish(lease, "succeeded", reason=None, outcome={"status": "reached"})
    assert [event.sequence for event in queue.events(task)] == [1, 2, 3, 4]
    assert names(queue, task) == ["queued", "running", "plan", "end"]
    assert [event.name for event in queue.events(task, after=2)] == ["plan", "end"]


def test_cancelling_an_ended_task_changes_nothing(queue, leases):
    task = rested(queue, leases, "succeeded")
    assert queue.request_cancel(task).status == "succeeded"
    assert names(queue, task).count("end") == 1


def test_cancelling_twice_is_told_once(queue, leases):
    task = submit(queue).task.id
    leases.claim()
    assert queue.request_cancel(task).cancel_requested
    queue.request_cancel(task)
    assert names(queue, task) == ["queued", "running", "cancelling"]


def test_a_waiting_task_is_cancelled_at_once(queue, leases):
    queued, asking = submit(queue).task.id, None
    assert queue.request_cancel(queued).status == "cancelled"
    asking = rested(queue, leases, "question")
    assert queue.request_cancel(asking).status == "cancelled"


def test_an_answer_queues_the_task_again_with_question_and_answer(queue, leases):
    task = rested(queue, leases, "question")
    found = queue.answer(task, "the left one")
    assert (found.status, found.finished_at) == ("queued", None)
    assert found.exchanges == (Exchange("Which red block do you mean?", "the left one"),)
    assert names(queue, task)[-3:] == ["end", "answered", "queued"]
    assert leases.claim().task.id == task


def test_only_a_question_is_answered(queue):
    task = submit(queue).task.id
    with pytest.raises(TaskStateError, match="queued"):
        queue.answer(task, "yes")
    with pytest.raises(TaskStateError, match="queued"):
        queue.approve(task, "p1", approved=True)


def test_only_the_plan_that_was_seen_is_approved(queue, leases):
    task = rested(queue, leases, "approval", approval=True)
    with pytest.raises(TaskConflictError, match="p1"):
        queue.approve(task, "p0", approved=True)
    found = queue.approve(task, "p1", approved=True)
    assert (found.status, found.approved) == ("queued", "p1")


def test_a_plan_that_is_not_approved_ends_the_task(queue, leases):
    task = rested(queue, leases, "approval", approval=True)
    assert queue.approve(task, "p1", approved=False).status == "refused"
    assert leases.claim() is None


def test_lists_are_paged_by_the_last_one_seen_and_filtered(queue, leases):
    made = [submit(queue, number, thread="a" if number % 2 else None).task.id for number in range(5)]
    newest = [task.id for task in queue.tasks(limit=2)]
    assert newest == made[:2:-1]
    assert [task.id for task in queue.tasks(limit=9, before=newest[-1])] == made[2::-1]
    assert [task.id for task in queue.tasks(limit=9, thread="a")] == [made[3], made[1]]
    leases.claim()
    assert [task.id for task in queue.tasks(limit=9, status="running")] == [made[0]]
    assert queue.tasks(limit=9, kind="plan") == ()


def test_many_at_once_get_one_task_a_key_and_events_without_gaps(queue, leases):
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda number: submit(queue, key=f"k{number % 3}"), range(12)))
        assert sum(submitted.created for submitted in made) == 3
        lease = leases.claim()
        list(pool.map(lambda number: leases.append(lease, "step", {"number": number}), range(12)))
    assert [event.sequence for event in queue.events(lease.task.id)] == list(range(1, 15))


@pytest.mark.parametrize("call", ["task", "events", "request_cancel"])
def test_unknown_task_is_refused_by_name(queue, call):
    with pytest.raises(TaskNotFoundError, match="nowhere"):
        getattr(queue, call)("nowhere")


def test_a_queue_is_that_of_whoever_uses_this_machine_unless_told_otherwise(store):
    assert TaskQueue(store.database).tenant == "local"
