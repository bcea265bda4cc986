"""The service's queue as its clients see it: ask for tasks, follow them, stop them, answer what they ask back.

Everything is asked in the name of one tenant, and nothing of another tenant is ever found. Events are numbered and kept
before anyone sees them. Who carries tasks out, and how long a worker may hold one, is the business of
``hybrid.store.leases``.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hybrid.base import Json
from hybrid.errors import QueueFullError, TaskConflictError, TaskNotFoundError, TaskStateError
from hybrid.store.engine import Database
from hybrid.store.records import plain, scene_of
from hybrid.store.tables import LOCAL, TaskEventRow, TaskRow
from simulator.base import Scene

TaskStatus = Literal[
    "queued", "running", "succeeded", "failed", "refused", "question", "approval", "cancelled", "interrupted"
]
TaskKind = Literal["run", "plan", "predict"]
WAITING: frozenset[TaskStatus] = frozenset({"question", "approval"})
"""Statuses in which a person's word is waited for; until it comes nothing happens."""
ENDED: frozenset[TaskStatus] = frozenset({"succeeded", "failed", "refused", "cancelled", "interrupted"})
"""Statuses that nobody can change."""
FINAL: frozenset[TaskStatus] = ENDED | WAITING
"""Statuses after which nothing more happens to a task by itself."""
LAST_EVENT = "end"
"""Name of the event that closes every task; only an answer or an approval goes on after it."""


@dataclass(frozen=True)
class TaskRequest:
    """What one asks of the service: an instruction in plain words on a scene.

    Attributes:
        instruction: in plain words; may be empty for a prediction.
        scene: what the world is made from.
        seed: of the world and of every search.
        kind: carry it out (``run``), only plan and check it (``plan``), or imagine and simulate actions (``predict``).
        thread: conversation it belongs to, or None.
        priority: larger ones are taken first; of equal ones the oldest.
        seconds: it must have ended this long after it was asked for; None leaves it to the service.
        approval: the plan must be approved before anything moves.
        details: what else this kind of task needs.
    """

    instruction: str
    scene: Scene
    seed: int = 0
    kind: TaskKind = "run"
    thread: str | None = None
    priority: int = 0
    seconds: float | None = None
    approval: bool = False
    details: dict[str, Json] = field(default_factory=dict[str, Json])


@dataclass(frozen=True)
class Exchange:
    """A question asked back, and what was answered."""

    question: str
    answer: str


