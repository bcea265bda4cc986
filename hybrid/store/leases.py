"""The service's queue as its workers see it: take a task, hold it, write in its name, end it, and reap what died.

A task is held by a lease (a moment until which the holder is believed alive) and a fence (a number that grows whenever
the task changes hands). Every write of a holder compares the fence in its own transaction, so a worker that was stopped
and wakes after its task was given away can write nothing any more. Execution is at least once, effects are at most
once: the moment a task begins to move things is written down before it does (``acted_at``), and from then on the task
is never run again. Compare Kleppmann, "How to do distributed locking" (2016), on fencing tokens.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from hybrid.base import Json
from hybrid.errors import LeaseLostError
from hybrid.store.engine import Database
from hybrid.store.owner import current_owner, gone
from hybrid.store.tables import EpisodeRow, TaskRow
from hybrid.store.tasks import Task, TaskEvent, TaskStatus, append_event, end_task, task_of

LEASE_SECONDS = 30.0
"""Silence after which a worker counts as dead (Aegra, the nearest peer, waits as long)."""
MOST_TRIES = 3
"""How often a task is taken before its failures are believed."""
FIRST_PAUSE = 1.0
"""Seconds before a task that met a passing fault is taken again; doubles each time."""


@dataclass(frozen=True)
class Lease:
    """The right to work on a task.

    Attributes:
        task: as it was when taken.
        number: of its row.
        fence: the number that must still be the task's own.
    """

    task: Task
    number: int
    fence: int


class Leases:
    """The tasks of all tenants in ``database``, for those who carry them out; safe to use from several threads.

    Args:
        database: where the tasks are.
        seconds: how long a lease lasts unless renewed.
    """

    def __init__(self, database: Database, seconds: float = LEASE_SECONDS) -> None:
        self._database = database
        self._seconds = seconds

    def claim(self) -> Lease | None:
        """Take the most urgent task that may be taken now; tasks of one thread are taken one after the other."""
        with self._database.write() as session:
            now = self._database.now(session)
            earlier = aliased(TaskRow)
            of_its_thread = select(earlier.number).where(
                earlier.tenant == TaskRow.tenant,
                earlier.thread == TaskRow.thread,
                earlier.number < TaskRow.number,
                earlier.status.in_(("queued", "running")),
            )
            query = (
                select(TaskRow)
                .where(TaskRow.status == "queued", or_(TaskRow.available_at.is_(None), TaskRow.available_at <= now))
                .where(~of_its_thread.exists())
                .order_by(TaskRow.priority.desc(), TaskRow.number)
                .limit(1)
            )
            row = session.scalar(query.with_for_update(skip_locked=True))
            if row is None:
                return None
            row.status, row.owner, row.started_at = "running", current_owner(), now
            row.fence, row.tries, row.lease_until = row.fence + 1, row.tries + 1, now + self._length
            append_event(session, row, "running", {"task": row.id, "try": row.tries}, now)
            return Lease(task_of(row), row.number, row.fence)

    def renew(self, lease: Lease) -> bool:
        """Hold on to a task; return whether somebody asked to stop it.

        Raises:
            LeaseLostError: the task was given to another worker, or ended.
        """
        with self._database.write() as session:
            row = held(session, lease)
            row.lease_until = self._database.now(session) + self._length
            return row.cancel_requested

    def asked_to_stop(self, lease: Lease) -> bool:
        """Tell whether somebody asked to stop the task, or it is held no more; writes nothing."""
        with self._database.read() as session:
            row = session.get_one(TaskRow, lease.number)
            return row.cancel_requested or row.fence != lease.fence

    def append(self, lease: Lease, name: str, data: dict[str, Json]) -> TaskEvent:
        """Keep an event of a held task; an ``episode`` among the data becomes the task's episode.

        Raises:
            LeaseLostError: the task was given to another worker, or ended.
        """
        with self._database.write() as session:
            row = held(session, lease)
            if isinstance(data.get("episode"), str):
                row.episode = cast("str", data["episode"])
            return append_event(session, row, name, data, self._database.now(session))

    def finish(self, lease: Lease, status: TaskStatus, *, reason: str | None, outcome: dict[str, Json] | None) -> Task:
        """End a held task with one of ``FINAL`` and its last event.

        Raises:
            LeaseLostError: the task was given to another worker, or ended.
        """
        with self._database.write() as session:
            row = held(session, lease)
            end_task(session, row, status, self._database.now(session), reason=reason, outcome=cast("Json", outcome))
            return task_of(row)

    def give_back(self, lease: Lease, reason: str, *, at_once: bool = False) -> Task:
        """Queue a held task again, later each time; one that began to move things, or had its tries, ends instead.

        Args:
            lease: on the task.
            reason: why it was not carried out.
            at_once: the task is not to blame: it may be taken at once, and the try does not count.

        Raises:
            LeaseLostError: the task was given to another worker, or ended.
        """
        with self._database.write() as session:
            row, now = held(session, lease), self._database.now(session)
            if at_once:
                row.tries -= 1
            _again_or_end(session, row, now, reason, pause=0.0 if at_once else FIRST_PAUSE * 2 ** (row.tries - 1))
            return task_of(row)

    def reap(self, *, at_start: bool = False) -> tuple[str, ...]:
        """Take running tasks from dead holders: queue again those that moved nothing, end the others; return their ids.

        A holder is dead when its lease is over, or when it was a process of this machine that is no more.

        Args:
            at_start: the caller is the only process on its database: tasks without a lease are dead, too.
        """
        reaped: list[str] = []
        with self._database.write() as session:
            now = self._database.now(session)
            query = select(TaskRow).where(TaskRow.status == "running").with_for_update(skip_locked=True)
            for row in session.scalars(query):
                unheld = row.lease_until is None and at_start
                over = row.lease_until is not None and row.lease_until < now
                if unheld or over or gone(row.owner or ""):
                    _again_or_end(session, row, now, "its worker ended before the task was complete")
                    reaped.append(row.id)
            _end_overdue(session, now)
        return tuple(reaped)

    @property
    def _length(self) -> timedelta:
        return timedelta(seconds=self._seconds)


def held(session: Session, lease: Lease) -> TaskRow:
    """Return the locked row of a held task; raises ``LeaseLostError`` when it is held no more."""
    row = session.scalar(select(TaskRow).where(TaskRow.number == lease.number).with_for_update())
    if row is None or row.status != "running" or row.fence != lease.fence:
        problem = f"{lease.task.id} was taken with fence {lease.fence} and is held by that no more"
        raise LeaseLostError("task", problem, "Another worker goes on with it; nothing was written.")
    return row


Guard = Callable[[Session, bool], None]
"""Asked in the transaction of every write of an episode; true for the write that announces movement."""


def guard(lease: Lease, told: Callable[[], None]) -> Guard:
    """Return the guard of a held task: it refuses when the task is held no more, and notes when it begins to move.

    Args:
        lease: on the task.
        told: called when somebody asked to stop it.
    """

    def check(session: Session, moves: bool) -> None:
        row = held(session, lease)
        if moves and row.acted_at is None:
            row.acted_at = datetime.now(UTC)
        if row.cancel_requested:
            told()

    return check


def _again_or_end(session: Session, row: TaskRow, now: datetime, reason: str, *, pause: float = 0.0) -> None:
    _close_episodes(session, row, now, reason)
    if row.cancel_requested:
        end_task(session, row, "cancelled", now, reason="cancelled on request")
    elif row.acted_at is not None:
        end_task(session, row, "interrupted", now, reason=f"{reason}, after things were moved: it is not repeated")
    elif row.tries >= MOST_TRIES:
        end_task(session, row, "failed", now, reason=f"{reason}; {row.tries} tries were made")
    else:
        row.status, row.owner, row.lease_until, row.fence = "queued", None, None, row.fence + 1
        row.available_at = now + timedelta(seconds=pause)
        append_event(session, row, "requeued", {"task": row.id, "reason": reason, "tries": row.tries}, now)


def _close_episodes(session: Session, row: TaskRow, now: datetime, reason: str) -> None:
    query = select(EpisodeRow).where(EpisodeRow.task == row.id, EpisodeRow.status == "running")
    for episode in session.scalars(query.with_for_update()):
        episode.status, episode.reason, episode.finished_at = "interrupted", reason, now


def _end_overdue(session: Session, now: datetime) -> None:
    query = select(TaskRow).where(TaskRow.status == "queued", TaskRow.deadline_at < now)
    for row in session.scalars(query.with_for_update(skip_locked=True)):
        end_task(session, row, "failed", now, reason="its deadline passed before it began")
