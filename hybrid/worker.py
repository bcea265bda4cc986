"""Carries queued tasks out, one at a time: takes one, holds it, runs it, ends it, and reaps what dead workers left.

How a task is carried out is a parameter (``Runner``). Passing faults of the store are waited out; a task that met one
before anything moved is queued again. It does not know who asks for tasks, nor HTTP.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from hybrid.base import Json, Listener, Outcome
from hybrid.errors import (
    CheckpointError,
    ConfigError,
    HybridError,
    LeaseLostError,
    StoreError,
    StoreLockedError,
    StoreMissingError,
)
from hybrid.store.episodes import SqlStore
from hybrid.store.leases import LEASE_SECONDS, Lease, Leases
from hybrid.store.records import plain
from hybrid.store.tasks import Task, TaskStatus
from hybrid.store.workers import register, rest
from hybrid.telemetry import FIGURES, about

IDLE_SECONDS = 1.0
"""How often an idle worker looks for tasks that another process queued."""
GLANCE_SECONDS = 0.5
"""How often a working one looks whether it should stop; movements look once a control block anyway."""
FIRST_WAIT, LONGEST_WAIT = 0.2, 5.0
"""Seconds between two tries to reach a store that cannot be reached."""
PASSING: tuple[type[HybridError], ...] = (StoreLockedError, StoreMissingError)
"""Faults that pass: the task is not to blame, and may be tried again."""

ENDINGS: dict[str, TaskStatus] = {
    "reached": "succeeded",
    "unmet": "failed",
    "failed": "failed",
    "refused": "refused",
    "question": "question",
    "interrupted": "interrupted",
    "answered": "succeeded",
}
"""How a task ends, by how its episode ended."""
logger = logging.getLogger(__name__)


class CancelToken:
    """Asked by a runner once a control block; true once the task should stop.

    Args:
        seconds: longest time the task may take, counted from now.
        late: why a task that takes longer fails; by default that it took longer than ``seconds``.
    """

    def __init__(self, seconds: float, late: str | None = None) -> None:
        self._asked = threading.Event()
        self._deadline = time.monotonic() + seconds
        self._status: TaskStatus = "cancelled"
        self._reason = ""
        self._late = late or f"the task took longer than {seconds:g} seconds"

    def cancel(self, status: TaskStatus, reason: str) -> None:
        """Ask the runner to stop; the task then ends with ``status``. The first request counts."""
        if not self._asked.is_set():
            self._status, self._reason = status, reason
            self._asked.set()

    def __call__(self) -> bool:
        """Tell whether to stop."""
        if time.monotonic() > self._deadline:
            self.cancel("failed", self._late)
        return self._asked.is_set()

    @property
    def ending(self) -> tuple[TaskStatus, str] | None:
        """Status and reason a stopped task ends with; None while nobody asked to stop."""
        return (self._status, self._reason) if self._asked.is_set() else None


@dataclass(frozen=True)
class Job:
    """What a runner is given.

    Attributes:
        task: what to carry out.
        store: to be written to; it refuses once the task is held no more.
        listener: to be told of things as they happen.
        cancel: to be asked once a control block whether to stop.
    """

    task: Task
    store: SqlStore
    listener: Listener
    cancel: CancelToken


@dataclass(frozen=True)
class Answer:
    """How a task ended that is no episode: its status, why, and what is reported."""

    status: TaskStatus
    reason: str | None = None
    record: dict[str, Json] = field(default_factory=dict[str, Json])


Runner = Callable[[Job], Outcome | Answer]
"""Carries a task out."""


class Worker:
    """One thread that carries tasks out, and one that keeps them held.

    Args:
        store: where tasks and episodes are kept; the worker serves every tenant.
        run: how a task is carried out; called on the worker's thread, one task at a time.
        seconds: longest time one task may take.
        lease_seconds: silence after which others take this worker for dead.
        models: what it plans with, for whoever lists the workers.
    """

    def __init__(
        self,
        store: SqlStore,
        run: Runner,
        *,
        seconds: float = 120.0,
        lease_seconds: float = LEASE_SECONDS,
        models: dict[str, str] | None = None,
    ) -> None:
        self.id = secrets.token_hex(6)
        self._store, self._run, self._seconds = store, run, seconds
        self._leases = Leases(store.database, lease_seconds)
        self._beat = lease_seconds / 3
        self._models = models or {}
        self._lock = threading.Lock()
        self._current: tuple[Lease, CancelToken] | None = None
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._threads: tuple[threading.Thread, ...] = ()
        self._beaten = 0.0

    def start(self) -> None:
        """End what dead processes left running, and begin to work; does nothing when already at work.

        Raises:
            StoreError: the store cannot be used.
        """
        if self.working:
            return
        self._store.recover()
        self._leases.reap(at_start=self._store.database.backend == "sqlite")
        register(self._store.database, self.id, self._models)
        self._stopping.clear()
        self._threads = tuple(
            threading.Thread(target=target, name=name, daemon=True)
            for name, target in (("task-worker", self._work), ("task-keeper", self._keep))
        )
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Look for tasks now."""
        self._wake.set()

    def wind_down(self) -> None:
        """Interrupt the task under way and take no other; returns at once."""
        self._stopping.set()
        self._wake.set()
        with self._lock:
            if self._current is not None:
                self._current[1].cancel("interrupted", "the service was stopped")

    def stop(self, timeout: float = 10.0) -> None:
        """Interrupt the task under way, leave the queued ones queued, and wait ``timeout`` seconds for the threads."""
        self.wind_down()
        until = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def cancel(self, task: str) -> None:
        """Stop ``task`` if it is the one under way here."""
        with self._lock:
            if self._current is not None and self._current[0].task.id == task:
                self._current[1].cancel("cancelled", "cancelled on request")

    @property
    def working(self) -> bool:
        """Whether the thread that carries tasks out lives."""
        return bool(self._threads) and self._threads[0].is_alive()

    @property
    def stopping(self) -> bool:
        """Whether the worker was told to stop."""
        return self._stopping.is_set()

    def _work(self) -> None:
        wait = FIRST_WAIT
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                lease = self._leases.claim()
                wait = FIRST_WAIT
                if lease is None:
                    self._wake.wait(IDLE_SECONDS)
                else:
                    self._carry_out(lease)
            except StoreError as error:
                logger.warning("the store cannot be reached (%s); the worker tries again in %.1f s", error, wait)
                self._stopping.wait(wait)
                wait = min(2 * wait, LONGEST_WAIT)
        self._farewell()

    def _farewell(self) -> None:
        try:
            rest(self._store.database, self.id)
        except StoreError as error:
            logger.warning("the worker could not say that it ended: %s", error)

    def _carry_out(self, lease: Lease) -> None:
        task = lease.task
        left = _left(task)
        token = CancelToken(min(self._seconds, left), "its deadline passed" if left < self._seconds else None)
        with self._lock:
            self._current = (lease, token)
        if self._stopping.is_set():
            token.cancel("interrupted", "the service was stopped")
        if task.cancel_requested:
            token.cancel("cancelled", "cancelled on request")
        try:
            with about(task):
                end = self._attempt(lease, token)
                self._insist(end)
        except LeaseLostError as error:
            logger.warning("%s", error)
        finally:
            with self._lock:
                self._current = None

    def _attempt(self, lease: Lease, token: CancelToken) -> Callable[[], object]:
        """Carry the task out; return what ends it."""
        began = time.monotonic()

        def listen(name: str, data: dict[str, Json]) -> None:
            self._leases.append(lease, name, data)
            FIGURES.heard(name, data)

        store = self._store.held_by(lease, lambda: token.cancel("cancelled", "cancelled on request"))
        try:
            answer = ended(self._run(Job(lease.task, store, listen, token)), token)
        except LeaseLostError:
            raise
        except PASSING as error:
            logger.warning("task %s met a passing fault: %s", lease.task.id, error)
            reason = _outside(error)
            return lambda: self._leases.give_back(lease, reason)
        except HybridError as error:
            logger.warning("task %s failed: %s", lease.task.id, error)
            answer = Answer("failed", _outside(error))
        except Exception as error:
            logger.exception("task %s failed unexpectedly", lease.task.id)
            answer = Answer("failed", f"internal error ({type(error).__name__}); the service's log has the details")
        if answer.status == "interrupted" and self._stopping.is_set():
            return lambda: self._leases.give_back(lease, "the service was stopped", at_once=True)
        FIGURES.ended(lease.task, answer.status, answer.record, time.monotonic() - began)
        return lambda: self._leases.finish(lease, answer.status, reason=answer.reason, outcome=answer.record or None)

    def _insist(self, end: Callable[[], object]) -> None:
        """End a task even if the store has to be waited for; a lease lost meanwhile, or a worker stopped, ends that."""
        wait = FIRST_WAIT
        while True:
            try:
                end()
            except StoreError as error:
                if self._stopping.is_set():
                    raise
                logger.warning("the end of a task could not be written (%s); tried again in %.1f s", error, wait)
                self._stopping.wait(wait)
                wait = min(2 * wait, LONGEST_WAIT)
            else:
                return

    def _keep(self) -> None:
        """Hold the task under way, say that the worker lives, and reap what dead workers left.

        A lease found lost is reported by whoever next writes in its name: here the task may only just have ended.
        """
        while not self._stopping.wait(GLANCE_SECONDS) or self.working:
            with self._lock:
                current = self._current
            try:
                self._glance(current)
            except LeaseLostError:
                if current is not None:
                    current[1].cancel("interrupted", "another worker goes on with the task")
            except StoreError as error:
                logger.warning("the store cannot be reached: %s", error)
            if self._stopping.is_set():
                time.sleep(GLANCE_SECONDS / 10)

    def _glance(self, current: tuple[Lease, CancelToken] | None) -> None:
        due = time.monotonic() - self._beaten >= self._beat
        if current is not None:
            lease, token = current
            stop = self._leases.renew(lease) if due else self._leases.asked_to_stop(lease)
            if stop:
                token.cancel("cancelled", "cancelled on request")
        if due:
            self._beaten = time.monotonic()
            register(self._store.database, self.id, self._models)
            if self._leases.reap():
                self._wake.set()


def ended(result: Outcome | Answer, token: CancelToken) -> Answer:
    """Return how a task ended whose runner returned ``result``; a stopped one ends as whoever stopped it said."""
    if isinstance(result, Answer):
        return result
    record = plain(result)
    status, reason = ENDINGS[result.status], result.reason or result.message
    if result.status == "interrupted" and token.ending is not None:
        status, reason = token.ending
    return Answer(status, reason, record if isinstance(record, dict) else {})


def _outside(error: HybridError) -> str:
    """Return what whoever asked may know of ``error``: nothing of the inside of this machine."""
    if isinstance(error, StoreError | CheckpointError | ConfigError):
        return f"the service could not use its own means ({type(error).__name__}); its log has the details"
    return str(error)


def _left(task: Task) -> float:
    """Return the seconds until the deadline of ``task``, by this machine's clock."""
    return float("inf") if task.deadline_at is None else max(0.0, task.deadline_at.timestamp() - time.time())