@dataclass(frozen=True)
class Task:
    """A request and what became of it.

    Attributes:
        id: public name.
        tenant: whose it is.
        request: what was asked.
        status: see ``TaskStatus``.
        episode: id of the episode it led to, once known.
        reason: why it did not succeed, or the question asked back.
        outcome: what was reported at the end.
        cancel_requested: somebody asked to stop it.
        exchanges: what it asked back and what was answered, in order.
        approved: digest of the plan that was approved, or None.
        tries: how often a worker took it.
        request_id: id of the HTTP request that asked for it.
        created_at, started_at, finished_at, deadline_at: UTC.
    """

    id: str
    tenant: str
    request: TaskRequest
    status: TaskStatus
    episode: str | None
    reason: str | None
    outcome: dict[str, Json] | None
    cancel_requested: bool
    exchanges: tuple[Exchange, ...]
    approved: str | None
    tries: int
    request_id: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    deadline_at: datetime | None


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
    """The tasks of ``tenant`` and their events in ``database``; safe to use from several threads."""

    def __init__(self, database: Database, tenant: str = LOCAL) -> None:
        self._database = database
        self.tenant = tenant

    def submit(self, request: TaskRequest, *, key: str | None, room: int, request_id: str | None = None) -> Submitted:
        """Queue ``request``, or return the task an earlier request of the same ``key`` created.

        Args:
            request: what is asked.
            key: idempotency key of the caller, or None.
            room: tasks, of all tenants, that may wait at once.
            request_id: id of the HTTP request, kept with the task.

        Raises:
            TaskConflictError: the key was used for another request.
            QueueFullError: ``room`` tasks are waiting.
        """
        digest = hashlib.sha256(json.dumps(plain(request), sort_keys=True).encode()).hexdigest()
        with self._database.write() as session:
            self._database.take_turn(session)
            earlier = self._of_key(session, key)
            if earlier is not None:
                if earlier.request_hash != digest:
                    problem = f"was used before for another request (task {earlier.id})"
                    raise TaskConflictError("Idempotency-Key", problem, "Draw a new key for a new request.")
                return Submitted(task_of(earlier), created=False)
            if _waiting(session) >= room:
                raise QueueFullError("tasks", f"{room} tasks are waiting already", "Try again later.")
            row = _new_task(request, self.tenant, self._database.now(session))
            row.idempotency_key, row.request_hash, row.request_id = key, digest, request_id
            session.add(row)
            session.flush()
            append_event(session, row, "queued", {"task": row.id}, row.created_at)
            return Submitted(task_of(row), created=True)

    def request_cancel(self, task: str) -> Task:
        """Ask a task to stop: one that waits ends at once, a running one soon, an ended one stays."""
        with self._database.write() as session:
            row, now = self._found(session, task, lock=True), self._database.now(session)
            if row.status == "queued" or row.status in WAITING:
                end_task(session, row, "cancelled", now, reason="cancelled before it began")
            elif row.status == "running" and not row.cancel_requested:
                row.cancel_requested = True
                append_event(session, row, "cancelling", {"task": row.id}, now)
            return task_of(row)

    def answer(self, task: str, words: str) -> Task:
        """Answer the question a task asked back; it is queued again with the answer.

        Raises:
            TaskNotFoundError: there is no such task.
            TaskStateError: it asks nothing.
        """
        with self._database.write() as session:
            row, now = self._found(session, task, lock=True), self._database.now(session)
            if row.status != "question":
                raise TaskStateError("task", f"asks nothing: it is {row.status}", "Answer tasks of status `question`.")
            details = dict(cast("dict[str, Json]", row.details or {}))
            said: Json = {"question": row.reason or "", "answer": words}
            details["exchanges"] = [*cast("list[Json]", details.get("exchanges") or []), said]
            row.details = details
            append_event(session, row, "answered", {"task": row.id, "answer": words}, now)
            _queue_again(session, row, now)
            return task_of(row)

    def approve(self, task: str, plan: str, *, approved: bool) -> Task:
        """Allow or forbid the plan a task waits with.

        Args:
            task: id of a task of status ``approval``.
            plan: digest of the plan that was seen.
            approved: False ends the task as refused.

        Raises:
            TaskNotFoundError: there is no such task.
            TaskStateError: it waits for no approval.
            TaskConflictError: it waits with another plan than the one that was seen.
        """
        with self._database.write() as session:
            row, now = self._found(session, task, lock=True), self._database.now(session)
            if row.status != "approval":
                problem = f"waits for no approval: it is {row.status}"
                raise TaskStateError("task", problem, "Approve tasks of status `approval`.")
            waiting = cast("dict[str, Json]", row.outcome or {}).get("plan")
            if plan != waiting:
                raise TaskConflictError("plan", f"the task waits with plan {waiting}", "Look at it, then approve it.")
            append_event(session, row, "approved" if approved else "rejected", {"task": row.id, "plan": plan}, now)
            if approved:
                row.details = {**cast("dict[str, Json]", row.details or {}), "approved": plan}
                _queue_again(session, row, now)
            else:
                end_task(session, row, "refused", now, reason="the plan was not approved", outcome=row.outcome)
            return task_of(row)

    def task(self, task: str) -> Task:
        """Return a task; raises ``TaskNotFoundError`` when there is none of that id."""
        with self._database.read() as session:
            return task_of(self._found(session, task))

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
        with self._database.read() as session:
            query = select(TaskRow).where(TaskRow.tenant == self.tenant).order_by(TaskRow.number.desc()).limit(limit)
            if before is not None:
                query = query.where(TaskRow.number < self._found(session, before).number)
            wanted = {TaskRow.status: status, TaskRow.thread: thread, TaskRow.kind: kind}
            query = query.where(*(column == value for column, value in wanted.items() if value is not None))
            return tuple(task_of(row) for row in session.scalars(query))

    def events(self, task: str, *, after: int = 0, limit: int | None = None) -> tuple[TaskEvent, ...]:
        """Return the events of a task with ``sequence`` above ``after``, in order."""
        with self._database.read() as session:
            number = self._found(session, task).number
            query = select(TaskEventRow).where(TaskEventRow.task == number, TaskEventRow.sequence > after)
            rows = session.scalars(query.order_by(TaskEventRow.sequence).limit(limit))
            return tuple(_event(row) for row in rows)

    def waiting(self) -> int:
        """Return how many tasks are queued, of all tenants."""
        with self._database.read() as session:
            return _waiting(session)

    def _of_key(self, session: Session, key: str | None) -> TaskRow | None:
        query = select(TaskRow).where(TaskRow.tenant == self.tenant, TaskRow.idempotency_key == key)
        return session.scalar(query) if key else None

    def _found(self, session: Session, task: str, *, lock: bool = False) -> TaskRow:
        query = select(TaskRow).where(TaskRow.id == task, TaskRow.tenant == self.tenant)
        row = session.scalar(query.with_for_update() if lock else query)
        if row is None:
            raise TaskNotFoundError("task", f"there is none called {task[:80]!r}", "List them with GET /v1/tasks.")
        return row


