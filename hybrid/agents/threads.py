"""The threads that callers open at the service, by tenant: which there are, and what they are found by.

What happened in a thread is the checkpointer's to know; its own id there begins with the tenant's name.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from hybrid.base import Json
from hybrid.errors import TaskConflictError, TaskNotFoundError
from hybrid.store.engine import Database
from hybrid.store.graph_tables import ThreadRow


@dataclass(frozen=True)
class Thread:
    """A thread: its id, what it is found by, and when it was opened and last used, UTC."""

    id: str
    tenant: str
    metadata: dict[str, Json]
    created_at: datetime
    updated_at: datetime

    @property
    def checkpoints(self) -> str:
        """Its id at the checkpointer; no other tenant's thread has it."""
        return f"{self.tenant}/{self.id}"


class Threads:
    """Threads in ``database``; safe to use from several threads of execution."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, tenant: str, thread: str | None, metadata: dict[str, Json], *, exists: str = "raise") -> Thread:
        """Open a thread; with ``exists="do_nothing"`` one of that id is returned as it is.

        Raises:
            TaskConflictError: there is one of that id already.
        """
        now, name = datetime.now(UTC), thread or str(uuid.uuid4())
        with self._database.write() as session:
            row = session.get(ThreadRow, (tenant, name))
            if row is not None and exists != "do_nothing":
                raise TaskConflictError("thread_id", f"{name} exists already", "Use it, or leave the id out.")
            if row is None:
                row = ThreadRow(tenant=tenant, id=name, notes=metadata, created_at=now, updated_at=now)
                session.add(row)
            return _thread(row)

    def thread(self, tenant: str, thread: str) -> Thread:
        """Return a thread; raises ``TaskNotFoundError`` when the tenant has none of that id."""
        with self._database.read() as session:
            return _thread(_found(session, tenant, thread))

    def touch(self, thread: Thread, metadata: dict[str, Json] | None = None) -> Thread:
        """Note that a thread was used now, and add to what it is found by.

        Raises:
            TaskNotFoundError: it was forgotten in the meantime.
        """
        with self._database.write() as session:
            row = _found(session, thread.tenant, thread.id)
            row.updated_at = datetime.now(UTC)
            row.notes = {**cast("dict[str, Json]", row.notes), **(metadata or {})}
            return _thread(row)

    def forget(self, thread: Thread) -> None:
        """Forget a thread; raises ``TaskNotFoundError`` when somebody else already has."""
        with self._database.write() as session:
            session.delete(_found(session, thread.tenant, thread.id))

    def found(self, tenant: str, metadata: dict[str, Json], limit: int, offset: int) -> list[Thread]:
        """Return threads whose metadata hold ``metadata``, the last used first."""
        with self._database.read() as session:
            query = select(ThreadRow).where(ThreadRow.tenant == tenant).order_by(ThreadRow.updated_at.desc())
            threads = [_thread(row) for row in session.scalars(query)]
        fitting = [thread for thread in threads if metadata.items() <= thread.metadata.items()]
        return fitting[offset : offset + limit]


def _found(session: Session, tenant: str, thread: str) -> ThreadRow:
    row = session.get(ThreadRow, (tenant, thread))
    if row is None:
        raise TaskNotFoundError("thread_id", f"there is none called {thread[:80]!r}", "Open it: POST /threads.")
    return row


def _thread(row: ThreadRow) -> Thread:
    return Thread(row.id, row.tenant, cast("dict[str, Json]", row.notes), row.created_at, row.updated_at)
