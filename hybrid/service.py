"""Takes tasks in the name of a tenant and keeps what happens where everybody can follow it.

The queue and its events live in the store; an embedded worker carries tasks out unless other processes do. How a task
is carried out is a parameter (``hybrid.worker.Runner``). It does not know HTTP.
"""

from __future__ import annotations

import threading

from hybrid.errors import InstructionError, ServiceStoppingError
from hybrid.store.engine import HEAD
from hybrid.store.episodes import SqlStore
from hybrid.store.leases import LEASE_SECONDS
from hybrid.store.tasks import Submitted, Task, TaskEvent, TaskKind, TaskRequest, TaskStatus
from hybrid.store.workers import workers
from hybrid.worker import CancelToken, Job, Runner, Worker

__all__ = ["LONGEST_INSTRUCTION", "CancelToken", "Desk", "Job", "Runner", "TaskService"]

LONGEST_INSTRUCTION = 1000
"""Most characters of an instruction."""


class Desk:
    """What one tenant may ask of the service; every method may be called from any thread.

    Args:
        store: as the tenant sees it.
        worker: the embedded one, told at once of what concerns it; None when other processes carry tasks out.
        room: tasks, of all tenants, that may wait at once.
        stopping: set once the service stops.
    """

    def __init__(self, store: SqlStore, worker: Worker | None, room: int, stopping: threading.Event) -> None:
        self.store = store
        self._worker, self._room, self._stopping = worker, room, stopping

    @property
    def over(self) -> bool:
        """Whether the service was stopped and nothing more will happen here."""
        return self._stopping.is_set() and (self._worker is None or not self._worker.working)

    def submit(self, request: TaskRequest, *, key: str | None = None, request_id: str | None = None) -> Submitted:
        """Queue a request; the same ``key`` with the same request returns the task it created.

        Raises:
            InstructionError: the instruction is empty or longer than ``LONGEST_INSTRUCTION``.
            TaskConflictError: the key was used for another request.
            QueueFullError: too many tasks are waiting.
            ServiceStoppingError: the service takes no more tasks.
            StoreError: the store cannot be written.
        """
        if request.kind != "predict":
            self._refuse_words(request.instruction)
        if self._stopping.is_set():
            raise ServiceStoppingError("tasks", "the service is stopping", "Try again later.")
        submitted = self.store.tasks.submit(request, key=key, room=self._room, request_id=request_id)
        self._wake()
        return submitted

    def cancel(self, task: str) -> Task:
        """Stop a task: a waiting one at once, a running one within a control block, an ended one not at all.

        Raises:
            TaskNotFoundError: there is no such task.
        """
        found = self.store.tasks.request_cancel(task)
        if self._worker is not None:
            self._worker.cancel(task)
        return found

    def answer(self, task: str, words: str) -> Task:
        """Answer the question a task asked back; it goes on from there.

        Raises:
            InstructionError: the answer is empty or too long.
            TaskNotFoundError: there is no such task.
            TaskStateError: it asks nothing.
        """
        self._refuse_words(words)
        found = self.store.tasks.answer(task, words.strip())
        self._wake()
        return found

    def approve(self, task: str, plan: str, *, approved: bool) -> Task:
        """Allow the plan a task waits with, named by its digest, or end the task as refused.

        Raises:
            TaskNotFoundError: there is no such task.
            TaskStateError: it waits for no approval.
            TaskConflictError: it waits with another plan.
        """
        found = self.store.tasks.approve(task, plan, approved=approved)
        self._wake()
        return found

    def task(self, task: str) -> Task:
        """Return a task; raises ``TaskNotFoundError`` when there is none of that id."""
        return self.store.tasks.task(task)

    def tasks(
        self,
        *,
        limit: int,
        before: str | None = None,
        status: TaskStatus | None = None,
        thread: str | None = None,
        kind: TaskKind | None = None,
    ) -> tuple[Task, ...]:
        """Return tasks, newest first; ``before`` is the id of the last one already seen."""
        return self.store.tasks.tasks(limit=limit, before=before, status=status, thread=thread, kind=kind)

    def events(self, task: str, *, after: int = 0) -> tuple[TaskEvent, ...]:
        """Return what happened in a task after event ``after``, in order."""
        return self.store.tasks.events(task, after=after)

    def _wake(self) -> None:
        if self._worker is not None:
            self._worker.wake()

    @staticmethod
    def _refuse_words(words: str) -> None:
        length = len(words.strip())
        if not 0 < length <= LONGEST_INSTRUCTION:
            problem = "is empty" if length == 0 else f"has {length} characters"
            raise InstructionError("instruction", problem, f"Say the task in 1 to {LONGEST_INSTRUCTION} characters.")


class TaskService(Desk):
    """The service as a whole: a desk for whoever uses this machine without a key, and one for every tenant.

    Args:
        store: where tasks, events and episodes are kept.
        run: how a task is carried out by the embedded worker; None when other processes carry tasks out.
        room: tasks that may wait at once.
        seconds: longest time one task may take.
        lease_seconds: silence after which a worker counts as dead.
        models: what the embedded worker plans with.
    """

    def __init__(
        self,
        store: SqlStore,
        run: Runner | None,
        *,
        room: int = 32,
        seconds: float = 120.0,
        lease_seconds: float = LEASE_SECONDS,
        models: dict[str, str] | None = None,
    ) -> None:
        worker = (
            None if run is None else Worker(store, run, seconds=seconds, lease_seconds=lease_seconds, models=models)
        )
        super().__init__(store, worker, room, threading.Event())
        self._lease_seconds = lease_seconds

    def of(self, tenant: str) -> Desk:
        """Return the desk of ``tenant``: nothing of another tenant is found there."""
        return Desk(self.store.of(tenant), self._worker, self._room, self._stopping)

    def start(self) -> None:
        """Take tasks; the embedded worker ends what dead processes left running, and begins to work.

        Raises:
            StoreError: the store cannot be used.
        """
        self._stopping.clear()
        if self._worker is not None:
            self._worker.start()

    def wind_down(self) -> None:
        """Interrupt the task under way and take no other; returns at once."""
        self._stopping.set()
        if self._worker is not None:
            self._worker.wind_down()

    def stop(self, timeout: float = 10.0) -> None:
        """Interrupt the task under way, leave the queued ones queued, and wait ``timeout`` seconds for the worker."""
        self.wind_down()
        if self._worker is not None:
            self._worker.stop(timeout)

    @property
    def working(self) -> bool:
        """Whether the embedded worker's thread lives."""
        return self._worker is not None and self._worker.working

    def readiness(self) -> dict[str, bool]:
        """Return what must hold before requests are welcome: some worker lives, the schema is current.

        Raises:
            StoreError: the store cannot be read.
        """
        listed = workers(self.store.database, within=self._lease_seconds)
        alive = self.working if self._worker is not None else any(worker.alive for worker in listed)
        taking = not self._stopping.is_set()
        return {"worker": alive, "schema": self.store.database.revision() == HEAD, "accepting": taking}
