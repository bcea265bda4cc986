"""The tables behind the graph, in the same database as the episodes: tables acted on, effects, notes and items.

They are created when first needed and carry a version; they refer to episodes by id and to nothing else.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import JSON, BigInteger, LargeBinary, String, inspect, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from hybrid.base import Json
from hybrid.errors import StoreSchemaError
from hybrid.store.engine import Database
from hybrid.store.tables import Floats, Instant
from simulator.base import FloatArray

VERSION = 1
"""Version of these tables; a database that holds another is refused by name."""


class GraphBase(DeclarativeBase):
    """The common ancestor of the tables behind the graph."""

    type_annotation_map: ClassVar[dict[object, object]] = {
        datetime: Instant(),
        FloatArray: Floats(),
        Json: JSON(none_as_null=True),
    }


class VersionRow(GraphBase):
    """The version these tables were created with."""

    __tablename__ = "graph_version"

    version: Mapped[int] = mapped_column(primary_key=True)


class TableRow(GraphBase):
    """A table that is acted on: where it began, and which other one it branched off after how many control steps."""

    __tablename__ = "graph_tables"

    id: Mapped[str] = mapped_column(String(200), primary_key=True)
    scene: Mapped[Json] = mapped_column(nullable=False)
    seed: Mapped[int] = mapped_column(BigInteger)
    parent: Mapped[str | None] = mapped_column(String(200), index=True)
    parent_step: Mapped[int]
    at: Mapped[datetime]


class EffectRow(GraphBase):
    """One block of control steps: written before it is carried out, completed with what was sensed after it."""

    __tablename__ = "graph_effects"

    table: Mapped[str] = mapped_column(String(200), primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True)
    """Control steps since the table was set up, before this block."""
    key: Mapped[str] = mapped_column(String(200))
    """What it is part of: the same key again is the same effect carried on, another key is another effect."""
    thread: Mapped[str | None] = mapped_column(String(200))
    episode: Mapped[str] = mapped_column(String(40))
    actions: Mapped[FloatArray]
    sensed: Mapped[FloatArray | None]
    intended_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]


class NoteRow(GraphBase):
    """Something written down under the SHA-256 of its bytes."""

    __tablename__ = "graph_notes"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]


class ThreadRow(GraphBase):
    """A thread that somebody opened at the service; its checkpoints lie with the checkpointer."""

    __tablename__ = "graph_threads"

    tenant: Mapped[str] = mapped_column(String(40), primary_key=True)
    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    notes: Mapped[Json] = mapped_column(nullable=False)
    """What whoever opened it wants to find it by."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime] = mapped_column(index=True)


class ItemRow(GraphBase):
    """One item of the long-term store that graphs share; labels of the namespace are joined by full stops."""

    __tablename__ = "graph_items"

    namespace: Mapped[str] = mapped_column(String(400), primary_key=True)
    key: Mapped[str] = mapped_column(String(400), primary_key=True)
    value: Mapped[Json] = mapped_column(nullable=False)
    embedding: Mapped[FloatArray | None]
    """Of the words by which it is searched for; null when it is not to be found that way."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime] = mapped_column(index=True)
    expires_at: Mapped[datetime | None] = mapped_column(index=True)
    minutes: Mapped[float | None]
    """Time to live, minutes, by which a reading prolongs it."""


def prepare(database: Database) -> None:
    """Create the tables where they are missing.

    Raises:
        StoreSchemaError: they were made by another version.
        StoreError: the database cannot be written.
    """
    with database.read() as session:
        if inspect(session.connection()).has_table(VersionRow.__tablename__):
            return _refuse_other(session, database.name)
    with database.write() as session:
        database.take_turn(session)
        GraphBase.metadata.create_all(session.connection(), checkfirst=True)
        if session.scalar(select(VersionRow.version)) is None:
            session.add(VersionRow(version=VERSION))
    return None


def _refuse_other(session: Session, name: str) -> None:
    found = session.scalar(select(VersionRow.version))
    if found is not None and found != VERSION:
        problem = f"the graph's tables in {name} are of version {found}, this program knows {VERSION}"
        raise StoreSchemaError("store", problem, "Upgrade hybrid-planner, or name another database.")
