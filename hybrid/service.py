"""Takes tasks, runs them one at a time on a worker thread, and keeps what happens where everybody can follow it.

How a task is carried out is a parameter (``Runner``); the queue and its events live in the store: a restarted service
goes on with what was queued and ends cleanly what a dead process left running. It does not know HTTP.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from hybrid.base import Engine, Json, Listener, Outcome
from hybrid.errors import HybridError, InstructionError
from hybrid.store.engine import HEAD
from hybrid.store.episodes import SqlStore
from hybrid.store.records import plain
from hybrid.store.tasks import Submitted, Task, TaskEvent, TaskRequest, TaskStatus

LONGEST_INSTRUCTION = 1000
"""Most characters of an instruction."""
IDLE_SECONDS = 1.0
"""How often an idle worker looks for tasks that another process queued."""

_ENDINGS: dict[str, TaskStatus] = {
    "reached": "succeeded",
    "unmet": "failed",
    "failed": "failed",
    "refused": "refused",
    "question": "question",
    "interrupted": "interrupted",
}
logger = logging.getLogger(__name__)


class CancelToken:
    """Asked by a runner once a control block; true once the task should stop.

    Args:
        seconds: longest time the task may take, counted from now.
    """

    def __init__(self, seconds: float) -> None:
        self._asked = threading.Event()
        self._deadline = time.monotonic() + seconds
        self._status: TaskStatus = "cancelled"
        self._reason = ""
        self._seconds = seconds

    def cancel(self, status: TaskStatus, reason: str) -> None:
        """Ask the runner to stop; the task then ends with ``status``. The first request counts."""
        if not self._asked.is_set():
            self._status, self._reason = status, reason
            self._asked.set()

    def __call__(self) -> bool:
        """Tell whether to stop."""
        if time.monotonic() > self._deadline:
            self.cancel("failed", f"the task took longer than {self._seconds:g} seconds")
        return self._asked.is_set()

    @property
    def ending(self) -> tuple[TaskStatus, str] | None:
        """Status and reason a stopped task ends with; None while nobody asked to stop."""
        return (self._status, self._reason) if self._asked.is_set() else None


Runner = Callable[[TaskRequest, Listener, CancelToken], Outcome]
"""Carries a request out, telling the listener as things happen and asking the token whether to stop."""


def engine_runner(engine: Engine) -> Runner:
    """Return a runner that carries requests out with ``engine``."""

    def run(request: TaskRequest, listener: Listener, cancel: CancelToken) -> Outcome:
        result = engine.run(request.instruction, request.scene, request.seed, listener, cancel)
        listener("episode", {"episode": result.episode})
        return result.outcome

    return run


class TaskService:
    """Tasks in, events and endings out; every method may be called from any thread.

    Args:
        store: where tasks, events and episodes are kept.
        run: how a task is carried out; called on the worker thread, one task at a time.
        room: tasks that may wait at once.
        seconds: longest time one task may take.
    """

    def __init__(self, store: SqlStore, run: Runner, *, room: int = 32, seconds: float = 120.0) -> None:
        self.store = store
        self._run = run
        self._room = room
        self._seconds = seconds
        self._lock = threading.Lock()
        self._current: tuple[str, CancelToken] | None = None
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._worker: threading.Thread | None = None

    def start(self) -> None:
        """End what dead processes left running, and begin to work; does nothing when already at work.

        Raises:
            StoreError: the store cannot be used.
        """
        if self.working:
            return
        self.store.recover()
        self.store.tasks.recover()
        self._stopping.clear()
        self._worker = threading.Thread(target=self._work, name="task-worker", daemon=True)
        self._worker.start()

    def wind_down(self) -> None:
        """Interrupt the task under way and take no other; returns at once."""
        self._stopping.set()
        self._wake.set()
        with self._lock:
            if self._current is not None:
                self._current[1].cancel("interrupted", "the service was stopped")

    def stop(self, timeout: float = 10.0) -> None:
        """Interrupt the task under way, leave the queued ones queued, and wait ``timeout`` seconds for the worker."""
        self.wind_down()
        if self._worker is not None:
            self._worker.join(timeout)

    @property
    def working(self) -> bool:
        """Whether the worker thread lives."""
        return self._worker is not None and self._worker.is_alive()

    @property
    def over(self) -> bool:
        """Whether the service was stopped and nothing more will happen."""
        return self._stopping.is_set() and not self.working

    def readiness(self) -> dict[str, bool]:
        """Return what must hold before requests are welcome: the worker lives, the schema is current.

        Raises:
            StoreError: the store cannot be read.
        """
        return {"worker": self.working, "schema": self.store.database.revision() == HEAD}

    def submit(self, request: TaskRequest, *, key: str | None = None) -> Submitted:
        """Queue a request; the same ``key`` with the same request returns the task it created.

        Raises:
            InstructionError: the instruction is empty or longer than ``LONGEST_INSTRUCTION``.
            TaskConflictError: the key was used for another request.
            QueueFullError: too many tasks are waiting.
            StoreError: the store cannot be written.
        """
        length = len(request.instruction.strip())
        if not 0 < length <= LONGEST_INSTRUCTION:
            problem = "is empty" if length == 0 else f"has {length} characters"
            raise InstructionError("instruction", problem, f"Say the task in 1 to {LONGEST_INSTRUCTION} characters.")
        submitted = self.store.tasks.submit(request, key=key, room=self._room)
        self._wake.set()
        return submitted

    def cancel(self, task: str) -> Task:
        """Stop a task: a queued one at once, a running one within a control block, an ended one not at all.

        Raises:
            TaskNotFoundError: there is no such task.
        """
        found = self.store.tasks.request_cancel(task)
        with self._lock:
            if self._current is not None and self._current[0] == task:
                self._current[1].cancel("cancelled", "cancelled on request")
        return found

    def task(self, task: str) -> Task:
        """Return a task; raises ``TaskNotFoundError`` when there is none of that id."""
        return self.store.tasks.task(task)

    def tasks(self, *, limit: int, before: str | None = None, status: TaskStatus | None = None) -> tuple[Task, ...]:
        """Return tasks, newest first; ``before`` is the id of the last one already seen."""
        return self.store.tasks.tasks(limit=limit, before=before, status=status)

    def events(self, task: str, *, after: int = 0) -> tuple[TaskEvent, ...]:
        """Return what happened in a task after event ``after``, in order."""
        return self.store.tasks.events(task, after=after)

    def _work(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                task = self.store.tasks.claim()
                if task is not None:
                    self._carry_out(task)
            except HybridError:
                logger.exception("the worker could not reach the store; it tries again in %s s", IDLE_SECONDS)
                task = None
            if task is None:
                self._wake.wait(IDLE_SECONDS)

    def _carry_out(self, task: Task) -> None:
        token = CancelToken(self._seconds)
        with self._lock:
            self._current = (task.id, token)
        if self._stopping.is_set():
            token.cancel("interrupted", "the service was stopped")
        if self.store.tasks.task(task.id).cancel_requested:
            token.cancel("cancelled", "cancelled on request")
        try:
            status, reason, outcome = self._attempt(task, token)
        finally:
            with self._lock:
                self._current = None
        self.store.tasks.finish(task.id, status, reason=reason, outcome=outcome)

    def _attempt(self, task: Task, token: CancelToken) -> tuple[TaskStatus, str | None, dict[str, Json] | None]:
        def listen(name: str, data: dict[str, Json]) -> None:
            self.store.tasks.append(task.id, name, data)

        try:
            outcome = self._run(task.request, listen, token)
        except HybridError as error:
            return "failed", str(error), None
        except Exception as error:
            logger.exception("task %s failed unexpectedly", task.id)
            return "failed", f"internal error ({type(error).__name__}); the service's log has the details", None
        record = plain(outcome)
        status, reason = _ENDINGS[outcome.status], outcome.reason or outcome.message
        if outcome.status == "interrupted" and token.ending is not None:
            status, reason = token.ending
        return status, reason, record if isinstance(record, dict) else None
