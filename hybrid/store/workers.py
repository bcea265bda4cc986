"""Who carries tasks out: every worker says now and then that it lives, and with which models."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import delete, select

from hybrid.base import Json
from hybrid.store.engine import Database
from hybrid.store.owner import current_owner, gone
from hybrid.store.records import plain
from hybrid.store.reports import moment
from hybrid.store.tables import ModelRow, WorkerRow

KEPT = timedelta(days=1)
"""How long a worker that is no more stays listed."""


@dataclass(frozen=True)
class WorkerState:
    """A worker as it last described itself.

    Attributes:
        id: drawn when it was made.
        alive: whether it said so within the asked time and, on this machine, its process exists.
        models: role to version of what it plans with.
        started_at, heartbeat_at: UTC.
    """

    id: str
    alive: bool
    models: dict[str, Json]
    started_at: datetime
    heartbeat_at: datetime


def register(database: Database, worker: str, models: dict[str, str]) -> None:
    """Say that ``worker`` lives; raises ``StoreError`` when the store cannot be written."""
    with database.write() as session:
        now = database.now(session)
        row = session.get(WorkerRow, worker)
        if row is None:
            session.execute(delete(WorkerRow).where(WorkerRow.heartbeat_at < now - KEPT))
            row = WorkerRow(id=worker, owner=current_owner(), models=plain(models), started_at=now)
            session.add(row)
        row.status, row.heartbeat_at = "at work", now


def rest(database: Database, worker: str) -> None:
    """Say that ``worker`` ended; raises ``StoreError`` when the store cannot be written."""
    with database.write() as session:
        row = session.get(WorkerRow, worker)
        if row is not None:
            row.status = "ended"


def used_models(database: Database) -> list[dict[str, Json]]:
    """Return the models that took part in episodes, by role, latest used first."""
    with database.read() as session:
        rows = session.scalars(select(ModelRow).order_by(ModelRow.last_used_at.desc(), ModelRow.number.desc()))
        return [
            {
                "role": row.role,
                "version": row.version,
                "first_used_at": moment(row.first_used_at),
                "last_used_at": moment(row.last_used_at),
            }
            for row in rows
        ]


def workers(database: Database, *, within: float) -> tuple[WorkerState, ...]:
    """Return the workers, latest first.

    Args:
        database: where they are listed.
        within: seconds of silence after which a worker counts as dead.
    """
    with database.read() as session:
        now = database.now(session)
        rows = session.scalars(select(WorkerRow).order_by(WorkerRow.heartbeat_at.desc())).all()
        return tuple(
            WorkerState(
                id=row.id,
                alive=row.status == "at work"
                and now - row.heartbeat_at < timedelta(seconds=within)
                and not gone(row.owner),
                models=cast("dict[str, Json]", row.models or {}),
                started_at=row.started_at,
                heartbeat_at=row.heartbeat_at,
            )
            for row in rows
        )
