"""The service's queue: tasks in order of arrival and the events of each, numbered and kept before anyone sees them.

A task is taken by one worker in the transaction that marks it running; a task left running by a dead process is ended
as interrupted, never run twice, because its first run may have moved things. It does not know how a task is run.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hybrid.base import Json
from hybrid.errors import QueueFullError, TaskConflictError, TaskNotFoundError
from hybrid.store.engine import Database
from hybrid.store.owner import alive, current_owner
from hybrid.store.records import plain, scene_of
from hybrid.store.tables import TaskEventRow, TaskRow
from simulator.base import Scene

TaskStatus = Literal["queued", "running", "succeeded", "failed", "refused", "question", "cancelled", "interrupted"]
FINAL: frozenset[TaskStatus] = frozenset({"succeeded", "failed", "refused", "question", "cancelled", "interrupted"})
"""Statuses after which nothing more happens to a task."""
LAST_EVENT = "end"
"""Name of the event that closes every task."""


@dataclass(frozen=True)
class TaskRequest:
    """What one asks of the service: an instruction in plain words on a scene."""

    instruction: str
    scene: Scene
    seed: int = 0


@dataclass(frozen=True)
class Task:
    """A request and what became of it.

    Attributes:
        id: public name.
        request: what was asked.
        status: see ``TaskStatus``.
        episode: id of the episode it led to, once known.
        reason: why it did not succeed, or the question asked back.
        outcome: the engine's outcome, once ended.
        cancel_requested: somebody asked to stop it.
        created_at, started_at, finished_at: UTC.
    """

    id: str
    request: TaskRequest
    status: TaskStatus
    episode: str | None
    reason: str | None
    outcome: dict[str, Json] | None
    cancel_requested: bool
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True)
class TaskEvent:
    """One thing that happened in a task; ``sequence`` counts from 1 without gaps."""

    sequence: int
    name: str
    data: dict[str, Json]
    at: datetime


@dataclass(frozen=True)
class Submitted:
    """A task, and whether this request created it or an earlier one of the same key did."""

    task: Task
    created: bool


class TaskQueue:
    """Tasks and their events in ``database``; safe to use from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def submit(self, request: TaskRequest, *, key: str | None, room: int) -> Submitted:
        """Queue ``request``, or return the task an earlier request of the same ``key`` created.

        Args:
            request: what is asked.
            key: idempotency key of the caller, or None.
            room: tasks that may wait at once.

        Raises:
            TaskConflictError: the key was used for another request.
            QueueFullError: ``room`` tasks are waiting.
        """
        digest = _digest(request)
        with self._database.write() as session:
            self._database.take_turn(session)
            earlier = session.scalar(select(TaskRow).where(TaskRow.idempotency_key == key)) if key else None
            if earlier is not None:
                if earlier.request_hash != digest:
                    problem = f"was used before for another request (task {earlier.id})"
                    raise TaskConflictError("Idempotency-Key", problem, "Draw a new key for a new request.")
                return Submitted(_task(earlier), created=False)
            if self._count(session, "queued") >= room:
                raise QueueFullError("tasks", f"{room} tasks are waiting already", "Try again later.")
            row = _new_task(request, key, digest)
            session.add(row)
            session.flush()
            _append(session, row, "queued", {"task": row.id})
            return Submitted(_task(row), created=True)

    def claim(self) -> Task | None:
        """Take the oldest queued task and mark it running by this process; None when none is queued."""
        with self._database.write() as session:
            query = select(TaskRow).where(TaskRow.status == "queued").order_by(TaskRow.number).limit(1)
            row = session.scalar(query.with_for_update(skip_locked=True))
            if row is None:
                return None
            row.status, row.owner, row.started_at = "running", current_owner(), datetime.now(UTC)
            _append(session, row, "running", {"task": row.id})
            return _task(row)

    def append(self, task: str, name: str, data: dict[str, Json]) -> TaskEvent:
        """Keep an event of a task that has not ended; raises ``TaskNotFoundError`` when there is no such task.

        An ``episode`` among the data becomes the task's episode.
        """
        with self._database.write() as session:
            row = _found(session, task, lock=True)
            if isinstance(data.get("episode"), str):
                row.episode = cast("str", data["episode"])
            return _append(session, row, name, data)

    def finish(self, task: str, status: TaskStatus, *, reason: str | None, outcome: dict[str, Json] | None) -> Task:
        """End a task with one of ``FINAL`` and its last event; an ended task stays as it is."""
        with self._database.write() as session:
            row = _found(session, task, lock=True)
            if row.status not in FINAL:
                _finish(session, row, status, reason=reason, outcome=outcome)
            return _task(row)

    def request_cancel(self, task: str) -> Task:
        """Ask a task to stop: a queued one ends at once, a running one when its worker notices, an ended one stays."""
        with self._database.write() as session:
            row = _found(session, task, lock=True)
            if row.status == "queued":
                _finish(session, row, "cancelled", reason="cancelled before it began", outcome=None)
            elif row.status == "running" and not row.cancel_requested:
                row.cancel_requested = True
                _append(session, row, "cancelling", {"task": row.id})
            return _task(row)

    def recover(self) -> tuple[str, ...]:
        """End as interrupted the running tasks of dead processes; return their ids."""
        ended: list[str] = []
        now = datetime.now(UTC)
        with self._database.write() as session:
            for row in session.scalars(select(TaskRow).where(TaskRow.status == "running")):
                if not alive(row.owner or "", row.started_at or row.created_at, now):
                    reason = "the service ended before the task was complete"
                    _finish(session, row, "interrupted", reason=reason, outcome=None)
                    ended.append(row.id)
        return tuple(ended)

    def task(self, task: str) -> Task:
        """Return a task; raises ``TaskNotFoundError`` when there is none of that id."""
        with self._database.read() as session:
            return _task(_found(session, task))

    def tasks(self, *, limit: int, before: str | None = None, status: TaskStatus | None = None) -> tuple[Task, ...]:
        """Return tasks, newest first; ``before`` is the id of the last one already seen."""
        with self._database.read() as session:
            query = select(TaskRow).order_by(TaskRow.number.desc()).limit(limit)
            if before is not None:
                query = query.where(TaskRow.number < _found(session, before).number)
            if status is not None:
                query = query.where(TaskRow.status == status)
            return tuple(_task(row) for row in session.scalars(query))

    def events(self, task: str, *, after: int = 0) -> tuple[TaskEvent, ...]:
        """Return the events of a task with ``sequence`` above ``after``, in order."""
        with self._database.read() as session:
            number = _found(session, task).number
            query = select(TaskEventRow).where(TaskEventRow.task == number, TaskEventRow.sequence > after)
            return tuple(_event(row) for row in session.scalars(query.order_by(TaskEventRow.sequence)))

    def waiting(self) -> int:
        """Return how many tasks are queued."""
        with self._database.read() as session:
            return self._count(session, "queued")

    @staticmethod
    def _count(session: Session, status: TaskStatus) -> int:
        return session.scalar(select(func.count()).where(TaskRow.status == status)) or 0


