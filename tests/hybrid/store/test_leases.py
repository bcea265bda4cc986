"""Covers hybrid.store.leases: who may take, hold and end a task, what a late holder may do, and what the dead leave."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from hybrid.errors import LeaseLostError
from hybrid.store.leases import MOST_TRIES, Leases
from hybrid.store.tables import TaskRow
from tests.hybrid.store.samples import attempt, begin, decomposition, steps
from tests.hybrid.store.test_tasks import names, submit


@pytest.fixture
def queue(store):
    return store.tasks


def late(store, **changes):
    """Let every lease be over and every pause have passed."""
    past = datetime.now(UTC) - timedelta(seconds=60)
    with store.database.write() as session:
        session.execute(update(TaskRow).where(TaskRow.lease_until.is_not(None)).values(lease_until=past))
        session.execute(update(TaskRow).values(available_at=None, **changes))


def begun(store, lease, heard=None):
    """Open an episode of the leased task and announce its first movement."""
    held = store.held_by(lease, heard or (lambda: None))
    episode = begin(held)
    held.record_decomposition(episode, decomposition())
    held.record_attempt(episode, attempt(executed=True))
    return held, episode


def test_tasks_are_taken_oldest_first_and_once(queue, leases):
    made = [submit(queue, seed).task.id for seed in range(3)]
    assert [leases.claim().task.id for _ in made] == made
    assert leases.claim() is None


def test_urgent_tasks_are_taken_first_whoever_asks(store, queue, leases):
    plain, urgent = submit(queue).task.id, submit(store.of("other").tasks, priority=5).task.id
    assert [leases.claim().task.id for _ in range(2)] == [urgent, plain]


def test_many_workers_take_every_task_once(queue, leases):
    made = {submit(queue, seed, room=40).task.id for seed in range(20)}
    with ThreadPoolExecutor(4) as pool:
        taken = [lease.task.id for lease in pool.map(lambda _: leases.claim(), range(20)) if lease]
    assert (len(taken), set(taken)) == (20, made)


def test_a_held_task_is_not_reaped(queue, leases):
    submit(queue)
    leases.claim()
    assert leases.reap() == ()


def test_a_task_whose_holder_is_silent_is_given_to_another_and_the_first_can_write_nothing(store, queue, leases):
    task = submit(queue).task.id
    slow = leases.claim()
    late(store)
    assert leases.reap() == (task,)
    other = leases.claim()
    assert (other.task.id, other.task.tries) == (task, 2)
    held = store.held_by(slow, lambda: None)
    for write in (
        lambda: leases.append(slow, "plan", {}),
        lambda: leases.renew(slow),
        lambda: leases.finish(slow, "succeeded", reason=None, outcome=None),
        lambda: leases.give_back(slow, "late"),
        lambda: begin(held),
    ):
        with pytest.raises(LeaseLostError):
            write()
    assert leases.asked_to_stop(slow)
    assert leases.finish(other, "succeeded", reason=None, outcome=None).status == "succeeded"
    assert names(queue, task) == ["queued", "running", "requeued", "running", "end"]


def test_a_renewed_lease_lasts(store, queue, leases):
    submit(queue)
    lease = leases.claim()
    late(store)
    assert leases.renew(lease) is False
    assert leases.reap() == ()


def test_a_task_that_moved_things_is_ended_and_never_run_again(store, queue, leases):
    task = submit(queue).task.id
    lease = leases.claim()
    held, episode = begun(store, lease)
    late(store)
    assert leases.reap() == (task,)
    found = queue.task(task)
    assert (found.status, leases.claim()) == ("interrupted", None)
    assert "not repeated" in found.reason
    assert store.episode(episode)["status"] == "interrupted"
    with pytest.raises(LeaseLostError):
        held.record_steps(episode, steps())
    assert store.episode(episode)["steps"] == []


def test_the_episode_of_a_task_that_is_queued_again_is_closed(store, queue, leases):
    task = submit(queue).task.id
    held = store.held_by(leases.claim(), lambda: None)
    episode = begin(held)
    late(store)
    leases.reap()
    assert (store.episode(episode)["status"], queue.task(task).status) == ("interrupted", "queued")


def test_two_reapers_take_a_dead_task_once(store, queue):
    task = submit(queue).task.id
    reapers = Leases(store.database), Leases(store.database)
    reapers[0].claim()
    late(store)
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda reaper: reaper.reap(), reapers))
    assert sorted(found) == [(), (task,)]
    assert names(queue, task) == ["queued", "running", "requeued"]


def test_a_task_is_given_up_after_its_tries(store, queue, leases):
    task = submit(queue).task.id
    for number in range(1, MOST_TRIES + 1):
        leases.give_back(leases.claim(), "the store was locked")
        assert leases.claim() is None or number == MOST_TRIES, "it waits before it is tried again"
        late(store)
    found = queue.task(task)
    assert (found.status, found.tries) == ("failed", MOST_TRIES)
    assert "the store was locked" in found.reason


def test_a_task_given_back_at_once_can_be_taken_at_once_and_loses_no_try(queue, leases):
    submit(queue)
    leases.give_back(leases.claim(), "the service was stopped", at_once=True)
    assert leases.claim().task.tries == 1


def test_a_task_of_a_dead_process_of_this_machine_is_reaped_before_its_lease_is_over(store, queue, leases):
    task = submit(queue).task.id
    owner = leases.claim() and None
    with store.database.write() as session:
        row = session.query(TaskRow).one()
        host, boot, _, start = row.owner.split("|")
        row.owner = owner or f"{host}|{boot}|{2**22 + 1}|{start}"
    assert leases.reap() == (task,)


def test_whoever_writes_is_told_that_the_task_should_stop(store, queue, leases):
    task = submit(queue).task.id
    lease, heard = leases.claim(), []
    held, episode = begun(store, lease, lambda: heard.append(True))
    assert heard == []
    queue.request_cancel(task)
    assert leases.asked_to_stop(lease)
    held.record_steps(episode, steps())
    assert heard == [True]


def test_a_dead_task_that_should_stop_ends_as_cancelled(store, queue, leases):
    task = submit(queue).task.id
    leases.claim()
    queue.request_cancel(task)
    late(store)
    leases.reap()
    assert queue.task(task).status == "cancelled"


def test_a_task_past_its_deadline_is_not_begun(store, queue, leases):
    task = submit(queue, seconds=30.0).task.id
    late(store, deadline_at=datetime.now(UTC) - timedelta(seconds=1))
    leases.reap()
    assert (queue.task(task).status, leases.claim()) == ("failed", None)
    assert "deadline" in queue.task(task).reason


def test_an_answered_task_may_move_again(store, queue, leases):
    task = submit(queue).task.id
    lease = leases.claim()
    begun(store, lease)
    leases.finish(lease, "question", reason="Which one?", outcome=None)
    queue.answer(task, "the left one")
    begun(store, leases.claim())
    late(store)
    leases.reap()
    assert queue.task(task).status == "interrupted"


def test_tasks_of_one_thread_are_taken_one_after_the_other(queue, leases):
    first, second, other = (submit(queue, thread=name).task.id for name in ("a", "a", "b"))
    lease = leases.claim()
    assert [lease.task.id, leases.claim().task.id] == [first, other]
    assert leases.claim() is None
    leases.finish(lease, "succeeded", reason=None, outcome=None)
    assert leases.claim().task.id == second