def count_by_status(database: Database) -> dict[str, int]:
    """Return how many tasks of all tenants there are in every status that occurs; raises ``StoreError``."""
    with database.read() as session:
        rows = session.execute(select(TaskRow.status, func.count()).group_by(TaskRow.status)).all()
        return {str(status): int(count) for status, count in rows}


def append_event(session: Session, row: TaskRow, name: str, data: dict[str, Json], at: datetime) -> TaskEvent:
    """Keep an event of the locked task ``row`` under the next number."""
    newest = session.scalar(select(func.max(TaskEventRow.sequence)).where(TaskEventRow.task == row.number)) or 0
    event = TaskEventRow(task=row.number, sequence=newest + 1, name=name, data=plain(data), at=at)
    session.add(event)
    return _event(event)


def end_task(
    session: Session,
    row: TaskRow,
    status: TaskStatus,
    at: datetime,
    *,
    reason: str | None,
    outcome: Json = None,
) -> None:
    """End the locked task ``row`` with one of ``FINAL`` and its last event; whoever held it holds it no more."""
    row.status, row.reason, row.outcome, row.finished_at = status, reason, plain(outcome), at
    row.fence, row.lease_until = row.fence + 1, None
    append_event(
        session, row, LAST_EVENT, {"task": row.id, "status": status, "reason": reason, "episode": row.episode}, at
    )


def task_of(row: TaskRow) -> Task:
    """Return the noun that ``row`` keeps."""
    details = cast("dict[str, Json]", row.details or {})
    return Task(
        id=row.id,
        tenant=row.tenant,
        request=replace(_request(details), instruction=row.instruction, scene=scene_of(row.scene), seed=row.seed),
        status=cast("TaskStatus", row.status),
        episode=row.episode,
        reason=row.reason,
        outcome=cast("dict[str, Json] | None", row.outcome),
        cancel_requested=row.cancel_requested,
        exchanges=tuple(Exchange(said["question"], said["answer"]) for said in _exchanges(details)),
        approved=cast("str | None", details.get("approved")),
        tries=row.tries,
        request_id=row.request_id,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        deadline_at=row.deadline_at,
    )


_EMPTY = Scene("", ())


def _request(details: dict[str, Json]) -> TaskRequest:
    asked = cast("dict[str, Json]", details.get("asked") or {})
    return TaskRequest(
        "",
        _EMPTY,
        kind=cast("TaskKind", asked.get("kind", "run")),
        thread=cast("str | None", asked.get("thread")),
        priority=cast("int", asked.get("priority", 0)),
        seconds=cast("float | None", asked.get("seconds")),
        approval=bool(asked.get("approval")),
        details=cast("dict[str, Json]", asked.get("details") or {}),
    )


def _exchanges(details: dict[str, Json]) -> list[dict[str, str]]:
    return cast("list[dict[str, str]]", details.get("exchanges") or [])


def _new_task(request: TaskRequest, tenant: str, now: datetime) -> TaskRow:
    asked = {
        "kind": request.kind, "thread": request.thread, "priority": request.priority, "seconds": request.seconds,
        "approval": request.approval, "details": request.details,
    }  # fmt: skip
    return TaskRow(
        id=secrets.token_hex(8),
        tenant=tenant,
        kind=request.kind,
        thread=request.thread,
        instruction=request.instruction,
        scene=plain(request.scene),
        seed=request.seed,
        details={"asked": plain(asked)},
        priority=request.priority,
        deadline_at=None if request.seconds is None else now + timedelta(seconds=request.seconds),
        status="queued",
        cancel_requested=False,
        fence=0,
        tries=0,
        created_at=now,
    )


def _queue_again(session: Session, row: TaskRow, now: datetime) -> None:
    row.status, row.reason, row.outcome, row.finished_at = "queued", None, None, None
    row.tries, row.acted_at, row.available_at, row.cancel_requested = 0, None, None, False
    if row.deadline_at is not None:
        seconds = _request(cast("dict[str, Json]", row.details)).seconds or 0.0
        row.deadline_at = now + timedelta(seconds=seconds)
    append_event(session, row, "queued", {"task": row.id}, now)


def _waiting(session: Session) -> int:
    return session.scalar(select(func.count()).where(TaskRow.status == "queued")) or 0


def _event(row: TaskEventRow) -> TaskEvent:
    return TaskEvent(row.sequence, row.name, cast("dict[str, Json]", row.data), row.at)