def _digest(request: TaskRequest) -> str:
    return hashlib.sha256(json.dumps(plain(request), sort_keys=True).encode()).hexdigest()


def _new_task(request: TaskRequest, key: str | None, digest: str) -> TaskRow:
    return TaskRow(
        id=secrets.token_hex(8),
        idempotency_key=key,
        request_hash=digest,
        instruction=request.instruction,
        scene=plain(request.scene),
        seed=request.seed,
        status="queued",
        cancel_requested=False,
        created_at=datetime.now(UTC),
    )


def _found(session: Session, task: str, *, lock: bool = False) -> TaskRow:
    query = select(TaskRow).where(TaskRow.id == task)
    row = session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise TaskNotFoundError("task", f"there is none called {task[:80]!r}", "List them with GET /v1/tasks.")
    return row


def _append(session: Session, row: TaskRow, name: str, data: dict[str, Json]) -> TaskEvent:
    newest = session.scalar(select(func.max(TaskEventRow.sequence)).where(TaskEventRow.task == row.number)) or 0
    event = TaskEventRow(task=row.number, sequence=newest + 1, name=name, data=plain(data), at=datetime.now(UTC))
    session.add(event)
    return _event(event)


def _finish(
    session: Session, row: TaskRow, status: TaskStatus, *, reason: str | None, outcome: dict[str, Json] | None
) -> None:
    row.status, row.reason, row.outcome, row.finished_at = status, reason, plain(outcome), datetime.now(UTC)
    _append(session, row, LAST_EVENT, {"task": row.id, "status": status, "reason": reason, "episode": row.episode})


def _task(row: TaskRow) -> Task:
    return Task(
        id=row.id,
        request=TaskRequest(row.instruction, scene_of(row.scene), row.seed),
        status=cast("TaskStatus", row.status),
        episode=row.episode,
        reason=row.reason,
        outcome=cast("dict[str, Json] | None", row.outcome),
        cancel_requested=row.cancel_requested,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )


def _event(row: TaskEventRow) -> TaskEvent:
    return TaskEvent(row.sequence, row.name, cast("dict[str, Json]", row.data), row.at)
